"""Signing in by name, password and code, from the first person on."""

import asyncio
import re
from datetime import timedelta

import aiohttp
import pytest

from bot.domain.staff import Role
from bot.service.inbox.passwords import code_secret_of, why_weak
from bot.web.sign_in.session import FREE_TRIES, SignIn, hash_of
from tests.web.fakes import NOW, FakeClock, FakeDesk, MemoryStaffBook
from tests.web.people import PASSWORD, code, hired
from tests.web.serving import Receptionist, Serve, inbox_application

DOOR = "/inbox/sign-in"


@pytest.fixture
def sign_in(clock: FakeClock, announced: list[str], staff: MemoryStaffBook) -> SignIn:
    """As in `serve`: people have passwords."""
    return SignIn(clock, staff, practice="Studio Rossi", announce=announced.append)


@pytest.fixture
async def url(serve: Serve, desk: FakeDesk, sign_in: SignIn, staff: MemoryStaffBook) -> str:
    return await serve(inbox_application(desk, sign_in, staff=staff))


@pytest.fixture
def browser(http: aiohttp.ClientSession, url: str) -> Receptionist:
    return Receptionist(http, url)


async def test_the_first_person_chooses_a_password_and_a_code_and_is_the_administrator(
    browser: Receptionist, sign_in: SignIn, staff: MemoryStaffBook
) -> None:
    link = sign_in.issue()
    asked = await browser.posts(link, {"who": "Marta", "password": PASSWORD})
    setup = await browser.posts(link, {"who": "Marta", "wants_code": True})
    entry = {"who": "Marta", "password": PASSWORD, "code": code(NOW, setup[1]["secret"])}
    entered = await browser.posts(link, entry)
    again = await browser.posts(link, {**entry, "who": "Eve"})
    await browser.is_in()

    assert asked == (403, {"error": "code_needed"})
    assert setup[1]["uri"].startswith("otpauth://totp/Studio%20Rossi:Marta?secret=")
    assert re.fullmatch(r"\d+ (M\d+ \d+h\d+v1h-\d+z)+", setup[1]["qr"])
    assert entered == (200, {"next": "/inbox"})
    assert again == (410, {"error": "void"})
    assert [(one.name, one.role, one.has_code) for one in await staff.people()] == [
        ("Marta", Role.ADMIN, True)
    ]


async def test_two_at_once_with_the_first_link_are_not_both_administrators(
    browser: Receptionist, sign_in: SignIn, staff: MemoryStaffBook
) -> None:
    link = sign_in.issue()
    secret = code_secret_of(link.rsplit("/", 1)[-1])
    entries = [{"who": who, "password": PASSWORD, "code": code(NOW, secret)} for who in ("Marta", "Eve")]
    statuses = [status for status, _ in await asyncio.gather(*(browser.posts(link, one) for one in entries))]

    assert sorted(statuses) == [200, 410]
    assert len(await staff.people()) == 1


async def test_the_first_link_is_void_as_soon_as_there_is_somebody(
    browser: Receptionist, sign_in: SignIn, staff: MemoryStaffBook, announced: list[str]
) -> None:
    link = sign_in.issue()
    await hired(staff, "Marta", Role.ADMIN, with_code=True)
    await browser.posts("/inbox/sign-in/link")

    assert await sign_in.door(link.rsplit("/", 1)[-1]) is None
    assert announced == []


async def test_an_invitation_belongs_to_its_person(
    browser: Receptionist, sign_in: SignIn, staff: MemoryStaffBook
) -> None:
    paolo = await hired(staff, "Paolo", Role.AGENT)
    await staff.prove_by(paolo.id, password=None, code_secret=None)
    await staff.add_link(hash_of("token"), person=paolo.id, until=NOW + timedelta(hours=1))
    weak = await browser.posts(f"{DOOR}/token", {"who": "Eve", "password": "paolo paolo paolo"})
    entered = await browser.posts(f"{DOOR}/token", {"who": "Eve", "password": PASSWORD})
    await browser.is_in()
    _, page = await browser.gets("/inbox")

    assert weak[1]["error"].startswith("weak_")
    assert entered[0] == 200
    assert '<meta name="who" content="Paolo">' in page
    assert await browser.posts(f"{DOOR}/token", {"password": PASSWORD}) == (410, {"error": "void"})


