"""A small practice, and a diary for it in a real SQLite file: what many tests begin with.

"Studio Prova" in Rome: Rossi works Monday to Friday 09-13 and 14-18, Verdi Monday to Wednesday 09-13. NOW is
Monday 1 March 2027, 08:00 on the wall.
"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from bot.domain.diary import Opening
from bot.domain.practice import Practice, Practitioner, Shift, VisitType
from bot.domain.practice_time import PracticeTime
from bot.storage.diary.tables import APPOINTMENT, DIARY_DDL_SQLITE, PATIENT
from bot.storage.engine.database import Database, sqlite_url

NOW = datetime(2027, 3, 1, 7, 0, tzinfo=UTC)
MORNING = (time(9), time(13))
AFTERNOON = (time(14), time(18))

CHECK_UP = VisitType(
    id="check_up",
    names={"it": "visita di controllo", "en": "check-up", "ru": "осмотр"},
    words={"it": ("controllo",), "en": ("checkup",)},
    duration=timedelta(minutes=30),
    lead=timedelta(minutes=60),
)
HYGIENE = VisitType(
    id="hygiene",
    names={"it": "igiene dentale", "en": "dental hygiene", "ru": "гигиена"},
    words={"en": ("cleaning",)},
    duration=timedelta(minutes=45),
    buffer_after=timedelta(minutes=15),
    lead=timedelta(minutes=60),
)


def weekly(weekdays: range, *spans: tuple[time, time]) -> tuple[Shift, ...]:
    return tuple(Shift(weekday=day, start=start, end=end) for day in weekdays for start, end in spans)


STUDIO = Practice(
    id="studio-prova",
    name="Studio Prova",
    time_zone="Europe/Rome",
    country="IT",
    languages=("it", "en"),
    phone="+39 02 0000 0000",
    address="Via Prova 1, Milano",
    privacy_url="https://example.org/privacy",
    emergency_number="112",
    practitioners=(
        Practitioner(
            id="rossi",
            name="dott. Marco Rossi",
            shifts=weekly(range(5), MORNING, AFTERNOON),
            visit_types=("check_up", "hygiene"),
        ),
        Practitioner(
            id="verdi",
            name="dott.ssa Anna Verdi",
            shifts=weekly(range(3), MORNING),
            visit_types=("check_up",),
        ),
    ),
    visit_types=(CHECK_UP, HYGIENE),
    holidays=False,
)


def only(*ids: str, **changes: Any) -> Practice:
    """The studio with only some practitioners."""
    return replace(STUDIO, practitioners=tuple(p for p in STUDIO.practitioners if p.id in ids), **changes)


def opening(
    wall: str, practitioner: str = "rossi", visit_type: str = "check_up", *, practice: Practice = STUDIO
) -> Opening:
    """ "2027-03-02 10:00" on the wall of the practice."""
    start = PracticeTime(practice.time_zone).instant(datetime.fromisoformat(wall))
    kind = practice.visit_type(visit_type)
    length = kind.duration if kind else timedelta(minutes=30)
    return Opening(start=start, end=start + length, practitioner=practitioner, visit_type=visit_type)


class OpenSeal:
    """Seals by writing the owner in front, and opens for nobody else."""

    def create(self, connection: Connection, owner: str) -> None: ...

    def seal(self, connection: Connection, owner: str, plaintext: bytes) -> bytes:
        return owner.encode() + b"|" + plaintext

    def open(self, connection: Connection, owner: str, sealed: bytes) -> bytes:
        written_for, plaintext = sealed.split(b"|", 1)
        assert written_for == owner.encode()
        return plaintext

    def handle(self, *parts: str) -> str:
        return " ".join(parts)


def diary_database(path: Path, *, protected: bool = True) -> Database:
    """A file with the diary's tables; without its triggers when not `protected`."""
    path.write_bytes(_empty_diary(protected=protected))
    return Database(sqlite_url(path))


@cache
def _empty_diary(*, protected: bool) -> bytes:
    """Made once a process: five hundred tests begin with it."""

    def create(connection: Connection) -> None:
        SQLModel.metadata.create_all(connection, tables=[APPOINTMENT, PATIENT])
        for statement in DIARY_DDL_SQLITE if protected else ():
            connection.execute(text(statement))

    with TemporaryDirectory(prefix="chairside-") as folder:
        path = Path(folder) / "diary.db"
        database = Database(sqlite_url(path))
        database.write_now(create)
        database.close()
        return path.read_bytes()
