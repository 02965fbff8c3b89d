"""`phananh chat`, `invite`, `jobs run` and `verify` as somebody types them: every gesture, every fault in words."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.app import Service
from bot.cli import app, conversation
from bot.cli.terminal import open_by_name
from nlp.reader import Reader
from storage.store import Closed
from tests.conversations.play import Stage, play

ROOT = Path(__file__).parent.parent.parent
PICTURES = ROOT / "tests" / "pictures"
CONFIG = ROOT / "config.yaml"
REPORT = (
    "Đèn đường phố Huế tắt ba hôm rồi",
    "đồng ý",
    "bỏ qua tất cả",
    ":place 21.0181,105.8511",
    ":photo o-ga.jpg",
    "không nhớ số cột",
)
Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of one's own for everything that is stored; pictures lie where the terminal stands."""
    monkeypatch.chdir(PICTURES)
    for name, value in {
        "DATABASE_URL": f"sqlite:///{tmp_path}/town.db",
        "VAR_DIR": tmp_path / "var",
        "KEY_FILE": tmp_path / "master.key",
        "CONFIG_FILE": CONFIG,
    }.items():
        monkeypatch.setenv(name, str(value))
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    def typed(*arguments: str, lines: tuple[str, ...] = (), stdin: bytes | None = None) -> Result:
        given = stdin if stdin is not None else "".join(f"{line}\n" for line in lines)
        return CliRunner().invoke(app, list(arguments), input=given)

    return typed


def said(result: Result) -> str:
    """What was printed, after an end without a fault."""
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.stdout


def refused(result: Result) -> str:
    """The words on standard error of an end with exit code 2."""
    assert (result.exit_code, type(result.exception)) == (2, SystemExit), repr(result.exception)
    return result.stderr


def code_in(words: str) -> str:
    return re.findall(r"HN-[0-9A-Z]{4}-[0-9A-Z]{3}", words)[-1]


def test_a_restarted_conversation_leaves_nothing_open(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Service] = []

    def noted(db: str) -> Service:
        opened.append(open_by_name(db))
        return opened[-1]

    monkeypatch.setattr(conversation, "open_by_name", noted)
    said(run("chat", lines=("xin chào", ":restart", "/trogiup")))
    assert len(opened) == 2
    for service in opened:
        with pytest.raises(Closed):
            service.store.write_now(lambda _tx: None)


def test_a_case_from_end_to_end_with_every_gesture(run: Run) -> None:
    """A citizen files by lines and gestures and answers a question, an officer accepts, asks, answers with a photo."""
    told = said(run("chat", lines=(*REPORT, ":restart", ":press Gửi phản ánh", ":again")))
    assert told.count("Đã gửi. Mã phản ánh: HN-") == 1, "the second delivery of a press files nothing"
    code = code_in(told)
    login = said(run("invite", "--agency", "ubnd-00256", "--role", "officer", "--name", "Lan")).strip()
    desk = ("chat", "--as", "officer", "--login", login)
    asked = said(run(*desk, lines=("/viec", f"/xem {code}", f"/nhan {code}", f"/hoi {code} Đèn số mấy?")))
    assert f"Đã hỏi người dân về {code}" in asked
    assert "Đèn số mấy?" in said(run("chat", lines=("Cột số 5", ":press 1")))
    # No date: whatever day it is, the answer is no promise.
    answer = ":photo da-va.jpg | Đã thay bóng đèn cột số 5 trước số 12 phố Huế, đèn đã sáng."
    answered = said(run(*desk, lines=(f"/xem {code}", f"/xong {code}", answer)))
    assert "Cột số 5" in answered
    assert f"Đã trả kết quả {code}, kèm 1 ảnh" in answered
    assert said(run("verify")) == "Sạch: mọi thứ còn nguyên.\n"


def test_each_name_is_a_person(run: Run) -> None:
    code = code_in(said(run("chat", "--citizen", "an", lines=(*REPORT, "gửi đi"))))
    assert code in said(run("chat", "--citizen", "an", lines=("/cuatoi",)))
    assert code not in said(run("chat", "--citizen", "binh", lines=("đồng ý", "/cuatoi", f"/xem {code}")))


