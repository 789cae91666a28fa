"""Moving and cancelling while others book, move and cancel, and while the machine goes down.

Nobody is without a visit for a moment, nobody has two, and what is said is true.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from visit_words import ANNA, VISITS, book, openings, text

from bot.domain.diary import CancelBooked
from bot.domain.pipeline import OutboxMessage, TurnCommit
from bot.ports import ActionCall, ActionResult
from bot.testing import Patient, Surgery

WORDS = VISITS["it"]
BRUNO = "393330000002"
THURSDAY, FRIDAY, MONDAY = "2026-03-05T09:00", "2026-03-06T09:00", "2026-03-09T14:00"


@pytest.fixture
async def anna(surgery: Surgery) -> Patient:
    """With a visit on Thursday at nine."""
    anna = surgery.patient(ANNA)
    await book(anna, WORDS["book"])
    return anna


@pytest.fixture
async def bruno(surgery: Surgery, anna: Patient) -> Patient:
    """With a visit on Friday at nine."""
    bruno = surgery.patient(BRUNO)
    await book(bruno, WORDS["book friday"].replace("Anna", "Bruno"))
    return bruno


async def visits(surgery: Surgery) -> list[tuple[str, str]]:
    return sorted((str(row["status"]), str(row["start_local"])) for row in await surgery.diary())


async def to_the_offer_for_monday(patient: Patient) -> None:
    await patient.says(WORDS["move"])
    await patient.says(WORDS["monday afternoon"])
    assert openings(patient.sees)[0].endswith("14:00")


async def to_the_yes_for_monday(patient: Patient) -> None:
    await to_the_offer_for_monday(patient)
    await patient.brings(patient.sees.choices[0].payload)


class Meanwhile:
    """The real actions; after one of them, and before the turn's commit, something else happens once."""

    def __init__(
        self, surgery: Surgery, action: str, happens: Callable[[ActionCall], Awaitable[Any]]
    ) -> None:
        self.real, self.action, self.happens = surgery.desk.turns.runs.actions, action, happens
        surgery.desk.turns.runs.actions = self
        self.pending = True

    async def run(self, call: ActionCall) -> ActionResult:
        result: ActionResult = await self.real.run(call)
        if call.name == self.action and self.pending:
            self.pending = False
            await self.happens(call)
        return result


async def cancelled_by_staff(surgery: Surgery) -> None:
    [visit] = await surgery.desk.books.diary.appointments_of(
        contact=surgery.contact(surgery.patient(ANNA)), patients=(), at=surgery.clock.now()
    )
    write = CancelBooked(visit=visit, reason=None, key="staff", at=surgery.clock.now())
    await surgery.desk.store.write_diary([write])


async def test_of_two_who_move_to_one_opening_one_gets_it_and_the_other_is_offered_more(
    surgery: Surgery, anna: Patient, bruno: Patient
) -> None:
    await to_the_offer_for_monday(anna)
    await to_the_offer_for_monday(bruno)
    await asyncio.gather(*[p.brings(p.sees.choices[0].payload) for p in (anna, bruno)])
    confirming = [p for p in (anna, bruno) if "Sposto la visita?" in p.sees.text]
    [other] = [p for p in (anna, bruno) if p not in confirming]
    assert "non è più libero" in other.sees.text and openings(other.sees)
    await confirming[0].says(WORDS["yes"])

    kept = FRIDAY if other is bruno else THURSDAY
    assert await visits(surgery) == sorted([("booked", MONDAY), ("booked", kept)])


async def test_a_move_and_a_new_booking_share_no_opening(surgery: Surgery, anna: Patient) -> None:
    carla = surgery.patient("393330000003")
    await to_the_offer_for_monday(anna)
    await carla.says(
        "Vorrei una visita di controllo lunedì prossimo di pomeriggio con il dottor Rossi, sono Carla Blu"
    )
    assert openings(carla.sees)[0] == openings(anna.sees)[0]
    await asyncio.gather(*[p.brings(p.sees.choices[0].payload) for p in (anna, carla)])
    for _ in range(2):
        for patient in (anna, carla):
            if patient.sees.choices:
                await patient.brings(patient.sees.choices[0].payload)
    booked = [start for status, start in await visits(surgery) if status == "booked"]

    assert len(booked) == len(set(booked)) == 2
    assert MONDAY in booked and THURSDAY not in booked


