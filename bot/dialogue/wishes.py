"""What short messages mean whatever is being asked: a yes, a no, a command. Politeness around them does not count."""

from __future__ import annotations

LONGEST_WISH = 8
"""A message of more words tells something and is no bare wish."""

WORDS = {
    "huy": "huy",
    "huy bo": "huy",
    "huy phan anh": "huy",
    "khong gui nua": "huy",
    "thoi khong gui nua": "huy",
    "rut phan anh": "huy",
    "xoa": "huy",
    "xoa het": "huy",
    "xoa phan anh": "huy",
    "xoa ban nhap": "huy",
    "xem ban nhap": "phananh",
    "xem lai ban nhap": "phananh",
    "viet tiep": "phananh",
    "lam lai": "lamlai",
    "lam lai tu dau": "lamlai",
    "quay lai": "quaylai",
    "tro lai": "quaylai",
    "cua toi": "cuatoi",
    "phan anh cua toi": "cuatoi",
    "xem phan anh": "cuatoi",
    "xem lai phan anh": "cuatoi",
    "xem phan anh cua toi": "cuatoi",
    "xem lai phan anh cua toi": "cuatoi",
    "phan anh da gui": "cuatoi",
    "xem phan anh da gui": "cuatoi",
    "vu cua toi": "cuatoi",
    "vu cua toi sao roi": "cuatoi",
    "phan anh cua toi sao roi": "cuatoi",
    "sao roi": "cuatoi",
    "den dau roi": "cuatoi",
    "bao gio xong": "cuatoi",
    "khi nao xong": "cuatoi",
    "bao lau thi xong": "cuatoi",
    "bao gio co ket qua": "cuatoi",
    "bao lau thi co ket qua": "cuatoi",
    "sao lau the": "cuatoi",
    "ma": "cuatoi",
    "ma phan anh": "cuatoi",
    "xem lai": "cuatoi",
    "tra cuu": "cuatoi",
    "tra cuu phan anh": "cuatoi",
    "tro giup": "trogiup",
    "giup": "trogiup",
    "help": "trogiup",
    "gap nguoi": "gapnguoi",
    "gap nguoi that": "gapnguoi",
    "gap nguoi truc": "gapnguoi",
    "gap nhan vien": "gapnguoi",
    "gap can bo truc": "gapnguoi",
    "gap tong dai vien": "gapnguoi",
    "noi chuyen voi nguoi": "gapnguoi",
    "noi chuyen voi nguoi that": "gapnguoi",
    "noi chuyen voi nhan vien": "gapnguoi",
    "talk to human": "gapnguoi",
    "human": "gapnguoi",
    "gui": "gui",
    "gui ngay": "gui",
    "send": "gui",
    "send it": "gui",
    "gui phan anh": "phananh",
    "cam on": "camon",
    "cam on nhieu": "camon",
    "thank you": "camon",
    "thanks": "camon",
    "tks": "camon",
    "tat nhac": "tatnhac",
    "du lieu cua toi": "dulieu",
    "cancel": "huy",
    "back": "quaylai",
    "english": "english",
    "tieng viet": "tiengviet",
}
"""Whole messages (folded) that mean a command; nothing that a person might say by accident."""

POLITE = frozenset(
    {
        *(
            "a",
            "ad",
            "admin",
            "anh",
            "ban",
            "bot",
            "bac",
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
        *("ok", "oke", "oki", "okay", "okie", "uh", "uk", "u", "um", "uhm", "vang", "da", "dong", "y", "co", "dung"),
        *("roi", "duoc", "dc", "chac", "chap", "nhan", "yes", "yep", "sure", "agree", "agreed", "tat", "nhien"),
    }
)
NOT_YET_YES = frozenset({"y", "roi", "nhien", "nhan", "dong", "chap", "tat"})
"""Parts of a yes that are none by themselves."""
NO = frozenset({"khong", "ko", "k", "hong", "hem", "kg", "kh", "no", "nope", "chua", "chang"})
NO_MORE = frozenset(
    {
        *("co", "biet", "nho", "can", "ro", "dau", "thoi", "bo", "qua", "skip", "sau", "de", "tien", "het", "all"),
        *("khoi", "dong", "y", "tat", "ca"),
    }
)
"""What may follow or stand for a no: "không có", "không biết", "thôi bỏ qua", "để sau"."""
ALL = frozenset({"het", "all", "ca"})
SKIPPING = ("bo qua", "skip", "de sau")


def command_in(said: str) -> str | None:
    """The command that a folded message means by itself, or None."""
    words = said.split()
    if len(words) > LONGEST_WISH:
        return None
    if said in WORDS:
        return WORDS[said]
    return WORDS.get(bare(said)) or WORDS.get(wish_in(said))


def says_yes(said: str) -> bool:
    """ "ok", "ừ đồng ý", "vâng ạ", "gửi đi": nothing but agreement."""
    words = said.split()
    return (
        0 < len(words) <= LONGEST_WISH
        and all(word in YES or word in POLITE for word in words)
        and (said.startswith("dong y") or any(word in YES - NOT_YET_YES for word in words))
    )


def says_no(said: str) -> bool:
    """ "không", "không có ạ", "bỏ qua đi": nothing but a no."""
    words = said.split()
    if not 0 < len(words) <= LONGEST_WISH:
        return False
    is_no = words[0] == "thoi" or bare(said).startswith(SKIPPING) or any(word in NO for word in words)
    return is_no and all(word in NO or word in NO_MORE or word in POLITE for word in words)


def says_all(said: str) -> bool:
    """ "bỏ qua hết": the no is meant for all that is still to be asked."""
    return any(word in ALL for word in said.split())


def begins_with_no(said: str) -> bool:
    """ "không có ai đâu": a no with its reason."""
    return said.partition(" ")[0] in NO


def bare(said: str) -> str:
    """A folded message without the politeness around it."""
    return _without(POLITE, said)


def wish_in(said: str) -> str:
    """A folded message without the politeness and the yes around it: "ok gui di" -> "gui"."""
    return _without(POLITE | YES, said)


def _without(around: frozenset[str], said: str) -> str:
    """The words without those before and after; what stands between belongs to the wish."""
    words = said.split()
    start, end = 0, len(words)
    while start < end and words[start] in around:
        start += 1
    while end > start and words[end - 1] in around:
        end -= 1
    return " ".join(words[start:end])
