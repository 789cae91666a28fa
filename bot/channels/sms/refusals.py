"""What the provider's error codes mean for us, as data. https://www.twilio.com/docs/api/errors"""

from collections.abc import Mapping

from bot.domain.conversation import SendAction

ACTIONS: Mapping[int, SendAction] = {
    **dict.fromkeys((20429, 14107, 30001, 30022), SendAction.RETRY),  # too much at once, queue full
    **dict.fromkeys((20003, 20005, 20008), SendAction.STOP),  # who we are, account closed, test credentials
    **dict.fromkeys((21408, 21606, 21603, 21660, 63038, 30002), SendAction.STOP),  # country, number, limit
    **dict.fromkeys((21610, 21211, 21214, 21217, 21612, 21614), SendAction.UNREACHABLE),  # stopped, no mobile
    **dict.fromkeys((30003, 30004, 30005, 30006), SendAction.UNREACHABLE),  # off, blocked, unknown, land line
    **dict.fromkeys((21602, 21604, 21617, 21619, 21609), SendAction.OUR_BUG),
}
_BY_STATUS: Mapping[int, SendAction] = {
    401: SendAction.STOP,
    403: SendAction.STOP,
    404: SendAction.STOP,
    408: SendAction.RETRY,
    429: SendAction.RETRY,
}


def action_for(status: int, code: int | None) -> SendAction:
    """What a refusal asks for: its code says more than the HTTP status."""
    named = ACTIONS.get(code) if code is not None else None
    return named or _BY_STATUS.get(status, SendAction.STOP if status < 400 else SendAction.OUR_BUG)
