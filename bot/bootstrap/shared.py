"""What the practices of one process have in common."""

import asyncio
from dataclasses import dataclass, field

from bot.bootstrap.content import Configuration
from bot.bootstrap.front_desk import FrontDesk
from bot.ports import Channel
from bot.service.hearing.pressure import Pressure
from bot.service.intake import Intake
from bot.service.turns.turnstile import Turnstile
from bot.service.upkeep.measures import Instruments
from bot.storage.engine.database import Database
from nlu.interpreter import load_interpreter
from nlu.understanding import Interpreter


class Neighbours:
    """Which practice has an account: one Meta app may serve several of them, and calls one of their hosts."""

    def __init__(self) -> None:
        self._desks: dict[tuple[str, str], FrontDesk] = {}

    def add(self, channel: str, account: str, desk: FrontDesk) -> None:
        self._desks.setdefault((channel, account), desk)

    def find(self, channel: str, account: str) -> tuple[Channel, Intake] | None:
        desk = self._desks.get((channel, account))
        return None if desk is None else (desk.channels[channel], desk.intake)


@dataclass(frozen=True)
class Shared:
    """Of all practices of a process."""

    database: Database
    neighbours: Neighbours
    instruments: Instruments = field(default_factory=Instruments)
    pressure: Pressure = field(default_factory=Pressure)
    turnstile: Turnstile = field(default_factory=Turnstile)
    _interpreters: dict[tuple[str, ...], "asyncio.Task[Interpreter]"] = field(default_factory=dict)

    def interpreter(
        self, languages: tuple[str, ...], configuration: Configuration
    ) -> "asyncio.Task[Interpreter]":
        """One for the practices that speak the same languages."""
        if languages not in self._interpreters:
            self._interpreters[languages] = asyncio.create_task(understanding(languages, configuration))
        return self._interpreters[languages]


async def understanding(languages: tuple[str, ...], configuration: Configuration) -> Interpreter:
    """Behind what is stored meanwhile: a first start learns."""
    return await asyncio.to_thread(load_interpreter, languages, cache=configuration.nlu_cache)
