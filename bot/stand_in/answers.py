"""How a request ends, and how a fault bends its end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.stand_in.faults import Fault, FaultKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How the HTTP request ends: as JSON, as a page of text, or without a body: the connection closes
    unanswered. `is_broken`: nothing was done of what was asked."""

    http_status: int = 200
    body: Mapping[str, Any] | str | None = None
    after_seconds: float = 0.0
    is_broken: bool = False


SERVER_ERROR: Mapping[str, Any] = {
    "error": {
        "message": "An unknown error has occurred.",
        "type": "OAuthException",
        "code": 1,
        "fbtrace_id": "AbrokenOnPurpose",
    }
}


def after_fault(
    fault: Fault | None, do: Callable[[], Answer], *, without_id: Mapping[str, Any] | None = None
) -> Answer:
    """What `do` answers, or what becomes of it when it is hit; refusals are the caller's to raise."""
    match fault.kind if fault is not None else None:
        case FaultKind.SERVER_ERROR:
            return Answer(http_status=500, body=SERVER_ERROR, is_broken=True)
        case FaultKind.BAD_GATEWAY:
            return Answer(http_status=502, body="<html><body>Bad gateway</body></html>", is_broken=True)
        case FaultKind.CUT:
            return Answer(is_broken=True)
        case FaultKind.HANG:
            assert fault is not None
            return Answer(is_broken=True, after_seconds=fault.seconds)
    done = do()
    match fault.kind if fault is not None else None:
        case FaultKind.DROP:
            return replace(done, body=None)
        case FaultKind.ERROR_AFTER_SENDING:
            return replace(done, http_status=500, body=SERVER_ERROR)
        case FaultKind.SLOW:
            assert fault is not None
            return replace(done, after_seconds=fault.seconds)
        case FaultKind.NO_ID if without_id is not None:
            return replace(done, body=without_id)
        case FaultKind.GARBAGE:
            return replace(done, body="<html><body>All is well.</body></html>")
    return done
