"""Messages that the practice begins, by hand: `chairside outreach rules`, `due`, `never`, `open-amounts`."""

import asyncio
import csv
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select

from bot import bootstrap
from bot.commands.shared import DEFAULT_DATA, Data, beside
from bot.errors import ChairsideError
from bot.storage.diary.files import dialect_of
from bot.storage.outreach.facts import OutreachFacts
from bot.storage.outreach.notes import SqlOutreachNotes
from bot.storage.outreach.tables import OUTREACH

cli = typer.Typer(
    no_args_is_help=True, help="Messages that the practice begins: reminders, recalls, accounts."
)

_NEEDED = ("phone", "birth_date", "amount")

Phone = Annotated[str, typer.Argument(help="With the country's code: +393331234567")]


@cli.command()
def rules() -> None:
    """Shows every rule: whom it is about, its template, and whether anybody can be meant."""
    configuration = beside()
    practice = bootstrap.read_practice(configuration)
    assistant = bootstrap.read_assistant(configuration, practice)
    known = {kind.id for kind in practice.visit_types}
    for rule in bootstrap.read_outreach(configuration, practice, assistant).rules:
        state = "on" if rule.is_on else "off"
        missing = rule.visit_types and not rule.visit_types & known
        about = f"about nobody: no visit type {', '.join(sorted(rule.visit_types))}" if missing else rule.who
        print(f"{rule.id}\t{state}\t{rule.kind}\t{rule.template}\t{about}")


@cli.command()
def due(data: Data = DEFAULT_DATA) -> None:
    """Counts what is planned, sent, void, skipped and missed, by rule and reason."""
    books = bootstrap.Books.open(beside(data))
    counted = (
        select(OUTREACH.c.rule, OUTREACH.c.state, OUTREACH.c.reason, func.count())
        .where(OUTREACH.c.practice == books.practice.id)
        .group_by(OUTREACH.c.rule, OUTREACH.c.state, OUTREACH.c.reason)
        .order_by(OUTREACH.c.rule, OUTREACH.c.state, OUTREACH.c.reason)
    )
    for rule, state, reason, number in books.database.read_now(lambda c: c.execute(counted).all()):
        print(f"{rule}\t{state}\t{reason or ''}\t{number}")
    books.database.close()


@cli.command()
def never(
    phone: Phone,
    because: Annotated[str, typer.Option(help="deceased or do_not_contact")] = "do_not_contact",
    undo: Annotated[bool, typer.Option("--undo", help="They may be written to again.")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Nobody begins a message to this phone any more, whatever a rule says."""
    if because not in ("deceased", "do_not_contact"):
        raise ChairsideError("--because is deceased or do_not_contact")
    if not phone.startswith("+"):
        raise ChairsideError("write the phone with its country's code, as +393331234567")

    async def run(notes: SqlOutreachNotes, books: bootstrap.Books) -> None:
        if undo:
            print("done" if await notes.write_again(phone) else "this phone was not on the list")
            return
        await notes.never_write(phone, reason=because, at=books.now())
        print("done")

    _with_notes(data, run)


@cli.command("open-amounts")
def open_amounts(file: Path, data: Data = DEFAULT_DATA) -> None:
    """Notes what is open, from a CSV file with phone, birth_date (1980-05-12), amount (as it is to be read:
    120,00 €) and link; an empty amount says that it is settled."""

    balances = _balances(file)

    async def run(notes: SqlOutreachNotes, books: bootstrap.Books) -> None:
        done: Counter[str] = Counter()
        for balance in balances:
            done[await _note(notes, books, balance)] += 1
        print(", ".join(f"{what} {number}" for what, number in sorted(done.items())) or "no rows")

    _with_notes(data, run)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Balance:
    """What somebody owes, as it is to be read; no amount: settled."""

    phone: str
    born: date
    amount: str | None
    link: str | None


def _balances(file: Path) -> list[_Balance]:
    """All rows, or a refusal with every mistake: nothing is noted of a file that is half right."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ChairsideError(
            f'{file} is not UTF-8; in a spreadsheet save it as "CSV UTF-8 (comma delimited)"'
        ) from error
    table = csv.DictReader(StringIO(text, newline=""), dialect=dialect_of(text))
    if missing := [name for name in _NEEDED if name not in (table.fieldnames or ())]:
        raise ChairsideError(
            f"{file.name}:1: the first line has to name the columns phone, birth_date, amount, link; missing:"
            f" {', '.join(missing)}"
        )
    found: list[_Balance] = []
    mistakes: list[str] = []
    for number, row in enumerate(table, start=2):
        given = {name: (row.get(name) or "").strip() for name in (*_NEEDED, "link")}
        try:
            found.append(_balance(given))
        except ChairsideError as mistake:
            mistakes.append(f"{file.name}:{number}: {mistake}")
    if mistakes:
        raise ChairsideError("\n".join([*mistakes, "nothing was noted"]))
    return found


def _balance(given: Mapping[str, str]) -> _Balance:
    try:
        born = date.fromisoformat(given["birth_date"])
    except ValueError as error:
        raise ChairsideError(f'birth_date "{given["birth_date"]}" is no day; write 1980-05-12') from error
    amount, link = given["amount"], given["link"]
    if amount and (not any(sign in "123456789" for sign in amount) or amount.startswith("-")):
        raise ChairsideError(f'"{amount}" is no amount; write it as it is to be read, such as 120,00 €')
    if link and not link.startswith("https://"):
        raise ChairsideError('the link must begin with "https://"')
    return _Balance(phone=given["phone"], born=born, amount=amount or None, link=link or None)


async def _note(notes: SqlOutreachNotes, books: bootstrap.Books, of: _Balance) -> str:
    noted = await notes.note_balance(of.phone, of.born, amount=of.amount, link=of.link, at=books.now())
    if not noted:
        return "nobody, or several, of this phone and date of birth:"
    return "open:" if of.amount else "settled:"


def _with_notes(data: Path, run: Callable[[SqlOutreachNotes, bootstrap.Books], Awaitable[None]]) -> None:
    books = bootstrap.Books.open(beside(data))
    patients = books.diary.patients
    facts = OutreachFacts(books.database, books.practice, keyring=books.keyring, patients=patients)
    notes = SqlOutreachNotes(
        books.database, books.practice.id, keyring=books.keyring, patients=patients, facts=facts
    )

    async def whole() -> None:
        await run(notes, books)

    try:
        asyncio.run(whole())
    finally:
        books.database.close()
