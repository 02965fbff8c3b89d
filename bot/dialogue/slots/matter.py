"""What it is about: the words, whether it belongs here, its category, further problems."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue.flow import choices, pressed, words
from bot.dialogue.message import Button, Say
from bot.dialogue.session import Draft, Effect, Heard, Retry, Scene, Session, Turn
from bot.dialogue.slots.card import change, field_named
from bot.dialogue.slots.person import WHO_SPEAKS, settle
from bot.dialogue.slots.slot import (
    Report,
    Slot,
    Stay,
    Taken,
    category_words,
    files_of,
    shorten,
    takes_rest,
)
from bot.dialogue.telling import is_plain_danger
from bot.dialogue.wishes import plain, says_all, says_no, says_unsure, says_yes
from nlp.normalize import fold
from nlp.reading import INSIDE, Scope
from storage.records import FileKind

CATEGORIES_PER_PAGE = 8
SHORT_NAME = 3
"""Words of a category's name as an answer; more of them tell of the matter."""


def _needs_what(draft: Draft, _scene: Scene) -> bool:
    return draft.retelling or (not draft.text and not draft.voice_only)


def _ask_what(session: Session, _scene: Scene) -> Say:
    if session.draft.retelling:
        said = words("report.what_again", text=shorten(session.draft.text))
        return Say(said, choices(session, Report.WHAT, ("keep", words("report.what_keep"))))
    key = "report.what_photo" if session.draft.files else "report.what"
    buttons: tuple[tuple[Button, ...], ...] = ()
    if session.draft.count(FileKind.VOICE) or session.draft.count(FileKind.VIDEO):
        key, buttons = "report.what_voice", choices(session, Report.WHAT, ("voice", words("report.voice_only")))
    return Say(words(key), buttons)


def _take_what(session: Session, heard: Heard, _scene: Scene) -> Taken:
    match pressed(session, heard):
        case "voice":
            return session.with_draft(voice_only=True, category="khac")
        case "keep":
            return session.with_draft(retelling=False)
    if heard.incoming.unsupported:
        return Retry("report.what_unsupported")
    said = plain(heard.text)
    if says_no(said) and says_all(said):
        return Stay(settle(session, *WHO_SPEAKS))
    named = field_named(heard) if session.draft.retelling else None
    if named is not None:
        # The name of a line of the card is no story: the words stay, and that line is asked for.
        return change(session.with_draft(retelling=False), named)
    is_told = session.draft.text and not session.draft.retelling
    return session if is_told else Retry("report.what_empty")


def _needs_scope(draft: Draft, _scene: Scene) -> bool:
    return bool(draft.understood) and not draft.insisted and _scope(draft) not in INSIDE


def _scope(draft: Draft) -> str:
    return draft.understood.scope if draft.understood else Scope.IN_SCOPE


def _ask_scope(session: Session, _scene: Scene) -> Say:
    return Say(
        words(f"scope.{_scope(session.draft)}"),
        choices(session, Report.SCOPE, ("insist", words("scope.insist")), ("leave", words("scope.leave")), per_row=2),
    )


def _take_scope(session: Session, heard: Heard, _scene: Scene) -> Taken:
    match pressed(session, heard):
        case "insist":
            return session.with_draft(insisted=True)
        case "leave":
            return Turn(
                session.fresh(), (Say(words("scope.left")),), (Effect("forget_draft", files_of(session.draft)),)
            )
    if _scope(session.draft) == Scope.KHONG_PHAI_PHAN_ANH and heard.text:
        if heard.places is not None and heard.places.candidates:
            # Whoever says where means that something is there.
            return session.with_draft(insisted=True)
        # One more word about nothing: nothing was begun.
        return Turn(session.fresh(), (Say(words("scope.left")),), (Effect("forget_draft", files_of(session.draft)),))
    if session.memo.get("missed") and heard.text:
        # Who tells on is not asked in circles: the desk will see what it is.
        return session.with_draft(insisted=True)
    return session if not _needs_scope(session.draft, _scene) else Retry("choose")


def _needs_category(draft: Draft, scene: Scene) -> bool:
    return draft.category is None or draft.category not in scene.config.categories


