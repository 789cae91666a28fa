"""Calendars as a practice's diary (`bot.ports.OutsideSystem`): one for each practitioner, shared with staff.

No calendar server refuses an overlap, and some ignore conditions on writes, so nothing here counts on either:
the file's name is our key's, never the opening's, as on a careless server two claims on one name would
overwrite each other unseen; on one of its own each is still there to be counted. A visit counts from the
moment that the server last wrote it, since that is when it took the time it has.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
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
from bot.domain.practice import Practice
from bot.domain.practice_time import DAY
from bot.errors import BookingError, OutcomeUnknown, ProtocolDrift, Unsupported, VisitChanged
from bot.practice_systems.caldav.dav import Changed, Dav, Item, TokenTooOld, join, last_segment
from bot.practice_systems.caldav.discovery import Calendar, choose, find_calendars
from bot.practice_systems.caldav.reading import (
    UID_PREFIX,
    CalendarObject,
    OurEvent,
    key_of,
    read_object,
    uid_of,
)
from bot.practice_systems.caldav.writing import cancelled, moved, new_event

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventText:
    """What staff read in the calendar."""

    titles: Mapping[str, str]  # the system's visit type -> title
    note: str
    names_patients: bool = False

    def title(self, request: VisitRequest) -> str:
        title = self.titles.get(request.visit_type, request.visit_type)
        return f"{title}: {request.details.name}" if self.names_patients else title

    def written(self, request: VisitRequest) -> str:
        if self.names_patients and request.details.phone:
            return f"{self.note}\n{request.details.phone}"
        return self.note


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    calendar: str  # as practice.yml calls it
    item: Item
    event: OurEvent
    is_series: bool


class CalDavSystem:
    """See `bot.ports.OutsideSystem`. A practitioner's id is the name of a calendar."""

    name = "caldav"
    capabilities = Capabilities(
        availability=Availability.BUSY,
        keyed_create=True,
        changes=True,
        freshness=timedelta(seconds=15),
        settling=timedelta(seconds=1.1),  # `getlastmodified` counts seconds
        timeout=timedelta(seconds=20),
    )

    def __init__(
        self,
        dav: Dav,
        url: str,
        *,
        calendars: Iterable[str],
        practice: Practice,
        text: EventText,
        now: Callable[[], datetime],
        close: Callable[[], object] | None = None,
    ) -> None:
        self._dav, self._url = dav, url
        self._names = tuple(dict.fromkeys(calendars))
        self._zone, self._horizon = practice.time_zone, practice.horizon
        self._text, self._now = text, now
        self._close = close
        self._known: Mapping[str, Calendar] | None = None

    async def close(self) -> None:
        closing = self._close() if self._close else None
        if asyncio.iscoroutine(closing):
            await closing

    async def check(self) -> None:
        self._known = None
        await self._calendars()

    async def catalogue(self) -> Catalogue:
        there = await find_calendars(self._dav, self._url)
        return Catalogue(practitioners=tuple(Named(id=one.segment, name=one.name) for one in there))

    async def availability(
        self, *, practitioner: str, visit_type: str, duration: timedelta, start: datetime, end: datetime
    ) -> tuple[Stretch, ...]:
        calendar = await self._calendar(practitioner)
        return tuple(
            sorted(
                (
                    Stretch(practitioner=practitioner, start=one.start, end=one.end)
                    for item in await self._items(calendar, start, end)
                    for one in read_object(item.data, self._zone).occurrences(start, end)
                    if one.blocks
                ),
                key=lambda stretch: (stretch.start, stretch.end),
            )
        )

    async def create(self, request: VisitRequest, *, key: str, hold: str | None = None) -> OutsideVisit:
        stretch = request.stretch
        uid = uid_of(key)
        href = join((await self._calendar(stretch.practitioner)).href, f"{uid}.ics")
        there = await self._find(uid)
        if there is None:
            event = new_event(
                key=key,
                start=stretch.start,
                end=stretch.end,
                title=self._text.title(request),
                note=self._text.written(request),
                visit_type=request.visit_type,
                at=self._now(),
            )
            with suppress(Changed):  # our own is there, by an earlier request whose answer was lost
                await self._dav.create(href, event)
            return await self._written(uid)
        return self._visit(there)

    async def move(self, visit: OutsideVisit, to: Stretch, *, key: str) -> OutsideVisit:
        there = await self._as_seen(visit)
        if there.event.occurrence.status is AppointmentStatus.CANCELLED or there.is_series:
            raise VisitChanged("the event was cancelled, or made a series, in the calendar; look it up again")
        data = moved(there.item.data, start=to.start, end=to.end, at=self._now())
        try:
            if to.practitioner == there.calendar:
                await self._dav.replace(there.item.href, data, etag=there.item.etag)
            else:
                await self._move_to_another(there, to.practitioner, data)
        except Changed as error:
            raise VisitChanged("the event was changed in the calendar; look it up again") from error
        return await self._written(visit.ref)

    async def cancel(self, visit: OutsideVisit, reason: str | None, *, key: str) -> OutsideVisit:
        there = await self._find(visit.ref)
        if there is None or there.event.occurrence.status is AppointmentStatus.CANCELLED:
            return replace(visit, status=AppointmentStatus.CANCELLED)
        there = await self._as_seen(visit)
        try:
            await self._dav.replace(
                there.item.href, cancelled(there.item.data, at=self._now()), etag=there.item.etag
            )
        except Changed as error:
            raise VisitChanged("the event was changed in the calendar; look it up again") from error
        return await self._written(visit.ref)

    async def get(self, ref: str) -> OutsideVisit | None:
        there = await self._find(ref)
        return None if there is None else self._visit(there)

    async def by_key(self, key: str, *, near: tuple[datetime, datetime]) -> OutsideVisit | None:
        found = await self.get(uid_of(key))
        if found is not None:
            return found
        there = await self.visits(start=near[0], end=near[1])
        return next((visit for visit in there if visit.key == key), None)

    async def visits(
        self, *, start: datetime, end: datetime, practitioner: str | None = None, patient: str | None = None
    ) -> tuple[OutsideVisit, ...]:
        if patient is not None:
            return ()
        calendars = await self._calendars()
        names = [practitioner] if practitioner is not None else list(calendars)
        found = await asyncio.gather(*(self._visits(name, start, end) for name in names))
        return tuple(sorted((v for visits in found for v in visits), key=lambda v: (v.start, v.ref)))

    async def changes(self, cursor: str | None) -> Changes:
        """The cursor is a token for each calendar: of its sync report, or its ctag where it has none."""
        before: dict[str, str] = json.loads(cursor) if cursor else {}
        tokens = await self._tokens()
        now = json.dumps(tokens, sort_keys=True)
        try:
            if before.keys() != tokens.keys():
                raise TokenTooOld
            found = [v for name in tokens for v in await self._changed(name, before[name], tokens)]
        except TokenTooOld:
            at = self._now()
            everything = await self.visits(start=at - DAY, end=at + self._horizon + 2 * DAY)
            return Changes(visits=everything, cursor=now, everything=True)
        still = {visit.ref for visit in found if visit.status is not AppointmentStatus.CANCELLED}
        visits = tuple(
            visit
            for visit in found
            if visit.status is not AppointmentStatus.CANCELLED or visit.ref not in still
        )
        return Changes(visits=visits, cursor=json.dumps(tokens, sort_keys=True))

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

    async def _calendars(self) -> Mapping[str, Calendar]:
        """By the names that practice.yml gives them; looked for once."""
        if self._known is None:
            there = await find_calendars(self._dav, self._url)
            self._known = {name: choose(there, name) for name in self._names}
        return self._known

    async def _calendar(self, name: str) -> Calendar:
        calendars = await self._calendars()
        if name not in calendars:
            there = await find_calendars(self._dav, self._url)
            self._known = calendars = {**calendars, name: choose(there, name)}
        return calendars[name]

    async def _items(self, calendar: Calendar, start: datetime, end: datetime) -> tuple[Item, ...]:
        """A day more on both sides: servers disagree about events without a zone and about whole days."""
        return await self._dav.query(calendar.href, start=start - DAY, end=end + DAY)

    async def _visits(self, name: str, start: datetime, end: datetime) -> list[OutsideVisit]:
        items = await self._items(await self._calendar(name), start, end)
        found = [visit for item in items for visit in self._seen(name, item, start, end)]
        return [visit for visit in found if visit.start < end and visit.end > start]

    def _seen(self, calendar: str, item: Item, start: datetime, end: datetime) -> Iterator[OutsideVisit]:
        """What one object puts into the range: our visit, or times that somebody else has taken."""
        there = read_object(item.data, self._zone)
        ours = there.ours
        if ours is not None:
            yield self._visit(_found(calendar, item, there, ours))
        for one in there.occurrences(start, end):
            is_somebody_elses = ours is None or (there.is_series and one.start != ours.occurrence.start)
            if is_somebody_elses and (one.blocks or one.status is AppointmentStatus.CANCELLED):
                yield OutsideVisit(
                    ref=f"{item.href}#{one.start:%Y%m%dT%H%M%SZ}",
                    practitioner=calendar,
                    start=one.start,
                    end=one.end,
                    status=one.status,
                    version=_version(item),
                    created=item.modified,
                )

    def _visit(self, found: _Found) -> OutsideVisit:
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
            version=_version(found.item),
            created=found.item.modified,
        )

    async def _find(self, uid: str) -> _Found | None:
        """Our event in whichever calendar it is by now: by its file's name, else by its UID."""
        if key_of(uid) is None:
            return None
        calendars = await self._calendars()

        async def by_name(name: str, calendar: Calendar) -> tuple[str, tuple[Item, ...]]:
            item = await self._dav.get(join(calendar.href, f"{uid}.ics"))
            return name, (item,) if item else ()

        async def by_uid(name: str, calendar: Calendar) -> tuple[str, tuple[Item, ...]]:
            return name, await self._dav.with_uid(calendar.href, uid)

        for search in (by_name, by_uid):
            for name, items in await asyncio.gather(*(search(*one) for one in calendars.items())):
                for item in items:
                    there = read_object(item.data, self._zone)
                    if there.ours is not None and there.ours.uid == uid:
                        return _found(name, item, there, there.ours)
        return None

    async def _as_seen(self, visit: OutsideVisit) -> _Found:
        """The event, if it is still the version that was seen. Raises VisitChanged."""
        there = await self._find(visit.ref)
        if there is None or _version(there.item) != visit.version:
            raise VisitChanged("the event was changed or deleted in the calendar; look it up again")
        return there

    async def _written(self, uid: str) -> OutsideVisit:
        """Our event as it is after a write: with the version and the moment that the server gave it. That
        something was written is certain by now, so no failure to read it back may say otherwise."""
        try:
            there = await self._find(uid)
        except BookingError as error:
            raise OutcomeUnknown("caldav took an event and cannot be asked how; look there") from error
        if there is None:
            raise OutcomeUnknown("caldav took an event and does not have it; look there")
        return self._visit(there)

    async def _move_to_another(self, there: _Found, practitioner: str, data: bytes) -> None:
        """In one of both calendars at every moment; its file keeps its name."""
        target = join((await self._calendar(practitioner)).href, last_segment(there.item.href))
        await self._dav.relocate(there.item.href, target, etag=there.item.etag)
        try:
            await self._dav.replace(target, data, etag=None)
        except (Changed, BookingError) as error:
            raise OutcomeUnknown("the event has its new calendar, perhaps not its new time") from error

    async def _tokens(self) -> dict[str, str]:
        tokens: dict[str, str] = {}
        for name, calendar in (await self._calendars()).items():
            [there, *_] = await self._dav.collections(calendar.href, depth=0) or [None]
            if there is None:
                self._known = None
                raise ProtocolDrift(f'caldav no longer has the calendar "{name}"; look at practice_system')
            tokens[name] = f"sync {there.sync_token}" if there.sync_token else f"ctag {there.ctag}"
        return tokens

    async def _changed(self, name: str, before: str, tokens: dict[str, str]) -> list[OutsideVisit]:
        """Puts the token that the report ends with into `tokens`. Raises TokenTooOld where only a full look
        tells."""
        if before == tokens[name] and before != "ctag None":
            return []
        if not before.startswith("sync "):
            raise TokenTooOld
        calendar = await self._calendar(name)
        synced = await self._dav.sync(calendar.href, before.removeprefix("sync "))
        tokens[name] = f"sync {synced.token}"
        at = self._now()
        found: list[OutsideVisit] = []
        for item in await self._dav.multiget(calendar.href, synced.changed):
            found += self._seen(name, item, at - DAY, at + self._horizon + 2 * DAY)
        for href in synced.gone:
            ref = last_segment(href).removesuffix(".ics")
            if ref.startswith(UID_PREFIX):
                found.append(await self.get(ref) or _deleted(ref, name))
        return found


def _found(calendar: str, item: Item, there: CalendarObject, ours: OurEvent) -> _Found:
    return _Found(calendar=calendar, item=item, event=ours, is_series=there.is_series)


def _version(item: Item) -> str:
    return item.etag or hashlib.sha256(item.data).hexdigest()


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
