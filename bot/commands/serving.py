"""The commands that run for weeks, alone: what the other ones import would stay in memory as long."""

from typing import Final

import typer

from bot.commands import running

#: As somebody types them.
LONG_LIVED: Final = ("demo", "serve")


def long_lived_commands() -> typer.Typer:
    """A command line with what runs until it is stopped; `bot.commands.command_line` adds the rest."""
    cli = typer.Typer(
        name="chairside",
        help="The front desk of a practice on WhatsApp and Messenger: books visits, answers, calls a person.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    cli.command()(running.demo)
    cli.command()(running.serve)
    return cli
