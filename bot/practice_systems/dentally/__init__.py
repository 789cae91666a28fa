"""Dentally: `practice_system: {kind: dentally}`. docs/dentally.md says what it promises, and what nobody has
verified."""

from bot.practice_systems.dentally.opening import open_dentally

__all__ = ["open_dentally"]
