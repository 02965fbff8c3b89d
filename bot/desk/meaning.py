"""What a message of a member of staff means: a new command, or more for the one under way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.desk.act import CODE
from bot.desk.commands import PRESSES, WORDS
from bot.desk.handling import REPLACED
from bot.desk.session import DeskSession, Unfinished
from bot.dialogue.command import command_in
from bot.dialogue.message import Attachment, Incoming
from nlp.normalize import fold
from storage.codes import check_code
from storage.records import FileId

LOOSE = "loi"
"""The command of words and pictures that say no command: what they are for is asked."""
TAKES_FILES = frozenset({"xong", "tuchoi", "giuhen", "cauhinh", "dap", LOOSE})
TAKES_NO_LOOSE = frozenset({"dap"})
"""Of these the ones that take only files sent with them: what was kept for a case must not go to a stranger."""
OVERRULED = frozenset({"xong", "tuchoi"})


LIKE_A_CODE = re.compile(r"^(?:HN[-–.]?)?[0-9A-Z]{4}[-–.][0-9A-Z]{3}$|^HN[-–.][0-9A-Z–.-]+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Meant:
    """A command with all that is known of it, and whether it is the one under way."""

    todo: Unfinished
    goes_on: bool = False


def meaning(incoming: Incoming, session: DeskSession, replied: str, files: tuple[FileId, ...]) -> Meant:
    """`replied`: the code of the case whose message is being answered. `files`: what came with the message."""
    meant = _meant(incoming, session, replied)
    todo = meant.todo
    if todo.command not in TAKES_FILES:
        return meant
    loose = () if meant.goes_on or todo.command in TAKES_NO_LOOSE else session.loose_files
    return replace(meant, todo=replace(todo, files=(*todo.files, *loose, *files)))


def is_config(attachment: Attachment) -> bool:
    """A configuration file, by its name."""
    return (attachment.name or "").lower().endswith((".yaml", ".yml"))


def with_typed_command(incoming: Incoming) -> Incoming:
    """A command written under a picture is a command; a configuration file stands for its own, whatever is beside."""
    if any(map(is_config, incoming.attachments)):
        return replace(incoming, command="cauhinh", argument="", text=None)
    typed = command_in(incoming.text) if incoming.command is None and incoming.text else None
    return replace(incoming, command=typed[0], argument=typed[1], text=None) if typed else incoming


def _meant(incoming: Incoming, session: DeskSession, replied: str) -> Meant:
    press = incoming.press or _chosen(incoming, session)
    if press:
        return _pressed(press, session)
    if incoming.unsupported:
        return Meant(Unfinished("silent"))
    if incoming.command == "giaitrinh":
        return _overruled(incoming.argument.strip(), session)
    if incoming.command:
        code, words = _coded(incoming.argument.strip())
        return Meant(Unfinished(incoming.command, code or replied, words))
    text = (incoming.text or "").strip()
    under_way = session.unfinished
    if under_way is not None and replied in ("", under_way.code):
        return Meant(_added(under_way, text), goes_on=True)
    if (word := WORDS.get(fold(text).strip(" .!?"))) and not incoming.attachments:
        return Meant(Unfinished(word))
    code, words = _coded(text)
    if code and not words and not incoming.attachments:
        return Meant(Unfinished("xem", code))
    joined = "\n".join(part for part in (session.loose_words, words) if part)
    return Meant(Unfinished(LOOSE, code or replied, joined))


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
    return Meant(Unfinished(PRESSES.get(name, name), code, said))


def _picked(code: str, value: str, session: DeskSession) -> Meant:
    """An answer pressed: of the command under way, or of one set aside; an older one has lost its meaning."""
    known = (session.unfinished, *reversed(session.set_aside))
    asked = next((each for each in known if each is not None and each.slot and each.code == code), None)
    if asked is None:
        return Meant(Unfinished("old"))
    return Meant(_answered(asked, value), goes_on=True)


def _overruled(said: str, session: DeskSession) -> Meant:
    """/giaitrinh [CODE] WORDS: the answer that was called generic goes out with a written justification."""
    code, words = _coded(said)
    known = (session.unfinished, *reversed(session.set_aside))
    for each in known:
        if each is not None and each.command in OVERRULED and code in ("", each.code):
            memo = {**each.memo, "override": words} if words else each.memo
            return Meant(replace(each, memo=memo, slot="" if words else each.slot), goes_on=True)
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
        return replace(asked, slot="", code=code, words=words or asked.words) if code else asked
    if asked.slot == REPLACED:
        return replace(asked, slot="", words="" if value == REPLACED else value)
    memo: Mapping[str, Any] = {**asked.memo, asked.slot: value}
    return replace(asked, slot="", memo=memo)


def _coded(said: str) -> tuple[str, str]:
    """A code at the beginning, and the words after it."""
    first, _, rest = said.partition(" ")
    if "\n" in first:
        first, _, rest = said.partition("\n")
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
    return next((press for press, label in session.offered if said and said == label), None)
