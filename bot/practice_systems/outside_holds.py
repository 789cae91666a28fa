"""Times that the other system itself keeps while a patient thinks, where it can (`Capabilities.hold`).

Our own hold excludes our patients from one another; this one also tells staff and other programs. It comes on
top and decides nothing: where the system does not answer, our own stands alone and the booking finds out. A
system that keeps a time for us no longer offers it, not even to us: so whoever is kept a time is asked here,
not there, whether it is still free.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from bot.domain.diary import Hold, Opening
from bot.domain.outside import Deed, DeedState, Stretch
from bot.errors import BookingError, HoldExpired, OpeningTaken
from bot.ports import OutsideBook, OutsideSystem
from bot.practice_systems.calling import Caller

_MOST = 10_000


class OutsideHolds:
    """One practice's. Which of theirs belongs to a hold of ours is remembered in the database; that a contact
    may come back to a time it let go of, only here: after a restart the system's hold simply runs out."""

    def __init__(
        self, system: OutsideSystem, *, caller: Caller, book: OutsideBook, now: Callable[[], datetime]
    ) -> None:
        self._system, self._caller, self._book, self._now = system, caller, book, now
        self._kept: dict[tuple[str, Opening], tuple[str, datetime]] = {}  # -> ref, until

    def keeps(self, contact: str, opening: Opening) -> bool:
        """Whether the system keeps this time for this contact, and so offers it to nobody."""
        kept = self._kept.get((contact, opening))
        return kept is not None and kept[1] > self._now()

    async def take(self, hold: Hold, stretch: Stretch) -> None:
        """Raises OpeningTaken when somebody else has it; nothing else."""
        if not self._system.capabilities.hold:
            return
        key = _key(hold)
        kept = self._kept.get((hold.contact, hold.opening))
        if kept is None or kept[1] <= self._now():
            try:
                theirs = await self._caller.write(
                    lambda: self._system.hold(stretch, until=hold.until, key=key)
                )
            except (OpeningTaken, HoldExpired) as error:
                raise OpeningTaken("the system does not keep this time for us") from error
            except BookingError:
                return
            kept = (theirs.ref, theirs.until)
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[hold.contact, hold.opening] = kept
        done = Deed(
            key=key, what="hold", state=DeedState.DONE, at=self._now(), ref=kept[0], about=hold.opening.ref
        )
        await self._book.begin(done, hold=None, keep_until=self._now())

    async def ref_of(self, hold: Hold) -> str | None:
        """What `OutsideSystem.create` wants to hear of it."""
        if not self._system.capabilities.hold:
            return None
        deed = await self._book.deed(_key(hold))
        return deed.ref if deed is not None else None

    def used(self, hold: Hold) -> None:
        """It has become a visit."""
        self._kept.pop((hold.contact, hold.opening), None)

    async def give_back(self, contact: str, *, besides: Opening | None = None) -> None:
        """What the system keeps for this contact, one opening apart. What cannot be given back runs out."""
        for whose, opening in [one for one in self._kept if one[0] == contact and one[1] != besides]:
            ref, until = self._kept.pop((whose, opening))
            if until > self._now():
                try:
                    await self._caller.write(partial(self._system.release, ref, key=f"release {ref}"))
                except BookingError:
                    continue


def _key(hold: Hold) -> str:
    return f"hold {hold.id}"
