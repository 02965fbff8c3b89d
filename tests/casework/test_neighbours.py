"""What counts as the same problem near by: same category, open, public, another's, within 250 m and 30 days."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from bot.casework.context import Refused
from bot.casework.file_case import Complaint, file_case
from bot.casework.find_neighbours import find_neighbours
from bot.casework.follow_case import follow_case, unfollow_case
from bot.casework.withdraw_case import withdraw_case
from bot.dialogue.session import Draft, Understood, Where
from storage.records import Case, Citizen
from tests.casework.house import House

HERE = Where("00070", "phường Hoàn Kiếm", lat=21.0285, lon=105.8542)
METRE = 1 / 111_195
"""Degrees of latitude, on a sphere of 6,371 km."""
LAMP = "chieu_sang"


def away(metres: float, north: bool = True) -> Where:
    degrees = metres * METRE
    return replace(HERE, lat=21.0285 + degrees) if north else replace(HERE, lon=105.8542 + degrees / 0.9334)


def filed(house: House, citizen: Citizen, where: Where, category: str = LAMP, private: bool = False) -> Case:
    read = Understood(
        category, (category,), False, (), "binh_thuong", None, None, "in_scope", *[False] * 3, "đèn hỏng", ""
    )
    draft = Draft(text="Đèn hỏng", category=category, where=where, understood=read, private=private)
    return house.do(lambda ctx: file_case(ctx, citizen, Complaint(draft, "console"))[0])


def found(house: House, citizen: Citizen, where: Where = HERE) -> list[str]:
    near = house.do(lambda ctx: find_neighbours(ctx, citizen, LAMP, asdict(where)))
    return [code for code, _ in near]


@pytest.mark.parametrize("north", [True, False])
def test_near_is_within_250_metres_also_across_cells(house: House, mai: Citizen, north: bool) -> None:
    hoa = house.citizen("Hoa")
    far, near, nearest = (filed(house, mai, away(metres, north)) for metres in (256, 244, 120))
    assert found(house, hoa) == [nearest.code, near.code]
    assert far.code not in found(house, hoa)
    assert found(house, hoa, Where("00070", "phường Hoàn Kiếm")) == []


def test_what_is_private_ended_old_or_of_another_kind_is_no_neighbour(house: House, mai: Citizen) -> None:
    hoa, lan = house.citizen("Hoa"), house.citizen("Lan")
    filed(house, mai, HERE, private=True)
    filed(house, mai, HERE, category="cay_xanh")
    ended, old = filed(house, mai, HERE), filed(house, lan, HERE)
    house.do(lambda ctx: withdraw_case(ctx, mai, ended.id))
    assert found(house, hoa) == [old.code]
    assert found(house, lan) == []
    house.later(days=29)
    assert found(house, hoa) == [old.code]
    house.later(days=2)
    assert found(house, hoa) == []


def test_following_counts_as_one_more_voice(house: House, mai: Citizen) -> None:
    hoa = house.citizen("Hoa")
    case = filed(house, mai, HERE)
    house.do(lambda ctx: follow_case(ctx, hoa, case.id))
    assert house.case(case).supporters == 1
    assert house.see(lambda tx: tx.followers.of(case.id)) == (hoa.id,)


def test_whoever_stops_following_takes_one_voice_away_once(house: House, mai: Citizen) -> None:
    hoa = house.citizen("Hoa")
    case = filed(house, mai, HERE)
    house.do(lambda ctx: follow_case(ctx, hoa, case.id))
    house.do(lambda ctx: unfollow_case(ctx, hoa, case.id))
    assert house.case(case).supporters == 0
    assert house.see(lambda tx: tx.followers.of(case.id)) == ()
    for stranger in (hoa, mai):
        with pytest.raises(Refused, match="not_followed"):
            house.do(lambda ctx, who=stranger: unfollow_case(ctx, who, case.id))
    assert house.case(case).supporters == 0
