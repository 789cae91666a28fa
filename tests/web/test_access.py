"""Every route of the inbox, for every role: the table in bot/web/access.py is what happens."""

import aiohttp
import pytest
from aiohttp import web

from bot.domain.staff import Role
from bot.errors import SetupError
from bot.web.access import ROUTES, Route, listed_in
from bot.web.sign_in.session import SignIn
from tests.web.fakes import FakeClock, FakeDesk, MemoryStaffBook, conversation
from tests.web.people import PASSWORD, code, hired
from tests.web.serving import Receptionist, Serve, inbox_application, whole_inbox

CLOSED = [route for route in ROUTES if route.least is not None]
#: Who may use what, written down once more by hand: a change of the table has to be meant.
EXPECTED = {
    Role.READER: {
        *("GET /inbox", "GET /inbox/events", "GET /inbox/conversations", "GET /inbox/conversations/{id}"),
        *("GET /inbox/conversations/{id}/card", "GET /inbox/conversations/{id}/visits"),
        "GET /inbox/conversations/{id}/files/{file}",
        *("GET /inbox/openings", "GET /inbox/diary", "GET /inbox/people", "GET /inbox/{conversation}"),
        *("POST /inbox/language", "POST /inbox/here", "POST /inbox/away", "POST /inbox/sign-out"),
        *("GET /inbox/assistant", "POST /inbox/presence", "POST /inbox/search"),
        *("GET /inbox/requests", "GET /inbox/requests/sheet", "GET /inbox/calls"),
    },
    Role.AGENT: {
        *("POST /inbox/conversations/{id}/take", "POST /inbox/conversations/{id}/reply"),
        *("POST /inbox/conversations/{id}/give-back", "POST /inbox/conversations/{id}/assign"),
        *("POST /inbox/conversations/{id}/put-back", "POST /inbox/conversations/{id}/close"),
        *("POST /inbox/conversations/{id}/hold", "POST /inbox/conversations/{id}/release"),
        *("POST /inbox/conversations/{id}/book", "POST /inbox/conversations/{id}/move"),
        *("POST /inbox/conversations/{id}/cancel", "POST /inbox/conversations/{id}/note"),
        *("POST /inbox/conversations/{id}/snooze", "POST /inbox/conversations/{id}/wake"),
        *("POST /inbox/conversations/{id}/tag", "POST /inbox/conversations/{id}/untag"),
        *("POST /inbox/conversations/{id}/draft/send", "POST /inbox/conversations/{id}/draft/discard"),
        "GET /inbox/canned",
        *("GET /inbox/conversations/{id}/templates", "POST /inbox/conversations/{id}/template"),
        "GET /inbox/requests/times",
        "POST /inbox/calls",
        *(f"POST /inbox/requests/{does}" for does in ("confirm", "refuse", "propose")),
    },
    Role.MANAGER: {
        *("GET /inbox/figures", "GET /inbox/figures.csv", "POST /inbox/assistant/switch"),
        "POST /inbox/conversations/{id}/try-again",
    },
    Role.ADMIN: {
        *("GET /inbox/trail", "GET /inbox/trail.csv", "GET /inbox/trail/check"),
        *("GET /inbox/team", "POST /inbox/team", "POST /inbox/team/sessions/end"),
        *(
            f"POST /inbox/team/{{person}}/{does}"
            for does in ("role", "languages", "reset", "disable", "enable")
        ),
    },
}
KEY = "0123456789abcdef"
REF = "rossi~check_up~20261117T0900Z~20261117T0930Z"
DOORS = {
    *("GET /inbox/sign-in", "POST /inbox/sign-in", "POST /inbox/sign-in/link"),
    *("GET /inbox/sign-in/{token}", "POST /inbox/sign-in/{token}"),
    *("GET /inbox/sign-in/service", "POST /inbox/sign-in/service", "POST /inbox/sign-in/service/back"),
}


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


