"""Calendars as a practice's diary (`bot.ports.OutsideSystem`): one for each practitioner, shared with staff.

No calendar server refuses an overlap, and some ignore conditions on writes, so nothing here counts on either:
the file's name is our key's, never the opening's, as on a careless server two claims on one name would
overwrite each other unseen; on one of its own each is still there to be counted. A visit counts from the
moment that the server last wrote it, since that is when it took the time it has. Who gets a time is settled
by claims (`bot.practice_systems.claims`).
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.diary import AppointmentStatus, PatientDetails
from bot.domain.outside import (
    Availability,
    Capabilities,
    Catalogue,
    Changes,
    Named,
    OutsideHold,
    OutsidePatient,
    OutsideVisit,
    PatientQuery,
    Stretch,
    VisitRequest,
)
from bot.domain.practice_time import DAY
from bot.errors import BookingError, OutcomeUnknown, Unsupported, VisitChanged
from bot.practice_systems.caldav.claiming import CalendarClaim
from bot.practice_systems.caldav.dav import Changed, Item, TokenTooOld, join, last_segment
from bot.practice_systems.caldav.reading import key_of, uid_of
from bot.practice_systems.caldav.shelf import Found, Shelf, version_of
from bot.practice_systems.caldav.writing import cancelled, moved, settled
from bot.practice_systems.claims import Sleep, contest
from bot.practice_systems.event_text import EventText, who_comes

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class CalDavSystem:
    """See `bot.ports.OutsideSystem`. A practitioner's id is the name of a calendar."""

    name = "caldav"
    capabilities = Capabilities(
        availability=Availability.BUSY,
        keyed_create=True,
        changes=True,
        freshness=timedelta(seconds=15),
        timeout=timedelta(seconds=20),
    )

    def __init__(
        self,
        shelf: Shelf,
        *,
        horizon: timedelta,
        text: EventText,
        now: Callable[[], datetime],
        sleep: Sleep = asyncio.sleep,
        close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._shelf, self._dav = shelf, shelf.dav
        self._horizon, self._text, self._now = horizon, text, now
        self._sleep, self._close = sleep, close

    async def close(self) -> None:
        if self._close is not None:
            await self._close()

    async def check(self) -> None:
        await self._shelf.calendars(anew=True)

    async def catalogue(self) -> Catalogue:
        there = await self._shelf.all()
        return Catalogue(practitioners=tuple(Named(id=one.segment, name=one.name) for one in there))

    async def availability(
        self, *, practitioner: str, visit_type: str, duration: timedelta, start: datetime, end: datetime
    ) -> tuple[Stretch, ...]:
        busy: list[Stretch] = []
        for item in await self._shelf.items(practitioner, start, end):
            there = self._shelf.read(item)
            until = there.ours.claimed_until if there.ours else None
            if until is not None and until < self._now():
                await self._sweep(item)
                continue
            busy += [
                Stretch(practitioner=practitioner, start=one.start, end=one.end)
                for one in there.occurrences(start, end)
                if one.blocks
            ]
        return tuple(sorted(busy, key=lambda stretch: (stretch.start, stretch.end)))

    async def create(self, request: VisitRequest, *, key: str, hold: str | None = None) -> OutsideVisit:
        calendar = await self._shelf.calendar(request.stretch.practitioner)
        there = await self._dav.get(join(calendar.href, f"{uid_of(key)}.ics"))
        found = self._shelf.found(request.stretch.practitioner, there) if there else None
        if found is not None and found.event.claimed_until is None:
            return _visit(found)

        async def settle(mine: Item) -> None:
            await self._dav.replace(mine.href, settled(mine.data, at=self._now()), etag=mine.etag)

        claim = CalendarClaim(
            self._shelf, request.stretch, key=key, becoming=settle, besides=None, now=self._now
        )
        await claim.write(
            title=self._text.title(request),
            note=self._text.written(request),
            visit_type=request.visit_type,
        )
        await contest(claim, sleep=self._sleep)
        return await self._written(uid_of(key))

    async def move(self, visit: OutsideVisit, to: Stretch, *, key: str) -> OutsideVisit:
        there = await self._as_seen(visit)
        if there.event.occurrence.status is AppointmentStatus.CANCELLED or there.is_series:
            raise VisitChanged("the event was cancelled, or made a series, in the calendar; look it up again")
        data = moved(there.item.data, start=to.start, end=to.end, at=self._now())

        async def relocate(_: Item) -> None:
            if to.practitioner == there.calendar:
                await self._rewrite(there, data, is_done=lambda now: _is_at(now, to))
            else:
                await self._move_to_another(there, to.practitioner, data)

        claim = CalendarClaim(self._shelf, to, key=key, becoming=relocate, besides=visit.ref, now=self._now)
        await claim.write(title=self._text.moving)
        await contest(claim, sleep=self._sleep)
        with suppress(BookingError):  # the visit is there; what is left of the claim is stale soon
            await claim.withdraw()
        return await self._written(visit.ref)

    async def cancel(self, visit: OutsideVisit, reason: str | None, *, key: str) -> OutsideVisit:
        there = await self._found(visit.ref)
        if there is None or there.event.occurrence.status is AppointmentStatus.CANCELLED:
            return replace(visit, status=AppointmentStatus.CANCELLED)
        if there.version != visit.version:
            raise VisitChanged("the event was changed in the calendar; look it up again")
        data = cancelled(there.item.data, at=self._now())
        await self._rewrite(there, data, is_done=lambda now: not now.blocks)
        return await self._written(visit.ref)

    async def get(self, ref: str) -> OutsideVisit | None:
        there = await self._found(ref)
        return None if there is None else _visit(there)

    async def by_key(self, key: str, *, near: tuple[datetime, datetime]) -> OutsideVisit | None:
        uid = uid_of(key)
        found = await self._shelf.named(uid)
        if found is not None:
            return _visit(found) if found.event.claimed_until is None else None
        there = await self.visits(start=near[0], end=near[1])
        return next((visit for visit in there if visit.ref == uid), None)

    async def visits(
        self, *, start: datetime, end: datetime, practitioner: str | None = None, patient: str | None = None
    ) -> tuple[OutsideVisit, ...]:
        if patient is not None:
            return ()
        names = [practitioner] if practitioner is not None else list(await self._shelf.calendars())
        found = await asyncio.gather(*(self._visits(name, start, end) for name in names))
        return tuple(sorted((v for visits in found for v in visits), key=lambda v: (v.start, v.ref)))

    async def changes(self, cursor: str | None) -> Changes:
        """The cursor is a token for each calendar: of its sync report, or its ctag where it has none."""
        before: dict[str, str] = json.loads(cursor) if cursor else {}
        tokens = await self._shelf.tokens()
        now = json.dumps(tokens, sort_keys=True)
        try:
            if before.keys() != tokens.keys():
                raise TokenTooOld
            found = [v for name in tokens for v in await self._changed(name, before[name], tokens)]
        except TokenTooOld:
            at = self._now()
            everything = await self.visits(start=at - DAY, end=at + self._horizon + 2 * DAY)
            return Changes(visits=everything, cursor=now, everything=True)
        latest: dict[str, OutsideVisit] = {}
        for visit in found:  # one that staff drag to another calendar is gone here and new there
            if visit.ref not in latest or visit.blocks:
                latest[visit.ref] = visit
        return Changes(visits=tuple(latest.values()), cursor=json.dumps(tokens, sort_keys=True))

    async def find_patients(self, query: PatientQuery) -> tuple[OutsidePatient, ...]:
        raise Unsupported("a calendar keeps no patients")

    async def create_patient(self, details: PatientDetails, *, key: str) -> OutsidePatient:
        raise Unsupported("a calendar keeps no patients")

    async def hold(self, stretch: Stretch, *, until: datetime, key: str) -> OutsideHold:
        raise Unsupported("a calendar keeps no holds; ours are in the practice's database")

    async def release(self, ref: str, *, key: str) -> None:
        raise Unsupported("a calendar keeps no holds; ours are in the practice's database")

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[str, ...]:
        raise Unsupported("a calendar server does not call us; it is asked what is new")

    async def _visits(self, name: str, start: datetime, end: datetime) -> list[OutsideVisit]:
        items = await self._shelf.dated(await self._shelf.items(name, start, end), start, end)
        found = [visit for item in items for visit in self._seen(name, item, start, end)]
        return [visit for visit in found if visit.start < end and visit.end > start]

    def _seen(self, calendar: str, item: Item, start: datetime, end: datetime) -> Iterator[OutsideVisit]:
        """What one object puts into the range: our visit, or times that somebody else has taken."""
        ours = self._shelf.found(calendar, item)
        if ours is not None and ours.event.claimed_until is not None:
            return
        if ours is not None:
            yield _visit(ours)
        for one in self._shelf.read(item).occurrences(start, end):
            is_theirs = ours is None or (ours.is_series and one.start != ours.event.occurrence.start)
            if is_theirs and (one.blocks or one.status is AppointmentStatus.CANCELLED):
                yield OutsideVisit(
                    ref=f"{item.href}#{one.start:%Y%m%dT%H%M%SZ}",
                    practitioner=calendar,
                    start=one.start,
                    end=one.end,
                    status=one.status,
                    version=version_of(item),
                    created=item.modified,
                    details=who_comes(one.text),
                )

    async def _sweep(self, claim: Item) -> None:
        """A claim whose owner has died is nothing that staff should have to wonder about."""
        with suppress(BookingError, Changed):
            await self._dav.delete(claim.href, etag=claim.etag)

    async def _found(self, ref: str) -> Found | None:
        there = await self._shelf.find(ref)
        return there if there is not None and there.event.claimed_until is None else None

    async def _as_seen(self, visit: OutsideVisit) -> Found:
        """The event, if it is still the version that was seen. Raises VisitChanged."""
        there = await self._found(visit.ref)
        if there is None or there.version != visit.version:
            raise VisitChanged("the event was changed or deleted in the calendar; look it up again")
        return there

    async def _rewrite(self, there: Found, data: bytes, *, is_done: Callable[[OutsideVisit], bool]) -> None:
        """Raises VisitChanged when it is not the version any more that was read. A connection that breaks may
        make the same request twice: where it was the first that changed it, it is done."""
        try:
            await self._dav.replace(there.item.href, data, etag=there.item.etag)
        except Changed as error:
            if not is_done(await self._written(there.event.uid)):
                raise VisitChanged("the event was changed in the calendar; look it up again") from error

    async def _written(self, uid: str) -> OutsideVisit:
        """Our event as it is after a write: with the version and the moment that the server gave it. That
        something was written is certain by now, so no failure to read it back may say otherwise."""
        try:
            there = await self._found(uid)
        except BookingError as error:
            raise OutcomeUnknown("caldav took an event and cannot be asked how; look there") from error
        if there is None:
            raise OutcomeUnknown("caldav took an event and does not have it; look there")
        return _visit(there)

    async def _move_to_another(self, there: Found, practitioner: str, data: bytes) -> None:
        """In one of both calendars at every moment; its file keeps its name."""
        target = join((await self._shelf.calendar(practitioner)).href, last_segment(there.item.href))
        try:
            await self._dav.relocate(there.item.href, target, etag=there.item.etag)
        except Changed as error:
            now = await self._written(there.event.uid)
            if now.practitioner != practitioner:
                raise VisitChanged("the event was changed in the calendar; look it up again") from error
        try:
            await self._dav.replace(target, data, etag=None)
        except (Changed, BookingError) as error:
            raise OutcomeUnknown("the event has its new calendar, perhaps not its new time") from error

    async def _changed(self, name: str, before: str, tokens: dict[str, str]) -> list[OutsideVisit]:
        """Puts the token that the report ends with into `tokens`. Raises TokenTooOld where only a full look
        tells."""
        if before == tokens[name] and before != "ctag None":
            return []
        if not before.startswith("sync "):
            raise TokenTooOld
        calendar = await self._shelf.calendar(name)
        synced = await self._dav.sync(calendar.href, before.removeprefix("sync "))
        tokens[name] = f"sync {synced.token}"
        at = self._now()
        found: list[OutsideVisit] = []
        for item in await self._dav.multiget(calendar.href, synced.changed):
            found += self._seen(name, item, at - DAY, at + self._horizon + 2 * DAY)
        for href in synced.gone:
            ref = last_segment(href).removesuffix(".ics")
            if key_of(ref) is not None:
                found.append(await self.get(ref) or _deleted(ref, name))
        return found


def _visit(found: Found) -> OutsideVisit:
    occurrence = found.event.occurrence
    # One that staff have marked as tentative is still the visit that we booked.
    is_booked = occurrence.status is AppointmentStatus.REQUESTED
    return OutsideVisit(
        ref=found.event.uid,
        practitioner=found.calendar,
        start=occurrence.start,
        end=occurrence.end,
        status=AppointmentStatus.BOOKED if is_booked else occurrence.status,
        key=found.event.key,
        visit_type=found.event.visit_type,
        version=found.version,
        created=found.written,
    )


def _is_at(visit: OutsideVisit, stretch: Stretch) -> bool:
    return (visit.practitioner, visit.start, visit.end) == (stretch.practitioner, stretch.start, stretch.end)


def _deleted(ref: str, calendar: str) -> OutsideVisit:
    """Nothing is left of it but its name."""
    return OutsideVisit(
        ref=ref,
        practitioner=calendar,
        start=_NEVER,
        end=_NEVER,
        status=AppointmentStatus.CANCELLED,
        key=key_of(ref),
    )
