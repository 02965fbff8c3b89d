"""A configuration comes into force: rehearsed against past cases first, stored with author and time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.casework.context import Context, Refused
from bot.casework.notify import best_chat
from bot.casework.own_texts import own_text_faults
from bot.casework.pushes import push_of
from bot.dialogue.message import Say, Words
from routing.config import Config
from routing.decide import Ask
from routing.rehearse import Rehearsal, rehearse, sample
from storage.records import Case, ConfigVersion, Priority, Role
from storage.store import Transaction

REHEARSED = 1000
"""Past cases that a change is replayed on."""
BY_FILE = "file"
"""The author of a version that came into force by a plain edit of the file."""


@dataclass(frozen=True, slots=True)
class Written:
    """A configuration as a file holds it, and as it was read."""

    text: str
    config: Config


def ask_of(case: Case) -> Ask:
    """What was asked when a past case was routed, as far as it is kept."""
    return Ask(
        category=case.category,
        sub=None,
        ward_code=case.ward_code,
        urgency=case.urgency.value,
        text=case.masked,
        about_official=case.about_official,
        at=case.filed_at,
    )


def rehearse_change(tx: Transaction, old: Config, new: Config) -> Rehearsal:
    """Replays the last cases (or the sample, when there are none) through a changed configuration."""
    asks = past_asks(tx) or sample(old)
    outcome = rehearse(old, new, asks, tx.cases.open_by_agency(), tx.officers.staffed())
    return replace(outcome, faults=(*outcome.faults, *own_text_faults(new)))


def past_asks(tx: Transaction, last: int = REHEARSED) -> tuple[Ask, ...]:
    """What was asked for the last cases, newest first."""
    return tuple(ask_of(case) for case in tx.cases.decisions(last))


def apply_config(tx: Transaction, written: Written, old: Config | None, author: str, now: datetime) -> ConfigVersion:
    """Makes a version the one in force. Raises Refused when cases would be left without an agency."""
    active = tx.configs.active()
    if active is not None and active.hash == written.config.version_hash:
        return active
    if old is not None:
        outcome = rehearse_change(tx, old, written.config)
        if outcome.faults:
            raise Refused("config.refused", faults=tuple(outcome.faults))
    newest = tx.configs.history(1)
    number = newest[0].number + 1 if newest else 1
    version = ConfigVersion(number, written.config.version_hash, written.text, author, now)
    tx.configs.add(version)
    tx.audit.add(author, "config_applied", now, {"number": number, "hash": version.hash})
    return version


def tell_administrators(ctx: Context, key: str, **args: object) -> None:
    """A word to every administrator."""
    alert_administrators(ctx, Words(key, args))


def alert_administrators(ctx: Context, words: Words, avoid: str = "") -> None:
    """The same, by another channel than the one to `avoid` if there is one."""
    say = Say(words)
    for officer in ctx.tx.officers.all():
        if officer.role is not Role.ADMIN or not officer.is_active:
            continue
        chats = ctx.tx.chats.of_officer(officer.id)
        chat = best_chat(tuple(c for c in chats if c.channel != avoid and c.reachable)) or best_chat(chats)
        if chat is None:
            continue
        ctx.tx.outbox.add(push_of(say, chat.channel, chat.chat, officer.id, Priority.URGENT, ctx.now))
