"""All commands of `chairside` together."""

from bot import __version__
from bot.commands import (
    actions,
    channels,
    content,
    data,
    desk,
    heard,
    looking,
    outreach,
    practice_systems,
    rights,
    running,
    seeing,
    sheet,
    simulating,
    staff,
    testing,
    understanding,
)
from bot.commands.serving import long_lived_commands

cli = long_lived_commands()
for command in (
    content.check,
    content.chat,
    looking.diary,
    desk.desk,
    looking.parse,
    heard.arrivals,
    heard.unread,
    sheet.sheet,
    seeing.graph,
    seeing.explain,
    seeing.replay,
    understanding.understand,
    understanding.train,
    understanding.evaluate,
    understanding.suggest,
):
    cli.command()(command)
cli.command("stand-in")(running.stand_in)
cli.command("simulate")(simulating.simulate_weeks)
cli.command(cls=testing.WithOptionalFile)(testing.test)
cli.add_typer(actions.cli, name="actions")
cli.add_typer(channels.cli, name="channels")
data.cli.command()(rights.export)
data.cli.command()(rights.erase)
cli.add_typer(data.cli, name="data")
cli.add_typer(outreach.cli, name="outreach")
cli.add_typer(staff.cli, name="staff")
cli.add_typer(practice_systems.cli, name="practice-system")


@cli.command()
def version() -> None:
    """Prints the version."""
    print(__version__)
