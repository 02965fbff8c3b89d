"""The service's own books: consents, bans, requests, configurations, audit, buttons, links, tokens."""

from __future__ import annotations

import threading
from dataclasses import replace

from storage.records import Ban, CitizenId, ConfigVersion, DataRequest, OfficerId, Trouble
from storage.store import Store
from tests.storage.builders import CITIZEN, NOW, later


def test_consents_are_provable(store: Store) -> None:
    store.write_now(lambda tx: tx.consents.add(CITIZEN, "v1", NOW))
    store.write_now(lambda tx: tx.consents.withdraw(CITIZEN, later(days=1)))
    store.write_now(lambda tx: tx.consents.add(CITIZEN, "v2", later(days=2)))
    given = store.read_now(lambda tx: tx.consents.of(CITIZEN))
    assert given == (("v1", NOW, later(days=1)), ("v2", later(days=2), None))


def test_a_ban_holds_until_it_ends_or_is_lifted(store: Store) -> None:
    ban = Ban(CITIZEN, "spam", OfficerId("o1"), NOW, later(days=7))
    store.write_now(lambda tx: tx.bans.add(ban))
    assert store.read_now(lambda tx: tx.bans.active(CITIZEN, later(days=1))) == ban
    assert store.read_now(lambda tx: tx.bans.active(CITIZEN, later(days=7))) is None
    assert store.read_now(lambda tx: tx.bans.active(CitizenId("other"), NOW)) is None
    appealed = replace(ban, appeal="không phải tôi")
    store.write_now(lambda tx: tx.bans.save(appealed))
    assert store.read_now(lambda tx: tx.bans.active(CITIZEN, NOW)) == appealed
    store.write_now(lambda tx: tx.bans.save(replace(appealed, lifted_at=later(hours=1))))
    assert store.read_now(lambda tx: tx.bans.active(CITIZEN, later(days=1))) is None


def test_a_ban_stands_until_it_is_lifted_or_its_end_was_told(store: Store) -> None:
    first = Ban(CITIZEN, "spam", OfficerId("o1"), NOW, later(days=1))
    second = Ban(CitizenId("other"), "spam", OfficerId("o1"), NOW, later(days=2))
    for ban in (second, first):
        store.write_now(lambda tx, ban=ban: tx.bans.add(ban))
    assert store.read_now(lambda tx: tx.bans.standing(NOW, 10)) == (first, second)
    assert store.read_now(lambda tx: tx.bans.run_out(later(days=1), 10)) == (first,)
    store.write_now(lambda tx: tx.bans.save(replace(first, ended_at=later(days=1))))
    assert store.read_now(lambda tx: tx.bans.run_out(later(days=3), 10)) == (second,)
    store.write_now(lambda tx: tx.bans.save(replace(second, lifted_at=later(hours=1))))
    assert store.read_now(lambda tx: tx.bans.standing(NOW, 10)) == ()
    assert store.read_now(lambda tx: tx.bans.run_out(later(days=3), 10)) == ()


def test_a_request_about_ones_data_runs_until_it_is_finished(store: Store) -> None:
    times = {"asked_at": NOW, "acknowledge_by": later(days=2), "finish_by": later(days=15)}
    number = store.write_now(lambda tx: tx.requests.add(CITIZEN, "export", **times))
    request = DataRequest(number, CITIZEN, "export", **times)
    assert store.read_now(lambda tx: tx.requests.open()) == (request,)
    done = replace(request, acknowledged_at=NOW, finished_at=later(days=1))
    store.write_now(lambda tx: tx.requests.save(done))
    assert store.read_now(lambda tx: tx.requests.open()) == ()
    assert store.read_now(lambda tx: tx.requests.of(CITIZEN)) == (done,)


def test_one_configuration_is_active_and_all_are_kept(store: Store) -> None:
    assert store.read_now(lambda tx: tx.configs.active()) is None
    versions = [ConfigVersion(n, f"hash{n}", f"text: {n}", "admin", later(days=n)) for n in (1, 2)]
    store.write_now(lambda tx: [tx.configs.add(v) for v in versions])
    assert store.read_now(lambda tx: tx.configs.active()) == versions[1]
    assert store.read_now(lambda tx: tx.configs.get(1)) == replace(versions[0], active=False)
    assert [v.number for v in store.read_now(lambda tx: tx.configs.history())] == [2, 1]


