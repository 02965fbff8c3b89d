"""One step of a conversation: (session, what was heard, the scene) -> turn. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue.flow import Flow, in_one, told, words
from bot.dialogue.flows import answer, help, home, own, pair, privacy, rate, report, settings, talk, track
from bot.dialogue.message import Incoming, Say
from bot.dialogue.offer import offer_of
from bot.dialogue.session import Effect, Heard, Result, Scene, Session, Turn
from bot.dialogue.slots.absorb import without_told
from bot.dialogue.telling import has_topic, is_plain_danger, speaks_english, tells
from bot.dialogue.wishes import (
    bare,
    command_in,
    place_in_row,
    plain,
    says_all,
    says_no,
    says_no_photo,
    says_send,
    says_unsure,
    says_yes,
    skips,
    wish_in,
)
from nlp.normalize import fold

FLOWS: dict[str, Flow] = {
    f.name: f
    for f in (
        home.FLOW,
        report.FLOW,
        rate.FLOW,
        track.FLOW,
        answer.FLOW,
        own.FLOW,
        privacy.FLOW,
        settings.FLOW,
        talk.FLOW,
        pair.FLOW,
    )
}
"""Every dialogue that a session can be in."""

COMMANDS = {
    "start": home.start,
    "phananh": report.begin,
    "gui": report.hurry,
    "huy": report.cancel,
    "lamlai": report.restart,
    "quaylai": report.back,
    "cuatoi": report.look_up,
    "giuc": report.look_up,
    "xem": track.show_case,
    "visao": report.explain,
    "daxong": track.say_done,
    "vancon": track.say_still,
    "thoitheodoi": track.unfollow,
    "dulieu": privacy.show,
    "sua": privacy.correct,
    "rutdongy": privacy.withdraw,
    "xoa": privacy.erase,
    "tinbao": settings.show,
    "tatnhac": settings.silence_nudges,
    "gapnguoi": talk.begin,
    "khieunai": talk.appeal,
    "lienket": pair.begin,
    "bosung": answer.add,
    "camon": help.welcome,
    "dagoi": help.acknowledge_call,
    "danhgia": help.promise_rating,
    "giauten": help.tell_who_sees,
    "kin": help.keep_private,
    "mienphi": help.tell_it_is_free,
    "laai": help.tell_who_speaks,
    "trogiup": help.show,
    "help": help.show,
    "english": help.speak_english,
    "tiengviet": help.speak_vietnamese,
}
"""Commands that work wherever one is."""

GLOBAL_PRESSES = {
    "rate": rate.take_level,
    "why": rate.take_reason,
    "case": track.open_case,
    "say": answer.begin,
    "drop": own.begin_withdrawal,
    "reopen": own.begin_reopening,
    "talk": talk.begin,
}
"""Buttons that stay valid after their conversation has moved on: the part before the first colon."""


ASIDES = frozenset({privacy.NAME, pair.NAME, track.NAME, "settings"})
"""Dialogues that want no story: one that is told there all the same is a complaint."""
SUSPICIOUS_WORDS = 4
LOOKING_UP = frozenset({"cuatoi", "giuc"})
"""Commands that ask how it is with what was reported: "đến đâu rồi", "sao lâu thế"."""
ANSWERS = frozenset({"dagoi", "danhgia", "giuc"})
"""Commands that only tell something: "gọi công an rồi", "quá tệ", "sao lâu thế".

