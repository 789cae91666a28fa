"""A claim on a time in a calendar (`bot.practice_systems.claims`): a tentative event beside the others."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime

from bot.domain.outside import Stretch
from bot.errors import OpeningTaken
from bot.practice_systems.caldav.dav import Changed, Item, join, same_href
from bot.practice_systems.caldav.reading import uid_of
from bot.practice_systems.caldav.shelf import Shelf
from bot.practice_systems.caldav.writing import claim
from bot.practice_systems.claims import STALE_AFTER, UNSEEN, Rival


class CalendarClaim:
    """`becoming` makes a visit of the claim, given as the server has it, or moves another there."""

    def __init__(
        self,
        shelf: Shelf,
        stretch: Stretch,
        *,
        key: str,
        becoming: Callable[[Item], Awaitable[None]],
        besides: str | None,
        now: Callable[[], datetime],
    ) -> None:
        """`besides`: the UID of the visit that moves there, and may overlap itself."""
        self.key = key
        self._shelf = shelf
        self._stretch = stretch
        self._becoming = becoming
        self._uids = {uid_of(key), besides}
        self._now = now
        self._href = ""
        self._mine: Item | None = None

    async def write(self, *, title: str, note: str = "", visit_type: str = "") -> None:
        """Step 1; the same claim again is renewed. Raises OutcomeUnknown."""
        calendar = await self._shelf.calendar(self._stretch.practitioner)
        self._href = join(calendar.href, f"{uid_of(self.key)}.ics")
        at = self._now()
        data = claim(
            key=self.key,
            start=self._stretch.start,
            end=self._stretch.end,
            title=title,
            note=note,
            visit_type=visit_type,
            at=at,
            until=at + STALE_AFTER,
        )
        with suppress(Changed):  # an earlier try's, whose answer was lost
            await self._shelf.dav.create(self._href, data)

    async def rivals(self) -> Sequence[Rival]:
        start, end = self._stretch.start, self._stretch.end
        found: list[Rival] = []
        self._mine = None
        for item in await self._shelf.items(self._stretch.practitioner, start, end):
            there = self._shelf.read(item)
            uid = there.ours.uid if there.ours else None
            if uid == uid_of(self.key):
                self._mine = item
                continue
            if uid in self._uids and not there.is_series:
                continue
            if not any(one.blocks for one in there.occurrences(start, end)):
                continue
            until = there.ours.claimed_until if there.ours else None
            found.append(
                Rival(
                    ref=item.href,
                    key=there.ours.key if there.ours and until else None,
                    version=item.etag,
                    is_stale=until is not None and until < self._now(),
                )
            )
        if self._mine is None:
            # A server that does not show what it has just taken may hide others, too.
            found.append(UNSEEN)
        return found

    async def become_visit(self) -> None:
        if self._mine is None:
            raise OpeningTaken("our claim is gone")
        try:
            await self._becoming(self._mine)
        except Changed as error:
            if not await self._is_visit():
                raise OpeningTaken("our claim was removed; it took too long") from error

    async def _is_visit(self) -> bool:
        """A connection that breaks may make the same request twice: then the second is refused, and the first
        has done what we wanted."""
        there = await self._shelf.named(uid_of(self.key))
        return there is not None and there.event.claimed_until is None

    async def withdraw(self) -> None:
        await self._shelf.dav.delete(self._href, etag=None)

    async def remove(self, stale: Rival) -> None:
        if stale.ref and not same_href(stale.ref, self._href):
            with suppress(Changed):
                await self._shelf.dav.delete(stale.ref, etag=stale.version)
