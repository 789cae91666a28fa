"""For all tests: what one of them does to the process, the next does not see."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def log_as_it_was() -> Iterator[None]:
    """Commands that run in this process set up the log, as they would in their own."""
    yield
    structlog.reset_defaults()
