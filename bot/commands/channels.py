"""How the practice is connected: `chairside channels check`, `subscribe`, `profile`, `templates`."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any

import aiohttp
import typer

from bot import bootstrap
from bot.bootstrap.menus import menu_items
from bot.bootstrap.outreach import read_outreach
from bot.channels.connecting import Account, Connection, accounts_to_connect
from bot.channels.graph_client import GRAPH_URL
from bot.channels.graph_desk import GraphRefusal, GraphUnreachable
from bot.channels.messenger.templates import submission as for_a_page
from bot.channels.whatsapp.templates import submission as for_a_number
from bot.commands.shared import DEFAULT_DATA, Data
from bot.domain.channels import INSTAGRAM, WHATSAPP
from bot.domain.templates import Template, TemplateState, TemplateStatus, our_language, state_of
from bot.errors import ChairsideError
from bot.service.turns.facts import practice_facts
from bot.storage.sending.templates import SqlTemplates
from nlu.interpreter import load_interpreter

cli = typer.Typer(no_args_is_help=True, help="How the practice is connected to Meta's channels.")

Url = Annotated[
    str | None, typer.Option(help="Where this server is, as Meta sees it: https://desk.example.org")
]
Demo = Annotated[bool, typer.Option("--demo", help="With the demo's secrets, against a stand-in.")]
_MARKS = {"ok": "ok      ", "warning": "look    ", "broken": "broken  "}


@cli.command()
def check(url: Url = None, data: Data = DEFAULT_DATA, demo: Demo = False) -> None:
    """Looks at each account: token, permissions, number, subscription, webhook. Status 1 for a broken one."""

    async def run(desk: "_Desk") -> None:
        is_broken = False
        for connection in desk.connections:
            print(_named(connection.account))
            async for finding in connection.check(at=desk.books.now(), url=url):
                is_broken |= finding.level == "broken"
                print(f"  {_MARKS[finding.level]}{finding.says}")
        if is_broken:
            raise ChairsideError("something is broken; each line says what to do")

    _run(run, data=data, demo=demo)


@cli.command()
def subscribe(
    url: Annotated[str, typer.Option(help="Where this server is, as Meta sees it: https://desk.example.org")],
    data: Data = DEFAULT_DATA,
    demo: Demo = False,
) -> None:
    """Tells Meta where webhooks go, and of what. The server has to be running: Meta asks it at once."""

    async def run(desk: "_Desk") -> None:
        for connection in desk.connections:
            print(f"{_named(connection.account)}: {await connection.subscribe(url)}")

    _run(run, data=data, demo=demo)


@cli.command()
def profile(data: Data = DEFAULT_DATA, demo: Demo = False) -> None:
    """Sets what patients can tap before they write: made of the flows, in every language of the practice."""

    async def run(desk: "_Desk") -> None:
        practice = desk.books.practice
        interpreter = load_interpreter(practice.languages, cache=desk.configuration.nlu_cache)
        assistant = bootstrap.read_assistant(desk.configuration, practice)
        items = await menu_items(assistant, practice, interpreter, at=desk.books.now())
        for item in items:
            print(f"  {item.flow}: " + ", ".join(item.titles[language] for language in practice.languages))
        for connection in desk.connections:
            done = await connection.show_profile(items, practice.languages)
            print(f"{_named(connection.account)}: {done}")

    _run(run, data=data, demo=demo)


@cli.command()
def templates(
    submit: Annotated[
        bool, typer.Option("--submit", help="Hand in whatever Meta does not have yet.")
    ] = False,
    data: Data = DEFAULT_DATA,
    demo: Demo = False,
) -> None:
    """Compares flows/templates with what Meta has, and keeps what Meta says of each."""

    async def run(desk: "_Desk") -> None:
        book = SqlTemplates(desk.books.database, desk.books.practice.id)
        failed = 0
        for connection in desk.connections:
            account = connection.account
            if account.channel == INSTAGRAM or account.provider is not None:
                continue
            failed += await _compare(desk, connection, book, submit=submit)
        if failed:
            raise ChairsideError(f"{failed} were refused; mend them in flows/templates")

    _run(run, data=data, demo=demo)


async def _compare(desk: "_Desk", connection: Connection, book: SqlTemplates, *, submit: bool) -> int:
    """One account's templates, a line each; how many Meta refused to take."""
    channel, failed = connection.account.channel, 0
    there = await _there(connection)
    print(_named(connection.account))
    for template, language in desk.declared(channel):
        known = there.get((template.name, language))
        state, reason = known or (TemplateState.UNKNOWN, "")
        says = str(state) if known else "not there"
        if known is None and submit:
            body = for_a_number if channel == WHATSAPP else for_a_page
            facts = practice_facts(desk.books.practice, language)
            try:
                answer = await connection.submit(body(template, language, facts))
                state = state_of(str(answer.get("status", ""))) or TemplateState.PENDING
                says = f"handed in: {state}"
            except GraphRefusal as refusal:
                says, failed = str(refusal), failed + 1
        print(f"  {template.name} [{language}]  {says}" + (f" ({reason})" if reason else ""))
        if state is not TemplateState.UNKNOWN:
            status = TemplateStatus(
                channel=channel,
                name=template.name,
                language=language,
                state=state,
                at=desk.books.now(),
                reason=reason,
            )
            await book.note(status)
    return failed


async def _there(connection: Connection) -> dict[tuple[str, str], tuple[TemplateState, str]]:
    found: dict[tuple[str, str], tuple[TemplateState, str]] = {}
    async for each in connection.templates():
        state = state_of(str(each.get("status", "")))
        if state is not None:
            reason = each.get("rejected_reason")
            key = (str(each.get("name")), our_language(str(each.get("language", ""))))
            found[key] = state, "" if reason in (None, "NONE") else str(reason)
    return found


class _Desk:
    """What the commands work with."""

    def __init__(
        self, configuration: bootstrap.Configuration, books: bootstrap.Books, http: aiohttp.ClientSession
    ) -> None:
        self.configuration = configuration
        self.books = books
        url = configuration.graph_url or GRAPH_URL
        self.connections = [
            Connection(account, http, graph_url=url) for account in accounts_to_connect(books.practice)
        ]

    def declared(self, channel: str) -> list[tuple[Template, str]]:
        practice = self.books.practice
        assistant = bootstrap.read_assistant(self.configuration, practice)
        templates: Mapping[str, Any] = read_outreach(self.configuration, practice, assistant).templates
        return [
            (template, language)
            for template in templates.values()
            if channel in template.channels
            for language in practice.languages
            if language in template.body
        ]


def _run(work: Callable[[_Desk], Awaitable[None]], *, data: Any, demo: bool) -> None:
    environment = dict(os.environ)
    configuration = bootstrap.Configuration(data=data, environment=environment, demo=demo)

    async def run() -> None:
        async with _desk(configuration) as desk:
            if not desk.connections:
                raise ChairsideError("practice.yml names no account on WhatsApp, Messenger or Instagram")
            await work(desk)

    try:
        asyncio.run(run())
    except GraphUnreachable as problem:
        raise ChairsideError(str(problem)) from None


@asynccontextmanager
async def _desk(configuration: bootstrap.Configuration) -> AsyncIterator[_Desk]:
    books = bootstrap.Books.open(configuration)
    try:
        async with aiohttp.ClientSession() as http:
            yield _Desk(configuration, books, http)
    finally:
        books.database.close()


def _named(account: Account) -> str:
    behind = f", behind {account.provider.name}" if account.provider else ""
    return f"{account.channel} {account.id}{behind}"
