"""Where it happened: a point, words, or a choice between wards."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.flow import choices, pressed, words
from bot.dialogue.message import Say, raw
from bot.dialogue.session import Draft, Heard, Retry, Scene, Session, Where
from bot.dialogue.slots.slot import Report, Slot, Stay, Taken
from bot.dialogue.telling import tells, words_of_place

MAX_OPTIONS = 4
"""More candidate wards than this are no choice for a button row: a point is asked for."""


def _needs_where(draft: Draft, _scene: Scene) -> bool:
    return draft.where is None and not draft.options and draft.from_photo is None


def _ask_where(session: Session, _scene: Scene) -> Say:
    return Say(
        words("report.where"),
        choices(session, Report.WHERE, ("unknown", words("report.where_unknown"))),
        asks_place=True,
    )


def _take_where(session: Session, heard: Heard, _scene: Scene) -> Taken:
    if pressed(session, heard) == "unknown":
        return session.with_draft(where=Where("", "", session.draft.words_of_place))
    if not _needs_where(session.draft, _scene):
        return session
    elsewhere = _elsewhere(heard)
    if elsewhere is not None:
        return elsewhere
    if heard.places and len(heard.places.candidates) > MAX_OPTIONS:
        kept = session.with_draft(words_of_place=heard.text)
        return Stay(kept, (Say(words("where.too_many", words=heard.text)),))
    return Retry("where.unknown")


def _elsewhere(heard: Heard) -> Retry | None:
    """What to say of a place that is not in the city."""
    if heard.located and heard.located.outside:
        return Retry("where.outside")
    if heard.places and heard.places.other_province:
        return Retry("where.other_province", {"province": heard.places.other_province})
    return None


def _needs_which(draft: Draft, _scene: Scene) -> bool:
    return draft.where is None and bool(draft.options or draft.from_photo)


def _ask_which(session: Session, _scene: Scene) -> Say:
    draft = session.draft
    options = [(code, raw(ward)) for code, ward in draft.options]
    if draft.from_photo and not options:
        options = [(draft.from_photo.ward_code, raw(draft.from_photo.ward))]
    return Say(
        words("report.which" if draft.options else "where.from_photo"),
        choices(session, Report.WHICH, *options, ("other", words("report.which_other"))),
        asks_place=True,
    )


def _take_which(session: Session, heard: Heard, _scene: Scene) -> Taken:
    press = pressed(session, heard)
    draft = session.draft
    if press == "other":
        return session.with_draft(options=(), pin=None, from_photo=None, where=None)
    for code, ward in draft.options:
        if press == code:
            point = draft.pin or Where("", "")
            where = replace(point, ward_code=code, ward=ward, words=draft.words_of_place)
            return session.with_draft(where=where, options=(), pin=None, from_photo=None, neighbours=None)
    if draft.from_photo and press == draft.from_photo.ward_code:
        return session.with_draft(where=draft.from_photo, from_photo=None, neighbours=None)
    if not _needs_which(draft, _scene):
        return session
    return _elsewhere(heard) or Retry("choose")


def take_in_place(draft: Draft, heard: Heard, scene: Scene, is_place_asked: bool) -> tuple[Draft, list[Say]]:
    located, places = heard.located, heard.places
    notices: list[Say] = []
    if heard.point and located:
        if located.ward_code is None:
            return draft, [] if is_place_asked else [Say(words("where.outside"))]
        if located.swapped:
            notices.append(Say(words("where.swapped")))
        where = Where(located.ward_code, located.ward or "", draft.words_of_place, heard.point.lat, heard.point.lon)
        if places:
            where = replace(where, street=places.street, in_alley=places.in_alley, words=places.words or where.words)
        if located.near:
            wards = tuple((code, scene.wards.get(code, code)) for code in (located.ward_code, *located.near))
            asked = replace(draft, where=None, pin=where, options=wards, neighbours=None, neighbours_settled=False)
            return asked, [*notices, Say(words("where.border"))]
        notices.append(Say(words("where.noted", ward=where.ward)))
        return replace(draft, where=where, options=(), neighbours=None, neighbours_settled=False), notices
    if heard.incoming.press is not None or places is None or not places.candidates:
        return draft, notices
    if draft.where is not None and not is_place_asked:
        return draft, notices
    said = places.words
    if places.default:
        best = next((c for c in places.candidates if c.ward_code == places.default), places.candidates[0])
        where = Where(best.ward_code, best.ward, said, street=places.street, in_alley=places.in_alley)
        return replace(draft, where=where, options=(), words_of_place=said, neighbours=None), notices
    if len(places.candidates) <= MAX_OPTIONS:
        options = tuple((c.ward_code, c.ward) for c in places.candidates)
        kept = None if is_place_asked else draft.where
        return replace(draft, where=kept, options=options, pin=None, words_of_place=said, neighbours=None), notices
    return replace(draft, words_of_place=said or draft.words_of_place), notices


def leave_place(draft: Draft) -> Draft:
    """The draft with its place left to the triage desk: the words that were said of it are kept."""
    if draft.where is not None:
        return draft
    return replace(draft, where=Where("", "", draft.words_of_place), options=(), pin=None, from_photo=None)


def _forget_place(draft: Draft) -> Draft:
    nowhere = replace(draft, where=None, options=(), pin=None, from_photo=None, words_of_place="")
    return replace(nowhere, neighbours=None, neighbours_settled=False)


def _claims_place(_session: Session, heard: Heard) -> bool:
    return not tells(heard, beside=words_of_place(heard))


WHERE = Slot(Report.WHERE, _needs_where, _ask_where, _take_where, _forget_place, _claims_place)
WHICH = Slot(Report.WHICH, _needs_which, _ask_which, _take_which, _forget_place, _claims_place)
