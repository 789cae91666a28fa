"""Who writes: the contact behind the ids of an event, and what becomes of it when those change.

A channel's ids are kept as keyed hashes (handles), several of which may lead to one contact. A phone number
passes from one person to another: an unknown user id beside a known number is somebody new, whose number it
is from then on; and who says that their number has changed leaves the old one to whoever gets it next.
"""

import uuid
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bot.domain.conversation import InboundEvent, InboundKind
from bot.domain.pipeline import BOT
from bot.storage import tables as t
from bot.storage.diary.tables import APPOINTMENT, PATIENT
from bot.storage.engine.statements import Prepared, upsert
from bot.storage.events.consents import SqlConsents
from bot.storage.events.former_numbers import FormerNumbers
from bot.storage.rights.after_erasure import AfterErasure, never_write_key
from bot.storage.sealing.rows import SealedRows

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_handle = t.ContactHandle.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]

_FIND_HANDLE = Prepared(
    select(_handle.c.contact).where(
        _handle.c.practice == bindparam("practice"), _handle.c.handle == bindparam("handle")
    )
)
_SET = upsert(_handle)
_SET_HANDLE = Prepared(
    _SET.on_conflict_do_update(index_elements=["practice", "handle"], set_={"contact": _SET.excluded.contact})
)
_DROP_HANDLE = Prepared(
    delete(_handle).where(
        _handle.c.practice == bindparam("practice"), _handle.c.handle == bindparam("handle")
    )
)
_ADD_CONTACT = Prepared(insert(_contact))
_ADD_CONVERSATION = Prepared(insert(_conversation))
_WHO = Prepared(select(_contact.c.sealed).where(_contact.c.id == bindparam("contact")))
_REFRESH = Prepared(
    update(_contact).where(_contact.c.id == bindparam("contact")).values(sealed=bindparam("who"))
)
_IS_TAKEN = Prepared(select(_contact.c.id).where(_contact.c.id == bindparam("contact")))


