"""What a message of a member of staff means: a new command, or more for the one under way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.desk.act import CODE
from bot.desk.commands import ABOUT_ONESELF, CASELESS, COMMANDS, PRESSES
from bot.desk.handling import OVERRIDE, REPLACED
from bot.desk.session import AGAIN, DeskSession, Unfinished
from bot.desk.wishes import ALWAYS, HELLO, command_of, courtesy_in, gives_up
from bot.dialogue.command import typed_command
from bot.dialogue.message import Attachment, Incoming
from nlp.normalize import fold
from storage.codes import check_code
from storage.records import FileId

LOOSE = "loi"
"""The command of words and pictures that say no command: what they are for is asked."""
TAKES_FILES = frozenset({"xong", "tuchoi", "giuhen", "cauhinh", "dap", LOOSE})
TAKES_NO_LOOSE = frozenset({"dap"})
"""Of these the ones that take only files sent with them: what was kept for a case must not go to a stranger."""
SPOKEN = {"xem": "xem", "nhan": "nhan", "mo": "xem"}
"""Commands that need no slash before a code or a number on offer."""
NAMES_ONLY = frozenset({"xem", "nhan", "visao", "mau", "hoantac", "duyet"})
"""Commands with nothing behind the case: what looks like a case but is none is looked up, never the one shown last."""
OVERRULED = frozenset({"xong", "tuchoi"})


LIKE_A_CODE = re.compile(r"^(?:HN[-–.]?)?[0-9A-Z]{4}[-–.][0-9A-Z]{3}$|^HN[-–.][0-9A-Z–.-]+$", re.IGNORECASE)

SPACED_CODE = re.compile(r"HN[ -][0-9A-Z]{4}[ -][0-9A-Z]{3}\b", re.IGNORECASE)
A_WRONG_CODE = re.compile(r"(?=\S*\d)\S{1,14}")
"""One word with a digit in it, where only a case can stand: "99" of a list of three, a code cut short."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A command with all that is known of it, and which begun one it goes on with."""

    todo: Unfinished
    begun: Unfinished | None = None


def meaning(incoming: Incoming, session: DeskSession, replied: str, files: tuple[FileId, ...]) -> Meant:
    """`replied`: the code of the case whose message is being answered. `files`: what came with the message."""
    meant = _meant(incoming, session, replied)
    todo = meant.todo
    if todo.command not in TAKES_FILES:
        return meant
    is_loose_wanted = meant.begun is None and todo.command not in TAKES_NO_LOOSE
    loose = session.loose_files if is_loose_wanted else ()
    if is_loose_wanted and todo.command == "xong" and not todo.words and todo.code in ("", session.focus):
        # The answer was written before its command.
        todo = replace(todo, words=session.loose_words)
    return replace(meant, todo=replace(todo, files=(*todo.files, *loose, *files)))


def is_config(attachment: Attachment) -> bool:
    """A configuration file, by its name."""
    return (attachment.name or "").lower().endswith((".yaml", ".yml"))


def with_typed_command(incoming: Incoming) -> Incoming:
    """A command written under a picture is a command; a configuration file stands for its own, whatever is beside."""
    if any(map(is_config, incoming.attachments)):
        return replace(incoming, command="cauhinh", argument="", text=None)
    typed = typed_command(incoming.text) if incoming.command is None and incoming.text else None
    return replace(incoming, command=typed[0], argument=typed[1], text=None) if typed else incoming


def _meant(incoming: Incoming, session: DeskSession, replied: str) -> Meant:
    press = incoming.press or _chosen(incoming, session)
    if press:
        return _pressed(press, session)
    if incoming.unsupported:
        return Meant(Unfinished("silent"))
    command, argument = _whole_name(incoming.command or "", incoming.argument.strip())
    if command == "giaitrinh":
        return _overruled(argument, session)
    if command:
        return _commanded(command, argument, session, replied)
    text = (incoming.text or "").strip()
    return _written_beside_files(text, session, replied) if incoming.attachments else _written(text, session, replied)


