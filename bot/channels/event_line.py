"""An event as one line of `chairside parse`, the same for every channel."""

from bot.domain.conversation import InboundEvent


def event_line(event: InboundEvent) -> dict[str, str | None]:
    """`sender` is the patient's id, also where it was we who wrote (null where there is none);
    `at` is UTC to the second."""
    return {
        "kind": event.kind.value,
        "channel": event.channel,
        "account": event.account,
        "id": event.id,
        "sender": event.sender,
        "at": f"{event.at:%Y-%m-%dT%H:%M:%SZ}" if event.at else None,
        "text": event.text,
        "payload": event.payload,
    }
