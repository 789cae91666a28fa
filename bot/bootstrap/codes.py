"""How visitors of the site prove a phone: by SMS, or, in a demo without a provider, on the terminal."""

import uuid
from collections.abc import Callable, Mapping

from bot.actions.proving_contact import Codes
from bot.domain.channels import SMS
from bot.domain.conversation import Address, Refused, Reply
from bot.domain.practice import Practice
from bot.ports import Channel
from bot.storage.sealing.seal import derive


def codes_of(
    practice: Practice,
    channels: Mapping[str, Channel],
    *,
    master_key: bytes,
    announce: Callable[[str], None] | None = None,
) -> Codes | None:
    """None where there is no way to send one."""
    if SMS not in channels and announce is None:
        return None

    async def send(phone: str, text: str, key: str) -> bool:
        channel = channels.get(SMS)
        if channel is None:
            if announce is not None:
                announce(text)
            return True
        to = Address(channel=SMS, account=practice.sms[0].number, recipient=phone, phone=phone)
        message = channel.render(Reply(text=text), to, outbox_id=str(uuid.uuid5(uuid.NAMESPACE_OID, key)))
        # Whose fate is unknown may arrive: it can be asked for again.
        return not isinstance(await channel.send(message, to), Refused)

    secret = derive(master_key, b"contact codes")
    return Codes(secret=secret, country=practice.country, send=send)
