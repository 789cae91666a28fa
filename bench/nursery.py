"""What a server that is to be killed is born with: all code imported, all content read, understanding loaded.

Servers are forked from a process that has done this once. It is the same code, without the seconds that a
start spends on what no crash can touch; what a start does with the database is done by each.
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.bootstrap import Configuration, shared
from bot.bootstrap.content import read_assistant, read_practice
from bot.bootstrap.outreach import read_outreach
from bot.commands import running
from nlu.interpreter import OfflineInterpreter, load_interpreter

_PLACE = Configuration(data=Path(tempfile.gettempdir()), environment=dict(os.environ), demo=True)
_PRACTICE = read_practice(_PLACE)
read_outreach(_PLACE, _PRACTICE, read_assistant(_PLACE, _PRACTICE))
UNDERSTANDING = load_interpreter(_PRACTICE.languages, cache=_PLACE.nlu_cache)


def _loaded(languages: Sequence[str], cache: Path | None = None) -> OfflineInterpreter:
    assert tuple(languages) == _PRACTICE.languages
    return UNDERSTANDING


def demo(port: int, data: Path, environment: dict[str, str], now: str) -> None:
    """`chairside demo`, in this process."""
    _be_born(environment)
    running.demo(port=port, data=data, now=now, no_browser=True)


def serve(port: int, data: Path, environment: dict[str, str]) -> None:
    """`chairside serve`, in this process."""
    _be_born(environment)
    running.serve(port=port, host="127.0.0.1", data=data)


def _be_born(environment: dict[str, str]) -> None:
    os.environ.update(environment)
    shared.load_interpreter = _loaded  # type: ignore[attr-defined, assignment]  # takes no examples of its own
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - for as long as the process lives
