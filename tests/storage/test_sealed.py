"""Personal data lies sealed; erasing a person destroys the key; master keys fail closed."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from storage.records import CaseStatus, Chat, Example, Officer, PersonId, Point, Question, Rating, Role, Session
from storage.sealed import KeyFault, MasterKeys, SealedBytes, decrypt, encrypt
from storage.store import Store, Transaction
from storage.tables import citizens, metadata
from tests.storage.builders import CITIZEN, NOW, a_case, a_citizen, a_file, a_push, file_case, filed, later, step

CANARIES = ("Nguyễn Thị Chim Vàng", "0912345678", "chuyện riêng của tôi", "ngõ hoàng yến", "21.0123", "ref-bí-mật")


def write_canaries(tx: Transaction) -> None:
    """Every personal thing that the service takes in, with words that are found nowhere else."""
    name, phone, words, place, _, ref = CANARIES
    tx.citizens.add(a_citizen(name=name, phone=phone))
    case = a_case(text=words, place_words=place, point=Point(21.0123, 105.8), on_behalf=name, answers={"a": words})
    case = file_case(tx, case, why=words)
    case = step(tx, replace(case, answer=words, override=words), CaseStatus.RESOLVED, why=words)
    tx.officers.add(Officer("o1", "a", Role.OFFICER, name, NOW, totp=words))
    tx.sessions.save(Session("telegram", "c1", {"draft": {"text": words}}, NOW), PersonId(CITIZEN))
    tx.outbox.add(a_push(args={"words": words, "name": name}))
    tx.files.add(a_file(ref=ref, point=Point(21.0123, 105.8), name=name))
    tx.ratings.save(Rating(case.id, 1, 1, NOW, words=words, verdict=words))
    tx.questions.add(Question(case.id, 1, words, NOW, "o1", later(days=1), answer=words))
    tx.tokens.set("zalo", {"refresh": ref}, None)


def test_no_personal_word_lies_in_the_files(tmp_path: Path, keys: MasterKeys) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/canary.db", keys)
    store.write_now(write_canaries)
    on_disk = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    store.close()
    on_disk["closed"] = (tmp_path / "canary.db").read_bytes()
    assert "canary.db-wal" in on_disk
    for canary in CANARIES:
        for written in (canary.encode(), json.dumps(canary).strip('"').encode()):
            assert not [name for name, content in on_disk.items() if written in content], canary


def test_no_personal_word_lies_in_any_column(store: Store) -> None:
    store.write_now(write_canaries)
    held = []
    with store.connect() as connection:
        for table in metadata.tables:
            for row in connection.execute(text(f"SELECT * FROM {table}")):
                held += [
                    bytes(v).decode("utf-8", "replace") if isinstance(v, bytes | memoryview) else str(v) for v in row
                ]
    assert len(held) > 100
    assert not [canary for canary in CANARIES if any(canary in value for value in held)]


def test_everything_personal_can_be_read_again(store: Store) -> None:
    store.write_now(write_canaries)
    name, phone, words, place, _, ref = CANARIES

    def read(tx: Transaction) -> None:
        case = tx.cases.all()[0]
        assert (case.text, case.place_words, case.answer, case.override) == (words, place, words, words)
        assert case.point == Point(21.0123, 105.8)
        assert tx.citizens.get(CITIZEN).phone == phone
        assert [e.why for e in tx.events.of(case.id)] == [words, words]
        assert tx.officers.all()[0].name == name
        assert tx.files.of_person(CITIZEN)[0].ref == ref
        assert tx.ratings.of_case(case.id)[0].words == words
        assert tx.questions.of(case.id)[0].answer == words
        assert tx.tokens.get("zalo") == ({"refresh": ref}, None)

    store.read_now(read)


def test_erasing_destroys_what_was_personal_and_keeps_the_rest_readable(store: Store) -> None:
    case = filed(store, masked="den duong [tên]", folded="den duong", why="lời riêng")
    store.write_now(write_after(case.id))
    store.write_now(lambda tx: tx.citizens.erase(CITIZEN, later(days=1)))

    def read(tx: Transaction) -> None:
        gone = tx.citizens.get(CITIZEN)
        assert (gone.name, gone.phone, gone.home_ward, gone.erased_at) == (None, None, None, later(days=1))
        left = tx.cases.get(case.id)
        assert (left.text, left.point, left.masked, left.folded, left.cell) == ("", None, "", "", None)
        assert (left.category, left.ward_code, left.status) == (case.category, case.ward_code, case.status)
        assert [e.why for e in tx.events.of(case.id)] == [None]
        assert tx.events.of(case.id)[0].hash == case.head
        rating = tx.ratings.get(case.id, 1)
        assert (rating.level, rating.words) == (1, None)
        assert tx.questions.of(case.id)[0].text == ""
        assert tx.files.get("file-1").ref is None
        assert tx.sessions.get("telegram", "c1") is None
        assert tx.examples.all() == ()
        assert tx.citizens.by_phone("0912345678") == ()
        assert tx.chats.of_citizen(CITIZEN) == ()
        assert tx.citizens.find("telegram", "c1") is None

    store.read_now(read)


def write_after(case_id: str):
    def work(tx: Transaction) -> None:
        tx.citizens.save(a_citizen(name="Lan", phone="0912345678", home_ward="00070"))
        tx.chats.save(Chat("telegram", "c1", citizen=CITIZEN, last_heard_at=NOW))
        tx.ratings.save(Rating(case_id, 1, 1, NOW, words="riêng"))
        tx.questions.add(Question(case_id, 1, "ở đâu", NOW, "o1", later(days=1)))
        tx.files.add(a_file(case=case_id))
        tx.sessions.save(Session("telegram", "c1", {"a": 1}, NOW), PersonId(CITIZEN))
        tx.examples.add(Example(case_id, "den duong", "chieu_sang", "dien", "citizen", NOW))

    return work


def test_nothing_new_is_kept_about_the_erased(store: Store) -> None:
    case = filed(store)
    store.write_now(lambda tx: tx.citizens.erase(CITIZEN, NOW))
    store.write_now(lambda tx: step(tx, tx.cases.get(case.id), CaseStatus.ACCEPTED, why="lời về người đã xoá"))
    assert store.read_now(lambda tx: [e.why for e in tx.events.of(case.id)]) == [None, None]


def test_a_sealed_column_refuses_plain_text(store: Store) -> None:
    row = {"id": "x", "created_at": NOW, "language": "vi", "muted": []}
    for plain in ("chữ thường", b"bytes"):
        with store.connect() as connection, pytest.raises(StatementError, match="SealedBytes"):
            connection.execute(citizens.insert().values(**row, sealed=plain))


def test_a_seal_moved_to_another_row_does_not_open(store: Store) -> None:
    store.write_now(lambda tx: [tx.citizens.add(a_citizen(n, name=f"Tên {n}")) for n in (1, 2)])
    with store.connect() as connection, connection.begin():
        connection.execute(text("UPDATE citizens SET sealed = (SELECT sealed FROM citizens WHERE id = 'citizen-2')"))
    with pytest.raises(KeyFault):
        store.read_now(lambda tx: tx.citizens.get(CITIZEN))


def test_ciphertext_is_bound_to_key_and_purpose() -> None:
    key = b"k" * 32
    sealed = encrypt(key, b"x", "cases:1")
    assert decrypt(key, sealed, "cases:1") == b"x"
    for other_key, about in ((b"l" * 32, "cases:1"), (key, "cases:2")):
        with pytest.raises(InvalidTag):
            decrypt(other_key, sealed, about)
    assert isinstance(SealedBytes(sealed), bytes)


def test_the_key_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "master.key"
    made = MasterKeys.load(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert MasterKeys.load(path).newest == made.newest
    assert MasterKeys.parse(path.read_text()).newest == made.newest


@pytest.mark.parametrize("written", ["", "{}", "[]", "nonsense", '{"a": "short"}', '{"a": 7}', '{"a": "AAAA"}'])
def test_a_damaged_key_file_is_refused_in_words(tmp_path: Path, written: str) -> None:
    path = tmp_path / "master.key"
    path.write_text(written)
    with pytest.raises(KeyFault, match="khoá"):
        MasterKeys.load(path)
