"""The stand-in of Meta that a demo brings along: the practice's own accounts, the demo's own secrets."""

from collections.abc import Callable
from datetime import datetime

from bot.domain.practice import Practice
from bot.stand_in import GraphStandIn, PageAccount, StandInOptions

# Whoever tries it out taps faster than patients do: Meta's pause of six seconds a message would make every
# third answer late. Delivery's own pacing is proved elsewhere.
_IN_NO_HURRY = StandInOptions(pair_interval=0)


def demo_stand_in(
    practice: Practice, *, url: str, now: Callable[[], datetime], options: StandInOptions = _IN_NO_HURRY
) -> GraphStandIn:
    """Posts its webhooks to `url`; of each channel it plays the first account."""
    number = practice.whatsapp[0]
    page = instagram = None
    for account in practice.messenger[:1]:
        page = PageAccount(
            page_id=account.page_id,
            app_secret=account.app_secret,
            access_token=account.access_token,
            webhook_url=f"{url}/webhooks/messenger",
        )
    for profile in practice.instagram[:1]:
        instagram = PageAccount(
            page_id=profile.account_id,
            app_secret=profile.app_secret,
            access_token=profile.access_token,
            webhook_url=f"{url}/webhooks/instagram",
        )
    return GraphStandIn(
        webhook_url=f"{url}/webhooks/whatsapp",
        app_secret=number.app_secret,
        access_token=number.access_token,
        phone_number_id=number.phone_number_id,
        display_number=practice.phone,
        now=now,
        options=options,
        page=page,
        instagram=instagram,
    )
