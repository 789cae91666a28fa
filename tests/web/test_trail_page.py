"""Who did what, as those read it who answer for it."""

import csv
import io
from datetime import timedelta

import aiohttp
import pytest

from bot.domain.deeds import Deed, Tampering
from bot.domain.staff import Role
from bot.web.sign_in.session import FREE_TRIES, SignIn
from tests.web.backstage import FakeTrail
from tests.web.fakes import FakeClock, FakeDesk, MemoryStaffBook
from tests.web.people import PASSWORD, code, hired
from tests.web.serving import Receptionist, Serve, whole_inbox


@pytest.fixture
def trail(clock: FakeClock) -> FakeTrail:
    return FakeTrail(clock=clock)


@pytest.fixture
def sign_in(clock: FakeClock, staff: MemoryStaffBook, trail: FakeTrail) -> SignIn:
    return SignIn(clock, staff, announce=lambda path: None, opens_at_once=True, trail=trail)


@pytest.fixture
async def door(
    serve: Serve,
    http: aiohttp.ClientSession,
    desk: FakeDesk,
    sign_in: SignIn,
    staff: MemoryStaffBook,
    trail: FakeTrail,
) -> Receptionist:
    return Receptionist(http, await serve(whole_inbox(desk, sign_in, staff, trail=trail)))


@pytest.fixture
async def marta(door: Receptionist, sign_in: SignIn) -> Receptionist:
    assert await door.signs_in(sign_in.issue()) == 200
    return door


def numbers(page: str) -> list[int]:
    return [int(row.split("</td>")[0]) for row in page.split("<tr")[2:] for row in [row.split("<td>")[1]]]


async def test_every_way_in_and_every_failure_is_in_the_trail(
    door: Receptionist, staff: MemoryStaffBook, trail: FakeTrail, clock: FakeClock
) -> None:
    await hired(staff, "Giulia", Role.MANAGER, with_code=True)
    given = {"name": "giulia", "password": PASSWORD}
    await door.posts("/inbox/sign-in", {"name": "my password by mistake", "password": "x"})
    await door.posts("/inbox/sign-in", given | {"password": "wrong"})
    await door.posts("/inbox/sign-in", given)
    await door.posts("/inbox/sign-in", given | {"code": "000000"})
    await door.posts("/inbox/sign-in", given | {"code": code(clock.now())})
    await door.is_in()
    await door.posts("/inbox/sign-out")

    assert trail.told == [
        ("?", "sign_in_failed", "wrong, from 127.0.0.1"),
        ("Giulia", "sign_in_failed", "wrong, from 127.0.0.1"),
        ("Giulia", "sign_in_failed", "wrong_code, from 127.0.0.1"),
        ("Giulia", "signed_in", "password and code, from 127.0.0.1"),
        ("Giulia", "signed_out", ""),
    ]


async def test_a_pause_after_too_many_failures_is_in_the_trail_once(
    door: Receptionist, staff: MemoryStaffBook, trail: FakeTrail
) -> None:
    await hired(staff, "Giulia", Role.AGENT)
    for _ in range(FREE_TRIES["pair"] + 3):
        await door.posts("/inbox/sign-in", {"name": "Giulia", "password": "wrong"})

    assert [deed for _, deed, _ in trail.told] == ["sign_in_failed"] * FREE_TRIES["pair"] + ["locked_out"]
    assert trail.told[-1] == ("Giulia", "locked_out", "for 15 s, from 127.0.0.1")


async def test_the_trail_is_filtered_by_person_deed_conversation_and_day(
    marta: Receptionist, trail: FakeTrail, clock: FakeClock
) -> None:
    trail.clock = FakeClock(clock.now() - timedelta(days=1))
    await trail.note_now(Deed.SENT, by="Giulia", conversation="c-anna", detail="m-1")
    await trail.note_now(Deed.VIEWED, by="Paolo <i>", conversation="c-anna")
    trail.clock = clock
    await trail.note_now(Deed.SENT, by="Giulia", conversation="c-james")
    first = f"{clock.now() - timedelta(days=1):%Y-%m-%d}"
    last = f"{clock.now():%Y-%m-%d}"
    shown = {
        query: numbers((await marta.gets(f"/inbox/trail?{query}"))[1])
        for query in (
            *("", "by=Giulia", "deed=sent", "conversation=c-anna", f"from={last}", f"to={first}"),
            *("by=Giulia&conversation=c-anna", "before=3", "deed=%3Cscript%3E", "from=tomorrow&before=x"),
        )
    }
    _, page = await marta.gets("/inbox/trail")

    assert shown == {
        "": [4, 3, 2, 1],
        "by=Giulia": [4, 2],
        "deed=sent": [4, 2],
        "conversation=c-anna": [3, 2],
        f"from={last}": [4, 1],
        f"to={first}": [3, 2],
        "by=Giulia&conversation=c-anna": [2],
        "before=3": [2, 1],
        "deed=%3Cscript%3E": [4, 3, 2, 1],
        "from=tomorrow&before=x": [4, 3, 2, 1],
    }
    assert "Paolo &lt;i&gt;" in page
    assert '<a href="/inbox?conversation=c-anna">c-anna</a>' in page


async def test_a_long_trail_is_read_page_by_page(marta: Receptionist, trail: FakeTrail) -> None:
    for _ in range(149):
        await trail.note_now(Deed.VIEWED, by="Giulia", conversation="c-anna")
    _, page = await marta.gets("/inbox/trail?by=Giulia")
    older = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    _, rest = await marta.gets(older)

    assert numbers(page) == list(range(150, 50, -1))
    assert older == "/inbox/trail?by=Giulia&before=51"
    assert numbers(rest) == list(range(50, 1, -1))
    assert 'rel="next"' not in rest


async def test_a_copy_of_the_trail_is_in_the_trail(marta: Receptionist, trail: FakeTrail) -> None:
    await trail.note_now(Deed.CLOSED, by="=cmd()", conversation="c-anna", detail="phoned")
    async with marta.http.get(f"{marta.url}/inbox/trail.csv") as response:
        text = (await response.read()).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))

    assert [row[0] for row in rows] == ["number", "2", "1"]
    assert rows[1][2:] == ["'=cmd()", "closed", "c-anna", "phoned"]
    assert trail.told[-1] == ("Marta", "exported", "trail, 2 rows")


async def test_the_page_says_whether_the_trail_is_as_it_was_written(
    marta: Receptionist, trail: FakeTrail
) -> None:
    whole = await marta.gets("/inbox/trail/check")
    trail.touched = (Tampering(number=1, what="changed"),)

    assert whole == (200, {"rows": 1, "touched": []})
    assert await marta.gets("/inbox/trail/check") == (
        200,
        {"rows": 1, "touched": [{"number": 1, "what": "changed"}]},
    )
