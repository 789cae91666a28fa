"""Dentally's API v1, from what its developer pages and its users' programs show: kind to nobody.

Accepts overlaps, refuses programs without a name (403), pages short, lets keys die that nobody uses for two
weeks, counts time in seconds. What nobody outside knows is an option here (`Habits`), so that the adapter is
seen to work either way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

Json = dict[str, Any]
KEY = "a-dentally-key"
_STATES = {"Pending", "Confirmed", "Arrived", "In surgery", "Completed", "Cancelled", "Did not attend"}
_ACTIVE = {"Pending", "Confirmed", "Arrived", "In surgery", "Completed"}
_ZONE = ZoneInfo("Europe/Rome")
_WRITABLE = {
    *("patient_id", "practitioner_id", "start_time", "finish_time", "reason", "payment_plan_id", "room_id"),
    *("notes", "metadata", "state", "appointment_cancellation_reason_id"),
}


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What is not known of the real service."""

    updates_by: str = "PATCH"  # or PUT
    searches_by: str = "query"  # or search
    counts_as: str = "total"  # or total_count
    lists_cancelled: bool = True
    sorts: bool = True
    page: int = 20  # records, whatever was asked for


@dataclass
class Refused(Exception):
    status: int
    content: Json = field(default_factory=dict)
    headers: Mapping[str, str] | None = None


#: practitioner -> weekday -> hours
Hours = Mapping[int, Mapping[int, Sequence[tuple[time, time]]]]


