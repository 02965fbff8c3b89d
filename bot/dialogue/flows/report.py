"""A citizen reports a problem: what, where, photos, a look at the whole, filed.

The form is a table of slots. Whatever a message brings is taken in first, in any order; then the first slot that is
still open asks its question. Going back or changing one's mind opens a slot again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from bot.dialogue.flow import Flow, choices, local, pressed, words
from bot.dialogue.message import Button, Say, Words, raw
from bot.dialogue.session import Draft, Effect, Heard, Result, Retry, Scene, Session, Turn, Understood, Where
from nlp.normalize import fold
from routing.config import Question
from storage.records import FileKind

NAME = "report"
CONSENT_VERSION = "2026-11"
"""Version of the consent notice in texts: change it whenever the notice changes its meaning."""
MAX_OPTIONS = 4
CATEGORIES_PER_PAGE = 8
SMALL_TALK_WORDS = 6
"""A remark of at most so many words that is no complaint ("ok nhé", "hi") is not added to one."""


class Report(StrEnum):
    CONSENT = "consent"
    NAME = "name"
    PHONE = "phone"
    HOME = "home"
    WHAT = "what"
    SCOPE = "scope"
    CATEGORY = "category"
    WHERE = "where"
    WHICH = "which"
    PHOTOS = "photos"
    QUESTION = "question"
    SECOND = "second"
    NEAR = "near"
    CONFIRM = "confirm"
    CHANGE = "change"
    CANCEL = "cancel"


YES = frozenset(
    {"ok", "oke", "okay", "dong y", "gui", "gui di", "dung", "dung roi", "co", "vang", "da", "uh", "yes", "y"}
)
"""Folded words that choose the first button where that button says yes."""
YES_STEPS = frozenset({Report.CONSENT.value, Report.CONFIRM.value, Report.CANCEL.value})

Taken = Session | Retry | Turn
"""A slot's answer: filled (go on), unusable (ask again), or a turn of its own."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One question of the form."""

    step: Report
    is_open: Callable[[Draft, Scene], bool]
    ask: Callable[[Session, Scene], Say]
    take: Callable[[Session, Heard, Scene], Taken]
    clear: Callable[[Draft], Draft]
    """The draft with this question unanswered again."""
    wants_words: bool = False
    """A text belongs to this question and not to the description."""


# --- consent and identity ---------------------------------------------------------------------------------------------


def _needs_consent(draft: Draft, scene: Scene) -> bool:
    return not scene.known.consented and "consent" not in draft.identity_settled


def _ask_consent(session: Session, scene: Scene) -> Say:
    key = "consent.ask" if session.draft.is_empty else "consent.ask_kept"
    return Say(
        words(key),
        choices(session, Report.CONSENT, ("yes", words("consent.yes")), ("no", words("consent.no")), per_row=2),
    )


def _take_consent(session: Session, heard: Heard, _scene: Scene) -> Taken:
    match pressed(session, heard):
        case "yes":
            agreed = _settle(session, "consent")
            return Turn(agreed, effects=(Effect("give_consent", {"version": CONSENT_VERSION}),))
        case "no":
            return Turn(
                session.fresh(), (Say(words("consent.refused")),), (Effect("forget_draft", _files_of(session.draft)),)
            )
    return Retry("consent.again")


def _needs(kind: str) -> Callable[[Draft, Scene], bool]:
    def is_open(draft: Draft, scene: Scene) -> bool:
        known = {"name": scene.known.name, "phone": scene.known.phone, "home": scene.known.home_ward}[kind]
        if known or kind in draft.identity_settled:
            return False
        return scene.config.identity == "required" or "identity" not in draft.identity_settled

    return is_open


def _ask_identity(step: Report) -> Callable[[Session, Scene], Say]:
    def ask(session: Session, scene: Scene) -> Say:
        skips = [("skip", words("identity.skip")), ("skip_all", words("identity.skip_all"))]
        must = scene.config.identity == "required" and step is not Report.HOME
        return Say(
            words(f"identity.{step}"),
            () if must else choices(session, step, *skips, per_row=2),
            asks_phone=step is Report.PHONE,
            asks_place=step is Report.HOME,
        )

    return ask


