"""Hears one message of a member of staff: who, what, do, show; in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.casework.context import Context, Refused
from bot.casework.facts import agency_name
from bot.casework.join_staff import join_staff
from bot.casework.permissions import ensure_active
from bot.desk.act import Act, Ask, find_case
from bot.desk.commands import CASELESS, COMMANDS, PRESSES
from bot.dialogue.command import command_in
from bot.dialogue.message import Incoming, Outcome, Say, Words
from bot.dialogue.session import Result
from bot.dialogue.texts import load_texts
from nlp.normalize import fold
from nlp.reader import Reader
from routing.config import Config
from storage.codes import check_code
from storage.failpoints import reach
from storage.outbox import NewPush
from storage.records import Case, File, FileId, Officer, PersonId, Priority, Purpose
from storage.records import Session as StoredSession
from storage.store import Store, Transaction

SLOT = "_slot"
"""Where a pending command keeps the name of the answer that it waits for."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A command that waits for something: kept in the session between two messages."""

    command: str = ""
    code: str = ""
    words: str = ""
    files: tuple[str, ...] = ()
    memo: Mapping[str, Any] | None = None
    focus: str = ""
    """The case shown last: a code may be left out."""
    offered: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def of(state: Mapping[str, Any]) -> Pending:
        return Pending(
            command=str(state.get("command", "")),
            code=str(state.get("code", "")),
            words=str(state.get("words", "")),
            files=tuple(state.get("files", ())),
            memo=state.get("memo") or {},
            focus=str(state.get("focus", "")),
            offered=tuple((o[0], o[1]) for o in state.get("offered", ())),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "command": self.command,
            "code": self.code,
            "words": self.words,
            "files": list(self.files),
            "memo": dict(self.memo or {}),
            "focus": self.focus,
            "offered": [list(o) for o in self.offered],
        }


