"""A front desk where Anna and Marco have told things that nobody else may know."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, LargeBinary, text

from bot.bootstrap import audit_of
from bot.domain.conversation import Attachment, InboundKind, Reply
from bot.domain.diary import BookHeld, Hold, Opening, PatientDetails
from bot.domain.media import SafeFile
from bot.domain.pipeline import BOT
from bot.storage.engine.copying import tables_of
from bot.storage.events.media import SqlMedia
from bot.storage.rights.at_wish import SqlRights
from bot.storage.sealing.seal import Forgotten, Keyring
from bot.storage.tables import to_stamp
from bot.testing import Patient, Surgery


@dataclass(frozen=True, kw_only=True)
class Told:
    """What nobody but the practice knows of one patient."""

    number: str
    name: str
    words: str
    note: str
    file: str
    born: str

    @property
    def all(self) -> tuple[str, ...]:
        return (self.number, self.name, self.words, self.note, self.file, self.born)


ANNA = Told(
    number="393471112223",
    name="Quirina Strazzabosco",
    words="CANARY-WORDS-A",
    note="CANARY-NOTE-A",
    file="CANARY-FILE-A",
    born="1961-03-14",
)
MARCO = Told(
    number="393474445556",
    name="Ermete Mezzanotte",
    words="CANARY-WORDS-M",
    note="CANARY-NOTE-M",
    file="CANARY-FILE-M",
    born="1959-11-30",
)


@dataclass(kw_only=True)
class Practice:
    surgery: Surgery
    folder: Path

    @property
    def rights(self) -> SqlRights:
        books = self.surgery.desk.books
        # A command beside the desk: with keys of its own.
        return SqlRights(
            books.database,
            practice=books.practice,
            keyring=self.keyring(),
            audit=audit_of(books, self.surgery.clock),
            patience=2.0,
            afterwards=0.0,
        )

    def keyring(self) -> Keyring:
        return Keyring(self.surgery.desk.books.master_key, self.surgery.desk.practice.id)

    async def knows(self, told: Told) -> Patient:
        """Somebody writes, sends a file, and has had a visit; staff note something. Who that is."""
        surgery, desk = self.surgery, self.surgery.desk
        patient = surgery.patient(told.number, name=told.name)
        await patient.says(f"vorrei un appuntamento, {told.words}")
        photo = Attachment(kind="image", id=f"media-{told.number}", mime_type="image/jpeg")
        await desk.intake.accept([replace(patient._event(InboundKind.IMAGE), attachments=(photo,))])
        await surgery.settled()
        media = SqlMedia(desk.books.database, practice=desk.practice.id, keyring=desk.books.keyring)
        [due] = await media.take_due(surgery.clock.now(), limit=1)
        file = SafeFile(kind="image", mime_type="image/jpeg", content=told.file.encode(), name="dente.jpg")
        await media.keep(due.id, file)
        await desk.staff.notes.add_note(surgery.contact(patient), told.note, by="Marta")
        await desk.staff.notes.tag(surgery.contact(patient), "ansioso", by="Marta")
        return patient

    async def books(self, told: Told, patient: Patient, *, days: int) -> str:
        """A visit of this patient, so many days from now; its id."""
        desk, at = self.surgery.desk, self.surgery.clock.now()
        start = at.replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
        start += timedelta(hours=1 if told is ANNA else 3)
        opening = Opening(
            start=start,
            end=start + timedelta(minutes=30),
            practitioner="rossi" if told is ANNA else "verdi",
            visit_type="check_up",
        )
        key = f"{told.number} {days}"
        hold = Hold(
            id=key, opening=opening, contact=self.surgery.contact(patient), until=at + timedelta(minutes=5)
        )
        kept = await desk.books.diary.hold(
            hold, blocked=(opening.start, opening.end), key=key, limit=9, at=at
        )
        details = PatientDetails(
            name=told.name,
            phone=f"+{told.number}",
            birth_date=datetime.fromisoformat(told.born).date(),
        )
        await desk.store.write_diary([BookHeld(hold=kept, patient=details, key=key, at=at)])
        return kept.id

    async def queue(self, patient: Patient, *words: str) -> None:
        """Answers that wait to go out, which nobody has been told of."""
        desk, contact = self.surgery.desk, self.surgery.contact(patient)

        def unit(connection: Connection) -> None:
            for each in words:
                desk.store.add_outbox(
                    connection,
                    conversation=contact,
                    id=f"{contact} {each}",
                    author=BOT,
                    reply=Reply(text=each),
                    at=to_stamp(self.surgery.clock.now()),
                )

        await desk.books.database.write(unit)

    def readable(self) -> str:
        """Everything in the database, with every key that is there tried on every sealed word."""
        return self.surgery.desk.books.database.read_now(self._readable)

    def sealed(self, patient: Patient) -> list[bytes]:
        """As it stands in the tables: this patient's key, and what is sealed with it."""
        contact = self.surgery.contact(patient)

        def unit(connection: Connection) -> list[bytes]:
            asked = (
                "SELECT wrapped FROM sealing_key WHERE owner = :c",
                "SELECT sealed FROM contact WHERE id = :c",
                "SELECT sealed FROM inbox WHERE conversation = :c",
                "SELECT sealed FROM outbox WHERE conversation = :c",
                "SELECT content FROM media WHERE conversation = :c AND content IS NOT NULL",
            )
            found = [connection.execute(text(each), {"c": contact}).scalars().all() for each in asked]
            return [bytes(one) for rows in found for one in rows]

        return self.surgery.desk.books.database.read_now(unit)

    def files(self) -> bytes:
        """Every byte of the data folder."""
        return b"".join(file.read_bytes() for file in sorted(self.folder.rglob("*")) if file.is_file())

    def _readable(self, connection: Connection) -> str:
        keyring, said = self.keyring(), []
        tables = tables_of(connection)
        owners = list(connection.execute(tables["sealing_key"].select()).mappings())
        for table in tables.values():
            for row in connection.execute(table.select()).mappings():
                for column in table.columns:
                    value = row[column.name]
                    if isinstance(column.type, LargeBinary) and value is not None:
                        said += _opened(keyring, connection, [one["owner"] for one in owners], bytes(value))
                    said.append(str(value))
        return "\n".join(said)


def _opened(keyring: Keyring, connection: Connection, owners: list[Any], sealed: bytes) -> list[str]:
    found = []
    for owner in owners:
        try:
            found.append(keyring.open(connection, owner, sealed).decode("utf-8", "replace"))
        except Forgotten:
            continue
    return found
