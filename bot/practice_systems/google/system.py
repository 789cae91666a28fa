"""Google calendars as a practice's diary (`bot.ports.OutsideSystem`): one for each practitioner, shared with
staff.

Google refuses no overlap, and does not promise to notice an id that is used twice. So an event's id follows
from our key, which makes a repeated write the same write; and who gets a time is settled by claims
(`bot.practice_systems.claims`). Written from Google's reference and tested on a stand-in of our own only.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
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
    Rate,
    Stretch,
    VisitRequest,
)
from bot.errors import BookingError, OutcomeUnknown, ProtocolDrift, Unsupported, VisitChanged
from bot.practice_systems.claims import contest
from bot.practice_systems.event_text import EventText
from bot.practice_systems.google.claiming import EventClaim
from bot.practice_systems.google.events import Event, instant, moved, settled
from bot.practice_systems.google.rest import Changed, TokenTooOld
from bot.practice_systems.google.shelf import Shelf
from bot.practice_systems.google.watching import SOMETHING, Watching

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class GoogleSystem:
    """See `bot.ports.OutsideSystem`. A practitioner's id is that of a calendar, a ref that of an event."""

    name = "google"
    capabilities: Capabilities = Capabilities(
        availability=Availability.BUSY,
        keyed_create=True,
        changes=True,
        freshness=timedelta(seconds=30),
        # Google allows 600 requests a minute and user; nearly all operations are reads of one request.
        rate=Rate(requests=400, period=timedelta(minutes=1)),
        timeout=timedelta(seconds=20),
    )

    def __init__(
        self,
        shelf: Shelf,
        *,
        text: EventText,
        also_busy: Mapping[str, Sequence[str]],
        now: Callable[[], datetime],
        watching: Watching | None = None,
    ) -> None:
        """`also_busy`: a practitioner's calendar -> others that take their time, of which we see no more.
        Without `watching` Google does not call."""
        if watching is not None:
            self.capabilities = replace(self.capabilities, webhooks=True)
        self._watching = watching
        self._shelf, self._rest = shelf, shelf.rest
        self._text, self._also_busy, self._now = text, also_busy, now

    async def close(self) -> None:
        if self._watching is not None:
            await self._watching.close()

    async def check(self) -> None:
        """Every calendar is there, and tells its events."""
        at = self._now()
        await asyncio.gather(*(self._shelf.between(one, at, at) for one in self._shelf.calendars))

    async def catalogue(self) -> Catalogue:
        there = await self._rest.calendars()
        return Catalogue(
            practitioners=tuple(Named(id=str(one["id"]), name=str(one.get("summary", ""))) for one in there)
        )

    async def availability(
        self, *, practitioner: str, visit_type: str, duration: timedelta, start: datetime, end: datetime
    ) -> tuple[Stretch, ...]:
        events, elsewhere = await asyncio.gather(
            self._shelf.between(practitioner, start, end), self._busy_elsewhere(practitioner, start, end)
        )
        at = self._now()
        spans = [
            (one.visit().start, one.visit().end)
            for one in events
            if one.takes_time and (one.claimed_until is None or one.claimed_until >= at)
        ]
        return tuple(
            Stretch(practitioner=practitioner, start=s, end=e) for s, e in sorted([*spans, *elsewhere])
        )

    async def create(self, request: VisitRequest, *, key: str, hold: str | None = None) -> OutsideVisit:
        there, _ = await self._shelf.with_key(key, request.stretch.practitioner)
        if there is not None and _is_visit(there):
            return there.visit()

        async def settle(mine: Event) -> Event:
            return await self._updated(mine, settled(mine))

        claim = self._claim(request.stretch, key, settle, besides=None)
        await claim.write(
            title=self._text.title(request),
            note=self._text.written(request),
            visit_type=request.visit_type,
        )
        return (await contest(claim)).visit()

    async def move(self, visit: OutsideVisit, to: Stretch, *, key: str) -> OutsideVisit:
        there = await self._as_seen(visit)
        if there.is_series:
            raise VisitChanged("the event was made a series in the calendar; look it up again")

        async def relocate(_: Event) -> Event:
            if to.practitioner != there.calendar:
                return await self._to_another_calendar(there, to)
            try:
                return await self._updated(there, moved(there, to.start, to.end))
            except Changed as error:
                return await self._unless_done(visit.ref, to, error)

        claim = self._claim(to, key, relocate, besides=visit.ref)
        await claim.write(title=self._text.moving)
        after = await contest(claim)
        with suppress(BookingError):  # the visit is there; what is left of the claim is stale soon
            await claim.withdraw()
        return after.visit()

    async def cancel(self, visit: OutsideVisit, reason: str | None, *, key: str) -> OutsideVisit:
        """Deleted, as people do it in Google's calendar; whoever is allowed to can bring it back there."""
        cancelled = replace(visit, status=AppointmentStatus.CANCELLED)
        there = await self._shelf.find(visit.ref)
        if there is None or there.is_cancelled:
            return cancelled
        if there.etag != visit.version:
            raise VisitChanged("the event was changed in the calendar; look it up again")
        try:
            await self._rest.delete(there.calendar, there.id, etag=there.etag)
        except Changed as error:
            raise VisitChanged("the event was changed in the calendar; look it up again") from error
        return cancelled

    async def get(self, ref: str) -> OutsideVisit | None:
        there = await self._shelf.find(ref)
        return there.visit() if there is not None and _is_visit(there, deleted=True) else None

    async def by_key(self, key: str, *, near: tuple[datetime, datetime]) -> OutsideVisit | None:
        there, _ = await self._shelf.with_key(key)
        return there.visit() if there is not None and _is_visit(there, deleted=True) else None

    async def visits(
        self, *, start: datetime, end: datetime, practitioner: str | None = None, patient: str | None = None
    ) -> tuple[OutsideVisit, ...]:
        """Without what is deleted: of that, Google need not know more than the id."""
        if patient is not None:
            return ()
        names = [practitioner] if practitioner is not None else self._shelf.calendars
        found = await asyncio.gather(*(self._shelf.between(one, start, end) for one in names))
        visits = [
            one.visit() for events in found for one in events if one.takes_time and one.claimed_until is None
        ]
        return tuple(sorted(visits, key=lambda one: (one.start, one.ref)))

    async def changes(self, cursor: str | None) -> Changes:
        """The cursor is a sync token for each calendar."""
        if self._watching is not None:
            await self._watching.keep()
        before: dict[str, str] = json.loads(cursor) if cursor else {}
        try:
            if before.keys() != set(self._shelf.calendars):
                raise TokenTooOld
            events, tokens = await self._since(before)
            everything = False
        except TokenTooOld:
            events, tokens = await self._since(dict.fromkeys(self._shelf.calendars))
            everything = True
        latest: dict[str, OutsideVisit] = {}
        for event in events:  # one that staff drag to another calendar is deleted here and new there
            if event.claimed_until is None and (event.id not in latest or not event.is_cancelled):
                latest[event.id] = event.visit() if event.start and event.end else _deleted(event)
        return Changes(
            visits=tuple(latest.values()), cursor=json.dumps(tokens, sort_keys=True), everything=everything
        )

    async def find_patients(self, query: PatientQuery) -> tuple[OutsidePatient, ...]:
        raise Unsupported("a calendar keeps no patients")

    async def create_patient(self, details: PatientDetails, *, key: str) -> OutsidePatient:
        raise Unsupported("a calendar keeps no patients")

    async def hold(self, stretch: Stretch, *, until: datetime, key: str) -> OutsideHold:
        raise Unsupported("holds are kept in the practice's own database")

    async def release(self, ref: str, *, key: str) -> None:
        raise Unsupported("holds are kept in the practice's own database")

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[str, ...]:
        """It names no event: what is new is asked for."""
        if self._watching is None:
            raise Unsupported("Google does not call, as practice_system.options.watch is not set")
        return (SOMETHING,) if self._watching.heard(headers) else ()

    def _claim(self, stretch: Stretch, key: str, becoming: object, *, besides: str | None) -> EventClaim:
        return EventClaim(
            self._shelf,
            stretch,
            key=key,
            becoming=becoming,  # type: ignore[arg-type]
            besides=besides,
            now=self._now,
        )

    async def _busy_elsewhere(
        self, practitioner: str, start: datetime, end: datetime
    ) -> list[tuple[datetime, datetime]]:
        calendars = self._also_busy.get(practitioner, ())
        if not calendars:
            return []
        told = await self._rest.busy(calendars, start=instant(start), end=instant(end))
        try:
            return [
                (
                    datetime.fromisoformat(span["start"]).astimezone(UTC),
                    datetime.fromisoformat(span["end"]).astimezone(UTC),
                )
                for spans in told.values()
                for span in spans
            ]
        except (KeyError, ValueError) as error:
            raise ProtocolDrift("Google tells busy time in a way that this adapter does not know") from error

    async def _since(self, tokens: Mapping[str, str | None]) -> tuple[list[Event], dict[str, str]]:
        at = self._now()
        told = await asyncio.gather(
            *(self._shelf.since(name, token, at=at) for name, token in tokens.items())
        )
        after = {name: token for name, (_, token) in zip(tokens, told, strict=True)}
        return [event for events, _ in told for event in events], after

    async def _updated(self, event: Event, content: dict[str, object]) -> Event:
        return Event(
            event.calendar, await self._rest.update(event.calendar, content, etag=event.etag), event.zone
        )

    async def _as_seen(self, visit: OutsideVisit) -> Event:
        there = await self._shelf.find(visit.ref)
        if there is None or there.is_cancelled or there.etag != visit.version:
            raise VisitChanged("the event was changed or deleted in the calendar; look it up again")
        return there

    async def _unless_done(self, ref: str, to: Stretch, error: Changed) -> Event:
        """A connection that breaks may make the same request twice."""
        there = await self._shelf.find(ref)
        at = None if there is None or there.is_cancelled else (there.calendar, there.start, there.end)
        if there is None or at != (to.practitioner, to.start, to.end):
            raise VisitChanged("the event was changed in the calendar; look it up again") from error
        return there

    async def _to_another_calendar(self, there: Event, to: Stretch) -> Event:
        """In one of both at every moment, under one id."""
        try:
            content = await self._rest.relocate(there.calendar, there.id, to=to.practitioner)
        except Changed as error:
            now = await self._shelf.find(there.id)
            if now is None or now.is_cancelled or now.calendar != to.practitioner:
                raise VisitChanged("the event was changed in the calendar; look it up again") from error
            content = now.content
        here = Event(to.practitioner, content)
        self._shelf.remember(here)
        try:
            return await self._updated(here, moved(here, to.start, to.end))
        except (Changed, BookingError) as error:
            raise OutcomeUnknown("the event has its new calendar, perhaps not its new time") from error


def _is_visit(event: Event, *, deleted: bool = False) -> bool:
    """Not a claim; a deleted one only where it is wanted, and Google still knows when it was."""
    if event.claimed_until is not None or event.start is None or event.end is None:
        return False
    return deleted or not event.is_cancelled


def _deleted(event: Event) -> OutsideVisit:
    return OutsideVisit(
        ref=event.id,
        practitioner=event.calendar,
        start=_NEVER,
        end=_NEVER,
        status=AppointmentStatus.CANCELLED,
        key=event.key,
    )
