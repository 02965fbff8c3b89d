"""/cauhinh: administrators see and change the configuration; a change is rehearsed before it comes into force."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from bot.casework.apply_config import BY_FILE
from bot.casework.change_config import FILE, adopt_config, faulty, propose_config, version_in_force
from bot.casework.context import Refused
from bot.casework.facts import agency_name
from bot.casework.move_officer import move_officer, put_on_leave
from bot.casework.permissions import ensure_role
from bot.desk.act import Act, Ask, done
from bot.desk.agency_names import find_agency
from bot.desk.choosing import asked_again
from bot.desk.staffing import BACK, end_of_leave
from bot.dialogue.message import Button, Say, Words
from bot.dialogue.slots.slot import shorten
from bot.reports.moves import moves_of
from nlp.normalize import fold
from routing.config import ConfigFaults
from routing.config_edit import EditRefused, add_word, remove_word, set_value
from routing.config_show import part
from routing.rehearse import Rehearsal
from storage.records import AgencyId, Officer, Role

SHOWN_LINES = 10
SHOWN_CHARACTERS = 1500
SHOWN_VERSIONS = 8
CONFIG_TEXT, CONFIG_FAULT = "text", "fault"
"""Where a command keeps what a file says, or why it cannot be read."""


def configure(act: Act) -> tuple[Say, ...]:
    """/cauhinh [what to do]: without words what is in force, and what can be done."""
    ensure_role(act.officer, Role.ADMIN)
    if "answer" in act.memo:
        return _decide(act)
    if CONFIG_FAULT in act.memo:
        raise Refused("config.faulty", n=1, faults=(str(act.memo[CONFIG_FAULT]),))
    if CONFIG_TEXT in act.memo:
        return _propose(act, str(act.memo[CONFIG_TEXT]))
    if act.files:
        raise Ask("config.awaited", waits=True)
    verb, _, rest = act.words.strip().partition(" ")
    do = _VERBS.get(fold(verb))
    if do is None:
        return _overview(act, verb)
    try:
        return do(act, rest.strip())
    except EditRefused as refusal:
        raise Refused("config.edit_refused", words=str(refusal)) from refusal
    except ConfigFaults as broken:
        raise faulty(broken) from broken


# — seeing —


def _overview(act: Act, unknown: str) -> tuple[Say, ...]:
    """What is in force and what can be done, after a word that is nothing of it."""
    version, config = version_in_force(act.ctx, act.officer), act.ctx.config
    facts = {
        "number": version.number,
        "at": version.applied_at,
        "author": _author(act, version.author),
        "categories": len(config.categories),
        "agencies": len(config.agencies),
        "rules": len(config.rules),
        "unverified": len(config.unverified),
    }
    return (Say(asked_again(unknown, Words("config.overview", facts))),)


def _show(act: Act, key: str) -> tuple[Say, ...]:
    if not key:
        return done("config.ask_key")
    return done("config.part", words=part(_text(act), FILE, _key(act, key))[:SHOWN_CHARACTERS])


def _hand_over(act: Act, _rest: str) -> tuple[Say, ...]:
    version = version_in_force(act.ctx, act.officer)
    return (Say(Words("config.file", {"number": version.number}), document=(FILE, version.text)),)


def _history(act: Act, _rest: str) -> tuple[Say, ...]:
    version_in_force(act.ctx, act.officer)
    lines = tuple(
        Words("config.version", {"number": each.number, "at": each.applied_at, "author": _author(act, each.author)})
        for each in act.ctx.tx.configs.history(SHOWN_VERSIONS)
    )
    return done("config.history", lines=lines)


def _author(act: Act, author: str) -> str | Words:
    officer = act.ctx.tx.officers.behind(author)
    if officer is None:
        return Words("config.by_file") if author == BY_FILE else author
    return officer.name or _name(act, officer.agency)


# — changing the file —


def _add(act: Act, rest: str) -> tuple[Say, ...]:
    key, word = _two(rest, "config.ask_word")
    return _propose(act, add_word(_text(act), _keywords_of(act, key), word))


def _remove(act: Act, rest: str) -> tuple[Say, ...]:
    key, word = _two(rest, "config.ask_word")
    return _propose(act, remove_word(_text(act), _keywords_of(act, key), word))


def _set(act: Act, rest: str) -> tuple[Say, ...]:
    key, value = _two(rest, "config.ask_value")
    return _propose(act, set_value(_text(act), _key(act, key), value))


def _set_deadline(act: Act, rest: str) -> tuple[Say, ...]:
    key, days = _two(rest, "config.ask_days")
    text, under = _text(act), f"{_key(act, key)}.deadline"
    try:
        changed = set_value(text, f"{under}.days", days)
    except EditRefused:
        changed = set_value(text, under, f"{{days: {days}}}")
    return _propose(act, changed)


def _set_template(act: Act, rest: str) -> tuple[Say, ...]:
    name, words = _two(rest, "config.ask_template")
    return _propose(act, set_value(_text(act), f"templates.{name}.text", _quoted(words)))


def _roll_back(act: Act, rest: str) -> tuple[Say, ...]:
    version_in_force(act.ctx, act.officer)
    version = act.ctx.tx.configs.get(int(rest)) if rest.isascii() and rest.isdigit() else None
    if version is None:
        raise Refused("config.no_version", number=rest or "–")
    return _propose(act, version.text)


def _text(act: Act) -> str:
    return version_in_force(act.ctx, act.officer).text


def _key(act: Act, said: str) -> str:
    """A key as it is, or a category and its sub-category by their codes: "cay_xanh", "chieu_sang.den_hong"."""
    category, _, sub = said.partition(".")
    if category not in act.ctx.config.categories:
        return said
    return f"categories.{category}" + (f".subs.{sub}" if sub else "")


def _keywords_of(act: Act, said: str) -> str:
    key = _key(act, said)
    return key if key == said else f"{key}.keywords"


def _quoted(words: str) -> str:
    return "'" + words.strip("'\"“”").replace("'", "''") + "'"


def _two(rest: str, key: str) -> tuple[str, str]:
    first, _, second = rest.partition(" ")
    if not first or not second.strip():
        raise Refused(key)
    return first, second.strip()


def _propose(act: Act, text: str) -> tuple[Say, ...]:
    proposal = propose_config(act.ctx, act.officer, text)
    outcome = proposal.rehearsal
    words = Words(
        "config.proposal",
        {
            "changes": _cut(proposal.changes) or (Words("config.only_comments"),),
            "cases": outcome.cases,
            "moved": len(outcome.moved),
            "redated": outcome.redated,
            "lines": (*_moves(act, outcome), *_cut(outcome.warnings)),
        },
    )
    buttons = ((Button("pick:apply", Words("config.apply")), Button("pick:drop", Words("config.drop"))),)
    raise Ask(
        "config.proposal",
        Say(words, buttons, drawing=moves_of(act.ctx, outcome)),
        slot="answer",
        keep={CONFIG_TEXT: text, "base": proposal.base},
    )


def _moves(act: Act, outcome: Rehearsal) -> tuple[Words, ...]:
    pairs = list(outcome.by_pair.items())
    lines = [
        Words("config.move", {"n": n, "old": _name(act, old), "new": _name(act, new)})
        for (old, new), n in pairs[:SHOWN_LINES]
    ]
    if len(pairs) > SHOWN_LINES:
        lines.append(Words("config.more_moves", {"n": len(pairs) - SHOWN_LINES}))
    return tuple(lines)


def _name(act: Act, agency: str) -> str:
    return agency_name(act.ctx, AgencyId(agency))


def _cut(lines: Sequence[object]) -> tuple[str | Words, ...]:
    """The first lines, and how many others there are; of a few each may be long, such as both texts of a template."""
    first = [str(line) for line in lines[:SHOWN_LINES]]
    longest = SHOWN_CHARACTERS // max(len(first), 1)
    shown: tuple[str | Words, ...] = tuple(shorten(line, longest) for line in first)
    others = len(lines) - len(first)
    return (*shown, Words("config.more_lines", {"n": others})) if others else shown


def _decide(act: Act) -> tuple[Say, ...]:
    options = (("apply", "Áp dụng"), ("drop", "Bỏ"))
    if act.choose("answer", "config.ask_again", options) == "drop":
        return done("config.dropped")
    version = adopt_config(act.ctx, act.officer, str(act.memo[CONFIG_TEXT]), int(act.memo["base"]))
    return done("config.applied", number=version.number)


# — people —


def _move(act: Act, rest: str) -> tuple[Say, ...]:
    officer, said = _officer_first(act, rest)
    agency = find_agency(act.ctx.config, said, act.tools.wards_in).agency
    if officer is None or agency is None:
        raise Refused("config.ask_move")
    count = move_officer(act.ctx, act.officer, officer, agency)
    return done("config.moved_officer", name=officer.name, agency=_name(act, agency), n=count)


def _absent(act: Act, rest: str) -> tuple[Say, ...]:
    officer, said = _officer_first(act, rest)
    if officer is None:
        raise Refused("config.ask_absent")
    if fold(said) in BACK:
        put_on_leave(act.ctx, act.officer, officer, None, None)
        return done("config.absence_ended", name=officer.name)
    until_at = end_of_leave(act, said)
    if until_at is None:
        raise Refused("config.ask_absent")
    put_on_leave(act.ctx, act.officer, officer, until_at, None)
    return done("config.absent", name=officer.name, until=until_at)


def _officer_first(act: Act, said: str) -> tuple[Officer | None, str]:
    """The member of staff whose name the words begin with, the longest name first, and the words after it."""
    folded = fold(said)
    staff = [each for each in act.ctx.tx.officers.all() if each.revoked_at is None and each.name]
    fitting = [each for each in staff if folded == fold(each.name) or folded.startswith(fold(each.name) + " ")]
    longest = max((len(each.name) for each in fitting), default=0)
    named = [each for each in fitting if len(each.name) == longest]
    if len(named) > 1:
        raise Refused("config.two_of_that_name", name=named[0].name)
    return (named[0], said[longest:].strip(" ,:;-→")) if named else (None, said)


_VERBS: Mapping[str, Callable[[Act, str], tuple[Say, ...]]] = MappingProxyType(
    {
        "xem": _show,
        "tep": _hand_over,
        "lichsu": _history,
        "quaylai": _roll_back,
        "them": _add,
        "bo": _remove,
        "dat": _set,
        "han": _set_deadline,
        "mau": _set_template,
        "chuyen": _move,
        "vang": _absent,
    }
)
"""First word, folded -> what it does with the rest."""
