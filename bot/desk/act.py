"""What a desk command is given and what it answers: one officer, one act, one card."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.casework.context import Context
from bot.casework.digests import waiting_for
from bot.casework.permissions import ensure_may_see
from bot.desk.agency_names import WardsIn, no_wards
from bot.desk.cards import line, line_label
from bot.desk.session import AGAIN
from bot.dialogue.message import Button, Incoming, Say, Words, raw
from bot.dialogue.texts import load_texts
from nlp.normalize import fold
from nlp.reader import Reader
from storage.records import Case, FileId, Officer

CODE = "code"
"""The slot of the case itself."""
OFFERED = 6
SHORTEST_PART = 5
"""Characters of a label that choose it when no other label holds them."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What commands may use besides the transaction."""

    reader: Reader | None = None
    wards_in: WardsIn = no_wards
    site: str = ""
    """The address of the web pages, without a slash at its end."""


@dataclass(frozen=True, slots=True)
class Act:
    """One command or button of a member of staff, inside its transaction."""

    ctx: Context
    officer: Officer
    incoming: Incoming
    words: str
    """What follows the command and the code."""
    case: Case | None
    files: tuple[FileId, ...] = ()
    memo: Mapping[str, Any] = field(default_factory=dict)
    """What earlier messages of the same command already said."""
    tools: Tools = field(default_factory=Tools)

    def need_case(self) -> Case:
        """The case that the command is about. Raises Ask when none was named or replied to."""
        if self.case is None:
            raise self.ask_code()
        ensure_may_see(self.ctx, self.officer, self.case)
        return self.case

    def ask_code(self) -> Ask:
        """The question which case is meant, with what waits for this officer on offer."""
        waiting = waiting_for(self.ctx, self.officer)[:OFFERED]
        rows = tuple((Button(f"pick:{case.code}", line_label(self.ctx, case)),) for case in waiting)
        words = Words("desk.ask_code")
        if self.memo.get(AGAIN) and waiting:
            lines = (Words("desk.numbered", {"n": n, "line": line(self.ctx, c)}) for n, c in enumerate(waiting, 1))
            words = Words("desk.ask_code_again", {"lines": tuple(lines)})
        return Ask(words.key, Say(words, rows), slot=CODE)

    def need_words(self, key: str, **args: Any) -> str:
        """The words of the command. Raises Ask with the question when they are missing."""
        if not self.words.strip():
            raise Ask(key, **args)
        return self.words.strip()

    def need(self, slot: str, key: str, offered: Mapping[str, str] | None = None, **args: Any) -> str:
        """One further answer: words of one's own, or one of some that are `offered`. Raises Ask until it was given."""
        given, labels = str(self.memo.get(slot) or "").strip(), offered or {}
        if not given:
            rows = tuple((Button(f"pick:{code}", raw(label)),) for code, label in labels.items())
            raise Ask(key, Say(Words(key, args), rows), slot=slot)
        return labels.get(given, given)

    def choose(self, slot: str, key: str, options: Sequence[tuple[str, str | Words]], **args: Any) -> str:
        """One of some codes, pressed, numbered or typed as its words or some of them. Raises Ask until it was."""
        given = str(self.memo.get(slot) or "").strip()
        labels = [(code, raw(label) if isinstance(label, str) else label) for code, label in options]
        folded = [(code, fold(load_texts().say(label, self.officer.language))) for code, label in labels]
        for code, label in folded:
            if given and (given == code or fold(given) == label):
                return code
        near = [code for code, label in folded if len(fold(given)) >= SHORTEST_PART and fold(given) in label]
        if len(near) == 1:
            return near[0]
        rows = tuple((Button(f"pick:{code}", label),) for code, label in labels)
        asked = Words("raw", {"words": (Words("choose"), Words(key, args))}) if given else Words(key, args)
        raise Ask(key, Say(asked, rows), slot=slot)


class Ask(Exception):
    """Something is missing: a follow-up question, whose answer completes the same command.

    With a `slot` the next message fills it; else it is added to the words of the command.
    """

    def __init__(
        self,
        key: str,
        *says: Say,
        slot: str = "",
        words: str | None = None,
        drop: tuple[str, ...] = (),
        waits: bool = False,
        keep: Mapping[str, Any] | None = None,
        **args: Any,
    ) -> None:
        super().__init__(key)
        self.say = says[0] if says else Say(Words(key, args))
        self.slot = slot
        self.words = words
        """What stands in place of the command's words so far; None keeps them."""
        self.drop = drop
        """Slots whose answers are not kept."""
        self.keep = keep or {}
        """What the command wants to find in its memo again."""
        self.waits = waits
        """For files that are on their way: nothing need be said, it goes on by itself."""


Command = Callable[[Act], tuple[Say, ...]]


def done(key: str, **args: Any) -> tuple[Say, ...]:
    return (Say(Words(key, args)),)
