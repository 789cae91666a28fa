"""The staff inbox over HTTP."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.domain.staff import Role
from bot.service.inbox.desk import Author, Owner
from bot.web.access import PAGES, ROUTES
from bot.web.sign_in.session import SignIn
from tests.web.fakes import FakeClock, FakeDesk, MemoryStaffBook, said
from tests.web.people import at_work, hired
from tests.web.serving import Receptionist, Serve, inbox_application, told, whole_inbox

ID = "0123456789abcdef"

CLOSED = [(route.method, route.path) for route in ROUTES if route.least is not None]
POSTS = [path for method, path in CLOSED if method == "POST"]


@pytest.mark.parametrize(("method", "path"), CLOSED)
async def test_nobody_sees_or_does_anything_without_a_session(
    method: str,
    path: str,
    serve: Serve,
    http: aiohttp.ClientSession,
    desk: FakeDesk,
    sign_in: SignIn,
    staff: MemoryStaffBook,
) -> None:
    url = await serve(whole_inbox(desk, sign_in, staff))
    before = dict(desk.views)
    target = url + re.sub(r"\{(id|conversation|person|file)\}", "c-anna", path)
    async with http.request(
        method, target, json={}, headers={"Origin": url}, allow_redirects=False
    ) as response:
        answer = response.status, response.headers.get("Location")

    doors = {
        "/inbox": (303, "/inbox/sign-in"),
        "/inbox/{conversation}": (303, "/inbox/sign-in?conversation=c-anna"),
        **dict.fromkeys((page for page in PAGES[2:]), (303, "/inbox/sign-in")),
    }
    assert answer == doors.get(path, (401, None))
    assert desk.views == before


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({"Origin": "https://elsewhere.example"}, "foreign_origin"),
        ({"Origin": "null"}, "foreign_origin"),
        ({"Sec-Fetch-Site": "same-site"}, "foreign_origin"),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://elsewhere.example"}, "foreign_origin"),
        ({"X-CSRF-Token": ""}, "csrf"),
        ({"X-CSRF-Token": "token-of-another-session"}, "csrf"),
        ({"X-CSRF-Token": "\u00e9"}, "csrf"),
    ],
    ids=["elsewhere", "null", "same-site", "mixed", "no token", "wrong token", "odd token"],
)
async def test_another_page_cannot_act_for_somebody_who_signed_in(
    marta: Receptionist, desk: FakeDesk, path: str, headers: dict[str, str], error: str
) -> None:
    before = dict(desk.views)
    refused = await marta.posts(re.sub(r"\{(id|person)\}", "c-anna", path), {"text": "x"}, **headers)

    assert refused == (403, {"error": error})
    assert desk.views == before
    assert (await marta.gets("/inbox/conversations"))[0] == 200


async def test_the_list_shows_who_waits(marta: Receptionist) -> None:
    status, page = await marta.gets("/inbox/conversations")

    assert status == 200
    assert page["rows"][0] == {
        "id": "c-anna",
        "label": "Anna Rossi",
        "channel": "whatsapp",
        "reason": "asked",
        "since": "2026-11-16T09:20:00+00:00",
        "owner": "queue",
        "urgent": False,
        "last_text": "Posso parlare con una persona?",
        "unread": 0,
        "owned_by": None,
        "due_at": None,
        "is_overdue": False,
        "tags": [],
        "snoozed_until": None,
        "has_draft": False,
        "answer_by": None,
        "answer_clock": None,
        "is_late": False,
        "meant_for": None,
    }
    assert page["counts"] == {"mine": 0, "waiting": 2, "urgent": 0, "unanswered": 0, "snoozed": 0}


async def test_a_patient_is_searched_for_without_their_name_in_an_address(marta: Receptionist) -> None:
    found = await marta.posts("/inbox/search", {"words": "rossi"})
    nothing = await marta.posts("/inbox/search", {"words": ""})

    assert [row["id"] for row in found[1]["rows"]] == ["c-anna"]
    assert nothing[0] == 400


async def test_taking_and_giving_back_changes_who_answers(marta: Receptionist, desk: FakeDesk) -> None:
    taken = await marta.posts("/inbox/conversations/c-anna/take")
    then = desk.views["c-anna"]
    given_back = await marta.posts("/inbox/conversations/c-anna/give-back")

    assert taken == given_back == (200, {})
    assert (then.owner, then.owned_by) == (Owner.STAFF, "Marta")
    assert desk.views["c-anna"].owner is Owner.BOT


async def test_an_answer_that_is_posted_twice_is_sent_once(marta: Receptionist, desk: FakeDesk) -> None:
    answer = {"text": " Buongiorno! ", "client_message_id": ID, "seen": "m-1"}
    first = await marta.posts("/inbox/conversations/c-anna/reply", answer)
    second = await marta.posts("/inbox/conversations/c-anna/reply", answer)

    assert (first[0], second[0]) == (200, 200)
    assert desk.replies == [("c-anna", "Buongiorno!", "Marta", ID)]


async def test_an_answer_beside_a_colleague_s_is_stopped_until_it_was_seen(
    marta: Receptionist, desk: FakeDesk
) -> None:
    """H5: Paolo answered and put the conversation back; Marta writes on what she saw before."""
    theirs = said("Arrivo subito", "s-1", author=Author.STAFF, by="Paolo")
    own = said("Un attimo", "s-2", author=Author.STAFF, by="Marta")
    view = desk.views["c-anna"]
    desk.opens(replace(view, messages=(*view.messages, theirs, own)))
    answer = {"text": "Mi dica", "client_message_id": ID}
    stopped = await marta.posts("/inbox/conversations/c-anna/reply", {**answer, "seen": "m-1"})
    went = await marta.posts("/inbox/conversations/c-anna/reply", {**answer, "seen": "s-1"})

    assert (stopped[0], stopped[1]["error"]) == (409, "newer")
    assert [(one["text"], one["by"]) for one in stopped[1]["messages"]] == [("Arrivo subito", "Paolo")]
    assert went[0] == 200


async def test_an_answer_to_words_that_were_not_seen_is_stopped_until_one_insists(
    marta: Receptionist, desk: FakeDesk
) -> None:
    desk.hears("c-anna", "Anzi, no: mi richiami")
    answer = {"text": "Venga alle 15", "client_message_id": ID}
    stopped = await marta.posts("/inbox/conversations/c-anna/reply", {**answer, "seen": "m-1"})
    insisted = await marta.posts("/inbox/conversations/c-anna/reply", {**answer, "seen": None})

    assert stopped[0] == 409
    assert [one["text"] for one in stopped[1]["messages"]] == ["Anzi, no: mi richiami"]
    assert insisted[0] == 200
    assert [text for _, text, _, _ in desk.replies] == ["Venga alle 15"]


@pytest.mark.parametrize("action", ["take", "reply", "give-back"])
async def test_who_comes_second_is_told_who_has_the_conversation(
    marta: Receptionist, desk: FakeDesk, action: str
) -> None:
    desk.opens(replace(desk.views["c-anna"], owner=Owner.STAFF, owned_by="Paolo"))
    answer = {"text": "Eccomi", "client_message_id": ID} if action == "reply" else {}

    assert await marta.posts(f"/inbox/conversations/c-anna/{action}", answer) == (
        409,
        {"error": "taken", "by": "Paolo"},
    )


async def test_nothing_is_sent_when_the_channel_lets_nobody_write(
    marta: Receptionist, desk: FakeDesk
) -> None:
    desk.opens(replace(desk.views["c-anna"], window_open=False))
    answer = {"text": "Eccomi", "client_message_id": ID}

    assert await marta.posts("/inbox/conversations/c-anna/reply", answer) == (
        409,
        {"error": "window_closed"},
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "", "client_message_id": ID},
        {"text": "   ", "client_message_id": ID},
        {"text": "x" * 4097, "client_message_id": ID},
        {"text": "x", "client_message_id": "short"},
        {"text": "x", "client_message_id": ID, "who": "Paolo"},
        {"text": 7, "client_message_id": ID},
        ["text"],
    ],
)
async def test_a_malformed_answer_is_refused(marta: Receptionist, desk: FakeDesk, body: object) -> None:
    assert await marta.posts("/inbox/conversations/c-anna/reply", body) == (400, {"error": "malformed"})
    assert desk.replies == []


async def test_a_conversation_that_is_not_there_is_said_so(marta: Receptionist) -> None:
    assert await marta.gets("/inbox/conversations/c-nobody") == (404, {"error": "unknown"})
    assert await marta.posts("/inbox/conversations/c-nobody/take") == (404, {"error": "unknown"})


async def test_the_page_hears_of_every_change_without_asking(marta: Receptionist, desk: FakeDesk) -> None:
    async with marta.http.get(marta.url + "/inbox/events?conversation=c-anna") as stream:
        events = told(stream)
        first = [await anext(events) for _ in range(5)]
        desk.hears("c-anna", "Ci siete?")
        then = [await anext(events), await anext(events)]

    assert [name for name, _ in first] == ["presence", "assistant", "handoffs", "conversation", "visits"]
    assert [name for name, _ in then] == ["handoffs", "conversation"]
    assert then[0][1]["rows"][0]["last_text"] == "Ci siete?"
    assert [message["text"] for message in then[1][1]["messages"]][-1] == "Ci siete?"


async def test_a_change_elsewhere_is_not_told_twice(marta: Receptionist, desk: FakeDesk) -> None:
    async with marta.http.get(marta.url + "/inbox/events?conversation=c-anna") as stream:
        events = told(stream)
        [await anext(events) for _ in range(5)]
        desk.hears("c-james", "Hello?")
        name, page = await anext(events)
        desk.hears("c-anna", "Eccomi")
        next_names = [(await anext(events))[0], (await anext(events))[0]]

    assert name == "handoffs"
    assert {row["id"]: row["last_text"] for row in page["rows"]}["c-james"] == "Hello?"
    assert next_names == ["handoffs", "conversation"]


async def test_an_open_stream_ends_with_its_session(
    marta: Receptionist, desk: FakeDesk, clock: FakeClock
) -> None:
    async with marta.http.get(marta.url + "/inbox/events") as stream:
        events = told(stream)
        [await anext(events) for _ in range(3)]
        clock.pass_by(timedelta(minutes=30))
        desk.hears("c-anna", "Segreto")
        rest = [event async for event in events]

    assert rest == [("signed-out", {})]


async def test_an_open_stream_does_not_hold_up_the_end_of_the_program(
    http: aiohttp.ClientSession, desk: FakeDesk, sign_in: SignIn
) -> None:
    runner = web.AppRunner(inbox_application(desk, sign_in), shutdown_timeout=60)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    marta = Receptionist(http, f"http://127.0.0.1:{runner.addresses[0][1]}")
    await marta.signs_in(sign_in.issue())
    async with http.get(marta.url + "/inbox/events") as stream:
        await anext(told(stream))
        async with asyncio.timeout(30):
            await runner.cleanup()


async def test_the_page_speaks_the_language_that_was_chosen(marta: Receptionist) -> None:
    chosen = await marta.posts("/inbox/language", {"language": "it"})
    unknown = await marta.posts("/inbox/language", {"language": "xx"})
    _, page = await marta.gets("/inbox")

    assert (chosen[0], unknown[0]) == (200, 400)
    assert '<html lang="it">' in page


async def test_a_name_with_markup_in_it_stays_a_name(
    serve: Serve, http: aiohttp.ClientSession, desk: FakeDesk, sign_in: SignIn
) -> None:
    hostile = '"><script>alert(1)</script>'
    marta = Receptionist(http, await serve(inbox_application(desk, sign_in)))
    await marta.signs_in(sign_in.issue(), who=hostile)
    _, page = await marta.gets("/inbox")

    assert hostile not in page
    assert "&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in page


async def test_a_conversation_is_given_only_to_who_is_at_the_desk(
    marta: Receptionist, desk: FakeDesk, staff: MemoryStaffBook
) -> None:
    for name in ("Paolo", "Sara"):
        await hired(staff, name, Role.AGENT)
    nobody = await marta.posts("/inbox/conversations/c-anna/assign")
    await at_work(staff, "Paolo")
    there = await marta.gets("/inbox/people")
    refused = await marta.posts("/inbox/conversations/c-anna/assign", {"to": "Sara"})
    given, _ = await marta.posts("/inbox/conversations/c-anna/assign")

    assert nobody == refused == (409, {"error": "nobody_there"})
    assert there == (200, ["Paolo"])
    assert (given, desk.views["c-anna"].owned_by) == (200, "Paolo")
