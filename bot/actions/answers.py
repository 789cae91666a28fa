"""What an action came back with, wherever it ran: plain JSON of a bearable size, or no answer at all."""

import json
from typing import Any

from bot.errors import ChairsideError
from bot.ports import ActionResult

_encode = json.JSONEncoder(allow_nan=False, ensure_ascii=False).encode

#: Far more than a flow can use; what is larger is a mistake, and would be stored with every turn.
MAX_ANSWER = 256 * 1024

#: rasa-sdk's form classes note in this slot what to ask next. Here flows do that.
_FORM_NOTES = "requested_slot"


class NoAnswer(ChairsideError):
    """What came back cannot be used; `reason` is what `ActionResult.failed` says."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def read_answer(events: object, responses: object) -> ActionResult:
    """Events and messages as nothing but JSON. Raises NoAnswer.

    What could not be stored never gets further: NaN, objects, half of a surrogate pair, endless nesting.
    """
    if not isinstance(events, list) or not isinstance(responses, list):
        raise NoAnswer("malformed")
    try:
        written = _encode([events, responses]).encode()
        if len(written) > MAX_ANSWER:
            raise NoAnswer("too_large")
        plain_events, plain_responses = json.loads(written)
    except (TypeError, ValueError, RecursionError) as error:
        raise NoAnswer("malformed") from error
    if not all(_is_event(event) for event in plain_events):
        raise NoAnswer("malformed")
    if not all(isinstance(message, dict) for message in plain_responses):
        raise NoAnswer("malformed")
    kept = tuple(event for event in plain_events if not _is_form_note(event))
    return ActionResult(events=kept, responses=tuple(plain_responses))


def _is_event(event: Any) -> bool:
    return isinstance(event, dict) and isinstance(event.get("event"), str)


def _is_form_note(event: dict[str, Any]) -> bool:
    return event["event"] == "slot" and event.get("name") == _FORM_NOTES
