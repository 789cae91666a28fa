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
    ECHO = "echo"
    SYSTEM = "system"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendStatus:
    """What a channel says of a message of ours. `outbox_id` is our own id coming back, where it does;
    `message_id` is "" where a channel names no message, but says until when all were read."""

    state: str  # sent | delivered | read | played | failed
    message_id: str
    outbox_id: str | None = None
    error_code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundEvent:
    """One message or status, whatever the channel; a channel's `parse` makes these and nothing else.

    `at` is the channel's own timestamp (aware UTC, None when unreadable): it only orders one contact's
    messages. `sender` is the patient's opaque id on that channel; `aliases` other ids of the same person
    (a business-scoped id beside a phone-based one). `phone` is E.164 when the channel itself vouches for it.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something to tap. `payload` is a token by the time a channel sees it."""

    title: str
    payload: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One message to a patient, before a channel renders it within its limits.

    `menu` is what the button says that opens a list of the choices; "" leaves it to the channel.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    menu: str = ""


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
    WAIT_FOR_PAIR = "wait_for_pair"  # too many messages to this one person
    STOP = "stop"  # our account: alert staff, keep the queue
    WINDOW_CLOSED = "window_closed"
    UNREACHABLE = "unreachable"  # this person cannot be reached there
    OUR_BUG = "our_bug"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The channel said no: nothing was delivered."""

    action: SendAction
    code: int | None = None
    retry_after: float | None = None  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class FateUnknown:
    """Time-out, dropped connection, 5xx after the body went out: it may or may not arrive."""

    reason: str


SendOutcome = Sent | Refused | FateUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message as one channel's API wants it; `fallback` says what did not fit and how it was shown."""

    body: Mapping[str, Any]
    fallback: str | None = field(default=None)
