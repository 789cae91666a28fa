"""Visits that only staff entered in a system elsewhere, noted so that they can be reminded of.

A note is a copy of what the system said a moment ago: whether it is still so is asked of the system when the
message goes out. It is sealed with a key of its own, which goes when the visit is long over or no longer
there.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.domain.diary import Appointment, AppointmentStatus, Opening, PatientDetails
from bot.domain.outreach import VisitEntry, version_of
from bot.domain.outside import Expected
from bot.domain.people import name_words
from bot.storage.engine.database import Database
from bot.storage.outreach.tables import FACT
from bot.storage.sealing.seal import Forgotten, Keyring
from bot.storage.tables import SealingKey, to_stamp

_KIND = "expected"
_F = FACT.c
_KEYS = SealingKey.__table__  # type: ignore[attr-defined]
#: So far around a visit are the others on one phone that a reminder must not name.
_NEAR = timedelta(days=14)


class SqlExpected:
    """Of one practice. All but `keep` work within somebody's unit of work."""

    def __init__(self, database: Database, practice: str, *, keyring: Keyring) -> None:
        self._database = database
        self._practice = practice
        self._keyring = keyring

    async def keep(
        self, found: Sequence[Expected], *, window: tuple[datetime, datetime], at: datetime
    ) -> None:
        """What is expected within these moments is exactly this; what is long over is forgotten."""
        wanted = {one.appointment.id: one for one in found}
        known, over = await self._database.read(
            lambda connection: (self._rows(connection, *window), self._long_over(connection, window[0]))
        )
        opened = {row.patient: said for row, said in known}
        changed = {
            visit: made
            for visit, one in wanted.items()
            if (made := _said(one, opened.get(visit), at)) != opened.get(visit)
        }
        gone = [row.patient for row, _ in known if row.patient not in wanted] + over
        if not changed and not gone:
            return

        def unit(connection: Connection) -> None:
            for visit, said in changed.items():
                self._note(connection, visit, said, is_new=visit not in opened)
            self._drop(connection, gone)

        await self._database.write(unit)

    def entries(self, connection: Connection, start: datetime, end: datetime) -> list[VisitEntry]:
        """Of visits that touch [start, end)."""
        return [
            VisitEntry(
                visit=_visit(row.patient, said),
                person=self._person(said),
                known_since=datetime.fromisoformat(said["known_since"]),
            )
            for row, said in self._rows(connection, start - timedelta(days=1), end)
            if datetime.fromisoformat(said["end"]) > start
        ]

    def visits(self, connection: Connection, ids: Iterable[str]) -> tuple[Appointment, ...]:
        rows = connection.execute(self._chosen().where(_F.patient.in_(list(ids))).order_by(_F.since)).all()
        return tuple(_visit(row.patient, said) for row, said in self._opened(connection, rows))

    def details(self, connection: Connection, patient: str, visits: Iterable[str]) -> PatientDetails | None:
        """Who this patient of the system is, as one of these visits says."""
        rows = connection.execute(self._chosen().where(_F.patient.in_(list(visits)))).all()
        said = (said for _, said in self._opened(connection, rows) if said["patient"] == patient)
        return next((_details(one) for one in said), None)

    def on_phone(self, connection: Connection, phone: str, *, near: datetime) -> list[PatientDetails]:
        """Whoever is expected around that time and has this phone."""
        rows = self._rows(connection, near - _NEAR, near + _NEAR)
        return [_details(said) for _, said in rows if said["phone"] == phone]

    def _person(self, said: Mapping[str, Any]) -> str:
        """As `SqlSubjects` calls the same person, should they be on our own file, too."""
        place = self._keyring.handle("patient phone", self._practice, said["phone"])
        return version_of(place, *sorted(name_words(said["name"])))

    # -- rows ---------------------------------------------------------------------------------------------

    def _chosen(self) -> Any:
        return select(FACT).where(_F.practice == self._practice, _F.kind == _KIND)

    def _rows(
        self, connection: Connection, start: datetime, end: datetime
    ) -> list[tuple[Any, dict[str, Any]]]:
        """Of visits that begin within [start, end)."""
        within = self._chosen().where(_F.since >= to_stamp(start), _F.since < to_stamp(end))
        return self._opened(connection, connection.execute(within.order_by(_F.since, _F.patient)).all())

    def _opened(self, connection: Connection, rows: Iterable[Any]) -> list[tuple[Any, dict[str, Any]]]:
        found = []
        for row in rows:
            with suppress(Forgotten):
                found.append(
                    (row, json.loads(self._keyring.open(connection, self._owner(row.patient), row.sealed)))
                )
        return found

    def _note(self, connection: Connection, visit: str, said: Mapping[str, Any], *, is_new: bool) -> None:
        known = (_F.practice == self._practice, _F.kind == _KIND, _F.patient == visit)
        is_new = is_new and connection.execute(select(_F.since).where(*known)).first() is None
        if is_new:
            self._keyring.create(connection, self._owner(visit))
        values = {
            "since": to_stamp(datetime.fromisoformat(said["start"])),
            "sealed": self._keyring.seal(connection, self._owner(visit), json.dumps(said).encode()),
        }
        if is_new:
            row = {"practice": self._practice, "kind": _KIND, "patient": visit}
            connection.execute(insert(FACT), row | values)
        else:
            connection.execute(update(FACT).where(*known).values(values))

    def _drop(self, connection: Connection, visits: Sequence[str]) -> None:
        if not visits:
            return
        connection.execute(
            delete(FACT).where(_F.practice == self._practice, _F.kind == _KIND, _F.patient.in_(visits))
        )
        owners = [self._owner(visit) for visit in visits]
        connection.execute(delete(_KEYS).where(_KEYS.c.owner.in_(owners)))

    def _owner(self, visit: str) -> str:
        """Of the key: other practices may use the same system."""
        return f"{self._practice} {visit}"

    def _long_over(self, connection: Connection, before: datetime) -> list[str]:
        over = select(_F.patient).where(
            _F.practice == self._practice, _F.kind == _KIND, _F.since < to_stamp(before)
        )
        return [str(visit) for visit in connection.execute(over).scalars()]


def _said(one: Expected, before: Mapping[str, Any] | None, at: datetime) -> dict[str, Any]:
    """What is noted of it. Moved, it is known only since now."""
    opening = one.appointment.opening
    said = {
        "start": opening.start.isoformat(),
        "end": opening.end.isoformat(),
        "practitioner": opening.practitioner,
        "visit_type": opening.visit_type,
        "status": str(one.appointment.status),
        "patient": one.appointment.patient,
        "name": one.details.name,
        "phone": one.details.phone,
        "birth_date": one.details.birth_date.isoformat() if one.details.birth_date else None,
    }
    since = one.known_since or at
    if before is not None:
        since = datetime.fromisoformat(before["known_since"]) if before["start"] == said["start"] else at
    return said | {"known_since": since.astimezone(UTC).isoformat()}


def _visit(id_: str, said: Mapping[str, Any]) -> Appointment:
    return Appointment(
        id=id_,
        opening=Opening(
            start=datetime.fromisoformat(said["start"]),
            end=datetime.fromisoformat(said["end"]),
            practitioner=said["practitioner"],
            visit_type=said["visit_type"],
        ),
        status=AppointmentStatus(said["status"]),
        patient=said["patient"],
    )


def _details(said: Mapping[str, Any]) -> PatientDetails:
    born = said["birth_date"]
    return PatientDetails(
        name=said["name"], phone=said["phone"], birth_date=date.fromisoformat(born) if born else None
    )
