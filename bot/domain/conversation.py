"""What travels between channels and the service: events in, replies out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class InboundKind(StrEnum):
    TEXT = "text"
    CHOICE = "choice"  # a tap on one of our buttons or list rows
    STATUS = "status"
    UNSUPPORTED = "unsupported"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACTS = "contacts"
    REACTION = "reaction"
    ECHO = "echo"  # what somebody else wrote in our name: from the phone app, the page's inbox, another app
    SYSTEM = "system"
    OTHER = "other"  # nothing that we know; its `raw` is kept for a week
    FLOW_REPLY = "flow_reply"  # a form, filled in
    EDIT = "edit"
    DELETION = "deletion"
    ORDER = "order"
    REFERRAL = "referral"  # an advert or a link brought somebody into the chat
    READ = "read"  # everything up to a moment, or one message, was read
    OPTIN = "optin"
    PREFERENCES = "preferences"  # promotions wanted or not
    HANDOVER = "handover"  # the thread passes between apps
    CALL = "call"
    ACCOUNT = "account"  # about the practice's own account: restricted, a template refused, quality


@dataclass(frozen=True, slots=True, kw_only=True)
class SendStatus:
    """What a channel says of a message of ours. `outbox_id` is our own id coming back, where it does;
    `message_id` is "" where a channel names no message, but says until when all were read."""

    state: str  # sent | delivered | read | played | failed
    message_id: str
    outbox_id: str | None = None
    error_code: int | None = None
    until: datetime | None = None  # where no message is named: everything that went out by then


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """What brought somebody here. `ref` is what we wrote into a link, the rest is the channel's own words."""

    ref: str | None = None
    source: str | None = None  # ad, post, SHORTLINK, ADS ...
    advert: str | None = None  # its id
    link: str | None = None
    headline: str | None = None
    click: str | None = None  # the id of this one click


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a message: how a channel lets us fetch it, nothing of its content."""

    kind: str  # the channel's word: image, audio, video, file, document, sticker ...
    id: str | None = None
    url: str | None = None
    mime_type: str | None = None
    sha256: str | None = None
    filename: str | None = None
    voice: bool = False  # spoken into the phone


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundEvent:
    """One message or status, whatever the channel; a channel's `parse` makes these and nothing else.

    `at` is the channel's own timestamp (aware UTC, None when unreadable): it only orders one contact's
    messages. `sender` is the patient's opaque id on that channel; `aliases` other ids of the same person
    (a business-scoped id beside a phone-based one). `phone` is E.164 when the channel itself vouches for it.
    `about` is the id of the message that this one quotes, edits, deletes or reacts to.

    `details` are what a kind says besides, as short texts by name: of a reaction `emoji` (none: taken back);
    of preferences `value` (stop or resume) and `category`; of a flow reply the answers; of a location
    `latitude`, `longitude`; of the system `type`; of an account, a call or a handover whatever the channel
    says, with `field`, `event` or `action`.
    """

    kind: InboundKind
    channel: str
    account: str | None
    id: str | None  # unique per (channel, account); never None for what is to be answered
    sender: str | None
    at: datetime | None = None
    text: str | None = None  # words typed, a tap's title, a caption
    payload: str | None = None  # a tap's token
    phone: str | None = None
    profile_name: str | None = None
    aliases: tuple[str, ...] = ()
    status: SendStatus | None = None
    about: str | None = None
    referral: Referral | None = None
    attachments: tuple[Attachment, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    raw: str | None = None  # JSON of what has no kind that we know


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something to tap. `payload` is a token by the time a channel sees it."""

    title: str
    payload: str
    description: str = ""


class MediaKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file that a message carries, at an address that the channel itself fetches it from."""

    kind: MediaKind
    link: str  # https
    filename: str = ""  # of a document


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A pin on the map."""

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkButton:
    label: str
    url: str  # https


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCall:
    """A form of the channel's own (a WhatsApp Flow), to be filled in within the chat."""

    id: str
    token: str  # comes back with the answers
    label: str  # on the button that opens it
    screen: str = ""  # where it begins; "" leaves it to the form
    values: Mapping[str, str] = field(default_factory=dict)  # what the first screen is told


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCall:
    """A template that Meta has approved, with its values. `header` and `body`: parameter -> value, in their
    order. `replies` are the places among the template's buttons of the reply's choices; `links` the places of
    links that end in a value, with that value."""

    name: str
    language: str
    category: str  # utility, marketing, authentication
    body: Mapping[str, str] = field(default_factory=dict)
    header: Mapping[str, str] = field(default_factory=dict)
    replies: tuple[int, ...] = ()
    links: tuple[tuple[int, str], ...] = ()

    @property
    def parameters(self) -> Mapping[str, str]:
        return {**self.header, **self.body}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One message to a patient, before a channel renders it within its limits.

    `menu` is what the button says that opens a list of the choices; "" leaves it to the channel. At most one
    of `media` (its caption is the text), `place`, `link`, `form` and `asks_phone` (a button that shares the
    patient's number) is given; a channel that has no such thing shows it in words. With a `template`, text
    and choices are what it says.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    menu: str = ""
    media: Media | None = None
    place: Place | None = None
    link: LinkButton | None = None
    form: FormCall | None = None
    asks_phone: bool = False
    template: TemplateCall | None = None
    by_human_agent: bool = False  # a person's late answer, marked as such: set right before it goes out


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a patient is reached: the opaque id, and the phone where the channel vouches for one."""

    channel: str
    account: str
    recipient: str
    phone: str | None = None


class SendAction(StrEnum):
    """What a refusal means for us: the adapter classifies, the service decides when."""

    RETRY = "retry"  # proves non-delivery, try again later
    RETRY_ONCE = "retry_once"
    SLOW_DOWN = "slow_down"  # too much from this account: all of it waits
    WAIT_FOR_PAIR = "wait_for_pair"  # too many messages to this one person
    STOP = "stop"  # our account: alert staff, keep the queue
    WINDOW_CLOSED = "window_closed"
    UNREACHABLE = "unreachable"  # this person cannot be reached there
    OPTED_OUT = "opted_out"  # of promotions, on the channel itself
    WITHHELD = "withheld"  # this one promotion, by the channel
    TEMPLATE_UNUSABLE = "template_unusable"  # the template is paused, disabled, or does not exist
    OUR_BUG = "our_bug"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The channel said no: nothing was delivered."""

    action: SendAction
    code: int | None = None
    subcode: int | None = None  # where the code alone means several things
    retry_after: float | None = None  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class FateUnknown:
    """Time-out, dropped connection, 5xx after the body went out: it may or may not arrive."""

    reason: str


SendOutcome = Sent | Refused | FateUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message as one channel's API wants it; `fallback` says what did not fit and how it was shown.

    After `leaves_before` (of time.monotonic; None: never) another worker may be sending it, and it must not
    go out.
    """

    body: Mapping[str, Any]
    fallback: str | None = field(default=None)
    leaves_before: float | None = field(default=None)
