"""What practice.yml says of the ways in which patients reach the practice."""

from bot.settings.kinds import AccountId, Email, Entry, Phone, Secret, ServiceUrl, Smtp


class WhatsAppEntry(Entry):
    phone_number_id: AccountId
    app_secret: Secret
    verify_token: Secret
    access_token: Secret


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
