"""What time brings to be told: several notices due to one chat become one message, whichever sweeps they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.casework.context import Context
from bot.casework.facts import facts_of
from bot.casework.pushes import push_of
from bot.dialogue.message import Button, Say, Words, in_pairs, raw
from storage.outbox import NewPush
from storage.records import Case, CaseId, PersonId, Push

NOTICE = "notice:"
"""How the dedupe keys of notices begin: while one waits, a later one of its chat takes it along."""
JOINED = "push.joined"
SHOWN = 10
FOR_STAFF = frozenset(
    {"reminder", "overdue_office", "overdue_parent", "overdue_city", "silence"}
    | {"promise_due", "promise_missed_office", "remedy_missed"}
)
"""Notices that members of staff get; all others are for citizens."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One notice in a joined message: which text, and of which case; the words are put in when it is sent."""

    key: str
    case: CaseId
    code: str


@dataclass(frozen=True, slots=True)
class _Told:
    """What one chat is to be told."""

    push: NewPush
    """The message if it stays alone; else the envelope of the joined one."""
    lines: tuple[_Line, ...]
    total: int = 1
    """Notices in all; of many only `SHOWN` have a line."""

    def and_then(self, other: _Told) -> _Told:
        """This one and a later one as one message, no sooner than either may go."""
        first, second = self.push, other.push
        digest = hashlib.sha256(f"{first.dedupe}|{second.dedupe}".encode()).hexdigest()
        push = replace(
            first,
            created_at=second.created_at,
            priority=min(first.priority, second.priority, key=lambda each: each.order),
            dedupe=f"{NOTICE}joined:{digest}",
            not_before=max((p.not_before for p in (first, second) if p.not_before), default=None),
        )
        return _Told(push, (*self.lines, *other.lines)[:SHOWN], self.total + other.total)


class Notices:
    """What a sweep has to tell, gathered by chat. Danger is told on its own, at once, and never put here."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str, str | None], list[_Told]] = {}

    def add(self, push: NewPush, case: Case) -> None:
        told = self._told.setdefault(_chat_of(push), [])
        push = replace(push, dedupe=f"{NOTICE}{push.dedupe}")
        if all(earlier.push.dedupe != push.dedupe for earlier in told):
            told.append(_Told(push, (_Line(push.key.removeprefix("push."), case.id, str(case.code)),)))

    def send(self, ctx: Context) -> None:
        """Writes them into the outbox; what waits there since an earlier sweep goes along."""
        if not self._told:
            return
        for earlier in self._take_along(ctx):
            self._told[_chat_of(earlier.push)].insert(0, earlier)
        for told in self._told.values():
            ctx.tx.outbox.put(_one(told))
        self._told.clear()

    def _take_along(self, ctx: Context) -> list[_Told]:
        """What waits for the same chats is taken out of the outbox; the newest first."""
        persons = {PersonId(person) for _, _, person in self._told if person is not None}
        waiting = [p for p in ctx.tx.outbox.waiting_with(NOTICE, persons, ctx.now) if _chat_of(p) in self._told]
        if not waiting:
            return []
        taken = ctx.tx.outbox.withdraw([push.id for push in waiting])
        lines = {push.id: _lines_of(push) for push in waiting if push.id in taken}
        codes = ctx.tx.cases.codes_of({case for told in lines.values() for _, case in told})
        return [_told_of(push, lines[push.id], codes) for push in waiting if push.id in taken]


def _chat_of(push: NewPush | Push) -> tuple[str, str, str | None]:
    return push.channel, push.chat, push.person


def _one(told: list[_Told]) -> NewPush:
    whole = told[0]
    for later in told[1:]:
        whole = whole.and_then(later)
    if whole.total == 1:
        return whole.push
    lines = [Words(f"joined.{line.key}", {"case": line.case}) for line in whole.lines]
    is_staff = any(line.key in FOR_STAFF for line in whole.lines)
    codes = dict.fromkeys(line.code for line in whole.lines)
    rows = in_pairs(Button(f"{'open' if is_staff else 'case'}:{code}", raw(code)) for code in codes)
    say = Say(Words(JOINED, {"n": whole.total, "lines": tuple(lines)}), rows)
    push = whole.push
    where = (push.channel, push.chat, push.person, push.priority, push.created_at)
    return push_of(say, *where, dedupe=push.dedupe, not_before=push.not_before)


def _told_of(push: Push, lines: Sequence[tuple[str, CaseId]], codes: Mapping[CaseId, str]) -> _Told:
    """A waiting row read back; `lines`: its keys and cases."""
    new = NewPush(
        channel=push.channel,
        chat=push.chat,
        person=PersonId(push.person) if push.person is not None else None,
        key=push.key,
        args=push.args,
        priority=push.priority,
        created_at=push.created_at,
        case=push.case,
        event=push.event,
        dedupe=push.dedupe,
        not_before=push.not_before,
    )
    total = 1 if push.case is not None else int(push.args["words"]["args"]["n"])
    return _Told(new, tuple(_Line(key, case, codes[case]) for key, case in lines), total)


def _lines_of(push: Push) -> list[tuple[str, CaseId]]:
    """Which notice of which case each line of a waiting row is."""
    if push.case is not None:
        return [(push.key.removeprefix("push."), push.case)]
    lines: Iterable[Words] = Words.from_json(push.args["words"]).args["lines"]
    return [(words.key.removeprefix("joined."), CaseId(words.args["case"])) for words in lines]


def with_facts(ctx: Context, say: Say) -> Say | None:
    """A joined message with what is true of its cases now; of somebody erased nothing is told. None: nothing is left.

    A joined message holds no words of any case, only which cases they are: there is nothing in it to forget.
    """
    told: list[Words] = []
    for words in say.words.args["lines"]:
        case = ctx.tx.cases.get(CaseId(words.args["case"]))
        if ctx.tx.citizens.get(case.citizen).erased_at is None:
            told.append(replace(words, args=facts_of(ctx, case)))
    total = int(say.words.args["n"])
    more = total - len(say.words.args["lines"])
    if not told:
        return None
    lines = (*told, Words("joined.more", {"n": more})) if more else tuple(told)
    return replace(say, words=replace(say.words, args={"n": len(told) + more, "lines": lines}))
