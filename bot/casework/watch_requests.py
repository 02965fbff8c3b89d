"""The statutory clocks of requests about one's own data: what is left lying is told to the triage desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.casework.context import Context
from bot.casework.notify import best_chat
from bot.dialogue.message import Say, Words
from storage.outbox import NewPush
from storage.records import DataRequest, FileStatus, PersonId, Priority

WARNED_BEFORE = timedelta(days=3)
DRAFT_LIVES = timedelta(days=14)
"""How long pictures of a draft that was never filed are kept."""


def watch_requests(ctx: Context, limit: int) -> int:
    """Finishes erasures whose last picture is gone, and warns of requests near or past their dates."""
    acted = 0
    for request in ctx.tx.requests.open(limit):
        if request.kind == "erase" and not ctx.tx.files.condemned_of(PersonId(request.citizen)):
            ctx.tx.requests.save(replace(request, finished_at=ctx.now))
            acted += 1
        elif (step := _step(ctx, request)) is not None:
            acted += _warn(ctx, request, step)
    return acted


def _step(ctx: Context, request: DataRequest) -> str | None:
    if request.finish_by <= ctx.now:
        return "late"
    if request.acknowledged_at is None and request.acknowledge_by <= ctx.now:
        return "unacknowledged"
    return "soon" if request.finish_by - WARNED_BEFORE <= ctx.now else None


def _warn(ctx: Context, request: DataRequest, step: str) -> int:
    """Tells the triage desk; how many were told for the first time."""
    args = {"number": request.number, "kind": Words(f"request.{request.kind}"), "finish_by": request.finish_by}
    say = Say(Words(f"push.request_{step}", args))
    told = 0
    for officer in ctx.tx.officers.of_agency(ctx.triage):
        chat = best_chat(ctx.tx.chats.of_officer(officer.id))
        if chat is None:
            continue
        push = NewPush(
            channel=chat.channel,
            chat=chat.chat,
            person=PersonId(officer.id),
            key=say.words.key,
            args=say.to_json(),
            priority=Priority.STATUS,
            created_at=ctx.now,
            dedupe=f"request:{request.number}:{step}:{officer.id}",
        )
        told += ctx.tx.outbox.add(push) is not None
    return told


def forget_drafts(ctx: Context, limit: int) -> int:
    """Gives up pictures that no case took within two weeks; their bytes are deleted afterwards."""
    old = ctx.tx.files.abandoned(ctx.now - DRAFT_LIVES, limit)
    for file in old:
        ctx.tx.files.save(replace(file, status=FileStatus.REFUSED, refused="forgotten", retry_at=None))
    return len(old)
