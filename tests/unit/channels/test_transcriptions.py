"""What a transcription server says, and how sure it is."""

import math
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.voice import TranscriptionServer
from bot.channels.voice.server import heard
from bot.domain.media import SafeFile, Transcript, VoiceRules

NOTE = SafeFile(kind="audio", mime_type="audio/ogg", content=b"OggS")
SAID = {
    "text": " Vorrei  un appuntamento. ",
    "language": "it",
    "segments": [{"text": "Vorrei un appuntamento.", "avg_logprob": math.log(0.9), "no_speech_prob": 0.0}],
}


def test_words_come_with_the_mean_probability_of_their_letters() -> None:
    assert heard(SAID) == Transcript(text="Vorrei un appuntamento.", confidence=0.9, language="it")


@pytest.mark.parametrize(
    ("answer", "confidence"),
    [
        ({"text": "sì"}, 0.5),
        ({"text": "sì", "segments": [{"avg_logprob": "high"}]}, 0.5),
        ({"text": "sì", "segments": [{"text": "sì", "avg_logprob": 0.0, "no_speech_prob": 0.9}]}, 0.1),
        ({"text": "sì", "segments": [{"text": "sì", "avg_logprob": 7.0}]}, 1.0),
    ],
)
def test_a_server_that_says_little_is_not_believed_much(answer: dict[str, Any], confidence: float) -> None:
    found = heard(answer)

    assert found is not None and found.confidence == pytest.approx(confidence)


@pytest.mark.parametrize("answer", [{}, {"text": ""}, {"text": " "}, {"text": 5}, {"error": "busy"}])
def test_nothing_was_heard(answer: dict[str, Any]) -> None:
    assert heard(answer) is None


async def test_only_the_sound_goes_to_the_server(
    aiohttp_server: Callable[[web.Application], Awaitable[TestServer]],
) -> None:
    got: dict[str, Any] = {}

    async def transcribe(request: web.Request) -> web.Response:
        form = await request.post()
        got.update({name: value for name, value in form.items() if isinstance(value, str)})
        got["authorization"] = request.headers["Authorization"]
        return web.json_response(SAID)

    application = web.Application()
    application.router.add_post("/v1/audio/transcriptions", transcribe)
    server = await aiohttp_server(application)
    rules = VoiceRules(server=str(server.make_url("")), token="a token")
    async with aiohttp.ClientSession() as http:
        found = await TranscriptionServer(rules, http).transcribe(NOTE, language="it")

    assert found is not None and found.text == "Vorrei un appuntamento."
    assert got == {
        "model": "whisper-1",
        "response_format": "verbose_json",
        "language": "it",
        "authorization": "Bearer a token",
    }


async def test_a_server_that_is_not_there_hears_nothing() -> None:
    async with aiohttp.ClientSession() as http:
        ear = TranscriptionServer(VoiceRules(server="http://127.0.0.1:1"), http)

        assert await ear.transcribe(NOTE, language=None) is None
