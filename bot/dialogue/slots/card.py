"""A look at the whole: send, change, or give up."""

from __future__ import annotations

import re
from dataclasses import asdict, replace

from bot.dialogue.flow import choices, pressed, words
from bot.dialogue.message import Say, Words
from bot.dialogue.session import Draft, Effect, Heard, Retry, Scene, Session, Turn
from bot.dialogue.slots.person import phone_number
from bot.dialogue.slots.slot import (
    IDENTITY_STEPS,
    Reopen,
    Report,
    Slot,
    Stay,
    Taken,
    category_words,
    files_of,
    keep,
    shorten,
    takes_rest,
)
from bot.dialogue.telling import corrects_place, is_place
from bot.dialogue.wishes import declines, plain, says_no, says_wrong, says_yes
from nlp.normalize import fold

LONGEST_PLACE = 120
_FIELDS = {
    Report.WHAT: "su viec|noi dung|loi ke|mo ta",
    Report.CATEGORY: "linh vuc|field",
    Report.WHERE: "noi xay ra|dia chi|dia diem|cho|vi tri|place|address",
    Report.NAME: "ho ten|ho va ten|ten|name",
    Report.PHONE: "so dien thoai|dien thoai|sdt|so|phone|phone number",
}
_WRONG = "sua|doi|thay|sai|nham|ghi sai|viet sai|ghi nham|change|wrong"
_FOR_ANOTHER = re.compile(
    r"\b(?:giup|ho|thay)(?: cho)? (?:nguoi khac|hang xom)\b|\bfor (?:somebody|someone) else\b"
    r"|\b(?:toi|minh) (?:\w+ ){0,2}?(?:gui|bao|viet|phan anh) (?:giup|ho|thay)(?: cho)? "
    r"(?:ong|ba|bo|me|cu|co|chu|bac)\b"
)
""" "Tôi gửi hộ bà hàng xóm"; but "sửa giúp bác" asks for something for oneself, and "hồ Ba Mẫu" is a place."""
_TO_CHANGE = ("sua", "sua lai", "doi lai", "change")
_NAMED = {
    step: re.compile(
        rf"(?:(?:toi|em) )?(?:muon )?(?:(?:{_WRONG})(?: lai| doi| the| my)* )?(?:{names})(?: lai| roi| {_WRONG})*"
    )
    for step, names in _FIELDS.items()
}
"""What is written on the card, by its name: "sai lĩnh vực rồi", "sửa tên", "địa chỉ"."""


def field_named(heard: Heard) -> Report | None:
    """The question whose answer somebody at the card wants to change, named in a few words."""
    said = fold(heard.text).strip(" .!?")
    return next((step for step, name in _NAMED.items() if name.fullmatch(said)), None)


def change_wanted(heard: Heard) -> Report | None:
    """The question that is to be asked again, said before the card is shown: "sửa", "sửa nơi xảy ra"."""
    said = fold(heard.text).strip(" .!?")
    if said in _TO_CHANGE:
        return Report.CHANGE
    return field_named(heard) if said.startswith(tuple(f"{verb} " for verb in _TO_CHANGE)) else None


def _card(session: Session, scene: Scene) -> Say:
    draft = session.draft
    urgency = draft.understood.urgency if draft.understood else "binh_thuong"
    lines = [words("card.what", text=shorten(draft.text)) if draft.text else words("card.voice")]
    lines.append(words("card.category", category=category_words(scene, draft.category or "khac")))
    lines += [words("card.further", category=category_words(scene, code)) for code in draft.further or ()]
    lines.append(_where_words(draft))
    lines.append(words("card.photos", n=len(draft.files)) if draft.files else words("card.no_photos"))
    if urgency == "khan":
        lines.append(words("card.urgent"))
    if is_private(draft, scene):
        lines.append(words("card.private"))
    who = " · ".join(said for said in (scene.known.name, scene.known.phone) if said)
    if who:
        lines.append(words("card.who", who=who))
    if draft.on_behalf:
        lines.append(words("card.behalf", who=draft.on_behalf))
    return Say(
        words("card.ask", lines=tuple(lines)),
        choices(
            session,
            Report.CONFIRM,
            ("send", words("card.send")),
            ("change", words("card.change")),
            ("cancel", words("card.cancel")),
        ),
        slot=f"card{session.drafts}",
    )


def _where_words(draft: Draft) -> Words:
    where = draft.where
    if where is None or not (where.ward_code or where.words):
        return words("card.where_unknown")
    if not where.ward_code:
        return words("card.where_no_ward", words=shorten(where.words, LONGEST_PLACE))
    if where.words and fold(where.words) != fold(where.ward) and len(where.words) <= LONGEST_PLACE:
        if where.words.casefold().endswith(where.ward.casefold()):
            return words("card.where", ward=where.words)  # the words name their ward themselves
        return words("card.where_words", ward=where.ward, words=where.words)
    return words("card.where", ward=where.ward)


def is_private(draft: Draft, scene: Scene) -> bool:
    """Kept from the public: by the citizen's choice, by the category, or because an official is concerned."""
    if draft.private is not None:
        return draft.private
    category = scene.config.categories.get(draft.category or "")
    about_official = bool(draft.understood and draft.understood.about_official)
    return about_official or (category is not None and category.privacy == "private")


