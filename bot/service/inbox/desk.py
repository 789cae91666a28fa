"""What people see of the conversations: the staff's desk, and the observer behind the sandbox.

Contracts only; instants are aware UTC. Names, words and numbers of patients travel here in the clear, for
the eyes of staff: nothing of it belongs in a log line.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from bot.domain.answer_times import AnswerClock
from bot.domain.deeds import VisitChange
from bot.domain.diary import DiaryWrite
from bot.domain.handoff import Outcome
from bot.errors import ChairsideError


class Owner(StrEnum):
    """Who answers the patient next."""

    BOT = "bot"
    QUEUE = "queue"  # waits for a person
    STAFF = "staff"
    CLOSED = "closed"  # settled; the assistant answers who writes again


class Author(StrEnum):
    PATIENT = "patient"
    ASSISTANT = "assistant"
    STAFF = "staff"
    NOTE = "note"  # for staff only, never sent: "handed over: asked for a person"


class MessageState(StrEnum):
    """How far a message of ours came."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNCERTAIN = "uncertain"  # the channel did not say; being looked up
    WAITING = "waiting"  # the channel takes no words until the patient writes
    WITHDRAWN = "withdrawn"  # the assistant's, and a person took over before it went out


class UnknownConversation(ChairsideError):
    """No conversation of this practice has that id."""


class AlreadyTaken(ChairsideError):
    """A colleague answers this conversation; `by` is who."""

    def __init__(self, by: str) -> None:
        self.by = by
        super().__init__("a colleague has taken this conversation")


class NothingAnswered(ChairsideError):
    """ "Answered" is no outcome of a conversation in which no person has written since it was handed over."""


class WindowClosed(ChairsideError):
    """The channel no longer lets us write freely to this patient (24 hours without a word from them)."""


class DraftGone(ChairsideError):
    """The suggestion is not there any more: somebody decided, or the patient wrote again."""


class AssistantPaused(ChairsideError):
    """Nothing can be given back to an assistant that is paused."""


