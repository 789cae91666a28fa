"""Whether a channel is connected as it has to be, and what to do where it is not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.channels.graph_desk import GraphDesk, GraphRefusal
from bot.channels.lenient import mapping, objects, whole_number, words

#: What an app has to be told of; of a number in the Business app also its echoes and its history.
WHATSAPP_FIELDS = (
    "messages",
    "message_template_status_update",
    "template_category_update",
    "account_update",
    "phone_number_quality_update",
    "user_preferences",
    "user_id_update",
)
BUSINESS_APP_FIELDS = ("smb_message_echoes", "smb_app_state_sync", "history")
PAGE_FIELDS = (
    "messages",
    "messaging_postbacks",
    "message_echoes",
    "message_deliveries",
    "message_reads",
    "message_reactions",
    "message_edits",
    "messaging_referrals",
    "messaging_optins",
    "messaging_handovers",
    "messaging_policy_enforcement",
    "message_template_status_update",
    "standby",
)
INSTAGRAM_FIELDS = (
    "messages",
    "messaging_postbacks",
    "messaging_seen",
    "message_reactions",
    "message_edit",
    "messaging_referral",
)
_SCOPES: Mapping[str, tuple[str, ...]] = {
    "whatsapp": ("whatsapp_business_messaging", "whatsapp_business_management"),
    "messenger": ("pages_messaging", "pages_manage_metadata"),
    "instagram": ("instagram_manage_messages", "pages_manage_metadata"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`level`: "ok", "warning" (it works, not for long or not all of it), "broken"."""

    level: str
    says: str


def ok(says: str) -> Finding:
    return Finding(level="ok", says=says)


def warning(says: str) -> Finding:
    return Finding(level="warning", says=says)


def broken(says: str) -> Finding:
    return Finding(level="broken", says=says)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts:
    """What Graph knows of a token."""

    app: str
    business_accounts: tuple[str, ...]
    findings: tuple[Finding, ...]


async def token_facts(
    mine: GraphDesk, app: GraphDesk, token: str, *, channel: str, at: datetime
) -> TokenFacts:
    """`mine` calls with the token itself, `app` with the app's. Raises GraphRefusal, GraphUnreachable."""
    about = mapping((await app.get("debug_token", input_token=token)).get("data"))
    found = list(_token_findings(about, channel=channel, at=at))
    targets = {
        str(target)
        for scope in objects(about.get("granular_scopes"))
        if scope.get("scope") == "whatsapp_business_management"
        for target in scope.get("target_ids") or ()
    }
    return TokenFacts(
        app=words(about.get("app_id")) or "", business_accounts=tuple(sorted(targets)), findings=tuple(found)
    )


async def app_id(mine: GraphDesk) -> str:
    """Which app a token belongs to."""
    return words((await mine.get("app")).get("id")) or ""


def _token_findings(about: Mapping[str, Any], *, channel: str, at: datetime) -> Iterator[Finding]:
    if about.get("is_valid") is not True:
        why = words(mapping(about.get("error")).get("message")) or "Meta does not say why"
        yield broken(f"the access token is not valid ({why}); make a new one for a system user")
        return
    expires = whole_number(about.get("expires_at")) or 0
    if expires:
        until = datetime.fromtimestamp(expires, UTC)
        days = (until - at).days
        says = f"the access token ends on {until:%Y-%m-%d}; a system user's can be made without an end"
        yield broken(says) if days < 0 else warning(says)
    else:
        yield ok("the access token is valid and has no end")
    missing = [scope for scope in _SCOPES[channel] if scope not in (about.get("scopes") or ())]
    if missing:
        yield broken(f"the token lacks {', '.join(missing)}; add them where it was made, and make it anew")
    else:
        yield ok("the token has the permissions")


def number_findings(number: Mapping[str, Any], *, business_app: bool) -> Iterator[Finding]:
    """What GET /{number} tells."""
    quality = words(number.get("quality_rating")) or "UNKNOWN"
    says = f"quality of the number: {quality}"
    yield (
        ok(says)
        if quality in ("GREEN", "UNKNOWN")
        else warning(f"{says}; patients block or report it: look at what is sent unasked")
    )
    status = words(number.get("status"))
    if status not in (None, "CONNECTED"):
        yield broken(f"the number is {status}; register it in WhatsApp Manager")
    health = words(mapping(number.get("health_status")).get("can_send_message"))
    if health in ("BLOCKED", "LIMITED"):
        yield (broken if health == "BLOCKED" else warning)(
            f"sending is {health}: open the account in WhatsApp Manager, which says why"
        )
    name = words(number.get("name_status"))
    if name not in (None, "APPROVED", "AVAILABLE_WITHOUT_REVIEW", "NONE"):
        yield warning(f"the display name is {name}")
    is_on_app = number.get("is_on_biz_app") is True
    if is_on_app != business_app:
        told = "is" if is_on_app else "is not"
        yield warning(
            f"the number {told} in the WhatsApp Business app: write business_app: {str(is_on_app).lower()}"
        )
    tier = words(number.get("messaging_limit_tier"))
    if tier:
        yield ok(f"people a day outside of the window: {tier}")


def field_findings(subscribed: Sequence[str], wanted: Sequence[str]) -> Iterator[Finding]:
    missing = [field for field in wanted if field not in subscribed]
    if "messages" in missing:
        yield broken(
            "not subscribed to messages: nothing that patients write arrives; run channels subscribe"
        )
    elif missing:
        yield warning(f"not subscribed to {', '.join(missing)}; run channels subscribe")
    else:
        yield ok("subscribed to everything that is read")


async def account_of(mine: GraphDesk, number: str, candidates: Sequence[str]) -> str | None:
    """Which of these business accounts has the number."""
    for account in candidates:
        try:
            numbers = await mine.get(account, "phone_numbers", fields="id")
        except GraphRefusal:
            continue
        if any(each.get("id") == number for each in objects(numbers.get("data"))):
            return account
    return None


async def app_fields(app: GraphDesk, id: str, object: str) -> tuple[tuple[str, ...], str]:
    """The fields that the app is subscribed to for an object, and where its webhooks go."""
    answer = await app.get(id, "subscriptions")
    for each in objects(answer.get("data")):
        if each.get("object") == object and each.get("active") is not False:
            names = tuple(words(field.get("name")) or "" for field in objects(each.get("fields")))
            return names, words(each.get("callback_url")) or ""
    return (), ""
