"""Erasing a person: rows, files, what waits to go out, and the key under which their words were sealed.

First everything is made quiet: what has not gone out is dropped, what waits for an answer needs none, and a
turn that is under way finds its conversation changed. What is being posted at that moment is awaited, for
else its echo would bring the person back. Then all of it goes in one transaction. A desk that works on the
database meanwhile finds no conversation any more: nothing is sent, and nothing of what it still has in its
hands is stored; what a statement under way did store nonetheless is swept afterwards.

The visits are the practice's, which the law has it keep: they stay, under a key of their own, and nothing is
written to anybody about them. Those that are over or cancelled go where that is asked for.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, or_, select, text, update

from bot.domain.deeds import Deed
from bot.storage import tables as t
from bot.storage.diary.patients import SqlPatients
from bot.storage.diary.tables import APPOINTMENT, OUTSIDE_DEED, PATIENT
from bot.storage.engine.statements import upsert
from bot.storage.events.consents import SqlConsents
from bot.storage.events.tables import ABOUT, UNREAD
from bot.storage.events.visitor_tables import VisitorRow
from bot.storage.inbox.audit import SqlAudit
from bot.storage.outreach.tables import FACT, NEVER_WRITE
from bot.storage.rights.after_erasure import (
    NO_PROMOTIONS,
    OPTED_OUT,
    AfterErasure,
    never_write_key,
)
from bot.storage.rights.finding import Person
from bot.storage.rights.personal import OF_A_CONTACT, OF_EITHER, about, theirs, visits
from bot.storage.rights.unread import unread_of
from bot.storage.sealing.rows import SealedRows
from bot.storage.sealing.seal import Keyring
from bot.storage.tables import to_stamp

# SQLModel gives a row its table where mypy does not see it.
_key = t.SealingKey.__table__  # type: ignore[attr-defined]
_handle = t.ContactHandle.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]
_visitor = VisitorRow.__table__  # type: ignore[attr-defined]
_A, _P = APPOINTMENT.c, PATIENT.c

_WAITS = text("outbox.state IN ('queued', 'uncertain', 'drafted')")
#: Nobody comes to these any more.
_OVER = ("cancelled", "no_show", "done")
_FORMER = "former_number:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasure came to: rows by table, and visits."""

    rows: Counter[str] = field(default_factory=Counter)
    visits_kept: int = 0
    keeps_wish: bool = False  # that they want no messages