def test_the_table_says_what_was_meant() -> None:
    by_role: dict[Role | None, set[str]] = {}
    for route in ROUTES:
        by_role.setdefault(route.least, set()).add(named(route))

    assert by_role == {**EXPECTED, None: DOORS}


def test_every_route_is_in_the_table_and_every_entry_is_a_route(
    desk: FakeDesk, sign_in: SignIn, staff: MemoryStaffBook
) -> None:
    there = listed_in(whole_inbox(desk, sign_in, staff))

    assert there == sorted((route.method, route.path) for route in ROUTES)


async def test_a_route_that_nobody_listed_does_not_start(
    serve: Serve, desk: FakeDesk, sign_in: SignIn, staff: MemoryStaffBook
) -> None:
    app = inbox_application(desk, sign_in, staff=staff)

    async def secret(request: web.Request) -> web.Response:
        return web.Response()

    app.router.add_get("/inbox/secret", secret)
    with pytest.raises(SetupError, match="/inbox/secret"):
        await serve(app)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("route", CLOSED, ids=named)
async def test_a_role_may_do_what_the_table_says_and_nothing_else(
    route: Route,
    role: Role,
    serve: Serve,
    http: aiohttp.ClientSession,
    clock: FakeClock,
    staff: MemoryStaffBook,
) -> None:
    desk = FakeDesk(conversation("c-anna"), clock=clock)
    url = await serve(whole_inbox(desk, SignIn(clock, staff), staff))
    await hired(staff, "Marta", role, with_code=role.needs_code)
    marta = Receptionist(http, url)
    given = {"name": "Marta", "password": PASSWORD} | ({"code": code(clock.now())} if role.needs_code else {})
    await marta.posts("/inbox/sign-in", given)
    await marta.is_in()
    before = dict(desk.views)
    path = route.path.replace("{id}", "c-anna").replace("{person}", "nobody")
    headers = {"Origin": url, "X-CSRF-Token": marta.csrf}
    async with http.request(route.method, url + path, json={}, headers=headers) as response:
        refused = response.status == 403 and await response.json() == {"error": "not_allowed"}

    assert route.least is not None
    assert refused is not role.may(route.least)
    assert not refused or desk.views == before


#: But for cards, a part that this inbox is made without.
OF_ONE = [route for route in CLOSED if "{id}" in route.path and not route.path.endswith("/card")]


@pytest.mark.parametrize("route", OF_ONE, ids=named)
async def test_a_conversation_of_another_practice_is_not_there(
    route: Route,
    serve: Serve,
    http: aiohttp.ClientSession,
    desk: FakeDesk,
    sign_in: SignIn,
    staff: MemoryStaffBook,
) -> None:
    marta = Receptionist(http, await serve(whole_inbox(desk, sign_in, staff)))
    await marta.signs_in(sign_in.issue())
    await hired(staff, "Paolo", Role.AGENT)
    path = route.path.replace("{id}", "c-elsewhere").replace("{file}", "photo")
    body = {
        "reply": {"text": "x", "client_message_id": KEY},
        "assign": {"to": "Paolo"},
        "close": {"outcome": "phoned"},
        "note": {"text": "x"},
        "template": {"name": "x", "client_message_id": KEY},
        "send": {"draft": "d-1"},
        "discard": {"draft": "d-1"},
        "snooze": {"until": "hour"},
        "tag": {"name": "x"},
        "untag": {"name": "x"},
        "hold": {"opening": REF, "key": KEY},
        "book": {"opening": REF, "name": "Anna Rossi", "client_message_id": KEY},
        "move": {"opening": REF, "visit": "v", "client_message_id": KEY},
        "cancel": {"visit": "v", "client_message_id": KEY},
    }.get(path.rsplit("/", 1)[-1], {})
    answered = await (marta.gets(path) if route.method == "GET" else marta.posts(path, body))

    assert answered == (404, {"error": "unknown"})


def test_roles_rise() -> None:
    ranks = list(Role)

    assert [[role.may(least) for least in ranks] for role in ranks] == [
        [place >= other for other in range(len(ranks))] for place in range(len(ranks))
    ]
