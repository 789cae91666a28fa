"""Commands for whoever connects a practice's own software: practice-system connect."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from bot.errors import ChairsideError
from bot.practice_systems.google.consent import ASKING, Program, consent
from bot.practice_systems.google.opening import TOKENS
from bot.settings import secret

cli = typer.Typer(help="The practice's own software as its diary.", no_args_is_help=True)


@cli.callback()
def practice_system() -> None:
    """The practice's own software as its diary."""


@cli.command()
def connect(
    system: Annotated[str, typer.Argument(help="google")],
    client_id: Annotated[str, typer.Option(help="Of the OAuth client, a desktop app, in the console.")],
    client_secret: Annotated[str, typer.Option(help="Where it is: env:NAME or file:PATH.")] = (
        "env:GOOGLE_CLIENT_SECRET"
    ),
    to: Annotated[Path, typer.Option(help="File for what Google gives; nobody else may read it.")] = Path(
        "google-refresh-token"
    ),
    port: Annotated[int, typer.Option(help="Of this machine, for the browser's way back; 0 is any.")] = 0,
    asking_url: Annotated[str, typer.Option(hidden=True)] = ASKING,
    token_url: Annotated[str, typer.Option(hidden=True)] = TOKENS,
) -> None:
    """Lets somebody of the practice give us their calendars, in a browser."""
    if system != "google":
        raise ChairsideError(
            f'"{system}" is connected by the secrets in practice.yml alone; there is: google'
        )
    known = secret(client_secret, environment=dict(os.environ), named="--client-secret")
    program = Program(client_id=client_id, client_secret=known, asking_url=asking_url, token_url=token_url)
    _keep(to, asyncio.run(_consent(program, port)))
    print(
        f"{to} is written. In practice.yml:\n\n"
        "practice_system:\n"
        "  kind: google\n"
        f"  options: {{client_id: {client_id}}}\n"
        f"  secrets: {{client_secret: {client_secret}, refresh_token: file:{to.resolve()}}}\n"
        "  practitioners: {ID: CALENDAR}  # a calendar's id is in its settings, below Integrate calendar"
    )


async def _consent(program: Program, port: int) -> str:
    def show(url: str) -> None:
        print(f"Open this address in a browser on this machine:\n\n{url}\n", flush=True)

    async with aiohttp.ClientSession() as http:
        try:
            return await consent(http, program, show=show, port=port)
        except OSError as error:
            raise ChairsideError(
                f"port {port} cannot be used ({error.strerror}); choose another with --port"
            ) from error


def _keep(path: Path, token: str) -> None:
    """Readable by its owner only from its first moment."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{token}\n")
        path.chmod(0o600)
    except OSError as error:
        raise ChairsideError(
            f"{path} cannot be written: {error.strerror}; choose another with --to"
        ) from error
