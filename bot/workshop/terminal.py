"""A conversation in the terminal: `chairside chat`."""

import os
import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot import bootstrap
from bot.service.clock import StartedClock, SystemClock
from bot.testing import Seen, Surgery


async def chat_in_terminal(
    configuration: bootstrap.Configuration, *, now: datetime | None, language: str | None
) -> None:
    """`chairside chat`: be the patient. A number taps that choice; an empty line or Ctrl-D ends."""
    greeting = {"it": "Scriva qui; una riga vuota per finire.", "en": "Write here; an empty line ends."}
    print(greeting.get(language or "", greeting["en"]))
    with TemporaryDirectory(prefix="chairside-chat-") as folder:
        clock = StartedClock(now or SystemClock().now())
        environment = {**os.environ, **configuration.environment}
        at = clock.now().isoformat()
        async with Surgery.open(Path(folder), at=at, clock=clock, environment=environment) as surgery:
            patient = surgery.patient()
            while line := _ask():
                choices = patient.screen and patient.sees.choices
                if choices and line.isdigit() and 0 < int(line) <= len(choices):
                    answers = await patient.brings(choices[int(line) - 1].payload)
                else:
                    answers = await patient.says(line)
                for seen in answers:
                    _show(seen)


def _ask() -> str:
    print("> ", end="", flush=True)
    return sys.stdin.readline().strip()


def _show(seen: Seen) -> None:
    print(f"\n{seen.text}")
    for number, choice in enumerate(seen.choices, start=1):
        note = f"  ({choice.description})" if choice.description else ""
        print(f"  [{number}] {choice.title}{note}")
    print()
