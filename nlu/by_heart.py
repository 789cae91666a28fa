"""Whole sentences and what they mean, kept as digests: tens of thousands of them are looked up and never
shown, and their words would take ten times the memory."""

from array import array
from bisect import bisect_left
from collections.abc import Mapping
from hashlib import blake2b


class ByHeart:
    """What each of these sentences means. Sixty-four bits tell one from another: among a hundred thousand,
    one sentence in 10^14 is taken for one that it is not."""

    def __init__(self, meanings: Mapping[str, str]) -> None:
        self._names = tuple(sorted(set(meanings.values())))
        numbers = {name: number for number, name in enumerate(self._names)}
        known = sorted((_digest(sentence), numbers[name]) for sentence, name in meanings.items())
        self._digests = array("Q", (digest for digest, _ in known))
        self._meanings = array("H", (number for _, number in known))

    def __len__(self) -> int:
        return len(self._digests)

    def get(self, sentence: str) -> str | None:
        digest = _digest(sentence)
        place = bisect_left(self._digests, digest)
        if place == len(self._digests) or self._digests[place] != digest:
            return None
        return self._names[self._meanings[place]]


def _digest(sentence: str) -> int:
    return int.from_bytes(blake2b(sentence.encode("utf-8", "surrogatepass"), digest_size=8).digest())
