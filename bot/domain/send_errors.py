"""What Meta's error codes mean for a message of ours, as data: one row for each thing that is to be done.

A code counts wherever it comes from: in the answer to a request, or in a status that follows. WhatsApp's are
keyed by code; Messenger's and Instagram's by code, or by (code, subcode) where a code means several things.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes (July 2026)
https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes (March 2026)
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.channels import INSTAGRAM, MESSENGER, WHATSAPP
from bot.domain.conversation import SendAction

Code = int | tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRow:
    codes: tuple[Code, ...]
    action: SendAction
    meaning: str


WHATSAPP_ERRORS = (
    ErrorRow(codes=(2, 131000, 131016), action=SendAction.RETRY, meaning="down, or overloaded, for now"),
    ErrorRow(codes=(133004,), action=SendAction.RETRY, meaning="the server is temporarily unavailable"),
    ErrorRow(codes=(133015,), action=SendAction.RETRY, meaning="the number was deleted a moment ago"),
    ErrorRow(codes=(134101,), action=SendAction.RETRY, meaning="the template is being synchronised"),
    ErrorRow(codes=(1, 131052, 131053), action=SendAction.RETRY_ONCE, meaning="unknown; a file failed"),
    ErrorRow(codes=(4, 80007), action=SendAction.SLOW_DOWN, meaning="calls of the app, of the account"),
    ErrorRow(
        codes=(130429, 131057), action=SendAction.SLOW_DOWN, meaning="messages a second; being upgraded"
    ),
    ErrorRow(codes=(131056,), action=SendAction.WAIT_FOR_PAIR, meaning="too many to this one person"),
    ErrorRow(
        codes=(0, 3, 10, 190, *range(200, 300), 131005), action=SendAction.STOP, meaning="token or permission"
    ),
    ErrorRow(
        codes=(33, 131045, 133000, 133010), action=SendAction.STOP, meaning="the number is not registered"
    ),
    ErrorRow(
        codes=(368, 131031, 131037),
        action=SendAction.STOP,
        meaning="restricted, locked, or without a name that Meta approved",
    ),
    ErrorRow(codes=(131048, 131064), action=SendAction.STOP, meaning="spam limit; misused category"),
    ErrorRow(codes=(131042,), action=SendAction.STOP, meaning="payment"),
    ErrorRow(codes=(131047,), action=SendAction.WINDOW_CLOSED, meaning="24 hours have passed"),
    ErrorRow(codes=(131021,), action=SendAction.UNREACHABLE, meaning="the sender itself"),
    ErrorRow(
        codes=(131026, 131030), action=SendAction.UNREACHABLE, meaning="undeliverable; not on a test list"
    ),
    ErrorRow(codes=(130403,), action=SendAction.UNREACHABLE, meaning="blocked by us"),
    # Only people of this one country are concerned, so the rest of the queue goes on.
    ErrorRow(codes=(130497,), action=SendAction.UNREACHABLE, meaning="we may not write to this country"),
    ErrorRow(codes=(131050,), action=SendAction.OPTED_OUT, meaning="stopped promotions"),
    ErrorRow(codes=(130472, 131049), action=SendAction.WITHHELD, meaning="withheld by Meta for this person"),
    ErrorRow(codes=(132001,), action=SendAction.TEMPLATE_UNUSABLE, meaning="the template does not exist"),
    ErrorRow(codes=(132015, 132016), action=SendAction.TEMPLATE_UNUSABLE, meaning="paused; disabled"),
    ErrorRow(
        codes=(132000, 132005, 132007, 132012, 132018),
        action=SendAction.OUR_BUG,
        meaning="the template's values do not fit",
    ),
    ErrorRow(codes=(132068, 132069), action=SendAction.OUR_BUG, meaning="the form is blocked, or throttled"),
    ErrorRow(
        codes=(100, 131008, 131009, 131051, 135000), action=SendAction.OUR_BUG, meaning="a parameter is wrong"
    ),
)

#: Of a Page and of an Instagram account.
PAGE_ERRORS = (
    ErrorRow(codes=(2, 1200), action=SendAction.RETRY, meaning="down for now; failed for now"),
    ErrorRow(codes=(1,), action=SendAction.RETRY_ONCE, meaning="unknown"),
    ErrorRow(
        codes=(4, 17, 32, 613, 80006),
        action=SendAction.SLOW_DOWN,
        meaning="calls of the app, of the user, of the Page, of this API",
    ),
    ErrorRow(
        codes=(0, 3, 10, 102, 190, *range(200, 300)), action=SendAction.STOP, meaning="token or permission"
    ),
    ErrorRow(codes=(368, (10, 1893063), (100, 33)), action=SendAction.STOP, meaning="restricted, or gone"),
    ErrorRow(
        codes=((10, 2018278), (10, 2018065), (10, 2534022), (10, 1545041), (200, 1545041)),
        action=SendAction.WINDOW_CLOSED,
        meaning="24 hours have passed",
    ),
    ErrorRow(codes=(551,), action=SendAction.UNREACHABLE, meaning="blocked us, or gone"),
    ErrorRow(
        codes=((100, 2018001), (100, 2534014)), action=SendAction.UNREACHABLE, meaning="no such person here"
    ),
    ErrorRow(codes=((10, 2018108),), action=SendAction.UNREACHABLE, meaning="takes no messages from us"),
    # Staff answer there, and we must not talk across them.
    ErrorRow(codes=((10, 2018300),), action=SendAction.UNREACHABLE, meaning="another app has the thread"),
    ErrorRow(codes=(100,), action=SendAction.OUR_BUG, meaning="a parameter is wrong, or a tag is gone"),
)

ERRORS: Mapping[str, tuple[ErrorRow, ...]] = {
    WHATSAPP: WHATSAPP_ERRORS,
    MESSENGER: PAGE_ERRORS,
    INSTAGRAM: PAGE_ERRORS,
}
_ACTIONS: Mapping[str, Mapping[Code, SendAction]] = {
    channel: {code: row.action for row in rows for code in row.codes} for channel, rows in ERRORS.items()
}


def action_of(channel: str, code: int | None, subcode: int | None = None) -> SendAction | None:
    """What a code asks for, its subcode first; None for a code that no row has."""
    if code is None:
        return None
    actions = _ACTIONS.get(channel, {})
    by_pair = actions.get((code, subcode)) if subcode is not None else None
    return by_pair or actions.get(code)


def meaning_of(channel: str, code: int | None, subcode: int | None = None) -> str:
    rows = ERRORS.get(channel, ())
    exactly = next((row.meaning for row in rows if (code, subcode) in row.codes), None)
    return exactly or next((row.meaning for row in rows if code in row.codes), "everything is refused")
