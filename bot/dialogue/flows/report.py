"""A citizen reports a problem: what, where, photos, a look at the whole, filed.

The form is a table of slots. Whatever a message brings is taken in first, in any order; then the first slot that is
still open asks its question. Going back or changing one's mind opens a slot again.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from bot.dialogue.flow import Flow, in_one, look_at, told, words
from bot.dialogue.flows import track
from bot.dialogue.message import Button, Say
from bot.dialogue.session import Effect, Heard, Result, Retry, Scene, Session, Turn, Where
from bot.dialogue.slots import card, consent, danger, extras, matter, person, place
from bot.dialogue.slots.absorb import absorb
from bot.dialogue.slots.slot import Onward, Reopen, Report, Slot, Stay
from bot.dialogue.telling import asks_for_a_time
from bot.dialogue.wishes import plain, says_no_photo

NAME = "report"

FORM: tuple[Slot, ...] = (
    danger.DANGER,
    matter.SCOPE,
    consent.CONSENT,
    matter.WHAT,
    *person.IDENTITY,
    matter.CATEGORY,
    matter.SECOND,
    place.WHERE,
    place.WHICH,
    extras.PHOTOS,
    extras.QUESTION,
    extras.NEAR,
    card.CONFIRM,
    card.CHANGE,
    card.CANCEL,
)
"""The form: the first slot that is open asks. Order is the order of this table.

What does not belong here is said before consent or a name is asked; who speaks is asked after what happened.
"""

SLOTS = {slot.step: slot for slot in FORM}
WANTS_ITS_OWN = frozenset({Report.QUESTION, Report.CHANGE})
"""Questions at which a name or a number of somebody may be the answer."""
CHANGES_NOTHING = frozenset({Report.WHAT, Report.QUESTION, Report.CONFIRM, Report.CHANGE, Report.CANCEL})
"""Questions at which "sửa …" is an answer."""
HEARS_ALL = frozenset({Report.DANGER, Report.CONSENT, Report.PHOTOS})
"""Questions that want a word even when the message told of the matter: a danger, consent, photos given up."""


def begin(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Starts a report, or asks the present question of the one under way."""
    if scene.known.banned_until and not (heard.reading and heard.reading.danger):
        until = scene.known.banned_until
        appeal = ((Button("do:khieunai", words("appeal.button")),),)
        return Turn(session, (Say(words("banned", until=until, reason=scene.known.ban_reason), appeal),))
    if session.flow == NAME:
        return _advance(session, scene)
    return _hear(replace(session, flow=NAME, step="", memo={}), heard, scene)


def begin_with(session: Session, text: str, heard: Heard, scene: Scene) -> Turn:
    """Starts a report with words, and the memo's files, kept until it was clear that they tell of a new matter."""
    memo, home = session.memo, session.at("home")
    files = (*home.draft.files, *memo.get("files", ()))
    home = home.with_draft(files=files, kinds=(*home.draft.kinds, *memo.get("kinds", ())))
    if not text or scene.known.banned_until:
        incoming = replace(heard.incoming, press=None, text=text or None)
        return begin(home, replace(heard, incoming=incoming, files=()), scene)
    return Turn(replace(home, flow=NAME), again=text)


