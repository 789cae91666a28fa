"""Practice staff and a FHIR server: resources as any other client writes them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import aiohttp

from bot.domain.diary import AppointmentStatus, Opening
from bot.domain.openings import openings
from bot.domain.outside import OutsideVisit, SystemSettings
from bot.practice_systems.claims import Sleep
from bot.practice_systems.fhir import open_fhir
from bot.practice_systems.fhir.system import FhirSystem
from tests.contracts.faults import Faults
from tests.stand_ins.trouble import STAFF
from tests.studio import NOW, STUDIO

_worlds = count(1)
QUARTER = timedelta(minutes=15)
ACTIVE = {"booked", "arrived", "pending", "checked-in"}


class FhirWorld:
    """A World (`tests.contracts.outside_system`): practitioners of its own on a server that others share."""

    def __init__(self, url: str, *, openings: str, sleep: Sleep = asyncio.sleep) -> None:
        number = next(_worlds)
        self.url = url
        self.people = {"rossi": f"rossi-{number}", "verdi": f"verdi-{number}"}
        self.settings = SystemSettings(
            kind="fhir", options={"url": url, "openings": openings}, practitioners=self.people
        )
        self.faults = Faults()
        self._http = aiohttp.ClientSession(middlewares=(self.faults,))
        self._staff = aiohttp.ClientSession(headers={"Content-Type": "application/fhir+json", **STAFF})
        self._clock = NOW
        self.system: FhirSystem = open_fhir(
            self.settings, practice=STUDIO, http=self._http, now=self.now, sleep=sleep
        )

    def now(self) -> datetime:
        return self._clock

    async def open(self, *, slots_on: date | None = None) -> None:
        """With slots of a quarter of an hour for that morning of rossi's."""
        for name, id_ in self.people.items():
            await self.writes({"resourceType": "Practitioner", "id": id_, "name": [{"text": name}]})
            await self.writes(
                {
                    "resourceType": "Schedule",
                    "id": id_,
                    "active": True,
                    "actor": [{"reference": f"Practitioner/{id_}"}],
                }
            )
        if slots_on is not None:
            slots = quarters("rossi", self.people["rossi"], slots_on, slots_on)
            await self.asks("POST", self.url, bundle(slots[:16]))

    async def close(self) -> None:
        """Others find no visit and no patient of this world's."""
        for kind in ("Appointment", "Patient"):
            told = await self.asks("GET", f"{self.url}/{kind}?_count=200")
            left = [f"{kind}/{entry['resource']['id']}" for entry in told.get("entry", ())]
            if left:
                await self.asks("POST", self.url, bundle_of([("DELETE", ref, None) for ref in left]))
        await self._http.close()
        await self._staff.close()

    async def asks(self, method: str, url: str, body: Any = None) -> Any:
        async with self._staff.request(method, url, json=body) as answer:
            content = await answer.json(content_type=None)
            assert answer.ok, (method, url, answer.status, content)
            return content

    async def writes(self, resource: dict[str, Any]) -> Any:
        return await self.asks("PUT", f"{self.url}/{resource['resourceType']}/{resource['id']}", resource)

    async def staff_enters(self, start: datetime, end: datetime) -> str:
        """As programs do that know nothing of slots."""
        resource = {
            "resourceType": "Appointment",
            "status": "booked",
            "start": start.isoformat(),
            "end": end.isoformat(),
            "participant": [
                {"actor": {"reference": f"Practitioner/{self.people['rossi']}"}, "status": "accepted"}
            ],
        }
        created = await self.asks("POST", f"{self.url}/Appointment", resource)
        return str(created["id"])

    async def staff_cancels(self, ref: str) -> None:
        there = await self.asks("GET", f"{self.url}/Appointment/{ref}")
        await self.writes({**there, "status": "cancelled"})
        await self.staff_frees(there)

    async def staff_moves(self, ref: str, start: datetime, end: datetime) -> None:
        there = await self.asks("GET", f"{self.url}/Appointment/{ref}")
        await self.staff_frees(there)
        there.pop("slot", None)
        there.pop("minutesDuration", None)
        await self.writes({**there, "start": start.isoformat(), "end": end.isoformat()})

    async def staff_frees(self, appointment: dict[str, Any]) -> None:
        for reference in appointment.get("slot", ()):
            id_ = reference["reference"].rsplit("/", 1)[-1]
            slot = await self.asks("GET", f"{self.url}/Slot/{id_}")
            await self.writes({**slot, "status": "free"})

    async def active(self) -> Sequence[OutsideVisit]:
        found = []
        for id_ in self.people.values():
            told = await self.asks("GET", f"{self.url}/Appointment?actor=Practitioner/{id_}&_count=200")
            there = [entry["resource"] for entry in told.get("entry", ())]
            found += [one for one in there if f"Practitioner/{id_}" in str(one["participant"])]
        visits = [
            OutsideVisit(
                ref=one["id"],
                practitioner="rossi",
                start=datetime.fromisoformat(one["start"]).astimezone(UTC),
                end=datetime.fromisoformat(one["end"]).astimezone(UTC),
                status=AppointmentStatus.BOOKED,
                patient=next(
                    (
                        p["actor"]["reference"]
                        for p in one["participant"]
                        if p["actor"]["reference"].startswith("Patient/")
                    ),
                    None,
                ),
            )
            for one in found
            if one["status"] in ACTIVE
        ]
        return sorted(visits, key=lambda visit: visit.start)

    def at_call(self, number: int, fault: str) -> None:
        self._clock += timedelta(minutes=5)  # what was left of an earlier fault is stale by now
        self.faults.at_call(number, fault)

    def was_hit(self) -> bool:
        return self.faults.was_hit()


def quarters(name: str, id_: str, first: date, last: date) -> list[dict[str, Any]]:
    """A slot at every quarter of an hour of the practitioner's working time."""
    check_up = STUDIO.visit_types[0]
    found: list[Opening] = openings(
        STUDIO,
        check_up,
        busy=(),
        at=NOW - timedelta(hours=1),
        first_day=first,
        last_day=last,
        practitioner=name,
    )
    starts = {one.start for one in found} | {one.end - QUARTER for one in found}
    return [
        {
            "resourceType": "Slot",
            "id": f"{id_}-{start:%m%dT%H%M}",
            "schedule": {"reference": f"Schedule/{id_}"},
            "status": "free",
            "start": start.isoformat(),
            "end": (start + QUARTER).isoformat(),
        }
        for start in sorted(starts)
    ]


def bundle(resources: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return bundle_of([("PUT", f"{one['resourceType']}/{one['id']}", one) for one in resources])


def bundle_of(requests: Sequence[tuple[str, str, dict[str, Any] | None]]) -> dict[str, Any]:
    entries = [
        {"request": {"method": method, "url": url}} | ({"resource": resource} if resource else {})
        for method, url, resource in requests
    ]
    return {"resourceType": "Bundle", "type": "batch", "entry": entries}
