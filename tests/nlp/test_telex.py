"""What a keyboard leaves that was not set to Vietnamese is put right, and nothing else is touched."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.examples import read_corpus, read_examples
from nlp.lexicon import is_english
from nlp.noise import strip_accents
from nlp.telex import untyped
from nlp.words import default_tokenizer

HERE = Path(__file__).parent
TELEX = {
    "\u0301": "s",
    "\u0300": "f",
    "\u0309": "r",
    "\u0303": "x",
    "\u0323": "j",
    "\u0302": "2",
    "\u031b": "w",
    "\u0306": "w",
}
VNI = {
    "\u0301": "1",
    "\u0300": "2",
    "\u0309": "3",
    "\u0303": "4",
    "\u0323": "5",
    "\u0302": "6",
    "\u031b": "7",
    "\u0306": "8",
}


def typed(text: str, keys: dict[str, str]) -> str:
    """The keystrokes of a text: a tone after its vowel, as people who type fast put it."""
    made = ""
    for letter in unicodedata.normalize("NFD", text.lower()):
        if letter == "đ":
            made += "d9" if keys is VNI else "dd"
        elif letter in keys:
            made += made[-1] if keys[letter] == "2" and keys is TELEX else keys[letter]
        else:
            made += letter
    return made


@pytest.mark.parametrize("keys", [TELEX, VNI], ids=["telex", "vni"])
def test_a_sentence_typed_with_the_keyboard_off_is_written_out(keys: dict[str, str]) -> None:
    words = default_tokenizer().words
    whole = [e.text.lower() for e in read_corpus()[:3000:5] if not e.text.isascii() and e.text.isprintable()]
    letters = [text for text in whole if words(text).accented > 0.6 and not any(c.isdigit() for c in text)]
    same = total = 0
    for text in letters:
        meant, got = words(text).written, words(untyped(typed(text, keys))).written
        same += sum(one == other for one, other in zip(meant, got, strict=False))
        total += len(meant)
    assert total > 1_000
    assert same / total > 0.93


def put_right(text: str) -> str:
    """As the reader does: what is in English is left alone."""
    return untyped(text, lambda: is_english(default_tokenizer().words(text).bare))


def test_no_sentence_of_the_corpus_or_in_english_is_changed() -> None:
    texts = [e.text for e in (*read_corpus(), *read_examples(HERE / "english.jsonl"))]
    assert not [text for text in texts if put_right(text) != text]
    assert not [text for text in map(strip_accents, texts) if put_right(text) != text]


@given(st.text(alphabet="aeiouydwsfrxj ngth1234567890đươ", max_size=40))
def test_any_keystrokes_are_borne(text: str) -> None:
    untyped(text)
