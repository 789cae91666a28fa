"""The list of eight in the morning, on paper and in the house's language: what to enter, what to take out."""

from datetime import UTC, date, datetime
from pathlib import Path

from typer.testing import CliRunner

from bot.commands.command_line import cli
from bot.commands.sheet import as_page, as_text
from bot.domain.diary import Appointment, AppointmentStatus, PatientDetails
from bot.service.inbox.requests import Request, Sheet, Withdrawn
from tests.studio import STUDIO, opening

AT = datetime(2027, 3, 1, 7, tzinfo=UTC)
TEN, ELEVEN = opening("2027-03-02 10:00"), opening("2027-03-02 11:00")


def visit(id: str, at: object, status: AppointmentStatus) -> Appointment:
    return Appointment(id=id, opening=at, status=status, patient="p")  # type: ignore[arg-type]


ADA = PatientDetails(name="Ada <Prova>", phone="+390200000001", birth_date=date(1988, 4, 25))
SHEET = Sheet(
    at=AT,
    day=date(2027, 3, 1),
    requests=(
        Request(
            visit=visit("a", TEN, AppointmentStatus.REQUESTED),
            conversation="c",
            asked_at=AT,
            patient=ADA,
            replaces=visit("b", ELEVEN, AppointmentStatus.BOOKED),
        ),
    ),
    withdrawn=(Withdrawn(visit=visit("d", ELEVEN, AppointmentStatus.CANCELLED), patient=None, at=AT),),
)


def test_the_sheet_names_what_to_enter_and_what_to_take_out() -> None:
    lines = as_text(SHEET, STUDIO).splitlines()

    assert lines[0] == "Foglio di oggi: lunedì 1 marzo"
    assert lines[3] == "[ ] martedì 2 marzo, 10:00 (al posto di martedì 2 marzo, 11:00)"
    assert lines[5] == "    Ada <Prova>, +390200000001, 1988-04-25"
    assert [line for line in lines if line.startswith("[ ]")][1:] == ["[ ] martedì 2 marzo, 11:00"]


def test_on_paper_no_name_becomes_markup() -> None:
    page = as_page(SHEET, STUDIO)

    assert "Ada &lt;Prova&gt;" in page and "<Prova>" not in page
    assert page.count("☐") == 2
    assert "src=" not in page and "href=" not in page


def test_a_quiet_night_is_a_sheet_too_and_the_file_is_the_practice_s_alone(tmp_path: Path) -> None:
    file = tmp_path / "sheet.html"
    shown = CliRunner().invoke(cli, ["sheet", "--data", str(tmp_path)])
    written = CliRunner().invoke(cli, ["sheet", "--data", str(tmp_path), "--to", str(file)])

    assert "Nessuna richiesta" in shown.stdout
    assert "names patients" in written.stdout
    assert file.stat().st_mode & 0o077 == 0
