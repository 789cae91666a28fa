"""Commands about what channels told us beside messages: where people came from, what nobody could read."""

from dataclasses import asdict, fields
from datetime import timedelta
from typing import Annotated

import typer

from bot.commands.shared import DEFAULT_DATA, Data, existing_books
from bot.domain.spreadsheet import table_as_csv
from bot.storage.events.arrivals import Source, SqlArrivals
from bot.storage.events.unread_events import UnreadShelf
from bot.storage.sealing.rows import SealedRows


def arrivals(
    days: Annotated[int, typer.Option(min=1, help="So many, up to now.")] = 30,
    data: Data = DEFAULT_DATA,
) -> None:
    """Which adverts and links brought people here, and how many of them booked, as CSV."""
    books = existing_books(data)
    try:
        end = books.now() + timedelta(seconds=1)
        sources = SqlArrivals(books.database, books.practice.id).sources(
            start=end - timedelta(days=days), end=end
        )
    finally:
        books.database.close()
    names = tuple(field.name for field in fields(Source))
    print(table_as_csv([names, *[asdict(source).values() for source in sources]]), end="")


def unread(
    show: Annotated[
        bool, typer.Option("--show", help="What came, too, one line each: it may hold patients' words.")
    ] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """What channels sent in the last week and we know no kind for: how often, by the names of its keys."""
    books = existing_books(data)
    try:
        shelf = UnreadShelf(books.database, SealedRows(books.practice.id, books.keyring))
        if show:
            for channel, raw in shelf.raw():
                print(channel, " ".join(raw.split()))
            return
        for kind in shelf.counts():
            print(f"{kind.count:6}  {kind.channel:10} {kind.last_at:%Y-%m-%d %H:%M}  {kind.shape}")
    finally:
        books.database.close()