def _take_identity(step: Report) -> Callable[[Session, Heard, Scene], Taken]:
    def take(session: Session, heard: Heard, scene: Scene) -> Taken:
        skipping = pressed(session, heard)
        if skipping == "skip_all":
            return _settle(session, "name", "phone", "home", "identity")
        if skipping == "skip":
            return _settle(session, step.value)
        value = _identity_value(step, heard)
        if isinstance(value, Retry):
            return value
        if value is None:
            return Retry(f"identity.{step}_again")
        return Turn(_settle(session, step.value), effects=(Effect("save_identity", {step.value: value}),))

    return take


def _identity_value(step: Report, heard: Heard) -> str | Retry | None:
    if step is Report.PHONE:
        return phone_number(heard.incoming.phone or heard.text)
    if step is Report.HOME:
        if heard.located and heard.located.ward_code:
            return heard.located.ward_code
        return heard.places.default if heard.places else None
    name = " ".join(heard.text.split())
    if not name:
        return None
    if len(name) > 60 or len(name.split()) > 7:
        return Retry("identity.name_long")
    return name


def phone_number(said: str) -> str | None:
    """A Vietnamese telephone number as ten digits beginning with 0, or None."""
    digits = "".join(c for c in said if c.isdigit())
    if digits.startswith("84"):
        digits = "0" + digits[2:]
    is_number = len(digits) in (10, 11) and digits.startswith("0") and digits[1] in "235789"
    return digits if is_number and sum(c.isalpha() for c in said) < 10 else None


def _settle(session: Session, *kinds: str) -> Session:
    settled = session.draft.identity_settled
    return session.with_draft(identity_settled=(*settled, *(k for k in kinds if k not in settled)))


# --- what --------------------------------------------------------------------------------------------------------------


def _needs_what(draft: Draft, _scene: Scene) -> bool:
    return not draft.text and not draft.voice_only


def _ask_what(session: Session, _scene: Scene) -> Say:
    key = "report.what_photo" if session.draft.files else "report.what"
    buttons: tuple[tuple[Button, ...], ...] = ()
    if session.draft.count(FileKind.VOICE) or session.draft.count(FileKind.VIDEO):
        key, buttons = "report.what_voice", choices(session, Report.WHAT, ("voice", words("report.voice_only")))
    return Say(words(key), buttons)


def _take_what(session: Session, heard: Heard, _scene: Scene) -> Taken:
    if pressed(session, heard) == "voice":
        return session.with_draft(voice_only=True, category="khac")
    if heard.incoming.unsupported:
        return Retry("report.what_unsupported")
    return Retry("report.what_empty") if not session.draft.text else session


# --- scope -------------------------------------------------------------------------------------------------------------


def _needs_scope(draft: Draft, _scene: Scene) -> bool:
    return bool(draft.understood) and not draft.insisted and _scope(draft) not in ("in_scope", "khan_cap")


def _scope(draft: Draft) -> str:
    return draft.understood.scope if draft.understood else "in_scope"


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
                session.fresh(), (Say(words("scope.left")),), (Effect("forget_draft", _files_of(session.draft)),)
            )
    return session if not _needs_scope(session.draft, _scene) else Retry("choose")


# --- category ----------------------------------------------------------------------------------------------------------


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
        return _asked(replace(session, memo={"page": 0}), scene)
    if press and press.startswith("page") and press[4:].isdigit():
        return _asked(replace(session, memo={"page": int(press[4:])}), scene)
    if press in scene.config.categories:
        changed = session.with_draft(category=press, chosen_by_citizen=True, answers={}, neighbours=None)
        return replace(changed, memo={})
    return session if not _needs_category(session.draft, scene) else Retry("choose")


def category_words(scene: Scene, code: str) -> Words:
    """A category's label as it stands in the configuration."""
    return raw(scene.config.categories[code].label) if code in scene.config.categories else raw(code)


# --- where -------------------------------------------------------------------------------------------------------------


def _needs_where(draft: Draft, _scene: Scene) -> bool:
    return draft.where is None and not draft.options


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
    if heard.located and heard.located.outside:
        return Retry("where.outside")
    if heard.places and heard.places.other_province:
        return Retry("where.other_province", {"province": heard.places.other_province})
    if heard.places and len(heard.places.candidates) > MAX_OPTIONS:
        kept = session.with_draft(words_of_place=heard.text)
        return Turn(kept, (Say(words("where.too_many", words=heard.text)), _ask_where(kept, _scene)))
    return Retry("where.unknown")


def _needs_which(draft: Draft, _scene: Scene) -> bool:
    return draft.where is None and bool(draft.options)


