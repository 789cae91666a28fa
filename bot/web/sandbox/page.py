"""The sandbox: a phone in the browser, the diary beside it, and what the assistant understood.

Nothing here is a short cut: what is typed goes to the Graph API stand-in, from there as a signed webhook to
us, and our answers are shown as they reached the stand-in. Only for the demo: nobody signs in here.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

import aiohttp
import pydantic
from aiohttp import web

from bot.dialogue import Assistant
from bot.domain.practice import Practice
from bot.ports import Clock
from bot.service.inbox.desk import Observer
from bot.web.live import Bell, Stream, to_json
from bot.web.pages import add_pages, show
from bot.web.sandbox.flow_drawings import FlowDrawings
from bot.web.sandbox.patients import PATIENTS, SandboxPatient
from bot.web.sandbox.phones import Phones
from bot.web.security import is_same_origin
from bot.web.wording import LANGUAGES, preferred_language

_WAIT_SECONDS = 20
_LATEST_TURNS = 30


def add_sandbox(
    app: web.Application,
    *,
    observer: Observer,
    practice: Practice,
    assistant: Assistant,
    stand_in_url: str,
    http: aiohttp.ClientSession,
    clock: Clock | None = None,
    patients: Sequence[SandboxPatient] = PATIENTS,
) -> None:
    """Register /sandbox, and / as its short name. Call it only for a demo.

    There is a phone for each channel on which the practice is; WhatsApp where it says nothing.

    Without a `clock` the pages go by the computer that shows them.
    """
    add_pages(app)
    spoken = tuple(patient for patient in patients if patient.language in practice.languages)
    flows = FlowDrawings(assistant)
    sandbox = _Sandbox(
        observer,
        practice,
        _StandIn(stand_in_url, http),
        spoken or tuple(patients),
        clock=clock,
        flows=flows,
    )
    patient = "/sandbox/patients/{contact}"
    app.router.add_routes(
        [
            web.get("/", sandbox.show_the_way),
            web.get("/sandbox", sandbox.show),
            web.get("/sandbox/events", sandbox.stream),
            web.get("/sandbox/flows/{flow}", flows.show),
            web.post(f"{patient}/says", sandbox.forward(_Says)),
            web.post(f"{patient}/taps", sandbox.forward(_Taps)),
            web.post(f"{patient}/sends", sandbox.forward(_Sends)),
            web.post(f"{patient}/reads", sandbox.forward(_Reads)),
        ]
    )
    app.cleanup_ctx.append(sandbox.watch)


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)


class _Says(_Strict):
    text: str = pydantic.Field(min_length=1, max_length=4096)


class _Taps(_Strict):
    message_id: str = pydantic.Field(max_length=256)
    choice_id: str = pydantic.Field(max_length=256)


class _Sends(_Strict):
    kind: str = pydantic.Field(pattern=r"^(image|audio)$")


class _Reads(_Strict):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A patient on one channel."""

    patient: SandboxPatient
    channel: str

    @property
    def contact(self) -> str:
        return self.patient.contact(self.channel)


