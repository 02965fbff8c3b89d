"""How urgent a text is, and whether somebody's life is at risk now: rules first, the model where they are silent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul

from nlp.classify import Thresholds
from nlp.document import Document
from nlp.lexicon import Rule
from nlp.reading import Danger, Scope, Urgency

Evidence = tuple[float, ...]

# Whom to call when the model alone finds a text urgent, by what it is about.
_HOTLINE_OF = {
    "chay_no_pccc": ("114", "có thể cháy nổ"),
    "dien": ("114", "điện có thể gây chết người"),
    "toi_pham_te_nan": ("113", "có người đang phạm tội"),
    "an_ninh_trat_tu": ("113", "có người đang bị đe doạ"),
    "giao_thong_trat_tu": ("115", "có thể có người bị nạn"),
    "y_te": ("115", "có người cần cấp cứu"),
    "an_toan_thuc_pham": ("115", "có người có dấu hiệu ngộ độc"),
    "vat_nuoi": ("115", "có người bị thú dữ cắn"),
    "thien_tai": ("112", "thiên tai đang đe doạ người dân"),
    "cay_xanh": ("112", "cây đổ gây nguy hiểm"),
    "xay_dung_dat_dai": ("112", "công trình có thể sập"),
    "thoat_nuoc_ngap_ung": ("112", "có người có thể gặp nạn vì nước"),
    "ha_tang_duong": ("112", "mặt đường có thể gây chết người"),
    "giao_duc": ("111", "trẻ em đang gặp nguy hiểm"),
    "vien_thong": ("113", "dây cáp có thể gây tai nạn"),
    "an_sinh_xa_hoi": ("111", "người yếu thế đang gặp nguy hiểm"),
}
# The same by single signs, which say more than the topic: the first that is there.
_HOTLINE_BY_SIGN = (
    ("d:chay_chac", "114", "có thể cháy nổ"),
    ("d:hai_tre", "111", "trẻ em có thể đang bị hại"),
    ("d:thuong", "115", "có người có thể cần cấp cứu"),
    ("d:ngo_doc", "115", "có người có dấu hiệu ngộ độc"),
    ("d:gas", "114", "có thể rò khí gas"),
    ("d:chet_duoi", "112", "có người có thể gặp nạn vì nước"),
    ("d:danh", "113", "có người có thể đang bị đánh"),
    ("d:gay_hung", "113", "có người có thể mang hung khí"),
    ("d:cuop", "113", "có thể có cướp hoặc trộm"),
    ("d:khoi", "114", "có thể cháy nổ"),
    ("d:mac_ket", "112", "có người có thể mắc kẹt"),
)
# Signs that help the model but say nothing of whom to call.
# Rules that were right nine times in ten in labelled sets: the person is asked even when the model is calm.
_GRAVE = frozenset(
    f"d:{rule}"
    for rule in (
        *("gas", "tu_tu", "tu_tu_thuong", "hai_tre", "bat_coc", "cuu"),
        *("de_tham", "uong_nham_doc", "keu_roi_im", "keu_bi_bit", "cu_di_lac"),
    )
)
_VAGUE = frozenset(("d:nguy", "d:dang", "d:lua"))
# Signs of who, what, when and how many: no danger by themselves.
_SURROUNDINGS = frozenset(
    f"d:{sign}"
    for sign in (
        *("nguoi", "tre", "dang", "nhieu_nguoi", "qua_khu", "xa_xua", "tap_huan", "khong_chay", "vi_von", "nguy"),
        *("da_yen", "khi_nao", "khoi", "nap", "mieng", "dao_bep", "ro", "tieng_keu", "im_bat", "bit_mieng", "cho"),
        *("sui_bot", "de", "tham", "do_ruc", "dot_quen", "gia", "lac", "nga", "nuoc_sau", "uong_nham", "chat_doc"),
    )
)
_PEOPLE = frozenset(("d:nguoi", "d:tre", "d:gia", "d:nhieu_nguoi"))
# Played, rumoured, past, over, or about a fire alarm: then only a rule is plain enough not to ask.
_TOLD = ("d:tap_huan", "d:xa_xua", "d:qua_khu", "d:da_yen", "d:khong_chay")
# A rule alone is no plain danger when the model is surer than this that the matter can wait.
_PLAIN = 0.1
# Below this the model alone may hurry an officer, but not send a citizen to a hotline.
_SUSPECTED = 0.03
# When it is this sure it needs no rule.
_SURE = 0.35
# Of English it has read little: of voices that it had not learned, without a strong rule, these lines found 5 of 8
# dangers with a sign and 4 of 8 without any, and asked about 3 of 6 and 7 of 115 calm texts.
_IN_ENGLISH, _UNSPOKEN_IN_ENGLISH = 0.12, 0.2
# When no word speaks of danger the model needs twice the usual line (below it, 2 of 39 such texts were urgent in four
# labelled sets), and of a name or an address alone, at most five words, it must be sure (0 of 14).
_UNSPOKEN = 0.1
# Signs that make no rule, or only a weak one: of 48 such texts of strangers between the usual line and this none was
# urgent; the next urgent one stood at 0.097.
_HINTED = 0.09
_FEW_WORDS, _OF_FEW_WORDS = 5, 0.5
# One word is most often a name: "Mai", "Ngọc", "Xuân" reach 0.41 to 0.82, "kẹt" 0.91, "cứu" 0.99.
_OF_ONE_WORD = 0.9
_BESIDE_ANY_MATTER = (Scope.KHONG_PHAI_PHAN_ANH, Scope.HOI_DAP)
_RATHER = 0.5
_NEVER = 1.1
_ANY_HOTLINE = ("112", "có người có thể đang gặp nguy hiểm")


def evidence(document: Document, rules: Sequence[Rule]) -> Evidence:
    """What the words say beside the model's chance, each 0 or 1, in the order of `Thresholds.evidence`: a strong rule
    holds; only a weak one; only signs; words that look like danger and are none; it is past."""
    holding = _holding(document, rules)
    strong = any(rule.strong for rule in holding)
    signs = any(tag.startswith("d:") and tag not in _SURROUNDINGS for tag in document.hits)
    return (
        float(strong),
        float(bool(holding) and not strong),
        float(signs and not holding),
        float("d:khong_chay" in document.hits or "d:tap_huan" in document.hits or "d:vi_von" in document.hits),
        float("d:qua_khu" in document.hits),
    )


def weighed(khan: float, found: Evidence, weights: Sequence[float]) -> float:
    """The chance that the matter is urgent, from the model's chance and what the words say; both 0 to 1."""
    slope, bias, *rest = weights
    odds = math.log((khan + 1e-6) / (1 - khan + 1e-6))
    return 1 / (1 + math.exp(-(slope * odds + bias + sum(map(mul, rest, found)))))


