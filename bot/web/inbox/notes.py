"""Beside the conversation: notes for colleagues, snoozing, tags, and answers that are prepared once."""

from datetime import datetime, time, timedelta
from typing import Literal

import pydantic
from aiohttp import web

from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.ports import Clock
from bot.service.inbox.notes import Notes
from bot.service.inbox.staff import StaffBook
from bot.web.access import SESSION, Handler, answer
from bot.web.bodies import Strict, read

_MORNING = time(8)


class _Note(Strict):
    text: str = pydantic.Field(min_length=1, max_length=4096)


class _Snooze(Strict):
    """`reply`: until the patient writes, which wakes it in any case."""

    until: Literal["hour", "tomorrow", "reply"]


class _Tag(Strict):
    name: str = pydantic.Field(min_length=1, max_length=30, pattern=r"^\S(.*\S)?$")


class InboxNotes:
    """The handlers."""

    def __init__(self, notes: Notes, staff: StaffBook, practice: Practice, clock: Clock) -> None:
        self._notes = notes
        self._staff = staff
        self._clock = clock
        self._time = PracticeTime(practice.time_zone)
        self._house = practice.languages[0]

    def handlers(self) -> dict[str, Handler]:
        conversation = "/inbox/conversations/{id}"
        return {
            "GET /inbox/canned": self.canned,
            f"POST {conversation}/note": self.note,
            f"POST {conversation}/snooze": self.snooze,
            f"POST {conversation}/wake": self.wake,
            f"POST {conversation}/tag": self.tag,
            f"POST {conversation}/untag": self.untag,
        }

    async def canned(self, request: web.Request) -> web.Response:
        """?language=it: as they would be sent; what has gaps says which."""
        return answer(self._notes.canned_answers(request.query.get("language") or self._house))

    async def note(self, request: web.Request) -> web.Response:
        text = (await read(request, _Note)).text.strip()
        people = tuple(person.name for person in await self._staff.people() if not person.is_disabled)
        who = request[SESSION].who
        note = await self._notes.add_note(request.match_info["id"], text or "…", by=who, people=people)
        return answer({"id": f"note-{note.id}", "mentions": note.mentions})

    async def snooze(self, request: web.Request) -> web.Response:
        until = self._until((await read(request, _Snooze)).until)
        await self._notes.snooze(request.match_info["id"], until, by=request[SESSION].who)
        return answer({})

    async def wake(self, request: web.Request) -> web.Response:
        await self._notes.wake(request.match_info["id"], by=request[SESSION].who)
        return answer({})

    async def tag(self, request: web.Request) -> web.Response:
        name = (await read(request, _Tag)).name
        await self._notes.tag(request.match_info["id"], name, by=request[SESSION].who)
        return answer({})

    async def untag(self, request: web.Request) -> web.Response:
        name = (await read(request, _Tag)).name
        await self._notes.untag(request.match_info["id"], name, by=request[SESSION].who)
        return answer({})

    def _until(self, asked: Literal["hour", "tomorrow", "reply"]) -> datetime | None:
        now = self._clock.now()
        match asked:
            case "hour":
                return now + timedelta(hours=1)
            case "tomorrow":
                day = self._time.today(now) + timedelta(days=1)
                return self._time.earliest(datetime.combine(day, _MORNING))
            case "reply":
                return None
