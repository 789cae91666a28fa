"""Commands for whoever runs actions by Rasa's protocol: actions serve."""

import asyncio
import os
import signal
from typing import Annotated

import typer

from bot import bootstrap
from bot.commands.shared import DEFAULT_DATA, Data, Port, port_refused
from bot.errors import ChairsideError
from bot.settings import secret

_TOKEN = "env:CHAIRSIDE_ACTIONS_TOKEN"

cli = typer.Typer(help="Our booking actions for a Rasa deployment.", no_args_is_help=True)


@cli.callback()
def actions() -> None:
    """Our booking actions for a Rasa deployment."""


@cli.command()
def serve(
    port: Port = 5055,
    host: Annotated[str, typer.Option(help="Another one than loopback needs a token, and TLS before it.")] = (
        "127.0.0.1"
    ),
    token: Annotated[str, typer.Option(help="Where the token is: env:NAME or file:PATH.")] = _TOKEN,
    no_token: Annotated[
        bool, typer.Option("--no-token", help="Answer every program on this machine.")
    ] = False,
    data: Data = DEFAULT_DATA,
    demo: Annotated[bool, typer.Option("--demo", help="The demo's practice, beside a running demo.")] = False,
) -> None:
    """Serves our actions by Rasa's protocol: POST /webhook, GET /actions, GET /health."""
    environment = bootstrap.DEMO_ENVIRONMENT | dict(os.environ)  # channels do not matter here
    configuration = bootstrap.Configuration(data=data, environment=environment, demo=demo)
    known = None if no_token else _token(token, environment)
    server = bootstrap.ActionServer(configuration, host=host, port=port, token=known)
    asyncio.run(_serve(server, host, port))


def _token(reference: str, environment: dict[str, str]) -> str:
    try:
        return secret(reference, environment=environment, named="--token")
    except ChairsideError as error:
        raise ChairsideError(
            f"{error}; make one with: openssl rand -hex 32; or serve this machine only, with --no-token"
        ) from error


async def _serve(server: bootstrap.ActionServer, host: str, port: int) -> None:
    stop = asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ending, stop.set)
    try:
        await server.start()
        print(f"{len(server.names)} actions are served at {server.url}", flush=True)
        await stop.wait()
    except OSError as error:
        raise port_refused(error, host, port) from error
    finally:
        await server.stop()
