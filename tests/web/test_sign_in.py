"""The door of the inbox."""

from datetime import timedelta
from http.cookies import SimpleCookie

import aiohttp
import pytest

from bot.domain.staff import Role
from bot.web.sign_in.session import COOKIE, SECURE_COOKIE, SignIn
from tests.web.fakes import FakeClock, FakeDesk, MemoryStaffBook
from tests.web.people import PASSWORD, hired
from tests.web.serving import Receptionist, Serve, inbox_application


@pytest.fixture
async def url(serve: Serve, desk: FakeDesk, sign_in: SignIn) -> str:
    return await serve(inbox_application(desk, sign_in))


async def test_a_link_opens_the_inbox_once(url: str, http: aiohttp.ClientSession, sign_in: SignIn) -> None:
    link = sign_in.issue()
    receptionist = Receptionist(http, url)
    first = await receptionist.signs_in(link)
    again = await receptionist.posts(link, {"who": "Somebody else"})

    assert first == 200
    assert again == (410, {"error": "void"})
    assert (await receptionist.gets("/inbox"))[0] == 200


async def test_looking_at_a_link_does_not_use_it_up(
    url: str, http: aiohttp.ClientSession, sign_in: SignIn
) -> None:
    link = sign_in.issue()
    for _ in range(3):
        async with http.get(url + link) as page, http.head(url + link) as preview:
            assert (page.status, preview.status) == (200, 200)

    assert await Receptionist(http, url).signs_in(link) == 200


async def test_a_new_link_makes_the_earlier_one_void(
    url: str, http: aiohttp.ClientSession, sign_in: SignIn
) -> None:
    earlier, later = sign_in.issue(), sign_in.issue()

    assert await Receptionist(http, url).signs_in(earlier) == 410
    assert await Receptionist(http, url).signs_in(later) == 200


async def test_a_guessed_link_opens_nothing(url: str, http: aiohttp.ClientSession, sign_in: SignIn) -> None:
    sign_in.issue()

    assert await Receptionist(http, url).signs_in("/inbox/sign-in/guessed") == 410


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=["silent", "elsewhere", "null", "cross-site"],
)
async def test_another_site_cannot_use_the_link_up(
    url: str, http: aiohttp.ClientSession, sign_in: SignIn, headers: dict[str, str]
) -> None:
    link = sign_in.issue()
    async with http.post(url + link, json={"who": "Marta"}, headers=headers) as response:
        refused = response.status, await response.json()

    assert refused == (403, {"error": "foreign_origin"})
    assert await Receptionist(http, url).signs_in(link) == 200


async def test_the_cookie_is_for_the_inbox_and_for_nobody_elses_script(
    url: str, http: aiohttp.ClientSession, sign_in: SignIn
) -> None:
    async with http.post(url + sign_in.issue(), json={}, headers={"Origin": url}) as response:
        cookie = SimpleCookie(response.headers["Set-Cookie"])[COOKIE]

    assert cookie["path"] == "/inbox"
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Strict"
    assert cookie["secure"] == ""
    assert cookie["max-age"] == "43200"


async def test_the_cookie_is_secure_behind_a_proxy_that_speaks_https(
    serve: Serve, http: aiohttp.ClientSession, desk: FakeDesk, clock: FakeClock, staff: MemoryStaffBook
) -> None:
    sign_in = SignIn(clock, staff)
    await hired(staff, "Marta", Role.AGENT)
    url = await serve(inbox_application(desk, sign_in, staff=staff))
    headers = {"Origin": url, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.5"}
    given = {"name": "marta", "password": PASSWORD}
    async with http.post(url + "/inbox/sign-in", json=given, headers=headers) as response:
        cookie = SimpleCookie(response.headers["Set-Cookie"])[SECURE_COOKIE]

        assert SECURE_COOKIE.startswith("__Host-")
        assert (cookie["secure"], cookie["path"]) == (True, "/")
        assert "max-age" in response.headers["Strict-Transport-Security"]


async def test_nobody_from_elsewhere_gets_in_while_it_is_for_this_computer_only(
    url: str, http: aiohttp.ClientSession, sign_in: SignIn
) -> None:
    link = sign_in.issue()
    proxied = {"Origin": url, "X-Forwarded-For": "203.0.113.5"}
    async with http.post(url + link, json={}, headers=proxied) as entered:
        assert (entered.status, await entered.json()) == (403, {"error": "elsewhere"})
    async with http.get(url + link, headers=proxied) as page:
        assert page.status == 403
    async with http.post(url + "/inbox/sign-in/link", json={}, headers=proxied) as asked:
        assert asked.status == 403

    assert await sign_in.door(link.rsplit("/", 1)[-1]) is not None


@pytest.mark.parametrize(
    ("idle", "times", "is_alive"),
    [
        (timedelta(minutes=29), 1, True),
        (timedelta(minutes=30), 1, False),
        (timedelta(minutes=29), 24, True),
        (timedelta(minutes=29), 25, False),
    ],
    ids=["idle 29 min", "idle 30 min", "busy 11 h 36 min", "busy 12 h 5 min"],
)
async def test_a_session_ends_by_itself(
    marta: Receptionist, clock: FakeClock, idle: timedelta, times: int, is_alive: bool
) -> None:
    for _ in range(times):
        clock.pass_by(idle)
        status, _ = await marta.posts("/inbox/here")

    assert (status == 200) is is_alive
    assert ((await marta.gets("/inbox/conversations"))[0] == 200) is is_alive


async def test_live_updates_and_lists_do_not_keep_a_session_alive(
    marta: Receptionist, clock: FakeClock
) -> None:
    clock.pass_by(timedelta(minutes=29))
    looked = await marta.gets("/inbox/conversations")
    clock.pass_by(timedelta(minutes=1))

    assert looked[0] == 200
    assert (await marta.gets("/inbox/conversations"))[0] == 401


async def test_signing_out_ends_the_session(marta: Receptionist) -> None:
    stolen = {"Cookie": "; ".join(f"{cookie.key}={cookie.value}" for cookie in marta.http.cookie_jar)}
    seen = []
    async with aiohttp.ClientSession(headers=stolen) as thief:
        for leave in (False, True):
            left = await marta.posts("/inbox/sign-out") if leave else None
            async with thief.get(marta.url + "/inbox/conversations") as response:
                seen.append(response.status)

    assert left == (200, {"next": "/inbox/sign-in"})
    assert seen == [200, 401]


async def test_who_has_no_link_can_have_one_written_to_the_terminal(
    url: str, http: aiohttp.ClientSession, clock: FakeClock, announced: list[str]
) -> None:
    receptionist = Receptionist(http, url)
    for _ in range(3):
        assert await receptionist.posts("/inbox/sign-in/link") == (200, {})
    clock.pass_by(timedelta(seconds=10))
    await receptionist.posts("/inbox/sign-in/link")

    assert len(announced) == 2, "one in ten seconds"
    assert await receptionist.signs_in(announced[1]) == 200


async def test_the_name_for_colleagues_is_short_and_may_be_left_out(
    url: str, http: aiohttp.ClientSession, sign_in: SignIn, desk: FakeDesk
) -> None:
    receptionist = Receptionist(http, url)
    too_long = await receptionist.signs_in(sign_in.issue(), who="x" * 41)
    await receptionist.signs_in(sign_in.issue(), who="  ")
    await receptionist.posts("/inbox/conversations/c-anna/take")

    assert too_long == 400
    assert desk.views["c-anna"].owned_by == "Reception"
