"""The diary as JSON, for the command line: its rows out, and staff's own bookings in."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import phonenumbers

from bot.domain.diary import Appointment, Opening, PatientDetails
from bot.domain.practice import Practice, Practitioner, VisitType
from bot.domain.practice_time import PracticeTime
from bot.errors import AdditionsRefused, WallTimeError

_ROW_KEYS = ("practitioner", "visit_type", "start_local", "patient")
_PATIENT_KEYS = ("name", "phone", "birth_date")
_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:00(\.0+)?)?")
# fmt: off
_TITLES = frozenset({
    "dr", "dra", "dott", "ssa", "dottssa", "dottore", "dottoressa", "doctor", "prof", "mr", "mrs", "ms",
    "sig", "доктор", "др",
})
# fmt: on


def diary_rows(appointments: Iterable[Appointment], practice: Practice) -> list[dict[str, Any]]:
    """One dict an appointment, in the order given; `patient` is an opaque reference or None."""
    clock = PracticeTime(practice.time_zone)
    return [_row(appointment, practice, clock) for appointment in appointments]


def observed_rows(
    appointments: Iterable[Appointment], names: Mapping[str, str], practice: Practice
) -> list[dict[str, Any]]:
    """The same for the eyes of staff (`service.desk.Observer`): practitioners by id, patients by name."""
    clock = PracticeTime(practice.time_zone)
    return [
        _row(appointment, practice, clock)
        | {
            "practitioner": appointment.opening.practitioner,
            "patient": names.get(appointment.patient or ""),
        }
        for appointment in appointments
    ]


def parse_additions(json_text: str, practice: Practice) -> list[tuple[Opening, PatientDetails]]:
    """Staff's bookings, ready for `DiaryStore.add`: a JSON list of rows.

    A row: `practitioner` (id, name or surname), `visit_type` (id or name in any language), `start_local`
    (practice wall clock, `YYYY-MM-DDTHH:MM`), `patient` {`name`, and if known `phone`, `birth_date`}.
    Raises AdditionsRefused with every mistake of every row.
    """
    try:
        rows = json.loads(json_text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise AdditionsRefused(
            (f"this is not JSON ({place}); write a list of rows: [{{...}}, {{...}}]",)
        ) from error
    if isinstance(rows, dict):
        rows = [rows]
    if not isinstance(rows, list):
        raise AdditionsRefused(("this is not a list of rows; write [{...}, {...}]",))
    reader = _RowReader(practice)
    read = [reader.read(number, row) for number, row in enumerate(rows, start=1)]
    if reader.mistakes:
        raise AdditionsRefused(tuple(reader.mistakes))
    return [row for row in read if row is not None]


def _row(appointment: Appointment, practice: Practice, clock: PracticeTime) -> dict[str, Any]:
    opening = appointment.opening
    practitioner = practice.practitioner(opening.practitioner)
    return {
        "status": str(appointment.status),
        "start": f"{opening.start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "end": f"{opening.end.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "start_local": f"{clock.wall(opening.start):%Y-%m-%dT%H:%M}",
        "practitioner": practitioner.name if practitioner else opening.practitioner,
        "visit_type": opening.visit_type,
        "patient": appointment.patient,
        "confirmed": appointment.confirmed_at is not None,
    }


class _RowReader:
    """Reads rows one by one and gathers what is wrong with them."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self._clock = PracticeTime(practice.time_zone)
        self._practitioners = _Names((p.id, _practitioner_names(p)) for p in practice.practitioners)
        self._visit_types = _Names((v.id, _visit_type_names(v)) for v in practice.visit_types)
        self._number = 0
        self.mistakes: list[str] = []

    def read(self, number: int, row: object) -> tuple[Opening, PatientDetails] | None:
        self._number = number
        if not isinstance(row, dict):
            self._refuse(f"is no object; write {{{', '.join(_ROW_KEYS)}}}")
            return None
        self._check_keys(row, _ROW_KEYS, required=_ROW_KEYS)
        practitioner = self._practitioner(row)
        visit_type = self._visit_type(row)
        start = self._start(row)
        patient = self._patient(row)
        if practitioner is None or visit_type is None or start is None or patient is None:
            return None
        opening = Opening(
            start=start,
            end=start + visit_type.duration,
            practitioner=practitioner.id,
            visit_type=visit_type.id,
        )
        return opening, patient

    def _practitioner(self, row: Mapping[str, Any]) -> Practitioner | None:
        allowed = ", ".join(f"{p.id} ({p.name})" for p in self._practice.practitioners)
        found = self._named(row, "practitioner", self._practitioners, allowed)
        return self._practice.practitioner(found) if found else None

    def _visit_type(self, row: Mapping[str, Any]) -> VisitType | None:
        allowed = ", ".join(v.id for v in self._practice.visit_types)
        found = self._named(row, "visit_type", self._visit_types, allowed)
        return self._practice.visit_type(found) if found else None

    def _named(self, row: Mapping[str, Any], key: str, names: "_Names", allowed: str) -> str | None:
        if key not in row:
            return None
        written = row[key]
        found = names.find(written) if isinstance(written, str) else []
        if len(found) == 1:
            return found[0]
        shown = json.dumps(written, ensure_ascii=False)
        if found:
            self._refuse(f"{key} {shown} may be any of {', '.join(found)}; write one of these ids")
        else:
            self._refuse(f"{key} {shown} is not known; allowed: {allowed}")
        return None

    def _start(self, row: Mapping[str, Any]) -> datetime | None:
        if "start_local" not in row:
            return None
        written = row["start_local"]
        try:
            if not isinstance(written, str) or not _LOCAL.fullmatch(written):
                raise ValueError
            return self._clock.instant(datetime.fromisoformat(written))
        except WallTimeError as error:
            self._refuse(f"start_local: {error}")
        except ValueError:
            shown = json.dumps(written, ensure_ascii=False)
            self._refuse(
                f"start_local {shown} is no time on the practice's clock: write whole "
                "minutes without a zone, such as 2027-03-01T09:30"
            )
        return None

    def _patient(self, row: Mapping[str, Any]) -> PatientDetails | None:
        if "patient" not in row:
            return None
        patient = row["patient"]
        if not isinstance(patient, dict):
            self._refuse(f"patient is no object; write {{{', '.join(_PATIENT_KEYS)}}}")
            return None
        before = len(self.mistakes)
        self._check_keys(patient, _PATIENT_KEYS, required=("name",), where="patient.")
        name = patient.get("name")
        if "name" in patient and not (isinstance(name, str) and name.strip()):
            self._refuse("patient.name is empty; write the patient's name")
        phone, birth_date = self._phone(patient.get("phone")), self._birth_date(patient.get("birth_date"))
        if len(self.mistakes) > before:
            return None
        return PatientDetails(name=str(name).strip(), phone=phone, birth_date=birth_date)

    def _phone(self, written: object) -> str | None:
        if written is None:
            return None
        try:
            number = phonenumbers.parse(str(written), self._practice.country)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            self._refuse("patient.phone is not a phone number; write it such as +39 333 000 0000, or null")
            return None
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def _birth_date(self, written: object) -> date | None:
        if written is None:
            return None
        try:
            if isinstance(written, str):
                return date.fromisoformat(written)
        except ValueError:
            pass
        self._refuse("patient.birth_date is not a day; write it such as 1980-05-31, or null")
        return None

    def _check_keys(
        self, there: Mapping[str, Any], known: Iterable[str], *, required: Iterable[str], where: str = ""
    ) -> None:
        for key in required:
            if key not in there:
                self._refuse(f"{where}{key} is missing; add it")
        for key in there:
            if key not in known:
                self._refuse(f'unknown key "{where}{key}"; allowed: {", ".join(known)}')

    def _refuse(self, mistake: str) -> None:
        self.mistakes.append(f"row {self._number}: {mistake}")


class _Names:
    """Finds ids by what people write, whatever its case, accents, punctuation and titles. Better kinds of
    name (id before full name before surname or nickname) win."""

    def __init__(self, named: Iterable[tuple[str, tuple[tuple[str, ...], ...]]]) -> None:
        self._named = [(key, [{_folded(name) for name in kind} for kind in kinds]) for key, kinds in named]

    def find(self, written: str) -> list[str]:
        folded = _folded(written)
        for kind in range(3):
            found = [key for key, kinds in self._named if folded and folded in kinds[kind]]
            if found:
                return found
        return []


def _practitioner_names(practitioner: Practitioner) -> tuple[tuple[str, ...], ...]:
    surname = practitioner.name.split()[-1]
    return (practitioner.id,), (practitioner.name,), (surname,)


def _visit_type_names(visit_type: VisitType) -> tuple[tuple[str, ...], ...]:
    words = tuple(word for words in visit_type.words.values() for word in words)
    return (visit_type.id,), tuple(visit_type.names.values()), words


def _folded(text: str) -> str:
    """ "Dott.ssa Laura Bianchi" and "laura bianchi", "check-up" and "check_up", become the same."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", bare)
    return "".join([word for word in words if word not in _TITLES] or words)
