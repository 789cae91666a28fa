"""Exploration: walks the conversations that flows allow, and shows the messages by which one fails a patient.

From the start of every flow, over all outcomes of actions and every message that matters, by the engine
itself (walk.py); alike conversations are walked once (likeness.py). What must hold:

E-HUMAN    whoever asks for a person gets one, at any time
E-LOOP     no turn goes on for ever
E-FAULT    no step fails
E-SILENT   every message gets an answer
E-HOLD     what an action keeps for a patient is booked, released, or handed over with the conversation
E-DEADEND  every question has an answer that leads on to an end
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.dialogue.exploring.findings import findings
from bot.dialogue.exploring.walk import Walk
from bot.dialogue.model import Assistant
from bot.errors import Problem

MOST_TRANSITIONS = 120_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """`bound`: the number of transitions at which it stopped before it had seen everything."""

    states: int
    transitions: int
    findings: tuple[Problem, ...]
    bound: int | None = None


def explore(assistant: Assistant, *, most: int = MOST_TRANSITIONS) -> Exploration:
    walk = Walk(assistant, most)
    walk.run()
    return Exploration(
        states=len(walk.nodes),
        transitions=walk.transitions,
        findings=findings(walk),
        bound=None if walk.is_complete else most,
    )
