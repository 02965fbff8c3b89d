"""A citizen adds to a case: the answer to an open question, or more words and photos."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.context import Context, Refused
from bot.casework.facts import words_for_office
from bot.casework.flag_pictures import flag_pictures
from bot.casework.lifecycle import move, remark
from bot.casework.notify import case_say, desk_button, tell_office
from bot.casework.permissions import ensure_own
from storage.records import Case, CaseId, CaseStatus, Citizen, FileId, FileStatus, Purpose


def add_words(ctx: Context, citizen: Citizen, case_id: CaseId, text: str, files: tuple[FileId, ...] = ()) -> Case:
    """Puts words and pictures into a case of one's own; an open question is thereby answered. Raises Refused.

    Pictures beyond the limit are left out; the words are kept all the same.
    """
    case = ctx.tx.cases.lock(case_id)
    ensure_own(citizen, case)
    if case.status.is_final:
        raise Refused("refused.final", code=case.code)
    fitting = files[: room_for_files(ctx, case)]
    if files and not fitting and not text.strip():
        raise Refused("photos.too_many", n=ctx.config.limits.photos_per_case)
    files = fitting
    question = ctx.tx.questions.open_of(case.id)
    if question is not None and case.status is CaseStatus.WAITING_CITIZEN:
        changed = move(ctx, case, CaseStatus.ACCEPTED, "answered", citizen.actor, text, {"files": list(files)})
        ctx.tx.questions.save(replace(question, answer=text, answered_at=ctx.now))
        key = "push.answered"
    else:
        changed = remark(ctx, case, "added", citizen.actor, text, {"files": list(files)})
        key = "push.added"
    for file in files:
        ctx.tx.files.save(replace(ctx.tx.files.get(file), case=case.id, purpose=Purpose.ANSWER, round=case.round))
    changed = flag_pictures(ctx, changed)
    button = (desk_button(case, "open"),)
    if not text.strip():
        key += "_files"
    tell_office(ctx, changed, case_say(key, button, words=words_for_office(changed, text), photos=len(files)))
    return changed


def room_for_files(ctx: Context, case: Case) -> int:
    """How many more pictures and recordings of the citizen a case takes."""
    sent = [f for f in ctx.tx.files.of_case(case.id) if f.purpose in (Purpose.COMPLAINT, Purpose.ANSWER)]
    return max(0, ctx.config.limits.photos_per_case - sum(1 for f in sent if f.status is not FileStatus.REFUSED))
