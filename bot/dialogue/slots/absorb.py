"""Whatever a message brings, put where it belongs, before anything is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.dialogue.flow import words
from bot.dialogue.message import Say, Words
from bot.dialogue.session import Draft, Heard, Scene, Session, Understood
from bot.dialogue.slots.danger import with_field
from bot.dialogue.slots.matter import forget_words
from bot.dialogue.slots.person import identity_value
from bot.dialogue.slots.place import take_in_place
from bot.dialogue.slots.slot import IDENTITY_STEPS, Report, Slot
from bot.dialogue.telling import adds_another, asks, corrects, corrects_place, is_place, says_something, tells
from bot.dialogue.wishes import begins_with_no, command_in, plain
from nlp.reading import Scope

MAX_TEXT = 4000
SHORTEST_STORY = 3
SILENT_STEPS = frozenset({Report.WHAT, Report.SCOPE, Report.PHOTOS, Report.CONFIRM})
"""Questions whose next words already show that a photo or a sentence was kept."""
_PART = re.compile(r"[.,;!?\n]+")
PLACE_STEPS = frozenset({Report.WHERE, Report.WHICH, Report.CONFIRM})
"""Questions at which a place named anew replaces the one known so far."""


@dataclass(frozen=True, slots=True)
class Absorbed:
    """The session with the message in it, and what must be said about it at once."""

    session: Session
    notices: tuple[Say, ...]
    told: bool
    """The words told of the matter, and so were no answer to the question."""


def absorb(session: Session, heard: Heard, scene: Scene, slot: Slot | None) -> Absorbed:
    """Puts files, words, places and danger where they belong.

    Words that answer the present question are left to it; other words that tell something join the description.
    """
    draft, notices = _take_in_files(session.draft, heard, scene)
    told = _tells_of_the_matter(session, heard, slot)
    if told:
        draft, notices = _take_in_words(draft, heard, notices)
    if not notices and (told or heard.files) and _is_aside(slot):
        notices.append(Say(_kept(draft, heard)))
    if slot is None or told or not _is_about_person(slot, heard):
        draft, notices = _take_in_place(draft, heard, scene, slot, told, notices)
    if draft.in_danger and draft.understood and (not draft.hotline_told or _calls_another(session.draft, draft)):
        notices.insert(0, Say(words(f"danger.{draft.understood.hotline}")))
        draft = replace(draft, hotline_told=True)
    if told and draft.where is None and heard.places and heard.places.other_province:
        notices.append(Say(words("where.other_province", province=heard.places.other_province)))
    draft = with_field(draft)
    return Absorbed(replace(session, draft=draft), tuple(notices), told)


def _kept(draft: Draft, heard: Heard) -> Words:
    """That a picture, the first words of a complaint, or more words were kept."""
    if heard.files:
        return words("photos.kept")
    return words("report.noted" if draft.text == heard.text.strip() else "report.noted_more")


def _is_aside(slot: Slot | None) -> bool:
    """Whether something else was asked, so that what was kept must be said."""
    return slot is not None and slot.step not in SILENT_STEPS


def _calls_another(before: Draft, draft: Draft) -> bool:
    """Whether what was told now needs another number: "cháu bất tỉnh rồi", after the fire brigade was named."""
    called = before.understood.hotline if before.understood else None
    return called is not None and draft.understood is not None and draft.understood.hotline not in (None, called)


def _is_about_person(slot: Slot, heard: Heard) -> bool:
    """A place named in an answer about the person is not where the problem is."""
    if slot.step not in IDENTITY_STEPS:
        return False
    if heard.incoming.place is not None and slot.step is not Report.HOME:
        # Nobody answers with a pin who they are, or by which number they are called.
        return False
    if slot.step is Report.HOME:
        # Asked for a ward, somebody gives an address: the ward is where they live, the address is where it happens.
        return heard.places is None or not (heard.places.street or heard.places.in_alley)
    return identity_value(slot.step, heard) is not None or not (is_place(heard) or corrects_place(heard))


def _take_in_place(
    draft: Draft, heard: Heard, scene: Scene, slot: Slot | None, told: bool, notices: list[Say]
) -> tuple[Draft, list[Say]]:
    is_asked = slot is not None and slot.step in PLACE_STEPS
    is_named = not told and slot is not None and slot.step is not Report.HOME
    replaces = (is_asked and not (told and slot and slot.step is Report.CONFIRM)) or (
        is_named and (is_place(heard) or corrects_place(heard))
    )
    placed, about_place = take_in_place(draft, heard, scene, replaces)
    notices = [*notices, *about_place]
    is_shown = slot is None or is_asked or (told and slot.step in SILENT_STEPS)
    # Whoever asks about paperwork has begun nothing yet: of where they live only a ward is said back.
    is_begun = slot is not None and slot.step is not Report.SCOPE
    named = placed.where.ward if placed.where else placed.words_of_place if is_begun else ""
    is_new = (placed.where, placed.words_of_place) != (draft.where, draft.words_of_place)
    if not notices and not is_shown and named and is_new:
        notices = [Say(words("where.taken", ward=named))]
    return placed, notices


def _take_in_files(draft: Draft, heard: Heard, scene: Scene) -> tuple[Draft, list[Say]]:
    limit = scene.config.limits.photos_per_case
    kept = heard.files[: max(0, limit - len(draft.files))]
    notices = [Say(words("photos.too_many", n=limit))] if len(kept) < len(heard.files) else []
    files = (*draft.files, *(f.id for f in kept))
    return replace(draft, files=files, kinds=(*draft.kinds, *(f.kind.value for f in kept))), notices


def _tells_of_the_matter(session: Session, heard: Heard, slot: Slot | None) -> bool:
    if not heard.text or heard.incoming.press is not None:
        return False
    if slot is None:
        return True
    if slot.step is Report.WHAT:
        # What stands is not replaced by a word or two, such as the name of a menu's item.
        is_short = session.draft.retelling and len(heard.text.split()) <= SHORTEST_STORY
        return tells(heard) or (says_something(heard) and not is_short)
    return says_something(heard) and (bool(heard.files) or not slot.claims(session, heard))


def _take_in_words(draft: Draft, heard: Heard, notices: list[Say]) -> tuple[Draft, list[Say]]:
    draft = _add_words(forget_words(draft) if draft.retelling else draft, heard)
    if len(draft.text) > MAX_TEXT:
        draft = replace(draft, text=draft.text[:MAX_TEXT])
        notices = [*notices, Say(words("report.too_long", n=MAX_TEXT))]
    if draft.private is None and _is_to_be_kept_private(heard.text):
        draft = replace(draft, private=True)
        notices = [*notices, Say(words("help.private"))]
    return draft, notices


def _is_to_be_kept_private(told: str) -> bool:
    """Whether a part of the story by itself asks for it: "…, xin giữ kín tên tôi", "… Keep it private please".

    "Thu tiền, không công khai" tells what others do; "có lộ tên tôi không" only asks.
    """
    parts = (plain(part).strip() for part in _PART.split(told))
    wishes = ((part, command_in(part)) for part in parts)
    return any(
        (wish == "kin" and not begins_with_no(part)) or (wish == "giauten" and not asks(part)) for part, wish in wishes
    )


def _add_words(draft: Draft, heard: Heard) -> Draft:
    before = draft.understood
    if before is not None and before.scope == Scope.KHONG_PHAI_PHAN_ANH:
        # What was said so far was a greeting: the complaint begins here.
        before, draft = None, replace(draft, text="")
    if heard.text.strip() in draft.text.splitlines():
        return draft  # sent twice over a slow line
    text = f"{draft.text}\n{heard.text}".strip()
    draft = replace(draft, told=(heard.incoming.key, heard.text))
    if heard.reading is None:
        return replace(draft, text=text)
    understood = Understood.of(heard.reading)
    if before is not None:
        is_other = before.abstain or understood.category != before.category
        is_another = is_other and adds_another(heard, is_first_clear=not before.abstain)
        is_elsewhere = _names_another_ward(draft, heard) and not (before.abstain or understood.abstain)
        beside = (understood.category,) if is_another or (is_elsewhere and is_other) else ()
        is_denied = heard.denied is not None and heard.denied == before.category
        # What stands beside the first matter does not say what that is.
        told = replace(understood, abstain=True, candidates=before.candidates) if is_another else understood
        understood = _joined(before, told, corrects(heard), is_denied)
        understood = replace(understood, further=tuple(dict.fromkeys((*beside, *understood.further))))
    category = draft.category
    if not draft.chosen_by_citizen:
        # Where three problems are told the topics only stand in each other's way.
        is_unsure = understood.abstain and len(understood.further) < 2
        category = None if is_unsure else understood.category
    return replace(draft, text=text, understood=understood, category=category)


def _names_another_ward(draft: Draft, heard: Heard) -> bool:
    ward = heard.places.default if heard.places else None
    return ward is not None and draft.where is not None and ward != draft.where.ward_code


def without_told(draft: Draft, edits: str) -> Draft | None:
    """The draft without the words of a message that is put right; None when it told nothing, or not the last of it."""
    key, told = draft.told
    # The key of an album is that of one of its parts, with a letter before it.
    if not told or key not in (edits, f"a{edits}") or not draft.text.endswith(told):
        return None
    rest = draft.text.removesuffix(told).rstrip()
    if draft.where is not None and draft.where.words and draft.where.words in told:
        draft = replace(draft, where=None, words_of_place="", options=(), neighbours=None)
    if not rest:
        return replace(forget_words(draft), told=("", ""))
    return replace(draft, text=rest, told=("", ""))


def _joined(first: Understood, then: Understood, is_corrected: bool, is_denied: bool) -> Understood:
    """What two messages of one complaint mean together: the surer topic, the graver danger.

    What was put right, or was no complaint so far, leaves the topic to what came then; what was denied, even when
    nobody is sure of what came then.
    """
    was_none = first.scope == Scope.HOI_DAP and then.scope == Scope.IN_SCOPE
    gives_way = was_none or is_denied or (is_corrected and not then.abstain)
    base = then if gives_way or first.abstain > then.abstain else first
    grave = {"khan": 2, "phuc_tap": 1, "binh_thuong": 0}
    # Of two that nobody is sure of, either may say what it is.
    either = (code for pair in zip(then.candidates, first.candidates, strict=False) for code in pair)
    is_open = first.abstain and then.abstain and not gives_way
    return replace(
        base,
        candidates=tuple(dict.fromkeys(either)) if is_open else base.candidates,
        # "Không phải rác, đèn đường hỏng" names the rubbish once more and means none.
        further=tuple(code for code in base.further if not (is_corrected and code == first.category)),
        urgency=max(first.urgency, then.urgency, key=lambda u: grave[u]),
        hotline=then.hotline or first.hotline,
        danger=then.danger or first.danger,
        danger_sure=any(u.danger_sure for u in (first, then) if u.hotline),
        scope=first.scope if then.scope == Scope.KHONG_PHAI_PHAN_ANH else base.scope,
        abuse=first.abuse or then.abuse,
        spam=first.spam and then.spam,
        about_official=first.about_official or then.about_official,
        masked=f"{first.masked}\n{then.masked}",
        folded=f"{first.folded}\n{then.folded}",
    )
