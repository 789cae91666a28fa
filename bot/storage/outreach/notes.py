"""What the practice notes for messages that it begins: open amounts, topics, whom never to write to."""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from bot.storage.diary.patients import SqlPatients
from bot.storage.diary.tables import PATIENT
from bot.storage.engine.database import Database
from bot.storage.engine.statements import upsert
from bot.storage.outreach.facts import OutreachFacts
from bot.storage.outreach.tables import FACT, NEVER_WRITE, OUTREACH
from bot.storage.sealing.seal import Forgotten, Keyring
from bot.storage.tables import to_stamp

_P, _F = PATIENT.c, FACT.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is open for one patient, and how they prove that they are that patient."""

    birth_date: date | None
    amount: str | None  # None: nothing is open any more
    link: str | None


class SqlOutreachNotes:
    """Of one practice."""

    def __init__(
        self,
        database: Database,
        practice: str,
        *,
        keyring: Keyring,
        patients: SqlPatients,
        facts: OutreachFacts,
    ) -> None:
        self._database = database
        self._practice = practice
        self._keyring = keyring
        self._patients = patients
        self._facts = facts

    async def note_balance(
        self, phone: str, birth_date: date, *, amount: str | None, link: str | None, at: datetime
    ) -> bool:
        """For whoever is on file under this phone with this date of birth; `amount` None: it is settled.
        False when there is nobody, or several."""

        def unit(connection: Connection) -> bool:
            found = self._patients.find(
                connection, contact=None, phone=phone, first_name=None, birth_date=birth_date
            )
            if len(found) != 1:
                return False
            patient = found[0].references[0]
            if amount is None:
                connection.execute(delete(FACT).where(*self._of("balance", patient)))
                return True
            content = json.dumps({"amount": amount, "link": link}).encode()
            sealed = self._keyring.seal(connection, self._owner(connection, patient), content)
            self._note(connection, "balance", patient, at, sealed)
            return True

        return await self._database.write(unit)

    async def ask_for(self, topic: str, patient: str, *, at: datetime) -> None:
        """A patient (or contact) wants news of this kind."""
        await self._database.write(lambda c: self._note(c, f"topic:{topic}", patient, at, None))

    async def never_write(self, who: str, *, reason: str, at: datetime) -> None:
        """`who`: a phone (E.164), or the id of a patient or contact. `reason`: deceased, do_not_contact."""
        name = self._facts.phone_key(who) if who.startswith("+") else who
        row = {"practice": self._practice, "who": name, "reason": reason, "at": to_stamp(at)}
        added = upsert(NEVER_WRITE).on_conflict_do_update(
            index_elements=["practice", "who"], set_={"reason": reason}
        )
        await self._database.write(lambda c: c.execute(added, row).rowcount)

    async def write_again(self, who: str) -> bool:
        name = self._facts.phone_key(who) if who.startswith("+") else who
        gone = delete(NEVER_WRITE).where(NEVER_WRITE.c.practice == self._practice, NEVER_WRITE.c.who == name)
        return await self._database.write(lambda c: bool(c.execute(gone).rowcount))

    async def statement(self, message: str, *, contact: str) -> Statement | None:
        """What a message to this contact was about; None where there is no such message."""

        def unit(connection: Connection) -> Statement | None:
            row = connection.execute(
                select(OUTREACH.c.patient).where(
                    OUTREACH.c.id == message,
                    OUTREACH.c.practice == self._practice,
                    OUTREACH.c.contact == contact,
                )
            ).first()
            if row is None or row.patient is None:
                return None
            with suppress(Forgotten):
                details = self._patients.details(connection, row.patient)
                known = self._opened(connection, row.patient)
                return Statement(
                    birth_date=details.birth_date if details else None,
                    amount=known.get("amount"),
                    link=known.get("link"),
                )
            return None

        return await self._database.read(unit)

    def _opened(self, connection: Connection, patient: str) -> dict[str, Any]:
        sealed = connection.execute(select(_F.sealed).where(*self._of("balance", patient))).scalar()
        if sealed is None:
            return {}
        opened: dict[str, Any] = json.loads(
            self._keyring.open(connection, self._owner(connection, patient), sealed)
        )
        return opened

    def _note(
        self, connection: Connection, kind: str, patient: str, at: datetime, sealed: bytes | None
    ) -> None:
        row = {
            "practice": self._practice,
            "kind": kind,
            "patient": patient,
            "since": to_stamp(at),
            "sealed": sealed,
        }
        added = upsert(FACT).on_conflict_do_update(
            index_elements=["practice", "kind", "patient"], set_={"since": to_stamp(at), "sealed": sealed}
        )
        connection.execute(added, row)

    def _of(self, kind: str, patient: str) -> tuple[Any, ...]:
        return (_F.practice == self._practice, _F.kind == kind, _F.patient == patient)

    def _owner(self, connection: Connection, patient: str) -> str:
        contact = connection.execute(select(_P.contact).where(_P.id == patient)).scalar()
        return str(contact or patient)
