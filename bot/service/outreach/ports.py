"""What the messages that we begin need of the practice's memory, as Protocols and values."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.consent import Consent
from bot.domain.conversation import Reply
from bot.domain.diary import Appointment
from bot.domain.outreach import OutreachState, Rule, Subject
from bot.domain.templates import TemplateState
from bot.domain.windows import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A message that is to be decided on when it is due; `state` SKIPPED: never, and `reason` says why.
    `is_late`: planned anew it would be too late, but one that waits is not withdrawn."""

    subject: Subject
    number: int  # within a series, from 0
    due: datetime
    too_late: datetime
    state: OutreachState = OutreachState.PLANNED
    reason: str | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A message whose moment has come, taken by this process for a while (`lease`)."""

    id: str
    rule: str
    subject: str
    anchor: datetime
    visits: Mapping[str, datetime]  # id -> start, as it was planned
    contact: str | None
    patient: str | None
    due: datetime
    too_late: datetime
    attempts: int
    lease: int
    reason: str | None = None  # why it has been waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A contact through whom the patient may be reached."""

    contact: str
    channel: str
    reach: Reach
    consent: Consent
    language: str | None
    owner: str
    alarmed: bool = False  # they wait for a person after an alarm of not long ago
    busy_until: datetime | None = None  # a conversation is under way: not before then
    last_wrote: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known, at the moment of decision, of a message and whom it is for."""

    recipients: tuple[Recipient, ...]
    first_name: str = ""
    initials: str = ""
    chosen: str | None = None  # the channel that the patient asked for, or BY_PHONE
    is_shared: bool = False  # several people on one phone
    never: str | None = None  # deceased, do_not_contact
    visits: tuple[Appointment, ...] = ()  # as our own database has them
    stands: bool = True  # what our own database knows of the visits, in the same transaction
    sent_today: int = 0  # messages of this rule
    templates: Mapping[tuple[str, str, str], TemplateState] = field(default_factory=dict)
    link: str | None = None  # the practice's own, to pay at


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    recipient: Recipient
    reply: Reply
    call_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """It is not sent. `calls`: somebody is to telephone instead."""

    state: OutreachState
    reason: str
    calls: bool = False


Decision = Send | Wait | Settle

#: Why a chat did not carry it, where a text message may: nothing here is anybody's wish.
BY_TEXT_INSTEAD = frozenset(
    {
        *("unreachable", "window_closed", "never_wrote", "no_templates", "no_template"),
        *("template", "template_unfit"),
    }
)
Decide = Callable[[Due, Facts], Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What one round came to."""

    woken: tuple[str, ...] = ()  # conversations with something to send
    sent: int = 0
    waiting: int = 0
    settled: int = 0
    calls: int = 0

    def __add__(self, other: "Decided") -> "Decided":
        return Decided(
            woken=(*self.woken, *other.woken),
            sent=self.sent + other.sent,
            waiting=self.waiting + other.waiting,
            settled=self.settled + other.settled,
            calls=self.calls + other.calls,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """A message of ours that an answer may be about."""

    id: str
    rule: str
    contact: str
    visits: Mapping[str, datetime]
    anchor: datetime
    sent_at: datetime
    answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTask:
    """Somebody to be telephoned. `until`: afterwards a call is of no use any more."""

    id: str
    rule: str
    reason: str
    conversation: str | None
    patient: str | None
    name: str
    phone: str | None
    language: str | None
    visits: Mapping[str, datetime]
    until: datetime
    created_at: datetime
    attempts: int = 0
    outcome: str | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None


class Subjects(Protocol):
    """Whom rules are about: read from the practice system and what is known beside it."""

    async def refresh(self, rules: Collection[Rule], *, at: datetime) -> None:
        """Looks up what the practice system has that was not entered here. Raises BookingError."""

    async def of(self, rule: Rule, *, at: datetime) -> Sequence[Subject]:
        """Everybody whom this rule is, or soon will be, about. Raises BookingError."""

    def window(self, rule: Rule, at: datetime) -> tuple[datetime, datetime]:
        """The anchors of all of them lie within it."""

    async def standing(
        self, due: Sequence[Due], *, rules: Mapping[str, Rule], at: datetime
    ) -> frozenset[str]:
        """Which of these messages are as they were planned, asked of the practice system now. Raises
        BookingError."""


class OutreachBook(Protocol):
    """The table of these messages. Each method is one unit of work."""

    async def plan(
        self, rule: Rule, planned: Sequence[Planned], *, window: tuple[datetime, datetime], at: datetime
    ) -> int:
        """Makes what is planned within these anchors exactly this; how much changed. What has been sent is
        never planned again; what still waits in the outbox and no longer holds is withdrawn."""

    async def take(self, *, limit: int, at: datetime) -> Sequence[Due]:
        """What is due, the earliest first; nobody else gets it for a while."""

    async def decide(
        self, due: Sequence[Due], decide: Decide, *, rules: Mapping[str, Rule], at: datetime
    ) -> Decided:
        """One transaction: facts, decision, mark, message."""

    async def postpone(self, due: Due, *, until: datetime, reason: str) -> None: ...

    async def settle(self, due: Due, settled: Settle, *, at: datetime) -> None: ...

    async def find_failed(self, rules: Mapping[str, Rule], *, at: datetime) -> int:
        """What a channel has given up is due once more; how many."""

    async def find_silent(self, rules: Mapping[str, Rule], *, at: datetime) -> int:
        """Whoever has settled nothing by the moment that was set is on the call list now; how many."""

    async def sent(self, message: str, *, contact: str) -> SentMessage | None: ...

    async def unanswered(self, contact: str, *, since: datetime, heard: int) -> Sequence[SentMessage]:
        """To this contact since then, and not settled by an answer other than the inbox row `heard`; the
        latest first."""

    async def answered(
        self, messages: Sequence[str], answer: str, *, settles: bool, at: datetime, heard: int
    ) -> None:
        """What a reply, the inbox row `heard`, began; `settles`: nobody is called, and what follows of a
        series does not."""

    async def comes(self, messages: Sequence[str], *, contact: str, at: datetime) -> str:
        """The patient said that they come: "noted", "over", "changed"; "unknown" for no message of ours."""

    async def call_tasks(
        self, *, at: datetime, settled_since: datetime | None = None
    ) -> Sequence[CallTask]: ...

    async def settle_call_task(self, task: str, *, outcome: str, who: str, at: datetime) -> bool: ...
