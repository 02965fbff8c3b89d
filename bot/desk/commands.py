"""The desk's commands and buttons by name: one function each, elsewhere."""

from __future__ import annotations

from bot.desk import handling, judging, queues, sharing, staffing, talking
from bot.desk.act import Command

COMMANDS: dict[str, Command] = {
    "viec": queues.show_queue,
    "homnay": queues.show_today,
    "xem": handling.show_case,
    "nhan": handling.accept,
    "hoi": handling.ask,
    "chuyen": handling.transfer,
    "xong": handling.resolve,
    "tuchoi": handling.reject,
    "giahan": handling.extend,
    "vuottham": handling.escalate,
    "tralai": handling.give_back,
    "vuongmac": handling.note_difficulty,
    "giuhen": handling.keep,
    "hoantac": handling.take_back,
    "giao": sharing.assign,
    "ghichu": sharing.note,
    "gop": sharing.merge,
    "tach": sharing.split,
    "ngoai": sharing.link_out,
    "visao": sharing.explain,
    "mau": sharing.show_templates,
    "rasoat": judging.review,
    "phanloai": judging.triage,
    "nhapho": judging.file_for,
    "dap": talking.answer,
    "nghi": staffing.leave,
    "roi": staffing.quit_service,
    "moi": staffing.invite_staff,
    "xacnhan": staffing.confirm,
    "thuhoi": staffing.revoke,
    "nhom": staffing.bind,
    "english": staffing.speak_english,
    "tiengviet": staffing.speak_vietnamese,
    "trogiup": staffing.help_desk,
    "help": staffing.help_desk,
    "start": staffing.help_desk,
}
"""Name without slash -> what it does."""

PRESSES: dict[str, str] = {
    "open": "xem",
    "take": "nhan",
    "ask": "hoi",
    "transfer": "chuyen",
    "resolve": "xong",
    "reject": "tuchoi",
    "extend": "giahan",
    "escalate": "vuottham",
    "return": "tralai",
    "undo": "hoantac",
    "keep": "giuhen",
    "assign": "giao",
    "review": "rasoat",
    "triage": "phanloai",
    "template": "mau",
    "why": "visao",
}
"""First part of a button's press -> command."""

CASELESS = frozenset(
    {
        "dap",
        "viec",
        "homnay",
        "nghi",
        "roi",
        "moi",
        "xacnhan",
        "thuhoi",
        "nhom",
        "trogiup",
        "help",
        "english",
        "tiengviet",
        "nhapho",
    }
)
"""Commands that are about no case: the one shown last stays out of them."""
