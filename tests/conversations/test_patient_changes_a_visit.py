"""Patients see, move and cancel what they booked in the same chat."""

import pytest
from visit_words import THURSDAY, anna_with_a_visit, book, openings, text, words_of_visits

from bot.testing import Patient, Surgery

Words = dict[str, str]
FRIDAY = "2026-03-06T09:00"


words = words_of_visits
anna = anna_with_a_visit


async def visits(surgery: Surgery) -> list[tuple[object, object]]:
    return [(row["status"], row["start_local"]) for row in await surgery.diary()]


async def booked(surgery: Surgery) -> list[object]:
    return [start for status, start in await visits(surgery) if status == "booked"]


async def test_asking_when_it_is_tells_day_hour_and_dentist(anna: Patient, words: Words) -> None:
    [answer] = await anna.says(words["when"])

    assert words["thursday at"] in answer.text
    assert "dott. Marco Rossi" in answer.text
    assert len(answer.titles) == 3


async def test_moving_says_the_old_and_the_new_time_back_before_and_after(
    surgery: Surgery, anna: Patient, words: Words
) -> None:
    await anna.says(words["move"])
    assert words["thursday at"] in anna.sees.text
    await anna.says(words["monday afternoon"])
    assert openings(anna.sees) and all(" 9" in title for title in openings(anna.sees))
    await anna.brings(anna.sees.choices[0].payload)
    confirmation = anna.sees.text
    await anna.says(words["yes"])

    assert words["thursday at"] in confirmation
    assert await visits(surgery) == [("booked", "2026-03-09T14:00")]
    assert words["moved"] in anna.sees.text
    assert "14:00" in confirmation and "14:00" in anna.sees.text


async def test_which_visit_and_where_to_are_understood_from_one_message(
    surgery: Surgery, anna: Patient, words: Words
) -> None:
    await book(anna, words["book friday"])
    await anna.says(words["move thursday"])
    assert words["thursday at"] in anna.sees.text
    await anna.brings(anna.sees.choices[0].payload)
    await anna.brings(anna.sees.choices[0].payload)

    assert sorted(map(str, await booked(surgery))) == [FRIDAY, "2026-03-09T14:00"]


async def test_among_several_visits_the_list_tells_days_but_no_hours_or_names(
    anna: Patient, words: Words
) -> None:
    await book(anna, words["book friday"])
    await anna.says(words["cancel"])
    choice = anna.sees

    assert len(choice.titles) == 3
    assert openings(choice) == []
    assert all(len(title) <= 20 for title in choice.titles)
    for kept_back in ("Rossi", words["name"], "09"):
        assert kept_back not in choice.text + " ".join(choice.titles[:2])


async def test_the_visit_meant_is_told_in_words(surgery: Surgery, anna: Patient, words: Words) -> None:
    await book(anna, words["book friday"])
    await anna.says(words["cancel"])
    await anna.says(words["thursday"])
    assert words["thursday at"] in anna.sees.text
    await anna.says(words["yes"])

    assert await booked(surgery) == [FRIDAY]


async def test_the_visit_meant_is_named_with_the_wish_to_cancel(
    surgery: Surgery, anna: Patient, words: Words
) -> None:
    await book(anna, words["book friday"])
    await anna.says(words["cancel friday"])
    await anna.says(words["yes"])

    assert await booked(surgery) == [THURSDAY]


async def test_a_cancelled_visit_is_said_back_and_its_time_is_free_for_others(
    surgery: Surgery, anna: Patient, words: Words
) -> None:
    await anna.says(words["cancel"])
    assert words["thursday at"] in anna.sees.text
    await anna.brings(anna.sees.choices[0].payload)
    assert words["cancelled"] in anna.sees.text
    assert words["thursday at"] in anna.sees.text
    await book(surgery.patient("393330000002"), words["book"])

    assert sorted(map(str, await visits(surgery))) == sorted(
        map(str, [("booked", THURSDAY), ("cancelled", THURSDAY)])
    )


async def test_why_it_was_cancelled_is_one_tap_and_no_question(
    surgery: Surgery, anna: Patient, words: Words
) -> None:
    await anna.says(words["cancel"])
    await anna.says(words["yes"])
    reasons = anna.sees.choices
    assert len(reasons) == 3
    [thanks] = await anna.brings(reasons[0].payload, title=reasons[0].title)
    [again] = await anna.brings(reasons[1].payload, title=reasons[1].title)

    assert thanks.titles == () and again.text
    assert await booked(surgery) == []


