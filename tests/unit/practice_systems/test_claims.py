"""Two patients of two programs claim one time: every order in which their steps can fall."""

from collections.abc import Coroutine, Generator, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

import pytest

from bot.errors import OpeningTaken
from bot.practice_systems.claims import Rival, contest


class Step:
    """Where another claimant's step may come in between."""

    def __await__(self) -> Generator[None, None, None]:
        yield


@dataclass
class Diary:
    """Keeps what it is given, shows it, refuses nothing. True: a visit."""

    entries: dict[str, bool] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)


@dataclass
class OneClaim:
    diary: Diary
    key: str

    async def rivals(self) -> Sequence[Rival]:
        await Step()
        return [
            Rival(ref=key, key=None if is_visit else key, is_stale=key in self.diary.stale)
            for key, is_visit in self.diary.entries.items()
            if key != self.key
        ]

    async def become_visit(self) -> str:
        await Step()
        if self.key not in self.diary.entries:
            raise OpeningTaken("removed")
        self.diary.entries[self.key] = True
        return self.key

    async def withdraw(self) -> None:
        await Step()
        self.diary.entries.pop(self.key, None)

    async def remove(self, stale: Rival) -> None:
        await Step()
        if self.diary.entries.get(stale.ref) is False:
            del self.diary.entries[stale.ref]


async def pause(_: float) -> None:
    await Step()


async def claims(diary: Diary, key: str, looks: int = 4) -> str:
    await Step()
    diary.entries[key] = False
    return await contest(OneClaim(diary, key), sleep=pause, looks=looks)


async def books_unless_it_sees_somebody(diary: Diary, key: str) -> str:
    """The twin: it looks, then writes."""
    if await OneClaim(diary, key).rivals():
        raise OpeningTaken("taken")
    await Step()
    diary.entries[key] = True
    return key


async def gives_way_to_smaller_keys_only(diary: Diary, key: str) -> str:
    """The twin: a visit at once, then a look, and the smaller key stays."""
    await Step()
    diary.entries[key] = True
    for rival in await OneClaim(diary, key).rivals():
        if rival.ref < key:
            del diary.entries[key]
            raise OpeningTaken("taken")
    return key


def played(patients: Sequence[Coroutine[Any, Any, str]], order: Sequence[int]) -> tuple[int, list[int]]:
    """Who of them is told "booked" when their steps fall in this order, then in turns; and the order."""
    waiting = dict(enumerate(patients))
    told: list[str] = []
    taken: list[int] = []
    turns = iter(order)
    for number in count():
        if not waiting:
            return len(told), taken
        wanted = next(turns, number)
        who = sorted(waiting)[wanted % len(waiting)]
        taken.append(sorted(waiting).index(who))
        try:
            waiting[who].send(None)
        except StopIteration as booked:
            told.append(booked.value)
            del waiting[who]
        except OpeningTaken:
            del waiting[who]
    raise AssertionError("count() does not end")


def orders_of_two(steps: int) -> Sequence[tuple[int, ...]]:
    return [tuple(number >> bit & 1 for bit in range(steps)) for number in range(2**steps)]


def test_in_every_order_exactly_one_of_two_is_told_booked() -> None:
    told = set()
    for order in orders_of_two(12):
        diary = Diary()
        told.add(played([claims(diary, "a", looks=20), claims(diary, "b", looks=20)], order)[0])
        assert sum(diary.entries.values()) == len(diary.entries) == 1, order

    assert told == {1}


@pytest.mark.parametrize("seed", range(300))
def test_of_many_patients_in_any_order_exactly_one_is_told_booked(seed: int) -> None:
    random = Random(seed)
    names = random.sample("abcdefgh", random.randint(3, 8))
    diary = Diary()
    order = [random.randrange(8) for _ in range(400)]
    told, _ = played([claims(diary, name, looks=100) for name in names], order)

    assert (told, sum(diary.entries.values())) == (1, 1)


def test_who_loses_patience_books_nothing() -> None:
    """However slow the others are, nobody is told what is not true."""
    for order in orders_of_two(12):
        diary = Diary()
        told, _ = played([claims(diary, "a", looks=2), claims(diary, "b", looks=2)], order)
        assert told == sum(diary.entries.values()) <= 1


@pytest.mark.parametrize("twin", [books_unless_it_sees_somebody, gives_way_to_smaller_keys_only])
def test_without_the_protocol_two_are_told_booked_in_some_order(twin: Any) -> None:
    told = set()
    for order in orders_of_two(6):
        diary = Diary()
        told.add(played([twin(diary, "a"), twin(diary, "b")], order)[0])

    assert 2 in told


def test_a_visit_that_is_there_wins_and_a_dead_claim_does_not() -> None:
    with_visit = Diary(entries={"z": True})
    with_dead = Diary(entries={"0": False}, stale={"0"})

    assert played([claims(with_visit, "a")], ())[0] == 0
    assert with_visit.entries == {"z": True}
    assert played([claims(with_dead, "a")], ())[0] == 1
    assert with_dead.entries == {"a": True}