def hear(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Takes whatever the message brings, then asks for what is still missing."""
    if heard.result is not None:
        return _hear_result(session, heard.result, scene)
    return _hear(session, heard, scene)


def _hear(session: Session, heard: Heard, scene: Scene) -> Turn:
    about = _told_in_story(session, heard, scene)
    if not about:
        return _take(session, heard, scene)
    effects = (Effect("save_identity", about),)
    turn = _take(person.settle(session, *about), heard, _knowing(scene, effects))
    return replace(turn, effects=(*effects, *turn.effects))


def _told_in_story(session: Session, heard: Heard, scene: Scene) -> dict[str, str]:
    """Who tells a story whose teller is not known yet: "Tôi là Nguyễn Văn Minh, rác đổ đầy ngõ …"."""
    known = scene.known
    if session.step not in ("", Report.WHAT) or not known.consented or known.name is not None:
        return {}
    told = person.told_of_oneself(heard.text)
    return {kind: value for kind, value in told.items() if kind == "name" or known.phone is None}


def _take(session: Session, heard: Heard, scene: Scene) -> Turn:
    slot = SLOTS.get(Report(session.step)) if session.step else None
    before = session.draft
    if slot is not None and scene.known.consented:
        aside = _hear_aside(session, heard, scene, slot)
        if aside is not None:
            return aside
    absorbed = absorb(session, heard, scene, slot)
    session, notices = absorbed.session, absorbed.notices
    if slot is None or (absorbed.told and slot.step not in HEARS_ALL):
        return _advance(session, scene, notices)
    taken = slot.take(session, heard, scene)
    match taken:
        case Retry() if session.draft != before:
            return _advance(session, scene, notices)
        case Retry():
            session = replace(session, memo={**session.memo, "missed": True})
            return Turn(session, in_one(*notices, Say(words(taken.key, **taken.args)), slot.ask(session, scene)))
        case Onward():
            return _advance(taken.session, scene, (*notices, *taken.say))
        case Stay():
            return Turn(taken.session, in_one(*notices, *taken.say, *ask(taken.session, scene)))
        case Reopen():
            reopened = replace(taken.session, draft=SLOTS[taken.step].clear(taken.session.draft))
            return _advance(reopened, scene, notices)
        case Turn():
            return _own_turn(taken, scene, notices)
    return _advance(taken, scene, notices)


def _hear_aside(session: Session, heard: Heard, scene: Scene, slot: Slot) -> Turn | None:
    """The answer to a question that was not asked just now: a number, a name, that there is no photo."""
    about = person.said_of_oneself(heard, slot.step) if slot.step not in WANTS_ITS_OWN else {}
    if about:
        noted = Say(words(f"identity.noted_{next(iter(about))}"))
        known = Turn(person.settle(session, *about), effects=(Effect("save_identity", about),))
        return _own_turn(known, scene, (noted,))
    if says_no_photo(plain(heard.text)) and slot.step not in (Report.PHOTOS, Report.CONFIRM):
        return _advance(session.with_draft(photos_asked=True), scene, (Say(words("report.no_photo")),))
    wanted = card.change_wanted(heard) if slot.step not in CHANGES_NOTHING else None
    if wanted is not None:
        return _ask_at(session, wanted, scene)
    return None


def _ask_at(session: Session, step: Report, scene: Scene) -> Turn:
    """Asks a question that was answered before, out of its turn; the form goes on after it."""
    kept = step in (Report.NAME, Report.PHONE, Report.CHANGE)
    draft = session.draft if kept else SLOTS[step].clear(session.draft)
    session = replace(session, step=step.value, draft=draft, memo={})
    return Turn(session, ask(session, scene))


def _own_turn(turn: Turn, scene: Scene, notices: tuple[Say, ...]) -> Turn:
    """A slot's own turn: as it is when it speaks, leaves or waits for a result; else the form goes on."""
    if turn.say or turn.session.flow != NAME or _waits_for_result(turn):
        return replace(turn, say=(*notices, *turn.say))
    onward = _advance(turn.session, _knowing(scene, turn.effects), notices)
    return replace(onward, effects=(*turn.effects, *onward.effects))


def _knowing(scene: Scene, effects: tuple[Effect, ...]) -> Scene:
    """The scene with what was just said of oneself: the card shows it although it is kept only afterwards."""
    said = {k: str(v) for effect in effects if effect.do == "save_identity" for k, v in effect.args.items()}
    known = scene.known
    name, phone = said.get("name", known.name), said.get("phone", known.phone)
    return replace(scene, known=replace(known, name=name, phone=phone))


def _waits_for_result(turn: Turn) -> bool:
    return any(effect.do in ("file_case", "follow_case") for effect in turn.effects)


def _hear_result(session: Session, result: Result, scene: Scene) -> Turn:
    facts = dict(result.facts)
    match result.kind:
        case "file_case" if result.ok:
            return Turn(session.fresh(), _filed(facts))
        case "follow_case" if result.ok:
            return Turn(session.fresh(), (Say(words("near.followed", **facts)),))
        case "find_neighbours":
            found = tuple((str(c), str(s)) for c, s in facts["found"])
            return _advance(session.with_draft(neighbours=found), scene)
    if not result.ok:
        return Turn(session, (told(result), *ask(session, scene)))
    return Turn(session)


def _filed(facts: dict[str, Any]) -> tuple[Say, ...]:
    call, further = facts.pop("call"), facts.pop("further")
    return (
        *((Say(words("filed.call", lines=call)),) if call else ()),
        Say(words("filed.done", **facts), look_at(facts["code"])),
        *(Say(words("filed.further", **each)) for each in further),
    )


def hear_picture(session: Session, result: Result, scene: Scene) -> Turn:
    """A picture came through the gate or was refused, whatever the conversation has turned to meanwhile."""
    facts = dict(result.facts)
    return _hear_photo(session, facts, scene) if result.ok else _hear_refused_photo(session, facts, scene)


def _hear_photo(session: Session, facts: dict[str, object], scene: Scene) -> Turn:
    """A picture with a position, when the place is still unknown: offer it."""
    draft = session.draft
    if session.flow != NAME or draft.where is not None or draft.options or not facts.get("ward_code"):
        return Turn(session)
    at = facts.get("at")
    lat, lon = at if isinstance(at, tuple) else (None, None)
    offered = session.with_draft(from_photo=Where(str(facts["ward_code"]), str(facts["ward"]), lat=lat, lon=lon))
    # While something else is being asked the offer waits for its turn.
    return _advance(offered, scene) if session.step == Report.WHERE else Turn(offered)


def _hear_refused_photo(session: Session, facts: dict[str, object], scene: Scene) -> Turn:
    gone = str(facts.get("file"))
    draft = session.draft
    keep = [i for i, f in enumerate(draft.files) if f != gone]
    kept = session.with_draft(files=tuple(draft.files[i] for i in keep), kinds=tuple(draft.kinds[i] for i in keep))
    notice = Say(words(str(facts.get("key", "photo.broken"))))
    if session.flow != NAME:
        return Turn(kept, (notice,))
    return _advance(kept.with_draft(photos_asked=True), scene, (notice,))


def _advance(session: Session, scene: Scene, says: tuple[Say, ...] = ()) -> Turn:
    """Asks the first open question."""
    slot = next(s for s in FORM if s.is_open(session.draft, scene))
    draft = session.draft
    if slot.step is Report.CONFIRM and draft.neighbours is None:
        where = draft.where
        if where is not None and where.ward_code:
            look = Effect("find_neighbours", {"category": draft.category, "where": asdict(where)})
            return Turn(replace(session, step=Report.CONFIRM.value), says, (look,))
    trail = draft.trail if draft.trail[-1:] == (slot.step.value,) else (*draft.trail, slot.step.value)
    # The page of categories that the card asked for is opened; all else was about the step before.
    is_page = slot.step is Report.CATEGORY and "page" in session.memo
    memo = session.memo if session.step == slot.step.value or is_page else {}
    session = replace(session, flow=NAME, step=slot.step.value, draft=replace(draft, trail=trail[-20:]), memo=memo)
    return Turn(session, in_one(*says, slot.ask(session, scene)))


def ask(session: Session, scene: Scene, in_full: bool = False) -> tuple[Say, ...]:
    """The present question again; consent without its notice, which stands above, unless it is wanted in full."""
    if session.flow != NAME or not session.step:
        return ()
    if session.step == Report.CONSENT and not in_full:
        session = replace(session, memo={"missed": True})
    return (SLOTS[Report(session.step)].ask(session, scene),)


def back(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Opens the question asked before this one."""
    if session.flow != NAME:
        return Turn(session, (Say(words("back.nothing")),))
    trail = session.draft.trail
    if session.step in (Report.CHANGE, Report.CANCEL):
        return _advance(session, scene)
    if len(trail) < 2:
        return Turn(session, (Say(words("back.first")), *ask(session, scene)))
    previous = Report(trail[-2])
    cleared = SLOTS[previous].clear(session.draft)
    draft = replace(cleared, trail=trail[:-2])
    return _advance(replace(session, draft=draft, memo={}), scene)


def hurry(session: Session, heard: Heard, scene: Scene) -> Turn:
    """ "Gửi đi" before everything is known: what may be left out is left out, and what is missing is said."""
    if session.flow != NAME and session.draft.is_empty:
        if not scene.known.open_cases:
            return begin(session, heard, scene)
        return Turn(session, (Say(words("filed.already", code=scene.known.open_cases[0].code)),))
    if session.flow != NAME:
        # The draft that was laid aside is what is to be sent.
        session = replace(session, flow=NAME, step="", memo={})
    if session.step == Report.CONSENT:
        return hear(session, replace(heard, incoming=replace(heard.incoming, command=None)), scene)
    hurried = person.settle_optional(session, scene).with_draft(photos_asked=True, retelling=False)
    hurried = extras.leave_questions(hurried, scene)
    if hurried.draft.in_danger:
        # Help must not wait for an answer: the triage desk asks for what is missing.
        hurried = replace(hurried, draft=place.leave_place(hurried.draft))
    turn = _advance(hurried, scene)
    if turn.session.step == Report.CONFIRM:
        return turn
    return replace(turn, say=in_one(Say(words("report.missing")), *turn.say))


def asks_when(session: Session, heard: Heard, scene: Scene) -> bool:
    """Whether somebody asks what becomes of a case, or of the report under way, and tells nothing beside."""
    is_written = session.flow == NAME and bool(session.draft.text) and session.step != Report.QUESTION
    return (is_written or bool(scene.known.open_cases)) and asks_for_a_time(heard)


def look_up(session: Session, heard: Heard, scene: Scene) -> Turn:
    """The citizen's cases. While the first is being written there is none yet, and the question under way stays."""
    return _unsent(session, scene) or track.list_cases(session, heard, scene)


def explain(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Why a case went where it did; of the first one that is being written, as `look_up`."""
    return _unsent(session, scene) or track.explain_case(session, heard, scene)


def _unsent(session: Session, scene: Scene) -> Turn | None:
    if session.flow == NAME and not session.draft.is_empty and not scene.known.open_cases:
        return Turn(session, in_one(Say(words("track.unsent")), *ask(session, scene)))
    return None


def cancel(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Leaves whatever else is under way; a draft is asked about before it is thrown away."""
    if session.flow not in ("home", NAME):
        key = "cancel.left" if session.draft.is_empty else "cancel.left_draft"
        return Turn(session.at("home"), (Say(words(key)),))
    if session.draft.is_empty and scene.known.open_cases:
        # Nothing is being written: a case that was sent is taken back on its own page.
        shown = track.list_cases(session.fresh(), heard, scene)
        return replace(shown, say=(Say(words("cancel.sent")), *shown.say))
    if session.draft.is_empty:
        return Turn(session.fresh(), (Say(words("cancel.done")),))
    session = replace(session, flow=NAME, step=Report.CANCEL.value)
    return Turn(session, ask(session, scene))


def restart(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Begins anew, and asks first when there is something to lose."""
    if session.draft.is_empty:
        return begin(session.fresh(), heard, scene)
    return cancel(session, heard, scene)


FLOW = Flow(NAME, hear, ask, tuple(SLOTS))
