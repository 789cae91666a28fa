"""What WhatsApp, Messenger and Instagram share at the door: the signature, and the subscription's challenge.

Theory of operation: Meta signs the raw bytes of a body with the app's secret, so `verify_signature` runs
before any JSON parsing, over the bytes as received. `bot.channels.lenient` reads what has passed.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

from bot.errors import SetupError, SignatureMismatch

SIGNATURE_HEADER = "X-Hub-Signature-256"

_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")
_PROXY = "if Meta sent this, check what a proxy in front of this server does to its headers"
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def require(value: str, *, what: str, whose: str) -> str:
    """There is no half-secure mode: without its secrets a channel does not start."""
    if not value.strip():
        raise SetupError(f"{whose} has no {what}; set it in practice.yml as env:NAME or file:PATH")
    return value


def verify_signature(
    headers: Mapping[str, str],
    body: bytes,
    *,
    secrets: Sequence[str],
    whose: str,
    header: str = SIGNATURE_HEADER,
) -> None:
    """Raises SignatureMismatch unless exactly one X-Hub-Signature-256 header has the HMAC-SHA256 of these
    bytes under one of these secrets, as `sha256=` and lower-case hex. `whose` names the secret to look at.

    https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads
    """
    given = [value for name, value in headers.items() if name.lower() == header.lower()]
    if len(given) != 1:
        problem = "is missing" if not given else f"came {len(given)} times"
        raise SignatureMismatch(f"{header} {problem}; {_PROXY}")
    if not _SIGNATURE.fullmatch(given[0]):
        raise SignatureMismatch(f"{header} is not sha256= and 64 lower-case hex digits; {_PROXY}")
    matches = [hmac.compare_digest(_sign(body, secret), given[0]) for secret in secrets]
    if not any(matches):
        raise SignatureMismatch(f"{header} does not match; check the app secret of {whose}")


def verify_shared_secret(
    headers: Mapping[str, str], *, header: str, secrets: Sequence[str], whose: str
) -> None:
    """For providers that sign nothing and send a secret along instead. Raises SignatureMismatch."""
    given = [value for name, value in headers.items() if name.lower() == header.lower()]
    if len(given) != 1:
        problem = "is missing" if not given else f"came {len(given)} times"
        raise SignatureMismatch(f"{header} {problem}; {_PROXY}")
    matches = [hmac.compare_digest(_utf8(secret), _utf8(given[0])) for secret in secrets]
    if not any(matches):
        raise SignatureMismatch(f"{header} does not match; check the app secret of {whose}")


def answer_challenge(query: Mapping[str, str], *, tokens: Sequence[str]) -> str | None:
    """The challenge to send back as plain text; None when mode, token or challenge is not right."""
    given = query.get("hub.verify_token", "")
    matches = [hmac.compare_digest(_utf8(token), _utf8(given)) for token in tokens]
    challenge = query.get("hub.challenge", "")
    if query.get("hub.mode") != "subscribe" or not any(matches) or not _CHALLENGE.fullmatch(challenge):
        return None
    return challenge


def _sign(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(_utf8(secret), body, hashlib.sha256).hexdigest()


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