def _ask_category(session: Session, scene: Scene) -> Say:
    page = int(session.memo.get("page", -1))
    if page < 0 and session.draft.understood:
        top = [c for c in session.draft.understood.candidates if c in scene.config.categories][:3]
        options = [(c, category_words(scene, c)) for c in top if c != "khac"]
        return Say(
            words("report.category"),
            choices(session, Report.CATEGORY, *options, ("more", words("report.category_more"))),
        )
    page = max(page, 0)
    codes = [c for c in scene.config.categories if c != "khac"]
    shown = codes[page * CATEGORIES_PER_PAGE : (page + 1) * CATEGORIES_PER_PAGE]
    options = [(c, category_words(scene, c)) for c in shown]
    following = page + 1 if (page + 1) * CATEGORIES_PER_PAGE < len(codes) else 0
    return Say(
        words("report.category_all"),
        choices(
            session,
            Report.CATEGORY,
            *options,
            (f"page{following}", words("more")),
            ("khac", category_words(scene, "khac")),
        ),
    )


def _take_category(session: Session, heard: Heard, scene: Scene) -> Taken:
    press = pressed(session, heard)
    if press == "more":
        return Stay(replace(session, memo={"page": 0}))
    if press and press.startswith("page") and press[4:].isdigit():
        return Stay(replace(session, memo={"page": int(press[4:])}))
    if press in scene.config.categories:
        changed = session.with_draft(category=press, chosen_by_citizen=True, answers={}, neighbours=None)
        return replace(changed, memo={})
    named = _category_named(heard, scene)
    if named is not None:
        return session.with_draft(category=named, chosen_by_citizen=True, answers={}, neighbours=None)
    if not _needs_category(session.draft, scene):
        return session
    if says_unsure(plain(heard.text)) or (session.memo.get("missed") and heard.text):
        # Who does not know it is not asked in circles: the triage desk decides.
        return session.with_draft(category="khac", answers={}, neighbours=None)
    return Retry("choose")


def _category_named(heard: Heard, scene: Scene) -> str | None:
    """The one category whose label holds all words of a short answer, or that it is read as: "rác", "vỉa hè trước"."""
    words_said = plain(heard.text)
    said = set(words_said.split())
    if not 0 < len(said) <= SHORT_NAME or says_no(words_said) or says_yes(words_said):
        return None
    labels = {c: set(re.findall(r"\w+", fold(f"{k.label} {k.label_en}"))) for c, k in scene.config.categories.items()}
    named = [code for code, label in labels.items() if said <= label]
    if len(named) == 1:
        return named[0]
    reading = heard.reading
    return reading.category if reading and not reading.abstain and reading.category in labels else None


def _others(draft: Draft, scene: Scene) -> tuple[str, ...]:
    """Categories of the further problems in the words."""
    told = draft.understood.further if draft.understood else ()
    return tuple(code for code in told if code in scene.config.categories and code != draft.category)


def _needs_second(draft: Draft, scene: Scene) -> bool:
    is_open = draft.further is None and not (draft.in_danger or draft.chosen_by_citizen)
    # Who could not say what it is will not say how many things it is either.
    return is_open and draft.category != "khac" and bool(_others(draft, scene))


def _ask_second(session: Session, scene: Scene) -> Say:
    told = (session.draft.category or "khac", *_others(session.draft, scene))
    lines = tuple(words("report.second_line", category=category_words(scene, code)) for code in told)
    return Say(
        words("report.second", lines=lines),
        choices(session, Report.SECOND, ("two", words("report.second_two")), ("one", words("report.second_one"))),
    )


def _take_second(session: Session, heard: Heard, scene: Scene) -> Taken:
    match pressed(session, heard):
        case "two":
            return session.with_draft(further=_others(session.draft, scene))
        case "one":
            return session.with_draft(further=())
    return Retry("choose")


def forget_words(draft: Draft) -> Draft:
    """The draft without what was told, and without what was concluded from it."""
    return replace(
        draft,
        text="",
        retelling=False,
        understood=None,
        category=None,
        chosen_by_citizen=False,
        insisted=False,
        voice_only=False,
        further=None,
        answers={},
        neighbours=None,
    )


def _claims_category(session: Session, heard: Heard) -> bool:
    return takes_rest(session, heard) or (len(heard.text.split()) <= SHORT_NAME and not is_plain_danger(heard))


def _tell_anew(draft: Draft) -> Draft:
    return replace(draft, retelling=True) if draft.text else forget_words(draft)


def _forget_category(draft: Draft) -> Draft:
    return replace(draft, category=None, chosen_by_citizen=False, answers={}, further=None)


WHAT = Slot(Report.WHAT, _needs_what, _ask_what, _take_what, _tell_anew)
SCOPE = Slot(Report.SCOPE, _needs_scope, _ask_scope, _take_scope, lambda d: replace(d, insisted=False), takes_rest)
CATEGORY = Slot(Report.CATEGORY, _needs_category, _ask_category, _take_category, _forget_category, _claims_category)
SECOND = Slot(Report.SECOND, _needs_second, _ask_second, _take_second, lambda d: replace(d, further=None), takes_rest)
