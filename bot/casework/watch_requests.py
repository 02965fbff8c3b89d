"""The statutory clocks of requests about one's own data: what is left lying is told to the triage desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.casework.context import Context
from bot.casework.notify import plain_say, tell_plainly
from bot.dialogue.message import Words
from storage.records import DataRequest, FileStatus, PersonId

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
    if request.finish_by - WARNED_BEFORE <= ctx.now:
        return "soon"
    return "unacknowledged" if request.acknowledged_at is None and request.acknowledge_by <= ctx.now else None


def _warn(ctx: Context, request: DataRequest, step: str) -> int:
    """Tells the triage desk; how many were told for the first time."""
    args = {"number": request.number, "kind": Words(f"request.{request.kind}"), "finish_by": request.finish_by}
    say = plain_say(f"push.request_{step}", **args)
    return tell_plainly(ctx, ctx.tx.officers.of_agency(ctx.triage), say, f"{request.number}")


def forget_drafts(ctx: Context, limit: int) -> int:
    """Gives up pictures that no case took within two weeks; their bytes are deleted afterwards."""
    old = ctx.tx.files.abandoned(ctx.now - DRAFT_LIVES, limit)
    for file in old:
        ctx.tx.files.save(replace(file, status=FileStatus.REFUSED, refused="forgotten", retry_at=None))
    return len(old)
