"""An HMAC over a webhook's raw bytes, in whatever way a system writes it into a header."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

from bot.errors import SignatureMismatch


def check_signature(headers: Mapping[str, str], body: bytes, *, header: str, key: str) -> None:
    """HMAC-SHA256 as hex or base64, with or without "sha256=" before it. Raises SignatureMismatch."""
    given = next((value for name, value in headers.items() if name.lower() == header.lower()), "")
    told = given.strip().removeprefix("sha256=")
    expected = hmac.new(key.encode(), body, hashlib.sha256).digest()
    if not any(hmac.compare_digest(one, expected) for one in _read(told)):
        raise SignatureMismatch(
            f"{header} of a practice system's webhook does not match; check its webhook_key in practice.yml"
        )


def _read(told: str) -> list[bytes]:
    found = []
    for decode in (bytes.fromhex, lambda text: base64.b64decode(text, validate=True)):
        try:
            found.append(decode(told))
        except (ValueError, binascii.Error):
            continue
    return found
