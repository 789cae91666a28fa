"""Whether a patient may be written to, and how: the one answer for the assistant, staff and reminders.

Meta lets a business write freely for 24 hours after a patient's last message (or tap, reaction, call). After
that WhatsApp and Messenger take approved templates only, Instagram nothing. A person who types may answer for
seven days on Messenger and Instagram where Meta has approved it (the human agent tag); nobody else may use
that. SMS and e-mail know no window. A visitor of the web chat is reached while they are there.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
https://developers.facebook.com/documentation/business-messaging/messenger-platform/policy
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.channels import EMAIL, INSTAGRAM, MESSENGER, SMS, WEB, WHATSAPP
from bot.domain.pipeline import is_person
from bot.domain.templates import Category

#: Events of a patient's that open the window anew. An edit, a deletion or a receipt does not.
OPENING_KINDS = frozenset(
    {
        *("text", "choice", "image", "audio", "video", "document", "sticker", "location", "contacts"),
        *("reaction", "flow_reply", "order", "referral", "optin", "call", "unsupported", "other"),
    }
)
#: Meta delivers webhooks for up to seven days after the fact: the window counts from when the patient wrote.
#: What claims to be older, or from the future, is a clock that is wrong.
LATEST_DELIVERY = timedelta(days=8)


class Writer(StrEnum):
    """Who would write."""

    ASSISTANT = "assistant"
    PERSON = "person"  # somebody who typed it
    OUTREACH = "outreach"  # a message that we begin: a reminder, a recall


def writer_of(author: str) -> Writer:
    """Whose words a message of ours has: a suggestion that a person let out unchanged is the assistant's."""
    return Writer.PERSON if is_person(author) else Writer.ASSISTANT


class Way(StrEnum):
    FREE = "free"  # any words
    HUMAN_AGENT = "human_agent"  # any words of a person's, marked as such
    TEMPLATE = "template"
    NEVER = "never"


class Obstacle(StrEnum):
    """What stands in the way of free words."""

    WINDOW_CLOSED = "window_closed"
    NEVER_WROTE = "never_wrote"
    NO_TEMPLATES = "no_templates"  # the window is closed, and this channel has no templates
    OPTED_OUT = "opted_out"  # of messages that we begin
    UNREACHABLE = "unreachable"  # the channel said so, and the patient has not written since


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRules:
    """`window` None: words go out at any time."""

    window: timedelta | None = None
    templates: frozenset[Category] = frozenset()
    human_agent: timedelta | None = None


_DAY, _WEEK = timedelta(hours=24), timedelta(days=7)

RULES: Mapping[str, ChannelRules] = {
    WHATSAPP: ChannelRules(window=_DAY, templates=frozenset(Category)),
    MESSENGER: ChannelRules(window=_DAY, templates=frozenset({Category.UTILITY}), human_agent=_WEEK),
    INSTAGRAM: ChannelRules(window=_DAY, human_agent=_WEEK),
    SMS: ChannelRules(),
    EMAIL: ChannelRules(),
    WEB: ChannelRules(window=_DAY),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What is known of one contact on one account. Instants are aware UTC."""

    wrote_at: datetime | None = None  # when the window was last opened
    opted_out: bool = False  # of messages that we begin
    no_promotions: bool = False
    refused_at: datetime | None = None  # when the channel last said that this person cannot be reached
    human_agent: bool = False  # Meta has approved the tag for this account


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """`until` is how long FREE and HUMAN_AGENT last (None: for good). `templates` are the categories that may
    go out now, whatever the way."""

    way: Way
    until: datetime | None = None
    templates: frozenset[Category] = field(default_factory=frozenset)
    obstacle: Obstacle | None = None

    @property
    def allows_words(self) -> bool:
        return self.way in (Way.FREE, Way.HUMAN_AGENT)


def can_send(writer: Writer, channel: str, contact: Reach, at: datetime) -> Permission:
    """What may be sent to this contact at this moment. Pure; the channel has the last word all the same."""
    rules = RULES[channel]
    wrote_at = contact.wrote_at
    if contact.refused_at is not None and (wrote_at is None or wrote_at <= contact.refused_at):
        return _never(Obstacle.UNREACHABLE)
    if writer is Writer.OUTREACH and contact.opted_out:
        return _never(Obstacle.OPTED_OUT)
    templates = rules.templates - ({Category.MARKETING} if contact.no_promotions else set())
    if rules.window is None:
        return Permission(way=Way.FREE, templates=templates)
    if wrote_at is not None and at < wrote_at + rules.window:
        return Permission(way=Way.FREE, until=wrote_at + rules.window, templates=templates)
    return _outside_window(writer, rules, contact, templates, at)


def _outside_window(
    writer: Writer, rules: ChannelRules, contact: Reach, templates: frozenset[Category], at: datetime
) -> Permission:
    """Whatever goes out now is begun by us: who does not want that is left alone, unless a person answers."""
    begun = frozenset[Category]() if contact.opted_out else templates
    closed = Obstacle.WINDOW_CLOSED if contact.wrote_at else Obstacle.NEVER_WROTE
    agent = rules.human_agent if writer is Writer.PERSON and contact.human_agent else None
    if agent and contact.wrote_at and at < contact.wrote_at + agent:
        until = contact.wrote_at + agent
        return Permission(way=Way.HUMAN_AGENT, until=until, templates=begun, obstacle=closed)
    if not rules.templates:
        return _never(Obstacle.NO_TEMPLATES)
    if contact.opted_out:
        return _never(Obstacle.OPTED_OUT)
    return Permission(way=Way.TEMPLATE, templates=begun, obstacle=closed)


def _never(obstacle: Obstacle) -> Permission:
    return Permission(way=Way.NEVER, obstacle=obstacle)