class Desk:
    """The officers' side of the service, whatever the channel."""

    def __init__(self, store: Store, config: Callable[[], Config], reader: Reader | None = None) -> None:
        self._store = store
        self._config = config
        self._reader = reader

    async def hear(self, incoming: Incoming) -> Outcome:
        """Takes effect exactly once, and returns only after COMMIT."""
        return await self._store.write(self.work(incoming))

    def hear_now(self, incoming: Incoming) -> Outcome:
        """The same, for callers without an event loop."""
        return self._store.write_now(self.work(incoming))

    def work(self, incoming: Incoming) -> Callable[[Transaction], Outcome]:
        """The transaction of one message."""
        config = self._config()
        heard = _with_caption_command(incoming)

        def hear_in(tx: Transaction) -> Outcome:
            if not tx.inputs.first_time(incoming.channel, incoming.chat, incoming.key, incoming.at):
                return Outcome.AGAIN
            ctx = Context(tx, config, incoming.at)
            officer = self._officer(ctx, heard)
            says = _join(ctx, heard) if officer is None else self._act(ctx, officer, heard)
            self._say(ctx, incoming, says)
            reach("input.before_commit")
            return Outcome.HEARD

        return hear_in

    def result_work(self, file: File, result: Result, now: datetime) -> Callable[[Transaction], None]:
        """A proof has arrived or was refused: its officer is told."""
        config = self._config()

        def tell(tx: Transaction) -> None:
            ctx = Context(tx, config, now)
            key = "desk.proof_ready" if result.ok else str(result.facts.get("key"))
            incoming = Incoming(file.channel, file.chat, key="", at=now)
            self._say(ctx, incoming, (Say(Words(key)),))

        return tell

    def _officer(self, ctx: Context, incoming: Incoming) -> Officer | None:
        chat = ctx.tx.chats.get(incoming.channel, incoming.chat)
        if chat is None or chat.officer is None:
            return None
        ctx.tx.chats.save(replace(chat, last_heard_at=ctx.now, reachable=True))
        ctx.tx.outbox.unpark(incoming.channel, incoming.chat)
        return ctx.tx.officers.get(chat.officer)

    def _act(self, ctx: Context, officer: Officer, incoming: Incoming) -> tuple[Say, ...]:
        stored = ctx.tx.sessions.get(incoming.channel, incoming.chat)
        pending = _with_last_offer(ctx, officer, incoming, Pending.of(stored.state if stored else {}))
        files = tuple(self._remember_file(ctx, officer, incoming, i) for i in range(len(incoming.attachments)))
        try:
            ensure_active(officer)
            says, pending = self._run(ctx, officer, incoming, pending, files)
        except Refused as refusal:
            ctx.tx.audit.add(
                f"officer:{officer.id}", refusal.key, ctx.now, {"said": incoming.command or incoming.press}
            )
            says, pending = (Say(Words(refusal.key, refusal.args_for_words)),), Pending(focus=pending.focus)
        pending = replace(pending, offered=_offered(says, officer.language) or pending.offered)
        version = stored.version + 1 if stored else 1
        saved = StoredSession(incoming.channel, incoming.chat, pending.to_json(), ctx.now, version)
        ctx.tx.sessions.save(saved, PersonId(officer.id))
        return says

    def _run(
        self, ctx: Context, officer: Officer, incoming: Incoming, pending: Pending, files: tuple[FileId, ...]
    ) -> tuple[tuple[Say, ...], Pending]:
        command, code, said, memo = _meant(incoming, pending)
        if command == "huy":
            return (Say(Words("desk.dropped" if pending.command else "desk.nothing_to_drop")),), Pending(
                focus=pending.focus
            )
        if command == "giaitrinh":
            return (Say(Words("desk.override_nothing")),), pending
        command_of = COMMANDS.get(command or "trogiup")
        if command_of is None:
            return (Say(Words("command.unknown")),), pending
        case = None if command in CASELESS else self._case(ctx, incoming, code, pending)
        kept_files = (*_kept_files(pending, command), *files)
        act = Act(ctx, officer, incoming, said, case, kept_files, memo, self._reader)
        focus = str(case.code) if case else pending.focus
        try:
            return command_of(act), Pending(focus=focus)
        except Ask as question:
            if question.slot:
                memo = {**memo, SLOT: question.slot}
                if question.forget:
                    memo.pop(question.slot, None)
            kept = Pending(
                command=command,
                code=str(case.code) if case else "",
                words="" if question.forget and not question.slot else said,
                files=tuple(act.files),
                memo=memo,
                focus=focus,
            )
            return (question.say,), kept

    def _case(self, ctx: Context, incoming: Incoming, code: str, pending: Pending) -> Case | None:
        """By code, else by the message replied to, else the one shown last."""
        if code:
            case = find_case(ctx, code)
            if case is None:
                raise Refused("refused.unknown_case", code=code)
            return case
        if incoming.reply_to:
            push = ctx.tx.outbox.by_ref(incoming.channel, incoming.chat, incoming.reply_to)
            if push is not None and push.case is not None:
                return ctx.tx.cases.get(push.case)
        return find_case(ctx, pending.focus) if pending.focus else None

    def _remember_file(self, ctx: Context, officer: Officer, incoming: Incoming, index: int) -> FileId:
        attachment = incoming.attachments[index]
        file = File(
            id=FileId(ctx.tx.new_id()),
            kind=attachment.kind,
            purpose=Purpose.PROOF,
            person=PersonId(officer.id),
            channel=incoming.channel,
            chat=incoming.chat,
            created_at=ctx.now,
            ref=attachment.ref,
            forwarded=attachment.forwarded,
            retry_at=ctx.now,
            mime=attachment.mime,
            name=attachment.name,
        )
        ctx.tx.files.add(file)
        return file.id

    def _say(self, ctx: Context, incoming: Incoming, says: tuple[Say, ...]) -> None:
        chat = ctx.tx.chats.get(incoming.channel, incoming.chat)
        person = PersonId(chat.officer) if chat is not None and chat.officer is not None else None
        for say in says:
            ctx.tx.outbox.add(
                NewPush(
                    channel=incoming.channel,
                    chat=incoming.chat,
                    person=person,
                    key=say.words.key,
                    args=say.to_json(),
                    priority=Priority.REPLY,
                    created_at=ctx.now,
                )
            )


def _with_caption_command(incoming: Incoming) -> Incoming:
    """A command written under a picture is a command."""
    typed = command_in(incoming.text) if incoming.command is None and incoming.text else None
    return replace(incoming, command=typed[0], argument=typed[1], text=None) if typed else incoming


