"""What is known of whom a message is for, in the transaction that decides on it."""

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from bot.dialogue.after_alarm import is_fresh
from bot.dialogue.state import Alarm
from bot.domain.channels import SMS, WHATSAPP, accounts_of
from bot.domain.conversation import InboundEvent, InboundKind
from bot.domain.diary import Appointment, PatientDetails
from bot.domain.outreach import HAPPENED, LOOKS_AHEAD, STANDS, Chosen, Rule, Who
from bot.domain.people import same_person
from bot.domain.pipeline import BOT
from bot.domain.practice import Practice
from bot.service.outreach.ports import Due, Facts, Recipient
from bot.storage import tables as t
from bot.storage.diary.expected_visits import SqlExpected
from bot.storage.diary.patients import SqlPatients
from bot.storage.diary.rows import appointment_of
from bot.storage.diary.tables import APPOINTMENT, PATIENT
from bot.storage.engine.database import Database
from bot.storage.events.consents import SqlConsents
from bot.storage.events.contacts import Contacts
from bot.storage.events.former_numbers import FormerNumbers
from bot.storage.outreach.chosen_channels import SqlChosenChannels
from bot.storage.outreach.tables import FACT, NEVER_WRITE, OUTREACH
from bot.storage.rights.after_erasure import never_write_key
from bot.storage.sealing.rows import SealedRows
from bot.storage.sealing.seal import Forgotten, Keyring
from bot.storage.sending.reaching import Reaching
from bot.storage.sending.templates import SqlTemplates
from bot.storage.tables import from_stamp, to_stamp

_A, _P, _O = APPOINTMENT.c, PATIENT.c, OUTREACH.c
_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_handle = t.ContactHandle.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]

#: Whoever is to be called about what has no visit ahead.
CALLED_WITHIN = timedelta(days=7)
#: A conversation that is under way is not interrupted for so long after the patient's last word.
_UNDER_WAY = timedelta(minutes=15)


