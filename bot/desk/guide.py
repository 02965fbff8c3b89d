"""What each role can do at the desk, by what one is doing: the help, and the channels' command menus."""

from __future__ import annotations

from collections.abc import Mapping

from bot.desk.act import Act, done
from bot.dialogue.message import Button, Say, Words, in_pairs
from storage.records import Role

LOOK = ("viec", "homnay", "xem", "visao")
LOOK_AT_ALL = ("viec", "homnay", "solieu", "xem", "visao")
ANSWER = ("nhan", "xong", "tuchoi", "hoi", "giahan", "mau", "giaitrinh", "giuhen", "hoantac")
PASS_ON = ("chuyen", "vuottham", "giao", "ngoai", "gop", "tach")
NOTE = ("ghichu", "vuongmac")
DECIDE = ("nhan", "tralai", "tuchoi", "chuyen")
SELF = ("nghi", "roi", "huy", "tiep", "english")
ABUSE = ("khoa", "mokhoa", "giukhoa")
STAFF = ("moi", "xacnhan", "thuhoi", "nhom")

TOPICS: Mapping[Role, Mapping[str, tuple[str, ...]]] = {
    Role.OFFICER: {"look": LOOK, "answer": ANSWER, "pass_on": PASS_ON, "note": (*NOTE, "nhapho"), "self": SELF},
    Role.LEAD: {
        "look": LOOK_AT_ALL,
        "unit": ("giao", "duyet", "khongduyet", "tralai", "nhom"),
        "answer": ANSWER,
        "pass_on": PASS_ON,
        "note": (*NOTE, "nhapho"),
        "self": SELF,
    },
    Role.TRIAGE: {
        "look": LOOK,
        "triage": ("phanloai", "chuyen", "tuchoi", "gop", "tach", "hoantac"),
        "note": ("ghichu", "nhapho", "dap"),
        "abuse": ABUSE,
        "self": SELF,
    },
    Role.REVIEWER: {
        "look": LOOK_AT_ALL,
        "review": ("rasoat", "ghichu"),
        "decide": DECIDE,
        "abuse": ("mokhoa", "giukhoa"),
        "self": SELF,
    },
    Role.ADMIN: {
        "staff": STAFF,
        "config": ("cauhinh",),
        "look": ("solieu", "xem", "visao"),
        "abuse": ABUSE,
        "self": ("dap", "huy", "english"),
    },
}
"""Role -> topic -> commands, the most used first."""
MENU = {
    Role.OFFICER: ("viec", "homnay", "nhan", "xong", "hoi", "chuyen", "giahan", "tuchoi", "vuottham", "ghichu"),
    Role.LEAD: (
        *("viec", "homnay", "solieu", "giao", "nhan", "xong"),
        *("hoi", "chuyen", "giahan", "tuchoi", "tralai", "nhom"),
    ),
    Role.TRIAGE: ("viec", "homnay", "phanloai", "nhapho", "chuyen", "tuchoi", "gop", "tach", "dap", "khoa", "mokhoa"),
    Role.REVIEWER: ("viec", "homnay", "solieu", "rasoat", "nhan", "tralai", "ghichu", "mokhoa"),
    Role.ADMIN: ("moi", "xacnhan", "thuhoi", "nhom", "cauhinh", "solieu", "khoa", "mokhoa"),
}
EVERYBODY = ("xem", "nghi", "huy", "trogiup")


def menu_of(role: Role) -> tuple[str, ...]:
    """The commands of a channel's menu for a role, the most used first."""
    return tuple(dict.fromkeys((*MENU[role], *EVERYBODY)))


def show_guide(act: Act) -> tuple[Say, ...]:
    """/trogiup [topic or command]: a few lines and the topics; a topic's commands; how one command is written."""
    topics = TOPICS[act.officer.role]
    asked = act.words.strip().lstrip("/")
    if asked in topics:
        lines = tuple(Words("desk.guide_line", {"name": name, "can": _can(name)}) for name in topics[asked])
        others = [name for name in topics if name != asked]
        return (Say(Words("desk.guide_topic", {"topic": Words(f"desk.topic.{asked}"), "lines": lines}), _rows(others)),)
    if asked in {name for names in topics.values() for name in names}:
        return done("desk.guide_one", name=asked, can=_can(asked), how=Words(f"desk.how.{asked}"))
    return (Say(Words(f"desk.guide_{act.officer.role.value}"), _rows(list(topics))),)


def _can(name: str) -> Words:
    return Words(f"desk.can.{name}")


def _rows(topics: list[str]) -> tuple[tuple[Button, ...], ...]:
    return in_pairs(Button(f"do:trogiup {topic}", Words(f"desk.topic.{topic}")) for topic in topics)
