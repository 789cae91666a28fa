"""What an adapter to another practice system has to be, and what is remembered of its writes, as Protocols.

Part of the extension surface (`bot.ports`, which names them, too). Contract tests: tests/contracts/.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from bot.domain.diary import DiaryWrite, Hold, PatientDetails
from bot.domain.outside import (
    Capabilities,
    Catalogue,
    Changes,
    Deed,
    DeedState,
    Linked,
    OutsideHold,
    OutsidePatient,
    OutsideVisit,
    PatientQuery,
    Stretch,
    VisitRequest,
)


class OutsideSystem(Protocol):
    """An adapter to a practice-management system elsewhere: one operation, one question or write to it.

    It translates and classifies, and decides nothing: holds, keys, splitting, retries, read-back, caching and
    limits are done by `bot.practice_systems.outside_diary`. All ids are the system's own, all instants UTC.
    Contract: tests/contracts/outside_system.py; docs/add-a-practice-system.md. Every method may raise
    AuthFailed, RateLimited, Unavailable (nothing was written) and ProtocolDrift. A write without a definite
    answer raises OutcomeUnknown, and only then.
    """

    name: str
    capabilities: Capabilities

    async def close(self) -> None: ...

    async def check(self) -> None:
        """One cheap question; returns when we are let in and answered. Also keeps credentials from aging."""

    async def catalogue(self) -> Catalogue: ...

    async def availability(
        self, *, practitioner: str, visit_type: str, duration: timedelta, start: datetime, end: datetime
    ) -> tuple[Stretch, ...]:
        """Of the shape that the capabilities name, whatever touches [start, end), by start. BUSY: overlaps
        are fine. FREE: blocks of at least the duration. SLOTS: the free ones. `end - start` is never more
        than `max_window`. Empty is no error."""

    async def find_patients(self, query: PatientQuery) -> tuple[OutsidePatient, ...]:
        """Everybody whom the query fits; nobody, one or many is for the caller to decide on."""

    async def create_patient(self, details: PatientDetails, *, key: str) -> OutsidePatient:
        """Raises PatientInvalid, OutcomeUnknown."""

    async def hold(self, stretch: Stretch, *, until: datetime, key: str) -> OutsideHold:
        """Raises OpeningTaken, OutcomeUnknown; Unsupported without the capability."""

    async def release(self, ref: str, *, key: str) -> None:
        """Idempotent; what is no hold (any more) stays as it is."""

    async def create(self, request: VisitRequest, *, key: str, hold: str | None = None) -> OutsideVisit:
        """The key travels with the visit, so that `by_key` finds it. `hold` is what `hold` returned.
        Raises OpeningTaken for any clean refusal of the time, HoldExpired, PolicyRefused, PatientInvalid,
        OutcomeUnknown."""

    async def move(self, visit: OutsideVisit, to: Stretch, *, key: str) -> OutsideVisit:
        """Raises VisitChanged when the system has a newer version than this one, OpeningTaken,
        PolicyRefused, OutcomeUnknown; Unsupported without the capability."""

    async def cancel(self, visit: OutsideVisit, reason: str | None, *, key: str) -> OutsideVisit:
        """A cancelled one stays cancelled and is no error. Raises VisitChanged, PolicyRefused,
        OutcomeUnknown."""

    async def get(self, ref: str) -> OutsideVisit | None:
        """As it is now; None when there is no such visit (any more)."""

    async def by_key(self, key: str, *, near: tuple[datetime, datetime]) -> OutsideVisit | None:
        """What our write under this key made, whatever its status. It began within `near`."""

    async def visits(
        self, *, start: datetime, end: datetime, practitioner: str | None = None, patient: str | None = None
    ) -> tuple[OutsideVisit, ...]:
        """Everything that touches [start, end), whoever entered it, cancelled or not, by start."""

    async def changes(self, cursor: str | None) -> Changes:
        """What is new since the cursor; None begins. Unsupported without the capability."""

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[str, ...]:
        """Refs of visits that the system says have changed, to be read again: a webhook is a hint, never the
        truth. A ref of no visit makes the house ask what is new. Pure. Raises SignatureMismatch; Unsupported
        without the capability."""


@runtime_checkable
class KnowsPatients(Protocol):
    """What an OutsideSystem may do besides: say who one of its patients is. Visits that staff entered are
    reminded of where it does."""

    async def patient(self, ref: str) -> OutsidePatient | None:
        """As they are on file now; None when there is no such patient (any more)."""


class OutsideBook(Protocol):
    """What is remembered of writes to another system, in the practice's own database: each write by its key
    before it is made, and which visit of ours is which of theirs."""

    async def deed(self, key: str) -> Deed | None: ...

    async def begin(self, deed: Deed, *, hold: Hold | None, keep_until: datetime) -> None:
        """Remember a write that is about to be made. Until it is settled, `hold` neither runs out before
        `keep_until` nor is let go; HoldExpired when it has been. The same key again changes nothing, but
        begins anew what was REFUSED."""

    async def settle(
        self,
        key: str,
        state: DeedState,
        *,
        at: datetime,
        ref: str | None = None,
        refusal: str | None = None,
        write: DiaryWrite | None = None,
    ) -> None:
        """What a write came to, in one transaction with what our own diary makes of it: `write`, and `ref`
        for the visit of that write. The hold that it kept can be let go again."""

    async def unsettled(self) -> tuple[Deed, ...]:
        """Writes that are BEGUN or UNKNOWN, the oldest first."""

    async def linked(
        self,
        *,
        contact: str | None = None,
        patients: Collection[str] = (),
        appointment: str | None = None,
        refs: Collection[str] = (),
    ) -> tuple[Linked, ...]:
        """Our copies of visits, by start: those of a contact and these patients of ours that we have not
        cancelled ourselves; or one by our id; or those of these refs."""

    async def to_come(self, *, after: datetime) -> tuple[Linked, ...]:
        """Our copies of visits that begin after it and that nobody has cancelled, by start."""

    async def kept(
        self, *, start: datetime, end: datetime, at: datetime, since: datetime, besides: str | None = None
    ) -> Sequence[tuple[str, datetime, datetime]]:
        """As `DiaryStore.busy`, without copies that nothing has happened to since then: of those the system
        itself can tell."""

    async def follow(self, ours: Linked, *, at: datetime) -> None:
        """Our copy becomes what is given here. A mere hold that is in its way is let go."""

    async def cursor(self) -> str | None: ...

    async def keep_cursor(self, cursor: str) -> None: ...
