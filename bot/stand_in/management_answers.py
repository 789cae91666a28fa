"""The nodes that Graph shows, in its shapes."""

from typing import TYPE_CHECKING, Any

from bot.stand_in.account import APP_ID
from bot.stand_in.subscriptions import Subscription

if TYPE_CHECKING:
    from bot.stand_in.graph import GraphStandIn
    from bot.stand_in.pages import PageSide

_NUMBER_FIELDS = "id,display_phone_number,verified_name,quality_rating"


def debugged_token(stand_in: "GraphStandIn", *, is_known: bool) -> dict[str, Any]:
    facts = stand_in.account
    is_valid = is_known and facts.is_token_valid
    shown: dict[str, Any] = {
        "app_id": APP_ID,
        "type": "SYSTEM_USER",
        "application": "Stand-in",
        "expires_at": facts.expires_at,
        "is_valid": is_valid,
        "scopes": list(facts.scopes) if is_known else [],
    }
    if not is_valid:
        reason = "Session has expired" if is_known else "The access token could not be decrypted"
        shown["error"] = {"code": 190, "message": reason}
        return shown
    targets = {scope: [stand_in.number.account_id] for scope in facts.scopes if scope.startswith("whatsapp")}
    pages = [side.page.page_id for side in stand_in.pages]
    targets |= {scope: pages for scope in facts.scopes if scope.startswith(("page", "instagram"))}
    shown["granular_scopes"] = [{"scope": scope, "target_ids": ids} for scope, ids in sorted(targets.items())]
    return shown


def number_node(stand_in: "GraphStandIn", fields: str, automation: dict[str, Any]) -> dict[str, Any]:
    """The fields that were asked for, or those that come unasked."""
    facts, number, options = stand_in.account, stand_in.number, stand_in.options
    level = "STANDARD" if options.throughput <= 80 else "HIGH"
    entity = {"entity_type": "PHONE_NUMBER", "id": number.phone_number_id}
    everything: dict[str, Any] = {
        "id": number.phone_number_id,
        "display_phone_number": f"+{number.display_number}",
        "verified_name": facts.verified_name,
        "quality_rating": facts.quality_rating,
        "name_status": facts.name_status,
        "code_verification_status": facts.code_verification_status,
        "status": facts.status,
        "platform_type": "CLOUD_API",
        "is_on_biz_app": options.is_coexistent,
        "throughput": {"level": level},
        "messaging_limit_tier": facts.messaging_limit_tier,
        "webhook_configuration": {"application": stand_in.subscription.callback or stand_in.webhook_url},
        "health_status": {
            "can_send_message": facts.can_send_message,
            "entities": [{**entity, "can_send_message": facts.can_send_message}],
        },
        "conversational_automation": {"id": number.phone_number_id, **automation},
    }
    wanted = [name.split("{")[0] for name in (fields or _NUMBER_FIELDS).split(",")]
    return {name: everything[name] for name in ["id", *wanted] if name in everything}


def person_node(side: "PageSide", psid: str, fields: str) -> dict[str, Any]:
    """A patient's public profile: on Instagram a name and a username, else first and last name."""
    if side.platform.name == "instagram":
        everything = {"name": f"Patient {psid[-4:]}", "username": f"patient.{psid[-4:]}"}
    else:
        everything = {"first_name": "Patient", "last_name": psid[-4:]}
    wanted = fields.split(",") if fields else list(everything)
    return {"id": psid, **{name: everything[name] for name in wanted if name in everything}}


def whatsapp_subscription() -> dict[str, Any]:
    app = {"id": APP_ID, "name": "Stand-in", "link": "https://example.org/"}
    return {"whatsapp_business_api_data": app}


def page_subscription(subscription: Subscription) -> dict[str, Any]:
    return {"id": APP_ID, "name": "Stand-in", "subscribed_fields": sorted(subscription.fields)}
