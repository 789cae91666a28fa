"""The diary for other programs: what goes out comes back the same, and what is wrong is named."""

from datetime import date

import pytest

from bot.domain.diary import Appointment, AppointmentStatus, PatientDetails
from bot.errors import AdditionsRefused
from bot.storage.diary.files import from_csv, from_ics, to_csv, to_ics
from tests.studio import NOW, STUDIO, opening

ADA = PatientDetails(name="Ada Prova", phone="+390200000001", birth_date=date(1988, 4, 25))
TRICKSTER = PatientDetails(name="=cmd()", phone=None)
PEOPLE = {"pat_1": ADA, "pat_2": TRICKSTER}
TEN, SUMMER = opening("2027-03-02 10:00"), opening("2027-04-06 10:00")
VISITS = [
    Appointment(id="b", opening=SUMMER, status=AppointmentStatus.BOOKED, patient="pat_2"),
    Appointment(id="a", opening=TEN, status=AppointmentStatus.BOOKED, patient="pat_1"),
    Appointment(id="c", opening=TEN, status=AppointmentStatus.CANCELLED, patient="pat_1"),
]


def test_a_spreadsheet_of_visits_comes_back_as_it_went_out() -> None:
    text = to_csv(VISITS, PEOPLE, STUDIO)

    assert text.splitlines() == [
        "start_local,practitioner,visit_type,name,phone,birth_date,status,confirmed",
        "2027-03-02T10:00,rossi,check_up,Ada Prova,'+390200000001,1988-04-25,booked,",
        "2027-04-06T10:00,rossi,check_up,'=cmd(),,,booked,",
    ]
    assert from_csv(text, STUDIO) == [(TEN, ADA), (SUMMER, TRICKSTER)]


def test_a_spreadsheet_with_semicolons_is_read_as_well() -> None:
    text = "\ufeffname;start_local;practitioner;visit_type\nAda Prova;2027-03-02T10:00;Rossi;controllo\n"

    assert from_csv(text, STUDIO) == [(TEN, PatientDetails(name="Ada Prova"))]


def test_every_wrong_row_of_a_spreadsheet_is_named() -> None:
    text = "name,start_local,practitioner,visit_type\nAda Prova,yesterday,rossi,check_up\n"
    text += ",2027-03-02T10:00,x,check_up\n"
    with pytest.raises(AdditionsRefused) as refused:
        from_csv(text, STUDIO)

    assert [mistake.partition(": ")[0] for mistake in refused.value.mistakes] == ["row 1", "row 2", "row 2"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has to name the columns"),
        ("2026-12-07T09:00,rossi,check_up,Ada,+393331234567,\n", "has to name the columns"),
        ("start_local,practitioner\n2026-12-07T09:00,rossi,check_up\n", "row 1 has more cells"),
    ],
)
def test_a_table_whose_columns_have_no_names_is_refused(text: str, told: str) -> None:
    with pytest.raises(AdditionsRefused, match=told):
        from_csv(text, STUDIO)


def test_a_calendar_of_visits_comes_back_at_the_same_instants() -> None:
    data = to_ics(VISITS, PEOPLE, STUDIO, at=NOW)

    assert [(one, who.name) for one, who in from_ics(data, STUDIO, at=NOW)] == [
        (TEN, "Ada Prova"),
        (SUMMER, "=cmd()"),
    ]


def test_a_calendar_of_another_program_is_read_week_by_week_over_the_change_of_clocks() -> None:
    data = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
BEGIN:VEVENT
UID:1
DTSTAMP:20270101T000000Z
DTSTART:20270323T100000
DTEND:20270323T103000
RRULE:FREQ=WEEKLY;COUNT=2
SUMMARY:Ada Prova
END:VEVENT
END:VCALENDAR
""".replace(b"\n", b"\r\n")
    read = from_ics(data, STUDIO, at=NOW, practitioner="rossi", visit_type="check_up")
    with pytest.raises(AdditionsRefused, match="Give --practitioner, one of rossi, verdi"):
        from_ics(data, STUDIO, at=NOW)

    assert [one for one, _ in read] == [opening("2027-03-23 10:00"), opening("2027-03-30 10:00")]
