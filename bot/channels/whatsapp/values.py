"""What the items of one change in a webhook body share, and how an event is made of an item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.lenient import fingerprint, identifier, instant
from bot.channels.whatsapp.people import Contacts, Person
from bot.domain.channels import WHATSAPP
from bot.domain.conversation import InboundEvent, InboundKind

CHANNEL = WHATSAPP


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What the items of one change share."""

    account: str | None
    contacts: Contacts

    def event(
        self,
        item: Mapping[str, Any],
        kind: InboundKind,
        person: Person,
        *,
        id_parts: Sequence[object] | None = None,
        at: object = None,
        **known: Any,
    ) -> InboundEvent:
        """`id_parts`, where the id of the item alone is shared by several events."""
        parts = [identifier(part) for part in id_parts or (item.get("id"),)]
        return InboundEvent(
            kind=kind,
            channel=CHANNEL,
            account=self.account,
            id=identifier(":".join(part for part in parts if part)) or fingerprint(item),
            sender=person.sender,
            at=instant(item.get("timestamp")) or instant(at),
            phone=known.pop("phone", None) or person.phone,
            profile_name=person.profile_name,
            aliases=person.aliases,
            **known,
        )