def judge_urgency(document: Document, rules: Sequence[Rule], lines: Thresholds) -> None:
    """Fills in urgency and danger; a needless hotline costs little, a missed one may cost a life."""
    holding = _holding(document, rules)
    strong = next((rule for rule in holding if rule.strong), None)
    chance = document.scores.urgency if document.scores else {}
    khan = 0.0
    found = evidence(document, rules)
    if document.scores is None:
        urgent = strong is not None
    else:
        khan = weighed(chance["khan"], found, lines.evidence)
        urgent = (
            khan >= max(lines.urgent, _least(document, found))
            or document.scores.scope.get("khan_cap", 0.0) >= lines.danger
            or (strong is not None and strong.name in _GRAVE)
        )
    if urgent:
        document.urgency = Urgency.KHAN
        document.danger = _danger(document, strong or next(iter(holding), None), khan)
        is_plain = strong is not None and (document.scores is None or khan >= _PLAIN)
        is_told = any(sign in document.hits for sign in _TOLD) or _is_of_an_animal(document)
        is_sure = khan >= _SURE and not is_told and not (_says_little(document) and not any(found[:3]))
        document.sure_of_danger = document.danger is not None and (is_plain or is_sure)
    elif chance.get("phuc_tap", 0.0) > chance.get("binh_thuong", 1.0):
        document.urgency = Urgency.PHUC_TAP


def _holding(document: Document, rules: Sequence[Rule]) -> list[Rule]:
    """The rules that hold and say whom to call."""
    return [rule for rule in rules if rule.name in document.rules and rule.name not in _VAGUE]


def _least(document: Document, found: Evidence) -> float:
    """How sure the model must be where the words say little."""
    strong, weak, signs, *_ = found
    if "d:da_yen" in document.hits and not strong:
        return _OF_ONE_WORD  # "có điện rồi": it is over
    if not (strong or weak or signs) and _is_no_complaint(document):
        return _NEVER  # "chào buổi sáng, tôi xem thử": nothing happens to anybody
    if not (strong or weak or signs) and not document.english:
        count = len(document.words.bare)
        if "d:khi_nao" in document.hits:
            return _OF_ONE_WORD  # "bao giờ có người xuống": somebody waits for an answer
        return _OF_ONE_WORD if count == 1 else _OF_FEW_WORDS if count <= _FEW_WORDS else _UNSPOKEN
    if document.english and not strong:
        return _IN_ENGLISH if weak or signs else _UNSPOKEN_IN_ENGLISH
    return 0.0 if strong else _HINTED


def _is_no_complaint(document: Document) -> bool:
    """Whether the model rather sees small talk or a question than a matter."""
    chance = document.scores.scope if document.scores else {}
    return sum(chance.get(scope, 0.0) for scope in _BESIDE_ANY_MATTER) >= _RATHER


def _says_little(document: Document) -> bool:
    """ "Nhanh lên", "ai đang xử lý vậy": too few words for the model to be sure of a danger that none of them names."""
    return len(document.words.bare) <= _FEW_WORDS


def _is_of_an_animal(document: Document) -> bool:
    """ "Con chó bị xe tông chết": an accident is all there is, and it names an animal and nobody."""
    signs = {tag for tag in document.hits if tag.startswith("d:")}
    return "d:cho" in signs and signs.isdisjoint(_PEOPLE) and signs - _SURROUNDINGS == {"d:tai_nan"}


def _danger(document: Document, rule: Rule | None, khan: float) -> Danger | None:
    """Whom to call and why; None when no rule holds and the model only suspects that the matter is urgent."""
    if rule is not None:
        return Danger(rule.outcome, rule.why)
    if khan < _SUSPECTED:
        return None
    for sign, hotline, why in _HOTLINE_BY_SIGN:
        if sign in document.hits:
            return Danger(hotline, why)
    topic = document.candidates[0].category if document.candidates else ""
    return Danger(*_HOTLINE_OF.get(topic, _ANY_HOTLINE))
