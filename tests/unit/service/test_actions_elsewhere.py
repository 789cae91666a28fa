"""A front desk with an action that is not ours: patients are answered, whatever becomes of it."""

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.source import content
from bot.testing import Surgery
from nlu.understanding import Interpreter

WEATHER = """\
actions:
  - action_note_weather:
      outcome: {slot: weather, values: [sunny, error]}
      sends: [channel]
slots:
  weather:
    type: categorical
    values: [sunny, error]
    mappings: [{type: controlled, run_action_every_turn: action_note_weather}]
"""
OWN = """\
from rasa_sdk import Action
from rasa_sdk.events import SlotSet


class NotesWeather(Action):
    def name(self):
        return "action_note_weather"

    def run(self, dispatcher, tracker, domain):
        return [SlotSet("weather", "sunny")]
"""
SAID = {
    "How can I help?": "Outside: {weather}.",
    "Come posso aiutarLa?": "Fuori: {weather}.",
    "Чем вам помочь?": "На улице: {weather}.",
}


@asynccontextmanager
async def surgery(
    folder: Path, interpreter: Interpreter, *, practice: str = "", **environment: str
) -> AsyncIterator[Surgery]:
    """The demo's practice, but it talks about the weather."""
    shutil.copytree(content("flows"), folder / "flows")
    greetings = folder / "flows" / "small_talk.yml"
    text = greetings.read_text(encoding="utf-8")
    for usual, weather in SAID.items():
        text = text.replace(usual, weather)
    greetings.write_text(text, encoding="utf-8")
    (folder / "flows" / "weather.yml").write_text(WEATHER)
    (folder / "practice.yml").write_text(f"{content('practice.yml').read_text(encoding='utf-8')}\n{practice}")
    environment["CHAIRSIDE_PRACTICE"] = str(folder / "practice.yml")
    async with Surgery.open(folder / "data", interpreter=interpreter, environment=environment) as opened:
        yield opened


@pytest.fixture
def asked() -> list[tuple[str, dict[str, Any]]]:
    """(idempotency key, request), as they came."""
    return []


@pytest.fixture
async def url(asked: list[tuple[str, dict[str, Any]]]) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        asked.append((request.headers["Idempotency-Key"], json.loads(await request.read())))
        event = {"event": "slot", "name": "weather", "value": "sunny"}
        return web.json_response({"events": [event], "responses": []})

    app = web.Application()
    app.router.add_post("/webhook", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/webhook"))


async def test_an_action_server_takes_part_in_the_conversation(
    tmp_path: Path, interpreter: Interpreter, url: str, asked: list[tuple[str, dict[str, Any]]]
) -> None:
    async with surgery(tmp_path, interpreter, practice=f"action_server: {{url: '{url}'}}") as opened:
        anna = opened.patient()
        await anna.says("Buongiorno")

        assert "Fuori: sunny." in anna.sees.text
        [(key, request)] = asked
        assert (request["sender_id"], request["tracker"]["slots"]) == (
            opened.contact(anna),
            {"channel": "whatsapp"},
        )
        assert len(key) == 32
        assert "Buongiorno" not in json.dumps(request)


async def test_patients_are_answered_while_the_action_server_is_down(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    nobody = "action_server: {url: 'http://127.0.0.1:1/webhook'}"
    async with surgery(tmp_path, interpreter, practice=nobody) as opened:
        anna = opened.patient()
        await anna.says("Buongiorno")

        assert "Fuori: error." in anna.sees.text


async def test_an_action_of_the_practice_itself_runs_here(tmp_path: Path, interpreter: Interpreter) -> None:
    own = tmp_path / "our_actions.py"
    own.write_text(OWN)
    async with surgery(tmp_path, interpreter, CHAIRSIDE_ACTIONS=str(own)) as opened:
        anna = opened.patient()
        await anna.says("Buongiorno")

        assert "Fuori: sunny." in anna.sees.text
