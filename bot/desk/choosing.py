"""Answers that are chosen from what is known: an agency, a ward, a category, a colleague. Near ones are offered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.casework.facts import agency_name, category_label, officer_label, ward_label
from bot.desk.act import Act, Ask
from bot.desk.agency_names import find_agency
from bot.desk.cards import short
from bot.dialogue.message import Button, Say, Words, raw
from bot.dialogue.texts import load_texts
from nlp.normalize import fold
from storage.records import AgencyId, Officer

UNKNOWN = ("khong ro", "khong biet", "chua ro", "khong", "-")
SHOWN = 20
SAID = 80
"""Characters of an answer that was not understood, said back."""
LIKELY = 3
MORE = "more"


@dataclass(frozen=True, slots=True)
class Question:
    """How something is asked for: text key, and the key after an answer that could not be understood."""

    key: str
    again: str


def asked_again(said: str, question: Words) -> Words:
    """The question, after an answer that could not be understood."""
    return (
        Words("raw", {"words": (Words("desk.not_clear", {"words": short(said, SAID)}), question)}) if said else question
    )


def choose_agency(act: Act, question: Question, **args: Any) -> tuple[AgencyId, str]:
    """The agency named in the words or pressed, and the words that go with it. Raises Ask, with the nearest few."""
    pressed = str(act.memo.get("agency") or "")
    said = pressed or act.words
    if not said.strip():
        raise Ask(question.key, slot="agency", **args)
    if pressed in act.ctx.config.agencies:
        return AgencyId(pressed), find_agency(act.ctx.config, act.words, act.tools.wards_in).rest
    ward = act.case.ward_code if act.case is not None else None
    found = find_agency(act.ctx.config, said, act.tools.wards_in, ward)
    if found.agency is not None:
        earlier = find_agency(act.ctx.config, act.words, act.tools.wards_in).rest if pressed else ""
        return found.agency, found.rest or earlier
    rows = tuple((Button(f"pick:{near}", raw(agency_name(act.ctx, near))),) for near in found.near)
    key = "desk.ask_agency_near" if found.near else question.again
    raise Ask(key, Say(Words(key, {**args, "words": said}), rows), slot="agency", drop=("agency",))


def choose_ward(act: Act, slot: str, key: str, hint: str = "", **args: object) -> str | None:
    """A ward by its name, a street or a place in it; "không rõ" leaves it open. `hint`: words that may name it.

    Raises Ask, with the wards on offer that the words may mean.
    """
    said = str(act.memo.get(slot) or "").strip()
    if fold(said) in UNKNOWN:
        return None
    if said and act.ctx.config.committee_of(said) is not None:
        return said
    wards = _wards(act, said) if said else act.tools.wards_in(hint)
    if said and len(wards) == 1:
        return wards[0]
    rows = [(Button(f"pick:{ward}", raw(ward_label(act.ctx, ward))),) for ward in wards[:5]]
    unknown = (Button(f"pick:{UNKNOWN[-1]}", Words("desk.ward_unknown")),)
    # Somebody who has just been offered wards need not be told that theirs was none of them.
    asked = Words(key, args) if wards else asked_again(said, Words(key, args))
    raise Ask(key, Say(asked, (*rows, unknown)), slot=slot, drop=(slot,))


def _wards(act: Act, said: str) -> tuple[str, ...]:
    """The wards that words may mean: named, or by a street, a market, an abolished unit in them."""
    found = find_agency(act.ctx.config, said, act.tools.wards_in)
    agency = act.ctx.agency(found.agency)
    if agency is not None and agency.ward_code is not None:
        return (agency.ward_code,)
    near = (each.ward_code for near in found.near if (each := act.ctx.agency(near)) is not None)
    return act.tools.wards_in(said) or tuple(dict.fromkeys(ward for ward in near if ward is not None))


def choose_category(act: Act, slot: str, likely: Sequence[str], say: Words) -> str:
    """A category: the likely ones are offered, all after "another"; any may be typed. Raises Ask."""
    labels = {str(code): category_label(act.ctx, code) for code in act.ctx.config.categories}
    typed = {code: _worded(load_texts().say(label, act.officer.language)) for code, label in labels.items()}
    said = _worded(str(act.memo.get(slot) or ""))
    exact = [code for code, label in typed.items() if said and said in (code, label)]
    fitting = exact or [code for code, label in typed.items() if said and f" {said} " in f" {label} "]
    if len(fitting) == 1:
        return fitting[0]
    first = [code for code in (fitting or likely) if code in labels] if said != MORE else []
    rows = [(Button(f"pick:{code}", labels[code]),) for code in first or labels]
    if first:
        rows.append((Button(f"pick:{MORE}", Words("report.category_more")),))
    is_unclear = said not in ("", MORE) and not fitting
    asked = asked_again(str(act.memo.get(slot)), say) if is_unclear else say
    raise Ask(say.key, Say(asked, tuple(rows)), slot=slot, drop=(slot,))


def _worded(said: str) -> str:
    """Its words, folded, and nothing between them."""
    return " ".join(re.findall(r"\w+", fold(said)))


def likely_categories(act: Act, text: str) -> tuple[str, ...]:
    """The three that the reader holds for likeliest, the best first."""
    candidates = act.tools.reader.read(text).candidates if act.tools.reader is not None and text.strip() else ()
    return tuple(c.category for c in candidates[:LIKELY])


def choose_colleague(act: Act, slot: str, key: str, **args: object) -> Officer:
    """A colleague by name or press. Raises Ask, with all colleagues on offer, until one is clear."""
    colleagues = act.ctx.tx.officers.of_agency(act.officer.agency)
    said = str(act.memo.get(slot) or act.words).strip()
    fitting = named(colleagues, said)
    if len(fitting) == 1:
        return fitting[0]
    offered = fitting or [o for o in colleagues if o.id != act.officer.id]
    asked = Words(key, args) if fitting else asked_again(said, Words(key, args))
    raise Ask(key, people(asked, [(o, officer_label(o)) for o in offered]), slot=slot, drop=(slot,))


def people(asked: Words, offered: Sequence[tuple[Officer, Words]]) -> Say:
    """A question with people on offer; of many the first, and that a name finds the others."""
    rows = tuple((Button(f"pick:{officer.id}", label),) for officer, label in offered[:SHOWN])
    more = Words("desk.more_people", {"n": len(offered) - SHOWN})
    return Say(Words("raw", {"words": (asked, more)}) if len(offered) > SHOWN else asked, rows)


def named(people: Iterable[Officer], said: str) -> Sequence[Officer]:
    """Those whom a name may mean: the id, the whole name, or words of it in their order."""
    among = list(people)
    wanted = fold(said).split()
    whole = [o for o in among if said and (o.id == said or fold(o.name).split() == wanted)]
    return whole or [o for o in among if wanted and f" {' '.join(wanted)} " in f" {' '.join(fold(o.name).split())} "]
