"""The process that gets killed while somebody is invited back by a paid template.

Arguments: FOLDER HOURS. The first run makes the town; each writes a line for a knock.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

from bot.delivery import Delivery
from bot.delivery.window import Knock as Knocked
from bot.dialogue.texts import load_texts
from routing.config import Knock
from storage.sealed import MasterKeys
from storage.store import Store
from tests.casework.house import House
from tests.casework.test_delivery_window import Account, Town


class Receipts(Account):
    """Remembers durably whom it invited back, by the number that the platform tells doubles by."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    async def knock(self, knock: Knocked) -> None:
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(handle, f"{knock.number}\n".encode())
        os.fsync(handle)
        os.close(handle)


def main(folder: Path, hours: float) -> None:
    is_new = not (folder / "town.db").exists()
    house = House(Store.open(f"sqlite:///{folder}/town.db", MasterKeys.load(folder / "master.key")))
    if is_new:
        town = Town(house)
        house.later(hours=49)
        town.rating()
        house.later(hours=-49)
    limits = replace(house.config.windows["zalo_oa"], template=Knock("123", {"ma": "code"}))
    house.config = replace(house.config, windows={"zalo_oa": limits})
    house.later(hours=hours)
    delivery = Delivery(
        house.store, lambda: house.config, load_texts(), {"zalo_oa": Receipts(folder / "knocks")}, lambda: house.at
    )
    asyncio.run(delivery.deliver_due())
    house.store.close()


def start(folder: str, hours: str) -> int:
    main(Path(folder), float(hours))
    return 0
