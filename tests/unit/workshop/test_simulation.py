"""Weeks in minutes: a small run of the real front desk, and whether lies would be noticed."""

from bot.domain.conversation import Choice
from bot.domain.diary import Appointment, AppointmentStatus
from bot.testing import Seen
from bot.workshop.simulation import Habits, simulate
from bot.workshop.simulation.page import page
from bot.workshop.simulation.promises import is_true, overlaps, says_twice
from tests.studio import opening

THREE = tuple(Choice(title=title, payload=title) for title in ("Confermo", "Altro orario", "Disdico"))


async def test_two_days_of_a_practice_break_no_promise() -> None:
    figures = await simulate(days=2, seed=7, habits=Habits(patients_a_day=4, asks_for_a_person=0.3))
    shown = page(figures, title="Two days <of> nobody", price=0.03)

    assert figures.broken == []
    assert len(figures.kept) == 7
    assert figures.counts["chats"] == 8
    assert figures.counts["booked"] + figures.total("handoffs") >= 7
    assert "Two days &lt;of&gt; nobody" in shown
    assert shown.count("<rect") == 2 * 7  # seven series, two days


def test_a_reminder_of_another_time_than_the_diarys_is_noticed() -> None:
    assert is_true(Seen("Domani alle 09:00. Viene?", THREE), {"09:00"})
    assert not is_true(Seen("Domani alle 11:30. Viene?", THREE), {"09:00"})
    assert is_true(Seen("Grazie!", ()), set())


def test_the_same_offer_twice_in_a_row_is_noticed() -> None:
    reminder = Seen("Domani alle 09:00. Viene?", THREE)

    assert says_twice([reminder, reminder])
    assert not says_twice([reminder, Seen("A domani!", ()), reminder])


def test_two_visits_at_one_time_are_noticed() -> None:
    def visit(id_: str, start: str) -> Appointment:
        return Appointment(id=id_, opening=opening(start), status=AppointmentStatus.BOOKED, patient=None)

    ten, past_ten, half_past = (
        visit("a", "2027-03-02 10:00"),
        visit("b", "2027-03-02 10:15"),
        visit("c", "2027-03-02 10:30"),
    )

    assert overlaps([half_past, ten]) == []
    assert len(overlaps([ten, past_ten])) == 1