class SqlErasing:
    """Of one practice. Every method works within a unit of work."""

    def __init__(
        self, practice: str, keyring: Keyring, *, consents: SqlConsents, audit: SqlAudit | None = None
    ) -> None:
        self._practice = practice
        self._keyring = keyring
        self._consents = consents
        self._audit = audit
        self._rows = SealedRows(practice, keyring)
        self._patients = SqlPatients(practice, keyring)
        self._after = AfterErasure(practice, consents)

    def quiet(self, connection: Connection, person: Person) -> bool:
        """Nothing new begins to go out. True when nothing is being posted, or written elsewhere, either."""
        mine = person.contacts
        connection.execute(
            update(_conversation)
            .where(_conversation.c.id.in_(mine))
            .values(version=_conversation.c.version + 1)
        )
        connection.execute(
            update(_outbox).where(_outbox.c.conversation.in_(mine), _WAITS).values(state="dropped")
        )
        connection.execute(
            update(_inbox)
            .where(_inbox.c.conversation.in_(mine), _inbox.c.state.in_(("new", "listening")))
            .values(state="done")
        )
        posted = select(_outbox.c.seq).where(
            _outbox.c.conversation.in_(mine), text("outbox.state = 'sending'")
        )
        written = (
            select(_A.id)
            .join(
                OUTSIDE_DEED,
                (OUTSIDE_DEED.c.practice == _A.practice) & (OUTSIDE_DEED.c.key == _A.pinned_by),
            )
            .where(_A.contact.in_(mine), OUTSIDE_DEED.c.state == "begun")
        )
        return not any(connection.execute(asked.limit(1)).first() for asked in (posted, written))

    def erase(
        self, connection: Connection, person: Person, *, at: datetime, by: str, with_visits: bool
    ) -> Erased:
        """All of it, and a line in the trail that does not say whom."""
        stamp, rows = to_stamp(at), Counter[str]()
        keeps_wish = self._keep_wishes(connection, person, stamp)
        self._note_events(connection, person, stamp)
        rows["unread_event"] = self._forget_unread(connection, person)
        rows["visitor"] = self._gone(
            connection, delete(_visitor).where(self._ours(_visitor), _visitor.c.id.in_(person.recipients))
        )
        kept = self._forget_visits(connection, person, rows, at=at, with_visits=with_visits)
        self._sweep(connection, person, rows)
        self._after.count(connection, at=stamp)
        if self._audit is not None:
            self._audit.note(connection, Deed.ERASED, by=by, detail="with past visits" if with_visits else "")
        return Erased(rows=rows, visits_kept=kept, keeps_wish=keeps_wish)

    def sweep(self, connection: Connection, person: Person) -> int:
        """What was stored under their names after they were erased, by somebody who was at it."""
        rows = Counter[str]()
        self._sweep(connection, person, rows)
        return rows.total()

    # -- what is left -------------------------------------------------------------------------------------

    def _keep_wishes(self, connection: Connection, person: Person, at: int) -> bool:
        """Who wants no messages is not written to again because nobody remembers."""
        keeps = False
        handles: list[str] = []
        phones = [never_write_key(self._keyring, self._practice, phone) for phone in person.phones]
        for contact in person.contacts:
            said = self._consents.read(connection, contact)
            own = select(_handle.c.handle).where(self._ours(_handle), _handle.c.contact == contact)
            names = list(connection.execute(own).scalars())
            handles += names
            if said.has_opted_out:
                self._after.keep_wish(connection, [*names, *phones], reason=OPTED_OUT, at=at)
            elif said.promotions is False:
                self._after.keep_wish(connection, names, reason=NO_PROMOTIONS, at=at)
            keeps |= said.has_opted_out or said.promotions is False
        noted = select(NEVER_WRITE.c.reason).where(
            self._ours(NEVER_WRITE), NEVER_WRITE.c.who.in_(person.contacts)
        )
        for reason in connection.execute(noted).scalars():
            self._after.keep_wish(connection, [*handles, *phones], reason=reason, at=at)
            keeps |= bool(handles or phones)
        return keeps

    def _note_events(self, connection: Connection, person: Person, at: int) -> None:
        for table, event in ((_inbox, _inbox.c.event), (_outbox, _outbox.c.message_id)):
            found = select(event).where(table.c.conversation.in_(person.contacts), event.is_not(None))
            self._after.note_events(connection, connection.execute(found).scalars().all(), at=at)

    # -- the diary ----------------------------------------------------------------------------------------

    def _forget_visits(
        self,
        connection: Connection,
        person: Person,
        rows: Counter[str],
        *,
        at: datetime,
        with_visits: bool,
    ) -> int:
        """How many stay."""
        known = visits(connection, self._practice, person)
        held = [row for row in known if row.status == "held" and row.pinned_by is None]
        over = [row for row in known if row.status in _OVER or row.ends_at <= at.timestamp()]
        gone = {row.id for row in (*held, *(over if with_visits else ()))}
        rows["appointment"] = self._gone(connection, delete(APPOINTMENT).where(_A.id.in_(gone)))
        rows["outside_deed"] = self._gone(
            connection,
            delete(OUTSIDE_DEED).where(
                OUTSIDE_DEED.c.practice == self._practice,
                OUTSIDE_DEED.c.settled_at.is_not(None),
                or_(OUTSIDE_DEED.c.hold.in_(gone), OUTSIDE_DEED.c.about.in_(gone)),
            ),
        )
        stay = [row for row in known if row.id not in gone]
        self._keep_patients(connection, person, {row.patient_id for row in stay} - {None}, rows, at=at)
        connection.execute(update(APPOINTMENT).where(_A.contact.in_(person.contacts)).values(contact=None))
        return len(stay)

    def _keep_patients(
        self,
        connection: Connection,
        person: Person,
        coming: Iterable[str],
        rows: Counter[str],
        *,
        at: datetime,
    ) -> None:
        """Whoever has a visit stays in the diary, as somebody whom staff entered; nobody writes to them."""
        coming = {*coming}
        own = select(_P.id, _P.contact).where(_P.practice == self._practice, _P.id.in_(person.patients))
        for patient, contact in connection.execute(own).all():
            if patient in coming and contact is None:
                continue
            if patient in coming:
                self._patients.hand_over(connection, patient)
                row = {"practice": self._practice, "who": patient, "reason": "do_not_contact"}
                connection.execute(upsert(NEVER_WRITE).on_conflict_do_nothing(), row | {"at": to_stamp(at)})
                continue
            rows["patient"] += self._gone(connection, delete(PATIENT).where(_P.id == patient))
            rows["sealing_key"] += self._gone(connection, delete(_key).where(_key.c.owner == patient))

    # -- everything else ----------------------------------------------------------------------------------

    def _sweep(self, connection: Connection, person: Person, rows: Counter[str]) -> None:
        former = [_FORMER + contact for contact in person.contacts]
        rows["outreach_fact"] += self._gone(
            connection, delete(FACT).where(self._ours(FACT), FACT.c.kind.in_(former))
        )
        rows["inbox_about"] += self._gone(connection, delete(ABOUT).where(about(self._practice, person)))
        for table in (*OF_EITHER, *reversed(OF_A_CONTACT)):
            mine = theirs(table, self._practice, person)
            if table is NEVER_WRITE:  # what stands with an entry of the diary stays with it
                mine = self._ours(NEVER_WRITE) & NEVER_WRITE.c.who.in_(person.contacts)
            rows[table.name] += self._gone(connection, delete(table).where(mine))
        rows["sealing_key"] += self._gone(connection, delete(_key).where(_key.c.owner.in_(person.contacts)))

    def _forget_unread(self, connection: Connection, person: Person) -> int:
        found = unread_of(connection, self._rows, [*person.recipients, *person.phones])
        return self._gone(connection, delete(UNREAD).where(UNREAD.c.id.in_([each.id for each in found])))

    def _ours(self, table: Any) -> Any:
        return table.c.practice == self._practice

    def _gone(self, connection: Connection, statement: Any) -> int:
        return int(connection.execute(statement).rowcount)
