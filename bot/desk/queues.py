"""Lists of the desk: what waits, by urgency and deadline, filtered, paged, or as a table file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bot.casework.digests import digest_of, waiting_for
from bot.casework.facts import category_label, ward_name
from bot.desk.act import Act, done
from bot.desk.cards import line
from bot.dialogue.message import Button, Say, Words, in_pairs, raw
from bot.dialogue.texts import load_texts
from bot.reports.pages import page_in, page_of
from bot.reports.tables import table_file
from nlp.normalize import fold
from routing.calendar import HANOI
from storage.records import Case, OfficerId, Urgency

PAGE = 8
MOST_WORDS = 40
"""Characters of a filter: it must fit into the button for the next page."""
Keep = Callable[[Case], bool]


def show_queue(act: Act) -> tuple[Say, ...]:
    """/viec [quá hạn | khẩn | của tôi | lĩnh vực | phường] [csv] [trang]."""
    words, number, as_table = _parts(act.words)
    waiting = waiting_for(act.ctx, act.officer)
    cases = [case for case in waiting if all(keep(case) for keep in _filters(act, words))]
    if waiting and not cases:
        return done("desk.queue_no_match", words=" ".join(words), n=len(waiting))
    if not cases:
        return done("desk.queue_empty")
    if as_table:
        return (Say(Words("desk.table", {"n": len(cases)}), document=("viec.csv", table(act, cases))),)
    page = page_of(cases, number, PAGE)
    rows = [*in_pairs(Button(f"open:{case.code}", raw(str(case.code))) for case in page.shown)]
    if not page.is_last:
        rows.append((Button(" ".join(["do:viec", *words, "trang", str(page.number + 1)]), Words("more")),))
    lines = tuple(line(act.ctx, case) for case in page.shown)
    key = "desk.queue" if len(cases) <= PAGE else "desk.queue_part"
    args = {"n": len(cases), "first": page.first, "last": page.first + len(page.shown) - 1, "lines": lines}
    return (Say(Words(key, args), tuple(rows)),)


def show_today(act: Act) -> tuple[Say, ...]:
    """/homnay: the digest of the morning, now."""
    say = digest_of(act.ctx, act.officer)
    return (say,) if say else done("desk.queue_empty")


def _parts(said: str) -> tuple[list[str], int, bool]:
    """Folded filter words, the number of the page, and whether a table is wanted."""
    words = fold(said).replace(",", " ").split()
    wanted, number = page_in(" ".join(word for word in words if word != "csv"))
    return wanted[:MOST_WORDS].split(), number, "csv" in words


def _filters(act: Act, words: list[str]) -> list[Keep]:
    """Each filter that the words name; whatever else they say is looked for in the cases' text."""
    text = f" {' '.join(words)} "
    keeps: list[Keep] = []
    if " qua han " in text:
        keeps.append(lambda case: case.due_at is not None and case.due_at < act.ctx.now)
        text = text.replace(" qua han ", " ")
    if " khan " in text:
        keeps.append(lambda case: case.urgency is Urgency.KHAN)
        text = text.replace(" khan ", " ")
    if " cua toi " in text:
        keeps.append(lambda case: case.officer == act.officer.id)
        text = text.replace(" cua toi ", " ")
    if " chua ai nhan " in text:
        keeps.append(lambda case: case.officer is None)
        text = text.replace(" chua ai nhan ", " ")
    for code, category in act.ctx.config.categories.items():
        for name in (code, fold(category.label)):
            if f" {name} " in text:
                keeps.append(_of_category(code))
                text = text.replace(f" {name} ", " ")
    rest = text.strip()
    if rest:
        keeps.append(lambda case: any(rest in said for said in _said_of(act, case)))
    return keeps


def _said_of(act: Act, case: Case) -> Iterator[str]:
    """Folded words to find a case by: what it tells, its ward, its category."""
    yield case.folded
    yield fold(ward_name(act.ctx, case))
    yield fold(load_texts().say(category_label(act.ctx, case.category), act.officer.language))


def _of_category(code: str) -> Callable[[Case], bool]:
    return lambda case: case.category == code


def table(act: Act, cases: list[Case]) -> str:
    """A table file for spreadsheets: masked words, no names, no telephone numbers."""
    return table_file(_rows(act, cases))


def _rows(act: Act, cases: list[Case]) -> Iterator[Sequence[object]]:
    yield ["Mã", "Trạng thái", "Lĩnh vực", "Nơi", "Mức độ", "Gửi lúc", "Hạn", "Hẹn với dân", "Cán bộ", "Nội dung"]
    names: dict[OfficerId, str] = {}
    for case in cases:
        if case.officer and case.officer not in names:
            names[case.officer] = act.ctx.tx.officers.get(case.officer).name
        yield [
            case.code,
            case.status.value,
            load_texts().say(category_label(act.ctx, case.category)),
            ward_name(act.ctx, case),
            case.urgency.value,
            *(at.astimezone(HANOI).strftime("%Y-%m-%d %H:%M") if at else "" for at in (case.filed_at, case.due_at)),
            case.promised_at.astimezone(HANOI).strftime("%Y-%m-%d %H:%M") if case.promised_at else "",
            names.get(case.officer, "") if case.officer else "",
            case.masked,
        ]
