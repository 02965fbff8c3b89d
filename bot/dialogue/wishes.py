"""What short messages mean whatever is being asked: a yes, a no, a command. Politeness around them does not count."""

from __future__ import annotations

import re

LONGEST_WISH = 8
"""A message of more words tells something and is no bare wish."""

MEANT = {
    "huy": (
        *("huy", "huy bo", "huy phan anh", "khong gui nua", "thoi khong gui nua", "rut", "rut lai", "rut don"),
        *("rut phan anh", "rut phan anh nay", "xoa", "xoa het", "xoa phan anh", "xoa ban nhap", "cancel", "withdraw"),
        *("rut phan", "huy phan", "xoa phan"),  # "anh" at the end is taken for politeness
    ),
    "phananh": ("xem ban nhap", "xem lai ban nhap", "viet tiep", "gui phan anh", "new report"),
    "lamlai": ("lam lai", "lam lai tu dau", "start over"),
    "quaylai": ("quay lai", "tro lai", "back", "go back"),
    "cuatoi": (
        *("cua toi", "phan anh cua toi", "xem phan anh", "xem lai phan anh", "xem phan anh cua toi"),
        *("xem lai phan anh cua toi", "phan anh da gui", "xem phan anh da gui", "vu cua toi", "sao roi", "den dau roi"),
        *("bao gio xong", "khi nao xong", "bao lau thi xong", "bao gio co ket qua", "bao lau thi co ket qua"),
        *("sao lau the", "ma", "ma phan anh", "xem lai", "tra cuu", "tra cuu phan anh"),
        *("my report", "my reports", "my case", "my cases", "status", "where is my report", "where is my case"),
    ),
    "bosung": ("bo sung", "gui them", "gui them anh", "gui them thong tin", "add a photo", "send more photos"),
    "trogiup": (
        *("tro giup", "giup", "help", "lam the nao", "huong dan", "phai lam gi", "phai lam sao", "phai lam the nao"),
        *("gio phai lam gi", "phai lam gi bay gio", "what can you do", "what should i do", "how does this work"),
    ),
    "gapnguoi": (
        *("gap nguoi", "gap nguoi that", "gap nguoi truc", "gap nhan vien", "gap can bo truc", "gap tong dai vien"),
        *("noi chuyen voi nguoi", "noi chuyen voi nguoi that", "noi chuyen voi nhan vien"),
        *("talk to human", "talk to a human", "talk to a person", "human"),
    ),
    "gui": ("gui", "gui ngay", "send", "send it"),
    "camon": ("cam on", "cam on nhieu", "thank you", "thank you very much", "thanks", "thanks a lot", "tks"),
    "danhgia": ("danh gia", "qua te", "te qua", "te that", "chan qua", "qua chan", "that vong"),
    "tatnhac": ("tat nhac",),
    "dulieu": ("du lieu cua toi", "xem du lieu", "my data"),
    "xoa": (
        "xoa du lieu",
        "xoa du lieu cua",
        "xoa du lieu cua toi",
        "xoa tai khoan",
        "erase my data",
        "delete my data",
    ),
    "rutdongy": ("rut dong y", "rut lai dong y", "rut su dong y"),
    "sua": ("sua du lieu", "sua du lieu cua", "sua du lieu cua toi", "correct my data"),
    "tinbao": ("tat thong bao", "bat thong bao", "thong bao", "tat tin bao", "tin bao"),
    "lienket": ("lien ket", "lien ket telegram", "lien ket zalo", "lien ket tai khoan"),
    "khieunai": ("bi khoa", "sao toi bi khoa", "sao bi khoa", "vi sao toi bi khoa", "mo khoa", "mo khoa tai khoan"),
    "english": ("english", "speak english", "do you speak english", "in english"),
    "tiengviet": ("tieng viet",),
}
"""Whole messages (folded) that mean a command; nothing that a person might say by accident."""
WORDS = {said: command for command, sayings in MEANT.items() for said in sayings}

SHAPES = (
    (
        re.compile(r".*\b(vu|viec|phan anh|don)\b.*\b(den dau|toi dau|sao roi|ra sao|the nao|xong chua)( roi| a)?"),
        "cuatoi",
    ),
    (
        re.compile(
            r"(da |toi |minh |em )*(goi|bao)( dien)?( cho)?( 11\d| cong an| cuu hoa| cap cuu| canh sat)* roi|11\d roi"
        ),
        "dagoi",
    ),
    (re.compile(r"(i |we |have |already )*called( 11\d| them| the police| already)*"), "dagoi"),
    (re.compile(r".*\b(lo|giau|giu kin|bao mat|an)( lo)? (ten|danh|danh tinh|thong tin)\b.*"), "giauten"),
    (re.compile(r"(tai sao|vi sao|sao)( lai)? (phai|can) .*\b(so|ten|dong y|thong tin|dien thoai|sdt)\b.*"), "giauten"),
    (re.compile(r"(danh gia |cham )?[1-5] sao"), "danhgia"),
)
"""The same for what people put together from a few words: "phản ánh hôm nọ của tôi thế nào", "gọi 114 rồi"."""

