"""A FHIR R4 server with $find, $hold and $book (IHE ITI Scheduling 1.0), and no better manners for it.

It keeps a hold until it is told that time has passed, drops the identifiers of what is booked, answers $hold
with parameters and $book with a bundle, and protects nothing else (`careless_fhir`). Half hours only.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from tests.stand_ins.careless_fhir import CarelessFhir, Json

VISIT = timedelta(minutes=30)
OPERATIONS = [{"name": name} for name in ("find", "hold", "book")]


class SchedulingFhir(CarelessFhir):
    def __init__(self) -> None:
        super().__init__()
        self.proposed: dict[str, Json] = {}  # never stored: only booked ones are appointments
        self.held: set[str] = set()
        self.refuses_holds = False  # as a server that is down

    def application(self) -> web.Application:
        app = super().application()
        app.router.add_post("/fhir/Appointment/${operation}", self._operate)
        return app

    def let_holds_run_out(self) -> None:
        self.held.clear()

    async def _metadata(self, request: web.Request) -> web.Response:
        appointment = {"type": "Appointment", "operation": OPERATIONS}
        rest = [{"mode": "server", "resource": [appointment]}]
        return self._json(
            request, {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": rest}
        )

    async def _operate(self, request: web.Request) -> web.Response:
        given = {one["name"]: one for one in (await request.json())["parameter"]}
        answer = {"find": self._find, "hold": self._hold, "book": self._book}
        return answer[request.match_info["operation"]](request, given)

    async def _read(self, request: web.Request) -> web.Response:
        """A hold can be read, and cancelled; a search does not show it."""
        if request.match_info["id"] in self.held:
            return self._json(request, self._shown(request.match_info["id"], "pending"))
        return await super()._read(request)

    async def _update(self, request: web.Request) -> web.Response:
        if request.match_info["id"] in self.held:
            if (await request.json())["status"] == "cancelled":
                self.held.discard(request.match_info["id"])
            return web.Response(status=200)
        return await super()._update(request)

    def _find(self, request: web.Request, given: dict[str, Any]) -> web.Response:
        who = given["practitioner"]["valueReference"]["reference"].split("/")[-1]
        start, end = (datetime.fromisoformat(given[name]["valueDateTime"]) for name in ("start", "end"))
        slots = {
            datetime.fromisoformat(one["start"])
            for one in self.resources.values()
            if one["resourceType"] == "Slot" and one["schedule"]["reference"] == f"Schedule/{who}"
        }
        found = []
        for begin in sorted(slots):
            is_asked = start <= begin and begin + VISIT <= end and begin + VISIT / 2 in slots
            if is_asked and not self._is_taken(who, begin):
                found.append(self._propose(who, begin))
        entries = [{"resource": one} for one in found]
        return self._json(request, {"resourceType": "Bundle", "type": "searchset", "entry": entries})

    def _hold(self, request: web.Request, given: dict[str, Any]) -> web.Response:
        id_ = given["appointment-reference"]["valueReference"]["reference"].split("/")[-1]
        if self.refuses_holds:
            return web.Response(status=503)
        one = self.proposed.get(id_)
        begin = datetime.fromisoformat(one["start"]) if one else None
        if one is None or begin is None or self._is_taken(one["who"], begin):
            issue = {"severity": "fatal", "code": "not-found"}
            return self._json(request, {"resourceType": "OperationOutcome", "issue": [issue]})
        self.held.add(id_)
        return self._json(
            request,
            {
                "resourceType": "Parameters",
                "parameter": [{"name": "return", "resource": self._shown(id_, "pending")}],
            },
        )

    def _book(self, request: web.Request, given: dict[str, Any]) -> web.Response:
        id_ = given["appointment-reference"]["valueReference"]["reference"].split("/")[-1]
        if id_ not in self.held:
            issue = {"severity": "fatal", "code": "not-found"}
            return self._json(request, {"resourceType": "OperationOutcome", "issue": [issue]})
        self.held.discard(id_)
        resource = given["appointment-resource"]["resource"]
        participants = [
            {**one, "actor": {"reference": "/".join(one["actor"]["reference"].split("/")[-2:])}}
            for one in resource["participant"]
        ]
        self.store(
            {
                **self._shown(id_, "booked"),
                "participant": participants,
                "comment": given["comment"]["valueString"],
            }
        )
        entry = {"resource": self.resources[f"Appointment/{id_}"]}
        return self._json(request, {"resourceType": "Bundle", "type": "collection", "entry": [entry]})

    def _propose(self, who: str, begin: datetime) -> Json:
        id_ = f"{who}-{begin:%m%dT%H%M}-{uuid.uuid4().hex[:8]}"
        self.proposed[id_] = {"who": who, "start": begin.isoformat()}
        return self._shown(id_, "proposed")

    def _shown(self, id_: str, status: str) -> Json:
        one = self.proposed[id_]
        begin = datetime.fromisoformat(one["start"])
        return {
            "resourceType": "Appointment",
            "id": id_,
            "status": status,
            "start": one["start"],
            "end": (begin + VISIT).isoformat(),
            "participant": [
                {"actor": {"reference": f"Practitioner/{one['who']}"}, "status": "accepted"},
            ],
        }

    def _is_taken(self, who: str, begin: datetime) -> bool:
        taken = [
            datetime.fromisoformat(one["start"])
            for one in self.resources.values()
            if one["resourceType"] == "Appointment"
            and one["status"] == "booked"
            and f"Practitioner/{who}" in str(one["participant"])
        ]
        taken += [
            datetime.fromisoformat(self.proposed[id_]["start"])
            for id_ in self.held
            if self.proposed[id_]["who"] == who
        ]
        return any(abs(one - begin) < VISIT for one in taken)
