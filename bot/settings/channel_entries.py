"""What practice.yml says of the ways in which patients reach the practice."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from bot.domain.providers import Signature
from bot.settings.kinds import HEADER, AccountId, Email, Entry, Phone, Secret, ServiceUrl, Smtp, wrong


def _header(text: str) -> str:
    if not HEADER.fullmatch(text):
        raise wrong(f'"{text}" is no name of a header')
    return text


Header = Annotated[str, AfterValidator(_header)]


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
    phone_number_id: AccountId
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


class InstagramEntry(Entry):
    account_id: AccountId
    app_secret: Secret
    verify_token: Secret
    access_token: Secret


class SmsEntry(Entry):
    number: Phone
    account_sid: AccountId
    auth_token: Secret
    webhook_url: ServiceUrl
    api_url: ServiceUrl = "https://api.twilio.com"


class MailEntry(Entry):
    address: Email
    smtp: Smtp
