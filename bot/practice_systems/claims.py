"""Who gets a time in a system that refuses nobody: without its clock, its conditions or its goodwill.

Several programs want overlapping times, and all that the system does is keep what it is given and show it.
Each claimant

    1. writes its claim, visible to the others, not yet counting as a visit;
    2. reads who else is there. A visit, or a claim with a smaller key: withdraws. Only claims with larger
       keys: waits until they are gone, reading again. Nobody: goes on;
    3. makes its claim a visit.

At most one of any two that overlap gets to 3: each has written before it reads, so whoever writes second sees
the first. If the second has the larger key it withdraws; if the smaller, it waits for the first, which is
either gone in the end or has become a visit, and then the second withdraws. One does get there: whoever has
the smallest key never withdraws for a claim. A claim whose owner has died is stale after a while and is
removed by whoever it stands in the way of.

Visits that people enter by hand, in a program that asks nobody, always win. One that is entered after 2 is
seen by the read-back that follows (`outside_writes`). tests/unit/practice_systems/test_claims.py tries every
order in which two claimants' steps can fall.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeVar

from bot.errors import BookingError, OpeningTaken

PAUSE = 0.15  # seconds between two looks at a claim with a larger key
LOOKS = 20
STALE_AFTER = timedelta(minutes=2)  # far longer than any claim takes, far shorter than anybody would wonder

Visit = TypeVar("Visit", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Somebody else on a time that overlaps ours. `key` is None for what is no claim of ours, or a visit."""

    ref: str
    key: str | None
    version: str | None = None
    is_stale: bool = False


#: Stands for whoever a system does not show yet: one that hides our own claim may hide others, too.
UNSEEN = Rival(ref="", key="\U0010ffff")


class Claim(Protocol[Visit]):
    """One claim that has been written (step 1)."""

    key: str

    async def rivals(self) -> Sequence[Rival]:
        """Whoever overlaps this claim now, from the system itself, not from memory."""

    async def become_visit(self) -> Visit:
        """Raises OpeningTaken when the claim is gone; OutcomeUnknown."""

    async def withdraw(self) -> None: ...

    async def remove(self, stale: Rival) -> None:
        """Someone's who died, if it is still what it was."""


Sleep = Callable[[float], Awaitable[None]]


async def contest(claim: Claim[Visit], *, sleep: Sleep = asyncio.sleep, looks: int = LOOKS) -> Visit:
    """Steps 2 and 3. Raises OpeningTaken having withdrawn; what goes wrong while reading means the same for
    the time: nothing of ours is left there that counts."""
    try:
        for _ in range(looks):
            rivals = await claim.rivals()
            if not rivals:
                return await claim.become_visit()
            if any(rival.key is None or (rival.key < claim.key and not rival.is_stale) for rival in rivals):
                break
            for rival in rivals:
                if rival.is_stale:
                    await claim.remove(rival)
            if not all(rival.is_stale for rival in rivals):
                await sleep(PAUSE)
    except OpeningTaken:
        raise
    except BookingError as error:
        if error.outcome != "unknown":
            await _gone(claim)
        raise
    await _gone(claim)
    raise OpeningTaken("somebody else has this time in the practice's system")


async def _gone(claim: Claim[Visit]) -> None:
    with suppress(BookingError):  # it is stale soon, and counts for nothing until then
        await claim.withdraw()