def _ask_which(session: Session, _scene: Scene) -> Say:
    options = [(code, raw(ward)) for code, ward in session.draft.options]
    return Say(
        words("report.which"),
        choices(session, Report.WHICH, *options, ("other", words("report.which_other"))),
        asks_place=True,
    )


def _take_which(session: Session, heard: Heard, _scene: Scene) -> Taken:
    press = pressed(session, heard)
    if press == "other":
        return session.with_draft(options=(), where=None)
    for code, ward in session.draft.options:
        if press == code:
            said = session.draft.words_of_place
            return session.with_draft(where=Where(code, ward, said), options=(), neighbours=None)
    return session if not _needs_which(session.draft, _scene) else Retry("choose")


# --- photos, extra questions, second problem, neighbours ----------------------------------------------------------------


def _needs_photos(draft: Draft, _scene: Scene) -> bool:
    return not draft.files and not draft.photos_asked


def _ask_photos(session: Session, _scene: Scene) -> Say:
    return Say(
        words("report.photos"), choices(session, Report.PHOTOS, ("none", words("report.photos_none"))), asks_photos=True
    )


def _take_photos(session: Session, heard: Heard, _scene: Scene) -> Taken:
    if pressed(session, heard) == "none" or heard.text:
        return session.with_draft(photos_asked=True)
    return session if session.draft.files else Retry("report.photos_again")


def _open_question(draft: Draft, scene: Scene) -> str | None:
    category = scene.config.categories.get(draft.category or "")
    if category is None:
        return None
    return next((q.id for q in category.questions if not q.subs and q.id not in draft.answers), None)


def _needs_question(draft: Draft, scene: Scene) -> bool:
    return _open_question(draft, scene) is not None


def _ask_question(session: Session, scene: Scene) -> Say:
    question = _question(session.draft, scene)
    if question is None:
        return _card(session, scene)
    options: list[tuple[str, Words]] = []
    if question.kind == "yes_no":
        options = [("yes", words("yes")), ("no", words("no"))]
    elif question.kind == "choice":
        options = [(str(i), raw(choice)) for i, choice in enumerate(question.choices)]
    return Say(raw(question.text), choices(session, Report.QUESTION, *options, ("skip", words("identity.skip"))))


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
        return _advance(filled, scene, (Say(words("report.stop", words=stop.text)),))
    return filled


def _question(draft: Draft, scene: Scene) -> Question | None:
    found = _open_question(draft, scene)
    if found is None:
        return None
    return next(q for q in scene.config.categories[draft.category or ""].questions if q.id == found)


def _answered(session: Session, question: str, answer: str) -> Session:
    return session.with_draft(answers={**session.draft.answers, question: answer})


def _needs_second(draft: Draft, scene: Scene) -> bool:
    second = draft.understood.second if draft.understood else None
    return bool(
        second
        and second in scene.config.categories
        and second != draft.category
        and not draft.second_settled
        and not draft.chosen_by_citizen
    )


def _ask_second(session: Session, scene: Scene) -> Say:
    assert session.draft.understood
    first = category_words(scene, session.draft.category or "khac")
    other = category_words(scene, session.draft.understood.second or "khac")
    return Say(
        words("report.second", first=first, second=other),
        choices(session, Report.SECOND, ("two", words("report.second_two")), ("one", words("report.second_one"))),
    )


def _take_second(session: Session, heard: Heard, _scene: Scene) -> Taken:
    understood = session.draft.understood
    match pressed(session, heard):
        case "two" if understood:
            return session.with_draft(second_settled=True, second_case=understood.second)
        case "one":
            return session.with_draft(second_settled=True)
    return Retry("choose")


def _needs_near(draft: Draft, _scene: Scene) -> bool:
    return bool(draft.neighbours) and not draft.neighbours_settled


def _ask_near(session: Session, _scene: Scene) -> Say:
    found = session.draft.neighbours or ()
    options = [(code, words("near.follow", code=code, summary=summary)) for code, summary in found[:3]]
    return Say(words("near.ask"), choices(session, Report.NEAR, *options, ("file", words("near.file"))))


def _take_near(session: Session, heard: Heard, _scene: Scene) -> Taken:
    press = pressed(session, heard)
    if press == "file":
        return session.with_draft(neighbours_settled=True)
    if press in {code for code, _ in session.draft.neighbours or ()}:
        return Turn(session, effects=(Effect("follow_case", {"code": press, **_files_of(session.draft)}),))
    return Retry("choose")


# --- the card -----------------------------------------------------------------------------------------------------------


