"""What a citizen reads of one case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.casework.show_case import case_page
from bot.casework.withdraw_case import withdraw_case
from bot.dialogue.texts import load_texts
from routing.config import Contact
from storage.records import Case, Citizen
from tests.casework.house import House

NUMBER = "024 3825 1234"


def page(house: House, mai: Citizen, case: Case) -> str:
    (say,) = house.do(lambda ctx: case_page(ctx, mai, str(case.code)))
    return load_texts().say(say.words)


@pytest.mark.parametrize("verified", [True, False])
def test_the_unit_can_be_telephoned_when_its_number_was_verified(house: House, mai: Citizen, verified: bool) -> None:
    case = house.file(mai)
    agencies = dict(house.config.agencies)
    for agency in agencies:
        agencies[agency] = replace(agencies[agency], contact=Contact(phone=NUMBER, verified=verified))
    house.config = replace(house.config, agencies=agencies)
    assert (f"Điện thoại của đơn vị: {NUMBER}" in page(house, mai, case)) is verified
    house.do(lambda ctx: withdraw_case(ctx, mai, case.id))
    assert NUMBER not in page(house, mai, case)