def _whole_name(command: str, argument: str) -> tuple[str, str]:
    """A command whose name was written as two words: "/gia hạn 15/12"."""
    second, _, rest = argument.partition(" ")
    joined = fold(command + second)
    is_name = command not in COMMANDS and (joined in COMMANDS or joined == "giaitrinh")
    return (joined, rest.strip()) if is_name else (command, argument)


def _commanded(command: str, argument: str, session: DeskSession, replied: str) -> Meant:
    code, words = _named(command, argument, session)
    if command in NAMES_ONLY and not code and A_WRONG_CODE.fullmatch(words):
        code, words = words, ""
    return _anew(command, code or replied, words, session)


def _anew(command: str, code: str, words: str, session: DeskSession) -> Meant:
    """A command; typed or pressed again its question again, or other words in place of those written so far.

    Without a code it is for the case shown last: of those set aside it goes on with none for another case.
    """
    begun = next((each for each in session.begun if _is_same(each, command, code or session.focus)), None)
    if begun is None:
        return Meant(Unfinished(command, code, words))
    return Meant(Unfinished(begun.command, begun.code, words, begun.files) if words else begun, begun)


def _written_beside_files(text: str, session: DeskSession, replied: str) -> Meant:
    under_way = _under_way(session, replied)
    if under_way is not None:
        return Meant(_added(under_way, text), under_way)
    return _loose(text, session, replied)


def _written(text: str, session: DeskSession, replied: str) -> Meant:
    """Words alone: a wish, more for what is under way, a courtesy, a case to show; else their purpose is asked."""
    wish = command_of(text)
    if wish is not None and wish[0] in ALWAYS:
        return Meant(Unfinished(wish[0], "" if wish[0] in CASELESS else replied))
    under_way = _under_way(session, replied)
    if under_way is not None:
        if gives_up(text, under_way.command):
            return Meant(Unfinished("huy"))
        return Meant(under_way if courtesy_in(text) == HELLO else _added(under_way, text), under_way)
    if wish is not None:
        return Meant(Unfinished(wish[0], "" if wish[0] in CASELESS else replied, wish[1]))
    is_loose = bool(session.loose_words or session.loose_files)
    if is_loose and gives_up(text, LOOSE):
        return Meant(Unfinished("huy"))
    if not replied and (courtesy := courtesy_in(text)) is not None:
        is_waited_for = courtesy != HELLO and is_loose
        return Meant(Unfinished(LOOSE, words=session.loose_words) if is_waited_for else Unfinished(courtesy))
    shown = _shown(text, session)
    return Meant(shown) if shown is not None else _loose(text, session, replied)


def _shown(text: str, session: DeskSession) -> Unfinished | None:
    """A code alone, or a spoken command and its case with nothing more."""
    code, words = _coded(text)
    if code and not words:
        return Unfinished("xem", code)
    first, _, rest = text.partition(" ")
    command = SPOKEN.get(fold(first))
    if command is None:
        return None
    named, more = _named(command, rest.strip(), session)
    return Unfinished(command, named) if named and not more else None


def _loose(text: str, session: DeskSession, replied: str) -> Meant:
    """Words that say no command join those that came before them."""
    code, words = _coded(text)
    joined = "\n".join(part for part in (session.loose_words, words) if part)
    return Meant(Unfinished(LOOSE, code or replied, joined))


def _under_way(session: DeskSession, replied: str) -> Unfinished | None:
    """The command that a message may go on with; whoever answers a message about another case does not."""
    begun = session.unfinished
    return begun if begun is not None and replied in ("", begun.code) else None


def _is_same(begun: Unfinished, command: str, code: str) -> bool:
    """Whether a command is the one begun, for the same case or about oneself."""
    if begun.command != command:
        return False
    return command in ABOUT_ONESELF or (begun.code != "" and code in ("", begun.code))


def _pressed(press: str, session: DeskSession) -> Meant:
    name, _, rest = press.partition(":")
    if name == "do":
        command, _, said = rest.partition(" ")
        return Meant(Unfinished(command, words=said))
    if name == "use":
        # What was written before anybody knew what for.
        command, _, code = rest.partition(" ")
        return Meant(Unfinished(command, code, session.loose_words))
    code, _, said = rest.partition(":")
    if name == "pick":
        return _picked(code, said, session)
    if name == "justify":
        return _overruled(code, session)
    return _anew(PRESSES.get(name, name), code, said, session)


