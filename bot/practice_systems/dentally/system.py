"""Dentally as a practice's diary (`bot.ports.OutsideSystem`), by what is known of its interface.

Whether it refuses an overlap nobody outside knows, so nothing counts on it: our key goes along as metadata,
what was written is read back, and the shared base decides who keeps a time. Tested on a stand-in only.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.diary import PatientDetails
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
    Site,
    Stretch,
    VisitRequest,
)
from bot.domain.people import name_words
from bot.domain.practice_time import DAY
from bot.errors import (
    OpeningTaken,
    PatientInvalid,
    PolicyRefused,
    ProtocolDrift,
    Unsupported,
    VisitChanged,
)
from bot.practice_systems.dentally import reading
from bot.practice_systems.dentally.reading import CANCELLED, KEY, VISIT_TYPE
from bot.practice_systems.dentally.rest import DentallyRest, Json, Refusal
from bot.practice_systems.webhook_signature import check_signature

_SEARCH_PAGES = 5  # of patients: more means that the search was not understood
_TIME = {"start_time", "finish_time", "practitioner_id", "room_id", "base"}
_PERSON = {"patient_id", "first_name", "last_name", "date_of_birth", "mobile_phone", "title", "email_address"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookings:
    """What the practice wants in the records that we write."""

    reasons: Mapping[str, str]  # the system's visit type -> reason, as Dentally calls it
    site: str | None = None
    payment_plan: str | None = None
    cancel_reason: str | None = None


class DentallySystem:
    """See `bot.ports.OutsideSystem`. All ids are Dentally's numbers."""

    name = "dentally"
    capabilities = Capabilities(
        availability=Availability.FREE,
        patients=True,
        changes=True,
        webhooks=True,
        max_window=timedelta(days=28),
        # 3,600 an hour, which the practice's other programs share.
        rate=Rate(requests=1500, period=timedelta(hours=1)),
        settling=timedelta(seconds=1.5),  # `created_at` may count whole seconds
        timeout=timedelta(seconds=15),
    )

    def __init__(
        self,
        rest: DentallyRest,
        *,
        practitioners: Sequence[str],
        time_zone: str,
        bookings: Bookings,
        now: Callable[[], datetime],
        signature: tuple[str, str] | None = None,
    ) -> None:
        """`signature`: by which header, and with which key, webhooks are signed; None where nobody knows."""
        self._rest = rest
        self._practitioners = frozenset(practitioners)
        self._time_zone = time_zone
        self._bookings = bookings
        self._now = now
        self._signature = signature

    async def close(self) -> None: ...

    async def check(self) -> None:
        """Also keeps the key alive, which dies when nobody uses it for two weeks."""
        await self._rest.ask("user")

    async def catalogue(self) -> Catalogue:
        """Dentally does not tell a site's time zone; the practice's is taken."""
        sites, people, reasons, cancel = await asyncio.gather(
            self._rest.list("sites"),
            self._rest.list("practitioners"),
            self._rest.list("appointment_reasons", [("deleted", "false")]),
            self._rest.list("appointment_cancellation_reasons"),
        )
        return Catalogue(
            sites=tuple(
                Site(id=str(one["id"]), name=str(one.get("name", "")), time_zone=self._time_zone)
                for one in sites
            ),
            practitioners=tuple(
                Named(id=str(one["id"]), name=_name_of(one), sites=_sites_of(one))
                for one in people
                if one.get("active") is not False
            ),
            visit_types=tuple(
                Named(id=str(one["reason"]), name=str(one["reason"]), duration=_minutes(one.get("duration")))
                for one in reasons
            ),
            cancel_reasons=tuple(Named(id=str(one["id"]), name=str(one.get("reason", ""))) for one in cancel),
        )

    async def availability(
        self, *, practitioner: str, visit_type: str, duration: timedelta, start: datetime, end: datetime
    ) -> tuple[Stretch, ...]:
        """Of one practitioner: Dentally's blocks do not say whose they are."""
        told = await self._rest.availability(
            [
                ("practitioner_ids[]", practitioner),
                ("duration", str(duration // timedelta(minutes=1))),
                ("start_time", instant(start)),
                ("finish_time", instant(end)),
            ]
        )
        spans = sorted(
            (reading.moment(o.get("start_time")), reading.moment(o.get("finish_time"))) for o in told
        )
        return tuple(
            Stretch(practitioner=practitioner, start=s, end=e) for s, e in spans if e - s >= duration
        )

    async def find_patients(self, query: PatientQuery) -> tuple[OutsidePatient, ...]:
        """Sifted here, whatever the search makes of our words."""
        asked = [_national(query.phone), query.phone] if query.phone else []
        if not asked and query.name:
            asked = [query.name.split()[-1]]
        there: dict[str, Json] = {}
        for words in asked:
            # By either name of the parameter: the one that Dentally does not know does nothing.
            both = [("query", words), ("search", words)]
            records = await self._rest.list("patients", both, most_pages=_SEARCH_PAGES)
            there |= {str(one["id"]): one for one in records}
        return tuple(
            reading.patient(one, phone=query.phone) for _, one in sorted(there.items()) if _fits(one, query)
        )

    async def patient(self, ref: str) -> OutsidePatient | None:
        record = await self._rest.get("patient", ref)
        return None if record is None or record.get("active") is False else reading.patient(record)

    async def create_patient(self, details: PatientDetails, *, key: str) -> OutsidePatient:
        first, _, last = details.name.strip().partition(" ")
        record: Json = {"first_name": first, "last_name": last or first}
        if details.phone:
            record["mobile_phone"] = details.phone
        if details.birth_date:
            record["date_of_birth"] = details.birth_date.isoformat()
        if self._bookings.site:
            record["site_id"] = _number(self._bookings.site)
        if self._bookings.payment_plan:
            record["payment_plan_id"] = _number(self._bookings.payment_plan)
        try:
            return reading.patient(await self._rest.create("patient", record), phone=details.phone)
        except Refusal as refusal:
            raise PatientInvalid("Dentally does not take these details", refusal.fields) from refusal

    async def hold(self, stretch: Stretch, *, until: datetime, key: str) -> OutsideHold:
        raise Unsupported("holds are kept in the practice's own database")

    async def release(self, ref: str, *, key: str) -> None:
        raise Unsupported("holds are kept in the practice's own database")

    async def create(self, request: VisitRequest, *, key: str, hold: str | None = None) -> OutsideVisit:
        if request.patient is None:
            raise PatientInvalid("Dentally books nobody who is not on file", ("patient_id",))
        record: Json = {
            "patient_id": _number(request.patient),
            "practitioner_id": _number(request.stretch.practitioner),
            "start_time": instant(request.stretch.start),
            "finish_time": instant(request.stretch.end),
            "reason": self._bookings.reasons.get(request.visit_type, request.visit_type),
            "metadata": {KEY: key, VISIT_TYPE: request.visit_type},
        }
        if self._bookings.payment_plan:
            record["payment_plan_id"] = _number(self._bookings.payment_plan)
        try:
            visit = reading.visit(await self._rest.create("appointment", record))
        except Refusal as refusal:
            raise _refused(refusal) from refusal
        if visit.key != key:  # an answer need not show what was kept
            visit = await self.get(visit.ref) or visit
        if visit.key != key or not _is_at(visit, request.stretch):
            await self._updated(visit.ref, {"state": CANCELLED})
            raise PolicyRefused("Dentally did not keep our key, or changed the time; that was cancelled")
        return visit

    async def move(self, visit: OutsideVisit, to: Stretch, *, key: str) -> OutsideVisit:
        await self._as_seen(visit)
        record: Json = {"start_time": instant(to.start), "finish_time": instant(to.end)}
        if to.practitioner != visit.practitioner:
            record["practitioner_id"] = _number(to.practitioner)
        after = await self._updated(visit.ref, record)
        if not _is_at(after, to):
            raise ProtocolDrift("Dentally has taken a move and not made it; look there")
        return after

    async def cancel(self, visit: OutsideVisit, reason: str | None, *, key: str) -> OutsideVisit:
        """By its state: a deleted appointment would leave the patient's history without it."""
        there = await self.get(visit.ref)
        if there is not None and not there.blocks:
            return there
        await self._as_seen(visit)
        record: Json = {"state": CANCELLED}
        if self._bookings.cancel_reason:
            record["appointment_cancellation_reason_id"] = _number(self._bookings.cancel_reason)
        after = await self._updated(visit.ref, record)
        if after.blocks:
            raise ProtocolDrift("Dentally has taken a cancellation and not made it; look there")
        return after

    async def get(self, ref: str) -> OutsideVisit | None:
        record = await self._rest.get("appointment", ref)
        return None if record is None else reading.visit(record)

    async def by_key(self, key: str, *, near: tuple[datetime, datetime]) -> OutsideVisit | None:
        found = [
            reading.visit(one)
            for one in await self._list(near[0], near[1])
            if (one.get("metadata") or {}).get(KEY) == key
        ]
        return min(found, key=lambda one: (not one.blocks, one.ref), default=None)

    async def visits(
        self, *, start: datetime, end: datetime, practitioner: str | None = None, patient: str | None = None
    ) -> tuple[OutsideVisit, ...]:
        records = await self._list(start, end, practitioner=practitioner, patient=patient)
        wanted = {practitioner} if practitioner is not None else self._practitioners
        kept = (
            one
            for one in map(reading.visit, records)
            if one.start < end
            and one.end > start
            and (one.practitioner in wanted if patient is None else one.patient == patient)
        )
        return tuple(sorted(kept, key=lambda one: (one.start, one.ref)))

    async def changes(self, cursor: str | None) -> Changes:
        """The cursor is the latest moment, by Dentally's clock, of what was told."""
        at = self._now()
        query = [
            ("after", f"{(at - 2 * DAY).date()}"),
            ("sort_by", "updated_at"),
            ("sort_direction", "desc"),
            ("cancelled", "true"),
        ]
        since = datetime.fromisoformat(cursor) if cursor else None
        listed = await self._rest.list("appointments", query, is_enough=lambda page: _is_older(page, since))
        dated = [(reading.updated(one), one) for one in listed if _is_ours(one)]
        told = [one for moment, one in dated if since is None or moment is None or moment >= since]
        moments = [moment for moment, _ in dated if moment] + ([since] if since else [])
        latest = max(moments, default=datetime(1970, 1, 1, tzinfo=UTC))
        return Changes(
            visits=tuple(map(reading.visit, told)), cursor=latest.isoformat(), everything=cursor is None
        )

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[str, ...]:
        """How Dentally signs its calls is not known: whoever serves the address keeps a secret in its path.
        What a call names is read again, whatever else it says; a shape that nobody knows names nothing."""
        if self._signature is not None:
            check_signature(headers, body, header=self._signature[0], key=self._signature[1])
        try:
            told = json.loads(body)
        except ValueError:
            return ()
        inner = [told, told.get("data"), told.get("payload")] if isinstance(told, dict) else []
        records = [one.get("appointment", one) for one in inner if isinstance(one, dict)]
        refs = (one.get("id") for one in records if isinstance(one, dict) and "start_time" in one)
        return tuple(dict.fromkeys(str(ref) for ref in refs if isinstance(ref, int | str)))

    async def _list(
        self,
        start: datetime,
        end: datetime,
        *,
        practitioner: str | None = None,
        patient: str | None = None,
    ) -> tuple[Json, ...]:
        """By whole days with one to spare on each side: whose midnight Dentally means is not known."""
        query = [("after", f"{(start - 2 * DAY).date()}"), ("before", f"{(end + 2 * DAY).date()}")]
        query += [("practitioner_id", practitioner)] if practitioner is not None else []
        query += [("patient_id", patient)] if patient is not None else []
        return await self._rest.list("appointments", [*query, ("cancelled", "true")])

    async def _as_seen(self, visit: OutsideVisit) -> None:
        """Dentally writes over newer versions; this looks right before. Raises VisitChanged."""
        there = await self.get(visit.ref)
        if there is None or not there.blocks or there.version != visit.version:
            raise VisitChanged("the appointment was changed in Dentally; look it up again")

    async def _updated(self, ref: str, record: Json) -> OutsideVisit:
        try:
            after = await self._rest.update("appointment", ref, record)
        except Refusal as refusal:
            raise _refused(refusal) from refusal
        if after is None:
            raise VisitChanged("the appointment is gone from Dentally; look up what there is")
        return reading.visit(after)


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _refused(refusal: Refusal) -> OpeningTaken | PatientInvalid | PolicyRefused:
    if refusal.status == 409 or set(refusal.fields) & _TIME:
        return OpeningTaken("Dentally does not take this time")
    if set(refusal.fields) & _PERSON:
        return PatientInvalid("Dentally does not take this patient", refusal.fields)
    return PolicyRefused(f"Dentally refuses this ({', '.join(refusal.fields) or 'it does not say why'})")


def _is_at(visit: OutsideVisit, stretch: Stretch) -> bool:
    return (visit.practitioner, visit.start, visit.end) == (stretch.practitioner, stretch.start, stretch.end)


def _is_ours(record: Json) -> bool:
    return bool((record.get("metadata") or {}).get(KEY))


def _is_older(page: Sequence[Json], since: datetime | None) -> bool:
    """Whether nothing new can follow this page: where the list does not come as it was asked for, the newest
    first, it has to be read to its end."""
    moments = [reading.updated(one) for one in page]
    dated = [one for one in moments if one is not None]
    is_in_order = len(dated) == len(moments) and dated == sorted(dated, reverse=True)
    return since is not None and is_in_order and dated[-1] < since


def _fits(record: Json, query: PatientQuery) -> bool:
    details = reading.patient(record).details
    if query.birth_date is not None and details.birth_date != query.birth_date:
        return False
    if query.name is not None and not name_words(query.name) <= name_words(details.name):
        return False
    return query.phone is None or reading.has_phone(record, query.phone)


def _national(phone: str) -> str:
    """The end of a number, which is in it however it was typed."""
    return reading.ending(phone)


def _number(id_: str) -> int | str:
    return int(id_) if id_.isdigit() else id_


def _name_of(practitioner: Json) -> str:
    user = practitioner.get("user") or {}
    return " ".join(str(user.get(name) or "") for name in ("first_name", "last_name")).strip()


def _sites_of(practitioner: Json) -> tuple[str, ...]:
    return (str(practitioner["site_id"]),) if practitioner.get("site_id") else ()


def _minutes(told: object) -> timedelta | None:
    return timedelta(minutes=told) if isinstance(told, int) else None
