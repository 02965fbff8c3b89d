"""The desk's commands and buttons by name: one function each, elsewhere."""

from __future__ import annotations

from bot.desk import barring, configuring, figures, guide, handling, judging, queues, sharing, staffing, talking
from bot.desk.act import Command

COMMANDS: dict[str, Command] = {
    "viec": queues.show_queue,
    "homnay": queues.show_today,
    "solieu": figures.show_figures,
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
    "duyet": sharing.approve,
    "khongduyet": sharing.decline,
    "mau": sharing.show_templates,
    "rasoat": judging.review,
    "phanloai": judging.triage,
    "nhapho": judging.file_for,
    "dap": talking.answer,
    "khoa": barring.ban,
    "mokhoa": barring.lift,
    "giukhoa": barring.keep,
    "nghi": staffing.leave,
    "roi": staffing.quit_service,
    "moi": staffing.invite_staff,
    "xacnhan": staffing.confirm,
    "thuhoi": staffing.revoke,
    "cauhinh": configuring.configure,
    "nhom": staffing.bind,
    "english": staffing.speak_english,
    "tiengviet": staffing.speak_vietnamese,
    "loi": handling.take_words,
    "trogiup": guide.show_guide,
    "help": guide.show_guide,
    "start": guide.show_guide,
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
    "note": "ghichu",
    "approve": "duyet",
    "decline": "khongduyet",
    "ban": "khoa",
    "resume": "tiep",
    "drop": "huy",
}
"""First part of a button's press -> command."""

LOOKING = frozenset(
    {"viec", "xem", "homnay", "solieu", "visao", "mau", "loi", "trogiup", "help", "start", "english", "tiengviet"}
)
"""Commands that only show: what was set aside for them is mentioned, and not asked about again at once."""

STARTS_NOTHING = LOOKING | {"hoantac"}
"""After these nothing that was set aside goes on by itself: who takes a step back wants no other one taken."""

CASELESS = frozenset(
    {"cauhinh", "dap", "viec", "homnay", "solieu", "nghi", "roi", "moi", "xacnhan", "thuhoi", "nhom", "nhapho"}
    | {"trogiup", "help", "start", "english", "tiengviet"}
)
"""Commands that are about no case: the one shown last stays out of them."""

ABOUT_ONESELF = frozenset({"nghi", "roi"})
"""Commands that one person has under way but once."""

ABOUT_PEOPLE = frozenset({"khoa", "mokhoa", "giukhoa"})
"""Commands about a person: through a case only when that case was named, never through the one shown last."""
