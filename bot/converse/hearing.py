"""Hears one message: understand it, take one step of its conversation, remember everything in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.casework.context import Context
from bot.casework.hearing import hear_once, last_offer, remember_file, reply, save_session
from bot.converse.effects import perform
from bot.converse.known import citizen_behind, known_of
from bot.dialogue.engine import step
from bot.dialogue.flow import words
from bot.dialogue.message import Incoming, Outcome, Say, whole
from bot.dialogue.session import Heard, HeardFile, Result, Scene, Session, Turn
from bot.dialogue.telling import asserted
from nlp.reader import Reader
from nlp.reading import Reading
from routing.config import Config
from routing.geography import Geography
from routing.places import Found, Places
from storage.arrivals import ANYTHING, Standing
from storage.records import CaseId, Citizen, PersonId, Point, Purpose
from storage.records import Session as StoredSession
from storage.store import Store, Transaction

MAX_ROUNDS = 4
"""Effects may answer with results that lead to further effects; more rounds than this would be a loop."""


NUDGE_AFTER = timedelta(hours=3)
"""How long a draft may lie before its one reminder."""


class Converse:
    """The citizens' side of the service, whatever the channel."""

    def __init__(
        self,
        store: Store,
        config: Callable[[], Config],
        reader: Reader,
        places: Places | None,
        geography: Geography | None,
    ) -> None:
        self._store = store
        self._config = config
        self._reader = reader
        self._places = places
        self._geography = geography
        self._wards: Mapping[str, str] = (
            {code: ward.full_name for code, ward in geography.wards.items()} if geography else {}
        )

    def read_with(self, reader: Reader) -> None:
        """From now on this reader reads: the configuration's keywords or the model have changed."""
        self._reader = reader

    async def hear(self, incoming: Incoming) -> Outcome:
        """Takes effect exactly once, and returns only after COMMIT."""
        return await self._store.write_made(partial(self.work, incoming))

    def hear_now(self, incoming: Incoming) -> Outcome:
        """The same, for callers without an event loop."""
        return self._store.write_now(self.work(incoming))

    def work(self, incoming: Incoming) -> Callable[[Transaction], Outcome]:
        """Understands the message now; what it returns is the transaction."""
        heard = self._understand(whole(incoming))
        incoming, config = heard.incoming, self._config()

        def hear_in(ctx: Context) -> None:
            citizen, standing = citizen_behind(ctx, incoming)
            if self._is_flood(ctx, citizen, incoming) and not _tells_of_danger(heard.reading):
                return
            person, purpose = PersonId(citizen.id), Purpose.COMPLAINT
            kept = ((remember_file(ctx, incoming, each, person, purpose), each.kind) for each in incoming.attachments)
            files = tuple(HeardFile(*each) for each in kept)
            self._converse(ctx, citizen, replace(heard, files=files), standing)

        return hear_once(incoming, config, hear_in)

    def result_work(self, channel: str, chat: str, result: Result, now: datetime) -> Callable[[Transaction], None]:
        """A transaction in which something that happened by itself (a picture arrived) enters the conversation."""
        incoming = Incoming(channel, chat, key="", at=now)
        config = self._config()
        if isinstance(result.facts.get("point"), Point) and self._geography is not None:
            point = result.facts["point"]
            located = self._geography.locate(point.lat, point.lon)
            seen = {"ward_code": located.ward_code, "ward": located.ward, "at": (point.lat, point.lon), "point": None}
            result = replace(result, facts={**result.facts, **seen})

        def hear_in(tx: Transaction) -> None:
            ctx = Context(tx, config, now)
            remembered = tx.chats.get(channel, chat)
            if remembered is None or remembered.citizen is None:
                return
            self._converse(ctx, tx.citizens.get(remembered.citizen), Heard(incoming, result=result))

        return hear_in

    def _understand(self, incoming: Incoming) -> Heard:
        text = incoming.text or ""
        said = asserted(text)
        reading, denied = self._read(text, said) if text.strip() else (None, None)
        places = self._find(text, said) if text.strip() else None
        point = incoming.place
        if point is None and places is not None and places.point is not None:
            point = Point(*places.point)
        located = self._geography.locate(point.lat, point.lon) if self._geography and point else None
        if located is not None and located.swapped and point is not None:
            point = Point(point.lon, point.lat)
        return Heard(incoming, reading, places, located, point, denied=denied)

    def _read(self, text: str, said: str) -> tuple[Reading, str | None]:
        """What a text tells; its topic from what is `said` once its denial is left out, and the topic denied."""
        all_of_it = self._reader.read(text)
        if said == text:
            return all_of_it, None
        part = self._reader.read(said)
        reading = replace(
            all_of_it,
            category=part.category,
            candidates=part.candidates,
            abstain=part.abstain,
            further=part.further,
        )
        is_denied = not all_of_it.abstain and all_of_it.category != part.category
        return reading, all_of_it.category if is_denied else None

    def _find(self, text: str, said: str) -> Found | None:
        """The place in what is `said`; when there is none, the one in the whole text."""
        if self._places is None:
            return None
        found = self._places.find(said)
        return found if found.candidates or said == text else self._places.find(text)

    def _is_flood(self, ctx: Context, citizen: Citizen, incoming: Incoming) -> bool:
        """Above the limit a message is dropped with a polite word, once a minute; danger is always heard."""
        limit = ctx.config.limits.messages_per_minute
        count = ctx.tx.rates.hit(PersonId(citizen.id), "message", ctx.now, 60)
        if count <= limit or incoming.press is not None:
            return False
        if count == limit + 1:
            self._say(ctx, citizen, incoming, (Say(words("slow_down")),))
        return True

    def _converse(self, ctx: Context, citizen: Citizen, heard: Heard, standing: Standing = ANYTHING) -> None:
        incoming = heard.incoming
        stored = ctx.tx.sessions.get(incoming.channel, incoming.chat)
        session = Session.from_json(stored.state) if stored else Session(language=citizen.language)
        if standing.was_told:
            # A number chooses what stands last in the chat, even when that came by itself.
            session = replace(session, offered=last_offer(ctx, incoming, session.language) or session.offered)
        says: list[Say] = []
        for _ in range(MAX_ROUNDS):
            known = known_of(ctx, ctx.tx.citizens.get(citizen.id), heard.incoming, standing)
            scene = Scene(ctx.config, known, ctx.now, self._wards)
            turn = step(session, heard, scene)
            session = turn.session
            says += turn.say
            results = self._perform(ctx, citizen, incoming, turn)
            if turn.effects:
                citizen, standing = _now_behind(ctx, incoming, citizen), ANYTHING
            if turn.again:
                heard = self._understand(replace(_silent(incoming), text=turn.again))
                continue
            if not results:
                break
            heard = replace(heard, incoming=_silent(incoming), files=(), reading=None, places=None, result=results[-1])
        self._save(ctx, citizen, incoming, session, stored)
        self._say(ctx, ctx.tx.citizens.get(citizen.id), incoming, tuple(says))

    def _perform(self, ctx: Context, citizen: Citizen, incoming: Incoming, turn: Turn) -> list[Result]:
        done = (perform(ctx, citizen.id, incoming, effect) for effect in turn.effects)
        return [result for result in done if result is not None]

    def _save(
        self, ctx: Context, citizen: Citizen, incoming: Incoming, session: Session, stored: StoredSession | None
    ) -> None:
        nudge_at = None
        if (
            session.flow == "report"
            and not session.draft.is_empty
            and not session.nudged
            and "nudge" not in citizen.muted
        ):
            nudge_at = ctx.now + NUDGE_AFTER
        save_session(ctx, incoming, PersonId(citizen.id), session.to_json(), stored, nudge_at)

    def _say(self, ctx: Context, citizen: Citizen, incoming: Incoming, says: tuple[Say, ...]) -> None:
        # Nothing can be sealed for somebody erased; the farewell holds nothing personal.
        person = PersonId(citizen.id) if citizen.erased_at is None else None
        reply(ctx, incoming, person, says, partial(_of_another, ctx, citizen))


def _of_another(ctx: Context, citizen: Citizen, say: Say) -> CaseId | None:
    """The case of somebody else that a reply shows, such as a followed one: erasing its author blanks the reply."""
    case = ctx.case_of(str(say.words.args.get("code") or ""))
    return case.id if case is not None and case.citizen != citizen.id else None


def _now_behind(ctx: Context, incoming: Incoming, citizen: Citizen) -> Citizen:
    """An act may have joined this chat's person with another."""
    chat = ctx.tx.chats.get(incoming.channel, incoming.chat)
    if chat is None or chat.citizen is None or chat.citizen == citizen.id:
        return citizen
    return ctx.tx.citizens.get(chat.citizen)


def _tells_of_danger(reading: Reading | None) -> bool:
    return reading is not None and reading.danger is not None


def _silent(incoming: Incoming) -> Incoming:
    """The same envelope without its contents: results re-enter without the words that led to them."""
    return Incoming(incoming.channel, incoming.chat, incoming.key, incoming.at)
