"""People: citizens, officers, single-use invitations, and chats that follow their platform's moves."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime

import pytest

from storage.records import AgencyId, Chat, Citizen, Invitation, Officer, OfficerId, PersonId, Role, Session
from storage.shelf import NotFound
from storage.store import Store, Transaction
from tests.storage.builders import CITIZEN, NOW, a_citizen, a_file, a_push, later


def an_officer(number: int = 1, **fields: object) -> Officer:
    plain = {
        "id": OfficerId(f"o{number}"),
        "agency": AgencyId("ubnd-00070"),
        "role": Role.OFFICER,
        "name": f"Cán bộ {number}",
        "created_at": later(minutes=number),
        "confirmed_at": NOW,
    }
    return Officer(**{**plain, **fields})


def an_invitation(hash_: str = "h" * 64, expires_at: datetime | None = None) -> Invitation:
    return Invitation(hash_, AgencyId("ubnd-00070"), Role.LEAD, NOW, expires_at or later(days=1), "admin", "Lan", True)


def test_a_citizen_comes_back_as_saved(store: Store) -> None:
    full = Citizen(CITIZEN, NOW, "Lan", "0912345678", "00070", "v2", NOW, "en", ("digest", "nudge"))
    store.write_now(lambda tx: tx.citizens.add(full))
    assert store.read_now(lambda tx: tx.citizens.get(CITIZEN)) == full
    changed = replace(full, name=None, phone="0987654321")
    store.write_now(lambda tx: tx.citizens.save(changed))
    assert store.read_now(lambda tx: tx.citizens.get(CITIZEN)) == changed
    assert store.read_now(lambda tx: tx.citizens.by_phone("0912345678")) == ()
    assert store.read_now(lambda tx: tx.citizens.by_phone("0987654321")) == (changed,)
    with pytest.raises(NotFound):
        store.read_now(lambda tx: tx.citizens.get("nobody"))


def test_officers_of_an_agency(store: Store) -> None:
    officers = (
        an_officer(1, totp="s3cr3t", cover=OfficerId("o2"), failures=2, locked_until=NOW, out_until=NOW, pin_hash="x"),
        an_officer(2, role=Role.LEAD),
        an_officer(3, confirmed_at=None),
        an_officer(4, revoked_at=NOW),
        an_officer(5, agency=AgencyId("so-xd")),
    )
    store.write_now(lambda tx: [tx.officers.add(o) for o in officers])
    assert store.read_now(lambda tx: tx.officers.get(OfficerId("o1"))) == officers[0]
    assert store.read_now(lambda tx: tx.officers.of_agency("ubnd-00070")) == officers[:2]
    assert len(store.read_now(lambda tx: tx.officers.all())) == 5
    assert store.read_now(lambda tx: tx.officers.staffed()) == {"ubnd-00070", "so-xd"}
    store.write_now(lambda tx: tx.officers.save(replace(officers[1], revoked_at=later(hours=1))))
    assert store.read_now(lambda tx: tx.officers.of_agency("ubnd-00070")) == officers[:1]


def test_an_invitation_works_once_and_before_it_expires(store: Store) -> None:
    store.write_now(lambda tx: (tx.invitations.add(an_invitation()), tx.invitations.add(an_invitation("e" * 64, NOW))))
    assert store.read_now(lambda tx: [i.hash for i in tx.invitations.open(NOW)]) == ["h" * 64]
    assert store.write_now(lambda tx: tx.invitations.take("e" * 64, NOW)) is None
    assert store.write_now(lambda tx: tx.invitations.take("x" * 64, NOW)) is None
    taken = store.write_now(lambda tx: tx.invitations.take("h" * 64, later(hours=1)))
    assert (taken.role, taken.used_at) == (Role.LEAD, later(hours=1))
    assert store.write_now(lambda tx: tx.invitations.take("h" * 64, later(hours=1))) is None
    assert store.read_now(lambda tx: tx.invitations.open(NOW)) == ()


def test_many_at_once_take_one_invitation_once(single_store: Store) -> None:
    single_store.write_now(lambda tx: tx.invitations.add(an_invitation()))
    taken: list[object] = []

    def take() -> None:
        taken.append(single_store.write_now(lambda tx: tx.invitations.take("h" * 64, NOW)))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len([t for t in taken if t is not None]) == 1


def test_chats_of_a_person_the_one_used_last_first(store: Store) -> None:
    chats = (
        Chat("telegram", "1", citizen=CITIZEN, last_heard_at=NOW),
        Chat("web", "2", citizen=CITIZEN, last_heard_at=later(hours=1), reachable=False),
        Chat("zalo_oa", "3", citizen=CITIZEN, free_left=8, window_ends_at=later(days=2)),
        Chat("telegram", "4", officer=OfficerId("o1"), last_heard_at=NOW),
        Chat("telegram", "-5", agency=AgencyId("ubnd-00070")),
    )
    store.write_now(lambda tx: [tx.chats.save(c) for c in chats])
    assert [c.chat for c in store.read_now(lambda tx: tx.chats.of_citizen(CITIZEN))] == ["2", "1", "3"]
    assert store.read_now(lambda tx: tx.chats.of_officer(OfficerId("o1"))) == (chats[3],)
    assert store.read_now(lambda tx: tx.chats.of_agency("ubnd-00070")) == (chats[4],)
    store.write_now(lambda tx: tx.citizens.add(a_citizen()))
    assert store.read_now(lambda tx: tx.citizens.find("telegram", "1")).id == CITIZEN
    store.write_now(lambda tx: tx.chats.save(replace(chats[0], reachable=False)))
    assert not store.read_now(lambda tx: tx.chats.get("telegram", "1")).reachable
    store.write_now(lambda tx: tx.chats.drop("telegram", "1"))
    assert store.read_now(lambda tx: tx.chats.get("telegram", "1")) is None


def test_a_window_is_used_up_to_nothing_and_a_chat_without_one_stays_without(store: Store) -> None:
    chats = (Chat("zalo_oa", "1", free_left=3, window_ends_at=later(days=2)), Chat("telegram", "2"))
    store.write_now(lambda tx: [tx.chats.save(c) for c in chats])
    left = []
    for _ in range(3):
        store.write_now(lambda tx: (tx.chats.spend("zalo_oa", "1", 2), tx.chats.spend("telegram", "2", 2)))
        left.append(store.read_now(lambda tx: tx.chats.get("zalo_oa", "1")).free_left)
    assert left == [1, 0, 0]
    assert store.read_now(lambda tx: tx.chats.get("telegram", "2")).free_left is None


@pytest.mark.parametrize("is_known", [False, True])
def test_a_moved_chat_takes_everything_with_it(store: Store, is_known: bool) -> None:
    """A group became a supergroup; perhaps somebody already wrote there under its new id."""

    def before(tx: object) -> None:
        tx.chats.save(Chat("telegram", "-1", agency=AgencyId("ubnd-00070"), last_heard_at=NOW))
        tx.outbox.add(a_push("-1", args={"words": "xin chào"}))
        tx.sessions.save(Session("telegram", "-1", {"a": 1}, NOW), PersonId(CITIZEN))
        tx.files.add(a_file(chat="-1"))
        if is_known:
            tx.chats.save(Chat("telegram", "-1001", last_heard_at=later(hours=1)))

    store.write_now(before)
    store.write_now(lambda tx: tx.chats.move("telegram", "-1", "-1001"))
    assert store.read_now(lambda tx: tx.chats.get("telegram", "-1")) is None
    moved = store.read_now(lambda tx: tx.chats.get("telegram", "-1001"))
    assert (moved.agency, moved.last_heard_at) == ("ubnd-00070", later(hours=1) if is_known else NOW)
    [push] = store.write_now(lambda tx: tx.outbox.claim(NOW, 10, "telegram"))
    assert (push.chat, push.args) == ("-1001", {"words": "xin chào"})
    assert store.read_now(lambda tx: tx.files.get("file-1")).chat == "-1001"
    if not is_known:
        assert store.read_now(lambda tx: tx.sessions.get("telegram", "-1001")).state == {"a": 1}


def test_who_was_read_is_read_again_after_a_write(store: Store) -> None:
    """Within one transaction nobody is fetched twice, and nobody is remembered as they no longer are."""

    def work(tx: Transaction) -> None:
        chat = Chat("telegram", "c1", citizen=CITIZEN)
        tx.citizens.add(a_citizen(name="Lan"))
        tx.chats.save(chat)
        assert tx.chats.get("telegram", "c1") == chat
        assert tx.citizens.get(CITIZEN).name == "Lan"
        tx.citizens.save(a_citizen(name="Mai"))
        assert tx.citizens.get(CITIZEN).name == "Mai"
        assert tx.chats.of_citizen(CITIZEN) == (chat,)
        tx.chats.save(replace(chat, reachable=False))
        assert [each.reachable for each in tx.chats.of_citizen(CITIZEN)] == [False]
        tx.officers.add(an_officer(1))
        assert [each.id for each in tx.officers.of_agency("ubnd-00070")] == ["o1"]
        tx.officers.add(an_officer(2))
        assert [each.id for each in tx.officers.of_agency("ubnd-00070")] == ["o1", "o2"]
        tx.officers.save(replace(tx.officers.get(OfficerId("o1")), revoked_at=NOW))
        assert tx.officers.get(OfficerId("o1")).revoked_at == NOW
        assert [each.id for each in tx.officers.of_agency("ubnd-00070")] == ["o2"]
        tx.citizens.erase(CITIZEN, NOW)
        assert tx.chats.of_citizen(CITIZEN) == ()
        assert tx.citizens.get(CITIZEN).name is None

    store.write_now(work)


def test_two_who_became_one_are_not_remembered_apart(store: Store) -> None:
    def work(tx: Transaction) -> None:
        one, other = a_citizen(1, name="Lan"), a_citizen(2, name="Mai")
        for number, citizen in enumerate((one, other)):
            tx.citizens.add(citizen)
            tx.chats.save(Chat("telegram", f"c{number}", citizen=citizen.id))
            assert len(tx.chats.of_citizen(citizen.id)) == 1
            assert tx.citizens.get(citizen.id) == citizen
        tx.citizens.join(other.id, replace(one, phone="0912345678"), NOW)
        assert {chat.chat for chat in tx.chats.of_citizen(one.id)} == {"c0", "c1"}
        assert tx.chats.of_citizen(other.id) == ()
        assert tx.citizens.get(one.id).phone == "0912345678"
        assert tx.citizens.get(other.id).erased_at == NOW

    store.write_now(work)


def test_a_chat_that_was_read_is_what_was_written_of_it_since(store: Store) -> None:
    def act(tx: Transaction) -> list[Chat | None]:
        seen = [tx.chats.get("zalo_oa", "1")]
        tx.chats.save(Chat("zalo_oa", "1", free_left=3))
        seen.append(tx.chats.get("zalo_oa", "1"))
        tx.chats.spend("zalo_oa", "1", 2)
        seen.append(tx.chats.get("zalo_oa", "1"))
        tx.chats.move("zalo_oa", "1", "2")
        return [*seen, tx.chats.get("zalo_oa", "1"), tx.chats.get("zalo_oa", "2")]

    before, after = (Chat("zalo_oa", "1", free_left=n) for n in (3, 1))
    assert store.write_now(act) == [None, before, after, None, replace(after, chat="2")]