def test_another_database_is_another_town(run: Run, home: Path) -> None:
    other = f"sqlite:///{home}/deep/other.db"
    said(run("chat", "--db", other, lines=("alo",)))
    assert (home / "deep" / "other.db").exists()
    assert not (home / "town.db").exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (":press 9", "không có nút “9”"),
        (":press", "không có nút"),
        (":again", "chưa có tin nào để gửi lại"),
        (":place đây này", ":place VĨ_ĐỘ,KINH_ĐỘ"),
        (":place nan,nan", ":place VĨ_ĐỘ,KINH_ĐỘ"),
        (":place inf,105", ":place VĨ_ĐỘ,KINH_ĐỘ"),
        (":place 2102.85,10585.42", ":place VĨ_ĐỘ,KINH_ĐỘ"),
        (":photo", ":photo TỆP"),
        (":nhảy", "chỉ có :photo"),
        (":)", "chỉ có :photo"),
    ],
)
def test_a_gesture_that_means_nothing_is_told_and_the_conversation_goes_on(run: Run, line: str, words: str) -> None:
    """The first delivery of all is /start, said by the terminal itself: nothing typed can be repeated before it."""
    if line == ":again":
        said(run("chat", lines=("alo",)))  # known from now on: nothing is said of its own accord
    told = said(run("chat", lines=(line, "đồng ý")))
    assert words in told
    assert "Có chuyện gì" in told.split(words, 1)[1].split("bot:")[-1], "the next line is heard"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        "\u200b",
        "🤬🤬🤬",
        "á" * 4000,
        "Моя улица затоплена",
        "{}%s%(x)d <b>",
        "\x00\x07",
        "'; DROP TABLE cases;",
    ],
)
def test_whatever_is_typed_the_conversation_goes_on(run: Run, line: str) -> None:
    told = said(run("chat", lines=("đồng ý", "bỏ qua tất cả", line, "Rác chất đống đầu ngõ")))
    asked = told.rsplit("bot:", 1)[1]
    # "DROP TABLE cases" is English, and so is what is asked after it.
    assert any(question in asked for question in ("Việc xảy ra ở đâu?", "lĩnh vực", "Where is it?"))


def test_bytes_of_another_encoding_are_no_reason_to_break_off(run: Run) -> None:
    assert "tên" in said(run("chat", stdin="đường hỏng\n".encode("utf-16") + "\nđồng ý\n".encode()))


def test_a_recorded_conversation_plays_as_it_was(run: Run, home: Path, tmp_path: Path) -> None:
    """What --record wrote is a transcript: played against an empty service, every answer is the same."""
    record = home / "lan-dau.chat"
    lines = (*REPORT, ":restart", ":press 9", ":press Sửa", "quay lại", ":again", "gửi đi", "/cuatoi", "cảm ơn")
    code = code_in(said(run("chat", "--record", str(record), lines=lines)))
    text = record.read_text(encoding="utf-8")
    assert code not in text
    assert "dân: :place 21.0181,105.8511" in text
    (tmp_path / "stage").mkdir()
    stage = Stage(tmp_path / "stage", CONFIG, reads=Reader)
    try:
        play(stage, text)
    finally:
        stage.close()


def test_a_recorded_desk_plays_as_it_was(run: Run, home: Path, tmp_path: Path) -> None:
    login = said(run("invite", "--agency", "ubnd-00070", "--name", "Lan")).strip()
    record = home / "ban-lam-viec.chat"
    said(run("chat", "--as", "officer", "--login", login, "--record", str(record), lines=("/viec", "/trogiup", "alo")))
    text = record.read_text(encoding="utf-8")
    assert "@invite ubnd-00070 officer Lan" in text
    assert login not in text
    (tmp_path / "stage").mkdir()
    stage = Stage(tmp_path / "stage", CONFIG, reads=Reader)
    try:
        play(stage, text)
    finally:
        stage.close()


def test_a_record_that_cannot_be_written_is_told_before_anybody_speaks(run: Run, home: Path) -> None:
    result = run("chat", "--record", str(home / "none" / "x.chat"), lines=("alo",))
    assert "Không đọc hoặc ghi được" in refused(result)
    assert "bot:" not in result.stdout


def test_an_officer_without_a_code_is_told_how_to_get_one(run: Run) -> None:
    assert "phananh invite" in refused(run("chat", "--as", "officer", lines=("/viec",)))
    assert "oficer" in refused(run("chat", "--as", "oficer", lines=("/viec",)))


def test_a_wrong_a_used_and_an_expired_code_open_nothing(run: Run, home: Path) -> None:
    said(run("chat", lines=("alo",)))
    used, expired = (said(run("invite", "--agency", "ubnd-00070")).strip() for _ in range(2))
    said(run("chat", "--as", "officer", "--login", used, lines=("/viec",)))
    with sqlite3.connect(home / "town.db") as raw:
        raw.execute("UPDATE invitations SET expires_at = 1 WHERE used_at IS NULL")
    raw.close()
    for code in ("sai-bét", expired):
        told = said(run("chat", "--as", "officer", "--login", code, lines=("/viec",)))
        assert "Mã mời không đúng, đã dùng hoặc quá hạn." in told
        assert "Cần mã mời" in told.rsplit("bot:", 1)[1]


def test_an_invitation_names_what_is_wrong_with_it(run: Run) -> None:
    assert "Không có đơn vị “ubnd-hoan-kiem”" in refused(run("invite", "--agency", "ubnd-hoan-kiem"))
    assert "officer, lead, triage, reviewer, admin" in refused(run("invite", "--agency", "ubnd-00070", "--role", "sếp"))
    assert "--agency" in refused(run("invite"))


