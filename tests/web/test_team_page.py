"""Who may sign in: invited, given rights, and signed out by an administrator."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest

from bot.domain.staff import Role
from bot.web.sign_in.session import SignIn
from tests.web.backstage import FakeTrail
from tests.web.fakes import FakeClock, FakeDesk, MemoryStaffBook
from tests.web.people import PASSWORD, code, hired
from tests.web.serving import Receptionist, Serve, told, whole_inbox


@pytest.fixture
def trail(clock: FakeClock) -> FakeTrail:
    return FakeTrail(clock=clock)


@pytest.fixture
async def url(
    serve: Serve, desk: FakeDesk, clock: FakeClock, staff: MemoryStaffBook, trail: FakeTrail
) -> str:
    return await serve(whole_inbox(desk, SignIn(clock, staff), staff, trail=trail))


@pytest.fixture
async def admin(
    http: aiohttp.ClientSession, url: str, staff: MemoryStaffBook, clock: FakeClock
) -> Receptionist:
    await hired(staff, "Ada", Role.ADMIN, with_code=True)
    ada = Receptionist(http, url)
    await ada.posts("/inbox/sign-in", {"name": "Ada", "password": PASSWORD, "code": code(clock.now())})
    await ada.is_in()
    return ada


@pytest.fixture
async def giulia(url: str, staff: MemoryStaffBook) -> AsyncIterator[Receptionist]:
    """An agent, in a browser of her own."""
    await hired(staff, "Giulia", Role.AGENT)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        giulia = Receptionist(http, url)
        await giulia.posts("/inbox/sign-in", {"name": "Giulia", "password": PASSWORD})
        await giulia.is_in()
        yield giulia


async def id_of(staff: MemoryStaffBook, name: str) -> str:
    return next(one.id for one in await staff.people() if one.name == name)


async def test_an_invitation_is_a_link_that_lets_its_person_in_once(
    admin: Receptionist, staff: MemoryStaffBook, trail: FakeTrail
) -> None:
    status, invited = await admin.posts("/inbox/team", {"name": "Paolo <b>", "role": "reader"})
    again = await admin.posts("/inbox/team", {"name": "PAOLO <B>", "role": "admin"})
    _, page = await admin.gets("/inbox/team")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        paolo = Receptionist(http, admin.url)
        chosen = {"password": PASSWORD}
        first = await paolo.posts(invited["link"], chosen)
        second = await paolo.posts(invited["link"], chosen)
        seen = await paolo.gets("/inbox/team")

    assert (status, again) == (200, (409, {"error": "sign_in_taken"}))
    assert (first[0], second) == (200, (410, {"error": "void"}))
    assert seen == (403, {"error": "not_allowed"})
    assert [(one.name, one.role) for one in await staff.people()] == [
        ("Ada", Role.ADMIN),
        ("Paolo <b>", Role.READER),
    ]
    assert "Paolo &lt;b&gt;" in page
    assert ("Ada", "invited", "Paolo <b>: reader") in trail.told


async def test_a_link_waits_three_days(admin: Receptionist, clock: FakeClock) -> None:
    _, invited = await admin.posts("/inbox/team", {"name": "Paolo"})
    clock.pass_by(timedelta(hours=72))
    status, _ = await admin.gets(invited["link"])

    assert status == 410


async def test_another_role_counts_at_once(
    admin: Receptionist, giulia: Receptionist, staff: MemoryStaffBook, trail: FakeTrail
) -> None:
    before = await giulia.posts("/inbox/conversations/c-anna/take")
    await admin.posts(f"/inbox/team/{await id_of(staff, 'Giulia')}/role", {"role": "reader"})
    after = await giulia.posts("/inbox/conversations/c-james/take")

    assert before[0] == 200
    assert after == (403, {"error": "not_allowed"})
    assert trail.told[-1] == ("Ada", "changed_person", "Giulia: agent to reader")


@pytest.mark.parametrize("how", ["disable", "reset", "end"])
async def test_who_is_signed_out_loses_the_open_page_too(
    admin: Receptionist, giulia: Receptionist, staff: MemoryStaffBook, desk: FakeDesk, how: str
) -> None:
    async with giulia.http.get(giulia.url + "/inbox/events") as response:
        events = told(response)
        await anext(events)
        if how == "end":
            key = next(one.key for one in await staff.sessions() if one.who == "Giulia")
            status, _ = await admin.posts("/inbox/team/sessions/end", {"key": key})
        else:
            status, _ = await admin.posts(f"/inbox/team/{await id_of(staff, 'Giulia')}/{how}")
        desk.hears("c-anna", "Ci siete?")
        async with asyncio.timeout(30):
            said = [name async for name, _ in events]

    assert (status, said[-1]) == (200, "signed-out")
    assert (await giulia.gets("/inbox/conversations"))[0] == 401
    listed = (await admin.gets("/inbox/team"))[1].split('id="sessions"')[1]
    assert ("Giulia" in listed, "Ada" in listed) == (False, True)


async def test_a_new_link_voids_password_and_code(
    admin: Receptionist, giulia: Receptionist, staff: MemoryStaffBook
) -> None:
    status, renewed = await admin.posts(f"/inbox/team/{await id_of(staff, 'Giulia')}/reset")
    old = await giulia.posts("/inbox/sign-in", {"name": "Giulia", "password": PASSWORD})

    assert status == 200
    assert old == (403, {"error": "wrong"})
    assert (await giulia.posts(renewed["link"], {"password": f"{PASSWORD} again"}))[0] == 200


async def test_who_was_disabled_can_be_let_in_again(
    admin: Receptionist, giulia: Receptionist, staff: MemoryStaffBook
) -> None:
    whom = await id_of(staff, "Giulia")
    await admin.posts(f"/inbox/team/{whom}/disable")
    shut = await giulia.posts("/inbox/sign-in", {"name": "Giulia", "password": PASSWORD})
    await admin.posts(f"/inbox/team/{whom}/enable")
    opened = await giulia.posts("/inbox/sign-in", {"name": "Giulia", "password": PASSWORD})

    assert shut == (403, {"error": "wrong"})
    assert opened[0] == 200


@pytest.mark.parametrize("does", ["role", "reset", "disable", "enable"])
async def test_nobody_changes_their_own_rights(
    admin: Receptionist, staff: MemoryStaffBook, does: str
) -> None:
    body = {"role": "reader"} if does == "role" else {}
    answered = await admin.posts(f"/inbox/team/{await id_of(staff, 'Ada')}/{does}", body)

    assert answered == (404, {"error": "nobody"})
    assert (await admin.gets("/inbox/team"))[0] == 200


async def test_languages_are_those_that_we_have(admin: Receptionist, staff: MemoryStaffBook) -> None:
    whom = await id_of(staff, "Ada")
    status, _ = await admin.posts(f"/inbox/team/{whom}/languages", {"languages": ["ru", "it", "xx", "it"]})

    assert status == 200
    assert [one.languages for one in await staff.people()] == [("it", "ru")]


async def test_who_says_to_be_away_is_shown_so(
    admin: Receptionist, giulia: Receptionist, staff: MemoryStaffBook
) -> None:
    here = (await admin.gets("/inbox/team"))[1].count("is-there")
    answered = await giulia.posts("/inbox/away", {"is_away": True})
    away = (await admin.gets("/inbox/team"))[1].count("is-there")

    assert answered == (200, {"is_away": True})
    assert (here, away) == (2, 1)


async def test_a_page_that_is_not_for_ones_role_says_so_in_words(
    admin: Receptionist, staff: MemoryStaffBook
) -> None:
    _, invited = await admin.posts("/inbox/team", {"name": "Paola", "role": "reader"})
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        paolo = Receptionist(http, admin.url)
        await paolo.posts(invited["link"], {"password": PASSWORD})
        async with http.get(f"{admin.url}/inbox/team", headers={"Accept": "text/html"}) as response:
            status, page = response.status, await response.text()

    assert status == 403
    assert "Un amministratore dello studio può cambiarlo." in page
    assert 'href="/inbox"' in page
    assert "Ada" not in page
