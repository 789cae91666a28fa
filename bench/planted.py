"""`chairside`, the real one, with one fault planted in it or one protection taken away.

    PLANTED="poison" python -m bench.planted demo ...

- poison: a turn with the word of poison in it fails, for as long as the file CHAIRSIDE_POISON is there;
- for ever: as well, and no message is ever set aside;
- never late: messages of last week are answered one by one, like any other;
- no bounds: however much comes in at once, nothing is refused;
- raised: what is refused is raised as an error, not answered;
- slow diary: each question to the practice system takes a moment, for some a second and a half.
"""

import asyncio
import os
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from bot import __main__ as chairside
from bot.practice_systems.embedded import EmbeddedDiary
from bot.service.hearing.pressure import Pressure
from bot.service.hearing.understanding import Reader
from bot.service.turns import attempts, running
from bot.web import webhooks

POISON = "xyzzyvelenum"


def plant(kind: str) -> None:
    """Before anything is built."""
    if kind in ("poison", "for ever"):
        _poison(Path(os.environ["CHAIRSIDE_POISON"]))
    if kind == "for ever":
        attempts.MOST = running.MOST = 10**9  # type: ignore[attr-defined]  # imported there
    if kind == "never late":
        _set_default(running.Turns, late=timedelta(days=3650))
    if kind == "no bounds":
        _set_default(Pressure, statuses=10**9, messages=10**9, bytes_=10**12)
    if kind == "raised":
        webhooks._again = _raise_again
    if kind == "slow diary":
        for name in ("find_openings", "hold", "book", "appointments_of"):
            _slow_down(name)


def _raise_again(why: str, *, after: str | None = None) -> web.Response:
    raise web.HTTPServiceUnavailable(text=why, headers={"Retry-After": after} if after else None)


def _slow_down(name: str) -> None:
    at_once = getattr(EmbeddedDiary, name)
    chance = random.Random(name)

    async def later(self: EmbeddedDiary, *given: Any, **more: Any) -> Any:
        await asyncio.sleep(chance.choice((0.0, 0.05, 0.2, 1.5)))
        answer = await at_once(self, *given, **more)
        await asyncio.sleep(chance.choice((0.0, 0.05, 0.2)))
        return answer

    setattr(EmbeddedDiary, name, later)


def _poison(armed: Path) -> None:
    understand = Reader.understand

    async def fails(self: Reader, text: str, *given: Any, **more: Any) -> Any:
        if POISON in text and armed.exists():
            raise RuntimeError("a mistake of ours")
        return await understand(self, text, *given, **more)

    Reader.understand = fails  # type: ignore[method-assign]  # a fault is planted


def _set_default(of: type, **values: object) -> None:
    defaults = of.__init__.__kwdefaults__  # type: ignore[misc]  # of a class, not an instance
    assert defaults is not None
    defaults.update(values)


if __name__ == "__main__":
    plant(os.environ["PLANTED"])
    chairside.main()
