"""What Graph tells about a number, an app and a token; each fact can be changed to see who notices."""

from dataclasses import dataclass

APP_ID = "300300300300300"

SCOPES = (
    "business_management",
    "instagram_basic",
    "instagram_manage_messages",
    "page_utility_messaging",
    "pages_manage_metadata",
    "pages_messaging",
    "pages_show_list",
    "whatsapp_business_management",
    "whatsapp_business_messaging",
)


@dataclass(slots=True)
class AccountFacts:
    """Everything is well at first. `expires_at` is in seconds, 0 for never."""

    verified_name: str = "Stand-in"
    quality_rating: str = "GREEN"
    name_status: str = "APPROVED"
    code_verification_status: str = "VERIFIED"
    status: str = "CONNECTED"
    messaging_limit_tier: str = "TIER_2K"
    can_send_message: str = "AVAILABLE"
    is_token_valid: bool = True
    expires_at: int = 0
    scopes: tuple[str, ...] = SCOPES
