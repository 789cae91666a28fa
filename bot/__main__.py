"""The command line: `chairside`, also `python -m bot`."""

import asyncio
import contextlib
import gc
import json
import logging
import os
import signal
import socket
import sys
import webbrowser
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import structlog
import typer

from bot import __version__, bootstrap
from bot.channels.event_line import event_line
from bot.channels.messenger import parse as parse_messenger
from bot.channels.whatsapp import parse as parse_whatsapp
from bot.errors import ChairsideError, ContentRefused, OpeningTaken
from bot.web.library_log import hush_libraries

cli = typer.Typer(
    name="chairside",
    help="The front desk of a practice on WhatsApp: books visits, answers questions, calls a person.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Data = Annotated[Path, typer.Option(help="Folder for the database; made when it is not there.")]
DEFAULT_DATA = Path("chairside-data")
_FIRST_PORT = 8080
_PORTS_TRIED = 100


def main() -> None:
    """Runs the command. What we refuse on purpose ends in its message and status 1, not in a traceback."""
    try:
        cli()
    except ContentRefused as refusal:
        print(refusal, file=sys.stderr)
        print(f"{len(refusal.problems)} to mend; nothing was started.", file=sys.stderr)
        raise SystemExit(1) from None
    except ChairsideError as error:
        print(f"chairside: {error}", file=sys.stderr)
        raise SystemExit(1) from None


@cli.command()
def demo(
    port: Annotated[int | None, typer.Option(help="This port exactly; else the next free one.")] = None,
    data: Data = DEFAULT_DATA,
    now: Annotated[str | None, typer.Option(help="Where the clock starts: 2026-03-02T08:00+01:00")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
) -> None:
    """The whole thing on this machine: a phone in the browser, a diary, a stand-in of Meta. No accounts."""
    configuration = bootstrap.Configuration(
        data=data, environment=dict(os.environ), demo=True, now=_moment(now)
    )
    chosen = _free_port() if port is None else port
    asyncio.run(_serve(configuration, "127.0.0.1", chosen, open_browser=not no_browser))


@cli.command()
def serve(
    port: int = _FIRST_PORT,
    host: Annotated[str, typer.Option(help="0.0.0.0 behind a proxy that speaks TLS.")] = "127.0.0.1",
    data: Data = DEFAULT_DATA,
) -> None:
    """Answers real patients: practice.yml says who you are, secrets come from the environment."""
    configuration = bootstrap.Configuration(data=data, environment=dict(os.environ))
    asyncio.run(_serve(configuration, host, port, open_browser=False))


@cli.command()
def check(
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
) -> None:
    """Reads practice.yml and all flows; prints every mistake as file:line:column and what to do."""
    configuration = _beside()
    practice = bootstrap.read_practice(configuration)
    assistant = bootstrap.read_assistant(configuration, practice)
    for warning in assistant.warnings:
        print(warning)
    print(
        f"{practice.name}: {len(assistant.flows)} flows, {len(assistant.responses)} responses in"
        f" {', '.join(practice.languages)}; {len(assistant.warnings)} warnings."
    )
    if strict and assistant.warnings:
        raise SystemExit(1)


@cli.command()
def diary(
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list, one object a row.")] = False,
    add: Annotated[Path | None, typer.Option(help="Book a JSON list of visits, all or nothing.")] = None,
) -> None:
    """Shows the embedded diary, or puts visits into it; also while the server runs."""
    from bot.storage.diary_json import diary_rows, parse_additions

    books = bootstrap.Books.open(_beside(data))
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


@cli.command()
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


@cli.command()
def chat(
    language: Annotated[str | None, typer.Option(help="it or en; else as you write.")] = None,
    now: Annotated[str | None, typer.Option(help="Where the clock starts: 2026-03-02T08:00+01:00")] = None,
) -> None:
    """Be the patient in this terminal: the same engine, diary and words, nothing over the network."""
    from bot.terminal import chat_in_terminal

    asyncio.run(chat_in_terminal(_beside(), now=_moment(now), language=language))


@cli.command("stand-in")
def stand_in(
    webhook: Annotated[str, typer.Option(help="Where webhooks go.")] = (
        "http://127.0.0.1:8080/webhooks/whatsapp"
    ),
    messenger_webhook: Annotated[str, typer.Option(help="Where Messenger's webhooks go.")] = (
        "http://127.0.0.1:8080/webhooks/messenger"
    ),
    port: int = 8090,
    page_id: str = "200000000000001",
    phone_number_id: str = "100000000000001",
    display_number: str = "+390200000000",
    history: Annotated[Path | None, typer.Option(help="Keep everything in and out, as JSON lines.")] = None,
    options: Annotated[
        str, typer.Option(help='Limits, delays and faults as JSON: {"pair_interval": 0}')
    ] = "{}",
) -> None:
    """A strict stand-in of Meta's Graph API, for building and testing; demo secrets, loopback only."""
    from bot.stand_in import PageAccount, read_options, run_stand_in

    try:
        chosen = replace(read_options(options), history=history)
    except ValueError as error:
        raise ChairsideError(f"--options: {error}") from error

    secrets = bootstrap.DEMO_ENVIRONMENT | {
        key: value for key, value in os.environ.items() if key in bootstrap.DEMO_ENVIRONMENT
    }
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(
            run_stand_in(
                webhook_url=webhook,
                app_secret=secrets["WHATSAPP_APP_SECRET"],
                access_token=secrets["WHATSAPP_ACCESS_TOKEN"],
                phone_number_id=phone_number_id,
                display_number=display_number,
                now=lambda: datetime.now(UTC),
                options=chosen,
                page=PageAccount(
                    page_id=page_id,
                    app_secret=secrets["MESSENGER_APP_SECRET"],
                    access_token=secrets["MESSENGER_ACCESS_TOKEN"],
                    webhook_url=messenger_webhook,
                ),
                port=port,
                ready=lambda url: print(f"Graph API stand-in: {url}", flush=True),
            )
        )


@cli.command()
def version() -> None:
    """Prints the version."""
    print(__version__)


async def _serve(configuration: bootstrap.Configuration, host: str, port: int, *, open_browser: bool) -> None:
    _log_as_json()
    server = bootstrap.Server(configuration, host=host, port=port)
    stop = asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ending, stop.set)
    try:
        await server.start()
    except OSError as error:
        await server.stop()
        raise ChairsideError(
            f"port {port} of {host} cannot be used ({error.strerror}); choose another with --port"
        ) from error
    except BaseException:
        await server.stop()
        raise
    # What is there by now stays. To look for garbage in it keeps all patients waiting a fifth of a second.
    gc.collect()
    gc.freeze()
    if configuration.demo:
        print(f"Chairside is ready: {server.url}/", flush=True)
        print("  a phone to write from, the diary, and what the assistant understood.", flush=True)
    else:
        print(f"Chairside is ready on {server.url}", flush=True)
    print(f"Inbox for staff (this link works once): {server.url}{server.sign_in_path}", flush=True)
    if open_browser:
        await asyncio.to_thread(webbrowser.open, f"{server.url}/")
    await stop.wait()
    await server.stop()


def _beside(data: Path = DEFAULT_DATA) -> bootstrap.Configuration:
    """For commands that never talk to a channel: missing channel secrets do not matter to them."""
    environment = bootstrap.DEMO_ENVIRONMENT | dict(os.environ)
    return bootstrap.Configuration(data=data, environment=environment, demo=True)


def _moment(given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise ChairsideError(f'--now "{given}" is not a moment; write 2026-03-02T08:00+01:00') from error
    if moment.tzinfo is None:
        raise ChairsideError(f'--now "{given}" has no offset; write {given}+01:00 or {given}Z')
    return moment.astimezone(UTC)


def _free_port() -> int:
    for port in range(_FIRST_PORT, _FIRST_PORT + _PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise ChairsideError(f"no free port from {_FIRST_PORT} on; name one with --port")


def _log_as_json() -> None:
    """Ids, counts and step names, one JSON object a line on standard error. Never a patient's words."""
    level = logging.getLevelNamesMapping().get(os.environ.get("CHAIRSIDE_LOG", "WARNING").upper(), 30)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    hush_libraries()


if __name__ == "__main__":
    main()