def test_audit_lines_are_one_chain(single_store: Store) -> None:
    def add(number: int) -> None:
        single_store.write_now(lambda tx: tx.audit.add(f"officer:{number}", "refused", NOW, {"n": number}))

    threads = [threading.Thread(target=add, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    lines = single_store.read_now(lambda tx: tx.audit.list())
    assert [line.number for line in lines] == list(range(12, 0, -1))
    assert {line.facts["n"] for line in lines} == set(range(12))
    with single_store.connect() as connection:
        links = connection.exec_driver_sql("SELECT prev, hash FROM audit ORDER BY number").all()
    assert [row[0] for row in links] == ["", *(row[1] for row in links[:-1])]
    assert len({row[1] for row in links}) == 12


def test_a_button_means_something_to_its_owner_only_and_not_for_ever(store: Store) -> None:
    store.write_now(lambda tx: tx.presses.add("tok", "officer:1", {"do": "accept"}, later(days=1)))
    assert store.read_now(lambda tx: tx.presses.get("tok", "officer:1", NOW)) == {"do": "accept"}
    assert store.read_now(lambda tx: tx.presses.get("tok", "officer:2", NOW)) is None
    assert store.read_now(lambda tx: tx.presses.get("tok", "officer:1", later(days=1))) is None
    assert store.read_now(lambda tx: tx.presses.get("other", "officer:1", NOW)) is None
    assert store.write_now(lambda tx: tx.presses.forget(later(days=2))) == 1


def test_a_link_is_used_once_and_in_time(store: Store) -> None:
    store.write_now(lambda tx: tx.links.add("h1", "answer", "case-1", "so-xd", later(days=1)))
    store.write_now(lambda tx: tx.links.add("h2", "answer", "case-1", "so-xd", NOW))
    assert store.read_now(lambda tx: tx.links.get("h1", "answer", NOW)) == ("case-1", "so-xd")
    assert store.read_now(lambda tx: tx.links.get("h1", "pair", NOW)) is None
    assert store.write_now(lambda tx: tx.links.take("h1", "pair", NOW)) is None
    taken = [store.write_now(lambda tx, h=h: tx.links.take(h, "answer", NOW)) for h in ("h1", "h1", "h2", "h3")]
    assert taken == [("case-1", "so-xd"), None, None, None]
    assert store.read_now(lambda tx: tx.links.get("h1", "answer", NOW)) is None


def test_tokens_come_back_and_are_replaced(store: Store) -> None:
    assert store.write_now(lambda tx: tx.tokens.get("zalo")) is None
    store.write_now(lambda tx: tx.tokens.set("zalo", {"access": "a1", "refresh": "r1"}, later(hours=1)))
    store.write_now(lambda tx: tx.tokens.set("zalo", {"access": "a2", "refresh": "r2"}, later(hours=2)))
    kept = store.write_now(lambda tx: tx.tokens.get("zalo"))
    assert kept == ({"access": "a2", "refresh": "r2"}, later(hours=2))


def test_single_facts(store: Store) -> None:
    assert store.read_now(lambda tx: tx.meta.get("demo")) is None
    store.write_now(lambda tx: tx.meta.set("demo", "1"))
    store.write_now(lambda tx: tx.meta.set("demo", "2"))
    assert store.read_now(lambda tx: tx.meta.get("demo")) == "2"


def test_a_trouble_begins_once_and_ends(store: Store) -> None:
    trouble = Trouble("webhook", "telegram_staff", NOW, told=True)
    assert store.write_now(lambda tx: tx.troubles.begin(trouble))
    assert not store.write_now(lambda tx: tx.troubles.begin(replace(trouble, told=False)))
    store.write_now(lambda tx: tx.troubles.begin(Trouble("late", "telegram", NOW, told=False)))
    assert [t.kind for t in store.read_now(lambda tx: tx.troubles.all())] == ["late", "webhook"]
    assert store.read_now(lambda tx: tx.troubles.get("webhook", "telegram_staff")) == trouble
    store.write_now(lambda tx: tx.troubles.end("webhook", "telegram_staff"))
    assert store.read_now(lambda tx: tx.troubles.get("webhook", "telegram_staff")) is None