@pytest.mark.parametrize(
    ("command", "url", "words"),
    [
        *(
            (command, url, words)
            for command in ("chat", "verify", "jobs run", "invite --agency ubnd-00070")
            for url, words in (
                ("phananh.db", "sqlite:///"),
                ("postgresql+psycopg://nobody@127.0.0.1:1/x", "không mở được cơ sở dữ liệu"),
            )
        ),
        *(
            (command, "sqlite:////proc/nowhere/x.db", "Không đọc hoặc ghi được /proc/nowhere")
            for command in ("chat", "jobs run", "invite --agency ubnd-00070")
        ),
        ("verify", "sqlite:////proc/nowhere/x.db", "không có cơ sở dữ liệu /proc/nowhere/x.db"),
    ],
)
def test_a_database_that_cannot_be_opened_is_told_in_words(run: Run, command: str, url: str, words: str) -> None:
    assert words in refused(run(*command.split(), "--db", url, lines=("alo",)))


@pytest.mark.parametrize("command", ["chat", "verify", "jobs run", "invite --agency ubnd-00070", "run --port 0"])
def test_a_database_of_a_newer_version_is_told_in_words(run: Run, home: Path, command: str) -> None:
    said(run("jobs", "run"))
    with sqlite3.connect(home / "town.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = 'v9999'")
    raw.close()
    assert "phiên bản mới hơn (v9999)" in refused(run(*command.split(), lines=("alo",)))


def test_a_broken_configuration_is_told_with_file_and_line(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = home / "config.yaml"
    broken.write_text(CONFIG.read_text(encoding="utf-8").replace("accept_hours: 8", "accept_hours: tám", 1))
    monkeypatch.setenv("CONFIG_FILE", str(broken))
    for command in ("chat", "jobs run"):
        assert re.search(r"config\.yaml:\d+:", refused(run(*command.split(), lines=("alo",))))


def test_a_setting_that_makes_no_sense_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "tám nghìn")
    assert "PORT" in refused(run("chat", lines=("alo",)))


def test_what_a_command_logs_is_no_part_of_what_it_prints(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(run("jobs", "run"))
    monkeypatch.setenv("CONFIG_FILE", str(home / "gone.yaml"))
    done = run("invite", "--agency", "ubnd-00070")
    assert re.fullmatch("[0-9a-f]{32}\n", said(done))
    assert '"event": "config.broken"' in done.stderr


def test_jobs_write_nothing_unless_the_database_is_marked_as_a_demo(run: Run, home: Path) -> None:
    code_in(said(run("chat", lines=(*REPORT, "gửi đi"))))
    ladder = ("jobs", "run", "--now", "2030-12-02T09:00+07:00", "--only", "cases")
    rehearsed = said(run(*ladder))
    assert "cases: 1" in rehearsed
    assert "chạy thử: không ghi gì" in rehearsed
    assert said(run(*ladder)) == rehearsed, "nothing was written by the first"
    with sqlite3.connect(home / "town.db") as raw:
        raw.execute("INSERT INTO meta (key, value) VALUES ('demo', 'x')")
    raw.close()
    assert said(run(*ladder)).startswith("cases: ")
    assert "cases: 0" in said(run(*ladder))
    assert said(run("verify")) == "Sạch: mọi thứ còn nguyên.\n"


def test_jobs_name_what_is_wrong_with_their_words(run: Run) -> None:
    assert "Không có việc “nope”. Có: " in refused(run("jobs", "run", "--only", "nope"))
    assert "“hôm qua” không đọc được" in refused(run("jobs", "run", "--now", "hôm qua"))
    assert "chạy thử" in said(run("jobs", "run", "--now", "2026-12-01T09:00"))


def test_verify_names_the_row_and_ends_with_one(run: Run, home: Path) -> None:
    code = code_in(said(run("chat", lines=(*REPORT, "gửi đi"))))
    with sqlite3.connect(home / "town.db") as raw:
        raw.execute("UPDATE cases SET status = 'closed'")
    raw.close()
    result = run("verify")
    assert result.exit_code == 1
    assert f"cases {code}: is closed" in result.stderr


def test_ctrl_c_ends_a_conversation_at_once_and_in_order(home: Path) -> None:
    """As in a real terminal: no further key is needed, and what was recorded until then is there."""
    screen, inside = pty.openpty()
    command = [str(Path(sys.executable).with_name("phananh")), "chat", "--record", str(home / "talk.chat")]
    with subprocess.Popen(command, stdin=inside, stdout=inside, stderr=inside, cwd=ROOT) as process:
        try:
            _wait_for("> ", screen)
            os.write(screen, "đồng ý\n".encode())
            _wait_for("Có chuyện gì", screen)
            _wait_for("> ", screen)
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
        finally:
            process.kill()
            os.close(screen)
            os.close(inside)
    assert "dân: đồng ý" in (home / "talk.chat").read_text(encoding="utf-8")


def _wait_for(words: str, terminal: int) -> None:
    seen = b""
    while words.encode() not in seen:
        assert select.select([terminal], [], [], 60)[0], seen.decode(errors="replace")
        seen += os.read(terminal, 1)
