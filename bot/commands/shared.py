"""What several commands share: options, and the two ways of configuring."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import bootstrap
from bot.dialogue import Assistant
from bot.errors import ChairsideError, SetupError

Data = Annotated[Path, typer.Option(help="Folder for the database; made when it is not there.")]
Port = Annotated[int, typer.Option(min=1, max=65535)]
DEFAULT_DATA = Path("chairside-data")
ContentFolder = Annotated[
    Path | None,
    typer.Option("--content", help="Any folder in the flow format, instead of practice.yml and its flows."),
]
ActionsModule = Annotated[
    str | None,
    typer.Option("--actions", help="A Python module or file with rasa-sdk actions, for --content."),
]


def beside(data: Path = DEFAULT_DATA) -> bootstrap.Configuration:
    """For commands that never talk to a channel: missing channel secrets do not matter to them."""
    environment = bootstrap.DEMO_ENVIRONMENT | dict(os.environ)
    return bootstrap.Configuration(data=data, environment=environment, demo=True)


def existing_database(configuration: bootstrap.Configuration) -> str:
    """Its URL. Raises SetupError where a folder was named in which there is none."""
    url = configuration.database_url
    if url.startswith("sqlite") and not (configuration.data / "chairside.db").exists():
        raise SetupError(f"there is no database in {configuration.data}; choose its folder with --data")
    return url


def existing_books(data: Path) -> bootstrap.Books:
    """For commands that only look: a mistyped folder is no empty practice."""
    configuration = beside(data)
    existing_database(configuration)
    return bootstrap.Books.open(configuration)


def assistant_of(folder: Path | None) -> Assistant:
    """The content of any folder; of the practice itself without one. Raises ContentRefused."""
    if folder is not None:
        from bot.workshop.content import read_content

        return read_content(folder)
    configuration = beside()
    return bootstrap.read_assistant(configuration, bootstrap.read_practice(configuration))


def port_refused(error: OSError, host: str, port: int) -> ChairsideError | OSError:
    """What kept a server from listening; an error that names a file is about that file."""
    if error.filename is not None:
        return error
    return ChairsideError(
        f"port {port} of {host} cannot be used ({error.strerror}); choose another with --port"
    )


def moment(given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        given_moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise ChairsideError(f'--now "{given}" is not a moment; write 2026-03-02T08:00+01:00') from error
    if given_moment.tzinfo is None:
        raise ChairsideError(f'--now "{given}" has no offset; write {given}+01:00 or {given}Z')
    return given_moment.astimezone(UTC)
