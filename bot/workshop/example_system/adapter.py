"""Example: `practice_system: {kind: example}`.

Written for an invented interface; make each method ask yours instead. What a method has to promise is said in
`bot.ports.OutsideSystem`; docs/add-a-practice-system.md has the errors, and what the capabilities mean.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import aiohttp

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
    SystemSettings,
    VisitRequest,
)
from bot.domain.practice import Practice
from bot.errors import OpeningTaken, ProtocolDrift, SetupError, Unsupported, VisitChanged
from bot.practice_systems.outside_http import Answer, OutsideHttp

#: Their word -> ours. One that is not here is a ProtocolDrift, not a guess.
_STATUS = {
    "booked": AppointmentStatus.BOOKED,
    "arrived": AppointmentStatus.ARRIVED,
    "done": AppointmentStatus.DONE,
    "cancelled": AppointmentStatus.CANCELLED,
}


def open_example(
    settings: SystemSettings,
    *,
    practice: Practice,
    http: aiohttp.ClientSession,
    now: Callable[[], datetime],
) -> "ExampleSystem":
    """Asks nothing yet. Raises SetupError with the remedy."""
    unknown = sorted(set(settings.options) - {"url"})
    if unknown:
        raise SetupError(f'practice_system.options does not know "{unknown[0]}"; there is url')
    url, token = settings.options.get("url"), settings.secrets.get("token")
    if not url:
        raise SetupError("practice_system.options.url is the address of the software")
    if not token:
        raise SetupError('practice_system.secrets.token is missing; write "env:EXAMPLE_TOKEN"')
    headers = {"Authorization": f"Bearer {token}"}
    return ExampleSystem(OutsideHttp(http, str(url), name="example", headers=headers))


class ExampleSystem:
    """See `bot.ports.OutsideSystem`."""

    name = "example"
    #: Promise what is true of every installation, and no more: the house makes up for the rest.
    capabilities = Capabilities(
        availability=Availability.BUSY,
        max_window=timedelta(days=31),
        settling=timedelta(milliseconds=50),  # `created` counts milliseconds
    )

    def __init__(self, http: OutsideHttp) -> None:
        self._http = http

    async def close(self) -> None: ...

    async def check(self) -> None:
        await self._ask("practitioners")

    async def catalogue(self) -> Catalogue:
        people = await self._ask("practitioners")
        return Catalogue(practitioners=tuple(Named(id=one["id"], name=one["name"]) for one in people))

    async def availability(
        self, *, practitioner: str, visit_type: str, duration: timedelta, start: datetime, end: datetime
    ) -> tuple[Stretch, ...]:
        there = await self.visits(start=start, end=end, practitioner=practitioner)
        return tuple(
            Stretch(practitioner=practitioner, start=one.start, end=one.end) for one in there if one.blocks
        )

    async def create(self, request: VisitRequest, *, key: str, hold: str | None = None) -> OutsideVisit:
        record = {
            "practitioner": request.stretch.practitioner,
            "start": _written(request.stretch.start),
            "end": _written(request.stretch.end),
            "kind": request.visit_type,
            "key": key,
        }
        return _visit(_value(await self._http.request("POST", "visits", writes=True, json_body=record)))

    async def move(self, visit: OutsideVisit, to: Stretch, *, key: str) -> OutsideVisit:
        times = {"practitioner": to.practitioner, "start": _written(to.start), "end": _written(to.end)}
        return await self._change(visit, times)

    async def cancel(self, visit: OutsideVisit, reason: str | None, *, key: str) -> OutsideVisit:
        there = await self.get(visit.ref)
        if there is not None and not there.blocks:
            return there
        return await self._change(visit, {"state": "cancelled"})

    async def get(self, ref: str) -> OutsideVisit | None:
        answer = await self._http.request("GET", f"visits/{quote(ref, safe='')}", writes=False)
        return None if answer.status == 404 else _visit(_value(answer))

    async def by_key(self, key: str, *, near: tuple[datetime, datetime]) -> OutsideVisit | None:
        there = await self.visits(start=near[0], end=near[1])
        return next((one for one in there if one.key == key), None)

    async def visits(
        self, *, start: datetime, end: datetime, practitioner: str | None = None, patient: str | None = None
    ) -> tuple[OutsideVisit, ...]:
        query = {"from": _written(start), "to": _written(end)}
        if practitioner is not None:
            query["practitioner"] = practitioner
        found = [_visit(one) for one in await self._ask("visits", query)]
        return tuple(sorted(found, key=lambda one: (one.start, one.ref)))

    async def find_patients(self, query: PatientQuery) -> tuple[OutsidePatient, ...]:
        raise Unsupported("capabilities.patients is not declared")

    async def create_patient(self, details: PatientDetails, *, key: str) -> OutsidePatient:
        raise Unsupported("capabilities.patients is not declared")

    async def hold(self, stretch: Stretch, *, until: datetime, key: str) -> OutsideHold:
        raise Unsupported("capabilities.hold is not declared")

    async def release(self, ref: str, *, key: str) -> None:
        raise Unsupported("capabilities.hold is not declared")

    async def changes(self, cursor: str | None) -> Changes:
        raise Unsupported("capabilities.changes is not declared")

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[str, ...]:
        raise Unsupported("capabilities.webhooks is not declared")

    async def _ask(self, path: str, query: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        found = _value(await self._http.request("GET", path, writes=False, query=query))
        if not isinstance(found, list):
            raise ProtocolDrift(f"the answer to {path} is no list")
        return found

    async def _change(self, visit: OutsideVisit, changes: Mapping[str, str]) -> OutsideVisit:
        answer = await self._http.request(
            "PATCH",
            f"visits/{quote(visit.ref, safe='')}",
            writes=True,
            headers={"If-Match": visit.version or ""},
            json_body=changes,
        )
        if answer.status in (404, 412):
            raise VisitChanged("the visit was changed in the software; look it up again")
        return _visit(_value(answer))


def _value(answer: Answer) -> Any:
    """What is no answer at all (lost, 401, 429, 5xx), `OutsideHttp` has raised already."""
    if answer.status == 409:
        raise OpeningTaken("the software does not take this time")
    if not answer.is_success:
        raise ProtocolDrift(f"the software answers with status {answer.status}")
    return answer.json()


def _visit(record: Any) -> OutsideVisit:
    try:
        state = str(record["state"])
        if state not in _STATUS:
            raise ProtocolDrift(f'a visit has the state "{state[:40]}", which this adapter does not know')
        return OutsideVisit(
            ref=str(record["id"]),
            practitioner=str(record["practitioner"]),
            start=_read(record["start"]),
            end=_read(record["end"]),
            status=_STATUS[state],
            key=record.get("key"),
            visit_type=record.get("kind"),
            version=record.get("version"),
            created=_read(record["created"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ProtocolDrift("a visit is not as this adapter knows them") from error


def _read(text: str) -> datetime:
    """Of a software that writes naive times: its own time zone belongs here, and nowhere else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ProtocolDrift("a time has no offset")
    return moment.astimezone(UTC)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
