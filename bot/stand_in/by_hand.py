"""Webhooks that somebody posts by hand, once: raw bytes, and the question whether somebody is subscribed."""

import random

from bot.stand_in.ledger import Ledger
from bot.stand_in.postman import Postman
from bot.stand_in.whatsapp_webhooks import signatures


async def deliver(raw: bytes, *, signature: str, app_secret: str, postman: Postman, ledger: Ledger) -> int:
    """Post these very bytes. `signature`: "right", "wrong", "missing". The receiver's HTTP status, 0 without
    one."""
    headers = signatures(raw, app_secret)
    if signature == "wrong":
        headers = signatures(raw, f"not {app_secret}")
    if signature == "missing":
        headers = {}
    http_status = await postman.attempt(raw, headers)
    ledger.write("raw_delivered", {"signature": signature, "http_status": http_status})
    return http_status


async def subscribe(verify_token: str, *, postman: Postman, ledger: Ledger) -> bool:
    """What Meta does when a webhook is set up: whether the receiver gives the challenge back."""
    challenge = str(random.randrange(10**8, 10**9))
    query = {"hub.mode": "subscribe", "hub.verify_token": verify_token, "hub.challenge": challenge}
    http_status, text = await postman.fetch(query)
    is_verified = (http_status, text) == (200, challenge)
    ledger.write("subscribed", {"http_status": http_status, "is_verified": is_verified})
    return is_verified
