"""Hears one message of a member of staff: who, what, do, show; in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.casework.contact import hear_from
from bot.casework.context import Context, Refused
from bot.casework.facts import agency_name, holder
from bot.casework.join_staff import join_staff
from bot.casework.permissions import ensure_active, may_see, may_work_on
from bot.desk.act import Act, Ask, find_case
from bot.desk.cards import buttons
from bot.desk.commands import CASELESS, COMMANDS, LOOKING
from bot.desk.handling import ANSWERABLE
from bot.desk.meaning import LOOSE, TAKES_FILES, meaning
from bot.desk.session import DeskSession, Unfinished
from bot.dialogue.command import command_in
from bot.dialogue.message import Attachment, Button, Incoming, Outcome, Say, Words
from bot.dialogue.session import Result
from bot.dialogue.texts import load_texts
from nlp.normalize import fold
from nlp.reader import Reader
from routing.config import Config
from routing.places import Places
from storage.codes import check_code
from storage.failpoints import reach
from storage.outbox import NewPush
from storage.records import Case, File, FileId, FileStatus, Officer, PersonId, Priority, Purpose
from storage.records import Session as StoredSession
from storage.store import Store, Transaction

Said = tuple[tuple[Say, ...], DeskSession]


class Desk:
    """The officers' side of the service, whatever the channel."""

    def __init__(
        self,
        store: Store,
        config: Callable[[], Config],
        reader: Reader | None = None,
        places: Places | None = None,
        bytes_of: Callable[[str], bytes] | None = None,
        site: str = "",
    ) -> None:
        """`bytes_of`: a stored file's bytes by its digest, for configuration files that are sent in.

        `site`: the address of the web pages, for links that are handed out.
        """
        self._bytes_of = bytes_of
        self._site = site.rstrip("/")
        self._store = store
        self._config = config
        self._reader = reader
        self._places = places

    def read_with(self, reader: Reader) -> None:
        """From now on another reader proposes categories."""
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
        heard = _with_file_command(_with_caption_command(incoming))

        def hear_in(tx: Transaction) -> Outcome:
            if not tx.inputs.first_time(incoming.channel, incoming.chat, incoming.key, incoming.at):
                return Outcome.AGAIN
            ctx = Context(tx, config, incoming.at)
            officer = self._officer(ctx, heard)
            says = _join(ctx, heard) if officer is None else self._act(ctx, officer, heard)
            _tell(ctx, incoming, says)
            reach("input.before_commit")
            return Outcome.HEARD

        return hear_in

    def result_work(self, file: File, result: Result, now: datetime) -> Callable[[Transaction], None]:
        """A file has arrived or was refused: the answer that waits for it goes on by itself."""
        config = self._config()
        text = self._text_in(file)

        def go_on(tx: Transaction) -> None:
            ctx = Context(tx, config, now)
            incoming = Incoming(file.channel, file.chat, key="", at=now)
            chat = tx.chats.get(file.channel, file.chat)
            if chat is None or chat.officer is None:
                return
            officer = tx.officers.get(chat.officer)
            stored = tx.sessions.get(file.channel, file.chat)
            session = DeskSession.of(stored.state if stored else {}, now)
            if officer.is_active:
                session = session if text is None else session.with_text(file.id, text)
                says, session = self._arrived(ctx, officer, incoming, session, file, result)
                _save(ctx, officer, incoming, session, stored, says)
                _tell(ctx, incoming, says)

        return go_on

    def _text_in(self, file: File) -> str | None:
        """The words of a configuration file, read before the transaction."""
        if file.purpose is not Purpose.CONFIG or file.sha256 is None or self._bytes_of is None:
            return None
        return self._bytes_of(file.sha256).decode("utf-8-sig", errors="replace")

    def _arrived(
        self, ctx: Context, officer: Officer, incoming: Incoming, session: DeskSession, file: File, result: Result
    ) -> Said:
        known = (session.unfinished, *reversed(session.set_aside))
        waiting = next((each for each in known if each is not None and each.waits and file.id in each.files), None)
        told: tuple[Say, ...] = ()
        if not result.ok:
            told = (Say(Words("desk.file_refused", {"why": Words(str(result.facts.get("key")))})),)
            session = session.without_file(file.id)
            waiting = waiting.without_file(file.id) if waiting is not None else None
        if waiting is None or any(ctx.tx.files.get(f).status is FileStatus.WAITING for f in waiting.files):
            return told, session
        if waiting != session.unfinished:
            if session.unfinished is not None:
                return (*told, Say(Words("desk.proof_ready", {"code": waiting.code}), _resume(waiting))), session
            session = session.resumed(waiting.code)
        says, session, _ = self._run(ctx, officer, incoming, session, waiting)
        return (*told, *says), session

    def _officer(self, ctx: Context, incoming: Incoming) -> Officer | None:
        chat = ctx.tx.chats.get(incoming.channel, incoming.chat)
        if chat is None or chat.officer is None:
            return None
        hear_from(ctx, chat)
        return ctx.tx.officers.get(chat.officer)

    def _act(self, ctx: Context, officer: Officer, incoming: Incoming) -> tuple[Say, ...]:
        stored = ctx.tx.sessions.get(incoming.channel, incoming.chat)
        session = _with_last_offer(ctx, officer, incoming, DeskSession.of(stored.state if stored else {}, ctx.now))
        files = tuple(_remember_file(ctx, officer, incoming, i) for i in range(len(incoming.attachments)))
        try:
            ensure_active(officer)
        except Refused as refusal:
            ctx.tx.audit.add(f"officer:{officer.id}", refusal.key, ctx.now, {"said": incoming.command})
            return (Say(Words(refusal.key, refusal.args_for_words)),)
        says, session = self._hear(ctx, officer, incoming, session, files)
        _save(ctx, officer, incoming, session, stored, says)
        return says

    def _hear(
        self, ctx: Context, officer: Officer, incoming: Incoming, session: DeskSession, files: tuple[FileId, ...]
    ) -> Said:
        replied = _replied(ctx, incoming)
        meant = meaning(incoming, session, replied, files)
        todo = _as_answer(ctx, officer, meant.todo, replied)
        match todo.command:
            case "huy":
                return _dropped(session, todo.code)
            case "tiep":
                return self._resumed(ctx, officer, incoming, session, todo.code)
            case "giaitrinh":
                return (Say(Words("desk.override_nothing")),), session
            case "silent":
                return (Say(Words("report.what_unsupported")),), session
            case "old":
                return (Say(Words("button.old")),), session
        if todo.command in TAKES_FILES:
            session = session.without_loose()
        elif files:
            session = session.with_loose(session.loose_words, (*session.loose_files, *files), ctx.now)
        before = session
        session = session.resumed(todo.code) if meant.goes_on and session.unfinished is None else session
        session = session if meant.goes_on else session.interrupted()
        says, session, is_done = self._run(ctx, officer, incoming, session, todo)
        if session.set_aside and is_done and todo.command not in LOOKING:
            again, session = self._resumed(ctx, officer, incoming, session, "")
            return (*says, *again), session
        if len(session.set_aside) > len(before.set_aside):
            says = (_kept(session.set_aside[-1]), *says)
        return says, session

    def _resumed(self, ctx: Context, officer: Officer, incoming: Incoming, session: DeskSession, code: str) -> Said:
        """Asks the question of a command that was set aside again; or goes on with it."""
        session = session.resumed(code)
        if session.unfinished is None:
            return (Say(Words("desk.nothing_to_resume")),), session
        says, session, _ = self._run(ctx, officer, incoming, session, session.unfinished)
        return says, session

    def _run(
        self, ctx: Context, officer: Officer, incoming: Incoming, session: DeskSession, todo: Unfinished
    ) -> tuple[tuple[Say, ...], DeskSession, bool]:
        """Does it, asks for what is missing, or says why not; and whether it is over with."""
        command = COMMANDS.get(todo.command)
        if command is None:
            return (Say(Words("command.unknown")),), session, True
        case: Case | None = None
        try:
            case = None if todo.command in CASELESS else _case(ctx, officer, todo.code or session.focus)
            wards_in = self._wards_in
            known = (todo.memo, self._reader, wards_in, self._site)
            act = Act(ctx, officer, incoming, todo.words, case, todo.files, *known)
            session = replace(session, focus=str(case.code) if case else session.focus)
            says = command(act)
        except Refused as refusal:
            ctx.tx.audit.add(f"officer:{officer.id}", refusal.key, ctx.now, {"said": todo.command})
            lost = session.with_loose(todo.words if todo.files else "", todo.files, ctx.now) if todo.files else session
            return (_refusal(ctx, officer, refusal, case),), replace(lost, unfinished=None), True
        except Ask as question:
            kept = _asked(todo, question, case)
            return (_coded(question.say, kept.code),), replace(session, unfinished=kept), False
        if todo.command == LOOSE:
            session = session.with_loose(todo.words, todo.files, ctx.now)
        elif case is not None:
            session = replace(session, focus=_followed(ctx, case))
        return says, replace(session, unfinished=None), True

    def _wards_in(self, said: str) -> tuple[str, ...]:
        return tuple(c.ward_code for c in self._places.find(said).candidates) if self._places is not None else ()


