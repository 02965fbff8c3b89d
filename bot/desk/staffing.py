"""Staff about themselves and one another: absence, leaving, invitations, confirmation, groups, help."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from bot.casework.bind_group import bind_group
from bot.casework.extend_case import end_of_work
from bot.casework.facts import agency_name
from bot.casework.join_staff import invite
from bot.casework.leave_service import confirm_officer, leave_service, revoke_officer, take_leave
from bot.casework.permissions import ensure_role
from bot.casework.resolve_case import day_named
from bot.desk.act import Act, Ask, done
from bot.desk.choosing import Question, asked_again, choose_agency, choose_colleague, named, people
from bot.desk.guide import show_guide
from bot.dialogue.message import Say, Words
from nlp.normalize import fold
from routing.calendar import HANOI
from storage.records import AgencyId, Officer, Role

INVITED = Question("desk.ask_invite", "desk.ask_agency_again")
BACK = ("thoi", "het", "ve", "da ve")
"""An absence is over."""
NOBODY = ("khong ai", "khong", "-")


def leave(act: Act) -> tuple[Say, ...]:
    """/nghi DATE, then who covers; /nghi thôi comes back."""
    until = str(act.memo.get("until") or act.words)
    if fold(until) in BACK:
        take_leave(act.ctx, act.officer, None, None)
        return done("desk.back")
    until_at = end_of_leave(act, until)
    if until_at is None:
        raise Ask("desk.ask_leave_until", Say(asked_again(until, Words("desk.ask_leave_until"))), slot="until")
    cover = None
    if fold(str(act.memo.get("cover") or "")) not in NOBODY:
        cover = choose_colleague(_only(act), "cover", "desk.ask_cover")
    take_leave(act.ctx, act.officer, until_at, cover)
    return done("desk.out", until=until_at, name=cover.name if cover else "–")


def end_of_leave(act: Act, said: str) -> datetime | None:
    """The end of work on the day that the words name, of the day where nobody works; None when they name none."""
    day = day_named(act.ctx, said)
    if day is None:
        return None
    return end_of_work(act.ctx, day) or datetime.combine(day, time(23, 59), HANOI)


def quit_service(act: Act) -> tuple[Say, ...]:
    """/roi: hands everything over, after a yes."""
    heir = None
    if fold(str(act.memo.get("heir") or "")) not in NOBODY:
        heir = choose_colleague(_only(act), "heir", "desk.ask_heir")
    sure = (("yes", Words("desk.quit_yes")), ("no", Words("desk.quit_no")))
    if act.choose("sure", "desk.ask_quit", sure, name=heir.name if heir else Words("desk.own_unit")) == "no":
        return done("desk.stayed")
    count = leave_service(act.ctx, act.officer, heir)
    return done("desk.quit", n=count)


def _only(act: Act) -> Act:
    """The act without its free words, so that they are not taken for a name."""
    return replace(act, words="")


def confirm(act: Act) -> tuple[Say, ...]:
    """/xacnhan: administrators confirm who is behind a used invitation."""
    ensure_role(act.officer, Role.ADMIN)
    waiting = [o for o in act.ctx.tx.officers.all() if o.confirmed_at is None and o.revoked_at is None]
    officer = _pick(act, waiting, "desk.ask_confirm")
    if officer is None:
        return done("desk.nobody_waits")
    confirmed = confirm_officer(act.ctx, act.officer, officer)
    return done("desk.confirmed", name=confirmed.name, agency=agency_name(act.ctx, confirmed.agency))


def revoke(act: Act) -> tuple[Say, ...]:
    """/thuhoi NAME: takes the rights away, at once."""
    ensure_role(act.officer, Role.ADMIN)
    active = [o for o in act.ctx.tx.officers.all() if o.revoked_at is None and o.id != act.officer.id]
    officer = _pick(act, active, "desk.ask_revoke")
    if officer is None:
        return done("desk.nobody_waits")
    count = revoke_officer(act.ctx, act.officer, officer)
    return done("desk.revoked", name=officer.name, agency=agency_name(act.ctx, officer.agency), n=count)


def _pick(act: Act, among: list[Officer], key: str) -> Officer | None:
    """One of several by name or press; None when there is nobody. Raises Ask."""
    if not among:
        return None
    said = str(act.memo.get("who") or act.words).strip()
    fitting = named(among, said)
    if len(fitting) == 1:
        return fitting[0]
    asked = Words(key) if fitting else asked_again(said, Words(key))
    raise Ask(key, people(asked, [(o, _described(act, o)) for o in fitting or among]), slot="who", drop=("who",))


def _described(act: Act, officer: Officer) -> Words:
    """Name, number on the platform (what an administrator compares), role, agency."""
    numbers = [chat.chat for chat in act.ctx.tx.chats.of_officer(officer.id)]
    name = " · ".join((officer.name or "–", *numbers[:1]))
    role, agency = Words(f"role.{officer.role}"), agency_name(act.ctx, officer.agency)
    return Words("desk.colleague", {"name": name, "role": role, "agency": agency})


def invite_staff(act: Act) -> tuple[Say, ...]:
    """/moi AGENCY NAME: an invitation for one, to be confirmed after its use."""
    ensure_role(act.officer, Role.ADMIN)
    agency, said = choose_agency(act, INVITED)
    name = said or act.need("name", "desk.ask_invite_name", agency=agency_name(act.ctx, agency))
    role = Role(act.choose("role", "desk.ask_role", [(role.value, Words(f"role.{role}")) for role in Role]))
    code = act.ctx.tx.new_id()
    invite(act.ctx, code, agency, role, act.officer.actor, name)
    told = Words("desk.invited", {"code": code, "agency": agency_name(act.ctx, agency)})
    return (Say(told), *_link(act, code, agency))


def _link(act: Act, code: str, agency: AgencyId) -> tuple[Say, ...]:
    """A message of its own, to be passed on to whoever is invited, when there is an officers' bot on Telegram."""
    bot = act.ctx.tx.updates.bot_name("telegram_staff")
    if bot is None:
        return ()
    link = f"https://t.me/{bot}?start={code}"
    return done("desk.invite_link", agency=agency_name(act.ctx, agency), link=link)


def bind(act: Act) -> tuple[Say, ...]:
    """/nhom GROUP: the channel adds the group's id when a lead writes the command there; /nhom GROUP thôi frees it."""
    chat, _, rest = act.words.strip().partition(" ")
    if not chat:
        return done("desk.ask_group")
    is_bound = fold(rest) not in ("thoi", "bo")
    bind_group(act.ctx, act.officer, act.incoming.channel, chat, is_bound)
    return done("desk.group_bound" if is_bound else "desk.group_freed", agency=agency_name(act.ctx, act.officer.agency))


def speak_english(act: Act) -> tuple[Say, ...]:
    """/english: the desk in English from now on."""
    return _speak(act, "en")


def speak_vietnamese(act: Act) -> tuple[Say, ...]:
    """/tiengviet: and back."""
    return _speak(act, "vi")


def _speak(act: Act, language: str) -> tuple[Say, ...]:
    act.ctx.tx.officers.save(replace(act.officer, language=language))
    return (Say(Words("help.language")), *show_guide(act))