async def test_cancelling_by_twenty_taps_cancels_once(surgery: Surgery, anna: Patient) -> None:
    await anna.says(WORDS["cancel"])
    yes = anna.sees.choices[0].payload
    await asyncio.gather(*[anna.brings(yes) for _ in range(20)])

    assert await visits(surgery) == [("cancelled", THURSDAY)]
    assert text(anna.screen).count(WORDS["cancelled"]) == 1


async def test_moving_by_twenty_taps_moves_once(surgery: Surgery, anna: Patient) -> None:
    await to_the_yes_for_monday(anna)
    yes = anna.sees.choices[0].payload
    await asyncio.gather(*[anna.brings(yes) for _ in range(20)])

    assert await visits(surgery) == [("booked", MONDAY)]
    assert text(anna.screen).count(WORDS["moved"]) == 1


async def test_what_staff_cancel_while_it_is_moved_is_not_brought_back(
    surgery: Surgery, anna: Patient
) -> None:
    await to_the_yes_for_monday(anna)
    Meanwhile(surgery, "action_move_visit", lambda call: cancelled_by_staff(surgery))
    await anna.says(WORDS["yes"])

    assert await visits(surgery) == [("cancelled", THURSDAY)]
    assert WORDS["gone"] in anna.sees.text
    assert WORDS["moved"] not in anna.sees.text


async def test_what_staff_cancel_while_it_is_cancelled_is_told_truly(surgery: Surgery, anna: Patient) -> None:
    await anna.says(WORDS["cancel"])
    Meanwhile(surgery, "action_cancel_visit", lambda call: cancelled_by_staff(surgery))
    await anna.says(WORDS["yes"])

    assert await visits(surgery) == [("cancelled", THURSDAY)]
    assert WORDS["gone"] in anna.sees.text


async def test_a_new_time_lost_at_the_last_moment_leaves_the_visit_where_it_was(
    surgery: Surgery, anna: Patient
) -> None:
    await to_the_yes_for_monday(anna)

    async def let_go(call: ActionCall) -> None:
        await surgery.desk.diary.release(contact=call.contact, at=call.at)

    Meanwhile(surgery, "action_move_visit", let_go)
    await anna.says(WORDS["yes"])

    assert await visits(surgery) == [("booked", THURSDAY)]
    assert "non è più libero" in anna.sees.text
    assert openings(anna.sees)


@pytest.mark.parametrize(
    ("asks", "after"), [("move", [("booked", MONDAY)]), ("cancel", [("cancelled", THURSDAY)])]
)
async def test_a_power_cut_before_the_commit_changes_nothing_and_the_next_run_all(
    surgery: Surgery, anna: Patient, asks: str, after: list[tuple[str, str]]
) -> None:
    if asks == "move":
        await to_the_yes_for_monday(anna)
    else:
        await anna.says(WORDS["cancel"])
    store, cuts = surgery.desk.store, list[list[tuple[str, str]]]()
    real = store.commit

    async def commit(turn: TurnCommit) -> OutboxMessage | None:
        if turn.writes and not cuts:
            cuts.append(await visits(surgery))
            raise ConnectionError("the machine went down before the commit")
        return await real(turn)

    store.commit = commit  # type: ignore[method-assign]
    before = len(anna.screen)
    await anna.says(WORDS["yes"])
    await surgery.until(lambda: len(anna.screen) > before)

    assert [row for row in cuts[0] if row[0] == "booked"] == [("booked", THURSDAY)]
    assert await visits(surgery) == after
    assert len(anna.screen) == before + 1


async def test_while_it_is_being_moved_a_visit_has_both_times_to_itself(
    surgery: Surgery, anna: Patient
) -> None:
    await to_the_yes_for_monday(anna)
    for words in (
        WORDS["book"],
        "Vorrei un controllo lunedì prossimo alle 14 con il dottor Rossi, sono Carla Blu",
    ):
        stranger = surgery.patient(f"3933300001{len(words):02}")
        await stranger.says(words)
        assert not [t for t in openings(stranger.sees) if t in ("gio 5/3 09:00", "lun 9/3 14:00")]
    await anna.says(WORDS["yes"])
    later = surgery.patient("393330000777")
    await later.says(WORDS["book"])

    assert "gio 5/3 09:00" in openings(later.sees)
