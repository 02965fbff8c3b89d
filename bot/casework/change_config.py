"""An administrator changes the configuration from the staff chat: shown with its rehearsal first, then in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.casework.apply_config import Written, apply_config, rehearse_change
from bot.casework.context import Context, Refused
from bot.casework.permissions import ensure_role
from bot.dialogue.message import Words
from routing.config import ConfigFaults, parse
from routing.config_diff import differences
from routing.rehearse import Rehearsal
from storage.records import ConfigVersion, Officer, Role

FILE = "config.yaml"
MOST_FAULTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a changed text would do. `base`: the number of the version that it was made from."""

    base: int
    changes: tuple[str, ...]
    rehearsal: Rehearsal


def version_in_force(ctx: Context, admin: Officer) -> ConfigVersion:
    """The active version with its text, for administrators. Raises Refused."""
    ensure_role(admin, Role.ADMIN)
    active = ctx.tx.configs.active()
    if active is None:
        raise Refused("config.none")
    return active


def propose_config(ctx: Context, admin: Officer, text: str) -> Proposal:
    """Checks and rehearses a changed text; nothing is changed. Raises Refused: faulty, the same, forbidden."""
    active = version_in_force(ctx, admin)
    written = _read(text)
    if written.config.version_hash == active.hash:
        raise Refused("config.same")
    rehearsal = rehearse_change(ctx.tx, ctx.config, written.config)
    if rehearsal.faults:
        raise Refused("config.refused", faults=rehearsal.faults)
    return Proposal(active.number, differences(active.text, text), rehearsal)


def adopt_config(ctx: Context, admin: Officer, text: str, base: int) -> ConfigVersion:
    """Brings a proposal into force. Raises Refused, also when somebody else changed the configuration meanwhile."""
    if version_in_force(ctx, admin).number != base:
        raise Refused("config.changed_underneath")
    return apply_config(ctx.tx, _read(text), ctx.config, admin.actor, ctx.now)


def _read(text: str) -> Written:
    try:
        return Written(text, parse(text, FILE))
    except ConfigFaults as broken:
        raise faulty(broken) from broken


def faulty(broken: ConfigFaults) -> Refused:
    """The refusal of a text with faults: the first of them, and how many others there are."""
    return Refused("config.faulty", n=len(broken.faults), faults=shown_faults(broken.faults))


def shown_faults(faults: Sequence[object]) -> tuple[str | Words, ...]:
    """As many faults as one message may hold, and how many others there are."""
    shown: tuple[str | Words, ...] = tuple(str(fault) for fault in faults[:MOST_FAULTS_SHOWN])
    others = len(faults) - len(shown)
    return (*shown, Words("config.more_faults", {"n": others})) if others else shown