#: What the list can be narrowed to; "all" is whatever is not snoozed.
FILTERS = ("all", "mine", "waiting", "urgent", "unanswered", "snoozed", "settled")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingConversation:
    """A row of the staff's list."""

    id: str
    label: str  # the patient's name when known, else "Patient 3F2A"
    channel: str
    reason: str  # the word of OpenHandoff: asked | misunderstood | emergency | ...
    since: datetime
    owner: Owner
    urgent: bool = False
    last_text: str = ""
    unread: int = 0
    owned_by: str | None = None  # who, when the owner is staff
    due_at: datetime | None = None  # by then somebody answers: the patient was told
    is_overdue: bool = False  # nobody did
    tags: tuple[str, ...] = ()
    snoozed_until: datetime | None = None  # None, too, once it is over
    has_draft: bool = False  # the assistant suggests an answer
    answer_by: datetime | None = None  # the clock that runs; None while nobody waits for words of a person
    answer_clock: AnswerClock | None = None
    is_late: bool = False  # it has run out
    meant_for: str | None = None  # who was chosen to answer first, while it waits; anybody may


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """Rows of the list in their order: waiting, to be read over, with a person, with the assistant; in each,
    urgent first, then the longest waiting. `after` is where the next page begins; None at the end. `counts`
    is how many each filter lets through, on the first page only."""

    rows: tuple[WaitingConversation, ...]
    after: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    tags: tuple[str, ...] = ()  # that are in use, by name; on the first page only


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """What the assistant suggests to answer; `id` names exactly this suggestion."""

    id: str
    flow: str
    text: str
    since: datetime
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file that came with a message. `state`: waiting | kept | refused (`why`) | expired. `heard` is what a
    machine understood of a voice note, `heard_surely` how sure it is (0 to 1)."""

    id: str
    state: str
    why: str | None = None
    kind: str = ""  # image | audio | video | document, once it is kept
    mime_type: str = ""
    name: str = ""
    size: int = 0
    heard: str | None = None
    heard_surely: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """One bubble. `state` is None for what the patient wrote and for notes."""

    id: str
    at: datetime
    author: Author
    text: str
    choices: tuple[str, ...] = ()  # titles of the buttons or rows that were offered
    kind: str = "text"  # InboundKind of what the patient sent
    state: MessageState | None = None
    by: str | None = None  # which person, when the author is staff; who let it out, of a suggestion
    client_message_id: str | None = None  # of `Desk.reply`, so that a page finds its own message again
    files: tuple[FileView, ...] = ()
    quoted: str = ""  # the beginning of the message that this one answers to, or changes
    is_edited: bool = False  # the words are those of a later edit


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationView:
    """One conversation as staff see it; messages oldest first."""

    id: str
    label: str
    channel: str
    owner: Owner
    language: str
    messages: tuple[MessageView, ...]
    slots: tuple[tuple[str, str], ...] = ()  # what the assistant learned: (label, value), ready to read
    window_open: bool = True  # free text may be sent
    window_until: datetime | None = None
    reason: str | None = None
    since: datetime | None = None
    urgent: bool = False
    owned_by: str | None = None
    tags: tuple[str, ...] = ()
    snoozed_until: datetime | None = None
    draft: DraftView | None = None
    set_aside: int = 0  # so many messages could not be answered, and may be tried again


class Desk(Protocol):
    """What staff can see and do."""

    async def handoffs(self) -> tuple[WaitingConversation, ...]:
        """Whoever waits or is with staff, all of them: urgent first, then the longest waiting."""

    async def page(
        self, chosen: str, *, who: str, limit: int, after: str | None = None, tag: str | None = None
    ) -> ListPage:
        """`chosen` is one of FILTERS, "mine" that of `who`; with `tag` only what carries it. What is settled
        comes with the latest first.
        Raises ValueError for a filter or a place that is none."""

    async def conversation(self, conversation: str) -> ConversationView:
        """Raises UnknownConversation."""

    async def take(self, conversation: str, who: str, *, instead_of: str | None = None) -> None:
        """Make `who` the owner; the assistant falls silent: what it had not sent yet is withdrawn. Again by
        the same person: nothing happens. Of a conversation that a colleague has, `instead_of` names them.
        Raises UnknownConversation, AlreadyTaken when a (further) colleague has it."""

    async def assign(self, conversation: str, to: str, *, who: str) -> None:
        """Make a colleague the owner of a conversation that is `who`'s or nobody's. Idempotent.
        Raises UnknownConversation, AlreadyTaken."""

    async def put_back(self, conversation: str, who: str) -> None:
        """Into the queue, for whoever comes next; the assistant stays silent. Idempotent.
        Raises UnknownConversation, AlreadyTaken when a colleague has it."""

    async def close(self, conversation: str, who: str, *, outcome: Outcome) -> None:
        """Settled: nobody answers until the patient writes again, and then the assistant does, from the
        beginning. Idempotent. Raises UnknownConversation, NothingAnswered, AlreadyTaken."""

    async def reply(self, conversation: str, text: str, *, who: str, client_message_id: str) -> None:
        """Put a message of a person into the outbox; takes over when no person owns the conversation.
        The same `client_message_id` again is the same message.
        Raises UnknownConversation, AlreadyTaken, WindowClosed."""

    async def change_visits(
        self,
        conversation: str,
        writes: Sequence[DiaryWrite],
        *,
        done: VisitChange,
        text: str | None,
        who: str,
        client_message_id: str,
    ) -> None:
        """What staff have `done` in the diary, and with a `text` also what the patient is told of it, as
        `reply`: both or neither. The same `client_message_id` again changes nothing. Raises as `reply`, and
        the BookingError of a write that the diary refuses."""

    async def give_back(self, conversation: str, who: str) -> None:
        """The assistant answers again, and tells the patient so. Idempotent.
        Raises UnknownConversation, AssistantPaused, AlreadyTaken when a colleague has it."""

    def subscribe(self) -> AsyncIterator[None]:
        """Ticks whenever something may have changed; ticks that nobody fetched melt into one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTrace:
    """What the assistant made of one turn of a patient."""

    at: datetime
    text: str
    language: str
    intent: str | None
    confidence: float | None  # 0..1
    entities: tuple[tuple[str, str], ...] = ()  # (kind, value as text)
    red_flag: str | None = None  # "A airway"
    commands: tuple[str, ...] = ()
    flow: str | None = None  # where the dialogue stands after the turn
    step: str | None = None
    actions: tuple[tuple[str, str], ...] = ()  # (name, outcome)
    reply: str = ""
    stack: tuple[tuple[str, str, bool], ...] = ()  # (flow, step, is interrupted), the last on top
    steps: tuple[tuple[str, str], ...] = ()  # (flow, step) that were gone through


class Observer(Protocol):
    """Looks over the assistant's shoulder; only for the sandbox."""

    async def diary(self) -> list[Mapping[str, Any]]:
        """Rows by start. `status` (AppointmentStatus), `start` and `end` (UTC, ISO 8601), `start_local`
        (practice wall clock, `YYYY-MM-DDTHH:MM`), `practitioner` and `visit_type` (ids), `patient` (a name,
        or None for a hold)."""

    async def turns(self, contact: str) -> tuple[TurnTrace, ...]:
        """The latest turns of a contact, oldest first. `contact` is a conversation's id or a phone
        (digits of E.164, with or without "+"). An unknown one has none."""

    def subscribe(self) -> AsyncIterator[None]:
        """As Desk.subscribe."""
