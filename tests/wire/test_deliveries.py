"""Whatever channels deliver, however often and in whatever company: one reply each, and nothing breaks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bench.deliveries import deliver
from bench.desk import Desk
from bench.meta import Meta
from bench.mutants import bombard

SEED = 20260302

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def meta() -> AsyncIterator[Meta]:
    async with Meta() as meta:
        yield meta


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(meta: Meta, nlu_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    environment = {"CHAIRSIDE_NLU_CACHE": str(nlu_cache)}
    desk = Desk(tmp_path_factory.mktemp("deliveries"), graph=meta.url, environment=environment)
    await desk.up()
    yield desk
    assert desk.stop() == 0


async def test_every_message_is_answered_once_however_often_it_is_delivered(meta: Meta, desk: Desk) -> None:
    assert await deliver(meta, desk, patients=5, times=10, seed=SEED, listen=1.0)
    assert (meta.doubled, desk.troubles) == (0, [])


async def test_mutants_are_taken_forgeries_refused_and_good_messages_answered(meta: Meta, desk: Desk) -> None:
    tally = await bombard(meta, desk, range(150), seed=SEED)

    assert tally.wrongly_answered == 0
    assert (len(tally.expected), desk.troubles) == (3, [])
