"""Commands that run something until it is stopped: demo, serve, stand-in."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer

from bot import bootstrap
from bot.commands.memory import give_back_what_is_freed
from bot.commands.shared import DEFAULT_DATA, Data, Port, moment, port_refused
from bot.errors import ChairsideError
from bot.source import forget_what_was_read
from bot.web.library_log import hush_libraries

_FIRST_PORT = 8080
_PORTS_TRIED = 100
_LOOKS_FOR_GARBAGE = (20_000, 20, 20)  # a turn makes thousands of values, and cycles are rare among them


def demo(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="This port exactly; else the next free one.")
    ] = None,
    data: Data = DEFAULT_DATA,
    now: Annotated[str | None, typer.Option(help="Where the clock starts: 2026-03-02T08:00+01:00")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
) -> None:
    """The whole thing on this machine: a phone in the browser, a diary, a stand-in of Meta. No accounts."""
    configuration = bootstrap.Configuration(
        data=data, environment=dict(os.environ), demo=True, now=moment(now)
    )
    chosen = _free_port() if port is None else port
    _run(_serve(configuration, "127.0.0.1", chosen, open_browser=not no_browser))


def serve(
    port: Port = _FIRST_PORT,
    host: Annotated[str, typer.Option(help="0.0.0.0 behind a proxy that speaks TLS.")] = "127.0.0.1",
    data: Data = DEFAULT_DATA,
) -> None:
    """Answers real patients: practice.yml says who you are, secrets come from the environment."""
    configuration = bootstrap.Configuration(data=data, environment=dict(os.environ))
    _run(_serve(configuration, host, port, open_browser=False))


def stand_in(
    webhook: Annotated[str, typer.Option(help="Where webhooks go.")] = (
        "http://127.0.0.1:8080/webhooks/whatsapp"
    ),
    messenger_webhook: Annotated[str, typer.Option(help="Where Messenger's webhooks go.")] = (
        "http://127.0.0.1:8080/webhooks/messenger"
    ),
    instagram_webhook: Annotated[str, typer.Option(help="Where Instagram's webhooks go.")] = (
        "http://127.0.0.1:8080/webhooks/instagram"
    ),
    port: Port = 8090,
    page_id: str = "200000000000001",
    instagram_id: str = "300000000000001",
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
                instagram=PageAccount(
                    page_id=instagram_id,
                    app_secret=secrets["INSTAGRAM_APP_SECRET"],
                    access_token=secrets["INSTAGRAM_ACCESS_TOKEN"],
                    webhook_url=instagram_webhook,
                ),
                port=port,
                ready=lambda url: print(f"Graph API stand-in: {url}", flush=True),
            )
        )


def _run(serving: Coroutine[Any, Any, None]) -> None:
    """On the faster loop where there is one: sockets cost a third of a turn."""
    loops: Callable[[], asyncio.AbstractEventLoop] | None = None
    with contextlib.suppress(ImportError):  # not made for this platform
        from uvloop import new_event_loop as loops
    with asyncio.Runner(loop_factory=loops) as runner:
        runner.run(serving)


async def _serve(configuration: bootstrap.Configuration, host: str, port: int, *, open_browser: bool) -> None:
    _log_as_json()
    give_back_what_is_freed()
    gc.disable()  # what is loaded now stays: looking for garbage in it would be a tenth of the start
    several = configuration.practice_file.is_dir() and not configuration.demo
    kind = bootstrap.Deployment if several else bootstrap.Server
    server: bootstrap.Deployment | bootstrap.Server = kind(configuration, host=host, port=port)
    stop = asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ending, stop.set)
    try:
        await server.start()
    except OSError as error:
        await server.stop()
        raise port_refused(error, host, port) from error
    except BaseException:
        await server.stop()
        raise
    # What is there by now stays. To look for garbage in it keeps all patients waiting a fifth of a second.
    forget_what_was_read()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_LOOKS_FOR_GARBAGE)
    gc.enable()
    if configuration.demo:
        print(f"Chairside is ready: {server.url}/", flush=True)
        print("  a phone to write from, the diary, and what the assistant understood.", flush=True)
    else:
        print(f"Chairside is ready on {server.url}", flush=True)
    once = " (this link works once)" if server.sign_in_path != "/inbox" else ""
    print(f"Inbox for staff{once}: {server.url}{server.sign_in_path}", flush=True)
    if open_browser:
        await asyncio.to_thread(webbrowser.open, f"{server.url}/")
    await stop.wait()
    await server.stop()


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
