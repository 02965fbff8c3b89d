"""Whatever a message brings, put where it belongs, before anything is asked."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.flow import words
from bot.dialogue.message import Say
from bot.dialogue.session import Draft, Heard, Scene, Session, Understood
from bot.dialogue.slots.place import take_in_place
from bot.dialogue.slots.slot import Report

SMALL_TALK_WORDS = 6
"""A remark of at most so many words that is no complaint ("ok nhé", "hi") is not added to one."""
MAX_TEXT = 4000


def absorb(session: Session, heard: Heard, scene: Scene, wants_words: bool) -> tuple[Session, tuple[Say, ...]]:
    """Everything a message brings, put where it belongs, with what must be said about it at once."""
    notices: list[Say] = []
    draft = session.draft
    limit = scene.config.limits.photos_per_case
    if heard.files:
        kept = heard.files[: max(0, limit - len(draft.files))]
        if len(kept) < len(heard.files):
            notices.append(Say(words("photos.too_many", n=limit)))
        draft = replace(
            draft,
            files=(*draft.files, *(f.id for f in kept)),
            kinds=(*draft.kinds, *(f.kind.value for f in kept)),
        )
    is_caption = bool(heard.files) and session.step not in (Report.NAME, Report.PHONE)
    if heard.text and heard.incoming.press is None and (not wants_words or is_caption):
        draft = _add_words(draft, heard, limit=MAX_TEXT)
    draft, place_notice = take_in_place(draft, heard, is_place_asked=session.step in (Report.WHERE, Report.WHICH))
    notices += place_notice
    if draft.understood and draft.understood.hotline and not draft.hotline_told:
        notices.insert(0, Say(words(f"danger.{draft.understood.hotline}")))
        draft = replace(draft, hotline_told=True)
    return replace(session, draft=draft), tuple(notices)


def _add_words(draft: Draft, heard: Heard, limit: int) -> Draft:
    text = f"{draft.text}\n{heard.text}".strip() if draft.text else heard.text
    if heard.reading is None:
        return replace(draft, text=text[:limit])
    understood = Understood.of(heard.reading)
    if understood.scope == "khong_phai_phan_anh" and draft.text and len(heard.text.split()) <= SMALL_TALK_WORDS:
        return draft
    if draft.understood is not None:
        understood = _joined(draft.understood, understood)
    category = draft.category
    if not draft.chosen_by_citizen:
        category = None if understood.abstain else understood.category
    return replace(draft, text=text[:limit], understood=understood, category=category)


def _joined(first: Understood, then: Understood) -> Understood:
    """What two messages of one complaint mean together: the surer topic, the graver danger."""
    base = first if first.abstain <= then.abstain else then
    grave = {"khan": 2, "phuc_tap": 1, "binh_thuong": 0}
    return replace(
        base,
        urgency=max(first.urgency, then.urgency, key=lambda u: grave[u]),
        hotline=then.hotline or first.hotline,
        danger=then.danger or first.danger,
        scope=first.scope if then.scope == "khong_phai_phan_anh" else base.scope,
        abuse=first.abuse or then.abuse,
        spam=first.spam and then.spam,
        about_official=first.about_official or then.about_official,
        masked=f"{first.masked}\n{then.masked}",
        folded=f"{first.folded}\n{then.folded}",
    )
