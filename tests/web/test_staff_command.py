"""`chairside staff`: who may sign in, from the command line."""

import asyncio
from pathlib import Path

from typer.testing import CliRunner, Result

from bot import bootstrap
from bot.bootstrap import audit_of
from bot.commands.command_line import cli
from bot.commands.shared import beside
from bot.domain.deeds import Deed


def staff(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["staff", *arguments, "--data", str(data)])


def test_somebody_is_invited_listed_disabled_and_let_in_again(tmp_path: Path) -> None:
    added = staff(tmp_path, "add", "Marta Bianchi", "--role", "manager", "--url", "https://inbox.example/")
    told = [added.stdout]
    for arguments in (
        ("list",),
        ("disable", "marta bianchi"),
        ("list",),
        ("enable", "Marta Bianchi"),
        ("role", "Marta Bianchi", "reader"),
        ("list",),
    ):
        told.append(staff(tmp_path, *arguments).stdout)

    assert "https://inbox.example/inbox/sign-in/" in told[0]
    assert told[1] == "Marta Bianchi\tmanager\tinvited, no password yet\n"
    assert told[3] == "Marta Bianchi\tmanager\tdisabled\n"
    assert told[6] == "Marta Bianchi\treader\tinvited, no password yet\n"


def test_what_is_done_on_the_machine_is_in_the_trail_like_what_is_done_in_the_inbox(tmp_path: Path) -> None:
    for arguments in (
        ("add", "Marta"),
        ("role", "Marta", "manager"),
        ("reset", "Marta"),
        ("disable", "Marta"),
        ("enable", "Marta"),
    ):
        staff(tmp_path, *arguments)
    books = bootstrap.Books.open(beside(tmp_path))
    trail = audit_of(books)
    told = asyncio.run(trail.trail())
    touched = trail.verify()
    books.database.close()

    assert [(one.deed, one.detail) for one in reversed(told)] == [
        (Deed.INVITED, "Marta: agent"),
        (Deed.CHANGED_PERSON, "Marta: agent to manager"),
        (Deed.CHANGED_PERSON, "Marta: new link"),
        (Deed.CHANGED_PERSON, "Marta: disabled"),
        (Deed.CHANGED_PERSON, "Marta: enabled"),
    ]
    assert all(one.by.startswith("chairside staff (") for one in told)
    assert touched == ()


def test_a_reset_gives_another_link(tmp_path: Path) -> None:
    links = [
        staff(tmp_path, *arguments).stdout.split()[-1] for arguments in (("add", "Paolo"), ("reset", "Paolo"))
    ]

    assert all(link.startswith("http://127.0.0.1:8080/inbox/sign-in/") for link in links)
    assert len(set(links)) == 2


def test_mistakes_say_what_to_do(tmp_path: Path) -> None:
    staff(tmp_path, "add", "Paolo")
    refused = [
        str(staff(tmp_path, *arguments).exception)
        for arguments in (("add", "PAOLO"), ("disable", "Nadia"), ("add", "  "))
    ]

    assert refused == [
        '"PAOLO" is in the book already; choose another name',
        'nobody is called "Nadia"; see: chairside staff list',
        "a name has 1 to 40 characters",
    ]
