"""/inbox/requests: what patients asked for, answered with one tap; and the morning's sheet, to be printed.

Only of practices whose software is entered by hand (`practice_system.kind: requests`).
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import pydantic
from aiohttp import web

from bot.domain.diary import Opening
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.errors import BookingError, VisitChanged
from bot.service.inbox.desk import AlreadyTaken, Desk
from bot.service.inbox.requests import RequestDesk
from bot.service.turns.facts import day_in_words
from bot.web.access import SESSION, Handler, add_handlers, answer, refuse
from bot.web.bodies import Strict, read
from bot.web.frame import offer_page, show_page


class _Visit(Strict):
    visit: str = pydantic.Field(max_length=100)


class _Proposal(_Visit):
    opening: str = pydantic.Field(max_length=200)


class RequestsPage:
    """The handlers."""

    def __init__(self, requests: RequestDesk, *, desk: Desk, practice: Practice) -> None:
        self._requests = requests
        self._desk = desk
        self._practice = practice
        self._time = PracticeTime(practice.time_zone)

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "GET /inbox/requests": self.show,
            "GET /inbox/requests/sheet": self.sheet,
            "GET /inbox/requests/times": self.times,
            "POST /inbox/requests/confirm": self.confirm,
            "POST /inbox/requests/refuse": self.refuse,
            "POST /inbox/requests/propose": self.propose,
        }

    async def show(self, request: web.Request) -> web.Response:
        waiting = await self._requests.waiting()
        return show_page(
            request, "requests", practice=self._practice, requests=waiting, **self._wording(request)
        )

    async def sheet(self, request: web.Request) -> web.Response:
        """On paper: no buttons, nothing that only a screen shows."""
        sheet = await self._requests.sheet()
        return show_page(
            request,
            "requests_sheet",
            practice=self._practice,
            sheet=sheet,
            printed=f"{self._time.wall(sheet.at):%H:%M}",
            day=day_in_words(sheet.day, request[SESSION].language),
            **self._wording(request),
        )

    async def times(self, request: web.Request) -> web.Response:
        """?visit=ID: [{"opening": REF, "when": "..."}], other times to propose."""
        language = request[SESSION].language
        try:
            found = await self._requests.proposals(request.query.get("visit", ""))
        except BookingError as error:
            return _refused(error)
        return answer([{"opening": one.ref, "when": self._when(one, language)} for one in found])

    async def confirm(self, request: web.Request) -> web.Response:
        return await self._answered(request, self._requests.confirm)

    async def refuse(self, request: web.Request) -> web.Response:
        return await self._answered(request, self._requests.refuse)

    async def propose(self, request: web.Request) -> web.Response:
        """The conversation is theirs from then on: the patient's answer is for a person."""
        try:
            given = await read(request, _Proposal)
            Opening.parse_ref(given.opening)
            who = request[SESSION].who
            asked = [one for one in await self._requests.waiting() if one.visit.id == given.visit]
            for one in asked:
                await self._desk.take(one.conversation, who)
            told = await self._requests.propose(given.visit, given.opening, who=who)
        except (pydantic.ValidationError, ValueError):
            return refuse(400, "malformed")
        except AlreadyTaken as taken:
            return refuse(409, "taken", by=taken.by)
        except BookingError as error:
            return _refused(error)
        return answer({"told": told})

    async def _answered(self, request: web.Request, act: Callable[..., Awaitable[bool]]) -> web.Response:
        try:
            given = await read(request, _Visit)
            told = await act(given.visit, who=request[SESSION].who)
        except pydantic.ValidationError:
            return refuse(400, "malformed")
        except BookingError as error:
            return _refused(error)
        return answer({"told": told})

    def _wording(self, request: web.Request) -> dict[str, Any]:
        language = request[SESSION].language

        def kind(opening: Opening) -> str:
            visit_type = self._practice.visit_type(opening.visit_type)
            return visit_type.name(language) if visit_type else opening.visit_type

        def person(opening: Opening) -> str:
            practitioner = self._practice.practitioner(opening.practitioner)
            return practitioner.name if practitioner else opening.practitioner

        def moment(at: datetime) -> str:
            return f"{self._time.wall(at):%d.%m. %H:%M}"

        return {
            "when": lambda opening: self._when(opening, language),
            "kind": kind,
            "person": person,
            "moment": moment,
        }

    def _when(self, opening: Opening, language: str) -> str:
        start = self._time.wall(opening.start)
        return f"{day_in_words(start.date(), language)}, {start:%H:%M}"


def _refused(error: BookingError) -> web.Response:
    word = "request_gone" if isinstance(error, VisitChanged) else f"booking_{error.outcome}"
    return refuse(409, word)


def add_requests(app: web.Application, requests: RequestDesk, *, desk: Desk, practice: Practice) -> None:
    """Beside the inbox (`add_inbox`), whose table of roles holds for these, too."""
    offer_page(app, "requests")
    add_handlers(app, RequestsPage(requests, desk=desk, practice=practice).handlers().items())
