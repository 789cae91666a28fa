from pathlib import Path

import pytest
from kitchen import opened

from bot.workshop.content import OpenedContent


@pytest.fixture(scope="session")
def pizzeria(tmp_path_factory: pytest.TempPathFactory) -> OpenedContent:
    """Learns once for all tests."""
    at: Path = tmp_path_factory.mktemp("pizzeria")
    return opened(at)
