"""What the message pipeline keeps between webhook and reply. Instants are aware UTC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.conversation import Address, InboundKind, Reply
from bot.domain.diary import DiaryWrite
from bot.domain.handoff import AlertKind, Promise
from bot.domain.heard import NOTHING_BESIDE, Beside

#: Owners of a conversation; a person is STAFF and their id. Who writes to a closed one begins anew.
BOT, QUEUE, CLOSED, STAFF = "bot", "queue", "closed", "staff:"

#: Events of our own that wait in the inbox among the patient's: they have no words.
HANDED_BACK = "handed_back"  # staff gave the conversation back
ARRANGED = "arranged"  # payload of HANDED_BACK: they booked or moved a visit meanwhile
PROMISE_BROKEN = "promise_broken"  # nobody answered by the moment that the patient was told
PAUSED = "paused"  # the assistant was silenced before an answer of its own went out
OWN_KINDS = frozenset({HANDED_BACK, PROMISE_BROKEN, PAUSED})

#: Messages from before the number was connected, and those with files: kept, shown, and nothing else.
PAST, PAST_FILE = "past", "past_file"
PAST_KINDS = frozenset({PAST, PAST_FILE})


def is_person(owner: str) -> bool:
    return owner.startswith(STAFF)


class OutboxState(StrEnum):
    """Where a message of ours is. QUEUED waits for its turn behind earlier ones of the same conversation."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    DROPPED = "dropped"  # withdrawn: a person took over before it went out, or the assistant was paused
    DRAFTED = "drafted"  # a suggestion: a person sends it, changes it, or discards it
    WAITING = "waiting"  # for the patient to write: the channel takes no free words until then


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who writes, on one channel. The conversation of a contact has the same id."""

    id: str
    address: Address
    profile_name: str | None = None
    informed_at: datetime | None = None  # when the bot said that it is one


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxMessage:
    """A stored event that waits for its turn; `kind` is the channel's, or one of OWN_KINDS."""

    id: int
    kind: InboundKind | str
    text: str | None
    payload: str | None
    sent_at: datetime
    received_at: datetime
    attempts: int = 0  # turns that were begun with it, however they ended
    replays: int = 0  # how often somebody had it tried again after it was set aside
    turn: str | None = None  # set once a turn has begun with it: that turn's members never change
    beside: Beside = NOTHING_BESIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A message that could not be answered. Nothing of it says who wrote, or what."""

    id: int
    conversation: str
    kind: str
    received_at: datetime
    replays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One action run of a turn: arguments, and the result once there is one."""

    number: int
    action: str
    key: str
    arguments: Mapping[str, Any]
    result: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunTurn:
    """A turn with at least one recorded action. A re-run keeps its moment, members and results."""

    id: str
    at: datetime
    entries: tuple[LedgerEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A conversation as loaded under our claim."""

    contact: Contact
    version: int
    epoch: int
    owner: str
    state: Mapping[str, Any] | None  # the engine's, as JSON; None for a conversation that never had a turn
    pending: tuple[InboxMessage, ...]  # in the order in which they were written
    begun: BegunTurn | None = None
    staff_wrote_at: datetime | None = None
    draft: str | None = None  # the last turn whose answer waits for somebody's yes
    told_late_at: datetime | None = None  # when the patient last heard that we had been out of reach


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """A reply on its way out."""

    id: str
    contact: Contact
    reply: Reply
    author: str  # "bot" or "staff:NAME"
    state: OutboxState
    attempts: int
    not_before: datetime
    exempt: bool = False  # goes out although a person owns the chat: emergency, opt-out
    notice: bool = False  # says when a person answers: goes out although the assistant is paused
    moves: int = 0  # how often the conversation had changed hands when this was read
    naps: int = 0  # of the worker that gave it out, until then (storage.turns.claims)
    by_human_agent: bool = False  # goes out as a person's late answer


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedReply:
    """A reply that becomes an outbox row with the turn's commit."""

    id: str
    reply: Reply
    exempt: bool = False  # goes out although a person owns the chat
    emergency: bool = False  # exempt, unless that person wrote just now
    notice: bool = False  # says when a person answers: goes out although the assistant is paused
    drafted: bool = False  # a person decides whether it goes out


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedDraft:
    """What a turn only suggests: its `drafted` replies. `before` is the dialogue as the turn found it, to go
    back to when the suggestion is not taken; a turn that `wrote` into a diary cannot be undone."""

    flow: str  # for which acceptance is counted
    before: Mapping[str, Any] | None
    wrote: bool = False
    informed: bool = False  # it says that an assistant writes


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedHandoff:
    """A call for a person. `promise` when a patient waits for one: a note of a mistake alone has none."""

    reason: str
    urgent: bool = False
    promise: Promise | None = None
    quiet: bool = False  # no alert at once: reminders, where nobody has decided meanwhile
    beside: bool = False  # the assistant goes on meanwhile: staff are told and reminded, nobody apologises


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnCommit:
    """Everything that a turn comes to, in one transaction."""

    turn: str
    conversation: str
    version: int  # as loaded; the commit makes it version + 1
    epoch: int
    at: datetime  # the moment the turn works with
    finished_at: datetime
    members: tuple[int, ...]  # inbox ids
    state: Mapping[str, Any]
    journal: Mapping[str, Any]
    replies: tuple[StagedReply, ...] = ()
    writes: tuple[DiaryWrite, ...] = ()
    entries: tuple[LedgerEntry, ...] = ()  # results that ride along (embedded diary writes)
    owner: str | None = None  # None leaves it
    handoff: StagedHandoff | None = None
    outcome: str | None = None  # of the open hand-off, when `owner` is the bot; None: given back by staff
    informed: bool = False
    opted_out: bool | None = None  # True: no messages that we begin; False: again; None: as it was
    draft: StagedDraft | None = None
    set_aside: bool = False  # the messages could not be answered: a person may have them tried again
    told_late: bool = False  # the patient hears that we had been out of reach


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRefusal:
    """A message was accepted, and a status says afterwards that the whole account may not send."""

    channel: str
    account: str
    code: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What storing a webhook body came to."""

    conversations: tuple[tuple[str, InboundKind], ...] = ()  # newly stored messages, in order
    settled: tuple[str, ...] = ()  # conversations whose outbox a status may have moved
    repeats: int = 0
    foreign: int = 0  # for accounts that are not ours
    alerts: bool = False  # staff are to hear of something
    refusals: tuple[LateRefusal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingAlert:
    """`begun`: to how many channels it was given in this round, the last perhaps without our knowing."""

    id: int
    conversation: str
    kind: AlertKind
    reason: str
    urgent: bool
    created_at: datetime
    attempts: int = 0
    begun: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """What a start finds: conversations whose messages, and whose replies, still wait."""

    to_answer: tuple[str, ...] = ()
    to_send: tuple[str, ...] = ()
