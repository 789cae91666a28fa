"""What each booking action comes to, in the slots that flows branch on."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from front_desk import NOW, Desk, opening, titles, wall

from bot.domain.diary import BookHeld, PatientDetails, Wish
from bot.errors import OpeningTaken, PolicyRefused, Unavailable

PLACE = "Studio Lucciola, via dei Platani 5, Roma"

TUESDAY_NINE = opening(3, 8)
TUESDAY_TEN = opening(3, 9)
WEEK = [opening(day, hour) for day in (3, 4, 5, 6) for hour in (8, 9, 14)]


def slots(result: Any) -> dict[str, Any]:
    return {event["name"]: event["value"] for event in result.events}


NOBODY_KNOWN = dict.fromkeys(("recalled", "known_first", "known_first_name"))

# -- before asking ----------------------------------------------------------------------------------------


async def test_the_phone_is_asked_only_where_the_channel_gives_none(desk: Desk) -> None:
    on_whatsapp = await desk.run("action_prepare_booking")
    desk.phone = None
    on_messenger = await desk.run("action_prepare_booking")

    afresh = {
        "must_ask_birth_date": False,
        "must_prove_contact": False,
        "contact_check_result": None,
        "searched_for": None,
        "hold_result": None,
        "next_patient": None,
        **NOBODY_KNOWN,
    }
    assert slots(on_whatsapp) == {"must_ask_phone": False, **afresh}
    assert slots(on_messenger) == {"must_ask_phone": True, **afresh}


async def test_a_single_kind_of_visit_needs_no_question(desk: Desk) -> None:
    desk.practice = replace(desk.practice, visit_types=desk.practice.visit_types[:1], wants_birth_date=True)

    result = await desk.run("action_prepare_booking")

    assert slots(result) == {
        "must_ask_phone": False,
        "must_ask_birth_date": True,
        "must_prove_contact": False,
        "contact_check_result": None,
        "searched_for": None,
        "hold_result": None,
        "visit_type": "first_visit",
        "next_patient": None,
        **NOBODY_KNOWN,
    }


async def test_visit_types_are_choices_with_their_length(desk: Desk) -> None:
    result = await desk.run("action_ask_visit_type")

    assert result.responses[0]["response"] == "utter_which_visit"
    assert result.responses[0]["buttons"] == [
        {"title": "Prima visita", "payload": "/SetSlots(visit_type=first_visit)", "description": "30 min"},
        {
            "title": "Igiene orale…",
            "payload": "/SetSlots(visit_type=cleaning)",
            "description": "Igiene orale professionale, 45 min",
        },
    ]


# -- openings ---------------------------------------------------------------------------------------------


async def test_openings_are_noted_as_the_offer(desk: Desk) -> None:
    desk.diary.free = [TUESDAY_NINE, TUESDAY_TEN]

    result = await desk.run("action_find_openings", visit_type="first_visit", wish="asap")

    refs = [TUESDAY_NINE.ref, TUESDAY_TEN.ref]
    assert slots(result) == {
        "openings_result": "found",
        "openings_on_offer": refs,
        "openings_shown": refs,
        "searched_for": '["first_visit", "asap", null]',
        "offer_kind": "wished",
        "nearest_because": None,
        "opening": None,
        "search_reason": None,
        "hold_result": None,
    }


@pytest.mark.parametrize(
    ("slot", "wish"),
    [
        (None, Wish(visit_type="first_visit")),
        ("asap", Wish(visit_type="first_visit")),
        ("morning", Wish(visit_type="first_visit", part=(time(0), time(13)))),
        ("afternoon", Wish(visit_type="first_visit", part=(time(13), time(23, 59)))),
        ({"windows": [], "part": None, "asap": True}, Wish(visit_type="first_visit")),
        (
            {"windows": [], "part": ["14:00", "18:00"], "asap": False},
            Wish(visit_type="first_visit", part=(time(14), time(18))),
        ),
        (
            {"windows": [["2026-03-05T00:00", "2026-03-06T00:00"]], "part": None, "asap": False},
            Wish(visit_type="first_visit", windows=((wall("2026-03-05T00:00"), wall("2026-03-06T00:00")),)),
        ),
        (
            {"windows": [["2026-03-05T10:00", None]], "part": None, "asap": False},
            Wish(
                visit_type="first_visit",
                windows=((wall("2026-03-05T10:00"), wall("2026-03-05T10:01")),),
            ),
        ),
    ],
)
async def test_a_wish_is_read_from_words_and_from_taps(desk: Desk, slot: Any, wish: Wish) -> None:
    desk.diary.free = WEEK

    await desk.run("action_find_openings", visit_type="first_visit", wish=slot)

    assert desk.diary.wishes == [wish]


@pytest.mark.parametrize("until", [None, "2026-03-03T11:00"])
async def test_the_very_time_asked_for_is_chosen_at_once(desk: Desk, until: str | None) -> None:
    desk.diary.free = WEEK
    at_ten = {"windows": [["2026-03-03T10:00", until]], "part": None, "asap": False}

    result = await desk.run("action_find_openings", visit_type="first_visit", wish=at_ten)

    assert slots(result)["opening"] == TUESDAY_TEN.ref
    assert slots(result)["offer_kind"] == "wished"


async def test_a_time_named_after_the_day_is_chosen_too(desk: Desk) -> None:
    desk.diary.free = WEEK
    tuesday = {"windows": [["2026-03-03T00:00", "2026-03-04T00:00"]], "part": None, "asap": False}
    await desk.run("action_find_openings", visit_type="first_visit", wish=tuesday)

    at_ten = {"windows": [], "part": ["10:00", "11:00"], "asap": False}
    result = await desk.run("action_find_openings", wish=at_ten)

    assert slots(result)["opening"] == TUESDAY_TEN.ref


async def test_the_nearest_openings_are_said_to_be_only_near(desk: Desk) -> None:
    desk.diary.free = [TUESDAY_NINE]
    saturday = {"windows": [["2026-03-07T00:00", "2026-03-08T00:00"]], "part": None, "asap": False}

    result = await desk.run("action_find_openings", visit_type="first_visit", wish=saturday)

    assert (slots(result)["offer_kind"], slots(result)["opening"]) == ("nearest", None)


async def test_other_times_are_really_others(desk: Desk) -> None:
    desk.diary.free = WEEK
    await desk.run("action_find_openings", visit_type="first_visit", wish="asap")

    result = await desk.run("action_find_openings", opening=None, search_reason="more")

    assert slots(result)["openings_on_offer"] == [o.ref for o in WEEK[6:]]
    assert slots(result)["openings_shown"] == [o.ref for o in WEEK]
    assert slots(result)["offer_kind"] == "more"


async def test_when_all_were_passed_over_there_are_none_left(desk: Desk) -> None:
    desk.diary.free = [TUESDAY_NINE]
    await desk.run("action_find_openings", visit_type="first_visit", wish="asap")

    result = await desk.run("action_find_openings", search_reason="more")

    assert slots(result) == {"openings_result": "none", "search_reason": None}


async def test_after_a_taken_opening_the_rest_is_offered_again(desk: Desk) -> None:
    desk.diary.free = [TUESDAY_NINE, TUESDAY_TEN]
    await desk.run("action_find_openings", visit_type="first_visit", wish="asap")
    desk.diary.free = [TUESDAY_TEN]

    result = await desk.run("action_find_openings", search_reason="taken")

    assert slots(result)["openings_on_offer"] == [TUESDAY_TEN.ref]
    assert slots(result)["offer_kind"] == "taken"


async def test_correcting_the_name_keeps_the_opening_that_was_chosen(desk: Desk) -> None:
    desk.diary.free = WEEK
    await desk.run("action_find_openings", visit_type="first_visit", wish="asap")
    await desk.run("action_hold_opening", opening=TUESDAY_TEN.ref)

    result = await desk.run("action_find_openings", patient_name="Anna Neri")

    assert slots(result) == {"openings_result": "found"}
    assert list(desk.diary.holds) == [TUESDAY_TEN]


async def test_correcting_the_day_lets_go_of_the_opening(desk: Desk) -> None:
    desk.diary.free = WEEK
    await desk.run("action_find_openings", visit_type="first_visit", wish="asap")
    await desk.run("action_hold_opening", opening=TUESDAY_TEN.ref)
    thursday = {"windows": [["2026-03-05T00:00", "2026-03-06T00:00"]], "part": None, "asap": False}

    result = await desk.run("action_find_openings", wish=thursday)

    assert slots(result)["opening"] is None
    assert desk.diary.holds == {}


async def test_another_part_of_the_day_keeps_the_day(desk: Desk) -> None:
    desk.diary.free = WEEK
    thursday = {"windows": [["2026-03-05T00:00", "2026-03-06T00:00"]], "part": None, "asap": False}
    await desk.run("action_find_openings", visit_type="first_visit", wish=thursday)

    later = {"windows": [], "part": ["14:00", "18:00"], "asap": False}
    await desk.run("action_find_openings", wish=later)
    await desk.run("action_find_openings", search_reason="more")

    on_thursday = Wish(
        visit_type="first_visit",
        windows=((wall("2026-03-05T00:00"), wall("2026-03-05T23:59")),),
        part=(time(14), time(18)),
    )
    assert desk.diary.wishes[1:3] == [on_thursday, on_thursday]


async def test_a_silent_diary_is_an_error_that_the_flow_knows(desk: Desk) -> None:
    desk.diary.refusal = {"find": Unavailable("down")}

    result = await desk.run("action_find_openings", visit_type="first_visit", wish="asap")

    assert slots(result) == {"openings_result": "error"}


async def test_a_visit_that_the_practice_no_longer_has_is_asked_again(desk: Desk) -> None:
    result = await desk.run("action_find_openings", visit_type="whitening", wish="asap")

    assert slots(result) == {"openings_result": "unknown_visit"}


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("it", ["mar 3/3 09:00", "mar 3/3 10:00", "Altri orari"]),
        ("en", ["Tue 3 Mar 09:00", "Tue 3 Mar 10:00", "Other times"]),
        ("ru", ["вт 3.03 09:00", "вт 3.03 10:00", "Другое время"]),
    ],
)
async def test_the_offer_is_openings_and_a_way_to_others(desk: Desk, language: str, shown: list[str]) -> None:
    desk.language = language
    desk.diary.free = [TUESDAY_NINE, TUESDAY_TEN]
    await desk.run("action_find_openings", visit_type="first_visit", wish="asap")

    result = await desk.run("action_ask_opening")

    assert titles(result) == shown
    assert result.responses[0]["buttons"][0] == {
        "title": shown[0],
        "payload": f"/SetSlots(opening={TUESDAY_NINE.ref})",
        "description": "dott. Marco Rossi",
        "start": "2026-03-03T09:00",
        "practitioner": "rossi",
    }


async def test_an_offer_that_has_grown_old_is_looked_up_again(desk: Desk) -> None:
    desk.diary.free = [TUESDAY_NINE, TUESDAY_TEN]
    await desk.run("action_find_openings", visit_type="first_visit", wish="asap")
    desk.at = TUESDAY_NINE.start
    desk.diary.free = WEEK[1:]

    result = await desk.run("action_ask_opening")

    assert titles(result)[0] == "mar 3/3 10:00"
    assert slots(result) == {"openings_on_offer": [o.ref for o in WEEK[1:7]]}


async def test_an_old_offer_of_a_silent_diary_shows_what_can_still_come(desk: Desk) -> None:
    desk.diary.free = [TUESDAY_NINE, TUESDAY_TEN]
    await desk.run("action_find_openings", visit_type="first_visit", wish="asap")
    desk.at = TUESDAY_NINE.start
    desk.diary.refusal = {"find": Unavailable("down")}

    result = await desk.run("action_ask_opening")

    assert titles(result) == ["mar 3/3 10:00", "Altri orari"]


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_titles_fit_on_a_button_all_year_round(desk: Desk, language: str) -> None:
    desk.language = language
    first = wall("2026-01-01T23:45")
    for day in range(0, 366, 6):
        start = first + timedelta(days=day)
        made = opening(start.day, 22, 45, month=start.month)
        result = await desk.run("action_ask_opening", openings_on_offer=[made.ref])

        assert len(titles(result)[0]) <= 20


# -- holding and booking ----------------------------------------------------------------------------------


async def test_the_chosen_opening_is_kept_and_described(desk: Desk) -> None:
    result = await desk.run("action_hold_opening", opening=TUESDAY_NINE.ref, visit_type="first_visit")

    assert slots(result) == {
        "hold_result": "held",
        "visit_name": "prima visita",
        "opening_words": "martedì 3 marzo alle 09:00",
        "practitioner_name": "dott. Marco Rossi",
        "visit_place": PLACE,
    }
    assert desk.diary.holds[TUESDAY_NINE].contact == "anna"


@pytest.mark.parametrize(
    ("refusal", "outcome"),
    [(OpeningTaken(), "taken"), (PolicyRefused(), "refused"), (Unavailable(), "error")],
)
async def test_an_opening_that_cannot_be_kept_says_why(desk: Desk, refusal: Any, outcome: str) -> None:
    desk.diary.refusal = {"hold": refusal}

    result = await desk.run("action_hold_opening", opening=TUESDAY_NINE.ref, visit_type="first_visit")

    assert slots(result) == {"hold_result": outcome}


@pytest.mark.parametrize("named", [None, "", "nonsense", "rossi~cleaning~x~y", "rossi~first_visit~~"])
async def test_what_is_no_opening_is_refused(desk: Desk, named: str | None) -> None:
    result = await desk.run("action_hold_opening", opening=named, visit_type="first_visit")

    assert slots(result) == {"hold_result": "refused"}


async def test_an_opening_for_another_visit_is_refused(desk: Desk) -> None:
    result = await desk.run("action_hold_opening", opening=TUESDAY_NINE.ref, visit_type="cleaning")

    assert slots(result) == {"hold_result": "refused"}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", "martedì 3 marzo alle 09:00"),
        ("en", "Tuesday 3 March at 09:00"),
        ("ru", "вторник, 3 марта, 09:00"),
    ],
)
async def test_the_summary_speaks_the_patients_language(desk: Desk, language: str, words: str) -> None:
    desk.language = language

    result = await desk.run("action_ask_confirm_booking", opening=TUESDAY_NINE.ref)

    assert result.responses[0]["response"] == "utter_confirm_booking"
    assert result.responses[0]["opening_words"] == words


async def test_booking_stages_the_write_with_who_comes(desk: Desk) -> None:
    await desk.run("action_hold_opening", opening=TUESDAY_NINE.ref, visit_type="first_visit")

    result = await desk.run("action_book", patient_name="Anna Verdi", birth_date="1988-04-25")

    assert slots(result)["booking_result"] == "booked"
    assert result.writes == (
        BookHeld(
            hold=desk.diary.holds[TUESDAY_NINE],
            patient=PatientDetails(name="Anna Verdi", phone="+393331234567", birth_date=date(1988, 4, 25)),
            key="key 2",
            at=NOW,
        ),
    )


async def test_a_late_yes_takes_the_same_opening_again(desk: Desk) -> None:
    await desk.run("action_hold_opening", opening=TUESDAY_NINE.ref, visit_type="first_visit")
    desk.at = NOW + timedelta(hours=1)

    result = await desk.run("action_book", patient_name="Anna Verdi")

    assert slots(result)["booking_result"] == "booked"
    assert [write.hold.id for write in result.writes] == ["key 2:again"]


async def test_a_late_yes_to_a_taken_opening_books_nothing(desk: Desk) -> None:
    await desk.run("action_hold_opening", opening=TUESDAY_NINE.ref, visit_type="first_visit")
    desk.at = NOW + timedelta(hours=1)
    desk.diary.refusal = {"hold": OpeningTaken()}

    result = await desk.run("action_book", patient_name="Anna Verdi")

    assert (slots(result), result.writes) == ({"booking_result": "taken"}, ())


@pytest.mark.parametrize(
    ("refusal", "outcome"),
    [(PolicyRefused(), "expired"), (OpeningTaken(), "taken"), (Unavailable(), "error")],
)
async def test_a_booking_that_fails_says_why(desk: Desk, refusal: Any, outcome: str) -> None:
    await desk.run("action_hold_opening", opening=TUESDAY_NINE.ref, visit_type="first_visit")
    desk.diary.refusal = {"book": refusal}

    result = await desk.run("action_book", patient_name="Anna Verdi")

    assert (slots(result), result.writes) == ({"booking_result": outcome}, ())


async def test_holds_are_given_back(desk: Desk) -> None:
    await desk.run("action_hold_opening", opening=TUESDAY_NINE.ref, visit_type="first_visit")

    result = await desk.run("action_release_holds")

    assert (slots(result), desk.diary.holds) == ({"hold_result": None}, {})


async def test_a_diary_that_is_down_does_not_stop_a_cancellation(desk: Desk) -> None:
    desk.diary.refusal = {"release": Unavailable("down")}

    assert slots(await desk.run("action_release_holds")) == {"hold_result": None}


async def test_a_handoff_says_when_somebody_answers(desk: Desk) -> None:
    assert slots(await desk.run("action_prepare_handoff")) == {"staff_when": "al più presto"}
