"""What patients hear when a time is gone, when there is none, when the diary is silent."""

from dataclasses import replace
from datetime import datetime, timedelta

from conversation_kit import House, Patient, to_the_confirmation, to_the_offer

from bot.domain.diary import AppointmentStatus, BookHeld, Hold, PatientDetails
from bot.domain.practice import Practice
from bot.errors import OutcomeUnknown, Unavailable
from bot.ports import Booking
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


class DoubtfulDiary(SilentDiary):
    """One that does what is asked, perhaps, and gives no answer."""

    async def _refuse(self, *args: object, **kwargs: object) -> None:
        raise OutcomeUnknown("no answer whether it was written")


class AskingDiary:
    """One where somebody at the practice has to confirm."""

    def __init__(self, real: EmbeddedDiary) -> None:
        self._real = real

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    async def book(self, hold: Hold, patient: PatientDetails, *, key: str, at: datetime) -> Booking:
        booking = await self._real.book(hold, patient, key=key, at=at)
        requested = AppointmentStatus.REQUESTED
        assert isinstance(booking.write, BookHeld)
        return Booking(
            appointment=replace(booking.appointment, status=requested),
            write=replace(booking.write, status=requested),
        )


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


async def test_whoever_may_or_may_not_be_booked_hears_just_that_and_a_person_looks(
    house: House, anna: Patient, words: Words
) -> None:
    await to_the_confirmation(anna, words)
    house.diary = DoubtfulDiary(house.diary, {"book"})  # type: ignore[assignment]
    await anna.taps(anna.titles[0])
    told = {
        "it": "Mi dispiace, non vedo ancora se la prenotazione è andata a buon fine.",
        "en": "I'm sorry, I can't see yet whether your booking went through.",
        "ru": "К сожалению, пока не видно, прошла ли запись.",
    }

    assert anna.handed_over == ["in_doubt"]
    assert any(anna.sees[0].text.startswith(text) for text in told.values())


async def test_a_request_is_called_a_request_until_somebody_confirms_it(
    house: House, anna: Patient, words: Words
) -> None:
    await to_the_confirmation(anna, words)
    house.diary = AskingDiary(house.diary)  # type: ignore[assignment, arg-type]
    await anna.taps(anna.titles[0])
    not_yet = ("non è ancora confermata", "it is not confirmed yet", "она ещё не подтверждена")

    assert any(text in anna.sees[0].text for text in not_yet)
    rows = await house.rows.appointments(start=None, end=None, at=house.clock.now())
    assert [row.status for row in rows] == ["requested"]


async def test_a_diary_that_is_silent_from_the_start(house: House, anna: Patient, words: Words) -> None:
    house.diary = SilentDiary(house.diary, {"find_openings"})  # type: ignore[assignment]
    await to_the_offer(anna, words)

    assert anna.openings == ()
    assert len(anna.handed_over) == 1


def _closed(house: House) -> Practice:
    today = house.clock.now().date()
    return replace(house.practice, closed_days=frozenset(today + timedelta(days=n) for n in range(100)))