class Contacts:
    """Of one practice; within somebody's unit of work."""

    def __init__(self, rows: SealedRows, consents: SqlConsents) -> None:
        self._rows = rows
        self._practice = rows.practice
        self._consents = consents
        self._former = FormerNumbers(rows.practice, rows.keyring)
        self._after = AfterErasure(rows.practice, consents)

    def find(self, connection: Connection, event: InboundEvent) -> str | None:
        """The contact of whoever an event is about; None when nobody is known by any of its ids."""
        found = (self._known(connection, event, name) for name in _names(event))
        return next((contact for contact in found if contact), None)

    def of(self, connection: Connection, event: InboundEvent, at: int) -> tuple[str, bool]:
        """The contact behind the event's ids, and whether it is new: with a key of its own then."""
        names = _names(event)
        known = {name: self._known(connection, event, name) for name in names}
        contact = next((found for found in known.values() if found), None)
        if contact is not None and self._is_somebody_else(connection, contact, known):
            contact = None
        is_new = contact is None
        if contact is None:
            contact = self._add(connection, event, at)
        elif not all(known.values()) or event.kind is InboundKind.CONTACTS:
            self._refresh(connection, contact, event)
        for name, found in known.items():
            if found is None or (is_new and found != contact):
                self._point(connection, event, name, contact)
        return contact, is_new

    def call(self, connection: Connection, event: InboundEvent, at: int, *, name: str | None) -> None:
        """The practice has this person on its phone under a name; None: not any more."""
        contact = self.find(connection, event)
        if contact is None and name is not None:
            self.of(connection, event, at)
        elif contact is not None:
            who = self._rows.open(connection, contact, _WHO.scalar(connection, contact=contact))
            self._store(connection, contact, {**who, "name": name})

    def move(self, connection: Connection, event: InboundEvent, contact: str, to: str, at: int) -> str:
        """The person behind this contact has another number now. Whoever is known by that already goes on
        there, with the visits of both. Returns where the person is found from now on."""
        there = self._known(connection, event, to)
        for name in _names(event):
            if name != to and name.isdigit():
                _DROP_HANDLE.run(connection, practice=self._practice, handle=self._hash(event, name))
                self._former.note(connection, f"+{name}", there or contact, at=at)
        if there is None or there == contact:
            self._point(connection, event, to, contact)
            who = self._rows.open(connection, contact, _WHO.scalar(connection, contact=contact))
            recipient = to if str(who["recipient"]).isdigit() else who["recipient"]
            self._store(connection, contact, {**who, "recipient": recipient, "phone": f"+{to}"})
            return contact
        self._take_visits_along(connection, contact, there, at)
        return there

    def _known(self, connection: Connection, event: InboundEvent, name: str) -> str | None:
        found: str | None = _FIND_HANDLE.scalar(
            connection, practice=self._practice, handle=self._hash(event, name)
        )
        return found

    def _hash(self, event: InboundEvent, name: str) -> str:
        return self._rows.keyring.handle(event.channel, event.account or "", name)

    def _point(self, connection: Connection, event: InboundEvent, name: str, contact: str) -> None:
        handle = self._hash(event, name)
        _SET_HANDLE.run(connection, practice=self._practice, handle=handle, contact=contact)

    def _is_somebody_else(self, connection: Connection, contact: str, known: dict[str, str | None]) -> bool:
        """Only the number is known, and it was that of another user id."""
        users = [name for name in known if not name.isdigit()]
        if not users or any(known[name] for name in users):
            return False
        who = self._rows.open(connection, contact, _WHO.scalar(connection, contact=contact))
        return not str(who["recipient"]).isdigit()

    def _add(self, connection: Connection, event: InboundEvent, at: int) -> str:
        assert event.sender is not None
        # Whoever was erased and writes again is somebody new, also for a process that remembers the old key.
        erased = self._after.number(connection)
        called = self._practice + self._hash(event, event.sender) + (f" {erased}" if erased else "")
        contact = str(uuid.uuid5(uuid.NAMESPACE_OID, called))
        while _IS_TAKEN.scalar(connection, contact=contact):  # by whoever had this number before
            contact = str(uuid.uuid5(uuid.NAMESPACE_OID, contact))
        self._rows.keyring.create(connection, contact)
        who = {"recipient": event.sender, "phone": event.phone, "name": event.profile_name}
        _ADD_CONTACT.run(
            connection,
            id=contact,
            practice=self._practice,
            channel=event.channel,
            account=event.account or "",
            sealed=self._rows.seal(connection, contact, who),
            created_at=at,
        )
        _ADD_CONVERSATION.run(
            connection, id=contact, practice=self._practice, version=0, owner=BOT, epoch=0, updated_at=at
        )
        if erased:
            names = [self._hash(event, name) for name in _names(event)]
            if event.phone:
                names.append(never_write_key(self._rows.keyring, self._practice, event.phone))
            self._after.give_wishes_back(connection, contact, names)
        return contact

    def _refresh(self, connection: Connection, contact: str, event: InboundEvent) -> None:
        """The same person under one more id, or with a phone or a name that was hidden before."""
        known = self._rows.open(connection, contact, _WHO.scalar(connection, contact=contact))
        who = {
            "recipient": event.sender,
            "phone": event.phone or known.get("phone"),
            "name": event.profile_name or known.get("name"),
        }
        if who != known:
            self._store(connection, contact, who)

    def _store(self, connection: Connection, contact: str, who: dict[str, object]) -> None:
        _REFRESH.run(connection, contact=contact, who=self._rows.seal(connection, contact, who))

    def _take_visits_along(self, connection: Connection, old: str, new: str, at: int) -> None:
        """Visits, the people booked for, and what the person does not want to hear."""
        ours = APPOINTMENT.c.practice == self._practice
        connection.execute(update(APPOINTMENT).where(ours, APPOINTMENT.c.contact == old).values(contact=new))
        people = select(PATIENT.c.id, PATIENT.c.sealed).where(
            PATIENT.c.practice == self._practice, PATIENT.c.contact == old
        )
        for row in connection.execute(people).all():
            words = self._rows.open(connection, old, row.sealed)
            sealed = self._rows.seal(connection, new, words)
            connection.execute(
                update(PATIENT).where(PATIENT.c.id == row.id).values(contact=new, sealed=sealed)
            )
        said = self._consents.read(connection, old)
        if said.has_opted_out:
            connection.execute(update(_contact).where(_contact.c.id == new).values(opted_out_at=at))
        if said.promotions is not None:
            self._consents.say(connection, new, promotions=said.promotions, by="channel", at=at)


def _names(event: InboundEvent) -> Sequence[str]:
    """Every id of the person, user ids before numbers."""
    return tuple(dict.fromkeys(name for name in (event.sender, *event.aliases) if name))
