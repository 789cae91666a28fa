"""Provenance of taps: a button leaves the house as a token that only this contact can bring back, for a
while.

A token is AES-SIV over (expiry, payload), bound to the contact: it cannot be read, forged, prolonged, or
used by somebody else. Deterministic, so that a turn that runs again makes the same buttons.
"""

import base64
import binascii
import struct
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

#: How long an offer can be tapped. What a tap names is looked up again in any case.
VALID_FOR = timedelta(hours=24)
_PREFIX = "c1."


def is_token(payload: str) -> bool:
    """Whether it looks like one; whose it is only `TapTokens.read` knows."""
    return payload.startswith(_PREFIX)


class NotOurToken(ValueError):
    """Forged, somebody else's, or expired: nothing may be set by it."""


class TapTokens:
    """Issues and reads the payloads of buttons."""

    def __init__(self, key: bytes) -> None:
        self._siv = AESSIV(key)

    def issue(self, contact: str, payload: str, *, at: datetime, valid_for: timedelta = VALID_FOR) -> str:
        """Fits the 200 characters that a WhatsApp list row has for payloads of up to about 120 bytes."""
        expires = int((at + valid_for).timestamp())
        sealed = self._siv.encrypt(struct.pack(">I", expires) + payload.encode(), [contact.encode()])
        return _PREFIX + base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def read(self, contact: str, token: str, *, at: datetime) -> str:
        """The payload behind a token that we issued to this contact. Raises NotOurToken."""
        if not token.startswith(_PREFIX) or not token.isascii():
            raise NotOurToken("not one of ours")
        body = token[len(_PREFIX) :]
        try:
            sealed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
            opened = self._siv.decrypt(sealed, [contact.encode()])
        except (binascii.Error, InvalidTag, ValueError) as error:
            raise NotOurToken("not one of ours") from error
        (expires,) = struct.unpack(">I", opened[:4])
        if at >= datetime.fromtimestamp(expires, UTC):
            raise NotOurToken("expired")
        return opened[4:].decode()
