"""What a practice says of itself, now: the facts that a turn's texts name."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache, partial
from typing import Any

from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.service.turns.facts import opens_at, practice_facts, when_staff_answer


class KnownFacts:
    """Of one practice, which is read once: so they are worked out once, those of a moment once a second."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self._wall = PracticeTime(practice.time_zone)
        self._of = cache(partial(practice_facts, practice))
        self._opens_at = lru_cache(maxsize=64)(partial(opens_at, practice))

    def at(self, at: datetime, language: str) -> Mapping[str, Any]:
        """What the dialogue's slots are told with every message."""
        moment = self._wall.wall(at).replace(microsecond=0)
        return {**self._of(language), "opens_at": self._opens_at(language, moment)}

    def of_waiting(self, language: str, at: datetime) -> dict[str, Any]:
        """With when somebody answers, for a patient who waits for a person."""
        when = when_staff_answer(self._practice, language, self._wall.wall(at))
        return {**self._of(language), "staff_when": when}
