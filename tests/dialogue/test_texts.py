"""Every text exists in both languages with the same places to fill, fits a screen, and has a neutral address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import bot.dialogue.texts
from bot.dialogue.texts import load_texts
from nlp.normalize import fold

TEXTS = load_texts()
KEYS = sorted(TEXTS.keys("vi"))
PLACE = re.compile(r"\{(\w+)\}")
FORMS_OF_ADDRESS = re.compile(r"\b(anh/chị|anh chị|bà con|quý vị|ông/bà|ngài)\b", re.IGNORECASE)
ONE_SCREEN = 900
"""Characters of the longest notice (consent) with room to spare; lists grow with what is put in."""


def places(key: str, language: str) -> set[str]:
    return set(PLACE.findall(TEXTS.pattern(key, language)))


def test_both_languages_have_the_same_keys() -> None:
    assert TEXTS.keys("vi") == TEXTS.keys("en")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_key_stands_twice(language: str) -> None:
    """The service would take the last without a word; this reader refuses."""
    YAML(typ="safe").load(Path(bot.dialogue.texts.__file__).with_name(f"{language}.yaml"))


@pytest.mark.parametrize("key", KEYS)
def test_a_text_has_the_same_places_to_fill_in_both_languages(key: str) -> None:
    assert places(key, "vi") == places(key, "en")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_text_is_longer_than_a_small_screen(language: str) -> None:
    assert [k for k in KEYS if len(TEXTS.pattern(k, language)) > ONE_SCREEN] == []


def test_the_address_is_neutral() -> None:
    assert [k for k in KEYS if FORMS_OF_ADDRESS.search(TEXTS.pattern(k, "vi"))] == []


def test_the_vietnamese_texts_are_written_with_their_marks() -> None:
    """A text of several words without a single mark was typed in a hurry."""
    spoken = {k: PLACE.sub("", TEXTS.pattern(k, "vi")).lower() for k in KEYS}
    plain = [k for k, text in spoken.items() if len(re.findall(r"[^\W\d]+", text)) > 3 and fold(text) == text]
    assert plain == []


def test_a_hotline_is_never_said_to_have_been_called() -> None:
    for number in ("111", "112", "113", "114", "115"):
        assert number in TEXTS.pattern(f"danger.{number}", "vi")
        assert "không gọi thay được" in TEXTS.pattern(f"danger.{number}", "vi")
