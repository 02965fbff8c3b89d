"""Plays a transcript against a whole service: what people say goes in, what the bot says must match.

    # a comment
    @now 2026-12-01T09:00+07:00      sets the clock
    @reader shipped                  at the top: the real model reads, not the keywords alone
    @stored 3                        so many pictures and thumbnails lie in the file store
    @ban 7 dân spam                  bans the citizen "dân" for seven days, with a reason
    @flood dân 20                    so many messages of "dân", whose answers are not looked at
    @sweep cases                     runs a sweep (its effects are shown by later lines)
    @invite ubnd-00070 officer Lan   makes an invitation; "cán bộ Lan:" then speaks with it
    @file dân Mai | 00070 | chieu_sang | binh_thuong | lời kể
                                     files a complaint of a citizen who has consented (ward "-": unknown place)
    @follow dân Hoa                  somebody follows the case filed last
    dân: lời nhắn                    the citizen "dân"; any other name is another chat
    bot: lời đáp … có thể bỏ dở      "…" stands for anything
         [1] Đồng ý  [2] Không       buttons

`THREAD` and `PAIRING` stand for the last such code said.
`CODE` in a line stands for the code of the case filed last, `CODE1` for the first.
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from bot.app import Service, media_of, open_service
from bot.casework.context import Context
from bot.casework.file_case import Complaint, file_case
from bot.casework.follow_case import follow_case
from bot.casework.join_staff import invite, new_code
from bot.channels.console import CHANNEL, LocalFiles, Terminal
from bot.delivery import Delivery
from bot.dialogue.session import Draft, Understood, Where
from bot.jobs import run_sweeps
from bot.settings import Settings
from nlp.reader import Reader
from nlp.reading import Reading
from storage.records import AgencyId, Ban, Chat, Citizen, CitizenId, OfficerId, Role
from storage.store import Transaction
from tests.empty_database import lay_empty

NO_MODEL = Path(__file__).parent / "none"
"""No file: the service reads by its keywords alone."""
SPEAKER = re.compile(r"^(dân|cán bộ|bot)( [\w ]+?)?: ?(.*)$")


@dataclass
class FixedClock:
    """A clock that stands still unless told, and ticks a second with each message."""

    at: datetime = field(default_factory=lambda: datetime.fromisoformat("2026-12-01T09:00:00+07:00"))

    def __call__(self) -> datetime:
        return self.at

    def tick(self) -> None:
        self.at += timedelta(seconds=1)


@dataclass
class Line:
    number: int
    who: str
    name: str
    text: str


class SureReader(Reader):
    """Reads by the configured keywords alone, and is sure of it: a transcript shows the conversation, not the model."""

    def read(self, text: str) -> Reading:
        reading = super().read(text)
        return replace(reading, abstain=reading.candidates[0].probability <= 0)

    @classmethod
    def load(cls, model_path: Path | None = None, keywords: Mapping[str, Sequence[str]] | None = None) -> Reader:
        """Made once for the same keywords: reading leaves no trace in a reader."""
        known = tuple((code, tuple(words)) for code, words in (keywords or {}).items())
        return cls._load_once(model_path, known)

    @classmethod
    @lru_cache(maxsize=2)
    def _load_once(cls, model_path: Path | None, keywords: tuple[tuple[str, tuple[str, ...]], ...]) -> Reader:
        return super().load(model_path, dict(keywords))


class Stage:
    """One service and the terminals of everybody in a transcript."""

    def __init__(self, folder: Path, config: Path, url: str = "", reads: type[Reader] = SureReader) -> None:
        self.reads = reads
        self.clock = FixedClock()
        self.folder = folder
        self.settings = Settings(
            _env_file=None,
            database_url=url or lay_empty(folder / "test.db", folder / "master.key"),
            var_dir=folder / "var",
            key_file=folder / "master.key",
            config_file=config,
            model_file=NO_MODEL if reads is SureReader else None,
        )
        self.service: Service = self._open()
        self.terminals: dict[str, Terminal] = {}
        self.invitations: dict[str, str] = {}
        self.codes: list[str] = []
        self.thread = self.pairing = ""

    def _open(self) -> Service:
        return open_service(self.settings, self.clock, doubled=True, reads=self.reads)

    def close(self) -> None:
        self.service.close()

    def terminal(self, who: str, name: str) -> Terminal:
        chat = f"{who} {name}".strip()
        if chat not in self.terminals:
            self.terminals[chat] = Terminal(chat, self.clock, io.StringIO(), said=[])
        return self.terminals[chat]

    def say(self, who: str, name: str, text: str) -> None:
        self.clock.tick()
        terminal = self.terminal(who, name)
        text = self.with_codes(text).replace("PAIRING", self.pairing).replace(":reply last", f":reply {terminal.count}")
        if text == ":restart":
            self.service.close()
            self.service = self._open()
            return
        incoming = terminal.hear(text)
        (self.service.desk if who == "cán bộ" else self.service.converse).hear_now(incoming)
        self.settle()

    def settle(self) -> None:
        asyncio.run(self._settle())
        self.remember_codes()

    def remember_codes(self) -> None:
        """The codes that were said since the last look."""
        for terminal in self.terminals.values():
            for said in terminal.said or ():
                self.thread = next(iter(re.findall(r"T-[A-Z2-7]{5}", said)), self.thread)
                self.pairing = next(iter(re.findall(r"Mã liên kết: (\S+)", said)), self.pairing)
                for code in re.findall(r"HN-[0-9A-Z]{4}-[0-9A-Z]{3}", said):
                    if code not in self.codes:
                        self.codes.append(code)

    async def _settle(self) -> None:
        class Everybody:
            async def send(_self, message):
                terminal = self.terminals.get(message.chat)
                return await terminal.send(message) if terminal else None

        delivery = Delivery(
            self.service.store, self.service.current_config, self.service.texts, {CHANNEL: Everybody()}, self.clock
        )
        media = media_of(self.service, {CHANNEL: LocalFiles()}, delivery.wake)
        while await delivery.deliver_due() + await media.fetch_due() + await media.forget_due():
            pass

    def with_codes(self, text: str) -> str:
        for number, code in reversed(list(enumerate(self.codes, 1))):
            text = text.replace(f"CODE{number}", code)
        text = text.replace("THREAD", self.thread) if self.thread else text
        return text.replace("CODE", self.codes[-1]) if self.codes else text

    def invite(self, agency: str, role: str, name: str) -> None:
        code = new_code()
        config = self.service.current_config()
        self.service.store.write_now(
            lambda tx: invite(
                Context(tx, config, self.clock()), code, AgencyId(agency), Role(role), "console", name, confirmed=True
            )
        )
        self.terminal("cán bộ", name)
        self.say("cán bộ", name, f"/start {code}")
        self.terminals[f"cán bộ {name}"].said.clear()

    def file(self, who: str, ward: str, category: str, urgency: str, text: str) -> None:
        """A complaint as if its conversation were over: for transcripts about what comes after."""
        self.clock.tick()
        self.terminal("dân", who.removeprefix("dân").strip())
        config = self.service.current_config()
        places = {} if ward == "-" else {"where": Where(ward, config.agencies[config.committee_of(ward)].name)}
        reading = Understood.of(self.service.reader.read(text))
        understood = replace(reading, urgency=urgency, about_official="cán bộ" in text)
        draft = Draft(text=text, category=category, understood=understood, **places)

        def filed(tx) -> str:
            now = self.clock()
            chat = tx.chats.get(CHANNEL, who)
            if chat is None or chat.citizen is None:
                citizen = Citizen(
                    CitizenId(tx.new_id()), now, name="Mai", phone="0912345678", consent="1", consent_at=now
                )
                tx.citizens.add(citizen)
                tx.chats.save(Chat(CHANNEL, who, citizen=citizen.id, last_heard_at=now))
            else:
                citizen = tx.citizens.get(chat.citizen)
            case = file_case(Context(tx, config, now), citizen, Complaint(draft, CHANNEL))[0]
            return str(case.code)

        self.codes.append(self.service.store.write_now(filed))
        self.settle()

    def ban(self, days: str, name: str) -> None:
        """Bans the citizen of a chat for some days, in the name of the triage desk."""
        _, _, reason = name.partition(" ")
        who, chat = _chat(name.partition(" ")[0])

        def work(tx: Transaction) -> None:
            citizen = tx.citizens.find(CHANNEL, f"{who} {chat}".strip())
            assert citizen is not None
            until = self.clock() + timedelta(days=float(days))
            tx.bans.add(Ban(citizen.id, reason, OfficerId("triage"), self.clock(), until))

        self.service.store.write_now(work)

    def follow(self, who: str) -> None:
        """Somebody who has consented follows the case filed last."""
        self.terminal("dân", who.removeprefix("dân").strip())
        config, now, code = self.service.current_config(), self.clock(), self.codes[-1]

        def followed(tx) -> None:
            citizen = Citizen(CitizenId(tx.new_id()), now, consent="1", consent_at=now)
            tx.citizens.add(citizen)
            tx.chats.save(Chat(CHANNEL, who, citizen=citizen.id, last_heard_at=now))
            follow_case(Context(tx, config, now), citizen, tx.cases.by_code(code).id)

        self.service.store.write_now(followed)

    def sweep(self, name: str) -> None:
        run_sweeps(self.service.store, self.service.current_config(), self.clock(), [name])
        self.settle()


def parse(text: str) -> list[Line]:
    """The lines of a transcript; further lines of a block belong to its first."""
    lines: list[Line] = []
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip() or raw.startswith("#"):
            continue
        if raw.startswith("@"):
            lines.append(Line(number, "@", "", raw[1:].strip()))
            continue
        found = SPEAKER.match(raw)
        if found:
            lines.append(Line(number, found[1], (found[2] or "").strip(), found[3]))
        else:
            assert lines, f"line {number}: nobody speaks"
            lines[-1].text += "\n" + raw.rstrip()
    return lines


def play(stage: Stage, text: str) -> None:
    """Plays a transcript. "bot:" answers whoever spoke last; "bot dân:", "bot cán bộ Lan:" name whom it speaks to."""
    last = "dân"
    for line in parse(text):
        if line.who == "@":
            _direct(stage, line)
        elif line.who == "bot":
            _expect(stage, line, line.name or last)
        else:
            last = f"{line.who} {line.name}".strip()
            _nothing_unsaid(stage, line, last)
            stage.say(line.who, line.name, line.text)
    for chat in stage.terminals:
        assert not stage.terminals[chat].said, f"unexpected at the end, to {chat}:\n" + "\n".join(
            stage.terminals[chat].said
        )


def _direct(stage: Stage, line: Line) -> None:
    name, _, rest = line.text.partition(" ")
    match name:
        case "now":
            stage.clock.at = datetime.fromisoformat(rest)
            stage.settle()
        case "later":
            amount, unit = rest.split()
            stage.clock.at += timedelta(**{unit: float(amount)})
            stage.settle()
        case "sweep":
            stage.sweep(rest)
        case "invite":
            agency, role, who = rest.split(" ", 2)
            stage.invite(agency, role, who)
        case "stored":
            kept = sum(1 for _ in stage.service.files.digests())
            assert kept == int(rest), f"line {line.number}: {kept} files are stored, expected {rest}"
        case "ban":
            stage.ban(*rest.split(" ", 1))
        case "flood":
            speaker, _, count = rest.rpartition(" ")
            for _ in range(int(count)):
                stage.say(*_chat(speaker), "alo")
            stage.terminal(*_chat(speaker)).said.clear()
        case "reader":
            assert stage.reads is Reader, "the shipped reader is chosen when the stage is built"
        case "file":
            stage.file(*(part.strip() for part in rest.split("|")))
        case "follow":
            stage.follow(rest)
        case "ignore":
            stage.terminal(*_chat(rest)).said.clear()
        case _:
            raise AssertionError(f"line {line.number}: unknown directive @{name}")


def _chat(name: str) -> tuple[str, str]:
    who = "cán bộ" if name.startswith("cán bộ") else "dân"
    return who, name.removeprefix(who).strip()


def _expect(stage: Stage, line: Line, chat: str) -> None:
    said = stage.terminal(*_chat(chat)).said
    assert said, f"line {line.number}: the bot said nothing to {chat}, expected:\n{line.text}"
    got = said.pop(0).removeprefix("bot: ")
    wanted = stage.with_codes(line.text).strip()
    pattern = ".*?".join(re.escape(part) for part in wanted.split("…"))
    assert re.fullmatch(pattern, got.strip(), re.DOTALL), (
        f"line {line.number}: the bot said to {chat}:\n{got}\n--- expected:\n{wanted}"
    )


def _nothing_unsaid(stage: Stage, line: Line, chat: str) -> None:
    said = stage.terminal(*_chat(chat)).said
    assert not said, f"line {line.number}: before this the bot also said to {chat}:\n" + "\n".join(said)