class DentallyStandIn:
    """An application for aiohttp. `at` is its clock."""

    def __init__(self, *, at: datetime, hours: Hours, habits: Habits | None = None) -> None:
        self.at = at
        self.habits = habits or Habits()
        self.appointments: dict[int, Json] = {}
        self.patients: dict[int, Json] = {}
        self.answers: list[Refused] = []  # to the next requests, before anything is done
        self.drops = 0  # so many of the next writes are carried out, and not answered
        self.requests: list[str] = []
        self._hours = hours
        self._used = at
        self._numbers, self._ticks = count(101), count(1)

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._guard])
        one = "/v1/appointments/{id:[0-9]+}"
        app.add_routes(
            [
                web.get("/v1/user", self._user),
                web.get("/v1/appointments/availability", self._availability),
                web.get("/v1/appointments", self._list),
                web.post("/v1/appointments", self._create),
                web.get(one, self._get),
                web.route(self.habits.updates_by, one, self._update),
                web.get("/v1/patients", self._find_patients),
                web.get("/v1/patients/{id}", self._get_patient),
                web.post("/v1/patients", self._create_patient),
                web.get("/v1/practitioners", self._practitioners),
                web.get("/v1/sites", self._sites),
                web.get("/v1/appointment_reasons", self._reasons),
                web.get("/v1/appointment_cancellation_reasons", self._cancellation_reasons),
            ]
        )
        return app

    # What staff do at the front desk

    def enters(self, practitioner: int, start: datetime, end: datetime, **who: Any) -> int:
        patient = self._keep_patient({"first_name": "Walk", "last_name": "In", **who})["id"]
        appointment = {"patient_id": patient, "practitioner_id": practitioner, "state": "Confirmed"}
        kept = self._keep(appointment | {"start_time": _local(start), "finish_time": _local(end)})
        return int(kept["id"])

    def changes(self, id_: int, **what: Any) -> None:
        told = {name: _local(v) if isinstance(v, datetime) else v for name, v in what.items()}
        self._keep(self.appointments[id_] | told)

    def active(self) -> list[Json]:
        return [one for one in self.appointments.values() if one["state"] in _ACTIVE]

    # The interface

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.requests.append(f"{request.method} {request.path}")
        try:
            agent = request.headers.get("User-Agent", "")
            if not agent or "aiohttp" in agent:
                raise Refused(403, {"error": {"type": "user_agent_required"}})
            is_known = request.headers.get("Authorization") == f"Bearer {KEY}"
            if not is_known or self.at - self._used > timedelta(weeks=2):
                raise Refused(401, {"error": {"type": "invalid_token"}})
            self._used = self.at
            if self.answers:
                raise self.answers.pop(0)
            response: web.StreamResponse = await handler(request)
        except Refused as refused:
            return web.json_response(refused.content, status=refused.status, headers=refused.headers)
        if self.drops and request.method != "GET":
            self.drops -= 1
            assert request.transport is not None
            request.transport.close()
        return response

    async def _user(self, request: web.Request) -> web.Response:
        return web.json_response({"user": {"id": 1, "role": "Receptionist"}})

    async def _availability(self, request: web.Request) -> web.Response:
        asked = request.query
        people = [int(one) for one in asked.getall("practitioner_ids[]", [])]
        start, end = _moment(asked.get("start_time")), _moment(asked.get("finish_time"))
        length = timedelta(minutes=int(asked.get("duration", "0")))
        if not people or start >= end or end - start > timedelta(days=92) or not length:
            raise _invalid("start_time")
        blocks = [
            block for who in people for block in self._free(who, start, end) if block[1] - block[0] >= length
        ]
        told = [
            {
                "start_time": _local(s),
                "finish_time": _local(e),
                "available_duration": int((e - s).total_seconds() // 60),
            }
            for s, e in sorted(blocks)
        ]
        return web.json_response({"availability": told, "meta": {}})

    async def _list(self, request: web.Request) -> web.Response:
        asked = request.query
        known = {"on", "before", "after", "practitioner_id", "patient_id", "room_id", "site_id", "state"}
        if set(asked) - known - {"cancelled", "page", "per_page", "sort_by", "sort_direction"}:
            raise _invalid("base")
        found = list(self.appointments.values())
        if not self.habits.lists_cancelled and asked.get("cancelled") != "true":
            found = [one for one in found if one["state"] != "Cancelled"]
        for name in ("practitioner_id", "patient_id"):
            if name in asked:
                found = [one for one in found if str(one[name]) == asked[name]]
        if "after" in asked:
            found = [one for one in found if _day(one) > date.fromisoformat(asked["after"])]
        if "before" in asked:
            found = [one for one in found if _day(one) < date.fromisoformat(asked["before"])]
        by = asked.get("sort_by", "id")
        if self.habits.sorts:
            found.sort(key=lambda one: one[by], reverse=asked.get("sort_direction") == "desc")
        return self._page("appointments", found, request)

    async def _create(self, request: web.Request) -> web.Response:
        body = self._wrapped(await request.json(), "appointment")
        if body.get("patient_id") not in self.patients:
            raise _invalid("patient_id")
        if body.get("practitioner_id") not in self._hours:
            raise _invalid("practitioner_id")
        if not isinstance(body.get("reason"), str):
            raise _invalid("reason")
        kept = self._keep({"state": "Pending", **body, "booked_via_api": True})
        return web.json_response({"appointment": kept}, status=201)

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response({"appointment": self._one(request)})

    async def _update(self, request: web.Request) -> web.Response:
        there = self._one(request)
        body = self._wrapped(await request.json(), "appointment")
        return web.json_response({"appointment": self._keep(there | body)})

    async def _find_patients(self, request: web.Request) -> web.Response:
        words = request.query.get(self.habits.searches_by, "").casefold()
        found = [
            one
            for one in self.patients.values()
            if any(
                words in str(one.get(name) or "").casefold()
                for name in ("first_name", "last_name", "mobile_phone", "mobile_phone_normalized")
            )
        ]
        return self._page("patients", found, request)

    async def _get_patient(self, request: web.Request) -> web.Response:
        there = self.patients.get(int(request.match_info["id"]))
        if there is None:
            raise Refused(404, {"error": {"type": "not_found"}})
        return web.json_response({"patient": there})

    async def _create_patient(self, request: web.Request) -> web.Response:
        body = (await request.json()).get("patient") or {}
        missing = [name for name in ("first_name", "last_name") if not body.get(name)]
        if missing:
            raise _invalid(*missing)
        return web.json_response({"patient": self._keep_patient(body)}, status=201)

    async def _practitioners(self, request: web.Request) -> web.Response:
        people = [
            {"id": id_, "active": True, "site_id": "s1", "user": {"first_name": "Dr", "last_name": str(id_)}}
            for id_ in self._hours
        ]
        return self._page("practitioners", people, request)

    async def _sites(self, request: web.Request) -> web.Response:
        return self._page("sites", [{"id": "s1", "name": "Main"}], request)

    async def _reasons(self, request: web.Request) -> web.Response:
        reasons = [
            {"id": 1, "reason": "Exam", "duration": 30},
            {"id": 2, "reason": "Hygiene", "duration": 45},
        ]
        return self._page("appointment_reasons", reasons, request)

    async def _cancellation_reasons(self, request: web.Request) -> web.Response:
        return self._page("appointment_cancellation_reasons", [{"id": 5, "reason": "Patient"}], request)

    # How it is kept

    def _wrapped(self, body: Any, name: str) -> Json:
        inner = body.get(name) if isinstance(body, dict) else None
        if not isinstance(inner, dict) or set(inner) - _WRITABLE:
            raise _invalid("base")
        told = dict(inner)
        for side in ("start_time", "finish_time"):
            if side in told:
                told[side] = _local(_moment(told[side]))
        if told.get("state", "Pending") not in _STATES:
            raise _invalid("state")
        metadata = told.get("metadata") or {}
        if len(metadata) > 3 or any(len(k) > 40 or len(str(v)) > 500 for k, v in metadata.items()):
            raise _invalid("metadata")
        return told

    def _one(self, request: web.Request) -> Json:
        there = self.appointments.get(int(request.match_info["id"]))
        if there is None:
            raise Refused(404, {"error": {"type": "not_found"}})
        return there

    def _keep(self, appointment: Json) -> Json:
        now = (self.at + timedelta(seconds=next(self._ticks))).isoformat(timespec="seconds")
        kept = {
            "id": next(self._numbers),
            "created_at": now,
            "metadata": {},
            **appointment,
            "updated_at": now,
        }
        if kept["state"] == "Cancelled":
            kept.setdefault("cancelled_at", now)
        self.appointments[kept["id"]] = kept
        return kept

    def _keep_patient(self, patient: Json) -> Json:
        id_ = next(self._numbers)
        digits = "".join(c for c in str(patient.get("mobile_phone") or "") if c.isdigit())
        self.patients[id_] = {**patient, "id": id_, "mobile_phone_normalized": digits or None}
        return self.patients[id_]

    def _page(self, name: str, found: Sequence[Json], request: web.Request) -> web.Response:
        size = min(int(request.query.get("per_page", "25")), 100, self.habits.page)
        first = (int(request.query.get("page", "1")) - 1) * size
        meta = {self.habits.counts_as: len(found), "page": first // size + 1}
        return web.json_response({name: found[first : first + size], "meta": meta})

    def _free(self, who: int, start: datetime, end: datetime) -> Iterable[tuple[datetime, datetime]]:
        taken = sorted(
            (_moment(one["start_time"]), _moment(one["finish_time"]))
            for one in self.active()
            if one["practitioner_id"] == who
        )
        day = start.astimezone(_ZONE).date()
        while day <= end.astimezone(_ZONE).date():
            for opens, closes in self._hours.get(who, {}).get(day.weekday(), ()):
                begins, ends = (
                    max(min(datetime.combine(day, wall, _ZONE).astimezone(UTC), end), start)
                    for wall in (opens, closes)
                )
                for busy_from, busy_to in taken:
                    if busy_from < ends and busy_to > begins:
                        yield begins, min(busy_from, ends)
                        begins = max(begins, busy_to)
                yield begins, ends
            day += timedelta(days=1)


def _invalid(*fields: str) -> Refused:
    return Refused(
        422, {"error": {"type": "invalid_request", "params": {name: ["is invalid"] for name in fields}}}
    )


def _moment(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise _invalid("start_time") from None
    if moment.tzinfo is None:
        raise _invalid("start_time")
    return moment.astimezone(UTC)


def _local(moment: datetime) -> str:
    return moment.astimezone(_ZONE).isoformat(timespec="seconds")


def _day(appointment: Json) -> date:
    return datetime.fromisoformat(appointment["start_time"]).date()