def _card(session: Session, scene: Scene) -> Say:
    draft = session.draft
    urgency = draft.understood.urgency if draft.understood else "binh_thuong"
    lines = [words("card.what", text=shorten(draft.text)) if draft.text else words("card.voice")]
    lines.append(words("card.category", category=category_words(scene, draft.category or "khac")))
    if draft.second_case:
        lines.append(words("card.second", category=category_words(scene, draft.second_case)))
    lines.append(_where_words(draft))
    lines.append(words("card.photos", n=len(draft.files)) if draft.files else words("card.no_photos"))
    if urgency == "khan":
        lines.append(words("card.urgent"))
    if is_private(draft, scene):
        lines.append(words("card.private"))
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
    if where is None or not where.ward_code:
        return words("card.where_unknown", words=where.words if where else "")
    if where.words and fold(where.words) != fold(where.ward) and len(where.words) <= 120:
        return words("card.where_words", ward=where.ward, words=where.words)
    return words("card.where", ward=where.ward)


def is_private(draft: Draft, scene: Scene) -> bool:
    """Kept from the public: by the citizen's choice, by the category, or because an official is concerned."""
    if draft.private is not None:
        return draft.private
    category = scene.config.categories.get(draft.category or "")
    about_official = bool(draft.understood and draft.understood.about_official)
    return about_official or (category is not None and category.privacy == "private")


def shorten(text: str, limit: int = 400) -> str:
    """The text for a card: cut at a word, with an ellipsis."""
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0] + " …"


def _take_confirm(session: Session, heard: Heard, scene: Scene) -> Taken:
    match pressed(session, heard):
        case "send":
            return Turn(session, effects=(Effect("file_case", {"draft": asdict(session.draft)}),))
        case "change":
            return _asked(replace(session, step=Report.CHANGE.value), scene)
        case "cancel":
            return _asked(replace(session, step=Report.CANCEL.value), scene)
    if heard.incoming.unsupported:
        return Retry("report.unsupported")
    return session


def _ask_change(session: Session, scene: Scene) -> Say:
    options = [
        ("what", words("change.what")),
        ("category", words("change.category")),
        ("where", words("change.where")),
        ("photos", words("change.photos")),
        ("private", words("change.public" if is_private(session.draft, scene) else "change.private")),
        ("behalf", words("change.behalf")),
        ("done", words("change.done")),
    ]
    if not may_be_public(session.draft, scene):
        options = [o for o in options if o[0] != "private"]
    return Say(words("change.ask"), choices(session, Report.CHANGE, *options, per_row=2))


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
    if press == "behalf":
        return Turn(replace(session, memo={"behalf": True}), (Say(words("change.behalf_who")),))
    if session.memo.get("behalf") and heard.text:
        return replace(session.with_draft(on_behalf=heard.text[:120]), memo={})
    if press == "photos":
        return Turn(
            session.with_draft(files=(), kinds=(), photos_asked=False),
            effects=(Effect("forget_draft", _files_of(draft)),),
        )
    if press in ("what", "category", "where"):
        step = Report(press)
        reopened = SLOTS[step].clear(draft)
        return replace(session, draft=reopened, memo={"page": 0} if press == "category" else {})
    return session


def _ask_cancel(session: Session, _scene: Scene) -> Say:
    return Say(
        words("cancel.ask"),
        choices(session, Report.CANCEL, ("yes", words("cancel.yes")), ("no", words("cancel.no")), per_row=2),
    )


def _take_cancel(session: Session, heard: Heard, _scene: Scene) -> Taken:
    if pressed(session, heard) == "yes":
        return Turn(session.fresh(), (Say(words("cancel.done")),), (Effect("forget_draft", _files_of(session.draft)),))
    return session


def _always(_draft: Draft, _scene: Scene) -> bool:
    return True


def _never(_draft: Draft, _scene: Scene) -> bool:
    return False


def _same(draft: Draft) -> Draft:
    return draft


def _unsettle(kind: str) -> Callable[[Draft], Draft]:
    return lambda d: replace(d, identity_settled=tuple(k for k in d.identity_settled if k not in (kind, "identity")))


