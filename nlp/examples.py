"""Labelled sentences: the corpus, corrections from use, test files; and how alike they are."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from nlp.normalize import fold, normalize
from nlp.reading import INSIDE

CORPUS = Path(__file__).parent / "corpus"
_AUTHOR = re.compile(r"^([a-z0-9]+)")


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence with its right answers; `category` is None where only the scope is labelled."""

    text: str
    category: str | None
    second: tuple[str, ...] = ()
    urgency: str | None = None
    scope: str | None = None
    author: str = ""
    voice: str = ""

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every category that counts as right."""
        return ((self.category,) if self.category else ()) + self.second

    @property
    def is_inside(self) -> bool:
        """It is for this service, or nobody labelled whether it is."""
        return self.scope is None or self.scope in INSIDE

    @property
    def is_complaint(self) -> bool:
        """Whether its category counts: out-of-scope rows carry one only by accident."""
        return bool(self.category) and self.is_inside


def read_examples(path: Path, author: str = "") -> list[Example]:
    """Rows of a JSON Lines file: {text, category | label, second | alt_labels, urgency, scope, voice}.

    Raises ValueError with file and line for a row that is none of these.
    """
    examples = []
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                text = str(row["text"])
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                raise ValueError(f"{path.name}:{number}: not a row with a text ({error})") from error
            second = row.get("second") or row.get("alt_labels") or ()
            examples.append(
                Example(
                    text=text,
                    category=row.get("category") or row.get("label"),
                    second=(second,) if isinstance(second, str) else tuple(second),
                    urgency=row.get("urgency"),
                    scope=row.get("scope"),
                    author=author,
                    voice=str(row.get("voice", "")),
                )
            )
    return examples


def read_corpus(folder: Path = CORPUS) -> list[Example]:
    """All rows of all writers; the author is the first part of the file name, so that folds can be split by author."""
    examples: list[Example] = []
    for path in sorted(folder.glob("*.jsonl")):
        found = _AUTHOR.match(path.stem)
        examples += read_examples(path, found.group(1) if found else path.stem)
    return examples


def near_duplicates(texts: Sequence[str], above: float = 0.5) -> list[tuple[int, int]]:
    """Pairs of indexes whose sets of five-character pieces (unaccented) have a Jaccard index over `above`.

    Such a pair shares more than `above` of either set, and so some of its rarest pieces: only these are looked up.
    """
    pieces = [_pieces(text) for text in texts]
    seen = Counter(chain.from_iterable(pieces))
    holders: dict[str, list[int]] = defaultdict(list)
    pairs = []
    for index, own in enumerate(pieces):
        common = int(above * len(own))
        rarest = sorted(own, key=seen.__getitem__)[: len(own) - common]
        for other, shared in Counter(chain.from_iterable(map(holders.__getitem__, rarest))).items():
            both = len(own) + len(pieces[other])
            if shared + common >= above * (both - shared - common):
                shared = len(own & pieces[other])
                if shared / (both - shared) > above:
                    pairs.append((other, index))
        for piece in own:
            holders[piece].append(index)
    return pairs


def near_duplicate_share(texts: Sequence[str]) -> float:
    """Share of texts, 0 to 1, that have a near duplicate before them."""
    return len({later for _, later in near_duplicates(texts)}) / len(texts) if texts else 0.0


def _pieces(text: str) -> set[str]:
    flat = " ".join(fold(normalize(text)).split())
    return {flat[at : at + 5] for at in range(max(1, len(flat) - 4))}
