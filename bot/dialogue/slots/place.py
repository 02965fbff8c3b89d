"""Where it happened: a point, words, or a choice between wards."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue.flow import choices, pressed, words
from bot.dialogue.message import Say, raw
from bot.dialogue.session import Draft, Heard, Retry, Scene, Session, Where
from bot.dialogue.slots.slot import Report, Slot, Stay, Taken
from bot.dialogue.telling import corrects_place, tells, words_of_place
from bot.dialogue.wishes import plain, says_yes
from nlp.normalize import fold
from routing.places import Found

SHORT_ADDRESS = 60
MAX_OPTIONS = 4
"""More candidate wards than this are no choice for a button row: a point is asked for."""


def _needs_where(draft: Draft, _scene: Scene) -> bool:
    return draft.where is None and not draft.options and draft.from_photo is None


def _ask_where(session: Session, _scene: Scene) -> Say:
    said = session.draft.words_of_place
    return Say(
        words("report.where_ward", words=said) if said else words("report.where"),
        choices(session, Report.WHERE, ("unknown", words("report.where_unknown"))),
        asks_place=True,
    )


def _take_where(session: Session, heard: Heard, _scene: Scene) -> Taken:
    if pressed(session, heard) == "unknown":
        return replace(session, draft=leave_place(session.draft))
    if not _needs_where(session.draft, _scene):
        return session
    elsewhere = _elsewhere(heard)
    if elsewhere is not None:
        return elsewhere
    if heard.places and len(heard.places.candidates) > MAX_OPTIONS:
        return Stay(session)
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
    if draft.options:
        options.append(("unknown", words("report.which_unknown")))
    return Say(
        words("report.which" if draft.options else "where.from_photo"),
        choices(session, Report.WHICH, *options, ("other", words("report.which_other"))),
        asks_place=True,
    )


def _take_which(session: Session, heard: Heard, _scene: Scene) -> Taken:
    press = pressed(session, heard)
    draft = session.draft
    if press == "unknown":
        return replace(session, draft=leave_place(draft))
    if press == "other":
        return session.with_draft(options=(), pin=None, from_photo=None, where=None, words_of_place="")
    for code, ward in draft.options:
        if press == code:
            point = draft.pin or Where("", "")
            where = replace(point, ward_code=code, ward=ward, words=draft.words_of_place)
            return session.with_draft(where=where, options=(), pin=None, from_photo=None, neighbours=None)
    is_confirmed = not draft.options and says_yes(plain(heard.text))
    if draft.from_photo and (press == draft.from_photo.ward_code or is_confirmed):
        return session.with_draft(where=draft.from_photo, from_photo=None, neighbours=None)
    if not _needs_which(draft, _scene):
        return session
    return _elsewhere(heard) or Retry("choose")


def take_in_place(draft: Draft, heard: Heard, scene: Scene, replaces: bool) -> tuple[Draft, list[Say]]:
    """The draft with the place that a message names; `replaces`: even when one is known already."""
    located, places = heard.located, heard.places
    notices: list[Say] = []
    if heard.point and located:
        if located.ward_code is None:
            return draft, [] if replaces else [Say(words("where.outside"))]
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
    if draft.where is not None and not replaces:
        return draft, notices
    return _take_words(draft, places, _named(heard, places)), notices


def _named(heard: Heard, places: Found) -> str:
    """The words that name the place: all of a short message whose street stands apart from its ward."""
    is_apart = places.street is not None and fold(places.street) not in fold(places.words)
    return heard.text if is_apart and len(heard.text) <= SHORT_ADDRESS else places.words


def _take_words(draft: Draft, places: Found, named: str) -> Draft:
    """The place that words name: settled, a choice between wards, or only words so far."""
    said = Where("", "", named or draft.words_of_place, street=places.street, in_alley=places.in_alley)
    wards = {c.ward_code: c.ward for c in places.candidates}
    ward = _settled(draft, places)
    if ward is not None:
        where = replace(_finer(draft, said, wards[ward]), ward_code=ward, ward=wards[ward])
        return replace(draft, where=where, options=(), pin=None, words_of_place=where.words, neighbours=None)
    open_again = replace(draft, where=None, pin=said, options=(), words_of_place=said.words, neighbours=None)
    if len(wards) <= MAX_OPTIONS:
        return replace(open_again, options=tuple(wards.items()))
    # Who does not know the ward is not asked for it again and again: the desk will find it.
    return replace(open_again, where=said) if draft.where and not draft.where.ward_code else open_again


def _settled(draft: Draft, places: Found) -> str | None:
    """The one ward that the words leave: by themselves, with what is known already, or among those asked about."""
    if places.default:
        return places.default
    wards = {c.ward_code for c in places.candidates}
    if draft.where is not None and draft.where.ward_code in wards:
        return draft.where.ward_code
    among = [code for code, _ in draft.options if code in wards]
    if len(among) == 1:
        return among[0]
    named = namesake(places)
    return named if named in among else None


def namesake(places: Found) -> str | None:
    """The ward that bears the name said, though a former district of that name held several."""
    return next((c.ward_code for c in places.candidates if _bare(c.ward) == _bare(places.words)), None)


def _finer(draft: Draft, said: Where, ward: str) -> Where:
    """Which words name the place: those said now, unless they only add the ward to a street that is known."""
    known = draft.where or draft.pin
    if known is None or not (known.street or known.in_alley) or said.street or said.in_alley:
        return said
    # A place that was named with its old ward is another one now.
    is_moved = known.ward != "" and _bare(known.ward) in fold(known.words)
    return known if _bare(said.words) == _bare(ward) and not is_moved else said


def _bare(ward: str) -> str:
    """A ward's name without what it is: "Phường Ba Đình", "p ba dinh" -> "ba dinh"."""
    return _KIND_OF_WARD.sub("", fold(ward))


_KIND_OF_WARD = re.compile(r"^(?:phuong|xa|p|x)[. ]+")


def leave_place(draft: Draft) -> Draft:
    """The draft with its place left to the triage desk: what was said of it is kept."""
    if draft.where is not None:
        return draft
    where = replace(draft.pin or Where("", ""), words=draft.words_of_place)
    return replace(draft, where=where, options=(), pin=None, from_photo=None)


def _forget_place(draft: Draft) -> Draft:
    nowhere = replace(draft, where=None, options=(), pin=None, from_photo=None, words_of_place="")
    return replace(nowhere, neighbours=None, neighbours_settled=False)


def _claims_place(_session: Session, heard: Heard) -> bool:
    return corrects_place(heard) or not tells(heard, beside=words_of_place(heard))


WHERE = Slot(Report.WHERE, _needs_where, _ask_where, _take_where, _forget_place, _claims_place)
WHICH = Slot(Report.WHICH, _needs_which, _ask_which, _take_which, _forget_place, _claims_place)
