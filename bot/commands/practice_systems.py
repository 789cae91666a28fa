"""Commands for whoever connects a practice's own software: practice-system new, connect, verify."""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from bot import bootstrap
from bot.commands.shared import beside, port_refused
from bot.domain.diary import PatientDetails
from bot.domain.practice import Practice
from bot.errors import ChairsideError
from bot.practice_systems.google.consent import ASKING, Program, consent
from bot.practice_systems.google.opening import TOKENS
from bot.practice_systems.registry import OURS, open_system
from bot.service.clock import SystemClock
from bot.settings import secret
from bot.workshop.new_adapter import write_adapter
from bot.workshop.proving import Finding, Trial, prove, table

cli = typer.Typer(help="The practice's own software as its diary.", no_args_is_help=True)


@cli.callback()
def practice_system() -> None:
    """The practice's own software as its diary."""


@cli.command()
def new(
    name: Annotated[str, typer.Argument(help="Of the software, as `kind` in practice.yml: lower-case.")],
    to: Annotated[Path | None, typer.Option(help="A new folder; chairside-NAME without it.")] = None,
) -> None:
    """Writes an adapter to begin from: a package with a stand-in of the software, and tests that pass."""
    for path in write_adapter(name, to or Path(f"chairside-{name}")):
        print(path)
    print("\nREADME.md in there says how to go on.")


@cli.command()
def verify(
    practitioner: Annotated[str, typer.Option(help="Id in practice.yml, of one who is for tests only.")],
    visit_type: Annotated[
        str | None, typer.Option(help="Id in practice.yml; their first one without it.")
    ] = None,
    phone: Annotated[
        str, typer.Option(help="Of the patient who is entered where the software keeps patients.")
    ] = "+390000000000",
) -> None:
    """Shows what the practice's own software promises: books, moves and cancels there, and clears away."""
    practice = bootstrap.read_practice(beside())
    findings = asyncio.run(_verified(practice, practitioner, visit_type, phone))
    print(table(findings))
    broken = [one for one in findings if one.holds is False]
    if broken:
        raise ChairsideError(
            f"{len(broken)} of {len(findings)} promises do not hold; no patient may book there"
        )


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
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Of this machine, for the browser's way back; 0 is any.")
    ] = 0,
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
    keep(to, asyncio.run(_consent(program, port)))
    print(
        f"{to} is written. In practice.yml:\n\n"
        "practice_system:\n"
        "  kind: google\n"
        f"  options: {{client_id: {client_id}}}\n"
        f"  secrets: {{client_secret: {client_secret}, refresh_token: file:{to.resolve()}}}\n"
        "  practitioners: {ID: CALENDAR}  # a calendar's id is in its settings, below Integrate calendar"
    )


async def _verified(
    practice: Practice, practitioner: str, visit_type: str | None, phone: str
) -> tuple[Finding, ...]:
    settings = practice.system
    if settings is None or settings.kind in OURS:
        raise ChairsideError("this practice's diary is kept by Chairside itself; there is nothing to verify")
    person = practice.practitioner(practitioner)
    if person is None:
        raise ChairsideError(f'practice.yml has no practitioner "{practitioner}"')
    kind = visit_type or next(iter(person.visit_types), "")
    if kind not in person.visit_types:
        raise ChairsideError(f'"{practitioner}" does no visits of the type "{kind}"')
    clock = SystemClock()
    async with aiohttp.ClientSession() as http:
        with tempfile.TemporaryDirectory() as folder:
            return await prove(
                Trial(
                    open_system=lambda: open_system(settings, practice=practice, http=http, now=clock.now),
                    practice=practice,
                    settings=settings,
                    practitioner=practitioner,
                    visit_type=kind,
                    patient=PatientDetails(name="Chairside Test", phone=phone),
                    folder=Path(folder),
                    now=clock.now,
                )
            )


async def _consent(program: Program, port: int) -> str:
    def show(url: str) -> None:
        print(f"Open this address in a browser on this machine:\n\n{url}\n", flush=True)

    async with aiohttp.ClientSession() as http:
        try:
            return await consent(http, program, show=show, port=port)
        except OSError as error:
            raise port_refused(error, "127.0.0.1", port) from error


def keep(path: Path, token: str) -> None:
    """Readable by its owner only, from its first moment."""
    try:
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{token}\n")
    except OSError as error:
        raise ChairsideError(
            f"{path} cannot be written: {error.strerror}; choose another with --to"
        ) from error
