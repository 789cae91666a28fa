"""`chairside data export` and `erase`: what a person may ask of a practice."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from bot import bootstrap
from bot.commands.shared import DEFAULT_DATA, Data, existing_books
from bot.errors import ChairsideError
from bot.storage.rights.finding import Person
from bot.web.copy_page import copy_page
from bot.web.wording import LANGUAGES

Patient = Annotated[
    str,
    typer.Option(help="Their number, a channel's id, or how the id of the conversation begins."),
]
_BY = "chairside data"
_TOLD = {
    "inbox": "messages of theirs",
    "outbox": "messages to them",
    "media": "files",
    "note": "notes",
    "tag": "tags",
    "handoff": "hand-offs",
}


def export(
    patient: Patient,
    out: Annotated[Path, typer.Option(help="The file to write: JSON, or a page with --html. Not there yet.")],
    html: Annotated[bool, typer.Option("--html", help="A page that a person can read.")] = False,
    language: Annotated[
        str | None, typer.Option(help="Of the page: en, it or ru. Else the practice's first.")
    ] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Everything that is kept of one person, to be given to them: also files, notes, and who looked."""
    if out.exists():
        raise ChairsideError(f"{out} is there already; name another file")
    if not out.parent.is_dir():
        raise ChairsideError(f"the folder {out.parent} is not there; make it, or name another file")
    books = existing_books(data)
    try:
        language = language or next((each for each in books.practice.languages if each in LANGUAGES), "en")
        if language not in LANGUAGES:
            raise ChairsideError(f'"{language}" is no language of the page; write {", ".join(LANGUAGES)}')
        rights = bootstrap.rights_of(books)
        person = rights.find(patient)
        counts = rights.count(person)
        copy = rights.copy(person, at=books.now(), by=_BY)
    finally:
        books.database.close()
    written = (
        copy_page(copy, practice=books.practice, language=language)
        if html
        else json.dumps(copy, ensure_ascii=False, indent=1)
    )
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(written)
    print(f"{out}: {_counted(counts)}. Anybody who has this file can read it.")
    _tell_of_others(person)


def erase(
    patient: Patient,
    with_visits: Annotated[
        bool, typer.Option("--with-visits", help="Also visits that are over or cancelled.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Without asking.")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Everything that is kept of one person, for good; also while the desk works."""
    books = existing_books(data)
    try:
        rights = bootstrap.rights_of(books)
        person = rights.find(patient)
        counts = rights.count(person)
        if not yes:
            print(f"There are {_counted(counts)}. It cannot be brought back.")
            typer.confirm("Erase it?", abort=True)
        erased = rights.erase(person, at=books.now(), by=_BY, with_visits=with_visits)
        wiped = rights.wipe()
    finally:
        books.database.close()
    print(f"Erased: {_counted(Counter(erased.rows))}; {erased.rows.total()} rows in all, and their key.")
    if erased.visits_kept:
        print(
            f"Kept: {erased.visits_kept} visits in the diary, with name and number, as the law has the"
            " practice keep; nobody is written to about them. Where they may go, too: cancel what is to come,"
            " then once more with --with-visits."
        )
    if erased.keeps_wish:
        print("Kept: that they want no messages, as a hash that only they match.")
    _tell_of_others(person)
    if not wiped:
        print("The database is busy: run `chairside data vacuum`, so that nothing is left in its log either.")
    print("Backups from before still have it: let them run out. After a restore, erase again.")


def _counted(counts: Counter[str]) -> str:
    told = [f"{counts[table]} {what}" for table, what in (_TOLD | {"appointment": "visits"}).items()]
    return ", ".join(told)


def _tell_of_others(person: Person) -> None:
    if person.perhaps:
        print(
            f"Left alone: {person.perhaps} entries of the diary under the same number that may be somebody"
            " else's."
        )
