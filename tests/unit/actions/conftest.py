import pytest
from front_desk import Desk, FakeDiary, practice


@pytest.fixture
def desk() -> Desk:
    return Desk(practice=practice(), diary=FakeDiary())
