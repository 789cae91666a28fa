"""The order of what a message is taken for is its meaning: no row may be out of reach."""

from collections.abc import Callable
from itertools import combinations

import pytest

from bot.dialogue import around_a_visit as around
from bot.dialogue import asides, gist, taken_for
from bot.dialogue import name_repairs as names
from bot.dialogue.message import Message
from bot.dialogue.taken_for import SECTIONS, Row, may_be_unknown

ROWS = [row for rows in SECTIONS.values() for row in rows]
#: Each holds only where the next one does, too, by what its function says: the narrower has to be read first.
NARROWER: list[tuple[Callable[[Message], bool], Callable[[Message], bool]]] = [
    (around.asks_what_missing_costs, around.has_missed_a_visit),
    (asides.is_tired_and_answers, asides.is_tired_of_questions),
    (taken_for._name_is_wrong_so_far, names.says_name_is_wrong),
]


def out_of_reach(rows: list[Row]) -> list[Row]:
    """Rows behind one that holds wherever they do and that no project passes over."""
    return [
        later
        for earlier, later in combinations(rows, 2)
        if earlier.holds is later.holds and (not may_be_unknown(earlier.intent) or earlier == later)
    ]


def place(holds: Callable[[Message], bool]) -> int:
    return next(at for at, row in enumerate(ROWS) if row.holds is holds)


def test_no_row_is_out_of_reach() -> None:
    assert out_of_reach(ROWS) == []


def test_a_row_behind_itself_would_be_found() -> None:
    twice = Row(gist.means_a_visit, "skip")

    assert out_of_reach([*ROWS, twice]) == [twice]


@pytest.mark.parametrize("section", SECTIONS)
def test_no_two_rows_of_a_section_contradict_each_other(section: str) -> None:
    """One condition twice means two things, unless the first is for projects that have a flow for it."""
    rows = SECTIONS[section]
    twice = [(a, b) for a, b in combinations(rows, 2) if a.holds is b.holds and not may_be_unknown(a.intent)]

    assert rows
    assert twice == []


@pytest.mark.parametrize(("narrow", "wide"), NARROWER, ids=lambda holds: holds.__name__)
def test_the_narrower_is_read_before_the_wider(
    narrow: Callable[[Message], bool], wide: Callable[[Message], bool]
) -> None:
    assert place(narrow) < place(wide)


def test_conditions_can_be_told_apart() -> None:
    """A lambda is equal to none, not even to its own copy: it would hide a row that says the same."""
    assert all(row.holds.__name__ != "<lambda>" for row in ROWS)