FORM: tuple[Slot, ...] = (
    Slot(Report.CONSENT, _needs_consent, _ask_consent, _take_consent, _same),
    *(
        Slot(
            step, _needs(step.value), _ask_identity(step), _take_identity(step), _unsettle(step.value), wants_words=True
        )
        for step in (Report.NAME, Report.PHONE, Report.HOME)
    ),
    Slot(
        Report.WHAT,
        _needs_what,
        _ask_what,
        _take_what,
        lambda d: replace(
            d,
            text="",
            understood=None,
            category=None,
            chosen_by_citizen=False,
            insisted=False,
            voice_only=False,
            second_settled=False,
            second_case=None,
            answers={},
            neighbours=None,
        ),
    ),
    Slot(Report.SCOPE, _needs_scope, _ask_scope, _take_scope, lambda d: replace(d, insisted=False)),
    Slot(
        Report.CATEGORY,
        _needs_category,
        _ask_category,
        _take_category,
        lambda d: replace(d, category=None, chosen_by_citizen=False, answers={}, second_case=None),
    ),
    Slot(
        Report.SECOND,
        _needs_second,
        _ask_second,
        _take_second,
        lambda d: replace(d, second_settled=False, second_case=None),
    ),
    Slot(
        Report.WHERE,
        _needs_where,
        _ask_where,
        _take_where,
        lambda d: replace(d, where=None, options=(), words_of_place="", neighbours=None, neighbours_settled=False),
        wants_words=True,
    ),
    Slot(
        Report.WHICH,
        _needs_which,
        _ask_which,
        _take_which,
        lambda d: replace(d, where=None, options=(), neighbours=None, neighbours_settled=False),
        wants_words=True,
    ),
    Slot(Report.PHOTOS, _needs_photos, _ask_photos, _take_photos, lambda d: replace(d, photos_asked=False)),
    Slot(
        Report.QUESTION,
        _needs_question,
        _ask_question,
        _take_question,
        lambda d: replace(d, answers={}),
        wants_words=True,
    ),
    Slot(Report.NEAR, _needs_near, _ask_near, _take_near, lambda d: replace(d, neighbours_settled=False)),
    Slot(Report.CONFIRM, _always, _card, _take_confirm, _same),
    Slot(Report.CHANGE, _never, _ask_change, _take_change, _same, wants_words=True),
    Slot(Report.CANCEL, _never, _ask_cancel, _take_cancel, _same, wants_words=True),
)
SLOTS = {slot.step: slot for slot in FORM}


# --- hearing ------------------------------------------------------------------------------------------------------------


