"""A citizen asks what is held about them: told in a few words, and handed over whole as a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.casework.citizen_data import note_request
from bot.casework.context import Context
from bot.casework.facts import ward_label
from bot.dialogue.message import Say, Words
from storage.records import Case, Citizen, DataRequest, FileStatus

SHOWN_REQUESTS = 5


def show_data(ctx: Context, citizen: Citizen) -> tuple[Say, ...]:
    """What is held about a person, in words and as JSON."""
    note_request(ctx, citizen, "export", is_done=True)
    cases = ctx.tx.cases.of_citizen(citizen.id, limit=1000)
    requests = ctx.tx.requests.of(citizen.id)
    words = Words(
        "privacy.held",
        {
            "name": citizen.name or "–",
            "phone": citizen.phone or "–",
            "home": ward_label(ctx, citizen.home_ward) if citizen.home_ward else "–",
            "consent_at": citizen.consent_at or "–",
            "n": len(cases),
            "requests": tuple(map(_request_line, requests[-SHOWN_REQUESTS:])),
        },
    )
    held = {**_of_person(ctx, citizen, requests), "cases": [_of_case(ctx, case) for case in cases]}
    text = json.dumps(held, ensure_ascii=False, indent=2, default=datetime.isoformat)
    return (Say(words, document=("du-lieu-cua-toi.json", text)),)


def _of_person(ctx: Context, citizen: Citizen, requests: Sequence[DataRequest]) -> dict[str, Any]:
    tx = ctx.tx
    return {
        "name": citizen.name,
        "phone": citizen.phone,
        "home_ward": citizen.home_ward,
        "consent": citizen.consent,
        "consent_at": citizen.consent_at,
        "language": citizen.language,
        "muted": citizen.muted,
        "consents": tx.consents.of(citizen.id),
        "follows": [tx.cases.get(case).code for case in tx.followers.of_citizen(citizen.id)],
        "chats": [f"{chat.channel}:{chat.chat}" for chat in tx.chats.of_citizen(citizen.id)],
        "restrictions": [
            _fields(ban, "from_at", "until_at", "reason", "appeal", "lifted_at") for ban in tx.bans.of(citizen.id)
        ],
        "files_of_no_case": sum(
            file.case is None and file.status is not FileStatus.REFUSED for file in tx.files.of_person(citizen.id)
        ),
        "requests": [_fields(r, "number", "kind", "asked_at", "finish_by", "finished_at") for r in requests],
    }


def _of_case(ctx: Context, case: Case) -> dict[str, Any]:
    return {
        **_fields(case, "code", "filed_at", "status", "category", "text"),
        "place": case.place_words,
        "point": [case.point.lat, case.point.lon] if case.point else None,
        "for": case.on_behalf,
        "answers": case.answers,
        "files": len(ctx.tx.files.of_case(case.id)),
    }


def _fields(record: object, *names: str) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def _request_line(request: DataRequest) -> Words:
    kind = Words(f"request.{request.kind}")
    if request.finished_at is not None:
        return Words("request.done", {"number": request.number, "kind": kind, "at": request.finished_at})
    return Words("request.open", {"number": request.number, "kind": kind, "finish_by": request.finish_by})