async def test_moving_instead_of_cancelling_is_one_tap(surgery: Surgery, anna: Patient, words: Words) -> None:
    await anna.says(words["cancel"])
    await anna.brings(anna.sees.choices[1].payload)
    assert words["thursday at"] in anna.sees.text
    await anna.says(words["monday afternoon"])
    await anna.brings(anna.sees.choices[0].payload)
    await anna.says(words["yes"])

    assert await booked(surgery) == ["2026-03-09T14:00"]


async def test_a_no_leads_to_moving_or_to_everything_as_it_was(
    surgery: Surgery, anna: Patient, words: Words
) -> None:
    await anna.says(words["cancel"])
    await anna.says(words["no"])
    assert len(anna.sees.titles) == 2
    await anna.says(words["no"])
    assert words["stays"] in anna.sees.text
    await anna.says(words["move"])
    await anna.says(words["monday afternoon"])
    await anna.brings(anna.sees.choices[0].payload)
    await anna.brings(anna.sees.choices[2].payload)

    assert words["stays"] in anna.sees.text
    assert await visits(surgery) == [("booked", THURSDAY)]


async def test_other_times_are_a_tap_away_and_the_kept_one_is_let_go(
    surgery: Surgery, anna: Patient, words: Words
) -> None:
    await anna.says(words["move"])
    await anna.says(words["monday afternoon"])
    first = openings(anna.sees)
    await anna.brings(anna.sees.choices[0].payload)
    await anna.brings(anna.sees.choices[1].payload)

    assert openings(anna.sees) and not set(openings(anna.sees)) & set(first)
    assert await visits(surgery) == [("booked", THURSDAY)]


async def test_dropping_it_half_way_leaves_everything_as_it_is(
    surgery: Surgery, anna: Patient, words: Words
) -> None:
    await anna.says(words["move"])
    await anna.says(words["monday afternoon"])
    await anna.brings(anna.sees.choices[0].payload)
    await anna.says(words["forget it"])

    assert words["nothing changed"] in anna.sees.text
    assert await visits(surgery) == [("booked", THURSDAY)]


@pytest.mark.parametrize("steps", range(4))
async def test_a_person_comes_at_every_step_of_moving(
    surgery: Surgery, anna: Patient, words: Words, steps: int
) -> None:
    await book(anna, words["book friday"])
    said = [words["move"], words["thursday"], words["monday afternoon"]]
    for word in said[:steps]:
        await anna.says(word)
    if steps == 3:
        await anna.brings(anna.sees.choices[0].payload)
    await anna.says(words["operator"])

    assert len(await surgery.desk.staff.desk.handoffs()) == 1
    assert sorted(map(str, await booked(surgery))) == [THURSDAY, FRIDAY]


async def test_nobody_changes_a_visit_by_naming_it(surgery: Surgery, anna: Patient, words: Words) -> None:
    """Whoever learns the id of a visit, or a button of somebody else's, gets nowhere with it."""
    await anna.says(words["when"])
    cancel_it = anna.sees.choices[1].payload
    [row] = await surgery.desk.books.diary.appointments(start=None, end=None, at=surgery.clock.now())
    mallory = surgery.patient("393330000666")
    await mallory.says(words["when"])
    token = surgery.desk.tokens.issue(
        surgery.contact(mallory), f'/cancel_visit{{"visit": "{row.id}"}}', at=surgery.clock.now()
    )
    shown = text([*await mallory.brings(cancel_it), *await mallory.brings(token)])
    shown += text(await mallory.says(f'/cancel_visit{{"visit": "{row.id}"}}'))

    assert words["thursday at"] not in shown
    assert await visits(surgery) == [("booked", THURSDAY)]


async def test_a_booking_under_way_survives_moving_a_visit(
    surgery: Surgery, anna: Patient, words: Words, language: str
) -> None:
    await anna.says(words["book friday"])
    offered = openings(anna.sees)
    await anna.says(words["move"])
    await anna.says(words["monday afternoon"])
    await anna.brings(anna.sees.choices[0].payload)
    await anna.says(words["yes"])
    await anna.says(words["yes"])  # go on with the booking

    assert await booked(surgery) == ["2026-03-09T14:00"]
    assert openings(anna.sees) == offered or words["name"] in anna.sees.text
