"""A claim on a time in a calendar of Google's (`bot.practice_systems.claims`): a tentative event."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime

from bot.domain.outside import Stretch
from bot.errors import OpeningTaken, OutcomeUnknown
from bot.practice_systems.claims import STALE_AFTER, UNSEEN, Rival
from bot.practice_systems.google.events import Event, claim, id_of, renewed
from bot.practice_systems.google.rest import Changed, Duplicate
from bot.practice_systems.google.shelf import Shelf


class EventClaim:
    """`becoming` makes a visit of the claim, or moves another there; `besides` is the id of that other."""

    def __init__(
        self,
        shelf: Shelf,
        stretch: Stretch,
        *,
        key: str,
        becoming: Callable[[Event], Awaitable[Event]],
        besides: str | None,
        now: Callable[[], datetime],
    ) -> None:
        self.key = key
        self._shelf = shelf
        self._stretch = stretch
        self._becoming = becoming
        self._besides = besides
        self._now = now
        self._id = ""
        self._mine: Event | None = None

    async def write(self, *, title: str, note: str = "", visit_type: str = "") -> None:
        """Step 1; one of an earlier try is renewed. Raises OutcomeUnknown."""
        rest, calendar = self._shelf.rest, self._stretch.practitioner
        there, generation = await self._shelf.with_key(self.key, calendar)
        self._id = id_of(self.key, generation)
        until = self._now() + STALE_AFTER
        try:
            if there is not None and not there.is_cancelled:
                await rest.update(calendar, renewed(there, until), etag=there.etag)
                return
            event = claim(
                id_=self._id,
                key=self.key,
                start=self._stretch.start,
                end=self._stretch.end,
                until=until,
                title=title,
                note=note,
                visit_type=visit_type,
            )
            await rest.insert(calendar, event)
        except Duplicate:
            return  # a connection that broke made the same request twice
        except Changed as error:
            raise OutcomeUnknown("somebody changed a time that was being booked; look there") from error

    async def rivals(self) -> Sequence[Rival]:
        found: list[Rival] = []
        self._mine = None
        for one in await self._shelf.between(
            self._stretch.practitioner, self._stretch.start, self._stretch.end
        ):
            if one.id == self._id:
                self._mine = one
                continue
            if one.id == self._besides or not one.takes_time:
                continue
            until = one.claimed_until
            found.append(
                Rival(
                    ref=one.id,
                    key=one.key if until is not None else None,
                    version=one.etag,
                    is_stale=until is not None and until < self._now(),
                )
            )
        if self._mine is None:
            # A service that does not show what it has just taken may hide others, too.
            found.append(UNSEEN)
        return found

    async def become_visit(self) -> Event:
        if self._mine is None:
            raise OpeningTaken("our claim is gone")
        try:
            return await self._becoming(self._mine)
        except Changed as error:
            # A connection that breaks may make the same request twice: then the second is refused, and the
            # first has done what we wanted.
            there = await self._shelf.find(self._id)
            if there is None or there.is_cancelled or there.claimed_until is not None:
                raise OpeningTaken("our claim was removed; it took too long") from error
            return there

    async def withdraw(self) -> None:
        with suppress(Changed):
            await self._shelf.rest.delete(self._stretch.practitioner, self._id, etag=None)

    async def remove(self, stale: Rival) -> None:
        if stale.ref:
            with suppress(Changed):
                await self._shelf.rest.delete(self._stretch.practitioner, stale.ref, etag=stale.version)
