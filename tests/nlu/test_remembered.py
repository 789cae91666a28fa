"""What is remembered of messages stays small, however many strangers write: a server runs for months."""

import gc
import random
from functools import _lru_cache_wrapper
from typing import Any

from tests.nlu.conftest import Read

_MOST = 4096  # messages or words of any one kind
_LETTERS = "abcdefghilmnoprstuvz"


def caches() -> list["_lru_cache_wrapper[Any]"]:
    """All lru_caches of nlu, those of instances among them."""
    gc.collect()
    found = [each for each in gc.get_objects() if isinstance(each, _lru_cache_wrapper)]
    return [each for each in found if str(getattr(each, "__module__", "")).startswith("nlu.")]


def test_no_lru_cache_grows_without_end(read: Read) -> None:
    chance = random.Random(20260302)

    def stranger() -> str:
        words = ("".join(chance.choices(_LETTERS, k=chance.randint(3, 9))) for _ in range(8))
        return " ".join(words)

    for _ in range(20):
        read(stranger())
    unbounded = [each for each in caches() if each.cache_info().maxsize is None]
    before = [each.cache_info().currsize for each in unbounded]
    for _ in range(100):
        read(stranger())

    assert len(caches()) > 20
    assert [each.cache_info().currsize for each in unbounded] == before
    assert [each for each in caches() if (each.cache_info().maxsize or 0) > _MOST] == []
