"""Signing in by the practice's own service: who proves themselves gets in, whatever lies does not."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from bot.domain.practice import SignInService
from bot.domain.staff import Role
from bot.web.sign_in.openid import OpenId
from bot.web.sign_in.openid_door import OpenIdDoor
from bot.web.sign_in.session import SignIn
from tests.web.backstage import FakeTrail
from tests.web.fakes import FakeClock, FakeDesk, MemoryStaffBook, demo_practice
from tests.web.people import PASSWORD, hired
from tests.web.serving import Receptionist, Serve, inbox_application
from tests.web.sign_in_service import CLIENT, SECRET, SignInServiceStandIn

ROLES = {"agent": ("reception",), "manager": ("owners",), "admin": ("it",)}
DOOR = "/inbox/sign-in/service"


@dataclass
class House:
    service: SignInServiceStandIn
    marta: Receptionist
    trail: FakeTrail
    staff: MemoryStaffBook

    async def goes_out(self) -> dict[str, str]:
        """What the service sends back with the browser."""
        status, answer = await self.marta.posts(DOOR)
        assert status == 200, answer
        back = urlsplit(self.service.agree(answer["next"]))
        assert f"{back.scheme}://{back.netloc}{back.path}" == self.marta.url + DOOR
        return {name: values[0] for name, values in parse_qs(back.query).items()}

    async def comes_back(self, given: dict[str, str]) -> tuple[int, Any]:
        return await self.marta.posts(f"{DOOR}/back", given)

    async def signs_in(self) -> tuple[int, Any]:
        return await self.comes_back(await self.goes_out())


@pytest.fixture
async def house(
    serve: Serve, http: aiohttp.ClientSession, clock: FakeClock, desk: FakeDesk, staff: MemoryStaffBook
) -> AsyncIterator[House]:
    stand_in = SignInServiceStandIn(clock=clock, claims={"name": "Marta Bianchi", "groups": ["reception"]})
    stand_in.issuer = await serve(stand_in.application())
    service = SignInService(issuer=stand_in.issuer, client_id=CLIENT, client_secret=SECRET, roles=ROLES)
    trail = FakeTrail(clock=clock)
    sign_in = SignIn(clock, staff, trail=trail)
    async with aiohttp.ClientSession() as ours:
        openid = OpenId(service, ours, clock)
        door = OpenIdDoor(service, openid, sign_in=sign_in, staff=staff, trail=trail)
        url = await serve(inbox_application(desk, sign_in, demo_practice(), staff=staff, service=door))
        yield House(stand_in, Receptionist(http, url), trail, staff)


async def test_who_proves_themselves_gets_in_with_the_role_of_their_group(house: House) -> None:
    answered = await house.signs_in()
    await house.marta.is_in()

    assert answered == (200, {"next": "/inbox"})
    assert [(one.name, one.role) for one in await house.staff.people()] == [("Marta Bianchi", Role.AGENT)]
    assert house.trail.told == [("Marta Bianchi", "signed_in", "sign-in service, from 127.0.0.1")]


async def test_the_same_person_is_the_same_whatever_they_are_called_today(house: House) -> None:
    await house.signs_in()
    house.service.claims = {"name": "Marta Verdi", "groups": ["reception", "owners", "strangers"]}
    status, _ = await house.signs_in()

    assert status == 200
    assert [(one.name, one.role) for one in await house.staff.people()] == [("Marta Bianchi", Role.MANAGER)]


async def test_a_name_that_a_colleague_has_is_not_taken_over(house: House) -> None:
    await hired(house.staff, "Marta Bianchi", Role.ADMIN)
    await house.signs_in()

    assert [(one.name, one.role) for one in await house.staff.people()] == [
        ("Marta Bianchi", Role.ADMIN),
        ("Marta Bianchi 2", Role.AGENT),
    ]


LIES = {
    "nonce": "nonce",
    "expired": "expired",
    "not_yet": "not_yet",
    "audience": "audience",
    "azp": "audience",
    "issuer": "issuer",
    "none": "algorithm",
    "hmac": "algorithm",
    "signature": "signature",
    "unknown_key": "unknown_key",
    "no_sub": "malformed",
}


@pytest.mark.parametrize(("lie", "why"), LIES.items())
async def test_a_token_that_lies_lets_nobody_in(house: House, lie: str, why: str) -> None:
    house.service.lies = lie
    answered = await house.signs_in()

    assert answered == (403, {"error": "service"})
    assert house.trail.told == [("?", "sign_in_failed", f"sign-in service: {why}")]
    assert await house.staff.people() == ()
    assert (await house.marta.gets("/inbox/conversations"))[0] == 401


async def test_a_service_that_is_not_who_it_should_be_is_not_visited(house: House) -> None:
    house.service.lies = "described_as"

    assert await house.marta.posts(DOOR) == (403, {"error": "service"})


async def test_coming_back_works_once(house: House) -> None:
    back = await house.goes_out()
    first = await house.comes_back(back)
    again = await house.comes_back(back)

    assert first == (200, {"next": "/inbox"})
    assert again == (403, {"error": "service"})
    assert house.trail.told[-1] == ("?", "sign_in_failed", "sign-in service: state")


@pytest.mark.parametrize("wrong", ["state", "code"])
async def test_a_state_or_code_that_nobody_gave_lets_nobody_in(house: House, wrong: str) -> None:
    back = await house.goes_out()

    assert await house.comes_back({**back, wrong: "made-up"}) == (403, {"error": "service"})


async def test_one_persons_way_back_is_of_no_use_in_anothers_browser(house: House) -> None:
    """Login CSRF: somebody is lured to a link that signs them in as somebody else."""
    back = await house.goes_out()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        victim = Receptionist(http, house.marta.url)
        seen = await victim.gets(f"{DOOR}?code={back['code']}&state={back['state']}")
        answered = await victim.posts(f"{DOOR}/back", back)

    assert seen[0] == 200  # a page, and nothing happened by looking at it
    assert answered == (403, {"error": "service"})
    assert house.trail.told == [("?", "sign_in_failed", "sign-in service: browser")]


async def test_who_takes_longer_than_ten_minutes_begins_anew(house: House, clock: FakeClock) -> None:
    back = await house.goes_out()
    clock.pass_by(timedelta(minutes=10))

    assert await house.comes_back(back) == (403, {"error": "service"})
    assert (await house.signs_in())[0] == 200


@pytest.mark.parametrize("claims", [{}, {"groups": ["strangers"]}, {"groups": 7}, {"groups": {"it": 1}}])
async def test_without_a_group_of_ours_nobody_gets_in(house: House, claims: dict[str, Any]) -> None:
    house.service.claims = {"name": "Marta", **claims}

    assert await house.signs_in() == (403, {"error": "no_role"})
    assert await house.staff.people() == ()


async def test_who_was_disabled_here_stays_out(house: House, clock: FakeClock) -> None:
    await house.signs_in()
    (marta,) = await house.staff.people()
    await house.staff.disable(marta.id, at=clock.now())

    assert await house.signs_in() == (403, {"error": "no_role"})
    assert house.trail.told[-1] == ("Marta Bianchi", "sign_in_failed", "sign-in service: disabled")


async def test_a_new_key_of_the_service_is_fetched_but_not_for_every_stranger(
    house: House, clock: FakeClock
) -> None:
    await house.signs_in()
    clock.pass_by(timedelta(minutes=2))
    house.service.shown = "key-2"
    turned = await house.signs_in()
    house.service.lies = "unknown_key"
    for _ in range(3):
        await house.signs_in()

    assert turned[0] == 200
    assert house.service.fetched == ["description", "keys", "keys"]


async def test_passwords_work_beside_the_service(house: House) -> None:
    await hired(house.staff, "Paolo", Role.AGENT)
    status, _ = await house.marta.posts("/inbox/sign-in", {"name": "Paolo", "password": PASSWORD})
    _, page = await house.marta.gets("/inbox/sign-in")

    assert status == 200
    assert 'id="service"' in page


def test_the_secret_is_not_shown_with_the_rest() -> None:
    service = SignInService(issuer="https://id.example", client_id=CLIENT, client_secret=SECRET, roles=ROLES)

    assert SECRET not in repr(replace(service))
