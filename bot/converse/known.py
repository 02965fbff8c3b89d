"""What is remembered of the person who writes, as far as a dialogue needs it; made on first contact."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.contact import hear_from
from bot.casework.context import Context
from bot.dialogue.message import Incoming
from bot.dialogue.session import Known, KnownCase
from storage.arrivals import Standing
from storage.records import Case, CaseStatus, Chat, Citizen, CitizenId, PersonId, Push

OPEN_SHOWN = 20
FROM_DESK = frozenset({"push.talk_answer", "push.talk_answer_file"})
"""Messages of the triage desk in a thread: a reply to one goes there."""


def citizen_behind(ctx: Context, incoming: Incoming) -> tuple[Citizen, Standing]:
    """The person of a chat, and what there may be about them; a new chat is a new person until paired with another."""
    chat, standing = ctx.tx.chats.arriving(incoming.channel, incoming.chat, ctx.now)
    if chat is not None and chat.citizen is not None:
        citizen = ctx.tx.citizens.get(chat.citizen)
        if citizen.erased_at is None:
            hear_from(ctx, chat, standing)
            return citizen, standing
    citizen = Citizen(CitizenId(ctx.tx.new_id()), ctx.now)
    ctx.tx.citizens.add(citizen)
    blank = chat or Chat(incoming.channel, incoming.chat)
    hear_from(ctx, replace(blank, citizen=citizen.id), standing)
    return citizen, standing


def known_of(ctx: Context, citizen: Citizen, incoming: Incoming, standing: Standing) -> Known:
    """The person's consent, identity, open questions, ban, and the case that this message replies to."""
    open_cases: tuple[Case, ...] = ()
    if standing.has_open_cases:
        open_cases = ctx.tx.cases.of_citizen(citizen.id, open_only=True, limit=OPEN_SHOWN)
    questions = tuple(
        (case.code, question.text)
        for case in open_cases
        if case.status is CaseStatus.WAITING_CITIZEN and (question := ctx.tx.questions.open_of(case.id)) is not None
    )
    ban = ctx.tx.bans.active(citizen.id, ctx.now) if standing.is_banned else None
    replied = _replied(ctx, citizen, incoming)
    return Known(
        consented=citizen.consent is not None,
        name=citizen.name,
        phone=citizen.phone,
        home_ward=citizen.home_ward,
        questions=questions,
        open_cases=tuple(KnownCase(c.code, c.category, c.status.value) for c in open_cases),
        banned_until=ban.until_at if ban else None,
        ban_reason=ban.reason if ban else "",
        muted=citizen.muted,
        replied_code=_case_of(ctx, citizen, replied) if replied is not None else None,
        replied_desk=replied is not None and replied.key in FROM_DESK,
    )


def _replied(ctx: Context, citizen: Citizen, incoming: Incoming) -> Push | None:
    """Our message that this one answers."""
    if incoming.reply_to is None:
        return None
    push = ctx.tx.outbox.by_ref(incoming.channel, incoming.chat, incoming.reply_to)
    return push if push is not None and push.person == PersonId(citizen.id) else None


def _case_of(ctx: Context, citizen: Citizen, push: Push) -> str | None:
    case = ctx.tx.cases.get(push.case) if push.case is not None else None
    return str(case.code) if case is not None and case.citizen == citizen.id else None
