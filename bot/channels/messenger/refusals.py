"""What Messenger's error codes mean for us (`bot.domain.send_errors`), as its client asks it."""

from bot.channels.graph_client import Refusals
from bot.domain.channels import MESSENGER

REFUSALS = Refusals(
    channel=MESSENGER,
    # Graph's catch-alls for whatever broke, maybe midway. 1200 says in so many words that nothing was sent.
    inconclusive=frozenset({1, 2}),
)