async def test_name_and_password_open_the_door(browser: Receptionist, staff: MemoryStaffBook) -> None:
    await hired(staff, "Paolo", Role.AGENT)

    assert await browser.posts(DOOR, {"name": " paolo ", "password": PASSWORD}) == (200, {"next": "/inbox"})
    await browser.is_in()
    assert (await browser.gets("/inbox/conversations"))[0] == 200


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    browser: Receptionist, staff: MemoryStaffBook
) -> None:
    await hired(staff, "Paolo", Role.AGENT)
    disabled = await hired(staff, "Nadia", Role.AGENT)
    await staff.disable(disabled.id, at=NOW)
    answers = [
        await browser.posts(DOOR, {"name": name, "password": password})
        for name, password in (
            ("Paolo", "not this one, no"),
            ("Nobody", PASSWORD),
            ("Nadia", PASSWORD),
        )
    ]

    assert answers == [(403, {"error": "wrong"})] * 3


async def test_a_code_is_asked_for_after_the_password_and_is_good_once(
    browser: Receptionist, staff: MemoryStaffBook, clock: FakeClock
) -> None:
    await hired(staff, "Marta", Role.ADMIN, with_code=True)
    given = {"name": "Marta", "password": PASSWORD}
    answers = [
        await browser.posts(DOOR, given),
        await browser.posts(DOOR, {**given, "code": "000000"}),
        await browser.posts(DOOR, {**given, "password": "not this one, no", "code": code(NOW)}),
        await browser.posts(DOOR, {**given, "code": code(NOW)}),
        await browser.posts(DOOR, {**given, "code": code(NOW)}),
    ]
    clock.pass_by(timedelta(seconds=30))
    answers.append(await browser.posts(DOOR, {**given, "code": code(clock.now())}))

    assert [answer[1].get("error", "in") for answer in answers] == [
        "code_needed",
        "wrong_code",
        "wrong",
        "in",
        "wrong_code",
        "in",
    ]


@pytest.mark.parametrize("seconds", [-90, 90])
async def test_a_code_from_another_minute_is_wrong(
    browser: Receptionist, staff: MemoryStaffBook, seconds: int
) -> None:
    await hired(staff, "Marta", Role.ADMIN, with_code=True)
    given = {"name": "Marta", "password": PASSWORD, "code": code(NOW + timedelta(seconds=seconds))}

    assert await browser.posts(DOOR, given) == (403, {"error": "wrong_code"})


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMIN])
async def test_who_sees_more_than_conversations_needs_a_code(
    browser: Receptionist, staff: MemoryStaffBook, role: Role
) -> None:
    await hired(staff, "Marta", role)

    assert await browser.posts(DOOR, {"name": "Marta", "password": PASSWORD}) == (
        403,
        {"error": "code_missing"},
    )


async def test_guessing_is_slowed_down_and_never_locks_out_for_good(
    browser: Receptionist, staff: MemoryStaffBook, clock: FakeClock
) -> None:
    await hired(staff, "Paolo", Role.AGENT)
    wrong = {"name": "Paolo", "password": "not this one, no"}
    right = {"name": "Paolo", "password": PASSWORD}
    free = [(await browser.posts(DOOR, wrong))[0] for _ in range(FREE_TRIES["pair"])]
    locked = await browser.posts(DOOR, right)
    clock.pass_by(timedelta(seconds=16))
    later = await browser.posts(DOOR, wrong)
    locked_longer = await browser.posts(DOOR, right)
    clock.pass_by(timedelta(minutes=15))

    assert free == [403] * FREE_TRIES["pair"]
    assert locked == (429, {"error": "wait", "seconds": 16})
    assert later == (403, {"error": "wrong"})
    assert locked_longer == (429, {"error": "wait", "seconds": 31})
    assert (await browser.posts(DOOR, right))[0] == 200