class OutreachFacts:
    """Of one practice. Every method works within somebody's unit of work."""

    def __init__(
        self, database: Database, practice: Practice, *, keyring: Keyring, patients: SqlPatients
    ) -> None:
        self._practice = practice.id
        self._keyring = keyring
        self._patients = patients
        self._reaching = Reaching(database, practice.id)
        self._consents = SqlConsents(database, practice.id)
        self._templates = SqlTemplates(database, practice.id)
        self._people = Contacts(SealedRows(practice.id, keyring), self._consents)
        self.chosen = SqlChosenChannels(database, practice, keyring=keyring)
        self.expected = SqlExpected(database, practice.id, keyring=keyring)
        self._former = FormerNumbers(practice.id, keyring)
        self._sms = accounts_of(practice).get(SMS, ())
        self._whatsapp = tuple(number.phone_number_id for number in practice.whatsapp)

    def of(
        self, connection: Connection, due: Due, rule: Rule, *, at: datetime, sent_since: datetime
    ) -> Facts:
        details = None
        with suppress(Forgotten):
            details = self.details(connection, due.patient, due.visits) if due.patient else None
        phone = details.phone if details else None
        near = self._near(connection, due, details)
        contacts = self._contacts(connection, due, phone)
        chosen = self._chosen_by(connection, contacts)
        reached = [chosen.via] if chosen is not None and chosen.via else contacts
        found = [self._recipient(connection, contact, at) for contact in reached]
        recipients = [recipient for recipient in found if recipient is not None]
        return Facts(
            recipients=tuple(self._wanted(connection, recipients, chosen)),
            chosen=chosen.channel if chosen is not None else None,
            first_name=_first(details.name) if details else "",
            initials=_initials(details.name) if details else "",
            is_shared=any(not is_same for _, is_same in near),
            never=self._never(connection, due, contacts, phone),
            visits=self._visits(connection, due.visits),
            stands=self.stand(connection, due.visits, ahead=rule.who in LOOKS_AHEAD)
            and self._has_none_ahead(connection, near, rule, at),
            sent_today=self._sent(connection, rule, sent_since) if rule.when.cap else 0,
            templates={
                (status.channel, status.name, status.language): status.state
                for status in self._templates.known(connection)
                if status.name == rule.template
            },
            link=self._link(connection, due) if rule.who is Who.BALANCE else None,
        )

    def by_text(
        self, connection: Connection, due: Due, rule: Rule, facts: Facts, *, at: datetime
    ) -> Facts | None:
        """The same with the patient's phone as one more recipient, reached by text message; None where that
        cannot be, or somebody has said that they want none."""
        known = {recipient.channel for recipient in facts.recipients}
        unwanted = any(recipient.consent.has_opted_out for recipient in facts.recipients)
        elsewhere = facts.chosen is not None
        if (
            elsewhere
            or SMS not in rule.channels
            or SMS in known
            or unwanted
            or not self._sms
            or due.patient is None
        ):
            return None
        details = self.details(connection, due.patient, due.visits)
        if details is None or details.phone is None:
            return None
        event = InboundEvent(
            kind=InboundKind.OTHER,
            channel=SMS,
            account=self._sms[0],
            id=None,
            sender=details.phone,
            phone=details.phone,
        )
        contact, _ = self._people.of(connection, event, to_stamp(at))
        recipient = self._recipient(connection, contact, at)
        return None if recipient is None else replace(facts, recipients=(recipient,))

    # -- whom it may go to --------------------------------------------------------------------------------

    def _contacts(self, connection: Connection, due: Due, phone: str | None) -> list[str]:
        """Who booked, then whoever has this patient's phone."""
        found = [due.contact] if due.contact else []
        former = self._former.whose(connection, phone) if phone else None
        if former is not None:
            found.append(former)
        elif phone:
            handles = [
                self._keyring.handle(WHATSAPP, account, name)
                for account in self._whatsapp
                for name in (phone.lstrip("+"), phone)
            ] + [self._keyring.handle(SMS, account, phone) for account in self._sms]
            chosen = select(_handle.c.contact).where(
                _handle.c.practice == self._practice, _handle.c.handle.in_(handles)
            )
            found += [str(contact) for contact in connection.execute(chosen).scalars()]
        return list(dict.fromkeys(found))

    def _chosen_by(self, connection: Connection, contacts: Collection[str]) -> Chosen | None:
        """The last choice among them, unless whoever made it has opted out since."""
        chosen = self.chosen.latest(connection, contacts)
        opted_out = self._consents.read(connection, chosen.by).opted_out_at if chosen is not None else None
        return None if chosen is None or (opted_out is not None and opted_out >= chosen.at) else chosen

    def _wanted(
        self, connection: Connection, recipients: list[Recipient], chosen: Chosen | None
    ) -> list[Recipient]:
        """Where the patient asked to be reminded, in their language; where nothing was asked, nobody who has
        opted out is written to on an address that they never used."""
        if chosen is None:
            opted_out = any(recipient.consent.has_opted_out for recipient in recipients)
            return [one for one in recipients if one.last_wrote or one.consent.has_opted_out or not opted_out]
        language = self.language_of(connection, chosen.by)
        return [
            replace(one, language=one.language or language)
            for one in recipients
            if one.channel == chosen.channel
        ]

    def _recipient(self, connection: Connection, contact: str, at: datetime) -> Recipient | None:
        row = connection.execute(
            select(_conversation.c.owner, _conversation.c.sealed).where(_conversation.c.id == contact)
        ).first()
        if row is None:
            return None
        channel, reach = self._reaching.reach(connection, contact)
        state = self._state(connection, contact, row.sealed)
        wrote = reach.wrote_at
        busy = None
        if wrote is not None and state.get("stack") and row.owner == BOT and at < wrote + _UNDER_WAY:
            busy = wrote + _UNDER_WAY
        return Recipient(
            contact=contact,
            channel=channel,
            reach=reach,
            consent=self._consents.read(connection, contact),
            language=state.get("language"),
            owner=row.owner,
            alarmed=_is_alarmed(state, at),
            busy_until=busy,
            last_wrote=wrote,
        )

    def _state(self, connection: Connection, contact: str, sealed: bytes | None) -> dict[str, Any]:
        if sealed is None:
            return {}
        try:
            state: dict[str, Any] = json.loads(self._keyring.open(connection, contact, sealed))
        except Forgotten:
            return {}
        return state

    def language_of(self, connection: Connection, contact: str) -> str | None:
        sealed = connection.execute(
            select(_conversation.c.sealed).where(_conversation.c.id == contact)
        ).scalar()
        return self._state(connection, contact, sealed).get("language")

    def phone_of(self, connection: Connection, contact: str) -> str | None:
        sealed = connection.execute(select(_contact.c.sealed).where(_contact.c.id == contact)).scalar()
        if sealed is None:
            return None
        phone: str | None = json.loads(self._keyring.open(connection, contact, sealed)).get("phone")
        return phone

    def details(
        self, connection: Connection, patient: str, visits: Collection[str] = ()
    ) -> PatientDetails | None:
        """Of somebody on our file, or whom a system elsewhere expects for one of these visits."""
        ours = self._patients.details(connection, patient)
        return ours or self.expected.details(connection, patient, visits)

    def _near(
        self, connection: Connection, due: Due, details: PatientDetails | None
    ) -> list[tuple[str, bool]]:
        """Everybody on file under the same contact or phone, and whether each is the same person."""
        if details is None or due.patient is None:
            return []
        places = [_P.id == due.patient]
        if due.contact:
            places.append(_P.contact == due.contact)
        if details.phone:
            handle = self._keyring.handle("patient phone", self._practice, details.phone)
            places.append(_P.phone_handle == handle)
        chosen = select(_P.id).where(_P.practice == self._practice, or_(*places)).order_by(_P.id)
        found = []
        for patient in connection.execute(chosen).scalars().all():
            with suppress(Forgotten):
                other = details if patient == due.patient else self.details(connection, patient)
                if other is not None:
                    found.append((str(patient), same_person(details, other)))
        if details.phone:
            others = self.expected.on_phone(connection, details.phone, near=due.anchor)
            found += [("", same_person(details, other)) for other in others]
        return found

    def _never(
        self, connection: Connection, due: Due, contacts: Collection[str], phone: str | None
    ) -> str | None:
        names = [*contacts, *filter(None, [due.patient]), *([self.phone_key(phone)] if phone else [])]
        chosen = select(NEVER_WRITE.c.reason).where(
            NEVER_WRITE.c.practice == self._practice, NEVER_WRITE.c.who.in_(names)
        )
        reasons = list(connection.execute(chosen.order_by(NEVER_WRITE.c.reason)).scalars())
        return str(reasons[0]) if reasons else None

    def phone_key(self, phone: str) -> str:
        return never_write_key(self._keyring, self._practice, phone)

    # -- whether it is still so ---------------------------------------------------------------------------

    def stand(self, connection: Connection, visits: Mapping[str, datetime], *, ahead: bool) -> bool:
        """As far as our own diary knows: at these times, and neither cancelled nor missed."""
        if not visits:
            return True
        rows = connection.execute(
            select(_A.id, _A.starts_at, _A.status).where(
                _A.practice == self._practice, _A.id.in_(list(visits))
            )
        ).all()
        right = STANDS if ahead else HAPPENED
        return all(
            row.status in right and row.starts_at == int(visits[row.id].timestamp()) for row in rows
        ) and (len(rows) == len(visits) or not rows)

    def _visits(self, connection: Connection, visits: Collection[str]) -> tuple[Appointment, ...]:
        chosen = select(APPOINTMENT).where(_A.practice == self._practice, _A.id.in_(list(visits)))
        rows = connection.execute(chosen.order_by(_A.starts_at, _A.id)).all() if visits else ()
        ours = tuple(appointment_of(row) for row in rows)
        if len(ours) == len(visits):
            return ours
        known = {visit.id for visit in ours}
        return (*ours, *self.expected.visits(connection, [id for id in visits if id not in known]))

    def _has_none_ahead(
        self, connection: Connection, near: list[tuple[str, bool]], rule: Rule, at: datetime
    ) -> bool:
        """Whoever has booked again needs no recall."""
        if rule.who not in (Who.RECALL, Who.LOST):
            return True
        same = [patient for patient, is_same in near if is_same]
        booked = select(func.count()).where(
            _A.practice == self._practice,
            _A.status.in_(("booked", "requested")),
            _A.starts_at > int(at.timestamp()),
            _A.patient_id.in_(same),
        )
        return not connection.execute(booked).scalar()

    def confirm(self, connection: Connection, visits: Collection[str], *, at: datetime) -> None:
        connection.execute(
            update(APPOINTMENT)
            .where(_A.practice == self._practice, _A.id.in_(list(visits)))
            .values(confirmed_at=int(at.timestamp()))
        )

    def is_confirmed(self, connection: Connection, visits: Collection[str]) -> bool:
        """Every one of them."""
        if not visits:
            return False
        confirmed = select(func.count()).where(
            _A.practice == self._practice, _A.id.in_(list(visits)), _A.confirmed_at.is_not(None)
        )
        return connection.execute(confirmed).scalar() == len(visits)

    def _sent(self, connection: Connection, rule: Rule, since: datetime) -> int:
        sent = select(func.count()).where(
            _O.practice == self._practice,
            _O.rule == rule.id,
            _O.state == "sent",
            _O.sent_at >= to_stamp(since),
        )
        return int(connection.execute(sent).scalar() or 0)

    def _link(self, connection: Connection, due: Due) -> str | None:
        row = connection.execute(
            select(FACT.c.sealed).where(
                FACT.c.practice == self._practice, FACT.c.kind == "balance", FACT.c.patient == due.patient
            )
        ).first()
        if row is None or row.sealed is None or due.patient is None:
            return None
        owner = connection.execute(select(_P.contact).where(_P.id == due.patient)).scalar() or due.patient
        with suppress(Forgotten):
            return str(json.loads(self._keyring.open(connection, owner, row.sealed))["link"])
        return None


def read_visits(note: str) -> dict[str, datetime]:
    """What `visits_note` wrote."""
    found = (part.rpartition("@") for part in note.split())
    return {visit: from_stamp(int(start) * 1_000_000) for visit, _, start in found}


def _first(name: str) -> str:
    return name.split()[0] if name.split() else ""


def _initials(name: str) -> str:
    """ "A. V." """
    return " ".join(f"{word[0].upper()}." for word in name.split()[:3])


def _is_alarmed(state: Mapping[str, Any], at: datetime) -> bool:
    alarm = state.get("alarm")
    return bool(state.get("paused")) and alarm is not None and is_fresh(Alarm(**alarm), at)
