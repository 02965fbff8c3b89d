"""A case among colleagues: given to one, noted upon, joined, split, answered from outside, explained, templated."""

from __future__ import annotations

from bot.casework.answer_externally import ensure_linkable, link_case
from bot.casework.approve_move import approve_move, decline_move
from bot.casework.assign_case import assign_case, ensure_assignable
from bot.casework.facts import agency_name, reasons_of, ward_name
from bot.casework.lifecycle import ensure_legal
from bot.casework.merge_cases import merge_cases
from bot.casework.note_case import note_case
from bot.casework.permissions import ensure_may_assign, ensure_may_work_on, ensure_role, may_see_person
from bot.casework.split_case import ensure_splittable, split_case
from bot.desk.act import Act, Ask, done
from bot.desk.choosing import asked_again, choose_category, choose_colleague, likely_categories
from bot.dialogue.message import Say, Words, raw
from bot.dialogue.texts import when
from routing.calendar import HANOI
from routing.config import Template
from storage.records import Case, CaseStatus, Role

ANSWER_PATH = "/tra-loi/"
"""Where the web channel shows a case to whoever holds a link."""


def assign(act: Act) -> tuple[Say, ...]:
    """/giao CODE NAME: to a colleague; without a name the colleagues are offered."""
    case = act.need_case()
    ensure_may_assign(act.officer, case)
    ensure_assignable(case)
    colleague = choose_colleague(act, "to", "desk.ask_colleague", code=case.code)
    assigned = assign_case(act.ctx, act.officer, case.id, colleague)
    return done("desk.assigned", code=assigned.code, name=colleague.name)


def note(act: Act) -> tuple[Say, ...]:
    """/ghichu: for colleagues only."""
    case = act.need_case()
    noted = note_case(act.ctx, act.officer, case.id, act.need_words("desk.ask_note", code=case.code))
    return done("desk.noted", code=noted.code)


def merge(act: Act) -> tuple[Say, ...]:
    """/gop CODE MAIN: the first goes into the second."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    ensure_legal(case, CaseStatus.MERGED)
    said = act.need_words("desk.ask_main", code=case.code)
    main = act.ctx.case_of(said.split()[0])
    if main is None:
        asked = asked_again(said, Words("desk.ask_main", {"code": case.code}))
        raise Ask("desk.ask_main", Say(asked), words="")
    merged = merge_cases(act.ctx, act.officer, case.id, main.id, " ".join(said.split()[1:]))
    return done("desk.merged", code=merged.code, main=main.code)


def split(act: Act) -> tuple[Say, ...]:
    """/tach: the words of the second problem, and its category."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    ensure_splittable(case)
    words = act.need_words("desk.ask_split", code=case.code)
    ask = Words("desk.ask_split_category", {"code": case.code})
    category = choose_category(act, "category", likely_categories(act, words), ask)
    fresh = split_case(act.ctx, act.officer, case.id, category, words)
    return done("desk.split", code=case.code, fresh=fresh.code, agency=agency_name(act.ctx, fresh.agency))


def link_out(act: Act) -> tuple[Say, ...]:
    """/ngoai CODE FIRM: a link for whoever has no account; valid 14 days, for one answer."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    ensure_linkable(case)
    firm = act.need_words("desk.ask_firm", code=case.code)
    link = link_case(act.ctx, act.officer, case.id, firm)
    return done(
        "desk.link", code=case.code, name=firm, url=f"{act.tools.site}{ANSWER_PATH}{link.token}", until=link.expires_at
    )


def explain(act: Act) -> tuple[Say, ...]:
    """/visao: the rule and the evidence that named the agency."""
    case = act.need_case()
    args = {
        "code": case.code,
        "agency": agency_name(act.ctx, case.agency),
        "because": reasons_of(case),
        "rule": case.rule,
        "version": case.config_version[:8],
    }
    return (Say(Words("track.because", args)),)


def show_templates(act: Act) -> tuple[Say, ...]:
    """/mau: replies to start from, filled with the facts of the case."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    fitting = [t for t in act.ctx.config.templates.values() if not t.categories or case.category in t.categories]
    code = act.choose("template", "desk.ask_template", [(t.code, t.label) for t in fitting], code=case.code)
    template = act.ctx.config.templates[code]
    return (Say(raw(filled(act, case, template))),)


def filled(act: Act, case: Case, template: Template) -> str:
    """A template with the facts of a case put in; what only the officer knows stays as "…"."""
    place = case.place_words if case.place_words and may_see_person(act.officer, case) else ward_name(act.ctx, case)
    facts = {
        "ma": str(case.code),
        "linh_vuc": act.ctx.config.categories[case.category].label,
        "dia_diem": place or "…",
        "don_vi": agency_name(act.ctx, case.agency),
        "han": when(case.promised_at) if case.promised_at else "…",
        "ngay_gui": f"{case.filed_at.astimezone(HANOI):%d/%m/%Y}",
    }
    text = template.text
    for name, value in facts.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def approve(act: Act) -> tuple[Say, ...]:
    """/duyet: a lead lets an officer's move happen."""
    moved = approve_move(act.ctx, act.officer, act.need_case().id)
    return done("desk.approved", code=moved.code)


def decline(act: Act) -> tuple[Say, ...]:
    """/khongduyet: or not, with a reason."""
    case = act.need_case()
    ensure_role(act.officer, Role.LEAD)
    declined = decline_move(act.ctx, act.officer, case.id, act.need_words("desk.ask_decline", code=case.code))
    return done("desk.declined", code=declined.code)
