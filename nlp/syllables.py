"""Which letters a Vietnamese syllable is made of."""

from __future__ import annotations

from functools import cache

from nlp.normalize import fold


def _each(row: str) -> frozenset[str]:
    return frozenset(row.split())


ONSETS = _each("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x") | {""}
RHYMES = _each(
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu "
    "o oa oac oach oai oan oang oanh oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong op ot "
    "ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông "
    "uôt up ut uy uya uych uyên uyêt uynh uyt uyu uơ ư ưa ưc ưi ưng ưt ươc ươi ươm ươn ương ươp ươt ươu ưu "
    "y yêm yên yêng yêt yêu"
)


def is_syllable(bare: str) -> bool:
    """Whether the word, in lower case without accents, can be a Vietnamese syllable."""
    return bare in _bare_syllables()


@cache
def _bare_syllables() -> frozenset[str]:
    return frozenset(fold(onset + rhyme) for onset in ONSETS for rhyme in RHYMES)
