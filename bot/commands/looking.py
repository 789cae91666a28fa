"""Commands that look into things: diary, parse."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot import bootstrap
from bot.channels.event_line import event_line
from bot.channels.messenger import parse as parse_messenger
from bot.channels.whatsapp import parse as parse_whatsapp
from bot.commands.shared import DEFAULT_DATA, Data, beside
from bot.errors import ChairsideError, OpeningTaken


def diary(
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list, one object a row.")] = False,
    add: Annotated[Path | None, typer.Option(help="Book a JSON list of visits, all or nothing.")] = None,
) -> None:
    """Shows the embedded diary, or puts visits into it; also while the server runs."""
    from bot.storage.diary_json import diary_rows, parse_additions

    books = bootstrap.Books.open(beside(data))
    try:
        at = books.now()
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
                    print(f"{visit['start_local']}  {visit['status']:<9}  {what}")
    finally:
        books.database.close()


def parse(channel: str, file: Path) -> None:
    """Prints what a webhook body is read as: one JSON line a message or status, in the body's order."""
    parsers = {"whatsapp": parse_whatsapp, "messenger": parse_messenger}
    if channel not in parsers:
        raise ChairsideError(f'there is no channel "{channel}"; one of: {", ".join(parsers)}')
    try:
        body = file.read_bytes()
    except OSError as error:
        raise ChairsideError(f"{file} cannot be read: {error.strerror}") from error
    for event in parsers[channel](body):
        print(json.dumps(event_line(event), ensure_ascii=False))
