"""One turn of the desk: a command done, asked about, set aside or refused, and what the chat then remembers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.casework.approve_move import awaited
from bot.casework.context import Context, Refused
from bot.casework.facts import agency_name, holder
from bot.casework.lifecycle import no_such_move
from bot.casework.permissions import may_see, may_work_on
from bot.desk import wishes
from bot.desk.act import Act, Ask, Tools
from bot.desk.aside import Said, dropped, given_up, kept_aside, resume_buttons
from bot.desk.cards import buttons
from bot.desk.commands import ABOUT_PEOPLE, CASELESS, COMMANDS, LOOKING, STARTS_NOTHING
from bot.desk.handling import ANSWERABLE
from bot.desk.meaning import LOOSE, TAKES_FILES, TAKES_NO_LOOSE, meaning
from bot.desk.session import DeskSession, Unfinished
from bot.dialogue.message import Incoming, Say, Words
from bot.dialogue.session import Result
from storage.records import Case, File, FileId, FileStatus, Officer, Purpose

THREAD_KEYS = frozenset({"push.talk", "push.talk_file"})
"""Messages that came from a citizen's thread."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a member of staff, inside its transaction."""

    ctx: Context
    officer: Officer
    incoming: Incoming
    tools: Tools = field(default_factory=Tools)

    def hear(self, session: DeskSession, files: tuple[FileId, ...]) -> Said:
        """What the message means is done; `files` came with it."""
        replied = _replied(self.ctx, self.incoming)
        meant = meaning(_in_thread(self.ctx, self.incoming), session, replied, files)
        todo = self._as_answer(meant.todo, replied)
        match todo.command:
            case "huy":
                return dropped(session, todo.code)
            case "tiep":
                return self._resume(session, todo.code)
            case "giaitrinh":
                return (Say(Words("desk.override_nothing")),), session
            case "silent":
                return (Say(Words("report.what_unsupported")),), session
            case wishes.HELLO | wishes.THANKS | wishes.NOTHING_ASKED:
                return (Say(Words(f"desk.{todo.command}")),), session
            case "old":
                return (Say(Words("button.old")),), session
        if todo.command in TAKES_FILES - TAKES_NO_LOOSE:
            session = session.without_loose()
        elif files and todo.command not in TAKES_FILES:
            session = session.with_loose(session.loose_words, (*session.loose_files, *files), self.ctx.now)
        before = session
        session = session.going_on(meant.begun) if meant.begun is not None else session.interrupted()
        says, session, is_done = self._run(session, todo)
        if session.set_aside and is_done:
            gone = tuple(each for each in session.set_aside if not self._may_go_on(each))
            says = (*says, *map(given_up, gone))
            session = replace(session, set_aside=tuple(each for each in session.set_aside if each not in gone))
        if session.set_aside and is_done and todo.command not in STARTS_NOTHING:
            again, session = self._resume(session, "")
            return (*says, *again), session
        if session.set_aside and session.set_aside[-1] not in before.set_aside:
            says = (kept_aside(session.set_aside[-1]), *says)
        return says, session

    def hear_file(self, session: DeskSession, file: File, result: Result) -> Said:
        """A file has arrived or was refused: the answer that waits for it goes on by itself."""
        waiting = next((each for each in session.begun if each.waits and file.id in each.files), None)
        told: tuple[Say, ...] = ()
        if not result.ok:
            why = Words(str(result.facts.get("key")))
            if file.purpose is Purpose.CONFIG:
                unfinished = None if waiting == session.unfinished else session.unfinished
                said = Say(Words("config.faulty", {"n": 1, "faults": (why,)}))
                return (said,), replace(session, unfinished=unfinished).without_file(file.id)
            told = (Say(Words("desk.file_refused", {"why": why})),)
            session = session.without_file(file.id)
            waiting = waiting.without_file(file.id) if waiting is not None else None
        if waiting is None or any(self.ctx.tx.files.get(f).status is FileStatus.WAITING for f in waiting.files):
            return told, session
        if waiting != session.unfinished:
            if session.unfinished is not None:
                is_config = waiting.command == "cauhinh"
                words = Words("config.file_arrived") if is_config else Words("desk.proof_ready", {"code": waiting.code})
                return (*told, Say(words, resume_buttons(waiting))), session
            session = session.going_on(waiting)
        says, session, _ = self._run(session, waiting)
        return (*told, *says), session

    def _may_go_on(self, unfinished: Unfinished) -> bool:
        """Whether the case of a command that was set aside is still this officer's to see: it may have moved on."""
        case = self.ctx.case_of(unfinished.code) if unfinished.code else None
        return case is None or may_see(self.ctx, self.officer, case)

    def _resume(self, session: DeskSession, code: str) -> Said:
        """Asks the question of a command that was set aside again; or goes on with it."""
        session = session.resumed(code)
        if session.unfinished is None:
            return (Say(Words("desk.nothing_to_resume")),), session
        says, session, _ = self._run(session, session.unfinished)
        return says, session

    def _run(self, session: DeskSession, todo: Unfinished) -> tuple[tuple[Say, ...], DeskSession, bool]:
        """Does it, asks for what is missing, or says why not; and whether it is over with."""
        command, ctx = COMMANDS.get(todo.command), self.ctx
        if command is None:
            return (Say(Words("command.unknown")),), session, True
        case: Case | None = None
        try:
            case = None if todo.command in CASELESS else _case(ctx, todo.code or _meant_last(session, todo.command))
            act = Act(ctx, self.officer, self.incoming, todo.words, case, todo.files, todo.memo, self.tools)
            session = replace(session, focus=str(case.code) if case else session.focus)
            says = command(act)
        except Refused as refusal:
            ctx.tx.audit.add(self.officer.actor, refusal.key, ctx.now, {"said": todo.command})
            is_lost = bool(todo.files) and todo.command != "cauhinh"
            lost = session.with_loose(todo.words, todo.files, ctx.now) if is_lost else session
            return (self._refusal(refusal, case),), replace(lost, unfinished=None), True
        except Ask as question:
            kept = _asked(todo, question, case)
            return (_coded(question.say, kept.code),), replace(session, unfinished=kept), False
        if todo.command == LOOSE:
            session = session.with_loose(todo.words, todo.files, ctx.now)
        elif case is not None:
            session = replace(session, focus=_followed(ctx, case))
            session = session if todo.command in LOOKING else replace(session, stepped=str(case.code))
        return says, replace(session, unfinished=None), True

    def _as_answer(self, todo: Unfinished, replied: str) -> Unfinished:
        """Words or pictures in reply to a case that waits for its answer are that answer."""
        case = self.ctx.case_of(replied) if todo.command == LOOSE and replied and replied == todo.code else None
        if case is None or case.status not in ANSWERABLE or not may_work_on(self.officer, case):
            return todo
        return replace(todo, command="xong")

    def _refusal(self, refusal: Refused, case: Case | None) -> Say:
        """Why not, and what can be done with the case instead."""
        ctx = self.ctx
        args = dict(refusal.args_for_words)
        if "was" in args:
            args["was"] = Words(f"status.{args['was']}")
        current = ctx.tx.cases.get(case.id) if case is not None else None
        if refusal.key == "refused.not_yours" and current is not None:
            # Whoever may not even see the case was told that it is unknown.
            holding = holder(ctx, ctx.case_of(str(args["code"])) or current)
            if holding == self.officer.agency:
                return self._refusal(no_such_move(current, current.status), case)
            args["agency"] = agency_name(ctx, holding)
        words = Words(refusal.key, args)
        if refusal.key != "refused.move" or current is None or not may_see(ctx, self.officer, current):
            return Say(words)
        return Say(words, buttons(ctx, self.officer, current, awaited(ctx, ctx.tx.events.of(current.id))))


def _meant_last(session: DeskSession, command: str) -> str:
    """The code of the case that is meant when none is named."""
    if command == "hoantac":
        return session.stepped or session.focus
    return "" if command in ABOUT_PEOPLE else session.focus


def _case(ctx: Context, code: str) -> Case | None:
    """The case of a code. Raises Refused for one that is not known."""
    if not code:
        return None
    case = ctx.case_of(code)
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
    return str(ctx.tx.cases.get(push.case).code) if push is not None and push.case is not None else ""


def _in_thread(ctx: Context, incoming: Incoming) -> Incoming:
    """Words and files in reply to a message of a citizen's thread are the answer to it."""
    if not incoming.reply_to or incoming.command or incoming.press:
        return incoming
    push = ctx.tx.outbox.by_ref(incoming.channel, incoming.chat, incoming.reply_to)
    thread = push.args.get("words", {}).get("args", {}).get("thread") if push and push.key in THREAD_KEYS else None
    if not thread:
        return incoming
    return replace(incoming, command="dap", argument=f"{thread} {incoming.text or ''}".strip(), text=None)


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
