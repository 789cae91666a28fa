"""`chairside simulate`: weeks of a practice in minutes."""

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import structlog
import typer

from bot.workshop.simulation import Habits, simulate
from bot.workshop.simulation.page import page

#: A utility template in Italy, in EUR; what a message costs you is in Meta's price list for your country.
_PRICE = 0.03


def simulate_weeks(
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days.")] = 28,
    patients: Annotated[float, typer.Option(min=0.0, max=200.0, help="Chats to book, a day.")] = 8.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same patients.")] = 1,
    html: Annotated[Path | None, typer.Option(help="Write the days as a page into this file.")] = None,
    price: Annotated[float, typer.Option(help="What a message outside the window costs.")] = _PRICE,
    without_reminders: Annotated[
        bool, typer.Option("--without-reminders", help="The same weeks with nothing sent by the practice.")
    ] = False,
) -> None:
    """Weeks of a practice in minutes: seeded patients book, move, forget and answer late, through everything
    that real ones meet but the network. Prints what happened, and fails when a promise was broken."""
    logging.disable(logging.ERROR)  # clocks that jump worry those who watch clocks
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    figures = asyncio.run(
        simulate(
            days=days,
            seed=seed,
            habits=Habits(patients_a_day=patients),
            with_reminders=not without_reminders,
        )
    )
    typer.echo(
        f"seed {seed}, {patients:g} chats a day" + (", without reminders" if without_reminders else "")
    )
    for name, value in figures.summary(price=price).items():
        typer.echo(f"{name:>36}: {value}")
    for broken in figures.broken:
        typer.echo(f"BROKEN: {broken}", err=True)
    if html is not None:
        title = f"{len(figures.days)} days of a practice that does not exist"
        html.write_text(page(figures, title=title, price=price), encoding="utf-8")
    if figures.broken:
        raise typer.Exit(1)