async def test_guesses_side_by_side_count_each(browser: Receptionist, staff: MemoryStaffBook) -> None:
    await hired(staff, "Paolo", Role.AGENT)
    guesses = [{"name": "Paolo", "password": f"guess number {n}"} for n in range(FREE_TRIES["pair"])]
    await asyncio.gather(*(browser.posts(DOOR, guess) for guess in guesses))

    assert (await browser.posts(DOOR, {"name": "Paolo", "password": PASSWORD}))[0] == 429


async def test_guesses_from_elsewhere_do_not_lock_out_who_is_here(
    browser: Receptionist, staff: MemoryStaffBook
) -> None:
    await hired(staff, "Paolo", Role.AGENT)
    elsewhere = {"X-Forwarded-For": "10.1.1.1, 203.0.113.5", "X-Forwarded-Proto": "https"}
    for _ in range(FREE_TRIES["pair"] + 1):
        status, _ = await browser.posts(DOOR, {"name": "Paolo", "password": "not this one, no"}, **elsewhere)

    assert status == 429
    assert (await browser.posts(DOOR, {"name": "Paolo", "password": PASSWORD}))[0] == 200


async def test_an_address_that_claims_to_be_many_is_one(
    browser: Receptionist, staff: MemoryStaffBook
) -> None:
    """What stands further left in X-Forwarded-For is what the browser says of itself."""
    await hired(staff, "Paolo", Role.AGENT)
    for n in range(FREE_TRIES["pair"] + 1):
        claimed = {"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.5", "X-Forwarded-Proto": "https"}
        status, _ = await browser.posts(DOOR, {"name": "Paolo", "password": "no, not this"}, **claimed)

    assert status == 429


async def test_over_plain_http_from_elsewhere_no_password_is_taken(
    browser: Receptionist, staff: MemoryStaffBook
) -> None:
    await hired(staff, "Paolo", Role.AGENT)
    given = {"name": "Paolo", "password": PASSWORD}

    assert await browser.posts(DOOR, given, **{"X-Forwarded-For": "203.0.113.5"}) == (
        403,
        {"error": "elsewhere"},
    )


async def test_disabling_somebody_ends_what_they_have_open(
    browser: Receptionist, staff: MemoryStaffBook
) -> None:
    paolo = await hired(staff, "Paolo", Role.AGENT)
    await browser.posts(DOOR, {"name": "Paolo", "password": PASSWORD})
    await browser.is_in()
    before = (await browser.gets("/inbox/conversations"))[0]
    await staff.disable(paolo.id, at=NOW)

    assert (before, (await browser.gets("/inbox/conversations"))[0]) == (200, 401)


async def test_signing_in_again_makes_a_new_session_and_ends_the_old_one(
    browser: Receptionist, staff: MemoryStaffBook
) -> None:
    await hired(staff, "Paolo", Role.AGENT)
    cookies = []
    for _ in range(2):
        await browser.posts(DOOR, {"name": "Paolo", "password": PASSWORD})
        cookies.append({cookie.key: cookie.value for cookie in browser.http.cookie_jar})
    async with (
        aiohttp.ClientSession(cookies=cookies[0]) as old,
        old.get(browser.url + "/inbox/conversations") as response,
    ):
        status = response.status

    assert cookies[0] != cookies[1]
    assert status == 401
    assert (await browser.gets("/inbox/conversations"))[0] == 200


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("eleven char", "short"),
        ("x" * 129, "long"),
        ("passwordpassword", "common"),
        ("Password1234", "common"),
        ("abababababababab", "common"),
        ("abcdefghijklmnop", "common"),
        ("987654321098765", None),
        ("йцукенгшщзхъ", "common"),
        ("Marta Bianchi Studio", "known"),
        ("studiorossi12", "known"),
        (PASSWORD, None),
        ("зелёный зонтик у двери", None),
    ],
)
def test_what_everybody_would_try_first_is_no_password(password: str, why: str | None) -> None:
    assert why_weak(password, known=("Marta Bianchi", "Studio Rossi", "chairside")) == why
