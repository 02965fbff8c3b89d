"""What is remembered of the person who writes, as far as a dialogue needs it; made on first contact."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.contact import hear_from
from bot.casework.context import Context
from bot.dialogue.message import Incoming
from bot.dialogue.session import Known, KnownCase
from storage.records import CaseStatus, Chat, Citizen, CitizenId, PersonId

OPEN_SHOWN = 20


def citizen_behind(ctx: Context, incoming: Incoming) -> Citizen:
    """The person of a chat; a new chat is a new person until paired with another."""
    chat = ctx.tx.chats.get(incoming.channel, incoming.chat)
    if chat is not None and chat.citizen is not None:
        citizen = ctx.tx.citizens.get(chat.citizen)
        if citizen.erased_at is None:
            hear_from(ctx, chat)
            return citizen
    citizen = Citizen(CitizenId(ctx.tx.new_id()), ctx.now)
    ctx.tx.citizens.add(citizen)
    blank = chat or Chat(incoming.channel, incoming.chat)
    hear_from(ctx, replace(blank, citizen=citizen.id))
    return citizen


def known_of(ctx: Context, citizen: Citizen, incoming: Incoming) -> Known:
    """The person's consent, identity, open questions, ban, and the case that this message replies to."""
    open_cases = ctx.tx.cases.of_citizen(citizen.id, open_only=True, limit=OPEN_SHOWN, offset=0)
    questions = tuple(
        (case.code, question.text)
        for case in open_cases
        if case.status is CaseStatus.WAITING_CITIZEN and (question := ctx.tx.questions.open_of(case.id)) is not None
    )
    ban = ctx.tx.bans.active(citizen.id, ctx.now)
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
        replied_code=_replied_case(ctx, citizen, incoming),
    )


def _replied_case(ctx: Context, citizen: Citizen, incoming: Incoming) -> str | None:
    if incoming.reply_to is None:
        return None
    push = ctx.tx.outbox.by_ref(incoming.channel, incoming.chat, incoming.reply_to)
    if push is None or push.case is None or push.person != PersonId(citizen.id):
        return None
    case = ctx.tx.cases.get(push.case)
    return str(case.code) if case.citizen == citizen.id else None