def _join(ctx: Context, incoming: Incoming) -> tuple[Say, ...]:
    """A stranger at the staff door: only an invitation opens it."""
    code = (incoming.argument or incoming.text or "").strip()
    try:
        officer = join_staff(ctx, incoming.channel, incoming.chat, code, incoming.name or "")
    except Refused as refusal:
        return (Say(Words(refusal.key, refusal.args_for_words)),)
    key = "desk.welcome" if officer.is_active else "desk.welcome_unconfirmed"
    return (Say(Words(key, {"agency": agency_name(ctx, officer.agency)})),)


def _meant(incoming: Incoming, pending: Pending) -> tuple[str, str, str, dict[str, Any]]:
    """Command, code, words and memo: from a command, a button, a number, or an answer to a question."""
    press = incoming.press or _chosen(incoming, pending)
    if press:
        name, _, rest = press.partition(":")
        if name == "do":
            command, _, said = rest.partition(" ")
            return command, "", said, {}
        if name in ("promise", "rewrite", "again") and pending.command:
            memo = {**(pending.memo or {})}
            if name != "again":
                memo["promise"] = name == "promise"
            return pending.command, pending.code, "" if name == "rewrite" else pending.words, memo
        if name == "pick" and pending.command:
            memo = dict(pending.memo or {})
            slot = memo.pop(SLOT, "")
            return pending.command, pending.code, pending.words, {**memo, slot: rest} if slot else memo
        code, _, said = rest.partition(":")
        return PRESSES.get(name, name), code, said, {}
    if incoming.command == "giaitrinh":
        return _overruled(incoming, pending)
    if incoming.command:
        first, _, rest = incoming.argument.strip().partition(" ")
        if _is_code(first):
            return incoming.command, first, rest.strip(), {}
        return incoming.command, "", incoming.argument.strip(), {}
    text = (incoming.text or "").strip()
    if pending.command:
        memo = dict(pending.memo or {})
        slot = memo.pop(SLOT, "")
        if slot and text:
            return pending.command, pending.code, pending.words, {**memo, slot: text}
        if slot:
            # A picture alone answers no question: it is kept and the question asked again.
            return pending.command, pending.code, pending.words, memo
        joined = f"{pending.words}\n{text}".strip() if pending.words and text else text or pending.words
        return pending.command, pending.code, joined, dict(pending.memo or {})
    if incoming.reply_to and (text or incoming.attachments):
        return "xong", "", text, {}
    return "", "", text, {}


def _overruled(incoming: Incoming, pending: Pending) -> tuple[str, str, str, dict[str, Any]]:
    """/giaitrinh [CODE] WORDS: the answer that was called generic goes out with a written justification."""
    first, _, rest = incoming.argument.strip().partition(" ")
    words = rest.strip() if _is_code(first) else incoming.argument.strip()
    if pending.command not in ("xong", "tuchoi"):
        return "giaitrinh", "", "", {}
    memo = {k: v for k, v in (pending.memo or {}).items() if k != SLOT}
    return pending.command, pending.code, pending.words, {**memo, "override": words} if words else memo


def _kept_files(pending: Pending, command: str) -> tuple[FileId, ...]:
    return tuple(FileId(f) for f in pending.files) if pending.command == command else ()


def _chosen(incoming: Incoming, pending: Pending) -> str | None:
    if incoming.command or incoming.text is None or incoming.attachments:
        return None
    said = fold(incoming.text).strip()
    if said.isascii() and said.isdigit() and 1 <= int(said) <= len(pending.offered) and len(said) < 3:
        return pending.offered[int(said) - 1][0]
    return next((press for press, label in pending.offered if said and said == label), None)


def _with_last_offer(ctx: Context, officer: Officer, incoming: Incoming, pending: Pending) -> Pending:
    """A number chooses what stands last in the chat, news that came by itself too; an open question goes first."""
    if pending.command:
        return pending
    last = ctx.tx.outbox.last_sent(incoming.channel, incoming.chat)
    if last is None or not last.key.startswith("push.") or not last.args:
        return pending
    return replace(pending, offered=_offered((Say.from_json(last.args),), officer.language) or pending.offered)


def _offered(says: tuple[Say, ...], language: str) -> tuple[tuple[str, str], ...]:
    texts = load_texts()
    rows = next((say.buttons for say in reversed(says) if say.buttons), ())
    return tuple((b.press, fold(texts.say(b.label, language))) for row in rows for b in row)


def _is_code(word: str) -> bool:
    return check_code(word) is not None