class _StandIn:
    """The control API of the Graph API stand-in, over HTTP."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self._url = url.rstrip("/") + "/stand-in"
        self._http = http

    async def does(self, line: _Line, verb: str, body: dict[str, Any]) -> int:
        """Have a patient do something; the HTTP status. Raises aiohttp.ClientError, TimeoutError."""
        timeout = aiohttp.ClientTimeout(total=10)
        url = f"{self._url}/patients/{line.contact}/{verb}"
        query = {"channel": line.channel}
        async with self._http.post(url, json=body, params=query, timeout=timeout) as response:
            await response.read()
            return response.status

    async def events(self, since: int) -> list[dict[str, Any]]:
        """What happened after event number `since`; waits a while for the first. Raises as `does`."""
        timeout = aiohttp.ClientTimeout(total=_WAIT_SECONDS + 10)
        query = {"since": str(since), "wait": str(_WAIT_SECONDS)}
        async with self._http.get(f"{self._url}/events", params=query, timeout=timeout) as response:
            response.raise_for_status()
            events: list[dict[str, Any]] = (await response.json())["events"]
            return events


class _Sandbox:
    def __init__(
        self,
        observer: Observer,
        practice: Practice,
        stand_in: _StandIn,
        patients: tuple[SandboxPatient, ...],
        *,
        clock: Clock | None,
        flows: FlowDrawings,
    ) -> None:
        self._flows = flows
        self._observer = observer
        self._practice = practice
        self._stand_in = stand_in
        self._clock = clock
        self._patients = patients
        self._channels = _channels(practice)
        lines = [_Line(patient=patient, channel=each) for patient in patients for each in self._channels]
        self._lines = {line.contact: line for line in lines}
        self._phones = Phones()
        self._bell = Bell()

    async def watch(self, app: web.Application) -> AsyncIterator[None]:
        """Follow the stand-in for as long as the application runs."""
        watching = asyncio.create_task(self._follow(), name="sandbox: follow the stand-in")
        yield
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    async def _follow(self) -> None:
        phones, pause = self._phones, 0.1
        while True:
            try:
                events = await self._stand_in.events(phones.last_event)
            except (aiohttp.ClientError, TimeoutError):
                phones = Phones()  # perhaps it starts anew and counts from 1 again: so do we
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5)
                continue
            for event in events:
                phones.see(event)
            if events or phones is not self._phones:
                self._phones, pause = phones, 0.1
                self._bell.ring()
            else:
                await asyncio.sleep(0.1)  # also with a stand-in that does not wait

    async def show_the_way(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("/sandbox")

    async def show(self, request: web.Request) -> web.Response:
        house = self._practice.languages[0]
        language = preferred_language(request, default=house if house in LANGUAGES else "en")
        return show(
            request,
            "sandbox.html",
            language=language,
            practice=self._practice.name,
            time_zone=self._practice.time_zone,
            now=self._clock.now().isoformat() if self._clock else "",
            facts=_facts(self._practice, self._patients, self._channels, language)
            | {"flows": self._flows.names(language)},
        )

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The phones, the diary and the turns, whenever they change."""
        stream = Stream(request)

        async def look() -> bool:
            for contact in self._lines:
                chat = self._phones.chat(contact)
                phone = {"bubbles": list(chat.bubbles), "typing_since": chat.typing_since}
                await stream.say("phone", {"contact": contact, **phone}, about=contact)
            await stream.say("diary", await self._observer.diary())
            for contact in self._lines:
                turns = (await self._observer.turns(contact))[-_LATEST_TURNS:]
                await stream.say("turns", {"contact": contact, "turns": turns}, about=contact)
            return True

        return await stream.follow(self._bell.subscribe(), self._observer.subscribe(), look=look)

    def forward(self, shape: type[_Strict]) -> Any:
        """Lets a patient of ours do what `shape` says; the last part of the path is the verb."""

        async def handler(request: web.Request) -> web.Response:
            if not is_same_origin(request):
                return _refuse(403, "foreign_origin")
            line = self._lines.get(request.match_info["contact"])
            if line is None:
                return _refuse(404, "unknown")
            try:
                body = shape.model_validate_json(await request.read()).model_dump()
            except pydantic.ValidationError:
                return _refuse(400, "malformed")
            if shape is _Says or (shape is _Sends and line.channel == "whatsapp"):
                body["name"] = line.patient.name
            verb = request.path.rsplit("/", 1)[-1]
            try:
                status = await self._stand_in.does(line, verb, body)
            except (aiohttp.ClientError, TimeoutError):
                return _refuse(502, "stand_in_silent")
            return _refuse(409, "refused") if status >= 400 else web.json_response({})

        return handler


def _channels(practice: Practice) -> tuple[str, ...]:
    on = {"whatsapp": practice.whatsapp, "messenger": practice.messenger}
    return tuple(channel for channel, accounts in on.items() if accounts) or ("whatsapp",)


def _facts(
    practice: Practice, patients: tuple[SandboxPatient, ...], channels: tuple[str, ...], language: str
) -> dict[str, Any]:
    """What the page must know of the practice, ready for JSON."""
    return {
        "channels": channels,
        "patients": [
            {
                "contacts": {channel: patient.contact(channel) for channel in channels},
                "name": patient.name,
                "language": patient.language,
                "suggestions": list(patient.suggestions),
            }
            for patient in patients
        ],
        "practitioners": [
            {
                "id": practitioner.id,
                "name": practitioner.name,
                "shifts": [
                    {"weekday": shift.weekday, "start": _minutes(shift.start), "end": _minutes(shift.end)}
                    for shift in practitioner.shifts
                ],
            }
            for practitioner in practice.practitioners
        ],
        "visit_types": {visit_type.id: visit_type.name(language) for visit_type in practice.visit_types},
        "closed_days": sorted(day.isoformat() for day in practice.closed_days),
    }


def _minutes(moment: time) -> int:
    return int(moment.hour * 60 + moment.minute)


def _refuse(status: int, error: str) -> web.Response:
    return web.Response(text=to_json({"error": error}), content_type="application/json", status=status)
