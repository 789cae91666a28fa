"""How Graph says no: its codes, their titles, their HTTP statuses, and the exact shape of the answer.

Source: Cloud API error codes (developers.facebook.com, whatsapp/support/error-codes). Throttling is answered
with 400, not 429: whoever looks at the status instead of the code is wrong here as there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

WHATSAPP_ERRORS: Mapping[int, tuple[str, int]] = MappingProxyType(
    {
        0: ("AuthException", 401),
        1: ("API Unknown", 400),
        2: ("API Service", 503),
        3: ("API Method", 500),
        4: ("API Too Many Calls", 400),
        10: ("Permission Denied", 403),
        33: ("Parameter value is not valid", 400),
        100: ("Invalid parameter", 400),
        190: ("Access token has expired", 401),
        200: ("API Permission", 403),
        368: ("Temporarily blocked for policies violations", 403),
        80007: ("Rate limit issues", 400),
        130403: ("Business chose to block user", 403),
        130429: ("Rate limit hit", 400),
        130472: ("User's number is part of an experiment", 400),
        130497: ("Business account is restricted from messaging users in this country", 403),
        131000: ("Something went wrong", 500),
        131005: ("Access denied", 403),
        131008: ("Required parameter is missing", 400),
        131009: ("Parameter value is not valid", 400),
        131016: ("Service unavailable", 500),
        131021: ("Recipient cannot be sender", 400),
        131026: ("Message undeliverable", 400),
        131030: ("Recipient phone number not in allowed list", 400),
        131031: ("Account has been locked", 403),
        131042: ("Business eligibility payment issue", 400),
        131045: ("Incorrect certificate", 500),
        131047: ("Re-engagement message", 400),
        131048: ("Spam rate limit hit", 400),
        131049: ("This message was not delivered to maintain healthy ecosystem engagement", 400),
        131050: ("User has stopped marketing messages", 400),
        131051: ("Unsupported message type", 400),
        131037: ("Display name approval required", 400),
        131052: ("Media download error", 400),
        131053: ("Media upload error", 400),
        131056: ("(Business Account, Consumer Account) pair rate limit hit", 400),
        131057: ("Account in maintenance mode", 500),
        131064: ("Misclassified utility template", 400),
        132000: ("Template Param Count Mismatch", 400),
        132001: ("Template does not exist", 404),
        132005: ("Template Hydrated Text Too Long", 400),
        132007: ("Template Format Character Policy Violated", 400),
        132012: ("Template Parameter Format Mismatch", 400),
        132015: ("Template is Paused", 400),
        132016: ("Template is Disabled", 400),
        132018: ("Template parameters are not valid", 400),
        132068: ("Flow is in blocked state", 400),
        132069: ("Flow is in throttled state", 400),
        133004: ("Server Temporarily Unavailable", 503),
        133000: ("Incomplete deregistration", 500),
        133010: ("Phone number not registered", 400),
        133015: ("Please wait a few minutes before attempting to register this phone number", 400),
        134101: ("Template is syncing", 400),
        135000: ("Generic user error", 400),
    }
)


@dataclass(eq=False)  # exceptions are compared by identity and carry a traceback
class Refused(Exception):
    """A request that Graph does not accept. `details` names the offending parameter, never its value."""

    code: int
    details: str
    message: str | None = None
    asked_status: int | None = None  # instead of the one that belongs to the code
    retry_after: int | None = None  # seconds

    @property
    def http_status(self) -> int:
        return self.asked_status or WHATSAPP_ERRORS.get(self.code, ("", 400))[1]

    def as_answer(self, *, trace_id: str) -> dict[str, Any]:
        """The body of the HTTP answer."""
        return {
            "error": {
                "message": self.message or f"(#{self.code}) {_title(self.code)}",
                "type": "OAuthException",
                "code": self.code,
                "error_data": {"messaging_product": "whatsapp", "details": self.details},
                "fbtrace_id": trace_id,
            }
        }

    def as_status_error(self) -> dict[str, Any]:
        """The same refusal as a `failed` status carries it."""
        return {
            "code": self.code,
            "title": _title(self.code),
            "message": _title(self.code),
            "error_data": {"details": self.details},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        }


@dataclass(eq=False)
class GraphRefused(Exception):
    """A refusal of the Graph layer itself, before WhatsApp sees the request: it carries no error_data."""

    http_status: int
    code: int
    message: str
    kind: str = "OAuthException"
    subcode: int | None = None
    retry_after: int | None = None  # seconds

    def as_answer(self, *, trace_id: str) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "type": self.kind, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": {**error, "fbtrace_id": trace_id}}


def missing(parameter: str) -> Refused:
    return Refused(131008, f"Parameter '{parameter}' is required")


def bad_value(details: str) -> Refused:
    return Refused(131009, details)


def malformed(details: str) -> Refused:
    return Refused(100, details)


def _title(code: int) -> str:
    return WHATSAPP_ERRORS.get(code, ("Unknown error", 400))[0]