def begin(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Starts a report, or asks the present question of the one under way."""
    if scene.known.banned_until and not (heard.reading and heard.reading.danger):
        until = scene.known.banned_until
        return Turn(session, (Say(words("banned", until=until, reason=scene.known.ban_reason)),))
    if session.flow == NAME:
        return _advance(session, scene)
    return _hear(replace(session, flow=NAME, step="", memo={}), heard, scene)


def hear(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Takes whatever the message brings, then asks for what is still missing."""
    if heard.result is not None:
        return _hear_result(session, heard.result, scene)
    return _hear(session, heard, scene)


def _hear(session: Session, heard: Heard, scene: Scene) -> Turn:
    slot = SLOTS.get(Report(session.step)) if session.step else None
    before = session.draft
    session, notices = absorb(session, heard, scene, wants_words=slot.wants_words if slot else False)
    if slot is None:
        return _advance(session, scene, notices)
    taken = slot.take(session, heard, scene)
    if isinstance(taken, Retry):
        if session.draft != before and not slot.wants_words and slot.step is not Report.CONSENT:
            return _advance(session, scene, notices)
        return Turn(session, (*notices, Say(words(taken.key, **taken.args)), slot.ask(session, scene)))
    if isinstance(taken, Turn):
        if taken.say or taken.session.flow != NAME or _waits_for_result(taken):
            return replace(taken, say=(*notices, *taken.say))
        onward = _advance(taken.session, scene, notices)
        return replace(onward, effects=(*taken.effects, *onward.effects))
    return _advance(taken, scene, notices)


def _waits_for_result(turn: Turn) -> bool:
    return any(effect.do in ("file_case", "follow_case") for effect in turn.effects)


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
        draft = _add_words(draft, heard, limit=4000)
    draft, place_notice = _take_in_place(draft, heard, is_place_asked=session.step in (Report.WHERE, Report.WHICH))
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


def _take_in_place(draft: Draft, heard: Heard, is_place_asked: bool) -> tuple[Draft, list[Say]]:
    located, places = heard.located, heard.places
    notices: list[Say] = []
    if heard.point and located:
        if located.ward_code is None:
            return draft, [] if is_place_asked else [Say(words("where.outside"))]
        if located.swapped:
            notices.append(Say(words("where.swapped")))
        where = Where(located.ward_code, located.ward or "", draft.words_of_place, heard.point.lat, heard.point.lon)
        if places:
            where = replace(where, street=places.street, in_alley=places.in_alley, words=heard.text or where.words)
        return replace(draft, where=where, options=(), neighbours=None, neighbours_settled=False), notices
    if heard.incoming.press is not None or places is None or not places.candidates:
        return draft, notices
    if draft.where is not None and not is_place_asked:
        return draft, notices
    said = heard.text if len(heard.text) <= 160 else ""
    if places.default:
        best = next((c for c in places.candidates if c.ward_code == places.default), places.candidates[0])
        where = Where(best.ward_code, best.ward, said, street=places.street, in_alley=places.in_alley)
        return replace(draft, where=where, options=(), words_of_place=said, neighbours=None), notices
    if len(places.candidates) <= MAX_OPTIONS:
        options = tuple((c.ward_code, c.ward) for c in places.candidates)
        return replace(draft, options=options, words_of_place=said), notices
    return replace(draft, words_of_place=said or draft.words_of_place), notices


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
        return Turn(session, (Say(words(str(facts.pop("key", "fault")), **facts)), *ask(session, scene)))
    return Turn(session)


def _filed(facts: dict[str, object]) -> tuple[Say, ...]:
    code = facts["code"]
    buttons = ((Button(f"case:{code}", words("filed.open")),),)
    says = [Say(words("filed.done", **facts), buttons)]
    if facts.get("second"):
        says.append(Say(words("filed.second", code=facts["second"])))
    return tuple(says)


def hear_picture(session: Session, result: Result, scene: Scene) -> Turn:
    """A picture came through the gate or was refused, whatever the conversation has turned to meanwhile."""
    facts = dict(result.facts)
    return _hear_photo(session, facts, scene) if result.ok else _hear_refused_photo(session, facts, scene)


def _hear_photo(session: Session, facts: dict[str, object], scene: Scene) -> Turn:
    """A picture with a position, when the place is still unknown: offer it."""
    if session.flow != NAME or session.draft.where is not None or not facts.get("ward_code"):
        return Turn(session)
    options = ((str(facts["ward_code"]), str(facts["ward"])),)
    offered = session.with_draft(options=options, words_of_place="")
    return _asked(replace(offered, step=Report.WHICH.value), scene, Say(words("where.from_photo")))


def _hear_refused_photo(session: Session, facts: dict[str, object], scene: Scene) -> Turn:
    gone = str(facts.get("file"))
    draft = session.draft
    keep = [i for i, f in enumerate(draft.files) if f != gone]
    kept = session.with_draft(files=tuple(draft.files[i] for i in keep), kinds=tuple(draft.kinds[i] for i in keep))
    notice = Say(words(str(facts.get("key", "photo.broken"))))
    if session.flow != NAME:
        return Turn(kept, (notice,))
    return _advance(kept.with_draft(photos_asked=True), scene, (notice,))


# --- going on, back, away -----------------------------------------------------------------------------------------------


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
    memo = session.memo if session.step == slot.step.value or slot.step is Report.CATEGORY else {}
    session = replace(session, flow=NAME, step=slot.step.value, draft=replace(draft, trail=trail[-20:]), memo=memo)
    return Turn(session, (*says, slot.ask(session, scene)))


def _asked(session: Session, scene: Scene, *says: Say) -> Turn:
    """Says something, then the present question."""
    return Turn(session, (*says, *ask(session, scene)))


def ask(session: Session, scene: Scene) -> tuple[Say, ...]:
    """The present question again."""
    if session.flow != NAME or not session.step:
        return ()
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


def cancel(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Asks before a draft is thrown away."""
    if session.draft.is_empty:
        return Turn(session.fresh(), (Say(words("cancel.done")),))
    return _asked(replace(session, flow=NAME, step=Report.CANCEL.value), scene)


def restart(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Begins anew, and asks first when there is something to lose."""
    if session.draft.is_empty:
        return begin(session.fresh(), heard, scene)
    return cancel(session, heard, scene)


def _files_of(draft: Draft) -> dict[str, list[str]]:
    return {"files": list(draft.files)}


FLOW = Flow(NAME, hear, ask)

__all__ = ["CONSENT_VERSION", "FLOW", "FORM", "YES", "YES_STEPS", "Report", "begin", "cancel", "local", "restart"]