To whoever waits for words they are the words.
"""
NO_VALUES = ("no", "none", "unknown", "leave", "skip", "other", "more", "one", "file")
_BY_MEANING = (
    (says_yes, ("yes", "send", "insist", "two")),
    (says_send, ("send",)),
    (says_no_photo, ("photos:none",)),
    (says_unsure, ("unknown", "skip")),
    # To skip a question is not to say no to it: consent is not refused so.
    (skips, ("skip_all", *NO_VALUES[1:], "danger:no")),
    (lambda said: says_no(said) and says_all(said), ("skip_all", *NO_VALUES)),
    (says_no, NO_VALUES),
)
"""Values of local buttons that a few words choose by what they mean, the first that is on offer."""
_STARS = re.compile(r"(?:danh gia |cham |cho )?([1-5]) sao(?:[ ,.:;!-]+.+)?")
_CLAUSE = re.compile(r"[,.;!\n]")
_AFTER_STARS = re.compile(r"^.*?[1-5] sao[\s,.:;!-]*", re.IGNORECASE)


TOLD = frozenset(
    {
        "add_words",
        "withdraw_case",
        "reopen_case",
        "talk_to_desk",
        "appeal",
        "mute_pushes",
        "pairing_code",
        "pair_chats",
        "unfollow_case",
        "show_case",
        "explain_case",
    }
)
"""Effects whose outcome is simply told, wherever one is."""


def step(session: Session, heard: Heard, scene: Scene) -> Turn:
    """What this message leads to. Never raises for anything that a person can send."""
    is_switched = session.language == "vi" and speaks_english(heard)
    if is_switched:
        session = replace(session, language="en")
    turn = _turn(session, _chosen(session, heard, scene), scene)
    if is_switched:
        effect = Effect("set_language", {"language": "en"})
        turn = replace(turn, say=(Say(words("help.switched")), *turn.say), effects=(effect, *turn.effects))
    return replace(turn, session=_with_offer(session, turn))


def _turn(session: Session, heard: Heard, scene: Scene) -> Turn:
    incoming = heard.incoming
    flow = FLOWS.get(session.flow, home.FLOW)
    if heard.result is not None:
        if heard.result.kind == "say":
            says = tuple(heard.result.facts["say"])
            is_drafting = session.flow == report.NAME and not session.draft.is_empty
            return Turn(session, (*says, *(flow.ask(session, scene) if is_drafting else ())))
        if heard.result.kind in ("photo_ready", "photo_refused"):
            return _hear_picture(session, heard.result, scene, flow)
        if heard.result.kind in TOLD:
            return _tell(session, heard.result, scene, flow)
        return flow.hear(session, heard, scene)
    if incoming.edits is not None and not incoming.command:
        return _put_right(session, heard, scene, flow)
    if incoming.command:
        act = COMMANDS.get(incoming.command)
        if act is None:
            return Turn(session, (Say(words("command.unknown")), *flow.ask(session, scene)))
        return act(session, heard, scene)
    if incoming.press:
        return _press(session, heard, scene, flow)
    if scene.known.replied_desk and scene.known.consented and (heard.text or heard.files):
        return _warned(talk.hear_reply(session, heard), session, heard)
    about = _about_a_case(session, heard, scene)
    if about is not None:
        return about
    code = track.code_in(heard.text)
    if code is not None and not heard.files and session.flow not in (talk.NAME, answer.NAME):
        return track.show(session, code, scene)
    if session.flow in ("home", report.NAME) and report.asks_when(session, heard, scene):
        return report.look_up(session, heard, scene)
    named = _named_case(heard, scene)
    if named is not None and (session.flow in ("home", "report") or (session.flow == talk.NAME and _replies(scene))):
        return _warned(answer.hear_reply(session, heard, *named), session, heard)
    if session.flow in ("home", *ASIDES) and heard.text and not heard.files and rate.is_about_result(session, heard):
        return _warned(rate.hear_words(session, heard, scene), session, heard)
    if session.flow in ASIDES and tells(heard):
        return _warned(home.hear(session.at("home"), heard, scene), session, heard)
    return _warned(flow.hear(session, heard, scene), session, heard)


def _about_a_case(session: Session, heard: Heard, scene: Scene) -> Turn | None:
    """A few words around a code ask after the case, or take it back; words that tell of something do neither."""
    within = track.code_within(heard.text)
    if within is None or heard.files or session.flow in (talk.NAME, answer.NAME):
        return None
    code, around = within
    wish = command_in(around)
    if wish == "huy" and code in {case.code for case in scene.known.open_cases}:
        return own.begin_withdrawal(
            session, replace(heard, incoming=_bare(heard.incoming, press=f"drop:{code}")), scene
        )
    if wish == "thoitheodoi":
        unfollow = replace(heard.incoming, text=None, command=wish, argument=code)
        return track.unfollow(session, replace(heard, incoming=unfollow), scene)
    is_question = (heard.reading is None or heard.reading.abstain) and track.asks(around)
    return track.show(session, code, scene) if wish in ("huy", *LOOKING_UP) or is_question else None


def _hear_picture(session: Session, result: Result, scene: Scene, flow: Flow) -> Turn:
    """A report asks on by itself; elsewhere the question under way is asked again after a refusal."""
    turn = report.hear_picture(session, result, scene)
    if not turn.say or session.flow in ("home", report.NAME):
        return turn
    return replace(turn, say=in_one(*turn.say, *flow.ask(turn.session, scene)))


def _put_right(session: Session, heard: Heard, scene: Scene, flow: Flow) -> Turn:
    """A message was changed after it was sent: so are the words of the draft; whatever else was done stays done."""
    incoming = heard.incoming
    draft = without_told(session.draft, incoming.edits or "") if session.flow == report.NAME else None
    if draft is None or not heard.text:
        again = flow.ask(session, scene) if session.flow == report.NAME else ()
        return Turn(session, (Say(words("edited.late")), *again))
    heard = replace(heard, incoming=replace(incoming, edits=None))
    return _warned(flow.hear(replace(session, draft=draft), heard, scene), session, heard)


def _warned(turn: Turn, session: Session, heard: Heard) -> Turn:
    """Danger is spoken of first, whatever one is doing; a draft that has said so does not say it again."""
    danger = heard.reading.danger if heard.reading else None
    if turn.again or danger is None or (session.flow == report.NAME and session.draft.hotline_told):
        return turn
    if danger.sure and not is_plain_danger(heard):
        return turn
    if not danger.sure and (turn.session.flow == report.NAME or len(heard.text.split()) < SUSPICIOUS_WORDS):
        # A report asks about a danger that is only suspected; a few words elsewhere are no ground for an alarm.
        return turn
    if any(say.words.key.startswith("danger.") for say in turn.say):
        return turn
    return replace(turn, say=(Say(words(f"danger.{danger.hotline}")), *turn.say))


def _named_case(heard: Heard, scene: Scene) -> tuple[str, str] | None:
    """The case that a message answers by being a reply or by beginning with the code; and the words for it."""
    if scene.known.replied_code and (heard.text or heard.files):
        return scene.known.replied_code, heard.text
    named = track.code_before(heard.text)
    if named is not None and named[0] in {case.code for case in scene.known.open_cases}:
        return named
    return None


def _replies(scene: Scene) -> bool:
    """Whether the message is a reply to one about a case: then it is not meant for the desk."""
    return scene.known.replied_code is not None


def _tell(session: Session, result: Result, scene: Scene, flow: Flow) -> Turn:
    """What came of an act beside the conversation; the question under way is asked again."""
    said = told(result)
    if session.flow == talk.NAME:
        said = replace(said, buttons=talk.end_button(session))
    return Turn(session, (said, *(flow.ask(session, scene) if session.flow == report.NAME else ())))


def _press(session: Session, heard: Heard, scene: Scene, flow: Flow) -> Turn:
    press = heard.incoming.press or ""
    act = GLOBAL_PRESSES.get(press.partition(":")[0])
    if act is not None:
        return act(session, heard, scene)
    if press.startswith("do:"):
        command, _, argument = press[3:].partition(" ")
        meant = replace(heard.incoming, press=None, command=command, argument=argument)
        return _turn(session, replace(heard, incoming=meant), scene)
    if not press.startswith(f"{session.drafts}.{session.step}:"):
        return Turn(session, (Say(words("button.old")), *flow.ask(session, scene)))
    return flow.hear(session, heard, scene)


def _chosen(session: Session, heard: Heard, scene: Scene) -> Heard:
    """A number or a label that is on offer counts as its button; a whole-message word as its command."""
    incoming = heard.incoming
    if incoming.press or incoming.command or incoming.text is None or incoming.attachments:
        return heard
    said = fold(incoming.text).strip(" .!)?")
    meant = plain(incoming.text).strip(" .!)?")
    press = _offered(session, said, meant)
    if press is not None:
        rated = _beside(incoming.text, said) if press.startswith("rate:") else ""
        return replace(heard, incoming=replace(_bare(incoming, press=press), text=rated or None))
    command = command_in(meant)
    asks_after_a_case = command in LOOKING_UP and bool(scene.known.open_cases)
    if command is not None and has_topic(heard) and not asks_after_a_case:
        command = command_in(meant, has_topic=True)
    if command in ANSWERS and _are_words_awaited(session, scene):
        return heard
    if command is not None and track.code_within(incoming.text) is None:
        return replace(heard, incoming=_bare(incoming, command=command))
    return heard


def _are_words_awaited(session: Session, scene: Scene) -> bool:
    """Whether an officer or the desk waits for words, or a result for its verdict."""
    if session.flow == "home":
        return bool(scene.known.questions) or rate.is_awaited(session)
    return session.flow in (answer.NAME, rate.NAME, talk.NAME)


def _beside(text: str, said: str) -> str:
    """The words beside stars, or after a level that is named first: "hài lòng, cảm ơn các anh"."""
    if _STARS.fullmatch(said):
        return _AFTER_STARS.sub("", text)
    _, *rest = _CLAUSE.split(text, maxsplit=1)
    return rest[0].strip() if rest else ""


def _offered(session: Session, said: str, meant: str) -> str | None:
    """The press that a number, a label, the beginning of just one label, a yes or a no chooses among those on offer."""
    number = place_in_row(said)
    if number is not None and (number == -1 or 1 <= number <= len(session.offered)) and session.offered:
        return session.offered[number if number < 0 else number - 1][0]
    labels = [(press, label) for press, label in session.offered if said]
    exact = next((press for press, label in labels if said == label), None)
    if exact is not None:
        return exact
    stars = _STARS.fullmatch(said)
    if stars is not None:
        return next((p for p, _ in labels if p.startswith("rate:") and p.endswith(f":{stars[1]}")), None)
    first = bare(_CLAUSE.split(said, maxsplit=1)[0])
    level = next((press for press, label in labels if press.startswith("rate:") and label == first), None)
    if level is not None:
        return level
    for is_meant, values in _BY_MEANING:
        if is_meant(meant):
            ends = [(f":{value}", f".{value}") for value in values]
            return next((press for end in ends for press, _ in labels if press.endswith(end)), None)
    core = wish_in(said)
    begun = [press for press, label in labels if core and label.startswith(f"{core} ")]
    return begun[0] if len(begun) == 1 else None


def _bare(incoming: Incoming, press: str | None = None, command: str | None = None) -> Incoming:
    return replace(incoming, text=None, press=press, command=command)


def _with_offer(before: Session, turn: Turn) -> Session:
    """The session remembers what is on offer now: the buttons of the last message that has any.

    A word in between, "không có gì", leaves the levels of a result to be chosen.
    """
    offered = offer_of(turn.say, turn.session.language)
    is_left = not offered and before.flow == turn.session.flow == "home" and rate.is_awaited(before)
    return turn.session if not turn.say or is_left else replace(turn.session, offered=offered)
