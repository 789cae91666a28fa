"""What practice.yml says of files that patients send, and of listening to voice notes."""

from typing import Annotated

from pydantic import AfterValidator, Field

from bot.domain.media import META_HOSTS
from bot.settings.kinds import HOST, Entry, Secret, ServiceUrl, Text, wrong


def _host(text: str) -> str:
    name = text.strip().casefold()
    if not HOST.fullmatch(name):
        raise wrong(f'"{text}" is no host; write lookaside.fbsbx.com, or .fbcdn.net for all that end so')
    return name


class MediaEntry(Entry):
    hosts: list[Annotated[str, AfterValidator(_host)]] = list(META_HOSTS)
    keep_days: Annotated[int, Field(ge=1, le=365)] = 30
    largest_mb: Annotated[int, Field(ge=1, le=100)] = 16


class VoiceEntry(Entry):
    """`sure`: from there on words are acted upon without asking back."""

    server: ServiceUrl
    model: Text = "whisper-1"
    token: Secret | None = None
    sure: Annotated[float, Field(ge=0, le=1)] = 0.85
    wait_seconds: Annotated[int, Field(ge=5, le=600)] = 25
