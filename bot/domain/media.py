"""Files that patients send: what is kept of them, for how long, and why one was not kept."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.errors import ChairsideError

MB = 2**20

#: Where Meta keeps files. A name that begins with a dot stands for whatever ends with it.
META_HOSTS = ("graph.facebook.com", "lookaside.fbsbx.com", ".fbcdn.net", ".fbsbx.com", ".whatsapp.net")


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRules:
    """`hosts`: names that files are fetched from, as META_HOSTS."""

    hosts: tuple[str, ...] = META_HOSTS
    keep: timedelta = timedelta(days=30)
    largest: int = 16 * MB
    longest: timedelta = timedelta(seconds=60)  # a whole download


AS_USUAL = MediaRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceRules:
    """Who listens to voice notes: a server that takes what OpenAI's /v1/audio/transcriptions takes. Below
    `sure` the patient is asked whether it was understood; after `wait` nobody listens any more."""

    server: str
    model: str = "whisper-1"
    token: str | None = field(default=None, repr=False)
    sure: float = 0.85
    wait: timedelta = timedelta(seconds=25)  # Messenger wants an answer within 30


class NotKept(StrEnum):
    """Why a file was not kept; staff read it in words."""

    TOO_LARGE = "too_large"
    NOT_SAFE = "not_safe"  # of a type that we do not keep, or not what it says it is
    NOT_META = "not_meta"  # it is to be fetched from where we fetch nothing
    GONE = "gone"  # the channel does not have it any more


class FileRefused(ChairsideError):
    """This file is never kept: `why` says the reason."""

    def __init__(self, why: NotKept) -> None:
        self.why = why
        super().__init__(f"file not kept: {why}")


class FileUnavailable(ChairsideError):
    """Not now; another try may get it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeFile:
    """Sniffed, and a picture re-drawn without what was hidden in it. `kind`: image | audio | video |
    document."""

    kind: str
    mime_type: str
    content: bytes
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What somebody said in a voice note, and how sure the listener is (0 to 1)."""

    text: str
    confidence: float
    language: str | None = None
