"""/inbox/calls: whom no message reached, or who settled nothing, for somebody to telephone."""

from collections.abc import Mapping
from typing import Any

import pydantic
from aiohttp import web

from bot.domain.deeds import Deed
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.service.inbox.trail import Trail
from bot.service.outreach.call_tasks import CallList, CallOutcome
from bot.web.access import SESSION, Handler, add_handlers, answer, refuse
from bot.web.bodies import Strict, read
from bot.web.frame import offer_page, show_page


class _Called(Strict):
    task: str = pydantic.Field(max_length=100)
    outcome: str = pydantic.Field(max_length=30)


class CallsPage:
    """The handlers."""

    def __init__(self, calls: CallList, *, practice: Practice, trail: Trail) -> None:
        self._calls = calls
        self._practice = practice
        self._trail = trail
        self._time = PracticeTime(practice.time_zone)

    def handlers(self) -> Mapping[str, Handler]:
        return {"GET /inbox/calls": self.show, "POST /inbox/calls": self.settle}

    async def show(self, request: web.Request) -> web.Response:
        views = await self._calls.call_tasks()
        return show_page(
            request,
            "calls",
            practice=self._practice,
            calls=[view for view in views if not view.is_over],
            over=[view for view in views if view.is_over],
            figures=await self._calls.figures(),
            outcomes=[outcome.value for outcome in CallOutcome],
            moment=lambda at: f"{self._time.wall(at):%d.%m. %H:%M}",
        )

    async def settle(self, request: web.Request) -> web.Response:
        """What a call came to. A colleague may have been there first."""
        try:
            given = await read(request, _Called)
            outcome = CallOutcome(given.outcome)
        except ValueError:  # pydantic's too
            return refuse(400, "malformed")
        who = request[SESSION].who
        if not await self._calls.settle_call_task(given.task, outcome=outcome, who=who):
            return refuse(409, "call_gone")
        await self._trail.note_now(Deed.CALLED, by=who, detail=outcome.value)
        return answer({"stays": outcome is CallOutcome.NOT_REACHED})


def add_calls(app: web.Application, calls: CallList, *, practice: Practice, trail: Trail) -> None:
    """Beside the inbox (`add_inbox`), whose table of roles holds for these, too."""
    offer_page(app, "calls")
    handlers: Mapping[str, Any] = CallsPage(calls, practice=practice, trail=trail).handlers()
    add_handlers(app, handlers.items())
