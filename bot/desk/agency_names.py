"""Finds the agency that people name as they speak of it: without accents, shortened, by its ward, half remembered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from nlp.normalize import fold, normalize
from routing.config import Agency, Config
from storage.records import AgencyId

SHORT: Mapping[str, tuple[str, ...]] = {
    "p": ("phuong",),
    "x": ("xa",),
    "ca": ("cong", "an"),
    "cax": ("cong", "an", "xa"),
    "cap": ("cong", "an", "phuong"),
    "cty": ("cong", "ty"),
    "tp": ("thanh", "pho"),
    "hn": ("ha", "noi"),
    "evn": ("evnhanoi",),
    "ub": ("ubnd",),
}
"""What people write short, as whole words without accents."""
LONG = (("uy", "ban", "nhan", "dan"), "ubnd"), (("uy", "ban"), "ubnd")
CITY = ("thanh", "pho", "ha", "noi")
PREFIXES = tuple(tuple(p.split()) for p in ("so", "chi cuc", "cong ty", "tong cong ty", "trung tam", "van phong", "vp"))
"""What may be left out at the beginning of a name: "URENCO", "Thoát nước", "PVHCC"."""
ENDS = re.compile(r"[,:;\n]|\s[-–]\s|\b(?:vì|do|lý do|lí do|vi|ly do|li do)\b")
"""Where a name ends and the reason begins, when the name itself is not known."""
UNITS_OF_WARDS: Mapping[tuple[str, ...], str] = {
    (*unit, kind): prefix for unit, prefix in ((("cong", "an"), "ca"), (("ubnd",), "ubnd")) for kind in ("phuong", "xa")
}
"""What each ward has one of, without the ward's name, and the beginning of its id."""
MOST_WORDS = 10
OFFERED = 5
ALIKE = 0.75
"""Likeness (difflib) of folded names: a wrong letter in each word still passes, another ward's name mostly does not."""

Tokens = tuple[str, ...]
WardsIn = Callable[[str], tuple[str, ...]]
"""Ward codes that a text may mean by other names: streets, markets, abolished units."""


def no_wards(_said: str) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Named:
    """What was found: the agency that is meant for sure, or the nearest few; and the words behind the name."""

    agency: AgencyId | None
    rest: str
    near: tuple[AgencyId, ...] = ()


def find_agency(config: Config, said: str, wards_in: WardsIn = no_wards, ward: str | None = None) -> Named:
    """The agency at the beginning of the words. `ward`: whose unit is meant by "công an phường" without a name."""
    said = normalize(said)
    spoken = tuple(_spoken(said))
    names = _names(config)
    for length in range(min(len(spoken), max(map(len, names), default=0)), 0, -1):
        found = names.get(tuple(token for token, _ in spoken[:length]))
        if found is not None and _goes_on(spoken, length):
            break  # "công an phường …" is no short way to name the police of the city
        if found is not None:
            rest = said[spoken[length - 1][1] :].strip(" ,:;-–\n")
            return Named(found[0], rest) if len(found) == 1 else Named(None, rest, found[:OFFERED])
    ends = ENDS.search(said)
    name, rest = (said[: ends.start()], said[ends.start() :].strip(" ,:;-–\n")) if ends else (said, "")
    own = f"{UNITS_OF_WARDS.get(tuple(token for token, _ in _spoken(name)), '')}-{ward}"
    if own in config.agencies:
        return Named(AgencyId(own), rest)
    return Named(None, rest, _near(names, config, name, wards_in))


def _goes_on(spoken: Sequence[tuple[str, int]], length: int) -> bool:
    """Whether the name of a ward's unit begins with what was found: "công an | phường Hoàn Kiếm"."""
    return tuple(token for token, _ in spoken[: length + 1]) in UNITS_OF_WARDS


def _near(
    names: Mapping[Tokens, tuple[AgencyId, ...]], config: Config, name: str, wards_in: WardsIn
) -> tuple[AgencyId, ...]:
    """The nearest few: whose name holds all the words, whose ward they mean, whose name is written alike."""
    wanted = tuple(token for token, _ in _spoken(name))[:MOST_WORDS]
    if not wanted:
        return ()
    holding = [found for known, found in names.items() if _holds(known, wanted)]
    of_wards = [AgencyId(a) for ward in wards_in(name) if (a := config.committee_of(ward)) is not None]
    spelled = {" ".join(known): found for known, found in names.items()}
    alike = [spelled[close] for close in get_close_matches(" ".join(wanted), spelled, OFFERED, ALIKE)]
    ordered = (*(a for found in sorted(holding, key=len) for a in found), *of_wards, *(a for f in alike for a in f))
    return tuple(dict.fromkeys(ordered))[:OFFERED]


def _holds(known: Tokens, wanted: Tokens) -> bool:
    return any(known[i : i + len(wanted)] == wanted for i in range(len(known) - len(wanted) + 1))


@lru_cache(maxsize=2)
def _names(config: Config) -> dict[Tokens, tuple[AgencyId, ...]]:
    """Every way to name each agency -> whom it names; a ward's bare name means its People's Committee."""
    names: dict[Tokens, dict[AgencyId, None]] = {}
    for key, agency in config.agencies.items():
        if not agency.closed:
            for name in _names_of(str(key), agency):
                names.setdefault(name, {})[AgencyId(key)] = None
    return {name: tuple(found) for name, found in names.items()}


def _names_of(key: str, agency: Agency) -> Iterator[Tokens]:
    yield (key.replace("-", ""),)
    for said in (key, agency.name, agency.short_name):
        name = tuple(token for token, _ in _spoken(said))
        yield name
        if agency.ward_code is not None:
            yield from _of_ward(name)
            continue
        whole = name
        while name[-1:] and name[-1] in CITY and len(name) > 2:
            name = name[:-1]
            yield name
        for left_out in PREFIXES:
            bare = name[len(left_out) :]
            if name[: len(left_out)] == left_out and (len(bare) > 1 or len("".join(bare)) > 2):
                yield bare
                yield ("".join(bare),)
        initials = "".join(word[0] for word in name if word != "va")
        if len(initials) > 2 and whole is not name:
            yield (initials,)
    if agency.ward_code is not None and key.startswith("ubnd-"):
        yield (agency.ward_code,)


def _of_ward(name: Tokens) -> Iterator[Tokens]:
    """Names of a ward's unit with "phường" or "xã" left out, and of a committee with "UBND" left out too."""
    for kind in ("phuong", "xa"):
        if kind in name[:3]:
            at = name.index(kind)
            yield (*name[:at], *name[at + 1 :])
            if name[0] == "ubnd":
                yield name[at:]
                yield name[at + 1 :]


def _spoken(said: str) -> Iterator[tuple[str, int]]:
    """The words without accents, spelled out, each with the place in `said` where it ends."""
    words = [(fold(found.group()), found.end()) for found in re.finditer(r"[^\W_]+", said)]
    at = 0
    while at < len(words):
        for long, short in LONG:
            if tuple(word for word, _ in words[at : at + len(long)]) == long:
                at += len(long)
                yield short, words[at - 1][1]
                break
        else:
            word, end = words[at]
            at += 1
            for spelled in SHORT.get(word, (word,)):
                yield spelled, end
