"""A citizen's thread with the desk: words and files both ways, seen by nobody else, and forgotten with the person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.casework.citizen_data import erase_data
from bot.casework.context import Context, Refused
from bot.casework.talk_to_desk import answer_from_desk, pass_file_on, talk_to_desk
from bot.casework.thread import open_thread, thread_of
from bot.casework.watch_requests import forget_drafts
from bot.channels.web.pictures import may_see_file
from bot.dialogue.message import Say
from storage.records import (
    AgencyId,
    Citizen,
    File,
    FileId,
    FileKind,
    FileStatus,
    Officer,
    PersonId,
    Purpose,
    Role,
)
from tests.casework.house import HOLDER, House

TRIAGE = AgencyId("triage")


def photo(house: House, citizen: Citizen, name: str = "of-mai") -> FileId:
    """A picture that a citizen has just sent and that is still on its way."""
    file = FileId(name)
    row = File(file, FileKind.PHOTO, Purpose.COMPLAINT, PersonId(citizen.id), "console", citizen.id, house.at)
    house.do(lambda ctx: ctx.tx.files.add(row))
    return file


def arrive(house: House, file: FileId) -> None:
    def come(ctx: Context) -> None:
        ready = replace(ctx.tx.files.get(file), status=FileStatus.READY, sha256="0" * 64)
        ctx.tx.files.save(ready)
        pass_file_on(ctx, ready)

    house.do(come)


def told(house: House, who: Citizen | Officer) -> list[Say]:
    pushes = house.see(lambda tx: tx.outbox.waiting("console", who.id))
    return [Say.from_json(push.args) for push in pushes if push.key.startswith("push.talk")]


def sees(house: House, who: Citizen | Officer, file: FileId) -> bool:
    """Whether the web page shows a picture to somebody."""
    return house.do(lambda ctx: may_see_file(ctx, "console", who.id, ctx.tx.files.get(file)))


def test_a_picture_reaches_the_desk_when_it_has_arrived_and_only_the_desk(house: House, thu, mai) -> None:
    lan, mai_two = house.officer(HOLDER), house.citizen("Hoa")
    file = photo(house, mai)
    assert house.do(lambda ctx: talk_to_desk(ctx, mai, "", (file,))) == 1
    assert told(house, thu) == []
    arrive(house, file)
    (say,) = told(house, thu)
    assert (say.pictures, say.words.args["thread"]) == ((file,), thread_of(mai.id))
    assert [sees(house, who, file) for who in (mai, thu, lan, mai_two)] == [True, True, False, False]


def test_a_picture_of_a_complaint_does_not_go_to_the_desk(house: House, thu, mai) -> None:
    arrive(house, photo(house, mai))
    assert told(house, thu) == []


def test_a_picture_from_the_desk_is_the_citizens_from_then_on(house: House, thu, mai) -> None:
    minh = house.officer(HOLDER, Role.OFFICER, "Minh")
    thread = house.do(lambda ctx: open_thread(ctx, mai.id))
    ready, coming, of_minh = house.proof(thu), house.proof(thu, FileStatus.WAITING), house.proof(minh)
    sent = house.do(lambda ctx: answer_from_desk(ctx, thu, thread, "Chỗ này?", (ready, coming, of_minh)))
    assert sent == (ready,)
    (say,) = told(house, mai)
    assert (say.words.args["words"], say.pictures) == ("Chỗ này?", (ready,))
    assert [sees(house, who, ready) for who in (mai, thu, minh)] == [True, True, False]


def test_only_the_desk_answers_and_never_with_nothing(house: House, thu, mai) -> None:
    thread = house.do(lambda ctx: open_thread(ctx, mai.id))
    for role, agency in ((Role.OFFICER, HOLDER), (Role.LEAD, HOLDER), (Role.REVIEWER, AgencyId("vp-ubnd-tp"))):
        somebody = house.officer(agency, role, "Ai")
        with pytest.raises(Refused, match=r"refused\.role"):
            house.do(lambda ctx, somebody=somebody: answer_from_desk(ctx, somebody, thread, "Chào"))
    with pytest.raises(Refused, match=r"refused\.empty_talk"):
        house.do(lambda ctx: answer_from_desk(ctx, thu, thread, "  "))


def test_the_pictures_of_a_thread_are_given_up_with_the_person(house: House, thu, mai) -> None:
    theirs, ours = photo(house, mai), house.proof(thu)
    thread = house.do(lambda ctx: open_thread(ctx, mai.id))
    house.do(lambda ctx: talk_to_desk(ctx, mai, "Chỗ này", (theirs,)))
    arrive(house, theirs)
    house.do(lambda ctx: answer_from_desk(ctx, thu, thread, "", (ours,)))
    house.do(lambda ctx: erase_data(ctx, ctx.tx.citizens.get(mai.id)))
    assert {house.see(lambda tx, f=f: tx.files.get(f)).status for f in (theirs, ours)} == {FileStatus.REFUSED}
    assert told(house, thu) == []


def test_the_pictures_of_a_thread_are_kept_for_two_weeks(house: House, thu, mai) -> None:
    file = photo(house, mai)
    house.do(lambda ctx: talk_to_desk(ctx, mai, "", (file,)))
    arrive(house, file)
    house.at += timedelta(days=13)
    assert house.do(lambda ctx: forget_drafts(ctx, 10)) == 0
    house.at += timedelta(days=2)
    assert house.do(lambda ctx: forget_drafts(ctx, 10)) == 1
