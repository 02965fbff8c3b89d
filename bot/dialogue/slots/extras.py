"""What helps the field team: photos, the category's own questions, a neighbour's case."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue.flow import choices, pressed, words
from bot.dialogue.message import Say, Words, either, first_words, raw
from bot.dialogue.session import Draft, Effect, Heard, Retry, Scene, Session, Turn
from bot.dialogue.slots.slot import Onward, Report, Slot, Taken, files_of, hotline_lines, takes_rest
from bot.dialogue.telling import asks, asks_or_sighs, corrects, corrects_place, is_place, is_plain_danger
from bot.dialogue.wishes import declines, plain
from nlp.normalize import fold
from routing.config import Question

_TOGETHER = re.compile(r"^(?!.*\b(khong|ko|thoi|dung)\b).*\b(theo doi|chung|cung vu|follow|join)\b")
_ALONE = re.compile(r"\b(gui|bao|phan anh|lam) rieng\b|^rieng\b|\b(separately|my own)\b")
"""What is said of a neighbour's case instead of pressed: with it, or apart from it."""
_SETS_RIGHT = re.compile(r"\b(chu|ma) (khong|ko) phai( la)? \w")
""" "Số 5 chứ không phải ngõ 5"."""
_OF_PICTURES = re.compile(
    r"\b(anh|hinh|chup|may|dien thoai|camera|gui|mai|lat|chut|sau|photos?|pictures?|phone|later|tomorrow|send)\b"
)
"""Of pictures, of what takes them, and of when."""
_WHERE_BESIDE = re.compile(r"(?:o )?(?:ngay )?(?:gan|canh|ben canh|doi dien|dau|cuoi|goc|near|opposite|next to) \w+")
""" "Gần hồ": where about, in however few words."""
FEWEST_MORE = 5
"""Words at the question for a picture that say more than whether there is one."""
SUMMARY = 60
"""Characters of a neighbour's case."""


def _needs_photos(draft: Draft, _scene: Scene) -> bool:
    return not draft.files and not draft.photos_asked and not draft.in_danger


def _ask_photos(session: Session, _scene: Scene) -> Say:
    return Say(
        words("report.photos"), choices(session, Report.PHOTOS, ("none", words("report.photos_none"))), asks_photos=True
    )


def _take_photos(session: Session, heard: Heard, _scene: Scene) -> Taken:
    if pressed(session, heard) == "none" or (heard.text and not is_place(heard) and not corrects_place(heard)):
        return session.with_draft(photos_asked=True)
    return session if session.draft.files else Retry("report.photos_again")


def _open_question(draft: Draft, scene: Scene) -> str | None:
    category = scene.config.categories.get(draft.category or "")
    if category is None:
        return None
    return next((q.id for q in category.questions if not q.subs and q.id not in draft.answers), None)


def _needs_question(draft: Draft, scene: Scene) -> bool:
    return _open_question(draft, scene) is not None and not draft.in_danger


def _ask_question(session: Session, scene: Scene) -> Say:
    question = _question(session.draft, scene)
    if question is None:
        return Say(words("report.what"))
    options: list[tuple[str, Words]] = []
    if question.kind == "yes_no":
        options = [("yes", words("yes")), ("no", words("no"))]
    elif question.kind == "choice":
        options = [(str(i), raw(choice)) for i, choice in enumerate(question.choices)]
    asked = either(question.text, question.text_en or question.text)
    return Say(asked, choices(session, Report.QUESTION, *options, ("skip", words("identity.skip"))))


def _take_question(session: Session, heard: Heard, scene: Scene) -> Taken:
    question = _question(session.draft, scene)
    if question is None:
        return session
    press = pressed(session, heard)
    if press == "skip":
        return _answered(session, question.id, "")
    if question.kind == "yes_no" and press in ("yes", "no"):
        answer = "có" if press == "yes" else "không"
    elif question.kind == "choice" and press and press.isdigit() and int(press) < len(question.choices):
        answer = question.choices[int(press)]
    elif question.kind == "text" and heard.text:
        answer = heard.text[:500]
    else:
        return Retry("choose")
    stop = question.stop.get(answer)
    filled = _answered(session, question.id, answer)
    if stop:
        lines = hotline_lines(scene.config, (stop.hotline,) if stop.hotline else ())
        return Onward(filled, (Say(words("report.stop", words=stop.text, lines=lines)),))
    return filled


def _question(draft: Draft, scene: Scene) -> Question | None:
    found = _open_question(draft, scene)
    if found is None:
        return None
    return next(q for q in scene.config.categories[draft.category or ""].questions if q.id == found)


def _answered(session: Session, question: str, answer: str) -> Session:
    return session.with_draft(answers={**session.draft.answers, question: answer})


def leave_questions(session: Session, scene: Scene) -> Session:
    """All questions of the category that are still open, skipped."""
    while (question := _question(session.draft, scene)) is not None:
        session = _answered(session, question.id, "")
    return session


def _needs_near(draft: Draft, _scene: Scene) -> bool:
    return bool(draft.neighbours) and not draft.neighbours_settled and not draft.in_danger


def _ask_near(session: Session, _scene: Scene) -> Say:
    found = session.draft.neighbours or ()
    options = [
        (code, words("near.follow", code=code, summary=first_words(code, SUMMARY), metres=metres))
        for code, metres in found[:3]
    ]
    return Say(words("near.ask"), choices(session, Report.NEAR, *options, ("file", words("near.file"))))


def _take_near(session: Session, heard: Heard, _scene: Scene) -> Taken:
    press = pressed(session, heard)
    if press == "file":
        return session.with_draft(neighbours_settled=True)
    found = [code for code, _ in session.draft.neighbours or ()]
    if _ALONE.search(fold(heard.text)):
        return session.with_draft(neighbours_settled=True)
    if len(found) == 1 and press is None and _TOGETHER.search(fold(heard.text)) and not asks(heard.text):
        press = found[0]
    if press in found:
        return Turn(session, effects=(Effect("follow_case", {"code": press, **files_of(session.draft)}),))
    return Retry("choose")


def _forget_photos_asked(draft: Draft) -> Draft:
    return replace(draft, photos_asked=False)


def _forget_answers(draft: Draft) -> Draft:
    return replace(draft, answers={})


def _forget_neighbour(draft: Draft) -> Draft:
    return replace(draft, neighbours_settled=False)


def _answers(_session: Session, heard: Heard) -> bool:
    return not is_plain_danger(heard)


def _claims_photos(session: Session, heard: Heard) -> bool:
    """A refusal, a promise of pictures, a place, a few words of nothing; a detail put right and more is told."""
    said = fold(heard.text)
    is_told = len(said.split()) >= FEWEST_MORE or _WHERE_BESIDE.match(said) is not None
    is_more = is_told and _OF_PICTURES.search(said) is None and not declines(plain(heard.text))
    is_detail = corrects(heard) or _SETS_RIGHT.search(said) is not None or (is_more and not asks_or_sighs(heard.text))
    return corrects_place(heard) or (takes_rest(session, heard) and (is_place(heard) or not is_detail))


PHOTOS = Slot(Report.PHOTOS, _needs_photos, _ask_photos, _take_photos, _forget_photos_asked, _claims_photos)
QUESTION = Slot(Report.QUESTION, _needs_question, _ask_question, _take_question, _forget_answers, _answers)
NEAR = Slot(Report.NEAR, _needs_near, _ask_near, _take_near, _forget_neighbour, takes_rest)
