"""`chairside data`: copies of everything, the way back, the other engine, messages that were set aside. What
is kept of one person: `rights`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import bootstrap
from bot.commands.shared import DEFAULT_DATA, Data, beside, existing_books, existing_database
from bot.errors import ChairsideError
from bot.service.clock import SystemClock
from bot.service.inbox.desk import AlreadyTaken
from bot.storage.engine.database import Database, sqlite_url
from bot.storage.engine.restoring import back_up, is_worked_on, move, restore
from bot.storage.inbox.drafts import Drafts
from bot.storage.inbox.ownership import Ownership
from bot.storage.sealing.seal import master_key_from
from bot.storage.turns.set_aside import SqlSetAside

cli = typer.Typer(help="Backup and restore, moving to PostgreSQL and back, and messages that were set aside.")


@cli.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to put it; not there yet.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Everything as of this moment in one sealed file, also while the desk works."""
    if file.exists():
        raise ChairsideError(f"{file} is there already; name another file, such as {_named(file)}")
    configuration = beside(data)
    with _opened(existing_database(configuration)) as database:
        at = datetime.now(UTC)
        rows = back_up(database, file, master_key=_master_key(configuration), at=at)
    print(f"{file}: {sum(rows.values())} rows of {len(rows)} tables, {file.stat().st_size} bytes, sealed.")


@cli.command("restore")
def restore_(
    file: Path,
    data: Data = DEFAULT_DATA,
) -> None:
    """Into an empty folder or database. Nothing that the copy was about to send goes out."""
    configuration = beside(data)
    data.mkdir(parents=True, exist_ok=True)
    url, at = configuration.database_url, datetime.now(UTC)
    is_file = url.startswith("sqlite")
    with bootstrap.only_one(data):
        place = data / "chairside.db"
        if is_file and place.exists():
            raise ChairsideError(f"{place} is there already; move it away first: mv {place} {place}.before")
        coming = data / "restoring.db"
        coming.unlink(missing_ok=True)
        with _opened(sqlite_url(coming) if is_file else url) as database:
            restored = restore(file, database, master_key=_master_key(configuration), at=at)
        if is_file:
            coming.rename(place)
    kept = restored.quieted
    rows, tables = sum(restored.rows.values()), len(restored.rows)
    print(f"{rows} rows of {tables} tables, as of {restored.taken_at:%Y-%m-%d %H:%M:%S} UTC.")
    print(
        f"Not sent any more: {kept.get('outbox', 0)} messages and {kept.get('outreach', 0)} that fell due."
        f" Set aside for you to look at: {kept.get('inbox', 0)} (chairside data set-aside)."
    )
    print(
        "People who were erased after that moment are back: erase them again"
        " (chairside data erase --patient NUMBER)."
    )


@cli.command()
def vacuum(data: Data = DEFAULT_DATA) -> None:
    """Gives room that is not needed back to the disk, and looks whether all is whole."""
    with _opened(existing_database(beside(data))) as database:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if database.is_shared:
                connection.exec_driver_sql("VACUUM (ANALYZE)")
                print("Vacuumed and analysed.")
                return
        raw = database.engine.raw_connection()
        try:
            driver = raw.driver_connection
            assert driver is not None
            found = driver.execute("PRAGMA integrity_check").fetchone()[0]
            if found != "ok":
                raise ChairsideError(f"the database is damaged ({found}); restore the last backup")
            driver.execute("VACUUM")
            driver.execute("PRAGMA optimize")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()
    print("Whole, and as small as it can be.")


@cli.command("move")
def move_(
    to: Annotated[str, typer.Option(help="A folder (SQLite), or postgresql+psycopg://... : empty.")],
    from_: Annotated[str, typer.Option("--from", help="The same of where it is now.")] = str(DEFAULT_DATA),
) -> None:
    """From SQLite to PostgreSQL or back, while nobody works on either; compared table by table."""
    if "://" not in from_:
        existing_database(beside(Path(from_)))
    with _held(from_) as source, _held(to) as target:
        if is_worked_on(source) or is_worked_on(target):
            raise ChairsideError("somebody works on that database; stop every `chairside serve` first")
        compared = move(source, target)
    for name, each in compared.items():
        if each.rows:
            print(f"{name:<20} {each.rows:>9}  {each.digest[:16]}  the same")
    rows = sum(each.rows for each in compared.values())
    print(f"{rows} rows of {len(compared)} tables are the same in both.")
    print("Start with the new one, and put the old one away: two desks would answer every patient twice.")


@cli.command("set-aside")
def set_aside(data: Data = DEFAULT_DATA) -> None:
    """Messages that could not be answered in five attempts. Names no patient."""
    books = existing_books(data)
    try:
        rows = _set_aside(books).all()
    finally:
        books.database.close()
    for row in rows:
        again = f", tried again {row.replays}x" if row.replays else ""
        print(f"{row.id:>6}  {row.received_at:%Y-%m-%d %H:%M}  {row.kind:<10} {row.conversation[:8]}{again}")
    print(f"{len(rows)} set aside.")


@cli.command()
def replay(
    ids: Annotated[list[int] | None, typer.Argument(help="As `set-aside` names them.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Has messages that were set aside tried again; a desk that runs notices within seconds."""
    books = existing_books(data)
    try:
        aside = _set_aside(books)
        chosen = [row.id for row in aside.all()] if every else ids or []
        if not chosen and not every:
            raise ChairsideError("name the messages, or --all; `chairside data set-aside` lists them")
        conversations = aside.try_again_now(chosen, by="chairside data")
    except AlreadyTaken as taken:
        raise ChairsideError("a person answers one of these conversations; let them give it back") from taken
    finally:
        books.database.close()
    print(f"{len(chosen)} messages of {len(conversations)} conversations are tried again.")


def _set_aside(books: bootstrap.Books) -> SqlSetAside:
    practice, clock = books.practice.id, SystemClock()
    return SqlSetAside(
        books.database,
        practice=practice,
        clock=clock,
        owners=Ownership(practice, Drafts(practice, books.keyring)),
        audit=bootstrap.audit_of(books, clock),
    )


def _master_key(configuration: bootstrap.Configuration) -> bytes:
    """As the desk has it: from the environment, or beside the demo's database."""
    folder = configuration.data if (configuration.data / "master.key").exists() else None
    return master_key_from(configuration.environment.get("CHAIRSIDE_MASTER_KEY"), folder)


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _held(place: str) -> Iterator[Database]:
    """A database that no desk of this machine works on meanwhile."""
    if "://" in place:
        with _opened(place) as database:
            yield database
        return
    folder = Path(place)
    folder.mkdir(parents=True, exist_ok=True)
    with bootstrap.only_one(folder), _opened(sqlite_url(folder / "chairside.db")) as database:
        yield database


def _named(file: Path) -> str:
    return f"{file.stem}-{os.getpid()}{file.suffix}"
