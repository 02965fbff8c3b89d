"""Every word that a person sees, by key and language; formatting of times and lists for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

import yaml

from bot.dialogue.message import Choice, Drawing, Outgoing, Say, Words
from routing.calendar import HANOI

LANGUAGES = ("vi", "en")
_WEEKDAYS = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


class Texts:
    """The words of every language. A key missing in one language falls back to Vietnamese."""

    def __init__(self, by_language: Mapping[str, Mapping[str, str]]) -> None:
        self._by_language = by_language
        self._own: Mapping[str, str] = {}

    def take_own(self, own: Mapping[str, str]) -> None:
        """From now on an agency's own Vietnamese sentences go before ours; those that do not fit are left out."""
        self._own = {
            key: words for key, words in own.items() if key in self.keys() and not self.strange_places(key, words)
        }

    def strange_places(self, key: str, words: str) -> frozenset[str]:
        """What a sentence wants filled in, "{so}", that our own sentence of this key is not given."""
        try:
            wanted, given = (_places(each) for each in (words, self.pattern(key)))
        except ValueError:
            return frozenset({"{ }"})
        return wanted - given

    def keys(self, language: str = "vi") -> frozenset[str]:
        return frozenset(self._by_language[language])

    def pattern(self, key: str, language: str = "vi") -> str:
        """The unformatted words of a key. Raises KeyError when no language has it."""
        own = self._by_language.get(language, {})
        if key in own and language != "vi":
            return own[key]
        return self._own[key] if key in self._own else self._by_language["vi"][key]

    def say(self, words: Words, language: str = "vi") -> str:
        """The words of a key with its arguments put in; nested words and times are put into words first."""
        pattern = self.pattern(words.key, language)
        if not words.args:
            return pattern
        args = {name: self._argument(value, language) for name, value in words.args.items()}
        return pattern.format_map(args)

    def _argument(self, value: Any, language: str) -> str:
        if isinstance(value, Words):
            return self.say(value, language)
        if isinstance(value, datetime):
            return when(value, language)
        if isinstance(value, Mapping):
            return str(value.get(language) or value["vi"])
        if isinstance(value, tuple | list):
            return "\n".join(self._argument(v, language) for v in value)
        return "" if value is None else str(value)

    def put(self, say: Say, channel: str, chat: str, language: str = "vi") -> Outgoing:
        """A whole message in words."""
        return Outgoing(
            channel=channel,
            chat=chat,
            text=self.say(say.words, language),
            buttons=tuple(
                tuple(Choice(b.press, self.say(b.label, language), b.url) for b in row) for row in say.buttons
            ),
            pictures=say.pictures,
            slot=say.slot,
            asks_place=say.asks_place,
            asks_phone=say.asks_phone,
            asks_photos=say.asks_photos,
            document=say.document,
            drawing=self._drawing(say.drawing, language) if say.drawing is not None else None,
            language=language,
        )

    def _drawing(self, words: Words, language: str) -> Drawing:
        return Drawing(words.key, {name: self._drawn(value, language) for name, value in words.args.items()})

    def _drawn(self, value: Any, language: str) -> Any:
        """Words and times become text, numbers stay numbers, rows stay rows."""
        if isinstance(value, tuple | list):
            return tuple(self._drawn(each, language) for each in value)
        return value if isinstance(value, int | float) else self._argument(value, language)


def _places(words: str) -> frozenset[str]:
    """The names in curly brackets. Raises ValueError when the brackets do not match."""
    return frozenset(name for _, name, _, _ in Formatter().parse(words) if name is not None)


@cache
def load_texts() -> Texts:
    """The texts shipped beside this file."""
    return Texts({language: _flatten(read_words(language)) for language in LANGUAGES})


def when(at: datetime, language: str = "vi") -> str:
    """A time for people: "15:00 thứ Ba, 01/12/2026"."""
    local = at.astimezone(HANOI)
    return f"{local:%H:%M} {_WEEKDAYS[language][local.weekday()]}, {local:%d/%m/%Y}"


def read_words(name: str) -> dict[str, Any]:
    """A file of words beside this one, NAME.yaml."""
    text = (files(__package__) / f"{name}.yaml").read_text(encoding="utf-8")
    # In C where it can be, a tenth of a second sooner; every value is words, whatever it looks like.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    loaded: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 - makes nothing but strings
    return loaded


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in tree.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping):
            flat |= _flatten(value, f"{key}.")
        else:
            flat[key] = str(value).strip("\n")
    return flat
