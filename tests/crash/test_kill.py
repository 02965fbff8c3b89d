"""Kill -9 at every failpoint: what was accepted takes effect exactly once, what is sent is sent at least once."""

from __future__ import annotations

import ast
import asyncio
import os
import re
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.casework.lifecycle import is_legal
from bot.media import Media
from storage.failpoints import NAMES
from storage.files import FileStore
from storage.sealed import MasterKeys
from storage.store import Store
from storage.verify import verify
from tests.crash.conftest import Nursery

ROOT = Path(__file__).parent.parent.parent
ELSEWHERE = {
    *("update.before_work", "update.after_work", "offset.after_commit"),
    *("token.before_ask", "token.after_ask", "token.after_store"),
    *("delivery.before_knock", "delivery.after_knock"),
    *(name for name in NAMES if name.startswith(("key.", "migration.", "vault."))),
}
"""Reached only by a platform's own code or by a first start; killed there by the other tests of this folder."""
HERE = sorted(NAMES - ELSEWHERE)
STARTS = ("2026-12-01T09:00:00+07:00", "2026-12-01T09:10:00+07:00")


@pytest.mark.parametrize("failpoint", [*HERE, "store.before_commit:6", "store.after_commit:9", "delivery.after_send:5"])
def test_nothing_is_lost_or_doubled_when_killed_at(
    failpoint: str, database_url: str, keys: MasterKeys, tmp_path: Path, nursery: Nursery
) -> None:
    keys.write(tmp_path / "master.key")
    killed = nursery.run("driver", database_url, tmp_path, STARTS[0], failpoint=failpoint)
    assert killed == -signal.SIGKILL, "the failpoint was never reached"
    assert nursery.run("driver", database_url, tmp_path, STARTS[1]) == 0
    store = Store.open(database_url, keys)
    try:
        cases = store.read_now(lambda tx: tx.cases.all())
        assert len(cases) == 1
        assert cases[0].status == "accepted"
        filed_at = cases[0].filed_at
        pictures = store.read_now(lambda tx: tx.files.of_case(cases[0].id))
        assert [f.status for f in pictures] == ["ready"]
        kinds = [e.kind for e in store.read_now(lambda tx: tx.events.of(cases[0].id))]
        assert kinds[:2] == ["filed", "accepted"]
        assert len([k for k in kinds if k in ("filed", "accepted")]) == 2
        assert store.read_now(lambda tx: tx.outbox.counts())["waiting"] == 0
        files = FileStore(tmp_path / "files")
        assert verify(store, files, is_legal) == []
        _let_an_hour_pass(tmp_path / "files")
        media = Media(store, files, lambda *_: lambda _tx: None, {}, lambda: filed_at, lambda: None)
        asyncio.run(media.tidy())
        assert verify(store, files, is_legal) == [], "and no picture is left over of which no row speaks"
        _each_sent_once_or_twice(store, tmp_path)
    finally:
        store.close()


def _let_an_hour_pass(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (1, 1))


def _each_sent_once_or_twice(store: Store, folder: Path) -> None:
    """Every row of the outbox reached the platform; a crash doubles at most what was in flight."""
    sent = Counter((folder / "receipts").read_text(encoding="utf-8").splitlines())
    rows = store.read_now(lambda tx: tx.outbox.sent("crash", "dân", limit=1000)) + store.read_now(
        lambda tx: tx.outbox.sent("crash", "cán bộ", limit=1000)
    )
    assert len(rows) <= sum(sent.values()) <= len(rows) + 2


def test_every_failpoint_stands_in_the_code_exactly_where_the_registry_says() -> None:
    found = set()
    for part in ("bot", "storage"):
        for path in (ROOT / part).rglob("*.py"):
            found |= set(re.findall(r"\breach\(\"([\w.]+)\"\)", path.read_text(encoding="utf-8")))
    assert found <= NAMES
    assert NAMES - found <= ELSEWHERE