POLITE = frozenset(
    {
        *(
            "a",
            "ad",
            "admin",
            "anh",
            "bac",
            "ban",
            "bot",
            "chau",
            "chi",
            "cho",
            "con",
            "di",
            "em",
            "giup",
            "gium",
            "ho",
        ),
        *("i", "like", "luon", "me", "minh", "muon", "nha", "nhe", "nhen", "nhi", "oi", "please", "thoi", "to", "toi"),
        *("va", "want", "xin", "duoc", "dc", "can", "voi"),
    }
)
"""Words that may stand around a wish without changing it."""

YES = frozenset(
    {
        *("ok", "oke", "oki", "okay", "okie", "okela", "okla", "oce", "uh", "uk", "ukm", "uki", "u", "um", "uhm", "o"),
        *("vang", "da", "dong", "y", "co", "dung", "roi", "duoc", "dc", "chac", "chuan", "phai", "chinh", "xac"),
        *("chap", "nhan", "yes", "yep", "yeah", "yup", "sure", "agree", "agreed", "tat", "nhien"),
    }
)
NOT_YET_YES = frozenset({"y", "roi", "nhien", "nhan", "dong", "chap", "tat", "chinh", "xac"})
"""Parts of a yes that are none by themselves."""
AFTER_YES = frozenset({"r", "do", "day", "the", "vay", "chu", "lun", "ma", "ah", "ak", "e", "hen", "nghe", "bn"})
"""What people put after a yes: "đúng r đó", "phải vậy", "có chứ"."""
EXACTLY = "chinh xac"
NO = frozenset(
    {
        *("khong", "ko", "k", "hong", "hok", "hk", "khum", "hem", "kg", "kh", "no", "nope", "not", "dont", "don't"),
        *("chua", "chang"),
    }
)
NO_MORE = frozenset(
    {
        *("co", "biet", "nho", "can", "ro", "dau", "thoi", "bo", "qua", "skip", "sau", "de", "tien", "het", "all"),
        *("khoi", "dong", "y", "tat", "ca", "nua", "know", "sure", "remember", "have", "any", "now", "later", "none"),
    }
)
"""What may follow or stand for a no: "không có", "không biết", "thôi bỏ qua", "để sau"."""
NO_AT_ALL = re.compile(r"dau( (co|phai))?")
""" "đâu có", "đâu phải": a no without its word."""
UNSURE = frozenset({"biet", "nho", "ro", "chac", "know", "sure", "remember"})
"""With a no: it is no refusal, the answer is simply not known."""
WHATEVER = frozenset({"chiu", "tuy", "sao cung", "gi cung", "cai nao cung", "not sure", "no idea", "whatever"})
""" "Chịu", "tùy bạn", "sao cũng được": the answer is not known, or does not matter to them."""
WRONG = re.compile(
    r"(sai|nham|trat( lat)?|lon)( (roi|r|het|be|be bet|ca|day|do|the|vay))*|"
    r"(khong|ko|k|kh|hong|hok|chua)( co)? (dung|phai|chinh xac)( (roi|r|dau|do|the|vay|cai|nay|cai do|cai nay))*|"
    r"(that's |it's |it is |that is )?(wrong|not right|not correct|incorrect)"
)
""" "Sai rồi", "không phải", "chưa đúng đâu": what was understood is not what was meant."""
ALL = frozenset({"het", "all", "ca"})
PHOTOS = re.compile(r"\b(co|gui|chup|kem|no|any|a) (tam )?(anh|hinh|photos?|pictures?)\b")
LONGEST_REFUSAL = 6
_BEFORE_NO = frozenset({"da", "vang", "u", "uh", "uk", "thua", "a"})
SKIPPING = ("bo qua", "bo het", "bo tat ca", "skip", "de sau")


