"""WhatsApp numbers behind a provider: the Cloud API elsewhere, with another key, signed otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

GRAPH = "https://graph.facebook.com/v25.0"

Signature = Literal["hmac-sha256", "header"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """`path` leads to a number's things, "" where the key names the number already. `auth_header` carries the
    access token after `auth_prefix`. A webhook is theirs when `signature_header` carries an HMAC of the raw
    body with the app secret ("hmac-sha256", as Meta's), or the secret itself ("header"), which the provider
    was told to send along."""

    name: str
    api_url: str
    path: str = "{number}/"
    auth_header: str = "Authorization"
    auth_prefix: str = "Bearer "
    signature: Signature = "hmac-sha256"
    signature_header: str = "X-Hub-Signature-256"
    media_host: str | None = None  # files are fetched there, instead of from the host that Graph names


#: https://docs.360dialog.com/docs/waba-messaging/messaging
PROFILES: Mapping[str, Provider] = MappingProxyType(
    {
        "360dialog": Provider(
            name="360dialog",
            api_url="https://waba-v2.360dialog.io",
            path="",
            auth_header="D360-API-KEY",
            auth_prefix="",
            signature="header",
            signature_header="X-Chairside-Secret",
            media_host="waba-v2.360dialog.io",
        )
    }
)