UNCUT = {
    "storage/store.py:Store.read_now": "reads",
    "storage/store.py:_commit": "called between the two failpoints of Store._run",
    "storage/files.py:FileStore.delete": "one system call; Media._forget has the failpoints around it",
    "storage/files.py:FileStore.remove_unwanted": "each file by itself; the next sweep takes what is left",
    "storage/sealed.py:MasterKeys.withdraw": "the database was not opened: nothing is sealed with that key",
    "storage/backup.py:back_up": "makes a copy that counts only under its final name",
    "storage/heads.py:HeadFiles._write": "a file counts only under its final name; one half written is written anew",
    "storage/backup.py:check_backup": "removes its own scratch copy",
    "bot/channels/web/uploads.py:Uploads.take": "no message speaks of the file yet; what is cut off is swept",
    "bot/channels/web/uploads.py:Uploads.sweep": "each file by itself; the next sweep takes what is left",
}
"""Places without failpoints of their own, each with its reason."""


def test_every_write_and_every_send_lies_between_two_failpoints() -> None:
    """A write outside a transaction, or a send outside the delivery, that a crash could cut unseen, fails here."""
    bare = {place for path in _sources() for place in _bare(path)}
    assert bare - UNCUT.keys() == set()
    assert UNCUT.keys() - bare == set(), "a reason for a place that is no more"


def test_a_write_without_a_failpoint_is_found(tmp_path: Path) -> None:
    """The search itself: each kind of write or send, with a failpoint only before it, only after it, on both sides."""
    for act in (
        "with c.begin(): pass",
        "c.commit()",
        "p.replace(q)",
        "os.link(p, q)",
        "os.unlink(p)",
        "await s.send(m)",
    ):
        for before, after in ((False, True), (True, False), (True, True)):
            mark = "    reach('x')\n"
            body = mark * before + f"    {act}\n" + mark * after
            (tmp_path / "act.py").write_text(f"async def act():\n{body}", encoding="utf-8")
            assert bool(_bare(tmp_path / "act.py")) is not (before and after), body


def _sources() -> list[Path]:
    """Everything that serves people; commands and measurements are run by hand, and again if they broke off."""
    parts = [path for part in ("bot", "storage") for path in (ROOT / part).rglob("*.py")]
    return [path for path in parts if not {"cli", "bench", "versions"} & set(path.parts)]


def _bare(path: Path) -> set[str]:
    """Functions with a write or a send that has no failpoint before it or none after it."""
    name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
    found = set()
    for owner, function in _functions(ast.parse(path.read_text(encoding="utf-8"))):
        calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
        marks = [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "reach"]
        for line in _cuts(function, path):
            if not (any(mark < line for mark in marks) and any(mark > line for mark in marks)):
                found.add(f"{name}:{owner}{function.name}")
    return found


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield "", node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.", each) for _, each in _functions(ast.Module(node.body, [])))


def _cuts(function: ast.FunctionDef | ast.AsyncFunctionDef, path: Path) -> Iterator[float]:
    """Lines of writes and sends. What a channel says to its platform is the inside of one send: it is left out."""
    is_edge = "channels" in path.parts
    handlers = [node for node in ast.walk(function) if isinstance(node, ast.ExceptHandler)]
    cleaning = {id(inner) for handler in handlers for inner in ast.walk(handler)}
    awaited = {id(node.value) for node in ast.walk(function) if isinstance(node, ast.Await)}
    for call in ast.walk(function):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)) or id(call) in cleaning:
            continue
        match call.func.attr:
            case "commit" if id(call) not in awaited:
                yield call.lineno
            case "begin":
                yield from ((node.end_lineno or 0) + 0.5 for node in ast.walk(function) if _opens(node, call))
            case "send" | "knock" if id(call) in awaited and not is_edge:
                yield call.lineno
            case "replace" | "rename" | "link" | "unlink" | "rmtree" if _is_of_a_path(call):
                yield call.lineno


def _opens(node: ast.AST, call: ast.Call) -> bool:
    return isinstance(node, ast.With) and any(item.context_expr is call for item in node.items)


def _is_of_a_path(call: ast.Call) -> bool:
    """Words, times and records are replaced too: those by two arguments, or by names; and pages have links."""
    assert isinstance(call.func, ast.Attribute)
    if isinstance(call.func.value, ast.Name) and call.func.value.id == "os":
        return True
    return call.func.attr in ("rename", "unlink", "rmtree") or (
        call.func.attr == "replace" and len(call.args) == 1 and not call.keywords
    )
