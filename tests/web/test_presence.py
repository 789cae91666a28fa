"""H5: who is where, and who is writing."""

from datetime import timedelta

import aiohttp

from bot.service.inbox.presence import Presence, Present
from bot.web.sign_in.session import SignIn
from tests.web.fakes import FakeClock, FakeDesk, MemoryStaffBook
from tests.web.serving import Receptionist, Serve, told, whole_inbox

PAGE = "0123456789abcdef"


async def test_whoever_says_nothing_more_is_gone(clock: FakeClock) -> None:
    present = Present(clock)
    await present.is_at("Paolo", PAGE, "c-anna", is_writing=True)
    await present.is_at("Marta", PAGE, "c-anna")
    there = present.others("Nadia")
    clock.pass_by(timedelta(seconds=11))
    await present.is_at("Marta", PAGE, "c-anna")
    clock.pass_by(timedelta(seconds=2))

    assert there == {"c-anna": (Presence(who="Paolo", is_writing=True), Presence(who="Marta"))}
    assert present.others("Nadia") == {"c-anna": (Presence(who="Marta"),)}
    assert present.others("Marta") == {}


async def test_two_pages_of_one_person_are_one_person(clock: FakeClock) -> None:
    present = Present(clock)
    await present.is_at("Paolo", PAGE, "c-anna")
    await present.is_at("Paolo", PAGE[::-1], "c-anna", is_writing=True)
    await present.is_at("Paolo", PAGE, None)

    assert present.others("Marta") == {"c-anna": (Presence(who="Paolo", is_writing=True),)}


async def test_a_colleague_is_seen_at_once_and_does_not_keep_a_session_alive(
    serve: Serve,
    http: aiohttp.ClientSession,
    desk: FakeDesk,
    sign_in: SignIn,
    staff: MemoryStaffBook,
    clock: FakeClock,
) -> None:
    url = await serve(whole_inbox(desk, sign_in, staff))
    marta = Receptionist(http, url)
    await marta.signs_in(sign_in.issue())
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as theirs:
        paolo = Receptionist(theirs, url)
        await paolo.signs_in(sign_in.issue(), who="Paolo")
        async with http.get(url + "/inbox/events") as stream:
            events = told(stream)
            first = [await anext(events) for _ in range(3)]
            here = {"page": PAGE, "conversation": "c-anna", "is_writing": True}
            await paolo.posts("/inbox/presence", here)
            seen = await anext(events)
        clock.pass_by(timedelta(minutes=31))
        late = await paolo.posts("/inbox/presence", here)

    assert first[0] == ("presence", {})
    assert seen == ("presence", {"c-anna": [{"who": "Paolo", "is_writing": True}]})
    assert late == (401, {"error": "signed_out"})
