"""A server that takes what OpenAI's /v1/audio/transcriptions takes: whisper.cpp, faster-whisper, speaches.

Nothing but the sound goes there: no name, no number, no conversation.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
import structlog

from bot.channels.lenient import objects, read_object, words
from bot.domain.media import SafeFile, Transcript, VoiceRules

log = structlog.get_logger(__name__)

_LARGEST_ANSWER = 2**20
#: Of a server that does not say how sure it is.
_UNKNOWN = 0.5


class TranscriptionServer:
    """Raises nothing for what the network or the server does: None, and a person listens."""

    def __init__(self, rules: VoiceRules, http: aiohttp.ClientSession) -> None:
        self._rules = rules
        self._http = http
        base = rules.server.rstrip("/")
        self._url = base if base.endswith("/transcriptions") else f"{base}/v1/audio/transcriptions"

    async def transcribe(self, file: SafeFile, *, language: str | None) -> Transcript | None:
        """`language` is a guess, as two letters; None lets the server hear which it is."""
        form = aiohttp.FormData({"model": self._rules.model, "response_format": "verbose_json"})
        form.add_field("file", file.content, filename=file.name or "voice.ogg", content_type=file.mime_type)
        if language:
            form.add_field("language", language)
        headers = {"Authorization": f"Bearer {self._rules.token}"} if self._rules.token else {}
        try:
            async with self._http.post(
                self._url,
                data=form,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=self._rules.wait.total_seconds()),
                allow_redirects=False,
            ) as response:
                if response.status != 200:
                    log.warning("transcription_failed", status=response.status)
                    return None
                return heard(read_object(await response.content.read(_LARGEST_ANSWER)))
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            log.warning("transcription_failed", error=type(error).__name__)
            return None


def heard(answer: Mapping[str, Any]) -> Transcript | None:
    """What a verbose answer says. Segments carry the mean log probability of their words, and how likely it
    is that nobody speaks."""
    text = " ".join((words(answer.get("text")) or "").split())
    if not text:
        return None
    return Transcript(
        text=text,
        confidence=_confidence(objects(answer.get("segments"))),
        language=words(answer.get("language")),
    )


def _confidence(segments: Sequence[Mapping[str, Any]]) -> float:
    weighed = length = silence = 0.0
    for segment in segments:
        mean, quiet = segment.get("avg_logprob"), segment.get("no_speech_prob", 0.0)
        if not isinstance(mean, int | float) or isinstance(mean, bool) or not math.isfinite(mean):
            return _UNKNOWN
        letters = max(len(words(segment.get("text")) or ""), 1)
        weighed, length = weighed + mean * letters, length + letters
        if isinstance(quiet, int | float) and math.isfinite(quiet):
            silence = max(silence, min(max(float(quiet), 0.0), 1.0))
    if not length:
        return _UNKNOWN
    return round(math.exp(min(weighed / length, 0.0)) * (1 - silence), 4)