def _picked(code: str, value: str, session: DeskSession) -> Meant:
    """An answer pressed: of the command under way, or of one set aside; an older one has lost its meaning."""
    asked = next((each for each in session.begun if each.slot and each.code == code), None)
    if asked is None:
        return Meant(Unfinished("old"))
    return Meant(_answered(asked, value), asked)


def _overruled(said: str, session: DeskSession) -> Meant:
    """/giaitrinh [CODE] [WORDS]: an answer called generic goes out with a justification, asked for if need be."""
    code, words = _coded(said)
    for each in session.begun:
        if each.command in OVERRULED and code in ("", each.code):
            return Meant(replace(each, memo={**each.memo, OVERRIDE: words}, slot=""), each)
    return Meant(Unfinished("giaitrinh", code, words))


def _added(under_way: Unfinished, text: str) -> Unfinished:
    """More for the command under way; a picture alone answers no question, which is then asked again."""
    if under_way.slot:
        return _answered(under_way, text) if text else under_way
    joined = "\n".join(part for part in (under_way.words, text) if part)
    return replace(under_way, words=joined)


def _answered(asked: Unfinished, value: str) -> Unfinished:
    if asked.slot == CODE:
        code, words = _coded(value)
        if not code:
            return replace(asked, memo={**asked.memo, AGAIN: True})
        return replace(asked, slot="", code=code, words=words or asked.words)
    if REPLACED in (asked.slot, value):
        unjustified = {name: said for name, said in asked.memo.items() if name != OVERRIDE}
        return replace(asked, slot="", words="" if value == REPLACED else value, memo=unjustified)
    memo: Mapping[str, Any] = {**asked.memo, asked.slot: value}
    return replace(asked, slot="", memo=memo)


def _named(command: str, said: str, session: DeskSession) -> tuple[str, str]:
    """The code before the words of a command, or the number of a case on offer in its place: "/hoi 2 Số nhà nào?"."""
    code, words = _coded(said)
    first, _, rest = said.partition(" ")
    number = first.strip(".,:;)")
    if code or command in CASELESS or not (number.isascii() and number.isdigit() and len(number) < 3):
        return code, words
    codes = [_code_in(press) for press, _ in session.offered]
    if not 1 <= int(number) <= len(codes):
        return code, words
    # On a card every button belongs to the one case: there a number before words is the first of them.
    is_list = len({each for each in codes if each}) > 1
    chosen = codes[int(number) - 1]
    return (chosen, rest.strip()) if chosen and (is_list or not rest.strip()) else (code, words)


def _code_in(press: str) -> str:
    """The code of the case that a button belongs to."""
    return str(check_code(press.replace(" ", ":").rpartition(":")[2]) or "")


def _coded(said: str) -> tuple[str, str]:
    """A code at the beginning, and the words after it."""
    first, _, rest = said.partition(" ")
    if "\n" in first:
        first, _, rest = said.partition("\n")
    spaced = SPACED_CODE.match(said)
    if spaced is not None and check_code(spaced[0]) is not None:
        first, rest = spaced[0], said[spaced.end() :]
    first = first.strip(" ,.:;")
    # A mistyped code is not words about the case shown last: it is looked up, not found, and said to be unknown.
    code = check_code(first) or (first if LIKE_A_CODE.match(first) else None)
    return (str(code), rest.strip()) if code else ("", said)


def _chosen(incoming: Incoming, session: DeskSession) -> str | None:
    """A number or a label that is on offer counts as its button."""
    if incoming.command or incoming.text is None or incoming.attachments:
        return None
    said = fold(incoming.text).strip(" .!)?")
    if said.isascii() and said.isdigit() and len(said) < 3 and 1 <= int(said) <= len(session.offered):
        return session.offered[int(said) - 1][0]
    return next((press for press, label in session.offered if said and said in (label, label.partition(" (")[0])), None)
