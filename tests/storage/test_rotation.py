"""A new master key: everything is wrapped anew beside the running service, which goes on with it by itself."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, update

from storage.rotation import rewrap
from storage.sealed import KeyFault, MasterKeys
from storage.store import Store, Transaction
from storage.tables import keys as key_rows
from tests.storage.builders import CITIZEN, a_citizen

LAN = a_citizen(name="Trần Thị Lan", phone="0912345678")
MAN = a_citizen(2, name="Lê Thị Mận")


@pytest.fixture
def key_file(tmp_path: Path, keys: MasterKeys) -> Path:
    """The master key as an operator keeps it."""
    path = tmp_path / "master.key"
    keys.write(path)
    return path


def renewed_beside(url: str, path: Path) -> MasterKeys:
    """What `phananh keys renew` does while the service runs."""
    renewed = MasterKeys.load(path).rotate()
    renewed.write(path)
    with closing(Store.open(url, MasterKeys.load(path))) as beside:
        beside.rewrap(renewed)
    return renewed


def test_rotation_wraps_every_key_and_the_old_one_is_needed_no_more(database_url: str, keys: MasterKeys) -> None:
    store = Store.open(database_url, keys)
    store.write_now(lambda tx: tx.citizens.add(LAN))
    store.write_now(lambda tx: tx.tokens.set("zalo", {"refresh": "ref"}, None))
    rotated = keys.rotate()
    assert store.rewrap(rotated) == 2
    assert store.rewrap() == 0
    assert store.read_now(lambda tx: tx.citizens.get(CITIZEN).name) == LAN.name
    store.close()
    with closing(Store.open(database_url, rotated.only_newest())) as alone:
        assert alone.read_now(lambda tx: tx.citizens.by_phone("0912345678")[0].name) == LAN.name
        assert alone.read_now(lambda tx: tx.tokens.get("zalo")) == ({"refresh": "ref"}, None)
    with pytest.raises(KeyFault):
        Store.open(database_url, keys)


def test_the_running_service_goes_on_though_the_old_key_is_forgotten(database_url: str, key_file: Path) -> None:
    with closing(Store.open(database_url, MasterKeys.load(key_file))) as running:
        running.write_now(lambda tx: tx.citizens.add(LAN))
        renewed_beside(database_url, key_file).only_newest().write(key_file)
        assert running.read_now(lambda tx: tx.citizens.get(CITIZEN).name) == LAN.name
        running.write_now(lambda tx: tx.citizens.add(MAN))
    with closing(Store.open(database_url, MasterKeys.load(key_file))) as later:
        assert later.read_now(lambda tx: tx.citizens.get(MAN.id).name) == MAN.name


def test_the_next_new_person_gets_a_key_wrapped_with_the_new_one(database_url: str, key_file: Path) -> None:
    with closing(Store.open(database_url, MasterKeys.load(key_file))) as running:
        renewed = renewed_beside(database_url, key_file)
        running.write_now(lambda tx: tx.citizens.add(MAN))
        masters = running.read_now(lambda tx: set(tx.connection.execute(select(key_rows.c.master)).scalars()))
    assert masters == {renewed.newest}


def test_a_key_file_spoilt_beside_the_running_service_is_told(database_url: str, key_file: Path) -> None:
    with closing(Store.open(database_url, MasterKeys.load(key_file))) as running:
        renewed_beside(database_url, key_file)
        key_file.write_text("{")
        with pytest.raises(KeyFault, match="không đọc được tệp khoá"):
            running.write_now(lambda tx: tx.citizens.add(LAN))


def test_somebody_erased_while_the_keys_are_wrapped_stays_erased(
    database_url: str, keys: MasterKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotated = keys.rotate()

    def rewrap_while_erasing(tx: Transaction) -> None:
        unwrap = rotated.unwrap

        def erasing(person: str, master: str, wrapped: bytes) -> bytes:
            erased = update(key_rows).where(key_rows.c.person == CITIZEN).values(master=None, wrapped=None)
            tx.connection.execute(erased)
            return unwrap(person, master, wrapped)

        monkeypatch.setattr(rotated, "unwrap", erasing)
        rewrap(tx.connection, rotated, 100)
        monkeypatch.undo()

    with closing(Store.open(database_url, keys)) as store:
        store.write_now(lambda tx: tx.citizens.add(LAN))
        store.write_now(rewrap_while_erasing)
        store.rewrap(rotated)
        assert store.read_now(lambda tx: tx.citizens.get(CITIZEN).name) is None
