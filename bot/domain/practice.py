"""A practice: who works when, which visits there are, how it is reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum

from bot.domain.media import AS_USUAL, MediaRules, VoiceRules
from bot.domain.outside import SystemSettings
from bot.domain.providers import Provider

#: What a practice may answer in practice.yml (`answers`); texts name each as the slot `answer_<topic>`.
ANSWER_TOPICS = (
    *("prices", "payment", "insurance", "invoices", "parking", "accessibility", "first_visit", "duration"),
    *("cancellation", "languages", "children", "fear", "hygiene", "jobs", "suppliers"),
)


class Weeks(StrEnum):
    """By the number that the calendar gives a week (ISO 8601). A year of 53 weeks ends odd and begins odd."""

    EVERY = "every"
    ODD = "odd"
    EVEN = "even"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Working time on one weekday, practice wall clock, half-open."""

    weekday: int  # Monday is 0, as in datetime.weekday()
    start: time
    end: time
    site: str | None = None  # id
    weeks: Weeks = Weeks.EVERY


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptional:
    """Days on which somebody's hours are not the weekly ones; without spans these are days off.

    Hours given for a public holiday are worked. Both days are included.
    """

    first: date
    last: date
    spans: tuple[tuple[time, time], ...] = ()
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place where the practice receives patients."""

    id: str
    name: str
    address: str
    closed_days: frozenset[date] = frozenset()
    words: tuple[str, ...] = ()  # what patients call it besides its name and its street


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room or a chair: one visit at a time. Without a site it is wherever it is needed."""

    id: str
    name: str
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitType:
    """A kind of visit that can be booked."""

    id: str
    names: Mapping[str, str]  # language -> what patients read, e.g. "prima visita"
    words: Mapping[str, tuple[str, ...]]  # language -> what patients call it, besides the name
    duration: timedelta
    buffer_before: timedelta = timedelta(0)
    buffer_after: timedelta = timedelta(0)
    lead: timedelta = timedelta(0)  # how soon, at the earliest, it can be booked
    for_new_patients: bool = True
    price_from: float | None = None  # the least it costs, in the practice's currency
    rooms: tuple[str, ...] = ()  # ids: it takes one of these; () when any corner will do
    per_day: int | None = None  # so many in the whole practice on one day, such as new patients
    urgent: bool = False  # may have the time that is kept free for emergencies

    def name(self, language: str) -> str:
        return self.names.get(language) or next(iter(self.names.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Practitioner:
    """Somebody whom patients visit."""

    id: str
    name: str  # as patients read it: "dott. Marco Rossi"
    shifts: tuple[Shift, ...]
    visit_types: tuple[str, ...]  # ids
    does: Mapping[str, str] = field(default_factory=dict)  # language -> "orthodontics"; {} when not said
    exceptions: tuple[Exceptional, ...] = ()  # of two for one day the later in the list counts
    kept_free: tuple[Shift, ...] = ()  # for emergencies, until it is near (`Practice.kept_free_until`)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatsAppAccount:
    """A WhatsApp number of the practice; secrets are already resolved."""

    phone_number_id: str
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    access_token: str = field(repr=False)
    business_app: bool = False  # the number stays in the WhatsApp Business app: 20 messages a second
    provider: Provider | None = None  # instead of Meta itself


@dataclass(frozen=True, slots=True, kw_only=True)
class MessengerAccount:
    """A Facebook Page of the practice; secrets are already resolved."""

    page_id: str
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    access_token: str = field(repr=False)  # the Page's own, not a person's
    human_agent: bool = False  # Meta has approved the tag for what people answer late


@dataclass(frozen=True, slots=True, kw_only=True)
class InstagramAccount:
    """A professional account of the practice on Instagram; secrets are already resolved."""

    account_id: str
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    access_token: str = field(repr=False)
    human_agent: bool = False  # Meta has approved the tag for what people answer late


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsAccount:
    """A number of the practice at a provider of SMS; secrets are already resolved."""

    number: str  # E.164
    account_sid: str
    auth_token: str = field(repr=False)
    webhook_url: str  # as the provider asks it: it is part of what is signed
    api_url: str = "https://api.twilio.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAccount:
    """The address that the practice writes from. Nobody reads there what patients answer: mails say where."""

    address: str
    smtp: str = field(repr=False)  # smtp://user:password@host:587, or smtps://


@dataclass(frozen=True, slots=True, kw_only=True)
class WebChat:
    """The chat on the practice's own site. `sites` are the origins whose pages may show it."""

    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChannel:
    """Where staff hear that somebody is needed: exactly one of a webhook of any kind, one of Slack's or
    Teams', a Telegram bot's token (with a chat), or an e-mail address (with a server)."""

    webhook: str | None = field(default=None, repr=False)
    slack: str | None = field(default=None, repr=False)
    teams: str | None = field(default=None, repr=False)
    telegram: str | None = field(default=None, repr=False)
    chat: str | None = None
    email: str | None = None
    smtp: str | None = field(default=None, repr=False)  # smtp://user:password@host:port


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRules:
    """What patients who wait for a person are promised, and when there is somebody to keep it."""

    answer_within: timedelta = timedelta(minutes=15)  # of open time
    shifts: tuple[Shift, ...] = ()  # when somebody answers; () means the practitioners' hours
    give_back_after: timedelta | None = None  # a person's silence after which the assistant goes on
    next_answer_within: timedelta | None = (
        None  # of open time, once a person has answered; None: as the first
    )
    emergency_within: timedelta = timedelta(minutes=2)  # day and night
    meant_for_within: timedelta | None = None  # so long for whoever is freest; None: nobody is chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionServer:
    """Where actions run that are not ours, by Rasa's protocol: over TLS, or on this machine."""

    url: str
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInService:
    """An OpenID Connect service that knows the staff. `roles`: by role, which values of `claim` give it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    roles: Mapping[str, tuple[str, ...]]
    claim: str = "groups"
    scopes: tuple[str, ...] = ()  # besides openid and profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """Everything about one practice that flows, openings and texts need."""

    id: str
    name: str
    time_zone: str  # IANA
    country: str  # ISO 3166 alpha-2; phones, holidays, order of day and month
    languages: tuple[str, ...]  # the first is the house language
    phone: str
    address: str
    privacy_url: str
    emergency_number: str
    practitioners: tuple[Practitioner, ...]
    visit_types: tuple[VisitType, ...]
    holidays: bool  # closed on the country's public holidays
    website: str | None = None
    email: str | None = None
    currency: str = "EUR"  # ISO 4217
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # topic -> language -> sentence
    holidays_region: str | None = None  # ISO 3166-2 without the country: "BY" in Germany, "SCT" in Britain
    closed_days: frozenset[date] = frozenset()
    sites: tuple[Site, ...] = ()
    rooms: tuple[Room, ...] = ()
    kept_free_until: timedelta = timedelta(hours=24)  # so long before, time kept free goes to anybody
    wants_birth_date: bool = False
    horizon: timedelta = timedelta(days=60)
    hold_for: timedelta = timedelta(minutes=10)
    holds_per_contact: int = 2
    gather_seconds: float = 2.0
    whatsapp: tuple[WhatsAppAccount, ...] = ()
    messenger: tuple[MessengerAccount, ...] = ()
    instagram: tuple[InstagramAccount, ...] = ()
    sms: tuple[SmsAccount, ...] = ()
    mail: MailAccount | None = None
    web_chat: WebChat | None = None
    media: MediaRules = AS_USUAL
    voice: VoiceRules | None = None  # without it voice notes go to a person
    quiet_after: timedelta | None = timedelta(hours=72)  # a channel on which nothing comes is out of order
    alerts: tuple[AlertChannel, ...] = ()  # in this order: the next when one fails
    desk: DeskRules = DeskRules()
    canned_answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # id -> language -> text
    action_server: ActionServer | None = None
    sign_in: SignInService | None = None  # besides passwords
    system: SystemSettings | None = None  # where the diary is kept, when it is not here
    links: Mapping[str, str] = field(default_factory=dict)  # a link's ref, or an advert's id -> a flow
    suggest: frozenset[str] | None = frozenset()  # flows whose answers somebody reads first; None: all flows

    def answer(self, topic: str, language: str) -> str:
        """What the practice says about a topic; "" where it says nothing."""
        texts = self.answers.get(topic) or {}
        return texts.get(language) or texts.get(self.languages[0]) or ""

    def visit_type(self, visit_type_id: str) -> VisitType | None:
        return next((v for v in self.visit_types if v.id == visit_type_id), None)

    def site(self, site_id: str | None) -> Site | None:
        return next((s for s in self.sites if s.id == site_id), None)

    def practitioner(self, practitioner_id: str) -> Practitioner | None:
        return next((p for p in self.practitioners if p.id == practitioner_id), None)
