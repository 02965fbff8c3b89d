"""What short messages mean whatever is being asked: a yes, a no, a command. Politeness around them does not count."""

from __future__ import annotations

import re
import unicodedata

from nlp.normalize import fold

LONGEST_WISH = 9
"""A message of more words tells something and is no bare wish."""

WANTING = ("muon", "can", "xin", "muon gui", "can gui")
MEANT = {
    "huy": (
        *("huy", "huy bo", "huy phan anh", "khong gui nua", "thoi khong gui nua", "rut", "rut lai", "rut don"),
        *("rut phan anh", "rut phan anh nay", "xoa", "xoa het", "xoa phan anh", "xoa ban nhap", "cancel", "withdraw"),
        *("đừng gui", "đừng gui nua", "khong gui", "ko gui"),
        *("khong bao nua", "khong phan anh nua", "thoi khong bao nua", "thoi khong phan anh nua"),
        *(
            "rut lai phan anh",
            "rut lai don",
            "huy don",
            "rut phan",
            "rut lai phan",
            "huy phan",
            "xoa phan",
        ),  # "anh" at the end is taken for politeness
    ),
    "phananh": (
        *("xem ban nhap", "xem lai ban nhap", "viet tiep", "gui phan anh", "gui phan", "new report"),
        # Not "phan anh" alone: somebody may be called so.
        *(f"{who}{verb} phan anh" for who in ("", "toi ", "em ", "minh ", "bac ", "chau ") for verb in WANTING),
    ),
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
        *("lam gi", "de lam gi", "hoi lam gi", "hoi de lam gi", "biet lam gi", "biet de lam gi", "can de lam gi"),
        *("goi so nao", "phai goi so nao", "nen goi so nao", "goi so nao bay gio", "which number"),
        *(
            f"{no} hieu{what}"
            for no in ("khong", "ko", "chang", "cha", "chua")
            for what in ("", " gi", " gi ca", " gi het")
        ),
        *(
            "khong biet dung",
            "khong biet bam",
            "khong biet bam vao dau",
            "khong biet lam the nao",
            "i don't understand",
        ),
        *("gio phai lam gi", "phai lam gi bay gio", "what can you do", "what should i do", "how does this work"),
    ),
    "gapnguoi": (
        *("gap nguoi", "gap nguoi that", "gap nguoi truc", "gap nhan vien", "gap can bo truc", "gap tong dai vien"),
        *("toi khong noi chuyen voi may", "nguoi that dau", "co nguoi that khong", "xin gap nguoi that"),
        *("noi chuyen voi nguoi", "noi chuyen voi nguoi that", "noi chuyen voi nhan vien"),
        *("talk to human", "talk to a human", "talk to a person", "human"),
    ),
    "gui": ("gui", "gui ngay", "gui me no", "send", "send it"),
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