_NUMBERED = re.compile(r"(?:(?:chon|cai|muc|nut)(?: so| thu)? )?([0-9]{1,2})(?: (?:a|nhe|nha|nhen|di|luon|em))*")
_FIRST_OR_LAST = {
    **dict.fromkeys(("cai dau", "cai dau tien", "dau tien", "cai thu nhat", "cai mot", "the first one"), 1),
    **dict.fromkeys(("cai thu hai", "cai hai", "the second one"), 2),
    **dict.fromkeys(("cai thu ba", "cai ba"), 3),
    **dict.fromkeys(("cai cuoi", "cai cuoi cung", "the last one"), -1),
}


def place_in_row(said: str) -> int | None:
    """Which of the things on offer is meant, from 1, or -1 for the last: "2", "chọn 2 nhé", "cái đầu tiên".

    None for "số 2" and "thứ hai", which may be a house and a day.
    """
    found = _NUMBERED.fullmatch(said)
    return int(found[1]) if found else _FIRST_OR_LAST.get(bare(said))


def command_in(said: str) -> str | None:
    """The command that a folded message means by itself, or None."""
    words = said.split()
    if len(words) > LONGEST_WISH:
        return None
    meant = WORDS.get(said) or WORDS.get(bare(said)) or WORDS.get(wish_in(said))
    return meant or next((command for shape, command in SHAPES if shape.fullmatch(bare(said))), None)


def says_yes(said: str) -> bool:
    """ "ok", "ừ đồng ý", "vâng ạ", "đúng r đó", "gửi đi": nothing but agreement."""
    words = said.split()
    if not 0 < len(words) <= LONGEST_WISH or "thoi" in words[1:2]:
        return False  # "dạ thôi", "ừ thôi" politely say no
    return all(word in YES or word in AFTER_YES or word in POLITE for word in words) and (
        said.startswith("dong y") or EXACTLY in said or any(word in YES - NOT_YET_YES for word in words)
    )


def says_no(said: str) -> bool:
    """ "không", "không có ạ", "dạ thôi ạ", "ko phải", "sai rồi", "bỏ qua đi": nothing but a no."""
    said = _plainly(said)
    words = said.split()
    if not 0 < len(words) <= LONGEST_WISH:
        return False
    if says_wrong(said) or NO_AT_ALL.fullmatch(bare(said)):
        return True
    is_no = words[0] == "thoi" or bare(said).startswith(SKIPPING) or any(word in NO for word in words)
    return is_no and all(word in NO or word in NO_MORE or word in POLITE for word in words)


def says_wrong(said: str) -> bool:
    """ "sai rồi", "không phải", "chưa đúng": something that was understood is not so."""
    return WRONG.fullmatch(bare(_plainly(said))) is not None


def skips(said: str) -> bool:
    """ "bỏ qua", "để sau nhé": the question is left, whatever it was."""
    return says_no(said) and bare(said).startswith(SKIPPING)


def says_all(said: str) -> bool:
    """ "bỏ qua hết": the no is meant for all that is still to be asked."""
    return any(word in ALL for word in said.split())


def says_unsure(said: str) -> bool:
    """ "không rõ", "không nhớ", "chịu", "tùy bạn": a no that refuses nothing."""
    return bare(said) in WHATEVER or (says_no(said) and any(word in UNSURE for word in said.split()))


def says_no_photo(said: str) -> bool:
    """ "không có ảnh đâu", whatever was asked."""
    return begins_with_no(said) and len(said.split()) <= LONGEST_REFUSAL and PHOTOS.search(said) is not None


def declines(said: str) -> bool:
    """ "thôi ko cần tên", "không nhớ số": a few words that begin with a no, at a question that may be skipped."""
    words = bare(said).split() or said.split()
    is_begun = begins_with_no(" ".join(words)) or said.startswith(("thoi ", *SKIPPING))
    return 0 < len(words) <= LONGEST_REFUSAL and is_begun


def begins_with_no(said: str) -> bool:
    """ "không có ai đâu", "dạ không ạ": a no with its reason."""
    return _plainly(said).partition(" ")[0] in NO


def bare(said: str) -> str:
    """A folded message without the politeness around it."""
    return _without(POLITE, said)


def wish_in(said: str) -> str:
    """A folded message without the politeness and the yes around it: "ok gui di" -> "gui"."""
    return _without(POLITE | YES, said)


def _plainly(said: str) -> str:
    """Without the courtesy that may stand before a no: "dạ không", "vâng thôi"."""
    courtesy, _, rest = said.partition(" ")
    return rest if courtesy in _BEFORE_NO and rest else said


def _without(around: frozenset[str], said: str) -> str:
    """The words without those before and after; what stands between belongs to the wish."""
    words = said.split()
    start, end = 0, len(words)
    while start < end and words[start] in around:
        start += 1
    while end > start and words[end - 1] in around:
        end -= 1
    return " ".join(words[start:end])
