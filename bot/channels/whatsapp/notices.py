"""Changes that are no message: about the account, about calls and preferences, about chats elsewhere."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.channels.lenient import flat, mapping
from bot.domain.conversation import InboundKind

# About the business account or its number: staff have to know.
ACCOUNT_FIELDS = frozenset(
    {
        *("account_update", "account_alerts", "account_review_update", "account_settings_update"),
        *("business_capability_update", "business_status_update", "security"),
        *("message_template_status_update", "message_template_quality_update"),
        *("message_template_components_update", "template_category_update"),
        *("template_correct_category_detection", "payment_configuration_update"),
        *("phone_number_name_update", "phone_number_quality_update"),
        *("business_username_update", "business_username_updates"),
    }
)
# Old messages, the phone's address book, groups, chats that another app has: known, and not ours to answer.
ELSEWHERE_FIELDS = frozenset(
    {
        *("history", "standby", "smb_app_state_sync", "automatic_events", "tracking_events", "flows"),
        *("group_lifecycle_update", "group_participants_update", "group_settings_update"),
        *("group_status_update", "partner_solutions"),
    }
)
HANDOVER_FIELDS = frozenset({"messaging_handovers"})
#: What every value has, and says nothing by itself.
_FRAME = frozenset({"messaging_product", "metadata", "contacts"})


def kind_of(field: str | None, value: Mapping[str, Any]) -> InboundKind | None:
    """The kind of a change without any item that we can read; None for one that says nothing."""
    if not value:
        return None
    if field in ACCOUNT_FIELDS:
        return InboundKind.ACCOUNT
    if field in HANDOVER_FIELDS:
        return InboundKind.HANDOVER
    if field in (None, "messages") and not any(_said(value)):
        return None
    return InboundKind.OTHER


def is_known(field: str | None) -> bool:
    """Whether a change that is nobody's message is of a sort that we know, and need not keep."""
    return field in ACCOUNT_FIELDS | ELSEWHERE_FIELDS | HANDOVER_FIELDS


def details(field: str | None, value: Mapping[str, Any], account: str | None) -> dict[str, str]:
    """What the channel says of an account, with the field and the business account that it is about; of what
    happens elsewhere no more than the field."""
    if field in ELSEWHERE_FIELDS:
        return flat({"field": field})
    inner = {key: each for key, each in value.items() if key not in _FRAME}
    number = mapping(value.get("metadata")).get("display_phone_number")
    return flat({"field": field, "business_account": account, "number": number}) | flat(inner)


def _said(value: Mapping[str, Any]) -> Iterator[str]:
    return (key for key, each in value.items() if key not in _FRAME and isinstance(each, list) and each)
