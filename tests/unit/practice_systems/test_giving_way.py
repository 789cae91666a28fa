"""Two visits at one time in a system that took both: who stays is the same from either side."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

from bot.domain.diary import AppointmentStatus
from bot.domain.outside import OutsideVisit
from bot.practice_systems.outside_writes import gives_way
from tests.studio import NOW, opening

TEN = opening("2027-03-02 10:00")
MINE = OutsideVisit(
    ref="v1",
    practitioner="rossi",
    start=TEN.start,
    end=TEN.end,
    status=AppointmentStatus.BOOKED,
    key="m",
    created=NOW,
)
OTHERS = {
    "earlier": replace(MINE, ref="v2", key="z", created=NOW - timedelta(seconds=1)),
    "later": replace(MINE, ref="v3", key="a", created=NOW + timedelta(seconds=1)),
    "in the same second, smaller key": replace(MINE, ref="v4", key="a"),
    "in the same second, larger key": replace(MINE, ref="v5", key="z"),
    "by staff, later": replace(MINE, ref="v6", key=None, created=NOW + timedelta(hours=1)),
}


def test_staff_and_whoever_was_earlier_keep_the_time() -> None:
    assert {name: gives_way(MINE, other) for name, other in OTHERS.items()} == {
        "earlier": True,
        "later": False,
        "in the same second, smaller key": True,
        "in the same second, larger key": False,
        "by staff, later": True,
    }


def test_of_any_number_of_ours_exactly_one_stays() -> None:
    ours = [visit for visit in (MINE, *OTHERS.values()) if visit.key is not None]
    # Two with one key and one creation are one visit.
    ours = list({(visit.created, visit.key): visit for visit in ours}.values())
    for some in permutations(ours, 3):
        stay = [one for one in some if not any(gives_way(one, other) for other in some if other is not one)]

        assert len(stay) == 1
