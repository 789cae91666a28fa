"""Commands that look into things: diary, parse."""

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import bootstrap
from bot.bootstrap import Books
from bot.channels.event_line import event_line, whole_line
from bot.channels.instagram import parse as parse_instagram
from bot.channels.messenger import parse as parse_messenger
from bot.channels.whatsapp import parse as parse_whatsapp
from bot.commands.shared import DEFAULT_DATA, Data, beside, existing_books
from bot.domain.channels import INSTAGRAM, MESSENGER, WHATSAPP
from bot.errors import ChairsideError, OpeningTaken


def diary(
    what: Annotated[str, typer.Argument(help="import or export; the diary itself is shown without it.")] = "",
    file: Annotated[Path | None, typer.Argument(help="A .csv or .ics file.")] = None,
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list, one object a row.")] = False,
    add: Annotated[Path | None, typer.Option(help="Book a JSON list of visits, all or nothing.")] = None,
    practitioner: Annotated[str | None, typer.Option(help="Whose visits a calendar holds (an id).")] = None,
    visit_type: Annotated[
        str | None, typer.Option(help="Which kind of visit its events are (an id).")
    ] = None,
) -> None:
    """Shows the embedded diary, or puts visits into it; also while the server runs."""
    from bot.storage.diary.as_json import diary_rows, parse_additions

    if what not in ("", "import", "export"):
        raise ChairsideError(f'"chairside diary {what}" is not known; write import or export and a file')
    changes = what == "import" or add is not None
    books = bootstrap.Books.open(beside(data)) if changes else existing_books(data)
    try:
        at = books.now()
        if what:
            moved = _exported if what == "export" else _imported
            if file is None or file.suffix.lower() not in (".csv", ".ics"):
                raise ChairsideError(f"name a .csv or .ics file: chairside diary {what} visits.csv")
            print(moved(books, file, at, practitioner, visit_type), file=sys.stderr)
            return
        if add is not None:
            try:
                text = add.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise ChairsideError(f"{add} cannot be read: {error}") from error
            rows = parse_additions(text, books.practice)
            try:
                added = asyncio.run(books.diary.add(rows, at=at))
            except OpeningTaken as taken:
                row = f"row {taken.args[1] + 1}" if len(taken.args) > 1 else "a row"
                raise ChairsideError(
                    f"{row} overlaps another visit of that practitioner; nothing was added"
                ) from taken
            print(f"{len(added)} visits added.", file=sys.stderr)
        if as_json or add is None:
            appointments = asyncio.run(books.diary.appointments(start=None, end=None, at=at))
            shown = diary_rows(appointments, books.practice)
            if as_json:
                print(json.dumps(shown, ensure_ascii=False))
            else:
                for visit in shown:
                    what = f"{visit['visit_type']:<22} {visit['practitioner']}"
                    comes = "  ✓" if visit["confirmed"] else ""
                    print(f"{visit['start_local']}  {visit['status']:<9}  {what}{comes}")
                if not shown:
                    print("The diary is empty.", file=sys.stderr)
    finally:
        books.database.close()


def _exported(books: Books, file: Path, at: datetime, _who: str | None, _what: str | None) -> str:
    from bot.storage.diary.files import to_csv, to_ics

    visits = asyncio.run(books.diary.appointments(start=None, end=None, at=at))
    references = {visit.patient for visit in visits if visit.patient}
    patients = books.database.read_now(lambda connection: books.diary.patients.all_of(connection, references))
    if file.suffix.lower() == ".csv":
        file.write_text(to_csv(visits, patients, books.practice), encoding="utf-8", newline="")
    else:
        file.write_bytes(to_ics(visits, patients, books.practice, at=at))
    return f"{file} is written. It names patients: keep it where only the practice can read it."


def _imported(books: Books, file: Path, at: datetime, who: str | None, what: str | None) -> str:
    from bot.storage.diary.files import from_csv, from_ics

    given = file.read_bytes()
    try:
        text = given.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ChairsideError(
            f'{file} is not UTF-8; in a spreadsheet save it as "CSV UTF-8 (comma delimited)"'
        ) from error
    if file.suffix.lower() == ".csv":
        rows = from_csv(text, books.practice)
    else:
        rows = from_ics(given, books.practice, at=at, practitioner=who, visit_type=what)
    try:
        added = asyncio.run(books.diary.add(rows, at=at))
    except OpeningTaken as taken:
        row = f"row {taken.args[1] + 1}" if len(taken.args) > 1 else "a row"
        raise ChairsideError(
            f"{row} overlaps another visit of that practitioner; nothing was added"
        ) from taken
    return f"{len(added)} visits added."


_PARSERS = {WHATSAPP: parse_whatsapp, MESSENGER: parse_messenger, INSTAGRAM: parse_instagram}


def parse(
    channel: Annotated[str, typer.Argument(help="whatsapp, messenger or instagram.")],
    file: Annotated[Path, typer.Argument(help="A webhook body, as it came.")],
    more: Annotated[
        bool, typer.Option("--more", help="Also what was quoted, attached, answered in a form and so on.")
    ] = False,
) -> None:
    """Prints what a webhook body is read as: one JSON line a message or status, in the body's order."""
    if channel not in _PARSERS:
        raise ChairsideError(f'there is no channel "{channel}"; one of: {", ".join(_PARSERS)}')
    try:
        body = file.read_bytes()
    except OSError as error:
        raise ChairsideError(f"{file} cannot be read: {error.strerror}") from error
    for event in _PARSERS[channel](body):
        line = whole_line(event) if more else event_line(event)
        print(json.dumps(line, ensure_ascii=False))
