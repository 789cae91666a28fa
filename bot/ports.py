"""The extension surface on one page: what the service needs from the world, as Protocols.

Contract tests: tests/contracts/. Instants are aware UTC everywhere here.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, runtime_checkable

from bot.domain.conversation import Address, InboundEvent, Refused, Rendered, Reply, SendOutcome
from bot.domain.diary import (
    Appointment,
    DiaryWrite,
    Hold,
    KnownPatient,
    Opening,
    PatientDetails,
    Wish,
)
from bot.domain.handoff import StaffAlert
from bot.domain.openings import Taken
from bot.domain.pipeline import (
    Accepted,
    LedgerEntry,
    OutboxMessage,
    OutboxState,
    PendingAlert,
    Snapshot,
    TurnCommit,
    Unfinished,
)
from bot.domain.practice import Practice
from bot.domain.verdicts import Verdict
from bot.outside_ports import OutsideBook as OutsideBook
from bot.outside_ports import OutsideSystem as OutsideSystem


class Clock(Protocol):
    """The only source of the present."""

    def now(self) -> datetime: ...


class Channel(Protocol):
    """A way to reach patients. `verify`, `challenge`, `parse` and `render` are pure; only `send` does I/O."""

    name: str

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises SignatureMismatch unless the raw bytes carry our app secret's signature."""

    def challenge(self, query: Mapping[str, str]) -> str | None:
        """The text to answer Meta's subscription request with; None when the token is not ours."""

    def parse(self, body: bytes) -> tuple[InboundEvent, ...]:
        """Every event of a body, in its order. Total: what cannot be read becomes an event or is left out,
        and never takes its neighbours along. A body that is no JSON object gives ()."""

    def render(self, reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
        """Within the channel's limits; what does not fit falls back visibly, never cut mid-grapheme."""

    async def send(self, message: Rendered, to: Address) -> SendOutcome:
        """One request, no retry. Never raises for what the network or the API does."""


@runtime_checkable
class AddressedChannel(Channel, Protocol):
    """A channel whose provider signs the address that it asks, and brings our own id back in it."""

    def at(self, target: str) -> Channel:
        """The channel for one request: `verify` and `parse` know its path and query."""


class PracticeSystem(Protocol):
    """A practice-management system: openings, holds, bookings, and what becomes of them."""

    name: str

    async def find_openings(self, wish: Wish, *, at: datetime, limit: int) -> tuple[Opening, ...]:
        """The best free openings for this wish, days and practitioners spread, given by start. When none
        matches, the nearest. Empty means that there are none at all."""

    async def hold(
        self, opening: Opening, *, contact: str, key: str, at: datetime, instead_of: str | None = None
    ) -> Hold:
        """Keep an opening for a contact. The same key again returns the same hold. For a visit that is to be
        moved (`instead_of`, its id) the time may overlap the one that it has.
        A contact's earlier holds on other openings are released when it would pass its limit of holds.
        Raises OpeningTaken, PolicyRefused (not an opening of this practice, past, closed), Unavailable."""

    async def release(self, *, contact: str, at: datetime) -> None:
        """Let go of everything that this contact holds. Idempotent."""

    async def current_hold(self, *, contact: str, opening: Opening, at: datetime) -> Hold | None:
        """The contact's own unexpired hold on exactly this opening."""

    async def book(self, hold: Hold, patient: PatientDetails, *, key: str, at: datetime) -> "Booking":
        """Turn a hold into an appointment. Raises HoldExpired, OpeningTaken, Unavailable.
        An embedded diary returns the write to be committed with the turn (`Booking.write`)."""

    async def appointments_of(
        self, *, contact: str, patients: Collection[str] = (), at: datetime
    ) -> tuple[Appointment, ...]:
        """Booked visits that begin after `at`, by start: those that this contact booked, and those of these
        patients (references, as `find_patients` gives them)."""

    async def find_patients(
        self,
        *,
        contact: str | None = None,
        phone: str | None = None,
        first_name: str | None = None,
        birth_date: date | None = None,
    ) -> tuple[KnownPatient, ...]:
        """Everybody whom this contact booked for, or who is on file under this phone (E.164; exactly one of
        both), and whom all that is given besides fits. Who has no date of birth on file fits none."""

    async def booked_for(self, *, contact: str, since: datetime) -> tuple[PatientDetails, ...]:
        """Everybody whom this contact itself booked, each once, with all that is known of them: the last
        booked first, and only those with a visit that was booked, or begins, after `since`."""

    async def reschedule(self, visit: Appointment, hold: Hold, *, key: str, at: datetime) -> "Booking":
        """Move a visit to the held time, which frees the one it had: never neither, never both.
        Raises VisitChanged when the visit is not as it was seen, HoldExpired, OpeningTaken, Unavailable.
        The same key again is one move. An embedded diary returns the write, as `book` does."""

    async def cancel(self, visit: Appointment, reason: str | None, *, key: str, at: datetime) -> "Booking":
        """Cancel a visit, which frees its time at once; of one given as cancelled, only note the reason.
        Raises VisitChanged when it is not as it was seen, Unavailable. The same key again changes nothing.
        An embedded diary returns the write, as `book` does."""

    async def appointments(self, *, start: datetime, end: datetime, at: datetime) -> tuple[Appointment, ...]:
        """Every appointment and unexpired hold that touches [start, end), by start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What `book`, `reschedule` or `cancel` came to; with a `write`, true once the turn has committed."""

    appointment: Appointment
    write: DiaryWrite | None = None


class DiaryStore(Protocol):
    """Where the embedded diary keeps its rows. The database itself excludes overlaps."""

    async def busy(
        self, *, start: datetime, end: datetime, at: datetime, besides: str | None = None
    ) -> Sequence[tuple[str, datetime, datetime]]:
        """(practitioner, from, to) of whatever blocks time in [start, end): appointments with their buffers,
        the visit `besides` apart, and holds that have not expired at `at`."""

    async def taken(
        self, *, start: datetime, end: datetime, at: datetime, besides: str | None = None
    ) -> Taken:
        """As `busy`, with the rooms that are taken, and what kinds of visits there are."""

    async def hold(
        self,
        hold: Hold,
        *,
        blocked: tuple[datetime, datetime],
        key: str,
        limit: int,
        at: datetime,
        rooms: Sequence[str] = (),
        per_day: tuple[datetime, datetime, int] | None = None,
        replaces: str | None = None,
    ) -> Hold:
        """Insert a hold; sweeps expired ones first, in the same transaction. It takes the first of the rooms
        that is free. Raises OpeningTaken, also when all `rooms` are taken, or when so many visits of this
        kind (`per_day[2]`) begin between the two instants."""

    async def release(self, *, contact: str, at: datetime) -> None: ...

    async def current_hold(self, *, contact: str, opening: Opening, at: datetime) -> Hold | None: ...

    async def keep_longer(self, hold: Hold, *, at: datetime) -> bool:
        """An unexpired hold of this contact runs out at `hold.until`; False when there is none."""

    async def appointments(
        self, *, start: datetime | None, end: datetime | None, at: datetime
    ) -> tuple[Appointment, ...]: ...

    async def appointments_of(
        self, *, contact: str, patients: Collection[str], at: datetime
    ) -> tuple[Appointment, ...]: ...

    async def booked_for(self, *, contact: str, since: datetime) -> tuple[PatientDetails, ...]: ...

    async def find_patients(
        self,
        *,
        contact: str | None,
        phone: str | None,
        first_name: str | None,
        birth_date: date | None,
    ) -> tuple[KnownPatient, ...]: ...

    async def details(self, patient: str) -> PatientDetails | None:
        """Who a reference is; None when there is no such reference."""

    async def appointment(self, appointment: str) -> tuple[Appointment, str | None] | None:
        """As it is now, with the key of its last change; None when there is no such row."""

    async def add(
        self, rows: Sequence[tuple[Opening, PatientDetails]], *, at: datetime
    ) -> tuple[Appointment, ...]:
        """Book these, all or nothing. Raises OpeningTaken with the offending row's index in `args[1]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionResult:
    """What an action came to: Rasa events and messages, and diary writes that commit with the turn.

    `failed`: the word for why it came to nothing (bot/actions/executor.py, bot/actions/remote.py).
    """

    events: tuple[Mapping[str, Any], ...] = ()
    responses: tuple[Mapping[str, Any], ...] = ()
    failed: str | None = None
    writes: tuple[DiaryWrite, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCall:
    """One run of one action within a turn. `key` is stable over re-runs: its writes are idempotent by it."""

    name: str
    tracker: Mapping[str, Any]
    key: str
    contact: str
    channel: str
    phone: str | None  # E.164, when the channel vouches for it
    language: str
    at: datetime
    handed_back: bool = False  # by a person, just now: what was said before may no longer hold


class Actions(Protocol):
    """Runs actions by name, in-process or remote, each with a time limit. Never raises for what they do."""

    async def run(self, call: ActionCall) -> ActionResult: ...


class Alert(Protocol):
    """Tells staff that somebody is needed."""

    async def send(self, alert: StaffAlert, *, practice: Practice) -> bool | None:
        """Whether it was handed over; None when nobody can know. Never raises for what the network does."""


class Store(Protocol):
    """The pipeline's memory. Each method is one unit of work: durable on return, or nothing of it stays."""

    async def accept(
        self, events: Sequence[InboundEvent], *, accounts: frozenset[tuple[str, str]]
    ) -> Accepted:
        """Store each event once, by (channel, account, event id); statuses only move outbox rows forward."""

    async def keep_body(self, channel: str, body: bytes) -> None:
        """A well signed body that nothing could be read of is kept for a week, sealed."""

    async def load(self, conversation: str, *, worker: str, only_waiting: bool = False) -> Snapshot | None:
        """Take the claim, then load. None when another worker has it; with `only_waiting` also when nothing
        waits to be answered."""

    async def recall(self, snapshot: Snapshot, members: Sequence[int]) -> bool:
        """The patient wrote these while an answer to what came before still waits for somebody's yes: take
        the suggestion back, so that all of it is answered anew. False where both cannot be one turn."""

    async def record(
        self,
        snapshot: Snapshot,
        *,
        turn: str,
        at: datetime,
        members: Sequence[int],
        entry: LedgerEntry,
        writes: Sequence[DiaryWrite] = (),
    ) -> None:
        """Make an action's arguments and result durable, with the diary writes that it staged; this
        also fixes the turn's moment and members. Raises StaleConversation, and BookingError for a refusal."""

    async def write_diary(self, writes: Sequence[DiaryWrite]) -> None:
        """Diary writes that nobody remembers: only for the twin that shows what a ledger is for."""

    async def commit(self, turn: TurnCommit) -> OutboxMessage | None:
        """State, journal, replies, inbox marks, diary writes, hand-off: all or nothing.
        Raises StaleConversation when version or epoch moved on, BookingError when a diary write is refused.
        Returns the first reply, already marked as being sent, when nothing is queued before it."""

    async def begin(self, snapshot: Snapshot, members: Sequence[int]) -> None:
        """Count an attempt on these messages, durably before it is made: what kills the process counts, too.
        Raises StaleConversation when version or epoch moved on."""

    async def next_to_send(self, conversation: str) -> OutboxMessage | None:
        """The head of the line. One that may go now comes back marked SENDING; else see `not_before`."""

    def has_moved(self, message: OutboxMessage) -> bool:
        """Whether the conversation of a message of the bot's has changed hands, or is about to, since the
        message was given out. To be asked right before it is posted."""

    def leaves_before(self) -> float | None:
        """The moment, of time.monotonic, after which what is posted now must not go out any more: another
        worker may be sending it. None: never."""

    async def take_back(self, message: OutboxMessage) -> None:
        """A message that was given out was not posted: it is queued as before."""

    async def hold_back(self, message: OutboxMessage) -> None:
        """A message that was given out was not posted, since the assistant is paused: it is withdrawn, and an
        event of the conversation says so."""

    async def settle(
        self,
        message: OutboxMessage,
        *,
        state: OutboxState,
        message_id: str | None = None,
        not_before: datetime | None = None,
        error_code: int | None = None,
    ) -> None:
        """What a send came to. Never undoes what a status has already proved."""

    async def refused(self, message: OutboxMessage, refusal: Refused) -> Verdict | None:
        """The channel did not take it: what becomes of the message, and of whatever else that concerns (the
        contact, the template, staff who have to hear of it), in one transaction. None where another worker
        has the conversation by now, and decides."""

    async def give_up(self, message: OutboxMessage) -> None:
        """Nobody knows whether it arrived, and it is not tried again: staff hear of it."""

    async def resend(self, message: OutboxMessage) -> OutboxMessage | None:
        """Mark an uncertain message as being sent once more; None when a status has settled it meanwhile."""

    async def unfinished(self, *, decide_at: datetime) -> Unfinished:
        """After a start: conversations with waiting messages or replies. Sends that were under way are now
        uncertain until `decide_at`: the wait starts anew, since no status could reach a dead process."""

    async def wait_anew(self, *, decide_at: datetime) -> None:
        """Statuses can reach us from now on: what is uncertain is decided at this moment, not earlier."""


class Fellows(Protocol):
    """The other workers on the same database. Alone, one leads and adopts nobody."""

    @property
    def leads(self) -> bool:
        """Whether it is this process that keeps promises and tells staff: one of all, as far as is known."""

    async def show_life(self) -> None:
        """To be called every second or so."""

    async def adopt(self, *, decide_at: datetime) -> tuple[str, ...]:
        """Conversations in which something waits and that are now ours, with those that were and may have
        been overlooked. What a dead worker was sending is uncertain until `decide_at`."""

    def calls(self) -> AsyncIterator[str]:
        """Conversations of ours that another worker stored something in, as it happens."""

    async def leave(self) -> None:
        """Our conversations are free for the others."""


class Handoffs(Protocol):
    """Who waits for a person: promises that run out, and staff to be told."""

    async def break_promises(self) -> tuple[str, ...]:
        """Conversations whose patients still wait after the moment that they were told: each now has an event
        that says so, once for each promise."""

    async def give_back_forgotten(self, *, silent_since: datetime) -> tuple[str, ...]:
        """Conversations of people in which nobody, patient or person, has written since: given back."""

    async def give_back_resumed(self, is_paused: Callable[[str], bool]) -> tuple[str, ...]:
        """Conversations that waited only because the assistant was paused on their channel, and no longer is:
        given back."""

    async def pending_alerts(self) -> tuple[PendingAlert, ...]:
        """What is due: urgent first, then in the order in which it came up."""

    async def alerts_begun(self, alerts: Sequence[PendingAlert], *, begun: int) -> None:
        """So many channels will have been given these, told as one: written before each of them is."""

    async def alerts_sent(self, alerts: Sequence[PendingAlert], *, retry_at: datetime | None) -> None:
        """They arrived, or, with `retry_at`, nobody took them and they begin anew then."""
