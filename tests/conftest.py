"""For all tests: what one of them does to the process, the next does not see; and what all of them read."""

from collections.abc import Iterator
from functools import lru_cache

import pytest
import structlog

from bot import source
from nlu.interpreter import OfflineInterpreter, load_interpreter

# Reading YAML is pure, and thousands of tests read the same thirty files.
source.read_text = lru_cache(maxsize=256)(source.read_text)


@pytest.fixture(scope="session")
def interpreter() -> OfflineInterpreter:
    """Of what is shipped; one for all tests of a process, since it keeps nothing of what it reads."""
    return load_interpreter(("it", "en", "ru"))


@pytest.fixture(autouse=True)
def log_as_it_was() -> Iterator[None]:
    """Commands that run in this process set up the log, as they would in their own."""
    yield
    structlog.reset_defaults()
