"""What WhatsApp's error codes mean for us, as data.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes (July 2026)
"""

from collections.abc import Mapping

from bot.channels.graph_client import Refusals
from bot.domain.conversation import SendAction

_BY_ACTION: Mapping[SendAction, tuple[int, ...]] = {
    SendAction.RETRY: (
        *(1, 2),  # unknown, temporarily down
        *(4, 80007, 130429),  # calls of the app, of the account, messages a second
        *(131000, 131016, 131057, 133004),  # something went wrong, overloaded, maintenance, server down
        *(131053, 133015, 134101),
    ),
    SendAction.WAIT_FOR_PAIR: (131056,),
    SendAction.STOP: (
        *(0, 3, 10, 190, *range(200, 300), 131005),  # token and permissions
        *(33, 131045, 133010),  # the number is deleted or not registered
        *(368, 131031, 131048, 131064),  # restricted for policy, locked, spam limit, misused category
        131042,  # payment
    ),
    SendAction.WINDOW_CLOSED: (131047,),
    SendAction.UNREACHABLE: (
        *(131021, 131026, 131030),  # ourselves, undeliverable, not on the list of a test number
        *(130403, 131050),  # blocked by us, opted out
        *(130472, 131049),  # withheld by Meta for this person
        130497,  # we may not write to this person's country; others are not concerned, so no STOP
    ),
    SendAction.OUR_BUG: (
        *(100, 131008, 131009, 131051),
        *(132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018, 132068, 132069),  # templates, flows
        135000,
    ),
}

REFUSALS = Refusals(
    actions={code: action for action, codes in _BY_ACTION.items() for code in codes},
    # Graph's catch-alls for whatever broke, maybe midway. Every other code names a check before a message is
    # accepted, or says in so many words that this one was not sent (131000, 131016).
    inconclusive=frozenset({1, 2}),
)
