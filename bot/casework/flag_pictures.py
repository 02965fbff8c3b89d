"""What a picture tells beside what it shows: hints for officer and reviewer, each with its reason, never a refusal."""

from __future__ import annotations

from datetime import timedelta

from bot.casework.context import Context
from bot.casework.distance import distance_m
from bot.casework.lifecycle import remark
from storage.records import SYSTEM, Case, CaseId, File, FileKind, FileStatus, Purpose

ALIKE_BITS = 6
"""Of 64 bits of the difference hash: re-encoded or slightly cropped copies stay below, other scenes differ more."""
ELSEWHERE_M = 1_000.0
"""A phone's position may be off by some hundred metres in a narrow street; a kilometre is another place."""
OLD = timedelta(days=7)
FROM_CITIZEN = frozenset({Purpose.COMPLAINT, Purpose.ANSWER})


def flag_pictures(ctx: Context, case: Case) -> Case:
    """Looks at the pictures of a case that have arrived; a new hint is noted in its history, once."""
    found: dict[str, list[str]] = {}
    for file in ctx.tx.files.of_case(case.id):
        for flag in _flags(ctx, case, file):
            found.setdefault(flag, []).append(file.id)
    fresh = [flag for flag in found if flag not in case.flags]
    if not fresh:
        return case
    facts = {"flags": fresh, "files": sorted({file for flag in fresh for file in found[flag]})}
    return remark(ctx, case, "flagged", SYSTEM, facts=facts, flags=(*case.flags, *fresh))


def flag_arrived(ctx: Context, file: File) -> None:
    """The bytes of a picture have come: if it belongs to a case already, that case is looked at."""
    if file.case is not None and file.status is FileStatus.READY and file.purpose in FROM_CITIZEN:
        case = ctx.tx.cases.lock(file.case)
        if not case.status.is_final:
            flag_pictures(ctx, case)


def hints_of_answer(ctx: Context, case: Case) -> tuple[str, ...]:
    """What the pictures of this round's answer tell against it: shown before, or older than the complaint."""
    proof = ctx.tx.files.of_case(case.id, Purpose.PROOF)
    pictures = [f for f in proof if f.round == case.round and f.kind is FileKind.PHOTO and f.status is FileStatus.READY]
    hints = {
        "reused_proof": any(_is_shown_before(ctx, case, file) for file in pictures),
        "early_proof": any(file.taken_at is not None and file.taken_at < case.filed_at for file in pictures),
    }
    return tuple(hint for hint, is_so in hints.items() if is_so)


def _is_shown_before(ctx: Context, case: Case, file: File) -> bool:
    """The complaint, an earlier answer or another matter shows the same picture; its linked and main case may."""
    alike = ctx.tx.files.near_phash(file.phash, ALIKE_BITS) if file.phash is not None else ()
    return any(
        other.id != file.id
        and other.created_at <= file.created_at
        and other.case not in (case.linked_case, case.main_case)
        and not (other.case == case.id and other.purpose is Purpose.PROOF and other.round == case.round)
        for other in alike
    )


def _flags(ctx: Context, case: Case, file: File) -> list[str]:
    if file.kind is not FileKind.PHOTO or file.purpose not in FROM_CITIZEN:
        return []
    flags = ["forwarded_photo"] if file.forwarded else []
    if file.status is not FileStatus.READY:
        return flags
    if file.phash is not None and _is_used_elsewhere(ctx, case, file):
        flags.append("reused_photo")
    if file.point is not None and case.point is not None and distance_m(file.point, case.point) > ELSEWHERE_M:
        flags.append("photo_elsewhere")
    if file.taken_at is not None and file.created_at - file.taken_at > OLD:
        flags.append("photo_old")
    return flags


def _is_used_elsewhere(ctx: Context, case: Case, file: File) -> bool:
    """An earlier case shows the same picture; its sibling from the same message and the main case may."""
    allowed: set[CaseId | None] = {case.id, case.linked_case, case.main_case}
    alike = ctx.tx.files.near_phash(file.phash or "", ALIKE_BITS, but_not=case.id)
    return any(
        other.case not in allowed and other.purpose in FROM_CITIZEN and other.created_at <= file.created_at
        for other in alike
    )
