"""The outbox: every row is sent in its turn, by one sender at a time, and ends in exactly one state."""

from __future__ import annotations

import threading
from datetime import datetime

from storage.records import CaseId, PersonId, Priority, Push
from storage.store import Store, Transaction
from tests.storage.builders import CITIZEN, NOW, a_push, filed, later


def add(store: Store, *pushes: object) -> list[int | None]:
    return store.write_now(lambda tx: [tx.outbox.add(p) for p in pushes])


def claim(store: Store, now: datetime = NOW, limit: int = 10, channel: str = "telegram") -> tuple[Push, ...]:
    return store.write_now(lambda tx: tx.outbox.claim(now, limit, channel, 60))


def sent(store: Store, push: Push, ref: str = "m1", at: datetime = NOW) -> None:
    store.write_now(lambda tx: tx.outbox.mark_sent(push.id, at, ref))


def test_a_push_comes_back_with_its_arguments(store: Store) -> None:
    case = filed(store)
    pushed = a_push(case=case.id, event=1, dedupe="d1", args={"words": "xin chào", "n": 3})
    [number] = add(store, pushed)
    [push] = claim(store)
    assert (push.id, push.key, push.args, push.case, push.event) == (number, "case.filed", pushed.args, case.id, 1)
    assert push.claimed_until == later(seconds=60)
    assert push.person == CITIZEN


def test_the_same_dedupe_key_is_taken_once(store: Store) -> None:
    assert add(store, a_push(dedupe="rem:1"), a_push(dedupe="rem:1"), a_push(dedupe="rem:2"))[1] is None
    assert len(claim(store)) == 1
    assert store.read_now(lambda tx: tx.outbox.counts())["waiting"] == 2


def test_a_chat_gets_one_message_at_a_time_in_order(store: Store) -> None:
    first, second, other = add(store, a_push("c1"), a_push("c1"), a_push("c2"))
    assert [p.id for p in claim(store)] == [first, other]
    assert claim(store) == ()
    sent(store, store.read_now(lambda tx: tx.outbox.get(first)))
    assert [p.id for p in claim(store)] == [second]


def test_better_priority_goes_first_between_and_within_chats(store: Store) -> None:
    digest, reply, urgent = add(
        store,
        a_push("c1", priority=Priority.DIGEST),
        a_push("c2", priority=Priority.REPLY),
        a_push("c1", priority=Priority.URGENT),
    )
    assert [p.id for p in claim(store)] == [reply, urgent]
    for number in (reply, urgent):
        sent(store, store.read_now(lambda tx, n=number: tx.outbox.get(n)))
    assert [p.id for p in claim(store)] == [digest]


def test_the_limit_keeps_the_best(store: Store) -> None:
    add(store, *(a_push(f"c{n}", priority=Priority.DIGEST) for n in range(5)))
    [reply] = add(store, a_push("c9", priority=Priority.REPLY))
    assert [p.id for p in claim(store, limit=1)] == [reply]
    assert len(claim(store, limit=3)) == 3


def test_what_may_not_go_yet_waits_and_holds_nobody_back(store: Store) -> None:
    held, free = add(store, a_push("c1", not_before=later(minutes=1)), a_push("c1"))
    assert [p.id for p in claim(store)] == [free]
    sent(store, store.read_now(lambda tx: tx.outbox.get(free)))
    assert claim(store) == ()
    assert [p.id for p in claim(store, later(minutes=1))] == [held]


def test_a_lease_that_ran_out_is_claimed_again(store: Store) -> None:
    [number] = add(store, a_push())
    assert claim(store)
    assert claim(store, later(seconds=59)) == ()
    assert [p.id for p in claim(store, later(seconds=60))] == [number]


def test_a_failed_message_goes_before_later_ones_of_its_chat(store: Store) -> None:
    first, second = add(store, a_push("c1"), a_push("c1"))
    claim(store)
    store.write_now(lambda tx: tx.outbox.mark_failed(first, "timeout", later(seconds=4), NOW))
    assert claim(store, later(seconds=1)) == ()
    [again] = claim(store, later(seconds=4))
    assert (again.id, again.tries, again.error) == (first, 1, "timeout")
    sent(store, again)
    assert [p.id for p in claim(store, later(seconds=4))] == [second]


