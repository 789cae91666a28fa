"""`chairside desk`: who waits for a person, how fast people answer, and whether the trail is whole."""

from datetime import timedelta
from typing import Annotated

import typer

from bot import bootstrap
from bot.commands.shared import DEFAULT_DATA, Data, beside, existing_books
from bot.domain.channels import accounts_of
from bot.domain.practice_time import PracticeTime
from bot.domain.spreadsheet import as_csv
from bot.errors import ChairsideError
from bot.service.inbox.switches import PAUSE


def desk(
    data: Data = DEFAULT_DATA,
    still_open: Annotated[bool, typer.Option("--open", help="Who waits for an answer. The default.")] = False,
    figures_of: Annotated[
        int | None, typer.Option("--figures", metavar="DAYS", help="Figures of the last days, as CSV.")
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Whether the audit trail is as written.")] = False,
    pause: Annotated[
        str | None, typer.Option(metavar="CHANNEL", help='Silence the assistant: "all", or a channel.')
    ] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="CHANNEL", help='Let it answer again: "all", or a channel.')
    ] = None,
) -> None:
    """Shows who waits, what was promised and what was not kept, naming no patient; pauses the assistant. Also
    beside the server, which notices within half a second."""
    switches = pause is not None or resume is not None
    books = bootstrap.Books.open(beside(data)) if switches else existing_books(data)
    try:
        if switches:
            _switch(books, pause=pause, resume=resume)
            return
        if verify:
            _verify(books)
        if figures_of is not None:
            print(_figures(books, figures_of), end="")
        if still_open or not (verify or figures_of is not None):
            _open(books)
    finally:
        books.database.close()


def _open(books: bootstrap.Books) -> None:
    facts, now = bootstrap.desk_facts(books), books.now()
    wall = PracticeTime(books.practice.time_zone).wall
    waiting = facts.unanswered()
    for one in waiting:
        promised = f"promised {wall(one.due_at):%Y-%m-%d %H:%M}" if one.due_at else "no promise"
        kept = ", apologised" if one.apologised_at else ""
        since = f"{wall(one.since):%Y-%m-%d %H:%M}"
        print(f"{one.conversation[:8]}  since {since}  {one.owner:<20} {promised}{kept}")
    print(f"{len(waiting)} unanswered.")
    lost = facts.without_outcome(at=now)
    for each in lost:
        print(f"{each.conversation[:8]}  {each.why}")
    if lost:
        raise ChairsideError(f"{len(lost)} conversations would never end; take them in the inbox")


def _figures(books: bootstrap.Books, days: int) -> str:
    today = PracticeTime(books.practice.time_zone).today(books.now())
    report = bootstrap.reports(books).count(today - timedelta(days=days - 1), today)
    return as_csv(report.desk, report.chats)


def _switch(books: bootstrap.Books, *, pause: str | None, resume: str | None) -> None:
    practice = books.practice
    channels = list(accounts_of(practice))
    switches = bootstrap.switches_of(books)
    for channel, on in ((resume, False), (pause, True)):
        if channel is None:
            continue
        if channel != "all" and channel not in channels:
            known = " or ".join(channels)
            raise ChairsideError(f'"{channel}" is no channel of this practice; write all, {known}')
        switches.turn_now(PAUSE if channel == "all" else f"{PAUSE}:{channel}", on, by="chairside desk")
    paused = switches.now.paused
    where = "everywhere" if PAUSE in paused else "on " + ", ".join(name.partition(":")[2] for name in paused)
    print(f"The assistant is paused {where}." if paused else "The assistant answers everywhere.")


def _verify(books: bootstrap.Books) -> None:
    found = bootstrap.audit_of(books).verify()
    for each in found:
        print(f"row {each.number}: {each.what}")
    if found:
        raise ChairsideError(
            f"the audit trail was touched in {len(found)} places; compare it with your last backup"
        )
    print("The audit trail is as it was written.")
