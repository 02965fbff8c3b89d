"""Whether a text complains of an official, so that it must never reach his own unit."""

from __future__ import annotations

from nlp.document import Document
from nlp.reading import Scope

# What the model takes for a denunciation at least so far, and names somebody in office: of 650 texts that it has not
# learned 17 are taken so, and all of them denounce an official.
_DENOUNCED = 0.03
# … unless it is rather a question: "giờ tiếp công dân của chủ tịch là thứ mấy".
_ASKED = 0.5
# The model is so sure that the matter is one of officials, and none that it is a question or small talk.
_CONDUCT = 0.5
_NO_COMPLAINT = 0.1


def judge_official(document: Document) -> None:
    """Fills in about_official: a strong rule holds, or a weak one and the model agrees with it."""
    document.about_official = any(_holds(document, rule) for rule in document.rules if rule.startswith("o:"))


def _holds(document: Document, rule: str) -> bool:
    match rule:
        case "o:co_nguoi_giu_viec":
            return _denounces(document)
        case "o:goi_dich_danh":
            return _is_of_conduct(document)
    return True


def _denounces(document: Document) -> bool:
    chance = document.scores.scope if document.scores else {}
    return chance.get(Scope.TO_CAO, 0.0) >= _DENOUNCED and chance.get(Scope.HOI_DAP, 0.0) < _ASKED


def _is_of_conduct(document: Document) -> bool:
    if document.scores is None or not document.candidates:
        return False
    top, chance = document.candidates[0], document.scores.scope
    beside = chance.get(Scope.HOI_DAP, 0.0) + chance.get(Scope.KHONG_PHAI_PHAN_ANH, 0.0)
    return top.category == "thu_tuc_can_bo" and top.probability >= _CONDUCT and beside < _NO_COMPLAINT
