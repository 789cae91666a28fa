import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.domain.diary import Appointment, AppointmentStatus, PatientDetails
from bot.errors import AdditionsRefused
from bot.storage.diary.as_json import diary_rows, observed_rows, parse_additions
from tests.studio import STUDIO, only, opening

ROW = {
    "practitioner": "rossi",
    "visit_type": "check_up",
    "start_local": "2027-03-02T10:00",
    "patient": {"name": "Ada Prova", "phone": "333 000 0000", "birth_date": "1980-05-31"},
}


def mistakes(*rows: Any) -> list[str]:
    with pytest.raises(AdditionsRefused) as refused:
        parse_additions(json.dumps(rows), STUDIO)
    return list(refused.value.mistakes)


def test_rows_show_the_instant_and_the_wall() -> None:
    appointments = [
        Appointment(
            id="a", opening=opening("2027-03-02 10:00"), status=AppointmentStatus.BOOKED, patient="pat_1"
        ),
        Appointment(
            id="b",
            opening=opening("2027-07-02 10:00", "somebody_who_left"),
            status=AppointmentStatus.HELD,
            patient=None,
        ),
    ]

    assert diary_rows(appointments, STUDIO) == [
        {
            "status": "booked",
            "start": "2027-03-02T09:00:00Z",
            "end": "2027-03-02T09:30:00Z",
            "start_local": "2027-03-02T10:00",
            "practitioner": "dott. Marco Rossi",
            "visit_type": "check_up",
            "patient": "pat_1",
            "confirmed": False,
        },
        {
            "status": "held",
            "start": "2027-07-02T08:00:00Z",
            "end": "2027-07-02T08:30:00Z",
            "start_local": "2027-07-02T10:00",
            "practitioner": "somebody_who_left",
            "visit_type": "check_up",
            "patient": None,
            "confirmed": False,
        },
    ]
    assert json.dumps(diary_rows(appointments, STUDIO))


def test_staff_see_names_and_the_sandbox_finds_the_practitioner_s_column() -> None:
    booked = Appointment(
        id="a", opening=opening("2027-03-02 10:00"), status=AppointmentStatus.BOOKED, patient="pat_1"
    )
    held = replace(booked, id="b", status=AppointmentStatus.HELD, patient=None)
    forgotten = replace(booked, id="c", patient="pat_2")
    rows = observed_rows([booked, held, forgotten], {"pat_1": "Ada Prova"}, STUDIO)

    assert [(row["practitioner"], row["patient"]) for row in rows] == [
        ("rossi", "Ada Prova"),
        ("rossi", None),
        ("rossi", None),
    ]


def test_staff_write_rows_and_get_visits() -> None:
    ada = PatientDetails(name="Ada Prova", phone="+393330000000", birth_date=date(1980, 5, 31))
    bare = ROW | {"start_local": "2027-03-02T11:00:00", "patient": {"name": " Bruno Prova ", "phone": None}}

    assert parse_additions(json.dumps([ROW, bare]), STUDIO) == [
        (opening("2027-03-02 10:00"), ada),
        (opening("2027-03-02 11:00"), PatientDetails(name="Bruno Prova")),
    ]


@pytest.mark.parametrize(
    "name", ["verdi", "Verdi", "VERDI", "Anna Verdi", "dott.ssa Anna Verdi", "dr. Verdi"]
)
def test_a_practitioner_is_known_by_any_name(name: str) -> None:
    [(found, _)] = parse_additions(json.dumps([ROW | {"practitioner": name}]), STUDIO)

    assert found.practitioner == "verdi"


@pytest.mark.parametrize(
    "name", ["check_up", "check-up", "Check up", "CHECKUP", "visita di controllo", "Осмотр", "controllo"]
)
def test_a_visit_is_known_by_its_name_in_any_language(name: str) -> None:
    [(found, _)] = parse_additions(json.dumps([ROW | {"visit_type": name}]), STUDIO)

    assert found.visit_type == "check_up"


