"""/inbox/team: who may sign in, as what, from where they are signed in now; for administrators."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import timedelta

import pydantic
from aiohttp import web

from bot.domain.deeds import Deed
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.domain.staff import Person, Role
from bot.ports import Clock
from bot.service.inbox.assignment import online
from bot.service.inbox.staff import NameTaken, StaffBook
from bot.service.inbox.trail import Trail
from bot.web.access import SESSION, Handler, answer, refuse
from bot.web.bodies import Strict, read
from bot.web.frame import show_page
from bot.web.sign_in.session import IDLE, LONGEST, hash_of
from bot.web.wording import LANGUAGES

#: How long an invitation waits for its person.
LINK_LASTS = timedelta(hours=72)


class _Invited(Strict):
    name: str = pydantic.Field(min_length=1, max_length=40, pattern=r"^\S(.*\S)?$")
    role: Role = pydantic.Field(default=Role.AGENT, strict=False)


class _Role(Strict):
    role: Role = pydantic.Field(strict=False)


class _Languages(Strict):
    languages: list[str] = pydantic.Field(max_length=10)


class _Session(Strict):
    key: str = pydantic.Field(pattern=r"^[0-9a-f]{64}$")


class _Away(Strict):
    is_away: bool


class TeamPage:
    """The handlers. Nobody changes their own rights: of two administrators one can always mend the other."""

    def __init__(self, staff: StaffBook, *, practice: Practice, clock: Clock, trail: Trail) -> None:
        self._staff = staff
        self._practice = practice
        self._clock = clock
        self._trail = trail
        self._time = PracticeTime(practice.time_zone)

    def handlers(self) -> Mapping[str, Handler]:
        person = "POST /inbox/team/{person}"
        return {
            "GET /inbox/team": self.show,
            "POST /inbox/team": self.invite,
            f"{person}/role": self.change_role,
            f"{person}/languages": self.change_languages,
            f"{person}/reset": self.reset,
            f"{person}/disable": self.disable,
            f"{person}/enable": self.enable,
            "POST /inbox/team/sessions/end": self.end_session,
            "POST /inbox/away": self.be_away,
        }

    async def show(self, request: web.Request) -> web.Response:
        at = self._clock.now()
        people, sessions = await self._staff.people(), await self._staff.sessions()
        return show_page(
            request,
            "team",
            practice=self._practice,
            people=people,
            there={person.id for person in online(people, sessions, at=at)},
            sessions=[one for one in sessions if at - one.opened < LONGEST and at - one.active < IDLE],
            roles=tuple(Role),
            spoken=LANGUAGES,
            me=request[SESSION],
            moment=lambda at: f"{self._time.wall(at):%d.%m. %H:%M}",
        )

    async def invite(self, request: web.Request) -> web.Response:
        """{"link": PATH}: good once, for three days."""
        try:
            given = await read(request, _Invited)
        except pydantic.ValidationError:
            return refuse(400, "malformed")
        person = Person(id=uuid.uuid4().hex, name=" ".join(given.name.split()), role=given.role)
        try:
            await self._staff.add(person, at=self._clock.now())
        except NameTaken:
            return refuse(409, "sign_in_taken")
        await self._note(request, Deed.INVITED, f"{person.name}: {person.role}")
        return await self._link_for(person)

    async def change_role(self, request: web.Request) -> web.Response:
        try:
            role = (await read(request, _Role)).role
        except pydantic.ValidationError:
            return refuse(400, "malformed")
        person = await self._other(request)
        if person is None:
            return refuse(404, "nobody")
        await self._staff.change_role(person.id, role)
        await self._note(request, Deed.CHANGED_PERSON, f"{person.name}: {person.role} to {role}")
        return answer({})

    async def change_languages(self, request: web.Request) -> web.Response:
        try:
            languages = (await read(request, _Languages)).languages
        except pydantic.ValidationError:
            return refuse(400, "malformed")
        person = await self._named(request)
        if person is None:
            return refuse(404, "nobody")
        spoken = tuple(language for language in LANGUAGES if language in languages)
        await self._staff.change_languages(person.id, spoken)
        await self._note(request, Deed.CHANGED_PERSON, f"{person.name}: speaks {' '.join(spoken) or 'any'}")
        return answer({})

    async def reset(self, request: web.Request) -> web.Response:
        """Their password and code are void, their sessions over; a new link lets them in."""
        person = await self._other(request)
        if person is None or person.is_disabled:
            return refuse(404, "nobody")
        await self._staff.prove_by(person.id, password=None, code_secret=None)
        await self._note(request, Deed.CHANGED_PERSON, f"{person.name}: new link")
        return await self._link_for(person)

    async def disable(self, request: web.Request) -> web.Response:
        person = await self._other(request)
        if person is None:
            return refuse(404, "nobody")
        await self._staff.disable(person.id, at=self._clock.now())
        await self._note(request, Deed.CHANGED_PERSON, f"{person.name}: disabled")
        return answer({})

    async def enable(self, request: web.Request) -> web.Response:
        person = await self._other(request)
        if person is None:
            return refuse(404, "nobody")
        await self._staff.enable(person.id)
        await self._note(request, Deed.CHANGED_PERSON, f"{person.name}: enabled")
        return answer({})

    async def end_session(self, request: web.Request) -> web.Response:
        """Whoever has it open is signed out, live pages too."""
        try:
            key = (await read(request, _Session)).key
        except pydantic.ValidationError:
            return refuse(400, "malformed")
        session = await self._staff.session(key)
        if session is None:
            return refuse(404, "nobody")
        await self._staff.end_session(key)
        await self._note(request, Deed.CHANGED_PERSON, f"{session.who}: signed out")
        return answer({})

    async def be_away(self, request: web.Request) -> web.Response:
        """For oneself: nobody gives a conversation to who is away."""
        try:
            is_away = (await read(request, _Away)).is_away
        except pydantic.ValidationError:
            return refuse(400, "malformed")
        person = request[SESSION].person
        if person is not None:
            await self._staff.change_away(person, is_away=is_away)
        return answer({"is_away": is_away and person is not None})

    async def _link_for(self, person: Person) -> web.Response:
        token = secrets.token_urlsafe(32)
        await self._staff.add_link(hash_of(token), person=person.id, until=self._clock.now() + LINK_LASTS)
        return answer({"link": f"/inbox/sign-in/{token}"})

    async def _named(self, request: web.Request) -> Person | None:
        wanted = request.match_info["person"]
        return next((one for one in await self._staff.people() if one.id == wanted), None)

    async def _other(self, request: web.Request) -> Person | None:
        person = await self._named(request)
        return None if person is None or person.id == request[SESSION].person else person

    async def _note(self, request: web.Request, deed: Deed, detail: str) -> None:
        await self._trail.note_now(deed, by=request[SESSION].who, detail=detail)
