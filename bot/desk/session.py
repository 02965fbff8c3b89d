"""What the desk remembers of a chat with one member of staff between two messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from storage.records import FileId

LOOSE_FOR = timedelta(minutes=30)
"""How long words and pictures that were sent for no case yet may still be meant for the next one named."""
MOST_ASIDE = 10
AGAIN = "again"
"""In a memo: the question which case is meant was answered by nothing that names one."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A command that waits for something."""

    command: str
    code: str = ""
    words: str = ""
    files: tuple[FileId, ...] = ()
    memo: Mapping[str, Any] = field(default_factory=dict)
    """Answers to its questions by slot."""
    slot: str = ""
    """The answer that it waits for; without one the next words are added to `words`."""
    waits: bool = False
    """For its files: it goes on by itself when they have arrived."""

    @property
    def is_worth_keeping(self) -> bool:
        """Somebody has already written, sent or chosen something for it."""
        return bool(self.words or self.files or self.memo.keys() - {AGAIN})

    def without_file(self, file: FileId) -> Unfinished:
        return replace(self, files=tuple(f for f in self.files if f != file))


@dataclass(frozen=True, slots=True)
class DeskSession:
    """One command under way, those set aside for it, and what was sent without saying what for."""

    unfinished: Unfinished | None = None
    set_aside: tuple[Unfinished, ...] = ()
    """Set aside because something else came in between; the last one goes on first."""
    loose_words: str = ""
    loose_files: tuple[FileId, ...] = ()
    loose_at: datetime | None = None
    focus: str = ""
    """The case shown last: its code may be left out."""
    stepped: str = ""
    """The case of the last step, whatever was shown or asked since: that step is what is taken back."""
    offered: tuple[tuple[str, str], ...] = ()
    """Presses and folded labels on offer: a number chooses."""

    @staticmethod
    def of(state: Mapping[str, Any], now: datetime) -> DeskSession:
        """Read back from storage; what is loose for too long is let go."""
        loose_at = datetime.fromisoformat(state["loose_at"]) if state.get("loose_at") else None
        session = DeskSession(
            unfinished=_unfinished(state["unfinished"]) if state.get("unfinished") else None,
            set_aside=tuple(_unfinished(each) for each in state.get("set_aside", ())),
            loose_words=str(state.get("loose_words", "")),
            loose_files=tuple(FileId(f) for f in state.get("loose_files", ())),
            loose_at=loose_at,
            focus=str(state.get("focus", "")),
            stepped=str(state.get("stepped", "")),
            offered=tuple((o[0], o[1]) for o in state.get("offered", ())),
        )
        return session if loose_at is not None and now - loose_at <= LOOSE_FOR else session.without_loose()

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "loose_at": self.loose_at.isoformat() if self.loose_at else None}

    @property
    def begun(self) -> tuple[Unfinished, ...]:
        """The command under way, then those set aside, the last first."""
        under_way = () if self.unfinished is None else (self.unfinished,)
        return (*under_way, *reversed(self.set_aside))

    def with_loose(self, words: str, files: tuple[FileId, ...], now: datetime) -> DeskSession:
        """Keeps words and pictures until it is known what they are for."""
        return replace(self, loose_words=words, loose_files=files, loose_at=now if words or files else None)

    def without_loose(self) -> DeskSession:
        return replace(self, loose_words="", loose_files=(), loose_at=None)

    def without_file(self, file: FileId) -> DeskSession:
        """A file that could not be had is proof of nothing."""
        return replace(
            self,
            unfinished=self.unfinished.without_file(file) if self.unfinished is not None else None,
            set_aside=tuple(each.without_file(file) for each in self.set_aside),
            loose_files=tuple(f for f in self.loose_files if f != file),
        )

    def with_answer(self, file: FileId, slot: str, words: str) -> DeskSession:
        """What a file that has arrived says is put where the command that waits for it finds it."""

        def filled(each: Unfinished) -> Unfinished:
            return replace(each, memo={**each.memo, slot: words}) if file in each.files else each

        unfinished = filled(self.unfinished) if self.unfinished is not None else None
        return replace(self, unfinished=unfinished, set_aside=tuple(map(filled, self.set_aside)))

    def interrupted(self) -> DeskSession:
        """The command under way set aside, if there is anything in it to lose."""
        keeps = self.unfinished is not None and self.unfinished.is_worth_keeping
        set_aside = (*self.set_aside, self.unfinished)[-MOST_ASIDE:] if keeps and self.unfinished else self.set_aside
        return replace(self, unfinished=None, set_aside=set_aside)

    def resumed(self, code: str = "") -> DeskSession:
        """The command set aside last (of that case) under way again; the present one set aside for it."""
        last = next((each for each in reversed(self.set_aside) if code in ("", each.code)), None)
        return self if last is None else self.going_on(last)

    def going_on(self, begun: Unfinished) -> DeskSession:
        """That begun command under way; another one set aside for it."""
        if begun == self.unfinished:
            return self
        rest = replace(self, set_aside=tuple(each for each in self.set_aside if each != begun)).interrupted()
        return replace(rest, unfinished=begun)


def _unfinished(state: Mapping[str, Any]) -> Unfinished:
    return Unfinished(
        command=str(state["command"]),
        code=str(state["code"]),
        words=str(state["words"]),
        files=tuple(FileId(f) for f in state["files"]),
        memo=dict(state["memo"]),
        slot=str(state["slot"]),
        waits=bool(state["waits"]),
    )