def _case(ctx: Context, officer: Officer, code: str) -> Case | None:
    """The case of a code. Raises Refused for one that is not known, or not to this officer."""
    if not code:
        return None
    case = find_case(ctx, code)
    if case is None:
        raise Refused("refused.unknown_case", code=code)
    return case


def _followed(ctx: Context, case: Case) -> str:
    """The code to go on with: after a merging that of the main case."""
    now = ctx.tx.cases.get(case.id)
    return str(ctx.tx.cases.get(now.main_case).code if now.main_case is not None else now.code)


def _replied(ctx: Context, incoming: Incoming) -> str:
    """The code of the case whose message is being answered."""
    if not incoming.reply_to:
        return ""
    push = ctx.tx.outbox.by_ref(incoming.channel, incoming.chat, incoming.reply_to)
    if push is None:
        return ""
    if push.case is not None:
        return str(ctx.tx.cases.get(push.case).code)
    named = check_code(str(push.args.get("words", {}).get("args", {}).get("code") or ""))
    return str(named) if named else ""


def _as_answer(ctx: Context, officer: Officer, todo: Unfinished, replied: str) -> Unfinished:
    """Words or pictures in reply to a case that waits for its answer are that answer."""
    case = find_case(ctx, replied) if todo.command == LOOSE and replied and replied == todo.code else None
    if case is None or case.status not in ANSWERABLE or not may_work_on(officer, case):
        return todo
    return replace(todo, command="xong")