def _take_confirm(session: Session, heard: Heard, scene: Scene) -> Taken:
    match pressed(session, heard):
        case "send":
            return Turn(session, effects=(Effect("file_case", {"draft": asdict(session.draft)}),))
        case "change":
            return Stay(replace(session, step=Report.CHANGE.value))
        case "cancel":
            return Stay(replace(session, step=Report.CANCEL.value))
    if heard.incoming.unsupported:
        return Retry("report.unsupported")
    if fold(heard.text) in _WRONG.split("|") or says_wrong(plain(heard.text)):
        return Stay(replace(session, step=Report.CHANGE.value))
    named = field_named(heard)
    if named is not None:
        return change(session, named)
    if says_no(plain(heard.text)):
        return Retry("report.fine")
    is_about_place = is_place(heard) or corrects_place(heard)
    return Retry("report.not_noted") if heard.text and not is_about_place else session


def change(session: Session, step: Report) -> Taken:
    """Asks a question of the card again. Who speaks is known by heart and only asked, not forgotten first."""
    if step in IDENTITY_STEPS:
        return Stay(replace(session, step=step.value, memo={}))
    return Reopen(replace(session, memo={"page": 0} if step is Report.CATEGORY else {}), step)


def _ask_change(session: Session, scene: Scene) -> Say:
    if "who" in session.memo:
        skip = choices(session, Report.CHANGE, ("none", words("change.behalf_no_phone")))
        return Say(words("change.behalf_phone", who=session.memo["who"]), skip, asks_phone=True)
    options = [
        ("what", words("change.what")),
        ("category", words("change.category")),
        ("where", words("change.where")),
        ("name", words("change.name")),
        ("phone", words("change.phone")),
        ("photos", words("change.photos")),
        ("private", words("change.public" if is_private(session.draft, scene) else "change.private")),
        ("behalf", words("change.behalf")),
        ("done", words("change.done")),
    ]
    idle = {"private"} if not may_be_public(session.draft, scene) else set()
    if not session.draft.files:
        idle.add("photos")
    options = [option for option in options if option[0] not in idle]
    # The card turns into this menu and back again where the channel can edit.
    return Say(words("change.ask"), choices(session, Report.CHANGE, *options, per_row=2), slot=f"card{session.drafts}")


def may_be_public(draft: Draft, scene: Scene) -> bool:
    """Whether the citizen may choose: a category that protects people stays private."""
    category = scene.config.categories.get(draft.category or "")
    about_official = bool(draft.understood and draft.understood.about_official)
    return not about_official and (category is None or category.privacy != "private")


def _take_change(session: Session, heard: Heard, scene: Scene) -> Taken:
    press = pressed(session, heard)
    draft = session.draft
    if press == "private":
        return session.with_draft(private=not is_private(draft, scene))
    if press == "behalf" or (not session.memo and _FOR_ANOTHER.search(fold(heard.text))):
        return Turn(replace(session, memo={"behalf": True}), (Say(words("change.behalf_who")),))
    if session.memo.get("behalf") and (heard.text or press == "none"):
        return _take_behalf(session, heard)
    if press == "photos":
        return Turn(
            session.with_draft(files=(), kinds=(), photos_asked=False),
            effects=(Effect("forget_draft", files_of(draft)),),
        )
    named = Report(press) if press in _FIELDS else field_named(heard)
    return session if named is None else change(session, named)


def _take_behalf(session: Session, heard: Heard) -> Taken:
    """First for whom, then on which number that person can be reached."""
    number = phone_number(heard.text)
    who = str(session.memo.get("who", "")) or heard.text[:120]
    if "who" not in session.memo and says_yes(plain(who)):
        return Stay(session)
    if "who" not in session.memo and number is None:
        return Stay(replace(session, memo={"behalf": True, "who": who}))
    if number is None and heard.text and not declines(plain(heard.text)):
        return Retry("identity.phone_again")
    known = who if number is None or number in who else f"{who} ({number})"
    return replace(session.with_draft(on_behalf=known), memo={})


def _ask_cancel(session: Session, _scene: Scene) -> Say:
    return Say(
        words("cancel.ask"),
        choices(session, Report.CANCEL, ("yes", words("cancel.yes")), ("no", words("cancel.no")), per_row=2),
    )


def _take_cancel(session: Session, heard: Heard, _scene: Scene) -> Taken:
    if pressed(session, heard) == "yes":
        return Turn(session.fresh(), (Say(words("cancel.done")),), (Effect("forget_draft", files_of(session.draft)),))
    return session


def _always(_draft: Draft, _scene: Scene) -> bool:
    return True


def _never(_draft: Draft, _scene: Scene) -> bool:
    return False


def _claims_change(session: Session, heard: Heard) -> bool:
    return bool(session.memo.get("behalf")) or takes_rest(session, heard)


def _claims_confirm(_session: Session, heard: Heard) -> bool:
    is_named = field_named(heard) is not None or fold(heard.text) in _WRONG.split("|")
    return is_named or is_place(heard) or corrects_place(heard)


CONFIRM = Slot(Report.CONFIRM, _always, _card, _take_confirm, keep, _claims_confirm)
CHANGE = Slot(Report.CHANGE, _never, _ask_change, _take_change, keep, _claims_change)
CANCEL = Slot(Report.CANCEL, _never, _ask_cancel, _take_cancel, keep, takes_rest)
