"""What a conversation wants done, each effect one use case; its result goes back into the conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.casework.add_words import add_words
from bot.casework.appeal import appeal
from bot.casework.citizen_data import (
    correct_data,
    erase_data,
    forget_files,
    give_consent,
    save_identity,
    withdraw_consent,
)
from bot.casework.context import Context, Refused
from bot.casework.facts import category_label, facts_of
from bot.casework.file_case import Complaint, file_case, numbers_to_call
from bot.casework.find_neighbours import find_neighbours
from bot.casework.follow_case import follow_case, unfollow_case
from bot.casework.mute_pushes import mute_pushes
from bot.casework.pair_chats import pair_chats, pairing_code
from bot.casework.rate_case import give_reason, give_words, rate_case
from bot.casework.reopen_case import reopen_case
from bot.casework.second_case import second_case
from bot.casework.show_case import case_list, case_page, explain_case
from bot.casework.show_data import show_data
from bot.casework.talk_to_desk import talk_to_desk
from bot.casework.withdraw_case import withdraw_case
from bot.dialogue.message import Incoming, Say, Words
from bot.dialogue.session import Effect, Result, Session
from bot.dialogue.slots.slot import hotline_lines
from bot.dialogue.texts import load_texts
from storage.records import Case, Citizen, CitizenId, FileId

Act = Callable[[Context, Citizen, Incoming, Mapping[str, Any]], Result | None]


def perform(ctx: Context, citizen: CitizenId, incoming: Incoming, effect: Effect) -> Result | None:
    """Does it. A refusal is a result with its reason; None when the conversation need not hear of it."""
    try:
        return ACTS[effect.do](ctx, ctx.tx.citizens.get(citizen), incoming, effect.args)
    except Refused as refusal:
        return Result(effect.do, ok=False, facts={"key": refusal.key, **refusal.args_for_words})


def _give_consent(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> None:
    give_consent(ctx, citizen, str(args["version"]))


def _save_identity(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> None:
    save_identity(ctx, citizen, args)


def _forget_draft(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> None:
    forget_files(ctx, citizen, [FileId(f) for f in args.get("files", ())])


def _file_case(ctx: Context, citizen: Citizen, incoming: Incoming, args: Mapping[str, Any]) -> Result:
    draft = Session.from_json({"draft": args["draft"]}).draft
    first, *further = file_case(ctx, citizen, Complaint(draft, incoming.channel))
    also = [{"code": case.code, "category": category_label(ctx, case.category)} for case in further]
    # Who was told a number already is not told again.
    numbers = () if draft.hotline_told else numbers_to_call(ctx.config, first)
    call = hotline_lines(ctx.config, numbers)
    return Result("file_case", facts={**facts_of(ctx, first), "further": also, "call": call})


def _find_neighbours(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> Result:
    return Result("find_neighbours", facts={"found": find_neighbours(ctx, citizen, args["category"], args["where"])})


def _follow_case(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> Result:
    case = follow_case(ctx, citizen, _by_code(ctx, args["code"]).id)
    return Result("follow_case", facts={"code": case.code, "n": case.supporters + 1})


def _unfollow_case(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> Result:
    case = unfollow_case(ctx, citizen, _by_code(ctx, args["code"]).id)
    return Result("say", facts={"say": (Say(Words("track.unfollowed", {"code": case.code})),)})


def _rate_case(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> Result:
    rate_case(ctx, citizen, _by_code(ctx, args["code"]).id, args["round"], args["level"])
    return Result("rate_case")


def _give_reason(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> Result:
    give_reason(ctx, citizen, _by_code(ctx, args["code"]).id, args["round"], args["reason"])
    return Result("give_reason")


def _give_words(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> Result:
    give_words(ctx, citizen, _by_code(ctx, args["code"]).id, args["round"], args["words"])
    return Result("give_words")


def _add_words(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> Result:
    case = _by_code(ctx, args["code"])
    was_asked = ctx.tx.questions.open_of(case.id) is not None
    files = tuple(FileId(f) for f in args["files"])
    add_words(ctx, citizen, case.id, args["text"], files)
    told: dict[str, object] = {"key": "answer.answered" if was_asked else "answer.added", "code": case.code}
    if any(ctx.tx.files.get(file).case != case.id for file in files):
        told |= {"key": "answer.added_some", "n": ctx.config.limits.photos_per_case}
    return Result("add_words", facts=told)


def _withdraw_case(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> Result:
    why = load_texts().pattern(f"own.{args['reason']}")
    case = withdraw_case(ctx, citizen, _by_code(ctx, args["code"]).id, why)
    return Result("withdraw_case", facts={"key": "own.withdrawn", "code": case.code})


def _reopen_case(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> Result:
    files = tuple(FileId(f) for f in args["files"])
    case = reopen_case(ctx, citizen, _by_code(ctx, args["code"]).id, args["why"], files)
    return Result("reopen_case", facts={"key": "own.reopened", **facts_of(ctx, case)})


def _second_case(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> Result:
    case = second_case(ctx, citizen, _by_code(ctx, args["code"]).id, bool(args["done"]))
    return Result("say", facts={"say": (Say(Words("push.seen_thanks", {"code": case.code})),)})


def _list_cases(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> Result:
    return Result("say", facts={"say": case_list(ctx, citizen, int(args["page"]))})


def _show_case(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> Result:
    return Result("say", facts={"say": case_page(ctx, citizen, str(args["code"]), str(args.get("digits", "")))})


def _explain_case(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> Result:
    return Result("say", facts={"say": explain_case(ctx, citizen, str(args["code"]))})


def _show_data(ctx: Context, citizen: Citizen, _incoming: Incoming, _args: Mapping[str, Any]) -> Result:
    return Result("say", facts={"say": show_data(ctx, citizen)})


def _correct_data(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> None:
    correct_data(ctx, citizen, args)


def _withdraw_consent(ctx: Context, citizen: Citizen, _incoming: Incoming, _args: Mapping[str, Any]) -> Result:
    number = withdraw_consent(ctx, citizen)
    return Result("withdraw_consent", facts={"key": "privacy.withdrawn", "number": number})


def _erase_data(ctx: Context, citizen: Citizen, _incoming: Incoming, _args: Mapping[str, Any]) -> Result:
    ban = ctx.tx.bans.active(citizen.id, ctx.now)
    number, finish_by = erase_data(ctx, citizen)
    facts: dict[str, object] = {"key": "privacy.erased", "number": number, "finish_by": finish_by}
    if ban is not None:
        facts |= {"key": "privacy.erased_banned", "until": ban.until_at}
    return Result("erase_data", facts=facts)


def _set_language(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> None:
    ctx.tx.citizens.save(replace(citizen, language=str(args["language"])))


def _mute_pushes(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> None:
    mute_pushes(ctx, citizen, str(args["kind"]), bool(args["off"]))


def _talk_to_desk(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> Result:
    words, files = str(args["text"]), tuple(FileId(f) for f in args.get("files", ()))
    told = talk_to_desk(ctx, citizen, words, files)
    key = "talk.nobody" if not told else "talk.told_files" if files else "talk.told"
    return Result("talk_to_desk", facts={"key": key})


def _appeal(ctx: Context, citizen: Citizen, _incoming: Incoming, args: Mapping[str, Any]) -> Result:
    appeal(ctx, citizen, str(args["words"]))
    return Result("appeal", facts={"key": "appeal.told"})


def _pairing_code(ctx: Context, citizen: Citizen, _incoming: Incoming, _args: Mapping[str, Any]) -> Result:
    return Result("pairing_code", facts={"key": "pair.told", "pairing": pairing_code(ctx, citizen)})


def _pair_chats(ctx: Context, citizen: Citizen, incoming: Incoming, args: Mapping[str, Any]) -> Result:
    one = pair_chats(ctx, citizen, str(args["code"]))
    n = len(ctx.tx.cases.of_citizen(one.id, limit=1000))
    return Result("pair_chats", facts={"key": "pair.done", "n": n})


def _by_code(ctx: Context, code: str) -> Case:
    case = ctx.tx.cases.by_code(code)
    if case is None:
        raise Refused("answer.unknown")
    return case


ACTS: Mapping[str, Act] = {
    "give_consent": _give_consent,
    "save_identity": _save_identity,
    "forget_draft": _forget_draft,
    "file_case": _file_case,
    "find_neighbours": _find_neighbours,
    "follow_case": _follow_case,
    "unfollow_case": _unfollow_case,
    "rate_case": _rate_case,
    "give_reason": _give_reason,
    "give_words": _give_words,
    "add_words": _add_words,
    "withdraw_case": _withdraw_case,
    "reopen_case": _reopen_case,
    "second_case": _second_case,
    "list_cases": _list_cases,
    "show_case": _show_case,
    "explain_case": _explain_case,
    "show_data": _show_data,
    "correct_data": _correct_data,
    "withdraw_consent": _withdraw_consent,
    "erase_data": _erase_data,
    "set_language": _set_language,
    "mute_pushes": _mute_pushes,
    "talk_to_desk": _talk_to_desk,
    "appeal": _appeal,
    "pairing_code": _pairing_code,
    "pair_chats": _pair_chats,
}
