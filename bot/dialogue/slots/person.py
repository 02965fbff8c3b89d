"""Consent first, then who speaks, as far as the configuration wants to know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.dialogue.flow import choices, pressed, words
from bot.dialogue.message import Say
from bot.dialogue.session import Draft, Effect, Heard, Retry, Scene, Session, Turn
from bot.dialogue.slots.slot import Report, Slot, Taken, files_of, keep

CONSENT_VERSION = "2026-11"
"""Version of the consent notice in texts: change it whenever the notice changes its meaning."""


def _needs_consent(draft: Draft, scene: Scene) -> bool:
    return not scene.known.consented and "consent" not in draft.identity_settled


def _ask_consent(session: Session, scene: Scene) -> Say:
    key = "consent.ask" if session.draft.is_empty else "consent.ask_kept"
    return Say(
        words(key),
        choices(session, Report.CONSENT, ("yes", words("consent.yes")), ("no", words("consent.no")), per_row=2),
    )


def _take_consent(session: Session, heard: Heard, _scene: Scene) -> Taken:
    match pressed(session, heard):
        case "yes":
            agreed = _settle(session, "consent")
            return Turn(agreed, effects=(Effect("give_consent", {"version": CONSENT_VERSION}),))
        case "no":
            return Turn(
                session.fresh(), (Say(words("consent.refused")),), (Effect("forget_draft", files_of(session.draft)),)
            )
    return Retry("consent.again")


def _needs(kind: str) -> Callable[[Draft, Scene], bool]:
    def is_open(draft: Draft, scene: Scene) -> bool:
        known = {"name": scene.known.name, "phone": scene.known.phone, "home": scene.known.home_ward}[kind]
        if known or kind in draft.identity_settled:
            return False
        return scene.config.identity == "required" or "identity" not in draft.identity_settled

    return is_open


def _ask_identity(step: Report) -> Callable[[Session, Scene], Say]:
    def ask(session: Session, scene: Scene) -> Say:
        skips = [("skip", words("identity.skip")), ("skip_all", words("identity.skip_all"))]
        must = scene.config.identity == "required" and step is not Report.HOME
        return Say(
            words(f"identity.{step}"),
            () if must else choices(session, step, *skips, per_row=2),
            asks_phone=step is Report.PHONE,
            asks_place=step is Report.HOME,
        )

    return ask


def _take_identity(step: Report) -> Callable[[Session, Heard, Scene], Taken]:
    def take(session: Session, heard: Heard, scene: Scene) -> Taken:
        skipping = pressed(session, heard)
        if skipping == "skip_all":
            return _settle(session, "name", "phone", "home", "identity")
        if skipping == "skip":
            return _settle(session, step.value)
        value = _identity_value(step, heard)
        if isinstance(value, Retry):
            return value
        if value is None:
            return Retry(f"identity.{step}_again")
        return Turn(_settle(session, step.value), effects=(Effect("save_identity", {step.value: value}),))

    return take


def _identity_value(step: Report, heard: Heard) -> str | Retry | None:
    if step is Report.PHONE:
        return phone_number(heard.incoming.phone or heard.text)
    if step is Report.HOME:
        if heard.located and heard.located.ward_code:
            return heard.located.ward_code
        return heard.places.default if heard.places else None
    name = " ".join(heard.text.split())
    if not name:
        return None
    if len(name) > 60 or len(name.split()) > 7:
        return Retry("identity.name_long")
    return name


def phone_number(said: str) -> str | None:
    """A Vietnamese telephone number as ten digits beginning with 0, or None."""
    digits = "".join(c for c in said if c.isdigit())
    if digits.startswith("84"):
        digits = "0" + digits[2:]
    is_number = len(digits) in (10, 11) and digits.startswith("0") and digits[1] in "235789"
    return digits if is_number and sum(c.isalpha() for c in said) < 10 else None


def _settle(session: Session, *kinds: str) -> Session:
    settled = session.draft.identity_settled
    return session.with_draft(identity_settled=(*settled, *(k for k in kinds if k not in settled)))


def _unsettle(kind: str) -> Callable[[Draft], Draft]:
    return lambda d: replace(d, identity_settled=tuple(k for k in d.identity_settled if k not in (kind, "identity")))


CONSENT = Slot(Report.CONSENT, _needs_consent, _ask_consent, _take_consent, keep)
IDENTITY = tuple(
    Slot(step, _needs(step.value), _ask_identity(step), _take_identity(step), _unsettle(step.value), wants_words=True)
    for step in (Report.NAME, Report.PHONE, Report.HOME)
)
