"""The words of a row of the outbox, from what is true when it is sent."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.context import Context
from bot.casework.facts import facts_of
from bot.casework.first_words import with_first_words
from bot.casework.notices import JOINED, with_facts
from bot.dialogue.message import Outgoing, Say
from bot.dialogue.texts import Texts
from bot.reports.places import placed
from storage.records import OfficerId, Push

UNSPEAKABLE = (LookupError, TypeError, ValueError, AttributeError)
"""What a missing text, a missing argument or a removed row raises."""


def render(ctx: Context, texts: Texts, push: Push) -> Outgoing | None:
    """The words of an outbox row, from what is true now. None when its person is gone."""
    if not push.args:
        return None
    say = Say.from_json(push.args)
    code = None
    if push.key == JOINED:
        joined = with_facts(ctx, say)
        if joined is None:
            return None
        say = joined
    if push.case is not None:
        case = ctx.tx.cases.get(push.case)
        code = str(case.code)
        facts = {**facts_of(ctx, case), "text": case.masked or case.text}
        say = replace(say, words=replace(say.words, args={**facts, **say.words.args}))
    say = with_first_words(ctx, say)
    edits = None
    if say.slot is not None:
        edits = ctx.tx.outbox.ref_of_slot(push.channel, push.chat, say.slot)
    message = texts.put(say, push.channel, push.chat, _language(ctx, push))
    drawing = placed(ctx, push.channel, push.chat, message.drawing)
    return replace(message, edits=edits, case_code=code, number=push.id, drawing=drawing)


def try_render(ctx: Context, texts: Texts, push: Push) -> Outgoing | None:
    """The same for one row among others: None also for one that cannot be put into words any more."""
    try:
        return render(ctx, texts, push)
    except UNSPEAKABLE:
        return None


def _language(ctx: Context, push: Push) -> str:
    chat = ctx.tx.chats.get(push.channel, push.chat)
    if chat is None:
        return "vi"
    if chat.citizen is not None:
        return ctx.tx.citizens.get(chat.citizen).language
    if chat.officer is not None:
        return ctx.tx.officers.get(OfficerId(chat.officer)).language
    return "vi"
