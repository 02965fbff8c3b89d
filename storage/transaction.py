"""One transaction: the repositories that a piece of work may touch, and ids that stay the same when it runs again."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection

from storage.attachments import Files
from storage.cases import Cases
from storage.codes import make_code
from storage.conversations import Inputs, Rates, Sessions, Updates
from storage.events import Events
from storage.ledgers import Audit, Bans, Configs, Consents, Links, Meta, Pairings, Presses, Requests, Tokens
from storage.outbox import Outbox
from storage.people import Chats, Citizens, Invitations, Kept, Officers
from storage.ratings import Ratings
from storage.records import CaseCode
from storage.remarks import Difficulties, Examples, Followers, Notes, Promises, Questions
from storage.sealed import MasterKeys
from storage.tallies import Tallies
from storage.troubles import Troubles
from storage.vault import Vault


class Transaction:
    """Everything that one piece of work may touch."""

    def __init__(self, connection: Connection, keys: MasterKeys, seed: bytes) -> None:
        vault, kept = Vault(connection, keys), Kept()
        self._seed = seed
        self._drawn = 0
        self.connection = connection
        """For storage's own verification, backup and rotation; nobody else writes SQL."""
        self.cases = Cases(connection, vault)
        self.events = Events(connection, vault)
        self.citizens = Citizens(connection, vault, kept)
        self.officers = Officers(connection, vault, kept)
        self.invitations = Invitations(connection, vault)
        self.chats = Chats(connection, vault, kept)
        self.sessions = Sessions(connection, vault)
        self.inputs = Inputs(connection, vault)
        self.rates = Rates(connection, vault)
        self.updates = Updates(connection, vault)
        self.outbox = Outbox(connection, vault)
        self.files = Files(connection, vault)
        self.ratings = Ratings(connection, vault)
        self.tallies = Tallies(connection, vault)
        self.questions = Questions(connection, vault)
        self.promises = Promises(connection, vault)
        self.difficulties = Difficulties(connection, vault)
        self.notes = Notes(connection, vault)
        self.followers = Followers(connection, vault)
        self.examples = Examples(connection, vault)
        self.consents = Consents(connection, vault)
        self.bans = Bans(connection, vault)
        self.requests = Requests(connection, vault)
        self.configs = Configs(connection, vault)
        self.audit = Audit(connection, vault)
        self.presses = Presses(connection, vault)
        self.links = Links(connection, vault)
        self.pairings = Pairings(connection, vault)
        self.meta = Meta(connection, vault)
        self.troubles = Troubles(connection, vault)
        self.tokens = Tokens(connection, vault)

    def new_id(self) -> str:
        """128 bits as 32 hexadecimal digits."""
        return self._draw().hex()

    def new_code(self) -> CaseCode:
        """A case code that no case has."""
        while True:
            code = make_code(self._draw())
            if self.cases.by_code(code) is None:
                return code

    def _draw(self) -> bytes:
        """The next 16 bytes of the series that the seed begins: a rerun of the work draws the same ones."""
        self._drawn += 1
        return hashlib.blake2b(self._drawn.to_bytes(4, "big"), key=self._seed, digest_size=16).digest()