def test_a_message_that_fails_for_ever_does_not_block_its_chat_for_ever(store: Store) -> None:
    first, second = add(store, a_push("c1"), a_push("c1"))
    at = NOW
    for _ in range(6):
        [push] = claim(store, at)
        assert push.id == first
        at = at + (later(seconds=10) - NOW)
        store.write_now(lambda tx, at=at: tx.outbox.mark_failed(first, "500", at, NOW))
    assert [p.id for p in claim(store, at - (later(seconds=5) - NOW))] == [second]


def test_only_the_named_channel_is_claimed(store: Store) -> None:
    [_, zalo] = add(store, a_push("c1"), a_push("c1", channel="zalo_oa"))
    assert [p.id for p in claim(store, channel="zalo_oa")] == [zalo]
    assert claim(store, channel="web") == ()


def test_parked_messages_wait_for_the_next_contact(store: Store) -> None:
    [number] = add(store, a_push())
    claim(store)
    store.write_now(lambda tx: tx.outbox.park(number, "closed"))
    assert claim(store, later(days=1)) == ()
    assert store.read_now(lambda tx: tx.outbox.counts())["parked"] == 1
    assert store.write_now(lambda tx: tx.outbox.unpark("telegram", "c2")) == 0
    assert store.write_now(lambda tx: tx.outbox.unpark("telegram", "c1")) == 1
    assert [p.id for p in claim(store, later(days=1))] == [number]


def test_what_is_parked_goes_where_its_person_is_now(store: Store) -> None:
    """All but replies, which belong to their conversation; nobody else's, and nothing that was sent."""
    pushes = (a_push(), a_push(priority=Priority.REPLY), a_push(person=PersonId("somebody else")), a_push("c3"))
    news, reply, other, sent = add(store, *pushes)
    store.write_now(lambda tx: [tx.outbox.park(number, "closed") for number in (news, reply, other)])
    store.write_now(lambda tx: tx.outbox.mark_sent(sent, NOW, "m1"))
    assert store.write_now(lambda tx: tx.outbox.bring(CITIZEN, "web", "w1")) == 1
    assert [p.id for p in claim(store, channel="web")] == [news]
    assert claim(store) == ()
    assert store.read_now(lambda tx: tx.outbox.get(reply)).parked == "closed"


def test_what_could_go_beside_a_row_is_due_unclaimed_and_of_the_same_person(store: Store) -> None:
    pushes = (
        *(a_push(), a_push(), a_push(not_before=later(hours=1)), a_push("c2")),
        a_push(person=PersonId("somebody else")),
    )
    first, second, *_ = add(store, *pushes)
    push = store.read_now(lambda tx: tx.outbox.get(first))
    assert [p.id for p in store.write_now(lambda tx: tx.outbox.beside(push, NOW))] == [second]
    store.write_now(lambda tx: tx.outbox.lease(second, later(minutes=1)))
    assert store.write_now(lambda tx: tx.outbox.beside(push, NOW)) == ()
    assert claim(store)[0].chat == "c2", "a leased row holds its chat"
    store.write_now(lambda tx: tx.outbox.lease(second, None))
    assert [p.id for p in claim(store)] == [first]


def test_what_stands_last_is_what_was_sent_last(store: Store) -> None:
    """A push may have waited longer than one that was written after it; a menu speaks for rows that went together."""
    menu = {"buttons": [[{"press": "rate:x", "label": {"key": "raw", "args": {}}}]]}
    late, early, rating, news = add(store, a_push(), a_push(), a_push(args=menu), a_push())
    store.write_now(lambda tx: tx.outbox.mark_sent(early, NOW, "m1"))
    store.write_now(lambda tx: tx.outbox.mark_sent(late, later(seconds=1), "m2"))
    assert store.read_now(lambda tx: tx.outbox.last_sent("telegram", "c1")).id == late
    store.write_now(lambda tx: [tx.outbox.mark_sent(number, later(seconds=2), "m3") for number in (rating, news)])
    assert store.read_now(lambda tx: tx.outbox.last_sent("telegram", "c1")).id == rating


