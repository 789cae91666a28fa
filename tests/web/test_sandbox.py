"""The sandbox over HTTP, with the real stand-in behind it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.service.inbox.desk import TurnTrace
from bot.web.sandbox.page import add_sandbox
from tests.web.fakes import NOW, FakeObserver, demo_practice
from tests.web.serving import Serve, told
from tests.web.stage import Stage, demo_assistant, set_up

ANNA, JAMES = "393331234567", "447700900123"
ANNA_ON_MESSENGER = "7204918365027741"


@pytest.fixture
async def stage(serve: Serve, http: aiohttp.ClientSession) -> Stage:
    return await set_up(serve, http)


async def does(stage: Stage, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    ours = {"Origin": stage.url, **headers}
    async with stage.http.post(
        f"{stage.url}/sandbox/patients/{path}", json=body or {}, headers=ours
    ) as response:
        return response.status, await response.json()


async def until(events: AsyncIterator[tuple[str, Any]], name: str, holds: Any) -> Any:
    """The next event of that name that `holds`."""
    async for event, value in events:
        if event == name and holds(value):
            return value
    raise AssertionError("the stream ended")


def of(patient: str, count: int) -> Any:
    return lambda phone: phone["contact"] == patient and len(phone["bubbles"]) >= count


async def test_the_front_door_leads_to_the_sandbox(stage: Stage) -> None:
    async with stage.http.get(stage.url + "/") as page:
        assert (str(page.url), page.status) == (stage.url + "/sandbox", 200)


async def test_what_a_patient_types_travels_through_the_stand_in_to_the_phone(stage: Stage) -> None:
    async with stage.http.get(stage.url + "/sandbox/events") as stream:
        events = told(stream)
        said = await does(stage, f"{ANNA}/says", {"text": "Buonasera"})
        phone = await until(events, "phone", of(ANNA, 1))

    assert said == (200, {})
    assert [(bubble["by_patient"], bubble["text"]) for bubble in phone["bubbles"]] == [(True, "Buonasera")]


async def test_a_tap_on_the_phone_is_a_tap_for_the_stand_in(stage: Stage) -> None:
    message = await stage.offers(ANNA, "Quando?", a="Alle 15", b="Alle 16")
    tapped = await does(stage, f"{ANNA}/taps", {"message_id": message, "choice_id": "b"})
    not_offered = await does(stage, f"{ANNA}/taps", {"message_id": message, "choice_id": "c"})
    async with stage.http.get(stage.url + "/sandbox/events") as stream:
        phone = await until(told(stream), "phone", of(ANNA, 2))

    assert (tapped, not_offered) == ((200, {}), (409, {"error": "refused"}))
    assert phone["bubbles"][0]["tapped"] == "b"


async def test_the_same_patient_writes_and_taps_on_messenger(stage: Stage) -> None:
    said = await does(stage, f"{ANNA_ON_MESSENGER}/says", {"text": "Buonasera"})
    replies = [{"content_type": "text", "title": f"Alle {n}", "payload": f"at-{n}"} for n in (15, 16)]
    message = await stage.page_sends(ANNA_ON_MESSENGER, text="Quando?", quick_replies=replies)
    tap = {"message_id": message, "choice_id": "at-16"}
    first = await does(stage, f"{ANNA_ON_MESSENGER}/taps", tap)
    late = await does(stage, f"{ANNA_ON_MESSENGER}/taps", tap)
    sent = await does(stage, f"{ANNA_ON_MESSENGER}/sends", {"kind": "image"})
    async with stage.http.get(stage.url + "/sandbox/events") as stream:
        events = told(stream)
        phone = await until(events, "phone", of(ANNA_ON_MESSENGER, 4))
    await stage.stand_in.settled()
    objects = [webhook["object"] for webhook in stage.webhooks]

    assert (said, first, late, sent) == ((200, {}), (200, {}), (409, {"error": "refused"}), (200, {}))
    assert [bubble["text"] for bubble in phone["bubbles"]] == ["Buonasera", "Quando?", "Alle 16", ""]
    assert phone["bubbles"][1]["tapped"] == "at-16"
    assert set(objects) == {"page"}


async def test_photos_and_voice_can_be_sent_and_nothing_else(stage: Stage) -> None:
    answers = [await does(stage, f"{ANNA}/sends", {"kind": kind}) for kind in ("image", "audio", "raw")]

    assert [status for status, _ in answers] == [200, 200, 400]


async def test_the_practice_hears_that_its_message_was_read(stage: Stage) -> None:
    await stage.says(ANNA, "Buonasera!")
    async with stage.http.get(stage.url + "/sandbox/events") as stream:
        events = told(stream)
        await does(stage, f"{ANNA}/reads")
        phone = await until(
            events, "phone", lambda it: it["bubbles"] and it["bubbles"][-1]["state"] == "read"
        )

    assert phone["contact"] == ANNA


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=["elsewhere", "null", "cross-site"],
)
async def test_another_site_cannot_play_the_patient(stage: Stage, headers: dict[str, str]) -> None:
    answers = [
        await does(stage, f"{ANNA}/{verb}", body, **headers)
        for verb, body in (("says", {"text": "x"}), ("taps", {}), ("sends", {"kind": "image"}), ("reads", {}))
    ]

    assert answers == [(403, {"error": "foreign_origin"})] * 4
    assert stage.webhooks == []


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": 5}, {"text": "x" * 4097}, {"text": "x", "name": "y"}]
)
async def test_malformed_words_are_refused(stage: Stage, body: dict[str, Any]) -> None:
    assert await does(stage, f"{ANNA}/says", body) == (400, {"error": "malformed"})


async def test_only_the_patients_of_the_sandbox_can_be_played(stage: Stage) -> None:
    assert await does(stage, "15550001111/says", {"text": "x"}) == (404, {"error": "unknown"})


async def test_the_diary_and_the_turns_appear_without_a_reload(stage: Stage) -> None:
    row = {
        "status": "held",
        "start": "2026-11-19T14:00:00+00:00",
        "end": "2026-11-19T14:40:00+00:00",
        "start_local": "2026-11-19T15:00",
        "practitioner": "rossi",
        "visit_type": "first_visit",
        "patient": None,
    }
    trace = TurnTrace(
        at=NOW,
        text="giovedì pomeriggio",
        language="it",
        intent="inform",
        confidence=0.9,
        entities=(("time", "2026-11-19"),),
    )
    async with stage.http.get(stage.url + "/sandbox/events") as stream:
        events = told(stream)
        empty = await until(events, "diary", lambda _: True)
        stage.observer.books(row)
        rows = await until(events, "diary", lambda _: True)
        stage.observer.understands(ANNA, trace)
        turns = await until(events, "turns", lambda it: it["turns"])

    assert (empty, rows) == ([], [row])
    assert turns == {
        "contact": ANNA,
        "turns": [
            {
                "at": NOW.isoformat(),
                "text": "giovedì pomeriggio",
                "language": "it",
                "intent": "inform",
                "confidence": 0.9,
                "entities": [["time", "2026-11-19"]],
                "red_flag": None,
                "commands": [],
                "flow": None,
                "step": None,
                "actions": [],
                "reply": "",
                "stack": [],
                "steps": [],
            }
        ],
    }


async def test_a_stand_in_that_is_away_is_said_so_and_found_again(
    serve: Serve, http: aiohttp.ClientSession, unused_tcp_port: int
) -> None:
    app = web.Application()
    observer = FakeObserver()
    nowhere = f"http://127.0.0.1:{unused_tcp_port}"
    add_sandbox(
        app,
        observer=observer,
        practice=demo_practice(),
        assistant=demo_assistant(),
        stand_in_url=nowhere,
        http=http,
    )
    url = await serve(app)
    async with http.post(
        f"{url}/sandbox/patients/{ANNA}/says", json={"text": "x"}, headers={"Origin": url}
    ) as response:
        away = response.status, await response.json()
    late = web.Application()
    event = {
        "seq": 1,
        "at": NOW.isoformat(),
        "event": "message_accepted",
        "to": ANNA,
        "message_id": "out-1",
        "payload": {"type": "text", "text": {"body": "Eccomi"}},
    }

    async def tell(request: web.Request) -> web.Response:
        return web.json_response({"events": [event] if request.query["since"] == "0" else []})

    late.router.add_get("/stand-in/events", tell)
    runner = web.AppRunner(late, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    async with http.get(url + "/sandbox/events") as stream:
        phone = await until(told(stream), "phone", of(ANNA, 1))
    await runner.cleanup()

    assert away == (502, {"error": "stand_in_silent"})
    assert phone["bubbles"][0]["text"] == "Eccomi"


async def test_a_practice_that_speaks_no_russian_has_no_patient_who_does(stage: Stage, serve: Serve) -> None:
    app = web.Application()
    practice = replace(demo_practice(), languages=("it", "en"))
    add_sandbox(
        app,
        observer=stage.observer,
        practice=practice,
        assistant=demo_assistant(),
        stand_in_url=stage.graph_url,
        http=stage.http,
    )
    async with stage.http.get(await serve(app) + "/sandbox") as page:
        text = await page.text()

    assert ("Anna Rossi" in text, "James Smith" in text, "79161234567" in text) == (True, True, False)


async def test_each_flow_can_be_had_as_a_drawing(stage: Stage, http: aiohttp.ClientSession) -> None:
    drawn = await http.get(f"{stage.url}/sandbox/flows/new_patient_consult?language=it")
    unknown = await http.get(f"{stage.url}/sandbox/flows/nothing?language=it")

    assert (drawn.status, drawn.content_type, unknown.status) == (200, "image/svg+xml", 404)
    assert 'data-step="day"' in await drawn.text()
