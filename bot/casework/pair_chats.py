"""One person in several chats: a one-time code said in another chat makes both the same citizen."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from bot.casework.context import Context, Refused
from storage.codes import ALPHABET
from storage.records import Citizen, CitizenId

KIND = "pair"
CODE_LIVES = timedelta(minutes=15)
CODE_LENGTH = 8
"""39 bits, guessed at most `TRIES_AN_HOUR` times."""
TRIES_AN_HOUR = 10


def pairing_code(ctx: Context, citizen: Citizen) -> str:
    """A fresh code that joins another chat to this person: "7K3M-2QXB"."""
    drawn = int(ctx.tx.new_id(), 16)
    code = ""
    while len(code) < CODE_LENGTH:
        drawn, digit = divmod(drawn, len(ALPHABET))
        code += ALPHABET[digit]
    ctx.tx.links.add(_hash(code), KIND, "", citizen.id, ctx.now + CODE_LIVES)
    return f"{code[:4]}-{code[4:]}"


def pair_chats(ctx: Context, citizen: Citizen, code: str) -> Citizen:
    """Makes this chat's person one with the person who got the code, with all cases of both. Raises Refused.

    The two lists become one; what the code's owner said of themselves (name, phone, language) stands, the rest is
    filled from the other. A ban cannot be shaken off this way.
    """
    if ctx.tx.rates.hit(citizen.id, "pairing", ctx.now, 3600) > TRIES_AN_HOUR:
        raise Refused("pair.wrong")
    taken = ctx.tx.links.take(_hash(code), KIND, ctx.now)
    if taken is None:
        raise Refused("pair.wrong")
    owner = CitizenId(taken[1])
    if owner == citizen.id:
        raise Refused("pair.self")
    if ctx.tx.bans.active(owner, ctx.now) or ctx.tx.bans.active(citizen.id, ctx.now):
        raise Refused("pair.banned")
    one = ctx.tx.citizens.get(owner)
    joined = replace(
        one,
        name=one.name or citizen.name,
        phone=one.phone or citizen.phone,
        home_ward=one.home_ward or citizen.home_ward,
        consent=one.consent or citizen.consent,
        consent_at=one.consent_at if one.consent else citizen.consent_at,
        muted=tuple(dict.fromkeys((*one.muted, *citizen.muted))),
        created_at=min(one.created_at, citizen.created_at),
    )
    ctx.tx.citizens.join(citizen.id, joined, ctx.now)
    return joined


def _hash(code: str) -> str:
    plain = code.upper().replace("-", "").replace(" ", "")
    return hashlib.sha256(f"pair:{plain}".encode()).hexdigest()
