"""One transaction: the repositories that a piece of work may touch, and ids that stay the same when it runs again."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection

from storage.attachments import Files
from storage.batch import Batch
from storage.cases import Cases
from storage.codes import make_code
from storage.conversations import Inputs, Rates, Sessions, Updates
from storage.events import Events
from storage.ledgers import Audit, Bans, Configs, Consents, Links, Meta, Presses, Requests, Tokens
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
        batch, vault, kept = Batch(connection), Vault(connection, keys), Kept()
        self._seed = seed
        self._drawn = 0
        self._batch = batch
        self.cases = Cases(batch, vault)
        self.events = Events(batch, vault)
        self.citizens = Citizens(batch, vault, kept)
        self.officers = Officers(batch, vault, kept)
        self.invitations = Invitations(batch, vault)
        self.chats = Chats(batch, vault, kept)
        self.sessions = Sessions(batch, vault)
        self.inputs = Inputs(batch, vault)
        self.rates = Rates(batch, vault)
        self.updates = Updates(batch, vault)
        self.outbox = Outbox(batch, vault)
        self.files = Files(batch, vault)
        self.ratings = Ratings(batch, vault)
        self.tallies = Tallies(batch, vault)
        self.questions = Questions(batch, vault)
        self.promises = Promises(batch, vault)
        self.difficulties = Difficulties(batch, vault)
        self.notes = Notes(batch, vault)
        self.followers = Followers(batch, vault, kept)
        self.examples = Examples(batch, vault)
        self.consents = Consents(batch, vault)
        self.bans = Bans(batch, vault)
        self.requests = Requests(batch, vault)
        self.configs = Configs(batch, vault)
        self.audit = Audit(batch, vault)
        self.presses = Presses(batch, vault)
        self.links = Links(batch, vault)
        self.meta = Meta(batch, vault)
        self.troubles = Troubles(batch, vault)
        self.tokens = Tokens(batch, vault)

    @property
    def connection(self) -> Connection:
        """For storage's own verification, backup and rotation; nobody else writes SQL."""
        return self._batch.connection

    def write(self) -> None:
        """Writes what still waits to be written together; the store calls it when the work is done."""
        self._batch.write()

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
