"""Reads now and then how much waits, for the metrics and for the log."""

import asyncio
from typing import Protocol

import structlog

from bot.service.upkeep.measures import Measures, Readings
from bot.service.upkeep.supervision import Supervisor, beat

log = structlog.get_logger(__name__)

_LOOK_EVERY = 5.0


class ReadingRoom(Protocol):
    async def read(self) -> Readings: ...


class Gauging:
    """One loop for a practice."""

    def __init__(self, readings: ReadingRoom, *, measures: Measures, supervisor: Supervisor) -> None:
        self._readings = readings
        self._measures = measures
        self._supervisor = supervisor
        self._lost: frozenset[str] = frozenset()

    async def run(self) -> None:
        while True:
            try:
                await self.look()
                beat()
            except Exception as error:  # numbers may be missing, patients may not wait for them
                log.error("gauging_failed", error=type(error).__name__)
            await asyncio.sleep(_LOOK_EVERY)

    async def look(self) -> None:
        read = await self._readings.read()
        self._measures.read(read)
        practice, all_of = self._measures.practice, self._measures.instruments
        for loop in self._supervisor.loops.values():
            all_of.loop_silence.labels(practice, loop.name).set(loop.silence)
            all_of.loop_restarts.labels(practice, loop.name).set(loop.restarts)
        lost = frozenset(channel for channel, is_lost in read.lost.items() if is_lost)
        for channel in sorted(lost - self._lost):
            remedy = "subscribe the app to its webhooks again; until then patients are not heard"
            log.error("subscription_lost", channel=channel, remedy=remedy)
        self._lost = lost
