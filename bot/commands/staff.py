"""Who may sign in to the inbox: `chairside staff add`, `list`, `role`, `reset`, `disable`, `enable`."""

import asyncio
import getpass
import secrets
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated

import typer

from bot import bootstrap
from bot.commands.shared import DEFAULT_DATA, Data, beside
from bot.domain.deeds import Deed
from bot.domain.staff import Person, Role
from bot.errors import ChairsideError
from bot.service.clock import SystemClock
from bot.service.inbox.staff import StaffBook, UnknownPerson
from bot.web.sign_in.session import hash_of

cli = typer.Typer(no_args_is_help=True, help="Who may sign in to the inbox, and as what.")

#: How long an invitation waits for its person.
LINK_LASTS = timedelta(hours=72)
Url = Annotated[str, typer.Option(help="Where the inbox is, as the person's browser sees it.")]
_URL = "http://127.0.0.1:8080"
Name = Annotated[str, typer.Argument(help="What they sign in with, and what colleagues read.")]
AsRole = Annotated[Role, typer.Option(help="What they may do; each includes those before it.")]


@cli.command()
def add(name: Name, role: AsRole = Role.AGENT, data: Data = DEFAULT_DATA, url: Url = _URL) -> None:
    """Adds somebody, and prints the link by which they choose their password: once, within three days."""
    called = " ".join(name.split())
    if not called or len(called) > 40:
        raise ChairsideError("a name has 1 to 40 characters")

    async def run(book: StaffBook, books: bootstrap.Books) -> None:
        person = Person(id=uuid.uuid4().hex, name=called, role=role)
        await book.add(person, at=_now(books))
        await _note(books, Deed.INVITED, f"{called}: {role}")
        print(f"{called} may sign in as {role}. Their link, good once until it is used:")
        print(await _invite(book, books, person.id, url))

    _with_book(data, run)


@cli.command("list")
def list_people(data: Data = DEFAULT_DATA) -> None:
    """Shows everybody: name, role, and whether they can sign in."""

    async def run(book: StaffBook, books: bootstrap.Books) -> None:
        people = await book.people()
        if not people:
            print("nobody yet; the link that `chairside serve` prints lets the first person in")
        for person in people:
            print(f"{person.name}\t{person.role}\t{_state(person)}")

    _with_book(data, run)


@cli.command()
def role(name: Name, role: Role, data: Data = DEFAULT_DATA) -> None:
    """Gives somebody another role, at once."""

    async def run(book: StaffBook, books: bootstrap.Books) -> None:
        person = await _named(book, name)
        await book.change_role(person.id, role)
        await _note(books, Deed.CHANGED_PERSON, f"{person.name}: {person.role} to {role}")
        print(f"{person.name} is {role} now")
        if role.needs_code and not person.has_code:
            print(f'as {role} they need a code from their phone: chairside staff reset "{person.name}"')

    _with_book(data, run)


@cli.command()
def reset(name: Name, data: Data = DEFAULT_DATA, url: Url = _URL) -> None:
    """Voids somebody's password and code, ends their sessions, and prints a new link for them."""

    async def run(book: StaffBook, books: bootstrap.Books) -> None:
        person = await _named(book, name)
        await book.prove_by(person.id, password=None, code_secret=None)
        await _note(books, Deed.CHANGED_PERSON, f"{person.name}: new link")
        print(f"{person.name} can sign in again by this link, good once:")
        print(await _invite(book, books, person.id, url))

    _with_book(data, run)


@cli.command()
def disable(name: Name, data: Data = DEFAULT_DATA) -> None:
    """Ends somebody's sessions and lets them in no more. What they did keeps their name."""

    async def run(book: StaffBook, books: bootstrap.Books) -> None:
        person = await _named(book, name)
        await book.disable(person.id, at=_now(books))
        await _note(books, Deed.CHANGED_PERSON, f"{person.name}: disabled")
        print(f"{person.name} is signed out and cannot sign in any more")

    _with_book(data, run)


@cli.command()
def enable(name: Name, data: Data = DEFAULT_DATA) -> None:
    """Lets somebody in again who was disabled."""

    async def run(book: StaffBook, books: bootstrap.Books) -> None:
        person = await _named(book, name)
        await book.enable(person.id)
        await _note(books, Deed.CHANGED_PERSON, f"{person.name}: enabled")
        print(f"{person.name} can sign in again")

    _with_book(data, run)


def _with_book(data: Data, run: Callable[[StaffBook, bootstrap.Books], Awaitable[None]]) -> None:
    async def main() -> None:
        books = bootstrap.Books.open(beside(data))
        try:
            await run(books.staff, books)
        finally:
            books.database.close()

    asyncio.run(main())


async def _invite(book: StaffBook, books: bootstrap.Books, person: str, url: str) -> str:
    token = secrets.token_urlsafe(32)
    await book.add_link(hash_of(token), person=person, until=_now(books) + LINK_LASTS)
    return f"{url.rstrip('/')}/inbox/sign-in/{token}"


async def _note(books: bootstrap.Books, deed: Deed, detail: str) -> None:
    """Into the trail, by whoever the machine says is sitting at it."""
    await bootstrap.audit_of(books).note_now(deed, by=f"chairside staff ({_account()})", detail=detail)


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's number without a name
        return "this machine"


def _now(books: bootstrap.Books) -> datetime:
    """A practice that was quiet for days stored nothing; a demo's clock may run ahead of this machine's."""
    return max(books.now(), SystemClock().now())


async def _named(book: StaffBook, name: str) -> Person:
    wanted = " ".join(name.split()).casefold()
    for person in await book.people():
        if person.name.casefold() == wanted:
            return person
    raise UnknownPerson(f'nobody is called "{name}"; see: chairside staff list')


def _state(person: Person) -> str:
    if person.is_disabled:
        return "disabled"
    if not person.has_password:
        return "invited, no password yet"
    return "password and code" if person.has_code else "password"
