"""What staff keep beside a conversation: notes, tags, snoozing, and answers that are prepared once.

Contracts, and how a prepared answer is filled in. Nothing of it is ever sent to a patient; a canned
answer becomes one when a person sends it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.errors import ChairsideError


class SlotMissing(ChairsideError):
    """A canned answer names something that nobody knows here; `names` says what. It must not be sent so."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(f"this answer still has gaps: {', '.join(names)}")


class NoSuchAnswer(ChairsideError):
    """No canned answer of practice.yml has that id in a language that fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Words of staff for staff. `mentions` are the people named with an @."""

    id: int
    conversation: str
    at: datetime
    by: str
    text: str
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedAnswer:
    """A prepared answer as it would be sent; `missing` is what it names and nobody knows."""

    id: str
    text: str
    missing: tuple[str, ...] = ()


_FACT = re.compile(r"\{([a-z_]+)\}")


def filled(text: str, facts: Mapping[str, str]) -> str:
    """A prepared answer with what the practice tells; whatever else stands in braces stays as it is."""
    return _FACT.sub(lambda fact: facts.get(fact[1]) or fact[0], text)


def gaps(text: str, facts: Mapping[str, str]) -> tuple[str, ...]:
    """What it names and the practice does not tell."""
    return tuple(dict.fromkeys(name for name in _FACT.findall(text) if not facts.get(name)))


class Notes(Protocol):
    """Each method raises UnknownConversation."""

    async def add_note(self, conversation: str, text: str, *, by: str, people: tuple[str, ...] = ()) -> Note:
        """Kept sealed. Whoever of `people` stands in it after an @ is mentioned."""

    async def notes(self, conversation: str) -> tuple[Note, ...]:
        """Oldest first."""

    async def mentions_of(self, person: str, *, limit: int = 50) -> tuple[Note, ...]:
        """The latest first."""

    async def tag(self, conversation: str, name: str, *, by: str) -> None:
        """Idempotent."""

    async def untag(self, conversation: str, name: str, *, by: str) -> None:
        """Idempotent."""

    async def tags(self) -> tuple[str, ...]:
        """Every tag in use, by name."""

    async def snooze(self, conversation: str, until: datetime | None, *, by: str) -> None:
        """Out of sight until that moment, or (None) until the patient writes, which wakes it in any case."""

    async def wake(self, conversation: str, *, by: str) -> None:
        """At once. Idempotent."""

    def canned_answers(self, language: str) -> tuple[CannedAnswer, ...]:
        """Those of practice.yml in this language, else in the house's, by id, with the practice's facts."""

    def canned_answer(self, id: str, language: str) -> str:
        """Ready to be sent. Raises NoSuchAnswer, SlotMissing."""