def test_what_is_sent_after_a_clock_was_set_right_stands_last(store: Store) -> None:
    """It ran ahead by hours; a push with a lower number, which waited, and a newer one are sent when it runs right."""
    waited, ahead, new, elsewhere = add(store, a_push(), a_push(), a_push(), a_push(chat="c2"))

    def send(number: int, chat: str, now: datetime) -> datetime:
        def work(tx: Transaction) -> datetime:
            at = tx.outbox.time_of_sending("telegram", chat, now)
            tx.outbox.mark_sent(number, at, None)
            return at

        return store.write_now(work)

    fast = later(hours=7)
    assert send(ahead, "c1", fast) == fast
    assert send(elsewhere, "c2", NOW) == NOW
    for number in (waited, new):
        assert send(number, "c1", NOW) > fast
        assert store.read_now(lambda tx: tx.outbox.last_sent("telegram", "c1")).id == number
    shown = store.read_now(lambda tx: tx.outbox.sent("telegram", "c1", ahead))
    assert [push.id for push in shown] == [waited, new]
    assert send(*add(store, a_push()), "c1", later(hours=8)) == later(hours=8)


def test_what_did_not_reach_a_person_is_found_by_case(store: Store) -> None:
    case = CaseId("case-1")
    parked, dead, waiting = add(store, a_push(case=case), a_push(case=case), a_push(case=case))
    store.write_now(lambda tx: tx.outbox.park(parked, "spent"))
    store.write_now(lambda tx: tx.outbox.mark_dead(dead, NOW, "400"))
    missed = store.read_now(lambda tx: tx.outbox.unreached(case, PersonId(CITIZEN)))
    assert [push.id for push in missed] == [parked, dead]
    assert store.read_now(lambda tx: tx.outbox.unreached(case, PersonId("somebody else"))) == ()
    assert store.read_now(lambda tx: tx.outbox.has_parked("telegram", "c1", "spent"))
    assert not store.read_now(lambda tx: tx.outbox.has_parked("telegram", "c1", "closed"))
    store.write_now(lambda tx: tx.outbox.redirect(parked, "web", "w1"))
    assert [p.id for p in claim(store, channel="web")] == [parked]
    assert waiting


def test_a_dead_letter_is_kept_and_never_sent(store: Store) -> None:
    [number] = add(store, a_push())
    claim(store)
    store.write_now(lambda tx: tx.outbox.mark_dead(number, NOW, "chat not found"))
    assert claim(store, later(days=1)) == ()
    dead = store.read_now(lambda tx: tx.outbox.get(number))
    assert (dead.dead_at, dead.error) == (NOW, "chat not found")


def test_an_undo_removes_what_is_not_on_its_way(store: Store) -> None:
    case = filed(store)
    waiting = later(minutes=1)
    add(store, *(a_push(f"c{n}", case=case.id, event=2, not_before=waiting) for n in range(2)))
    add(store, a_push("c9", case=case.id, event=1))
    assert not store.read_now(lambda tx: tx.outbox.any_claimed(case.id, 2))
    assert store.write_now(lambda tx: tx.outbox.cancel(case.id, 2)) == 2
    assert len(store.read_now(lambda tx: tx.outbox.of_case(case.id))) == 1
    claim(store)
    assert store.read_now(lambda tx: tx.outbox.any_claimed(case.id, 1))
    assert store.write_now(lambda tx: tx.outbox.cancel(case.id, 1)) == 0


def test_numbers_are_never_used_again(store: Store) -> None:
    [number] = add(store, a_push(case=CaseId("x"), event=1))
    store.write_now(lambda tx: tx.outbox.cancel(CaseId("x"), 1))
    assert add(store, a_push())[0] > number


def test_a_reply_is_traced_to_its_push(store: Store) -> None:
    case = filed(store)
    [number] = add(store, a_push(case=case.id))
    sent(store, claim(store)[0], ref="4711")
    assert store.read_now(lambda tx: tx.outbox.by_ref("telegram", "c1", "4711")).id == number
    assert store.read_now(lambda tx: tx.outbox.by_ref("telegram", "c2", "4711")) is None


def test_only_the_newest_message_of_a_chat_is_edited(store: Store) -> None:
    add(store, a_push(args={"slot": "card"}))
    sent(store, claim(store)[0], ref="1")
    assert store.read_now(lambda tx: tx.outbox.ref_of_slot("telegram", "c1", "card")) == "1"
    add(store, a_push())
    sent(store, claim(store)[0], ref="2")
    assert store.read_now(lambda tx: tx.outbox.ref_of_slot("telegram", "c1", "card")) is None


