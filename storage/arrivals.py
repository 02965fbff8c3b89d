"""What must be known when somebody writes: who it is, and whether there is anything else to ask for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, and_, bindparam, exists, func, literal, or_, select

from storage.records import OPEN_STATUSES
from storage.shelf import Row, one_of
from storage.tables import bans, cases, chats, citizens, keys, outbox
from storage.types import Instant


@dataclass(frozen=True, slots=True)
class Standing:
    """What there may be about a chat and its person. Where it says False there was nothing: no need to ask for it.

    It holds until something is done in the transaction in which it was read.
    """

    is_awaited: bool = True
    """Messages were parked for them."""
    has_open_cases: bool = True
    is_banned: bool = True
    was_told: bool = True
    """What stands last in the chat came by itself."""


ANYTHING = Standing()
"""Nothing is known: all must be asked for."""

_HERE = (outbox.c.channel == bindparam("channel"), outbox.c.chat == bindparam("chat"))
_LAST_AT = select(func.max(outbox.c.sent_at)).where(*_HERE, outbox.c.sent_at.is_not(None)).scalar_subquery()
_PERSON = func.coalesce(chats.c.citizen, chats.c.officer)
_FLAGS = {
    "is_awaited": or_(
        exists().where(*_HERE, outbox.c.parked.is_not(None)),
        exists().where(outbox.c.person == _PERSON, outbox.c.parked.is_not(None), outbox.c.sent_at.is_(None)),
    ),
    "has_open_cases": exists().where(cases.c.citizen == chats.c.citizen, one_of(cases.c.status, sorted(OPEN_STATUSES))),
    "is_banned": exists().where(
        bans.c.citizen == chats.c.citizen, bans.c.lifted_at.is_(None), bans.c.until_at > bindparam("now", type_=Instant)
    ),
    "was_told": exists().where(
        *_HERE,
        outbox.c.sent_at == _LAST_AT,
        or_(outbox.c.case_id.is_not(None), outbox.c.key.startswith("push.")),
    ),
}

# There is a row even for a chat that nobody has written in, as something may wait for it.
_ONE = select(literal(1).label("one")).subquery("one")
ARRIVAL = (
    select(chats, citizens, keys, *(flag.label(name) for name, flag in _FLAGS.items()))
    .select_from(_ONE)
    .join(chats, and_(chats.c.channel == bindparam("channel"), chats.c.chat == bindparam("chat")), isouter=True)
    .join(citizens, citizens.c.id == chats.c.citizen, isouter=True)
    .join(keys, keys.c.person == chats.c.citizen, isouter=True)
    .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
)
"""Of `channel` and `chat` at `now`: the columns of the chat, its citizen and their key, and of `Standing`."""


def standing_of(row: Row) -> Standing:
    """Of a row of `ARRIVAL`."""
    return Standing(**{name: bool(row[name]) for name in _FLAGS})
