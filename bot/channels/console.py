"""The same conversation in a terminal: a line is a message; a colon begins a gesture."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TextIO

from bot.delivery.sender import SendFailed, Why
from bot.dialogue.command import typed_command
from bot.dialogue.message import Attachment, Incoming, Outgoing
from bot.media import FetchFailed
from storage.records import FileKind, Point

CHANNEL = "console"
KINDS = {
    ".ogg": FileKind.VOICE,
    ".mp3": FileKind.VOICE,
    ".mp4": FileKind.VIDEO,
    ".pdf": FileKind.DOCUMENT,
    ".yaml": FileKind.DOCUMENT,
}


class BadGesture(ValueError):
    """A line beginning with a colon that means nothing."""


@dataclass
class Terminal:
    """One terminal: turns lines into messages, and prints what is sent to its chat."""

    chat: str
    clock: Callable[[], datetime]
    out: TextIO
    choices: tuple[tuple[str, str], ...] = ()
    """Presses and labels of the last message with buttons."""
    count: int = 0
    last: Incoming | None = None
    said: list[str] | None = None
    """What was printed, when somebody records."""

    def hear(self, line: str) -> Incoming:
        """The message that a line stands for. Raises BadGesture."""
        if line.strip() == ":again":
            if self.last is None:
                raise BadGesture("chưa có tin nào để gửi lại")
            return self.last
        self.count += 1
        now = self.clock()
        blank = Incoming(CHANNEL, self.chat, key=f"{now.timestamp():.6f}-{self.count}", at=now)
        self.last = self._gesture(blank, line) if line.startswith(":") else self._words(blank, line)
        return self.last

    def _words(self, blank: Incoming, line: str) -> Incoming:
        command = typed_command(line)
        if command is not None:
            return replace(blank, command=command[0], argument=command[1])
        return replace(blank, text=line)

    def _gesture(self, blank: Incoming, line: str) -> Incoming:
        name, _, rest = line[1:].partition(" ")
        rest = rest.strip()
        match name:
            case "photo" | "file" | "forward":
                path, _, caption = rest.partition(" | ")
                if not path:
                    raise BadGesture(f"viết :{name} TỆP, có lời thì :{name} TỆP | LỜI")
                kind = KINDS.get(Path(path).suffix.lower(), FileKind.PHOTO)
                shown = Attachment(kind, str(Path(path).absolute()), Path(path).name, forwarded=name == "forward")
                return replace(blank, attachments=(shown,), text=caption or None)
            case "place":
                lat, _, lon = rest.partition(",")
                try:
                    place = Point(float(lat), float(lon))
                    if abs(place.lat) <= 180 and abs(place.lon) <= 180:  # also refuses what is no number
                        return replace(blank, place=place)
                    raise ValueError
                except ValueError:
                    raise BadGesture("viết :place VĨ_ĐỘ,KINH_ĐỘ, ví dụ :place 21.0285,105.8542") from None
            case "press":
                return replace(blank, press=self._press(rest))
            case "reply":
                ref, _, words = rest.partition(" ")
                return replace(self._words(blank, words), reply_to=ref)
        raise BadGesture("chỉ có :photo TỆP, :forward TỆP, :place LAT,LON, :press SỐ, :reply SỐ LỜI, :again, :restart")

    def _press(self, said: str) -> str:
        if said.isdigit() and 1 <= int(said) <= len(self.choices):
            return self.choices[int(said) - 1][0]
        found = next((press for press, label in self.choices if label.casefold() == said.casefold()), None)
        if found is None:
            raise BadGesture(f"không có nút “{said}”")
        return found

    async def send(self, message: Outgoing) -> str | None:
        """Prints a message of this terminal's chat; one for another terminal waits until that one is opened."""
        if message.chat != self.chat:
            raise SendFailed(Why.CLOSED, "terminal not open")
        self.count += 1
        if message.choices:
            self.choices = tuple((c.press, c.label) for c in message.choices)
        shown = show(message)
        if self.said is not None:
            self.said.append(shown)
        print(shown, file=self.out, flush=True)
        return str(self.count)


class LocalFiles:
    """Fetches files of this machine, for the terminal."""

    async def fetch(self, ref: str) -> bytes:
        try:
            return await asyncio.to_thread(Path(ref).read_bytes)
        except OSError as fault:
            raise FetchFailed(type(fault).__name__, is_final=True) from fault


def show(message: Outgoing) -> str:
    """A message as lines: words, pictures, numbered buttons."""
    lines = [f"bot: {message.text}"]
    if message.pictures:
        lines.append(f"     (ảnh: {len(message.pictures)})")
    if message.drawing:
        lines.append(f"     (hình: {message.drawing.title})")
    if message.document:
        lines.append(f"     (tệp: {message.document[0]})")
    number = 0
    for row in message.buttons:
        labels = []
        for choice in row:
            number += 1
            labels.append(f"[{number}] {choice.label}")
        lines.append("     " + "  ".join(labels))
    return "\n".join(lines)
