"""Real HTTP on free loopback ports, for tests of pages."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import aiohttp
from aiohttp import web

from bot.domain.diary import Appointment, Opening, Wish
from bot.domain.outreach import Rule
from bot.domain.practice import Practice, SignInService
from bot.domain.templates import TemplateUnfit
from bot.practice_systems.embedded import EmbeddedDiary
from bot.service.inbox.desk import Desk
from bot.service.inbox.figures import Reports
from bot.service.inbox.requests import RequestDesk
from bot.service.inbox.staff import StaffBook
from bot.service.inbox.visits import VisitDesk
from bot.service.outreach.call_tasks import CallList
from bot.service.outreach.ports import CallTask
from bot.storage.events.media import StoredContent
from bot.web.inbox.calls import add_calls
from bot.web.inbox.page import InboxParts, add_inbox
from bot.web.inbox.requests import add_requests
from bot.web.office.page import OfficeParts, add_office
from bot.web.sign_in.openid import Begun, NotProved, OpenId
from bot.web.sign_in.openid_door import OpenIdDoor
from bot.web.sign_in.session import SignIn
from tests.web.assistant import FakeSuggestions, FakeSwitches
from tests.web.backstage import FakeFacts, FakeTrail
from tests.web.fakes import FakeDesk, FakeNotes, FakeObserver, MemoryStaffBook, demo_practice

Serve = Callable[[web.Application], Awaitable[str]]


@asynccontextmanager
async def serving() -> AsyncIterator[Serve]:
    """A function that starts an application and gives its address; all stop at the end, last one first."""
    runners: list[web.AppRunner] = []

    async def start(app: web.Application) -> str:
        runner = web.AppRunner(app, shutdown_timeout=1.0)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}"

    try:
        yield start
    finally:
        for runner in reversed(runners):
            await runner.cleanup()


class Receptionist:
    """A browser of a person at the desk: cookies, our Origin, the CSRF token of the page."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http = http
        self.url = url
        self.csrf = ""

    async def signs_in(self, path: str, *, who: str = "Marta") -> int:
        async with self.http.post(
            self.url + path, json={"who": who}, headers={"Origin": self.url}
        ) as response:
            status = response.status
        if status == 200:
            await self.is_in()
        return status

    async def is_in(self) -> None:
        """The page opens, and with it comes what posting needs."""
        async with self.http.get(self.url + "/inbox") as page:
            self.csrf = (await page.text()).split('name="csrf" content="')[1].split('"')[0]

    async def posts(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        ours = {"Origin": self.url, "X-CSRF-Token": self.csrf}
        async with self.http.post(self.url + path, json=body or {}, headers={**ours, **headers}) as response:
            return response.status, await response.json()

    async def gets(self, path: str) -> tuple[int, Any]:
        async with self.http.get(self.url + path, allow_redirects=False) as response:
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else await response.text()


def inbox_application(
    desk: Desk,
    sign_in: SignIn,
    practice: Practice | None = None,
    *,
    staff: StaffBook | None = None,
    **more: Any,
) -> web.Application:
    """`more` are further parts: cards, visits, observer."""
    app = web.Application()
    parts: dict[str, Any] = {"desk": desk, "sign_in": sign_in, "practice": practice}
    add_inbox(app, InboxParts(staff=staff or MemoryStaffBook(), **parts, **more))
    return app


class FakeFiles:
    """Conversation c-anna has a picture, a document, and nothing else."""

    async def content(self, conversation: str, id: str) -> StoredContent | None:
        return FILES.get(id) if conversation == "c-anna" else None


class FakeTemplates:
    """No template can be sent to anybody; whose conversation it is still counts."""

    def __init__(self, desk: FakeDesk) -> None:
        self.desk = desk

    async def offered(self, conversation: str) -> dict[str, str]:
        await self.desk.conversation(conversation)
        return {}

    async def send(
        self, conversation: str, name: str, values: Mapping[str, str], *, who: str, client_message_id: str
    ) -> None:
        await self.desk.conversation(conversation)
        raise TemplateUnfit("there is none")


FILES = {
    "photo": StoredContent(kind="image", mime_type="image/jpeg", name="", content=b"a picture"),
    "letter": StoredContent(
        kind="document", mime_type="application/pdf", name='referto "2".pdf', content=b"%PDF-<script>"
    ),
}


def whole_inbox(
    desk: FakeDesk,
    sign_in: SignIn,
    staff: MemoryStaffBook,
    *,
    notes: FakeNotes | None = None,
    facts: FakeFacts | None = None,
    trail: FakeTrail | None = None,
    switches: FakeSwitches | None = None,
    suggestions: FakeSuggestions | None = None,
    requests: "NoRequests | None" = None,
    calls: "NoCalls | None" = None,
) -> web.Application:
    """With every part that a page can have."""
    practice = demo_practice()
    visits = VisitDesk(practice, NoVisits(), desk=desk, clock=desk.clock)
    facts, trail = facts or FakeFacts(), trail or FakeTrail(clock=desk.clock)
    app = inbox_application(
        desk,
        sign_in,
        practice,
        staff=staff,
        visits=visits,
        observer=FakeObserver(),
        notes=notes or FakeNotes(desk),
        clock=desk.clock,
        trail=trail,
        switches=switches or FakeSwitches(),
        suggestions=suggestions or FakeSuggestions(desk),
        set_aside=desk,
        finder=desk,
        files=FakeFiles(),
        templates=FakeTemplates(desk),
        service=silent_service(sign_in, staff, trail),
    )
    office = OfficeParts(
        desk=desk,
        practice=practice,
        clock=desk.clock,
        reports=Reports(practice, desk=facts, chats=facts),
        trail=trail,
        staff=staff,
    )
    add_office(app, office)
    listed: Any = calls or NoCalls()
    add_calls(
        app,
        CallList(practice, book=listed, rules=listed.rules, clock=desk.clock),
        practice=practice,
        trail=trail,
    )
    asked: Any = requests or NoRequests()
    add_requests(
        app,
        RequestDesk(
            practice, NoVisits(), store=asked, book=asked, notices=asked, languages=asked, clock=desk.clock
        ),
        desk=desk,
        practice=practice,
    )
    return app


class SilentService(OpenId):
    """A sign-in service that does not answer."""

    async def begin(self, redirect: str) -> Begun:
        raise NotProved("unreachable")


def silent_service(sign_in: SignIn, staff: MemoryStaffBook, trail: FakeTrail) -> OpenIdDoor:
    service = SignInService(
        issuer="https://id.example", client_id="chairside", client_secret="nobody's", roles={}
    )
    openid = SilentService(service, None, sign_in.clock)  # type: ignore[arg-type]
    return OpenIdDoor(service, openid, sign_in=sign_in, staff=staff, trail=trail)


class NoCalls:
    """A practice in which nobody is to be telephoned."""

    rules: Sequence[Rule] = ()

    async def call_tasks(self, *, at: datetime, settled_since: datetime | None = None) -> Sequence[CallTask]:
        return ()

    async def settle_call_task(self, task: str, *, outcome: str, who: str, at: datetime) -> bool:
        return False


class NoRequests:
    """A practice of which nobody has asked for anything."""

    async def requests(self, *, at: datetime) -> tuple[()]:
        return ()

    async def withdrawn(self, *, since: datetime, at: datetime) -> tuple[()]:
        return ()


class NoVisits(EmbeddedDiary):
    """A diary in which nobody has a visit, and no time is free."""

    def __init__(self) -> None:
        pass

    async def find_openings(self, wish: Wish, *, at: datetime, limit: int) -> tuple[Opening, ...]:
        return ()

    async def appointments_of(
        self, *, contact: str, patients: Collection[str] = (), at: datetime
    ) -> tuple[Appointment, ...]:
        return ()

    async def appointments(self, *, start: datetime, end: datetime, at: datetime) -> tuple[Appointment, ...]:
        return ()

    async def release(self, *, contact: str, at: datetime) -> None:
        return None


async def told(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, Any]]:
    """The events of a stream, as (name, value)."""
    event = ""
    async for line in response.content:
        text = line.decode().rstrip("\n")
        if text.startswith("event: "):
            event = text.removeprefix("event: ")
        elif text.startswith("data: "):
            yield event, json.loads(text.removeprefix("data: "))
