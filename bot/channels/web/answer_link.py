"""The page behind an answer link: a firm without an account reads the masked case and answers it once, with photos."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from http import HTTPStatus

from aiohttp import BodyPartReader, web

from bot.casework.answer_externally import KIND, answer_externally, linked_case, token_hash
from bot.casework.context import Context, Refused
from bot.casework.facts import facts_of, masked_words, ward_name
from bot.channels.web import pages
from bot.channels.web.house import House, house_of
from bot.channels.web.uploads import MAX_BYTES, NoRoom, TooBig, UnknownKind, Upload
from bot.dialogue.texts import when
from storage.records import Case, File, FileId, OfficerId, PersonId, Purpose
from storage.store import Transaction

CHANNEL = "link"
"""Where the files of such an answer come from; nobody is told anything there."""
MOST_FILES = 5
MOST_BYTES = MOST_FILES * MAX_BYTES
"""Counted for a form that does not say how long it is."""
LONGEST = 4000
POLICY = pages.POLICY.replace("form-action 'none'", "form-action 'self'")


async def show_link(request: web.Request) -> web.Response:
    """The case and the form; 410 once the link is used, too old, or the case needs no answer any more."""
    house = house_of(request)
    house.guard.spend("link", house.guard.address(request))
    return await _page(house, request.match_info["token"])


async def take_answer(request: web.Request) -> web.Response:
    """Name, words and photos; the office that gave the link is told, and decides what becomes of it."""
    house = house_of(request)
    house.guard.spend("link", house.guard.address(request))
    token = request.match_info["token"]
    try:
        await house.store.read(lambda tx: linked_case(_context(house, tx), token))
        house.guard.spend("upload_bytes", house.guard.address(request), request.content_length or MOST_BYTES)
        said, uploads = await _form(house, request, token)
    except Refused:
        return await _page(house, token)
    except (TooBig, UnknownKind, NoRoom, ValueError):
        return await _page(house, token, "link_file", HTTPStatus.BAD_REQUEST)
    if not said.get("text", "").strip():
        return await _page(house, token, "link_empty", HTTPStatus.BAD_REQUEST)
    try:
        await house.store.write(_answer(house, token, said, uploads))
    except Refused:
        return await _page(house, token)
    house.wake()
    return _shown(house, "link_thanks")


def _answer(house: House, token: str, said: dict[str, str], uploads: list[Upload]) -> Callable[[Transaction], Case]:
    now = house.clock()

    def work(tx: Transaction) -> Case:
        ctx = Context(tx, house.config(), now)
        linked_case(ctx, token)
        files = tuple(_file(ctx, token, upload) for upload in uploads)
        return answer_externally(ctx, token, said.get("who", "")[:80], said["text"][:LONGEST], files)

    return work


def _file(ctx: Context, token: str, upload: Upload) -> FileId:
    found = ctx.tx.links.get(token_hash(token), KIND, ctx.now)
    assert found is not None
    file = File(
        id=FileId(ctx.tx.new_id()),
        kind=upload.kind,
        purpose=Purpose.PROOF,
        person=PersonId(OfficerId(found[1])),
        channel=CHANNEL,
        chat=token_hash(token)[:16],
        created_at=ctx.now,
        ref=upload.ref,
        retry_at=ctx.now,
        mime=upload.mime,
    )
    ctx.tx.files.add(file)
    return file.id


async def _form(house: House, request: web.Request, token: str) -> tuple[dict[str, str], list[Upload]]:
    """The fields, and the files as they arrive. Raises TooBig, UnknownKind, NoRoom."""
    if request.content_type != "multipart/form-data":
        # A browser sends the form so only when it has no files; anything else has no fields.
        return {name: str(value) for name, value in (await request.post()).items()}, []
    said: dict[str, str] = {}
    uploads: list[Upload] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.filename:
            if len(uploads) == MOST_FILES:
                raise TooBig
            uploads.append(await house.uploads.take(f"{CHANNEL}:{token_hash(token)}", _chunks(part)))
        elif part.name in ("who", "text"):
            said[part.name] = (await _start(part, LONGEST * 4)).decode("utf-8", "replace")
    return said, uploads


async def _start(part: BodyPartReader, size: int) -> bytes:
    """The first bytes of a field; a longer one is read to its end and cut."""
    content = b""
    async for chunk in _chunks(part):
        content += chunk[: size - len(content)]
    return content


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(64 * 1024):
        yield chunk


async def _page(house: House, token: str, fault: str = "", status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    def look(tx: Transaction) -> dict[str, str]:
        ctx = _context(house, tx)
        return _facts(house, ctx, linked_case(ctx, token))

    try:
        facts = await house.store.read(look)
    except Refused:
        return _shown(house, "link_expired", status=HTTPStatus.GONE)
    return _shown(house, fault, facts, status)


def _facts(house: House, ctx: Context, case: Case) -> dict[str, str]:
    """What a firm must know to go there and do it; nothing of who complained."""
    facts = facts_of(ctx, case)
    place = " – ".join(part for part in (masked_words(case.place_words or ""), ward_name(ctx, case)) if part)
    return {
        "code": str(case.code),
        "category": house.texts.say(facts["category"]),
        "place": place,
        "due": when(case.due_at) if case.due_at else "",
        "agency": str(facts["unit"]),
        "text": case.masked,
    }


def _shown(
    house: House, notice: str, facts: dict[str, str] | None = None, status: HTTPStatus = HTTPStatus.OK
) -> web.Response:
    blank = dict.fromkeys(("code", "category", "place", "due", "agency", "text"), "")
    notice_words = house.texts.pattern(f"page.{notice}") if notice else ""
    shown = {**blank, **(facts or {}), "notice": notice_words}
    hidden = {"form_hidden": "" if facts else "hidden", "notice_hidden": "" if notice else "hidden"}
    response = pages.page("link", house.texts, "vi", **shown, **hidden)
    response.set_status(status)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _context(house: House, tx: Transaction) -> Context:
    return Context(tx, house.config(), house.clock())
