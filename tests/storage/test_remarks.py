"""What hangs on a case: questions, promises, difficulties, notes, followers, ratings, files, examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from storage.records import (
    AgencyId,
    CaseId,
    CaseStatus,
    CitizenId,
    Difficulty,
    Example,
    FileKind,
    FileStatus,
    Note,
    OfficerId,
    Point,
    PromisedDate,
    Purpose,
    Question,
    Rating,
)
from storage.shelf import NotFound
from storage.store import Store
from tests.storage.builders import CITIZEN, NOW, a_file, filed, later

OFFICER = OfficerId("o1")


def test_a_question_is_open_until_it_is_answered(store: Store) -> None:
    case = filed(store)
    question = Question(case.id, 1, "Cột số mấy?", NOW, OFFICER, later(days=5))
    store.write_now(lambda tx: tx.questions.add(question))
    assert store.read_now(lambda tx: tx.questions.open_of(case.id)) == question
    answered = replace(question, answer="Cột 7", answered_at=later(hours=1))
    store.write_now(lambda tx: tx.questions.save(answered))
    assert store.read_now(lambda tx: tx.questions.open_of(case.id)) is None
    assert store.read_now(lambda tx: tx.questions.of(case.id)) == (answered,)


def test_a_promise_is_due_until_kept_or_missed(store: Store) -> None:
    case = filed(store)
    promises = [PromisedDate(case.id, n, date(2026, 12, n), f"trước ngày {n}", NOW, OFFICER) for n in range(1, 5)]
    store.write_now(lambda tx: [tx.promises.add(p) for p in promises])
    due = store.read_now(lambda tx: tx.promises.due(date(2026, 12, 3), 10))
    assert due == tuple(promises[:3])
    store.write_now(lambda tx: tx.promises.save(replace(promises[0], kept_at=NOW)))
    store.write_now(lambda tx: tx.promises.save(replace(promises[1], missed_at=NOW)))
    assert [p.number for p in store.read_now(lambda tx: tx.promises.due(date(2026, 12, 3), 10))] == [3]
    assert len(store.read_now(lambda tx: tx.promises.of(case.id))) == 4


def test_difficulties_of_the_cases_that_an_agency_holds(store: Store) -> None:
    mine, other = filed(store, 1), filed(store, 2, agency=AgencyId("so-xd"))
    ended = Difficulty(mine.id, 1, CaseStatus.ACCEPTED, "vốn", "Sở TC", NOW, OFFICER, "chờ", later(days=1))
    open_one = Difficulty(mine.id, 2, CaseStatus.ACCEPTED, "vật tư", "Cty CS", later(days=2), OFFICER, "hết bóng")
    others = Difficulty(other.id, 1, CaseStatus.RECEIVED, "vốn", "Sở TC", NOW, OFFICER)
    store.write_now(lambda tx: [tx.difficulties.add(d) for d in (ended, open_one, others)])
    assert store.read_now(lambda tx: tx.difficulties.open("ubnd-00070")) == (open_one,)
    assert store.read_now(lambda tx: tx.difficulties.open()) == (others, open_one)
    store.write_now(lambda tx: tx.difficulties.save(replace(open_one, ended_at=later(days=3))))
    assert store.read_now(lambda tx: tx.difficulties.open("ubnd-00070")) == ()


def test_notes_in_order(store: Store) -> None:
    case = filed(store)
    notes = (Note(case.id, 1, NOW, OFFICER, "đã gọi"), Note(case.id, 2, later(hours=1), OFFICER, "hẹn chiều"))
    store.write_now(lambda tx: [tx.notes.add(n) for n in reversed(notes)])
    assert store.read_now(lambda tx: tx.notes.of(case.id)) == notes


def test_a_remark_on_no_case_is_refused(store: Store) -> None:
    with pytest.raises(NotFound):
        store.write_now(lambda tx: tx.notes.add(Note(CaseId("none"), 1, NOW, OFFICER, "x")))


def test_a_person_follows_a_case_once(store: Store) -> None:
    case = filed(store)
    lan, minh = CitizenId("lan"), CitizenId("minh")

    def follow(citizen: CitizenId) -> bool:
        return store.write_now(lambda tx: tx.followers.add(case.id, citizen))

    assert [follow(lan), follow(minh), follow(lan)] == [True, True, False]
    assert store.read_now(lambda tx: tx.followers.of(case.id)) == (lan, minh)
    assert store.read_now(lambda tx: tx.followers.of_citizen(lan)) == (case.id,)
    assert follow(CitizenId("an"))
    assert store.read_now(lambda tx: tx.followers.of(case.id)) == (lan, minh, "an")


def test_one_rating_a_round_and_the_last_word_counts(store: Store) -> None:
    case = filed(store)
    low = Rating(case.id, 1, 2, NOW, reason="generic", words="trả lời chung chung")
    store.write_now(lambda tx: tx.ratings.save(Rating(case.id, 1, 5, NOW)))
    store.write_now(lambda tx: tx.ratings.save(low))
    store.write_now(lambda tx: tx.ratings.save(Rating(case.id, 2, 4, later(days=9))))
    assert store.read_now(lambda tx: tx.ratings.get(case.id, 1)) == low
    assert [r.round for r in store.read_now(lambda tx: tx.ratings.of_case(case.id))] == [1, 2]
    judged = replace(
        low,
        review_started_at=NOW,
        reviewer=OFFICER,
        upheld=True,
        verdict="Đúng là chung chung",
        reviewed_at=later(days=1),
        remedy="rewrite",
        remedy_due_at=later(days=2),
    )
    store.write_now(lambda tx: tx.ratings.save(judged))
    assert store.read_now(lambda tx: tx.ratings.get(case.id, 1)) == judged
    assert store.read_now(lambda tx: tx.ratings.remedies_due(later(days=1))) == ()
    assert store.read_now(lambda tx: tx.ratings.remedies_due(later(days=2))) == (judged,)
    store.write_now(lambda tx: tx.ratings.save(replace(judged, remedied_at=later(days=2))))
    assert store.read_now(lambda tx: tx.ratings.remedies_due(later(days=3))) == ()


def test_a_file_comes_back_as_saved(store: Store) -> None:
    file = a_file(name="ảnh.jpg", mime="image/jpeg", forwarded=True, taken_at=NOW, retry_at=NOW)
    store.write_now(lambda tx: tx.files.add(file))
    assert store.read_now(lambda tx: tx.files.get(file.id)) == file
    ready = replace(
        file,
        status=FileStatus.READY,
        case=CaseId("c"),
        sha256="ab" * 32,
        phash="f" * 16,
        width=640,
        height=480,
        bytes=17_000,
        point=Point(21.0, 105.0),
        retry_at=None,
        kind=FileKind.PHOTO,
        purpose=Purpose.PROOF,
        round=2,
    )
    store.write_now(lambda tx: tx.files.save(ready))
    assert store.read_now(lambda tx: tx.files.get(file.id)) == ready
    assert store.read_now(lambda tx: tx.files.of_case(CaseId("c"), Purpose.PROOF)) == (ready,)
    assert store.read_now(lambda tx: tx.files.of_case(CaseId("c"), Purpose.COMPLAINT)) == ()
    assert store.read_now(lambda tx: tx.files.of_person(CITIZEN)) == (ready,)
    assert store.read_now(lambda tx: tx.files.digests()) == {"ab" * 32}


def test_waiting_files_when_their_time_has_come(store: Store) -> None:
    files = (
        a_file(1, retry_at=later(hours=1), ref="late"),
        a_file(2, retry_at=NOW),
        a_file(3),
        a_file(4, status=FileStatus.REFUSED, retry_at=NOW, ref="refused"),
    )
    store.write_now(lambda tx: [tx.files.add(f) for f in files])
    assert {f.id for f in store.read_now(lambda tx: tx.files.waiting(NOW, 10))} == {"file-2", "file-3"}
    assert store.read_now(lambda tx: tx.files.awaited()) == {"late", files[1].ref}


def test_pictures_that_look_alike_are_found(store: Store) -> None:
    hashes = {1: "0" * 16, 2: "0" * 15 + "3", 3: "f" * 16, 4: "0" * 15 + "1"}
    for number, phash in hashes.items():
        case = CaseId(f"c{number}") if number != 4 else None
        store.write_now(lambda tx, n=number, p=phash, c=case: tx.files.add(a_file(n, phash=p, case=c)))
    near = store.read_now(lambda tx: tx.files.near_phash("0" * 16, 4))
    assert [f.id for f in near] == ["file-1", "file-2"]
    assert [f.id for f in store.read_now(lambda tx: tx.files.near_phash("0" * 16, 4, but_not=CaseId("c1")))] == [
        "file-2"
    ]
    assert store.read_now(lambda tx: tx.files.near_phash("a5" * 8, 4)) == ()


def test_files_of_abandoned_drafts(store: Store) -> None:
    store.write_now(lambda tx: (tx.files.add(a_file(1)), tx.files.add(a_file(2, case=CaseId("c")))))
    assert [f.id for f in store.read_now(lambda tx: tx.files.abandoned(later(days=1)))] == ["file-1"]
    assert store.read_now(lambda tx: tx.files.abandoned(NOW)) == ()


def test_examples_since_a_time(store: Store) -> None:
    examples = [Example(None, f"câu {n}", "dien", "khac", "officer", later(days=n)) for n in range(3)]
    store.write_now(lambda tx: [tx.examples.add(e) for e in examples])
    assert store.read_now(lambda tx: tx.examples.all()) == tuple(examples)
    assert store.read_now(lambda tx: tx.examples.all(later(days=1))) == tuple(examples[1:])