def test_a_surname_that_two_share_is_not_guessed() -> None:
    twins = only("rossi", "verdi")
    both = replace(
        twins, practitioners=tuple(replace(p, name=f"{p.id} Bianchi") for p in twins.practitioners)
    )
    with pytest.raises(AdditionsRefused) as refused:
        parse_additions(json.dumps([ROW | {"practitioner": "Bianchi"}]), both)

    assert refused.value.mistakes == (
        'row 1: practitioner "Bianchi" may be any of rossi, verdi; write one of these ids',
    )


def test_every_mistake_of_every_row_is_told_at_once() -> None:
    assert mistakes(
        ROW,
        {
            "practitioner": "Neri",
            "visit_type": "surgery",
            "start_local": "tomorrow",
            "patient": {"name": "", "phone": "12", "birth_date": "31/05/1980", "age": 46},
        },
        {"practitioner": "rossi", "visit_type": 3, "when": "2027-03-02T10:00"},
        "Ada at ten",
        ROW | {"patient": "Ada Prova"},
    ) == [
        'row 2: practitioner "Neri" is not known; allowed: rossi (dott. Marco Rossi), verdi (dott.ssa Anna '
        "Verdi)",
        'row 2: visit_type "surgery" is not known; allowed: check_up, hygiene',
        'row 2: start_local "tomorrow" is no time on the practice\'s clock: write whole minutes without a '
        "zone, such as 2027-03-01T09:30",
        'row 2: unknown key "patient.age"; allowed: name, phone, birth_date',
        "row 2: patient.name is empty; write the patient's name",
        "row 2: patient.phone is not a phone number; write it such as +39 333 000 0000, or null",
        "row 2: patient.birth_date is not a day; write it such as 1980-05-31, or null",
        "row 3: start_local is missing; add it",
        "row 3: patient is missing; add it",
        'row 3: unknown key "when"; allowed: practitioner, visit_type, start_local, patient',
        "row 3: visit_type 3 is not known; allowed: check_up, hygiene",
        "row 4: is no object; write {practitioner, visit_type, start_local, patient}",
        "row 5: patient is no object; write {name, phone, birth_date}",
    ]


@pytest.mark.parametrize(
    ("wall", "mistake"),
    [
        ("2027-03-28T02:30", "does not exist in Europe/Rome: the clocks go forward over it"),
        ("2027-10-31T02:30:00", "exists twice in Europe/Rome: the clocks go back over it"),
    ],
)
def test_a_time_that_the_clocks_make_doubtful_is_refused(wall: str, mistake: str) -> None:
    assert mistakes(ROW | {"start_local": wall}) == [
        f"row 1: start_local: {wall[:16].replace('T', ' ')} {mistake}; take a time before or after the change"
    ]


@pytest.mark.parametrize(
    "wall", ["2027-03-02", "2027-03-02T10:00Z", "2027-03-02T10:00:30", "2027-02-30T10:00"]
)
def test_anything_but_a_minute_of_the_wall_clock_is_refused(wall: str) -> None:
    assert mistakes(ROW | {"start_local": wall}) == [
        f'row 1: start_local "{wall}" is no time on the practice\'s clock: write whole minutes without a '
        "zone, such as 2027-03-01T09:30"
    ]


def test_what_is_no_json_is_refused_with_its_place() -> None:
    with pytest.raises(AdditionsRefused) as refused:
        parse_additions('[{"practitioner": }]', STUDIO)

    assert refused.value.mistakes == (
        "this is not JSON (line 1, column 19); write a list of rows: [{...}, {...}]",
    )


def test_a_single_row_needs_no_list_but_anything_else_does() -> None:
    with pytest.raises(AdditionsRefused) as refused:
        parse_additions("3", STUDIO)

    assert len(parse_additions(json.dumps(ROW), STUDIO)) == 1
    assert refused.value.mistakes == ("this is not a list of rows; write [{...}, {...}]",)


def test_mistakes_do_not_repeat_who_the_patient_is() -> None:
    wrong = ROW | {"patient": {"name": "Ada Prova", "phone": "0123x", "birth_date": "31.05.1980"}}

    assert not [told for told in mistakes(wrong) if "Ada" in told or "0123x" in told or "31.05" in told]
