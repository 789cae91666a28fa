"""What practice.yml says of the ways in which patients reach the practice."""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from bot.domain.providers import Signature
from bot.settings.kinds import (
    HEADER,
    AccountId,
    Email,
    Entry,
    Phone,
    PhoneNumberId,
    Secret,
    ServiceUrl,
    Smtp,
    wrong,
)

# Nothing in it may end a directive of a content security policy.
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")


def _header(text: str) -> str:
    if not HEADER.fullmatch(text):
        raise wrong(f'"{text}" is no name of a header')
    return text


Header = Annotated[str, AfterValidator(_header)]


def _origin(text: str) -> str:
    """What a browser calls a site: scheme, host and port."""
    parts = urlsplit(text.rstrip("/"))
    is_site = parts.scheme in ("https", "http") and parts.hostname and not (parts.path or parts.query)
    if not is_site or not _ORIGIN.fullmatch(text.rstrip("/")):
        raise wrong('must be a site without a path, such as "https://www.example.org"')
    return text.rstrip("/").lower()


Origin = Annotated[str, AfterValidator(_origin)]


class ProviderEntry(Entry):
    """Whatever is not written is as in the profile; without a profile, as with Meta itself."""

    profile: Literal["360dialog"] | None = None
    api_url: ServiceUrl | None = None
    path: str | None = None
    auth_header: Header | None = None
    auth_prefix: str | None = None
    signature: Signature | None = None
    signature_header: Header | None = None


class WhatsAppEntry(Entry):
    phone_number_id: PhoneNumberId
    app_secret: Secret
    verify_token: Secret
    access_token: Secret
    business_app: bool = False
    provider: ProviderEntry | None = None


class MessengerEntry(Entry):
    page_id: AccountId
    app_secret: Secret
    verify_token: Secret
    access_token: Secret
    human_agent: bool = False


class InstagramEntry(Entry):
    account_id: AccountId
    app_secret: Secret
    verify_token: Secret
    access_token: Secret
    human_agent: bool = False


class SmsEntry(Entry):
    number: Phone
    account_sid: AccountId
    auth_token: Secret
    webhook_url: ServiceUrl
    api_url: ServiceUrl = "https://api.twilio.com"


class MailEntry(Entry):
    address: Email
    smtp: Smtp


class WebChatEntry(Entry):
    sites: Annotated[list[Origin], Field(min_length=1)]