def test_the_newest_message_is_the_one_that_was_sent_last(store: Store) -> None:
    add(store, a_push(not_before=later(minutes=1)), a_push(args={"slot": "card"}))
    sent(store, claim(store)[0], ref="1")
    assert store.read_now(lambda tx: tx.outbox.ref_of_slot("telegram", "c1", "card")) == "1"
    sent(store, claim(store, later(minutes=1))[0], ref="2", at=later(minutes=1))
    assert store.read_now(lambda tx: tx.outbox.ref_of_slot("telegram", "c1", "card")) is None


def test_purging_leaves_what_was_sent(store: Store) -> None:
    add(store, a_push("c1"), a_push("c1"), a_push("c2", person=PersonId("other")))
    sent(store, claim(store)[0])
    assert store.write_now(lambda tx: tx.outbox.purge(CITIZEN)) == 1
    assert len(store.read_now(lambda tx: tx.outbox.sent("telegram", "c1"))) == 1
    assert len(store.read_now(lambda tx: tx.outbox.waiting("telegram", "c2"))) == 1


def test_the_oldest_wait_is_told(store: Store) -> None:
    assert store.read_now(lambda tx: tx.outbox.queues(NOW)) == {}
    add(store, a_push("c1"), a_push("c2", not_before=later(hours=5)))
    assert store.read_now(lambda tx: tx.outbox.queues(later(seconds=90)))["telegram"].seconds == 90


def test_a_message_is_late_since_it_could_first_have_gone_however_often_it_is_put_off(store: Store) -> None:
    [number, *_] = add(
        store,
        a_push("c1", not_before=later(minutes=10)),
        a_push("c2", not_before=later(hours=9)),
        a_push("c3", channel="web"),
    )
    assert number is not None
    assert "telegram" not in store.read_now(lambda tx: tx.outbox.queues(later(minutes=9)))
    for minute in range(10, 40, 5):
        store.write_now(
            lambda tx, m=minute: tx.outbox.mark_failed(number, "429", later(minutes=m + 5), later(minutes=m))
        )
    queues = store.read_now(lambda tx: tx.outbox.queues(later(minutes=30)))
    assert (queues["telegram"].count, queues["telegram"].seconds, queues["telegram"].error) == (1, 20 * 60, "429")
    assert (queues["web"].count, queues["web"].seconds, queues["web"].error) == (1, 30 * 60, None)


def test_what_waited_for_its_person_is_not_late_and_digests_take_their_time(store: Store) -> None:
    [parked, digest] = add(store, a_push("c1"), a_push("c2", priority=Priority.DIGEST))
    assert parked is not None
    assert digest is not None
    store.write_now(lambda tx: tx.outbox.park(parked, "blocked"))
    store.write_now(lambda tx: tx.outbox.unpark("telegram", "c1"))
    [queue] = store.read_now(lambda tx: tx.outbox.queues(later(days=3))).values()
    assert (queue.count, queue.seconds) == (1, 0)
    store.write_now(lambda tx: tx.outbox.mark_failed(parked, "500", later(days=3), later(days=3)))
    [queue] = store.read_now(lambda tx: tx.outbox.queues(later(days=3, minutes=7))).values()
    assert (queue.count, queue.seconds, queue.error) == (2, 7 * 60, "500")


def test_rivals_never_claim_the_same_row_nor_two_of_a_chat(single_store: Store) -> None:
    chats, each = 40, 3
    for _ in range(each):
        single_store.write_now(lambda tx: [tx.outbox.add(a_push(f"c{n}")) for n in range(chats)])
    taken: list[tuple[str, int]] = []
    lock = threading.Lock()
    open_chats: set[str] = set()

    def worker() -> None:
        idle = 0
        while idle < 20:
            claimed = single_store.write_now(lambda tx: tx.outbox.claim(NOW, 5, "telegram", 60))
            idle = 0 if claimed else idle + 1
            with lock:
                for push in claimed:
                    assert push.chat not in open_chats
                    open_chats.add(push.chat)
            for push in claimed:
                with lock:
                    taken.append((push.chat, push.id))
                    open_chats.remove(push.chat)
                single_store.write_now(lambda tx, p=push: tx.outbox.mark_sent(p.id, NOW, None))

    workers = [threading.Thread(target=worker) for _ in range(6)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join(60)
    assert len(taken) == len(set(taken)) == chats * each
    by_chat: dict[str, list[int]] = {}
    for chat, number in taken:
        by_chat.setdefault(chat, []).append(number)
    assert all(numbers == sorted(numbers) for numbers in by_chat.values())