def _asked(todo: Unfinished, question: Ask, case: Case | None) -> Unfinished:
    memo = {name: value for name, value in {**todo.memo, **question.keep}.items() if name not in question.drop}
    words = todo.words if question.words is None else question.words
    return replace(
        todo, code=str(case.code) if case else "", words=words, memo=memo, slot=question.slot, waits=question.waits
    )


def _coded(say: Say, code: str) -> Say:
    """The answers on offer belong to this case: pressed later, they are not taken for another's."""
    rows = tuple(
        tuple(replace(b, press=f"pick:{code}:{b.press[5:]}") if b.press.startswith("pick:") else b for b in row)
        for row in say.buttons
    )
    return replace(say, buttons=rows)


def _refusal(ctx: Context, officer: Officer, refusal: Refused, case: Case | None) -> Say:
    """Why not, and what can be done with the case instead."""
    args = dict(refusal.args_for_words)
    if "was" in args:
        args["was"] = Words(f"status.{args['was']}")
    current = ctx.tx.cases.get(case.id) if case is not None else None
    if refusal.key == "refused.not_yours" and current is not None:
        # Whoever may not even see the case was told that it is unknown.
        args["agency"] = agency_name(ctx, holder(ctx, current))
    rows = buttons(officer, current) if current is not None and may_see(ctx, officer, current) else ()
    return Say(Words(refusal.key, args), rows if refusal.key == "refused.move" else ())


