"""What patients hear when a time is gone, when there is none, when the diary is silent."""

from dataclasses import replace
from datetime import timedelta

from conversation_kit import House, Patient, to_the_confirmation, to_the_offer

from bot.domain.diary import PatientDetails
from bot.domain.practice import Practice
from bot.errors import Unavailable
from bot.practice_systems.embedded import EmbeddedDiary

Words = dict[str, str]


class SilentDiary:
    """A practice system that is down from a chosen moment on."""

    def __init__(self, real: object, down: set[str]) -> None:
        self._real, self._down = real, down

    def __getattr__(self, name: str) -> object:
        if name in self._down:
            return self._refuse
        return getattr(self._real, name)

    async def _refuse(self, *args: object, **kwargs: object) -> None:
        raise Unavailable("no answer")


async def test_an_opening_that_somebody_took_meanwhile(house: House, anna: Patient, words: Words) -> None:
    await to_the_offer(anna, words)
    boris = house.patient("boris")
    await to_the_confirmation(boris, words)
    gone = anna.openings[0]
    await anna.taps(gone)
    assert gone not in anna.openings
    assert anna.openings
    await anna.taps(anna.openings[0])
    await anna.taps(anna.titles[0])
    await boris.taps(boris.titles[0])

    assert [who.name for _, who in await house.booked()] == [words["name"]] * 2
    assert len({row.opening for row, _ in await house.booked()}) == 2


async def test_a_late_yes_is_still_a_booking_while_the_time_is_free(
    house: House, anna: Patient, words: Words
) -> None:
    await to_the_offer(anna, words)
    await anna.taps(anna.openings[-1])
    house.clock.move(minutes=30)
    assert await house.held() == []
    await anna.taps(anna.titles[0])

    assert len(await house.booked()) == 1


async def test_a_late_yes_to_a_time_that_is_gone(house: House, anna: Patient, words: Words) -> None:
    await to_the_offer(anna, words)
    await anna.taps(anna.openings[-1])
    [held] = await house.held()
    house.clock.move(minutes=30)
    await house.rows.add([(held.opening, PatientDetails(name="Bruno Neri"))], at=house.clock.now())
    await anna.taps(anna.titles[0])

    assert [who.name for _, who in await house.booked()] == ["Bruno Neri"]
    assert anna.openings


async def test_a_yes_to_an_earlier_offer_confirms_no_other_time(
    house: House, anna: Patient, words: Words
) -> None:
    await to_the_confirmation(anna, words)
    old_yes = anna.choice(anna.titles[0])
    first = anna.slots["opening"]
    await anna.says(words["no"])
    await anna.taps(anna.openings[0])
    assert anna.slots["opening"] != first
    await anna.taps_old(old_yes)
    assert await house.booked() == []
    assert anna.slots["opening"] == first, "the old time is asked about again"
    await anna.taps(anna.titles[0])

    [(visit, _)] = await house.booked()
    assert visit.opening.ref == first


async def test_a_yes_tapped_twice_books_once(house: House, anna: Patient, words: Words) -> None:
    await to_the_confirmation(anna, words)
    yes = anna.choice(anna.titles[0])
    await anna.taps_old(yes)
    await anna.taps_old(yes)

    assert len(await house.booked()) == 1


async def test_no_opening_in_the_whole_horizon_is_said_and_a_person_takes_over(
    house: House, anna: Patient, words: Words
) -> None:
    house.practice = _closed(house)
    house.diary = EmbeddedDiary(house.practice, house.rows)
    await to_the_offer(anna, words)

    assert anna.openings == ()
    assert anna.handed_over == ["no_openings"]
    assert len(anna.sees) == 1


async def test_a_silent_diary_books_nothing_and_calls_a_person(
    house: House, anna: Patient, words: Words
) -> None:
    await to_the_confirmation(anna, words)
    house.diary = SilentDiary(house.diary, {"book", "hold", "current_hold"})  # type: ignore[assignment]
    await anna.taps(anna.titles[0])

    assert await house.booked() == []
    assert len(anna.handed_over) == 1
    assert len(anna.sees) == 1


async def test_a_diary_that_is_silent_from_the_start(house: House, anna: Patient, words: Words) -> None:
    house.diary = SilentDiary(house.diary, {"find_openings"})  # type: ignore[assignment]
    await to_the_offer(anna, words)

    assert anna.openings == ()
    assert len(anna.handed_over) == 1


def _closed(house: House) -> Practice:
    today = house.clock.now().date()
    return replace(house.practice, closed_days=frozenset(today + timedelta(days=n) for n in range(100)))
