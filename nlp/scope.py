"""Whether a text is a complaint that the service may take, or something that belongs elsewhere."""

from __future__ import annotations

from nlp.classify import Thresholds
from nlp.document import Document
from nlp.reading import Scope

_TURNED_AWAY = (
    Scope.KHIEU_NAI,
    Scope.TO_CAO,
    Scope.BI_MAT_NHA_NUOC,
    Scope.TRANH_CHAP_DAN_SU,
    Scope.HOI_DAP,
    Scope.KHONG_PHAI_PHAN_ANH,
)

# Of a private dispute the model is never sure which field it is: at most 0.75 in 24 of them, against six complaints
# over 0.8; small talk with a word of damage never reached the second line in 22.
_CLEAR = 0.8
_PLAIN = 0.95


def judge_scope(document: Document, lines: Thresholds) -> None:
    """Fills in scope. A true complaint is rarely turned away: everything outside together must pass one line."""
    if not document.words.bare:
        document.scope = Scope.KHONG_PHAI_PHAN_ANH
        return
    if document.scores is None:
        document.scope = _by_rules(document)
    else:
        chance = document.scores.scope
        outside = sum(chance.get(scope, 0.0) for scope in _TURNED_AWAY)
        if outside >= lines.outside:
            document.scope = max(_TURNED_AWAY, key=lambda scope: chance.get(scope, 0.0))
    if _is_a_complaint_after_all(document):
        document.scope = Scope.IN_SCOPE
    if document.spam:
        document.scope = Scope.KHONG_PHAI_PHAN_ANH
    if document.sure_of_danger and document.scope in (Scope.IN_SCOPE, Scope.KHONG_PHAI_PHAN_ANH, Scope.HOI_DAP):
        document.scope = Scope.KHAN_CAP


def _is_a_complaint_after_all(document: Document) -> bool:
    """What the model would turn away, although its topic, its words or an official in it say that it belongs here."""
    chance = document.candidates[0].probability if document.candidates and document.scores else 0.0
    demands = any(name.endswith("_doi_tien") for name in document.rules)
    match document.scope:
        case Scope.TRANH_CHAP_DAN_SU:
            return chance >= _CLEAR or demands
        case Scope.TO_CAO:
            # To ask for money is what citizens report of officials; to take it is what they denounce.
            return demands and not {"s:to_cao", "s:tham_nhung"} & set(document.rules)
        case Scope.HOI_DAP:
            return document.about_official
        case Scope.KHONG_PHAI_PHAN_ANH:
            # To have what is broken handled, or help against it, is asked in small talk's words, too.
            is_asked_for = "s:phan_anh" in document.hits or chance >= _PLAIN
            is_matter = "s:gop_y" in document.hits or ("s:hong" in document.hits and is_asked_for)
            return _is_one_phrase(document) or (is_matter and "s:khen" not in document.hits)
    return False


def _is_one_phrase(document: Document) -> bool:
    """Whether the whole message is a word or phrase of one topic: "rac" is short, but a complaint."""
    whole = (0, len(document.words.bare))
    return any(whole in places for tag, places in document.hits.items() if tag.startswith("t:"))


def _by_rules(document: Document) -> Scope:
    rules = document.rules
    for name, scope in (
        ("s:khieu_nai_qd", Scope.KHIEU_NAI),
        ("s:to_cao_quan", Scope.TO_CAO),
        ("s:hoi_khong_phan_anh", Scope.HOI_DAP),
        ("s:chao_khong", Scope.KHONG_PHAI_PHAN_ANH),
    ):
        if name in rules:
            return scope
    return Scope.IN_SCOPE
