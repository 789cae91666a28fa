"""Where Messenger and Instagram differ on the one platform that both are."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.stand_in.instagram_requests import read_instagram_request
from bot.stand_in.messenger_requests import PageSend, SenderAction, read_page_request

RequestReader = Callable[[object], PageSend | SenderAction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """`envelope` names it in webhooks. `inbox_app` is where staff write by hand. On Messenger a look is one
    watermark for all, on Instagram it names a message, and deliveries are not told."""

    name: str
    envelope: str
    read_request: RequestReader
    late_subcode: int  # of code 10
    nobody_subcode: int  # of code 100
    inbox_app: int
    tells_deliveries: bool
    reads_by_watermark: bool


MESSENGER = Platform(
    name="messenger",
    envelope="page",
    read_request=read_page_request,
    late_subcode=2018278,
    nobody_subcode=2018001,
    inbox_app=263902037430900,
    tells_deliveries=True,
    reads_by_watermark=True,
)

INSTAGRAM = Platform(
    name="instagram",
    envelope="instagram",
    read_request=read_instagram_request,
    late_subcode=2534022,
    nobody_subcode=2534014,
    inbox_app=1217981644879628,
    tells_deliveries=False,
    reads_by_watermark=False,
)