_REACH = (
    r"(gap|gap mat|noi chuyen|noi|trao doi|lien he|ket noi|goi|goi dien|goi dien thoai|chuyen may|noi may"
    r"|so|so dien thoai|sdt)( truc tiep)?( voi| cho| den| toi| cua)?"
)
_SOMEBODY = (
    r"chu tich|pho chu tich|bi thu|lanh dao|giam doc|sep|quan ly|truong phong|can bo( truc| phuong| xa)?"
    r"|nguoi( that| truc)?|nguoi phu trach|nguoi co trach nhiem|nguoi co tham quyen|con nguoi|nhan vien|cap tren"
    r"|tong dai( vien)?|truc ban"
)
_THERE = (
    r"( cua)?( o)? (phuong|xa|quan|huyen|ubnd|uy ban|thanh pho|tp|ha noi|so|don vi|day|nay)"
    r"( (?!(khong|ko|chua|thi|roi|ma|ho|nhung|de|bi|hoai|mai)\b)\w+){0,3}"
)
SHAPES = (
    (
        re.compile(
            rf"(can |phai |doi |yeu cau )?{_REACH} ((ong|ba|mot) )?({_SOMEBODY})({_THERE})?"
            r"( that| ngay)*( chu (khong|ko) phai may)?"
        ),
        "gapnguoi",
    ),
    (
        re.compile(r"((phai|nen|can|biet) )*(goi|gap|hoi|lien he|noi chuyen)( dien)?( cho| voi)? ai( bay gio| gio)?"),
        "gapnguoi",
    ),
    (re.compile(r"co (ai|nguoi)( that| truc| nao)?( o (do|day))?( truc| nghe( may)?)? (khong|ko|k)"), "gapnguoi"),
    (
        re.compile(r"(talk|speak) (to|with) (a |an |the )?((real )?(human|person)|manager|officer|someone|somebody)"),
        "gapnguoi",
    ),
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
    (
        re.compile(
            r"(the |vay |roi )*(nhung )?(ai|nhung ai) (se )?(doc|xem|thay|biet)( duoc)?( \w+)? ?"
            r"(ten|so|so dien thoai|sdt|thong tin)( cua)?( toi| em| minh| bac| chau)?"
        ),
        "giauten",
    ),
    (re.compile(r".*\bco biet( la)? (toi|em|minh|bac|chau|ai) .*\b(bao|to|gui|khai|phan anh|phan)\b.*"), "giauten"),
    (
        re.compile(
            r".*\b(đừng|dung|khong|ko) (cho|de) .*\bbiet (la )?((ten|so|mat)( cua)?( toi| em| minh| bac| chau)?|toi|em)"
        ),
        "giauten",
    ),
    (
        re.compile(
            r"(co |bat buoc )*(phai|can|bat buoc)( phai| ghi| cho| khai| dien| de)*"
            r" (ten|so|sdt|so dien thoai)( that)?( khong| ko| ha)?"
        ),
        "giauten",
    ),
    (re.compile(r"(danh gia |cham )?[1-5] sao"), "danhgia"),
    (
        re.compile(
            r"(gui|bo sung|them|goi)( them)? (may |vai |1 |mot |tam )?(anh|hinh|video|clip|giay to|thong tin)"
            r"( (nay|nua|khac|day))*"
        ),
        "bosung",
    ),
    (
        re.compile(
            r"(xoa|huy)( bo| sach| het| toan bo| tat ca| moi| nhung| cac)* (thu|thong tin|du lieu|tai khoan)"
            r"( ca nhan)?( (ve|cua)( (toi|em|minh|bac|chau|con|tui))?)?"
        ),
        "xoa",
    ),
    (re.compile(r"(delete|erase|remove) (everything|all|all data|my account)( about)?"), "xoa"),
)
"""The same for what people put together from a few words: "phản ánh hôm nọ của tôi thế nào", "gọi 114 rồi"."""

PERSONS = ("toi", "em", "minh", "bac", "chau", "con", "anh", "chi", "ad", "admin", "ban")
"""What people call themselves and the bot."""
POLITE = frozenset(
    {
        *PERSONS,
        *("a", "bot", "cho", "di", "giup", "gium", "ho"),
        *("i", "like", "luon", "me", "muon", "nha", "nhe", "nhen", "nhi", "oi", "please", "thoi", "to"),
        *("va", "want", "xin", "duoc", "dc", "can", "voi"),
    }
)
"""Words that may stand around a wish without changing it."""