def _dropped(session: DeskSession, code: str) -> Said:
    """The command under way is given up; else the last one set aside, else what was sent for nothing yet."""
    if session.unfinished is not None and code in ("", session.unfinished.code):
        return (_given_up(session.unfinished),), replace(session, unfinished=None)
    resumed = session.resumed(code)
    if session.set_aside and resumed.unfinished is not None:
        return (_given_up(resumed.unfinished),), replace(resumed, unfinished=session.unfinished)
    key = "desk.dropped_loose" if session.loose_words or session.loose_files else "desk.nothing_to_drop"
    return (Say(Words(key)),), session.without_loose()


def _given_up(unfinished: Unfinished) -> Say:
    return Say(Words("desk.dropped", _named(unfinished)))


def _kept(unfinished: Unfinished) -> Say:
    """What was set aside is not lost."""
    return Say(Words("desk.kept_aside", _named(unfinished)), _resume(unfinished))


def _named(unfinished: Unfinished) -> dict[str, object]:
    code = f" {unfinished.code}" if unfinished.code else ""
    return {"what": Words(f"desk.can.{unfinished.command}"), "code": code}


def _resume(unfinished: Unfinished) -> tuple[tuple[Button, ...], ...]:
    go_on = Button(f"resume:{unfinished.code}", Words("desk.resume"))
    return ((go_on, Button(f"drop:{unfinished.code}", Words("desk.drop"))),)


def _save(
    ctx: Context,
    officer: Officer,
    incoming: Incoming,
    session: DeskSession,
    stored: StoredSession | None,
    says: tuple[Say, ...],
) -> None:
    session = replace(session, offered=_offered(says, officer.language) or session.offered)
    version = stored.version + 1 if stored else 1
    saved = StoredSession(incoming.channel, incoming.chat, session.to_json(), ctx.now, version)
    ctx.tx.sessions.save(saved, PersonId(officer.id))


def _remember_file(ctx: Context, officer: Officer, incoming: Incoming, index: int) -> FileId:
    attachment = incoming.attachments[index]
    file = File(
        id=FileId(ctx.tx.new_id()),
        kind=attachment.kind,
        purpose=Purpose.CONFIG if _is_config(attachment) else Purpose.PROOF,
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


def _tell(ctx: Context, incoming: Incoming, says: tuple[Say, ...]) -> None:
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


def _is_config(attachment: Attachment) -> bool:
    return (attachment.name or "").lower().endswith((".yaml", ".yml"))


def _with_file_command(incoming: Incoming) -> Incoming:
    """A configuration file that is sent in stands for the command, whatever is written beside it."""
    sent = any(map(_is_config, incoming.attachments))
    return replace(incoming, command="cauhinh", argument="", text=None) if sent else incoming


def _join(ctx: Context, incoming: Incoming) -> tuple[Say, ...]:
    """A stranger at the staff door: only an invitation opens it."""
    code = (incoming.argument or incoming.text or "").strip()
    if incoming.command not in (None, "start") or len(code.split()) > 1:
        # A greeting or a command is no wrong code.
        code = ""
    try:
        officer = join_staff(ctx, incoming.channel, incoming.chat, code, incoming.name or "")
    except Refused as refusal:
        return (Say(Words(refusal.key, refusal.args_for_words)),)
    key = "desk.welcome" if officer.is_active else "desk.welcome_unconfirmed"
    return (Say(Words(key, {"agency": agency_name(ctx, officer.agency), "number": incoming.chat})),)


def _with_last_offer(ctx: Context, officer: Officer, incoming: Incoming, session: DeskSession) -> DeskSession:
    """A number chooses what stands last in the chat, news that came by itself too; an open question goes first."""
    if session.unfinished is not None:
        return session
    last = ctx.tx.outbox.last_sent(incoming.channel, incoming.chat)
    if last is None or not last.key.startswith("push.") or not last.args:
        return session
    return replace(session, offered=_offered((Say.from_json(last.args),), officer.language) or session.offered)


def _offered(says: tuple[Say, ...], language: str) -> tuple[tuple[str, str], ...]:
    texts = load_texts()
    rows = next((say.buttons for say in reversed(says) if say.buttons), ())
    return tuple((b.press, fold(texts.say(b.label, language))) for row in rows for b in row)
