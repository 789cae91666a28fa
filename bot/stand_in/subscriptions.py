"""Which webhooks an app gets of an account: the fields it is subscribed to. Nothing else is delivered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

WHATSAPP_FIELDS = (
    "account_alerts",
    "account_review_update",
    "account_update",
    "business_capability_update",
    "business_username_update",
    "calls",
    "flows",
    "history",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "messages",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "smb_app_state_sync",
    "smb_message_echoes",
    "template_category_update",
    "user_id_update",
    "user_preferences",
)
PAGE_FIELDS = (
    "feed",
    "message_deliveries",
    "message_echoes",
    "message_edits",
    "message_reactions",
    "message_reads",
    "message_template_status_update",
    "messages",
    "messaging_account_linking",
    "messaging_handovers",
    "messaging_optins",
    "messaging_policy_enforcement",
    "messaging_postbacks",
    "messaging_referrals",
    "response_feedback",
    "standby",
)
INSTAGRAM_FIELDS = (
    "comments",
    "message_edit",
    "message_reactions",
    "messages",
    "messaging_handover",
    "messaging_optins",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_seen",
    "standby",
)

_BY_KEY = {
    "messenger": {
        "postback": "messaging_postbacks",
        "read": "message_reads",
        "delivery": "message_deliveries",
        "reaction": "message_reactions",
        "message_edit": "message_edits",
        "referral": "messaging_referrals",
        "optin": "messaging_optins",
    },
    "instagram": {
        "postback": "messaging_postbacks",
        "read": "messaging_seen",
        "reaction": "message_reactions",
        "message_edit": "message_edit",
        "referral": "messaging_referral",
        "optin": "messaging_optins",
    },
}


@dataclass(slots=True)
class Subscription:
    """Begins with every field that there is. `callback`: where the app says its webhooks go, once it has."""

    every_field: tuple[str, ...]
    fields: set[str] = field(default_factory=set)
    is_active: bool = True
    callback: str = ""

    def __post_init__(self) -> None:
        self.fields = set(self.every_field)

    def delivers(self, name: str) -> bool:
        return self.is_active and (name in self.fields or name not in self.every_field)

    def choose(self, names: Iterable[str]) -> None:
        self.fields = set(names)
        self.is_active = True


def field_of(event: Mapping[str, Any], platform: str) -> str:
    """The field that a page's event belongs to."""
    if any(key.endswith("_thread_control") for key in event):
        return "messaging_handovers" if platform == "messenger" else "messaging_handover"
    message = event.get("message")
    if isinstance(message, dict) and message.get("is_echo") is True and platform == "messenger":
        return "message_echoes"
    return next((name for key, name in _BY_KEY[platform].items() if key in event), "messages")
