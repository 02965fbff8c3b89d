"""Which news the citizen wants: one tap switches a kind off and on. Results, questions and verdicts always come."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.flow import Flow, words
from bot.dialogue.message import Button, Say
from bot.dialogue.session import Effect, Heard, Scene, Session, Turn
from nlp.normalize import fold

KINDS = ("status", "rating", "digest", "nudge")


def show(session: Session, heard: Heard, scene: Scene) -> Turn:
    """/tinbao shows the switches, /tinbao status turns one."""
    kind = fold(heard.incoming.argument.strip())
    if kind not in KINDS:
        return Turn(session, switches(scene))
    muted = scene.known.muted
    after = tuple(k for k in muted if k != kind) if kind in muted else (*muted, kind)
    shown = replace(scene, known=replace(scene.known, muted=after))
    return Turn(session, switches(shown), (Effect("mute_pushes", {"kind": kind, "off": kind in after}),))


def silence_nudges(session: Session, _heard: Heard, _scene: Scene) -> Turn:
    """/tatnhac: no more reminders of unfinished drafts."""
    return Turn(session, (Say(words("settings.no_nudges")),), (Effect("mute_pushes", {"kind": "nudge", "off": True}),))


def switches(scene: Scene) -> tuple[Say, ...]:
    """One row a kind, saying what a tap does."""
    rows = tuple(
        (Button(f"do:tinbao {kind}", words(f"settings.{kind}_{'on' if kind in scene.known.muted else 'off'}")),)
        for kind in KINDS
    )
    return (Say(words("settings.ask"), rows, slot="settings"),)


def hear(session: Session, _heard: Heard, _scene: Scene) -> Turn:
    return Turn(session.at("home"))


def ask(_session: Session, scene: Scene) -> tuple[Say, ...]:
    return switches(scene)


FLOW = Flow("settings", hear, ask)
