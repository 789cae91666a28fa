"""What WhatsApp's error codes mean for us (`bot.domain.send_errors`), as its client asks it."""

from bot.channels.graph_client import Refusals
from bot.domain.channels import WHATSAPP

REFUSALS = Refusals(
    channel=WHATSAPP,
    # Graph's catch-alls for whatever broke, maybe midway. Every other code names a check before a message is
    # accepted, or says in so many words that this one was not sent (131000, 131016).
    inconclusive=frozenset({1, 2}),
)
