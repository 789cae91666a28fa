"""Weeks of a practice in minutes: seeded patients book, forget, move and answer late at the real front desk.

`people` says what patients and staff do, `world` plays it under a clock that is moved by hand, `figures`
counts and holds what was promised and broken, `page` draws it.
"""

from bot.workshop.simulation.figures import Figures
from bot.workshop.simulation.people import Habits
from bot.workshop.simulation.world import simulate

__all__ = ["Figures", "Habits", "simulate"]
