"""The trail of who did what: the contract. Instants are aware UTC. It only ever grows."""

from datetime import datetime
from typing import Protocol

from bot.domain.deeds import Deed, DoneBy, Tampering


class Trail(Protocol):
    """For whoever has something to tell."""

    async def note_now(
        self, deed: Deed, *, by: str, conversation: str | None = None, detail: str = ""
    ) -> None:
        """What changes nothing else: somebody looked, or took a copy. `detail`: ids and words of ours, never
        a patient's."""


class TrailBook(Trail, Protocol):
    """For whoever reads it, too."""

    async def trail(
        self,
        *,
        conversation: str | None = None,
        by: str | None = None,
        deed: Deed | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = 500,
    ) -> tuple[DoneBy, ...]:
        """The latest first; `before` is the number of a row, and goes on from there. [since, until)."""

    async def check(self) -> tuple[int, tuple[Tampering, ...]]:
        """How many rows there should be, and every place at which the trail is not as it was written."""
