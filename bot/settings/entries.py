"""What may stand in practice.yml: the shape of it. What each value by itself must be is in
`bot.settings.kinds`, what takes two values to be wrong in `bot.settings.checks`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from bot.settings.channel_entries import (
    InstagramEntry,
    MailEntry,
    MessengerEntry,
    ProviderEntry,
    SmsEntry,
    WebChatEntry,
    WhatsAppEntry,
)
from bot.settings.diary_entries import (
    ExceptionEntry,
    HoursEntry,
    PlaceEntry,
    PractitionerEntry,
    RoomEntry,
    SiteEntry,
    SystemEntry,
    VisitTypeEntry,
)
from bot.settings.file_entries import MediaEntry, VoiceEntry
from bot.settings.kinds import (
    AccountId,
    ActionServerUrl,
    ClosedDay,
    Country,
    Currency,
    Email,
    EmergencyNumber,
    Entry,
    Https,
    Id,
    IssuerUrl,
    Language,
    Phone,
    Secret,
    Smtp,
    Text,
    Webhook,
    Zone,
    flows_or_all,
    one_or_several,
)


class AnswersEntry(Entry):
    """What patients ask about. Each is said as it is written, so each is a whole sentence."""

    prices: dict[Language, Text] = {}
    payment: dict[Language, Text] = {}
    insurance: dict[Language, Text] = {}
    invoices: dict[Language, Text] = {}
    parking: dict[Language, Text] = {}
    accessibility: dict[Language, Text] = {}
    first_visit: dict[Language, Text] = {}
    duration: dict[Language, Text] = {}
    cancellation: dict[Language, Text] = {}
    languages: dict[Language, Text] = {}
    children: dict[Language, Text] = {}
    fear: dict[Language, Text] = {}
    hygiene: dict[Language, Text] = {}
    jobs: dict[Language, Text] = {}
    suppliers: dict[Language, Text] = {}


class AlertEntry(Entry):
    webhook: Webhook | None = None
    slack: Webhook | None = None
    teams: Webhook | None = None
    telegram: Secret | None = None
    chat: AccountId | None = None
    email: Email | None = None
    smtp: Smtp | None = None


class DeskEntry(Entry):
    answer_minutes: Annotated[int, Field(ge=1, le=60 * 24)] = 15
    hours: HoursEntry | None = None
    give_back_after_hours: Annotated[int, Field(ge=1, le=24 * 30)] | None = None
    next_answer_minutes: Annotated[int, Field(ge=1, le=60 * 24)] | None = None
    emergency_minutes: Annotated[int, Field(ge=1, le=60)] = 2
    choose_somebody: bool = False
    chosen_for_minutes: Annotated[int, Field(ge=1, le=60)] = 3


class ActionServerEntry(Entry):
    url: ActionServerUrl
    token: Secret | None = None


class RolesEntry(Entry):
    """Which groups of the service may what here."""

    reader: list[Text] = []
    agent: list[Text] = []
    manager: list[Text] = []
    admin: list[Text] = []


class OidcEntry(Entry):
    issuer: IssuerUrl
    client_id: Text
    client_secret: Secret
    roles: RolesEntry
    claim: Text = "groups"
    scopes: list[Text] = []


class SignInEntry(Entry):
    oidc: OidcEntry


class PracticeEntry(Entry):
    id: Id
    name: Text
    phone: Phone
    address: Text
    privacy_link: Https
    emergency_number: EmergencyNumber
    country: Country
    time_zone: Zone
    languages: Annotated[list[Language], Field(min_length=1)]
    website: Https | None = None
    email: Email | None = None
    currency: Currency = "EUR"
    answers: AnswersEntry | None = None
    holidays: bool
    closed_days: list[ClosedDay] | None = None
    holidays_region: Text | None = None
    sites: list[SiteEntry] = []
    rooms: list[RoomEntry] = []
    kept_free_until_hours: Annotated[int, Field(ge=0, le=24 * 30)] = 24
    practice_system: SystemEntry | None = None
    horizon_days: Annotated[int, Field(ge=1, le=730)] = 60
    hold_minutes: Annotated[int, Field(ge=1, le=120)] = 10
    holds_per_contact: Annotated[int, Field(ge=1, le=10)] = 2
    wants_birth_date: bool = False
    gather_seconds: Annotated[float, Field(ge=0, le=60)] = 2.0
    visit_types: Annotated[list[VisitTypeEntry], Field(min_length=1)]
    practitioners: Annotated[list[PractitionerEntry], Field(min_length=1)]
    whatsapp: list[WhatsAppEntry] | None = None
    messenger: list[MessengerEntry] | None = None
    instagram: list[InstagramEntry] | None = None
    sms: list[SmsEntry] | None = None
    mail: MailEntry | None = None
    web_chat: WebChatEntry | None = None
    media: MediaEntry | None = None
    voice: VoiceEntry | None = None
    quiet_channel_hours: Annotated[int, Field(ge=0, le=24 * 30)] = 72
    alerts: Annotated[list[AlertEntry], BeforeValidator(one_or_several)] | None = None
    desk: DeskEntry | None = None
    canned_answers: dict[Id, dict[Language, Text]] = {}
    action_server: ActionServerEntry | None = None
    sign_in: SignInEntry | None = None
    links: dict[Text, Id] = {}
    suggest: Annotated[list[Id] | Literal["all"], BeforeValidator(flows_or_all)] = []


#: Which keys belong where: the path of a mapping, without list indices.
KEYS: Mapping[tuple[Any, ...], type[Entry]] = {
    (): PracticeEntry,
    ("visit_types",): VisitTypeEntry,
    ("practitioners",): PractitionerEntry,
    ("practitioners", "hours"): HoursEntry,
    ("practitioners", "odd_weeks"): HoursEntry,
    ("practitioners", "even_weeks"): HoursEntry,
    ("practitioners", "kept_free"): HoursEntry,
    ("practitioners", "also_at"): PlaceEntry,
    ("practitioners", "also_at", "hours"): HoursEntry,
    ("practitioners", "also_at", "odd_weeks"): HoursEntry,
    ("practitioners", "also_at", "even_weeks"): HoursEntry,
    ("practitioners", "exceptions"): ExceptionEntry,
    ("sites",): SiteEntry,
    ("rooms",): RoomEntry,
    ("practice_system",): SystemEntry,
    ("whatsapp",): WhatsAppEntry,
    ("whatsapp", "provider"): ProviderEntry,
    ("media",): MediaEntry,
    ("voice",): VoiceEntry,
    ("messenger",): MessengerEntry,
    ("instagram",): InstagramEntry,
    ("sms",): SmsEntry,
    ("mail",): MailEntry,
    ("web_chat",): WebChatEntry,
    ("alerts",): AlertEntry,
    ("desk",): DeskEntry,
    ("desk", "hours"): HoursEntry,
    ("action_server",): ActionServerEntry,
    ("sign_in",): SignInEntry,
    ("sign_in", "oidc"): OidcEntry,
    ("sign_in", "oidc", "roles"): RolesEntry,
    ("answers",): AnswersEntry,
}
