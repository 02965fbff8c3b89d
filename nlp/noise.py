"""Makes a clean sentence look as typed on a phone: no accents, teencode, slips. For training and evaluation."""

from __future__ import annotations

import random
import unicodedata

# How people shorten frequent words; only what the teencode table can undo or the model must survive.
_SHORT = {
    "không": ("ko", "k", "hok", "kh", "hông"), "được": ("dc", "đc", "đx"), "với": ("vs",), "mọi người": ("mn",),
    "người": ("ng", "ngừi"), "gì": ("j", "gi"), "rồi": ("r", "rùi", "roi"), "cũng": ("cx", "cg"),
    "nhiều": ("nhìu", "nh"),
    "trước": ("trc",), "như thế nào": ("ntn",), "bây giờ": ("bh",), "biết": ("bít", "bik"), "vậy": ("z", "zậy"),
    "điện thoại": ("đt",), "nước": ("nc",), "đường": ("đg",), "phường": ("p",), "học sinh": ("hs",), "công an": ("ca",),
    "thời gian": ("tg",), "quá": ("wá", "qá", "quáaa"), "chưa": ("ch", "chx"), "mình": ("mik", "mk"), "luôn": ("lun",),
    "làm": ("lm",), "giờ": ("h",), "nữa": ("nx",), "phản ánh": ("pa",), "giải quyết": ("gq",), "xe máy": ("xm",),
}  # fmt: skip
_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "g": "fh", "h": "gj", "i": "uo", "k": "jl",
    "l": "k", "m": "n",
    "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb",
    "x": "zc", "y": "tu",
}  # fmt: skip


def strip_accents(text: str) -> str:
    """The same letters without accents, case kept."""
    decomposed = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def roughen(text: str, chance: random.Random, slips: float = 0.06) -> str:
    """Small letters, little punctuation, teencode for about half of the words that have one, `slips` typos a word."""
    text = text.lower()
    for full, short in _SHORT.items():
        if full in text and chance.random() < 0.5:
            text = f" {text} ".replace(f" {full} ", f" {chance.choice(short)} ").strip()
    if chance.random() < 0.7:
        text = "".join(" " if character in ",.;:!?" else character for character in text)
    words = [_slip(word, chance) if chance.random() < slips else word for word in text.split()]
    joined = words[0] if words else ""
    for word in words[1:]:
        joined += ("" if chance.random() < slips / 4 else " ") + word
    return joined


def _slip(word: str, chance: random.Random) -> str:
    if len(word) < 2:
        return word
    at = chance.randrange(len(word))
    kind = chance.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1 and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    near = _NEIGHBOURS.get(word[at])
    return word[:at] + chance.choice(near) + word[at + 1 :] if near else word


def noisy_copy(text: str, seed: str) -> str:
    """Without accents and roughened, always the same for the same seed."""
    return strip_accents(roughen(text, random.Random(seed)))  # noqa: S311 - noise, not a secret
