"""Actions on another server: what it is told about a patient, and what becomes of whatever it answers."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from rasa_sdk import version

from bot.actions.executor import InProcessActions
from bot.actions.remote import MAX_BODY, NearestActions, RemoteActions
from bot.dialogue import Assistant, load_assistant
from bot.domain.practice import ActionServer
from bot.ports import ActionCall, ActionResult
from tests.contracts.actions import call, slot

CONTENT = """
actions:
  - action_plain
  - action_sets: {sets: [seen], outcome: {slot: result, values: [done, error]}}
  - action_sends: {sets: [seen], sends: [phone]}
  - action_hears: {sends: [], sends_message: true}
  - action_knows: {send_domain: true}
  - action_slow: {timeout: 0.05}
slots:
  patient_name: {type: text, mappings: [{type: from_text}]}
  phone: {type: text, mappings: [{type: controlled}]}
  seen: {type: any, mappings: [{type: controlled}]}
  result: {type: categorical, values: [done, error], mappings: [{type: controlled}]}
"""
NOTHING_SAID = {"text": "", "intent": {}, "intent_ranking": [], "entities": [], "metadata": {}}

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Elsewhere:
    """Somebody's action server, and what it was asked."""

    def __init__(self, http: aiohttp.ClientSession, content: Assistant) -> None:
        self._http = http
        self.content = content
        self.headers: list[dict[str, str]] = []
        self.asked: list[dict[str, Any]] = []
        self.answers: list[Answer] = []
        self.token: str | None = None

    async def receive(self, request: web.Request) -> web.StreamResponse:
        self.headers.append(dict(request.headers))
        self.asked.append(json.loads(await request.read()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return await answer(request)

    async def run(self, made: ActionCall, *answers: Answer) -> ActionResult:
        self.answers = list(answers)
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_post("/webhook", self.receive)
        async with TestServer(app) as server:
            address = ActionServer(url=str(server.make_url("/webhook")), token=self.token)
            return await RemoteActions(self._http, address, assistant=self.content).run(made)


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Elsewhere]:
    (tmp_path / "flows.yml").write_text(CONTENT)
    async with aiohttp.ClientSession() as http:
        yield Elsewhere(http, load_assistant([tmp_path], languages=("en",)))


def replies(body: bytes | str, status: int = 200, **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        raw = body if isinstance(body, bytes) else body.encode()
        return web.Response(body=raw, status=status, headers={"Content-Type": "application/json", **headers})

    return answer


DONE = replies('{"events": [], "responses": []}')


async def test_a_call_speaks_rasas_protocol(elsewhere: Elsewhere) -> None:
    elsewhere.token = "t0p"
    await elsewhere.run(replace(call("action_plain", phone="+39020000"), key="key-1"), DONE)

    [headers], [asked] = elsewhere.headers, elsewhere.asked
    assert {name: headers[name] for name in ("Authorization", "Idempotency-Key", "Content-Type")} == {
        "Authorization": "Bearer t0p",
        "Idempotency-Key": "key-1",
        "Content-Type": "application/json",
    }
    assert asked == {
        "next_action": "action_plain",
        "sender_id": "anna",
        "version": version.__version__,
        "domain": {"intents": [], "entities": [], "slots": {}, "responses": {}, "actions": [], "forms": {}},
        "tracker": {
            "sender_id": "anna",
            "user_id": "anna",
            "slots": {},
            "latest_message": NOTHING_SAID,
            "events": [],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": "utter_hello",
            "stack": [{"frame_id": "f1", "flow_id": "say_hello", "step_id": "1_collect"}],
        },
    }


@pytest.mark.parametrize(
    ("name", "slots"),
    [
        ("action_plain", {}),
        ("action_sets", {"seen": 1, "result": None}),
        ("action_sends", {"phone": "+39020000"}),
        ("action_hears", {}),
    ],
)
async def test_a_patients_answers_stay_here_unless_content_sends_them(
    elsewhere: Elsewhere, name: str, slots: dict[str, Any]
) -> None:
    made = call(name, patient_name="Anna Verdi", phone="+39020000", seen=1, result=None)
    await elsewhere.run(made, DONE)

    assert elsewhere.asked[0]["tracker"]["slots"] == slots
    assert "Anna" not in json.dumps(elsewhere.asked)


async def test_a_patients_words_travel_only_where_content_says_so(elsewhere: Elsewhere) -> None:
    made = call("action_hears")
    await elsewhere.run(made, DONE)

    [asked] = elsewhere.asked
    assert asked["tracker"]["latest_message"] == made.tracker["latest_message"]
    assert asked["tracker"]["events"] == made.tracker["events"]


@pytest.mark.parametrize("name", ["action_knows", "action_plain"])
async def test_the_domain_goes_where_it_is_wanted(elsewhere: Elsewhere, name: str) -> None:
    wants_domain = replies('{"error": "no domain"}', 449)
    answers = [DONE] if name == "action_knows" else [wants_domain, DONE]
    result = await elsewhere.run(call(name), *answers)

    assert result == ActionResult()
    assert elsewhere.asked[-1]["domain"]["slots"]["phone"] == {
        "type": "text",
        "initial_value": None,
        "mappings": [{"type": "controlled"}],
    }


async def test_a_server_that_always_wants_more_is_asked_twice(elsewhere: Elsewhere) -> None:
    result = await elsewhere.run(call("action_plain"), replies("{}", 449))

    assert (result, len(elsewhere.asked)) == (ActionResult(failed="exception"), 2)


@pytest.mark.parametrize(
    ("status", "failed"),
    [
        (400, "rejected"),
        (401, "unauthorized"),
        (403, "unauthorized"),
        (404, "unknown"),
        (413, "too_large"),
        (418, "exception"),
        (500, "exception"),
        (503, "exception"),
        (204, "exception"),
    ],
)
async def test_a_server_that_says_no_is_understood(elsewhere: Elsewhere, status: int, failed: str) -> None:
    assert await elsewhere.run(call("action_plain"), replies("", status)) == ActionResult(failed=failed)


async def test_a_token_does_not_travel_on(elsewhere: Elsewhere) -> None:
    elsewhere.token = "t0p"
    away = replies("", 307, Location="/webhook")
    result = await elsewhere.run(call("action_plain"), away)

    assert (result, len(elsewhere.asked)) == (ActionResult(failed="exception"), 1)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "<html>",
        "{",
        b"\xff\xfe",
        '{"responses": []}',
        '{"events": [], "responses": {}}',
        '{"events": {"event": "slot"}, "responses": []}',
        '{"events": [{"name": "x"}], "responses": []}',
        '{"events": [{"event": 3}], "responses": []}',
        '{"events": [], "responses": ["hello"]}',
        '{"events": [{"event": "slot", "name": "seen", "value": NaN}], "responses": []}',
        '{"events": [{"event": "slot", "name": "seen", "value": 1e999}], "responses": []}',
        r'{"events": [{"event": "slot", "name": "seen", "value": "\ud83e"}], "responses": []}',
        "[" * 100_000,
        '{"events": [' + "[" * 100_000 + "]" * 100_000 + '], "responses": []}',
        '{"events": [{"event": "slot", "name": "seen", "value": ' + "9" * 5000 + '}], "responses": []}',
    ],
)
async def test_an_answer_that_is_none_is_malformed(elsewhere: Elsewhere, body: str | bytes) -> None:
    assert await elsewhere.run(call("action_plain"), replies(body)) == ActionResult(failed="malformed")


