"""Is somebody in danger right now? Asked only when the words leave it open."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.flow import choices, pressed, words
from bot.dialogue.message import Say
from bot.dialogue.session import Draft, Heard, Scene, Session
from bot.dialogue.slots.slot import Report, Slot, Taken, keep
from bot.dialogue.wishes import begins_with_no, plain, says_unsure


def _needs_danger(draft: Draft, _scene: Scene) -> bool:
    return draft.in_danger is None


def _ask_danger(session: Session, _scene: Scene) -> Say:
    hotline = session.draft.understood.hotline if session.draft.understood else None
    yes_or_no = (("yes", words("danger.yes")), ("no", words("danger.no")))
    call = words(f"danger.{hotline or '112'}")
    return Say(words("danger.ask", call=call), choices(session, Report.DANGER, *yes_or_no, per_row=2))


def _take_danger(session: Session, heard: Heard, _scene: Scene) -> Taken:
    """Anything but a no counts as a yes: a needless hurry costs less than a missed danger."""
    understood = session.draft.understood
    if understood is None:
        return session
    said = plain(heard.text)
    if pressed(session, heard) == "no" or (begins_with_no(said) and not says_unsure(said)):
        calm = replace(understood, hotline=None, danger=None, danger_sure=True, urgency="binh_thuong")
        return session.with_draft(understood=calm)
    grave = session.with_draft(understood=replace(understood, danger_sure=True), hotline_told=True)
    return replace(grave, draft=with_field(grave.draft))


_FIELD_OF = {"113": "an_ninh_trat_tu", "111": "an_ninh_trat_tu", "114": "chay_no_pccc", "115": "y_te", "112": "khac"}


def with_field(draft: Draft) -> Draft:
    """In danger nobody is asked what field it is: whom one calls says so; where that is open, the desk decides."""
    if draft.category is not None or not draft.in_danger or draft.understood is None:
        return draft
    return replace(draft, category=_FIELD_OF.get(draft.understood.hotline or "", "khac"))


DANGER = Slot(Report.DANGER, _needs_danger, _ask_danger, _take_danger, keep)
