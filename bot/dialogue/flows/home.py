"""Nothing is under way: a greeting, a deep link, or the first words of a complaint."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.flow import Flow, told, words
from bot.dialogue.flows import answer, report, track
from bot.dialogue.message import Button, Say
from bot.dialogue.session import Heard, Scene, Session, Turn, Where
from bot.dialogue.telling import adds, asks_after_a_case, corrects, is_small_talk, refers_back, says_settled, tells
from bot.dialogue.wishes import bare, plain, says_yes, wish_in
from nlp.reading import Scope

AFTERTHOUGHT_WORDS = 12
"""Words without a topic of their own up to this length may be about a case that is open."""


def start(session: Session, heard: Heard, scene: Scene) -> Turn:
    """The first screen. A poster's link presets the ward (w_00070), a case's link opens it (c_CODE)."""
    argument = heard.incoming.argument.strip()
    if argument.startswith("c_"):
        return track.show(session, argument[2:], scene)
    welcome = Say(words("home.welcome" if not scene.known.consented else "home.welcome_back"))
    if argument.startswith("w_") and argument[2:] in scene.wards:
        ward = scene.wards[argument[2:]]
        session = session.with_draft(where=Where(argument[2:], ward), options=())
        welcome = Say(words("home.welcome_ward", ward=ward))
    turn = report.begin(session, heard, scene)
    return replace(turn, say=(welcome, *turn.say))


def hear(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Words out of nowhere: an answer to an officer's question, or a new complaint."""
    if heard.result is not None:
        # What came of an act that no dialogue is waiting for.
        return Turn(session, (told(heard.result),) if "key" in heard.result.facts else ())
    if heard.incoming.unsupported and scene.known.consented:
        return Turn(session, (Say(words("report.what_unsupported")),))
    if scene.known.questions and (heard.text or heard.files):
        return answer.ask_which(session, heard, scene)
    if scene.known.open_cases and heard.text and not heard.files and says_settled(heard):
        return report.cancel(session, heard, scene)
    is_yes = says_yes(plain(heard.text))
    if is_yes and scene.known.open_cases and session.draft.is_empty and not heard.files:
        # "Ok", "vâng ạ", after a message about a case: nobody is greeted anew, or asked what it is for.
        return Turn(session, (Say(words("help.noted")),))
    if scene.known.open_cases and (adds(heard) or corrects(heard) or _may_belong_to_a_case(heard, scene)):
        return answer.ask_which(session, heard, scene)
    says_nothing = is_small_talk(heard) or is_yes or _is_a_sigh(heard)
    if says_nothing and not heard.files and not heard.incoming.press:
        return _greet(session, heard, scene)
    turn = report.begin(session, heard, scene)
    # Nobody is greeted in danger.
    if scene.known.consented or scene.known.banned_until or not turn.say or turn.session.draft.in_danger is not False:
        return turn
    return replace(turn, say=(Say(words("home.welcome")), *turn.say))


def _may_belong_to_a_case(heard: Heard, scene: Scene) -> bool:
    """A photo without words; a few words of no clear topic and place, or of the topic of an open case without a place.

    "Sao lâu thế chưa thấy ai đến", "rác vẫn chất đống, chưa thấy ai dọn".
    """
    if heard.files and not heard.text:
        return True
    reading = heard.reading
    if reading is None or is_small_talk(heard):
        return False
    has_place = heard.places is not None and bool(heard.places.candidates)
    is_of_a_case = not has_place and reading.category in {case.label for case in scene.known.open_cases}
    if reading.danger is not None:
        # "Lửa to lắm rồi", right after the fire was reported.
        return is_of_a_case
    if is_of_a_case and len(heard.text.split()) <= AFTERTHOUGHT_WORDS:
        return True
    if reading.scope == Scope.KHONG_PHAI_PHAN_ANH or asks_after_a_case(heard) or refers_back(heard):
        return True
    return reading.abstain and not has_place and len(heard.text.split()) <= AFTERTHOUGHT_WORDS


def _is_a_sigh(heard: Heard) -> bool:
    """ "Ừ bỏ", "ok xong": a yes and one word more that is no matter."""
    said = plain(heard.text)
    return not tells(heard) and wish_in(said) != bare(said) and len(wish_in(said).split()) <= 1


def _greet(session: Session, heard: Heard, scene: Scene) -> Turn:
    """A greeting is answered by a greeting."""
    bare = replace(heard, incoming=replace(heard.incoming, text=None), reading=None, places=None)
    if not scene.known.consented or not session.draft.is_empty:
        return start(session, bare, scene)
    return Turn(session, tuple(replace(asked, words=words("home.welcome_back")) for asked in ask(session, scene)))


def ask(_session: Session, _scene: Scene) -> tuple[Say, ...]:
    return (
        Say(
            words("home.ask"), ((Button("do:phananh", words("home.report")), Button("do:cuatoi", words("home.mine"))),)
        ),
    )


FLOW = Flow("home", hear, ask)
