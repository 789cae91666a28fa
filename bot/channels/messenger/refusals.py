"""What Messenger's error codes mean for us, as data.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes (March 2026)
"""

from collections.abc import Mapping

from bot.channels.graph_client import Refusals
from bot.domain.conversation import SendAction

_BY_ACTION: Mapping[SendAction, tuple[int, ...]] = {
    SendAction.RETRY: (
        *(1, 2, 1200),  # unknown, temporarily down, "temporary send message failure"
        *(4, 17, 32, 613, 80006),  # calls of the app, of the user, of the Page, of this API
    ),
    SendAction.STOP: (
        *(0, 3, 10, 102, 190, *range(200, 300)),  # token and permissions
        368,  # restricted for policy
    ),
    SendAction.UNREACHABLE: (551,),  # blocked us, or gone
    SendAction.OUR_BUG: (100,),  # also a message tag that exists no longer
}

_BY_SUBCODE: Mapping[SendAction, tuple[tuple[int, int], ...]] = {
    SendAction.WINDOW_CLOSED: ((10, 2018278), (10, 2018065), (10, 1545041), (200, 1545041)),
    SendAction.UNREACHABLE: (
        (100, 2018001),  # no such person for this Page
        (10, 2018108),  # does not receive messages from us
        (10, 2018300),  # another app has the thread: staff answer there, and we must not talk across them
    ),
}

REFUSALS = Refusals(
    actions={code: action for action, codes in _BY_ACTION.items() for code in codes},
    subcodes={pair: action for action, pairs in _BY_SUBCODE.items() for pair in pairs},
    # Graph's catch-alls for whatever broke, maybe midway. 1200 says in so many words that nothing was sent.
    inconclusive=frozenset({1, 2}),
)