@pytest.mark.parametrize("size", [300_000, MAX_BODY + 1])
async def test_an_answer_without_end_is_not_read_to_its_end(elsewhere: Elsewhere, size: int) -> None:
    body = json.dumps({"events": [], "responses": [{"text": "a" * size}]})

    assert await elsewhere.run(call("action_plain"), replies(body)) == ActionResult(failed="too_large")


async def test_a_slow_server_is_not_waited_for(elsewhere: Elsewhere) -> None:
    never = asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        await never.wait()
        return web.Response()

    result = await elsewhere.run(call("action_slow"), hang)

    assert result == ActionResult(failed="timeout")


async def test_a_server_that_stops_in_the_middle_is_not_waited_for(elsewhere: Elsewhere) -> None:
    never = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b'{"events": [')
        await never.wait()
        return response

    assert await elsewhere.run(call("action_slow"), drip) == ActionResult(failed="timeout")


async def test_a_connection_that_breaks_is_told(elsewhere: Elsewhere) -> None:
    async def hang_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    assert await elsewhere.run(call("action_plain"), hang_up) == ActionResult(failed="unreachable")


async def test_a_server_that_is_down_is_told(elsewhere: Elsewhere) -> None:
    async with aiohttp.ClientSession() as http:
        server = TestServer(web.Application())
        await server.start_server()
        url = str(server.make_url("/webhook"))
        await server.close()
        remote = RemoteActions(http, ActionServer(url=url), assistant=elsewhere.content)

        assert await remote.run(call("action_plain")) == ActionResult(failed="unreachable")


async def test_what_runs_here_does_not_leave(elsewhere: Elsewhere) -> None:
    from rasa_sdk import Action
    from rasa_sdk.events import SlotSet

    class Here(Action):  # type: ignore[misc]
        def name(self) -> str:
            return "action_sets"

        def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
            return [SlotSet("seen", "here")]

    class There:
        async def run(self, call: ActionCall) -> ActionResult:
            return ActionResult(events=({"event": "slot", "name": "seen", "value": "there"},))

    both = NearestActions(InProcessActions([Here()], assistant=elsewhere.content), There())

    assert await both.run(call("action_sets")) == ActionResult(events=(slot("seen", "here"),))
    assert (await both.run(call("action_plain"))).events[0]["value"] == "there"