YES = frozenset(
    {
        *(
            "ok",
            "oke",
            "oki",
            "okay",
            "okie",
            "okela",
            "okla",
            "okey",
            "oks",
            "oky",
            "ukie",
            "uhuh",
            "ua",
            "yea",
            "oce",
            "uh",
            "uk",
            "ukm",
            "uki",
            "u",
            "um",
            "uhm",
            "o",
        ),
        *("vang", "da", "dong", "y", "co", "dung", "roi", "duoc", "dc", "chac", "chuan", "phai", "chinh", "xac"),
        *("chap", "nhan", "yes", "yep", "yeah", "yup", "sure", "agree", "agreed", "tat", "nhien"),
    }
)
NOT_YET_YES = frozenset({"y", "roi", "nhien", "nhan", "dong", "chap", "tat", "chinh", "xac"})
"""Parts of a yes that are none by themselves."""
AFTER_YES = frozenset({"r", "do", "day", "the", "vay", "chu", "lun", "thi", "ma", "ah", "ak", "e", "hen", "nghe", "bn"})
"""What people put after a yes: "đúng r đó", "phải vậy", "có chứ"."""
EXACTLY = "chinh xac"
AGREEING = re.compile(r"o ke( la)?|huh|dokie|cung|the cung|nhat tri|ke( la)?")
"""A yes of other words, without the yes and the politeness around it: "ô kê", "nhất trí", "cũng được"."""
NO = frozenset(
    {
        *("khong", "ko", "k", "hong", "hok", "hk", "khum", "hem", "kg", "kh", "no", "nope", "not", "dont", "don't"),
        *("chua", "chang", "deo", "dech"),
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
SPELT = {
    **{"dung": ("đúng",), "vang": ("vâng", "vầng"), "da": ("dạ", "đã"), "co": ("có",), "duoc": ("được",)},
    **{"u": ("ừ", "ư"), "ua": ("ừa",), "um": ("ừm", "ùm"), "y": ("ý",), "chac": ("chắc",), "phai": ("phải",)},
    **{
        "khong": ("không",),
        "hong": ("hông", "hổng"),
        "chua": ("chưa",),
        "chang": ("chẳng",),
        "deo": ("đéo",),
        "thoi": ("thôi",),
    },
    **{"o": ("ờ", "ô", "ở"), "nham": ("nhầm",), "sai": ("sai",), "lon": ("lộn",), "chuan": ("chuẩn",), "roi": ("rồi",)},
}
"""How a yes or a no is written; with other accents the word is another: "đừng", "cỏ", "hỏng", "chùa", "thối"."""
_DISSUADING = re.compile(r"\bdung(?= (gui|nop|chuyen|huy|xoa|rut)\b)")
"""Without accents "đừng" is spelt like "đúng"; before a verb it is no yes."""
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
    if len(bare(said).split()) > LONGEST_WISH:
        return None
    meant = WORDS.get(said) or WORDS.get(bare(said)) or WORDS.get(wish_in(said))
    return meant or next((command for shape, command in SHAPES if shape.fullmatch(bare(said))), None)


def plain(text: str) -> str:
    """A message folded, but for words whose accents make them others than they fold to: "đừng", "Hồng", "chùa"."""
    written = _DISSUADING.sub("đừng", unicodedata.normalize("NFC", text).lower()).split()
    return " ".join(word if _is_another(word) else fold(word) for word in written)


def _is_another(word: str) -> bool:
    core = word.strip(".,!?;:…")
    return not core.isascii() and core not in SPELT.get(fold(core), (core,))


def says_yes(said: str) -> bool:
    """ "ok", "ừ đồng ý", "vâng ạ", "đúng r đó", "gửi đi": nothing but agreement."""
    said = said.replace(",", " ")
    words = [_drawn_in(word) for word in said.split()]
    if not 0 < len(words) <= LONGEST_WISH or "thoi" in words[1:2]:
        return False  # "dạ thôi", "ừ thôi" politely say no
    if AGREEING.fullmatch(wish_in(" ".join(words))):
        return True
    return all(word in YES or word in AFTER_YES or word in POLITE for word in words) and (
        bare(said).startswith("dong y") or EXACTLY in said or any(word in YES - NOT_YET_YES for word in words)
    )


def _drawn_in(word: str) -> str:
    """ "okkk", "vânggg": a yes with its last letter drawn out, as it is spelt."""
    short = word.rstrip(word[-1]) + word[-1]
    return short if short in YES else word


def says_no(said: str) -> bool:
    """ "không", "không có ạ", "dạ thôi ạ", "ko phải", "sai rồi", "bỏ qua đi": nothing but a no."""
    said = _plainly(said.replace(",", " "))
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
    is_no = begins_with_no(said) or begins_with_no(bare(said))
    return is_no and len(said.split()) <= LONGEST_REFUSAL and PHOTOS.search(said) is not None


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
