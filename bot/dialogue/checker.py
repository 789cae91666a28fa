"""What only shows once everything is loaded: dead steps, loops, unhandled outcomes, missing translations."""

from __future__ import annotations

from bot.dialogue.model import Assistant
from bot.dialogue.reading import Ledger


def check(assistant: Assistant, ledger: Ledger, *, broken: frozenset[str]) -> None:
    """`broken`: flows with mistakes already told, where more would only be noise."""
