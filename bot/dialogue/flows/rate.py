"""The citizen judges the result: one tap, and on a low one a reason and free words."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.flow import Flow, choices, in_one, pressed, told, words
from bot.dialogue.flows import report
from bot.dialogue.message import Button, Say, raw
from bot.dialogue.session import Effect, Heard, Scene, Session, Turn
from bot.dialogue.telling import is_plain_danger, tells
from bot.dialogue.wishes import plain, says_no
from storage.records import SATISFIED

NAME = "rate"
LEVEL = "level"
WORDS = "words"
TOLD = "told"
"""Words came while the levels stood on the screen: are they about the result?"""
MORE = "more"
"""Who is satisfied told of something else beside it."""


def level_buttons(code: str, round_: int) -> tuple[tuple[Button, ...], ...]:
    """Five levels, the best first; valid as long as the case may be rated."""
    return tuple((Button(f"rate:{code}:{round_}:{level}", words(f"rate.level{level}")),) for level in (5, 4, 3, 2, 1))


def take_level(session: Session, heard: Heard, scene: Scene) -> Turn:
    """One tap rates, or stars with words beside them. The use case decides whether the case may still be rated."""
    code, round_, level = _parts(heard, 3)
    if not level.isdigit() or not round_.isdigit():
        return Turn(session, (Say(words("button.old")),))
    effect = Effect("rate_case", {"code": code, "round": int(round_), "level": int(level)})
    kept = session.memo if session.step == TOLD else {}
    said = f"{kept.get('said', '')}\n{heard.text}".strip()
    is_matter = bool(heard.text) and tells(heard)
    memo = {"code": code, "round": int(round_), "level": int(level), "said": said, "is_matter": is_matter}
    files = kept.get("files")
    sent = (Effect("add_words", {"code": code, "text": "", "files": files}),) if files else ()
    return Turn(session.at(NAME, LEVEL, **memo), effects=(*sent, effect))


def take_reason(session: Session, heard: Heard, scene: Scene) -> Turn:
    code, round_, reason = _parts(heard, 3)
    if not round_.isdigit() or reason not in scene.config.reasons.low_rating:
        return Turn(session, (Say(words("button.old")),))
    effect = Effect("give_reason", {"code": code, "round": int(round_), "reason": reason})
    return Turn(session.at(NAME, "reason", code=code, round=int(round_)), effects=(effect,))


def is_about_result(session: Session, heard: Heard) -> bool:
    """Whether words that came while the levels stood last in the chat may be about the result.

    What names its place and its topic is a matter of its own, and danger is heard as such.
    """
    reading = heard.reading
    if _rated(session) is None or reading is None or is_plain_danger(heard):
        return False
    has_place = heard.places is not None and bool(heard.places.candidates)
    return not (has_place and tells(heard))


def is_awaited(session: Session) -> bool:
    """Whether a result was the last that was said, with its levels."""
    return _rated(session) is not None


def hear_words(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Words about a result: kept for the level that they go with."""
    code, round_ = _rated(session) or ("", "")
    told = session.at(NAME, TOLD, code=code, round=round_, said=heard.text)
    return Turn(told, ask(told, scene))


def _rated(session: Session) -> tuple[str, str] | None:
    """Code and round of the result whose levels are on offer."""
    levels = (press.split(":") for press, _ in session.offered if press.startswith("rate:"))
    return next(((parts[1], parts[2]) for parts in levels if len(parts) == 4), None)


def hear(session: Session, heard: Heard, scene: Scene) -> Turn:
    if heard.result is not None:
        return _hear_result(session, heard, scene)
    if session.step in (TOLD, MORE):
        return _hear_told(session, heard, scene)
    if session.step == WORDS and pressed(session, heard) == "skip":
        return Turn(session.at("home"), (Say(words("rate.thanks_low")),))
    if heard.text and not (session.step == LEVEL and says_no(plain(heard.text))):
        # Words in place of a reason say why, too.
        return _give_words(session, heard.text)
    return Turn(session, ask(session, scene))


def _hear_told(session: Session, heard: Heard, scene: Scene) -> Turn:
    memo = session.memo
    match pressed(session, heard):
        case "new" | "yes":
            return report.begin_with(session, str(memo["said"]), heard, scene)
        case "none":
            return Turn(session.at("home"), (Say(words("help.welcome")),))
    said = f"{memo['said']}\n{heard.text}".strip()
    files = [*memo.get("files", ()), *(f.id for f in heard.files)]
    kinds = [*memo.get("kinds", ()), *(f.kind.value for f in heard.files)]
    kept = replace(session, memo={**memo, "said": said, "files": files, "kinds": kinds})
    is_more = session.step == MORE and (heard.text or heard.files)
    if is_more or is_plain_danger(heard):
        return report.begin_with(kept, said, heard, scene)
    return Turn(kept, ask(kept, scene))


def _give_words(session: Session, said: str) -> Turn:
    memo = session.memo
    effect = Effect("give_words", {"code": memo["code"], "round": memo["round"], "words": said[:2000]})
    return Turn(session.at(NAME, "thanks", **memo), effects=(effect,))


def _hear_result(session: Session, heard: Heard, scene: Scene) -> Turn:
    result = heard.result
    assert result is not None
    if not result.ok:
        return Turn(session.at("home"), (told(result),))
    is_satisfied = int(session.memo.get("level", 0)) >= SATISFIED
    if result.kind == "rate_case":
        if session.memo.get("said"):
            return _give_words(session, str(session.memo["said"]))
        if is_satisfied:
            return Turn(session.at("home"), (Say(words("rate.thanks")),))
        return Turn(session, (_ask_reason(session, scene),))
    if result.kind == "give_reason":
        onward = session.at(NAME, WORDS, **session.memo)
        return Turn(onward, ask(onward, scene))
    if is_satisfied and session.memo.get("is_matter"):
        more = session.at(NAME, MORE, said=session.memo["said"])
        return Turn(more, in_one(Say(words("rate.thanks")), *ask(more, scene)))
    return Turn(session.at("home"), (Say(words("rate.thanks" if is_satisfied else "rate.thanks_low")),))


def _ask_reason(session: Session, scene: Scene) -> Say:
    code, round_ = session.memo["code"], session.memo["round"]
    rows = tuple(
        (Button(f"why:{code}:{round_}:{reason}", raw(label)),)
        for reason, label in scene.config.reasons.low_rating.items()
    )
    return Say(words("rate.why"), rows)


def ask(session: Session, scene: Scene) -> tuple[Say, ...]:
    if session.step == TOLD:
        code, round_ = str(session.memo["code"]), int(session.memo["round"])
        new = choices(session, TOLD, ("new", words("answer.new")))
        return (Say(words("rate.told", code=code), (*level_buttons(code, round_), *new)),)
    if session.step == MORE:
        return (Say(words("rate.more"), choices(session, MORE, ("yes", words("answer.new")), ("none", words("no")))),)
    if session.step == WORDS:
        return (Say(words("rate.words"), choices(session, WORDS, ("skip", words("rate.no_words")))),)
    return (_ask_reason(session, scene),) if session.memo.get("code") else ()


def _parts(heard: Heard, n: int) -> list[str]:
    parts = (heard.incoming.press or "").split(":")[1 : n + 1]
    return [*parts, *[""] * (n - len(parts))]


FLOW = Flow(NAME, hear, ask, (LEVEL, WORDS, TOLD, MORE))
