"""`phananh config apply|history|rollback`: versions of the configuration, rehearsed on real cases."""

from __future__ import annotations

import getpass
import os
from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.terminal import CONFIG_FILE, DbOption, FileArgument, opened_store, stop

if TYPE_CHECKING:
    from routing.config import Config
    from routing.rehearse import Rehearsal
    from storage.store import Store

MOST_PAIRS = 20


def register(config_app: typer.Typer) -> None:
    """Adds the commands to `phananh config`."""
    config_app.command("apply")(apply)
    config_app.command("history")(history)
    config_app.command("rollback")(rollback)


def apply(file: FileArgument = CONFIG_FILE, db: DbOption = "") -> None:
    """Áp dụng một cấu hình: kiểm tra, diễn thử trên các vụ việc đã có, rồi đưa vào dùng trong vài giây."""
    from routing.config import parse, read_text

    with opened_store(db) as store:
        text = read_text(file)
        _apply(store, text, parse(text, str(file)))


def rehearse_past(old: Config, new: Config, last: int, db: str) -> tuple[Rehearsal, bool]:
    """Replays the last cases of the service through a changed configuration; the sample, False, when there are none."""
    from bot.casework.apply_config import past_asks
    from routing.rehearse import rehearse, sample

    with opened_store(db) as store:
        asks, open_cases, staffed = store.read_now(
            lambda tx: (past_asks(tx, last), tx.cases.open_by_agency(), tx.officers.staffed())
        )
    return rehearse(old, new, asks or sample(old), open_cases, staffed), bool(asks)


def tell(outcome: Rehearsal, source: str) -> None:
    """Prints what a change would do to the cases of this source."""
    examples = {(move.from_agency, move.to_agency): move for move in reversed(outcome.moved)}
    print(f"{outcome.cases} vụ việc {source}: {len(outcome.moved)} chuyển cơ quan, {outcome.redated} đổi thời hạn.")
    for (old, new), count in list(outcome.by_pair.items())[:MOST_PAIRS]:
        move = examples[old, new]
        print(f"  {count:>4}  {old} → {new}  (quy tắc {move.rule}; ví dụ: “{move.ask.text}”)")
    if len(outcome.by_pair) > MOST_PAIRS:
        print(f"        … và {len(outcome.by_pair) - MOST_PAIRS} cặp khác")
    for words in outcome.warnings:
        print(f"Lưu ý: {words}")
    for words in outcome.faults:
        print(f"Không được áp dụng: {words}")


def history(db: DbOption = "") -> None:
    """Các phiên bản đã áp dụng, mới nhất trước, với những thay đổi so với bản trước."""
    from bot.casework.apply_config import BY_FILE
    from bot.dialogue.texts import when
    from routing.config_diff import differences

    with opened_store(db) as store:
        versions = store.read_now(lambda tx: tx.configs.history(50))
        behind = store.read_now(lambda tx: {each.author: tx.officers.behind(each.author) for each in versions})
    if not versions:
        print("Chưa có phiên bản nào: chưa lần nào chạy dịch vụ hay áp dụng cấu hình.")
    for newer, older in zip_longest(versions, versions[1:]):
        mark = "*" if newer.active else " "
        officer = behind[newer.author]
        author = (officer.name or officer.agency) if officer else newer.author
        author = "qua tệp config.yaml" if author == BY_FILE else author
        print(f"{mark} {newer.number:>4}  {when(newer.applied_at)}  {author}  {newer.hash[:12]}")
        for line in differences(older.text, newer.text)[:8] if older else ():
            print(f"          {line}")


def rollback(number: Annotated[int, typer.Argument(help="số phiên bản (xem history)")], db: DbOption = "") -> None:
    """Quay về một phiên bản cũ; diễn thử như khi áp dụng. config.yaml được ghi lại theo khi dịch vụ chạy."""
    from routing.config import parse

    with opened_store(db) as store:
        version = store.read_now(lambda tx: tx.configs.get(number))
        if version is None:
            stop(f"Không có phiên bản {number}. Xem: phananh config history")
        _apply(store, version.text, parse(version.text, f"phiên bản {number}"))


def _apply(store: Store, text: str, config: Config) -> None:
    from bot.app import wall_clock
    from bot.casework.apply_config import Written, apply_config, rehearse_change
    from bot.casework.context import Refused
    from routing.config import parse

    active = store.read_now(lambda tx: tx.configs.active())
    old = parse(active.text, f"phiên bản {active.number}") if active else None
    if old is not None:
        before = old
        outcome = store.read_now(lambda tx: rehearse_change(tx, before, config))
        tell(outcome, "diễn thử")
    try:
        version = store.write_now(lambda tx: apply_config(tx, Written(text, config), old, _author(), wall_clock()))
    except Refused:
        raise typer.Exit(1) from None
    print(f"Đang dùng phiên bản {version.number} ({version.hash[:12]}).")


def _author() -> str:
    """Whose terminal it is; in a container a number may stand behind nobody's name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
