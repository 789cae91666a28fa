"""What a patient wishes once they said more: what is kept, what is changed."""

from typing import Any

import pytest

from bot.domain.standing_wish import days_of, standing

THURSDAY, FRIDAY, SATURDAY = "2026-03-05", "2026-03-06", "2026-03-07"
AFTERNOON = ["13:00", "19:00"]
MORNING = ["09:00", "12:00"]


def day(written: str) -> list[str]:
    return days(written, written)


def days(first: str, last: str) -> list[str]:
    after = f"{last[:-2]}{int(last[-2:]) + 1:02d}"
    return [f"{first}T00:00", f"{after}T00:00"]


def whole(written: str) -> list[str]:
    return [f"{written}T00:00", f"{written}T23:59"]


def at(written: str, start: str, end: str) -> list[str]:
    return [f"{written}T{start}", f"{written}T{end}"]


def wish(*windows: list[str], part: list[str] | None = None, **marks: Any) -> dict[str, Any]:
    return {"windows": list(windows), "part": part, "asap": False, **marks}


def without(*holes: list[Any], **others: Any) -> dict[str, Any]:
    """A refusal of days, as it is understood; its windows are what it would leave of the coming two weeks."""
    return wish(days("2026-03-23", "2026-03-25"), without=list(holes), **others)


NO_FRIDAYS = without([FRIDAY, SATURDAY, True])
NOT_THIS_WEEK = without(["2026-03-02", "2026-03-09", False])


def test_a_new_day_keeps_the_part_of_the_day() -> None:
    assert standing(wish(part=AFTERNOON), wish(day(THURSDAY))) == wish(day(THURSDAY), part=AFTERNOON)
    assert standing("afternoon", wish(day(THURSDAY))) == wish(day(THURSDAY), part=["13:00", "23:59"])


def test_a_new_day_keeps_the_hours_of_the_day_before() -> None:
    at_three = wish(at(THURSDAY, "15:00", "16:00"), exact=True)

    assert standing(at_three, wish(day(FRIDAY))) == wish(day(FRIDAY), part=["15:00", "16:00"], exact=True)


def test_days_with_different_hours_leave_none_to_a_third() -> None:
    two = wish(at(THURSDAY, "09:00", "12:00"), at(FRIDAY, "14:00", "18:00"))

    assert standing(two, wish(day(SATURDAY))) == wish(day(SATURDAY))


def test_one_of_the_days_that_were_wished_for_keeps_its_own_hours() -> None:
    two = wish(at(THURSDAY, "09:00", "12:00"), at(FRIDAY, "14:00", "18:00"))

    assert standing(two, wish(day(FRIDAY))) == wish(at(FRIDAY, "14:00", "18:00"))


def test_new_hours_keep_the_days() -> None:
    both = wish(day(THURSDAY), day(FRIDAY), part=MORNING)

    assert standing(both, wish(part=AFTERNOON)) == wish(whole(THURSDAY), whole(FRIDAY), part=AFTERNOON)


def test_several_new_hours_keep_the_days_too() -> None:
    early_or_late = wish(at("2026-03-02", "09:00", "10:00"), hours=[["09:00", "10:00"], ["17:00", "19:00"]])

    assert standing(wish(day(THURSDAY)), early_or_late) == wish(
        at(THURSDAY, "09:00", "10:00"), at(THURSDAY, "17:00", "19:00")
    )


def test_a_day_with_hours_replaces_both() -> None:
    stood = wish(day(THURSDAY), part=MORNING)

    assert standing(stood, wish(at(FRIDAY, "15:00", "16:00"), exact=True)) == wish(
        at(FRIDAY, "15:00", "16:00"), exact=True
    )
    assert standing(stood, wish(day(FRIDAY), part=AFTERNOON)) == wish(whole(FRIDAY), part=AFTERNOON)


def test_as_soon_as_possible_replaces_everything() -> None:
    stood = wish(day(THURSDAY), part=MORNING)

    assert standing(stood, "asap") == "asap"
    assert standing(stood, wish() | {"asap": True}) == wish() | {"asap": True}


def test_where_nothing_stands_the_words_are_all() -> None:
    alone = wish(days("2026-03-23", "2026-03-25"))

    assert standing(None, NO_FRIDAYS) == alone
    assert standing("asap", NO_FRIDAYS) == alone


def test_a_refused_weekday_is_taken_off_what_stands_each_week() -> None:
    month = wish(days("2026-04-01", "2026-04-29"), part=AFTERNOON)

    merged = standing(month, NO_FRIDAYS)

    assert [d.day for d in days_of(merged)] == [n for n in range(1, 30) if n not in (3, 10, 17, 24)]
    assert merged["part"] == AFTERNOON


def test_a_week_that_is_refused_leaves_the_part_of_the_day() -> None:
    assert standing(wish(part=AFTERNOON), NOT_THIS_WEEK) == wish(
        days("2026-03-23", "2026-03-25"), part=AFTERNOON
    )
    assert standing(wish(days(THURSDAY, "2026-03-10"), part=AFTERNOON), NOT_THIS_WEEK) == wish(
        days("2026-03-09", "2026-03-10"), part=AFTERNOON
    )


def test_where_a_refusal_leaves_no_day_those_that_follow_are_wished_for() -> None:
    stood = wish(at(FRIDAY, "14:00", "18:00"))

    assert standing(stood, NO_FRIDAYS) == wish(
        days(SATURDAY, "2026-03-12"), days("2026-03-14", "2026-03-19"), part=["14:00", "18:00"]
    )


def test_refused_hours_are_taken_off_the_hours_that_stand() -> None:
    not_early = wish(part=["10:00", "19:00"], left_hours=[["10:00", "19:00"]])

    assert standing(wish(day(THURSDAY), part=MORNING), not_early) == wish(
        day(THURSDAY), part=["10:00", "12:00"]
    )
    assert standing(wish(at(THURSDAY, "09:00", "12:00")), not_early) == wish(at(THURSDAY, "10:00", "12:00"))
    assert standing(wish(day(THURSDAY)), not_early) == wish(whole(THURSDAY), part=["10:00", "19:00"])


def test_an_hour_refused_in_the_middle_leaves_both_sides_of_it() -> None:
    not_at_three = wish(
        at("2026-03-02", "09:00", "15:00"), left_hours=[["09:00", "15:00"], ["16:00", "19:00"]]
    )

    assert standing(wish(day(THURSDAY), part=AFTERNOON), not_at_three) == wish(
        at(THURSDAY, "13:00", "15:00"), at(THURSDAY, "16:00", "19:00")
    )


def test_where_a_refusal_leaves_no_hour_the_others_of_the_day_are_wished_for() -> None:
    no_mornings = wish(part=["12:00", "19:00"], left_hours=[["12:00", "19:00"]])

    assert standing(wish(day(THURSDAY), part=MORNING), no_mornings) == wish(
        whole(THURSDAY), part=["12:00", "19:00"]
    )


def test_a_day_that_would_do_too_is_added_with_the_same_hours() -> None:
    friday_too = wish(day(FRIDAY), besides=True)

    assert standing(wish(day(SATURDAY), part=MORNING), friday_too) == wish(
        day(SATURDAY), day(FRIDAY), part=MORNING
    )
    assert standing(wish(at(SATURDAY, "11:00", "13:00")), friday_too) == wish(
        at(SATURDAY, "11:00", "13:00"), at(FRIDAY, "11:00", "13:00")
    )


def test_hours_that_would_do_too_are_added() -> None:
    stood = wish(day(THURSDAY), part=AFTERNOON)

    assert standing(stood, wish(part=["12:00", "13:00"], besides=True)) == wish(
        whole(THURSDAY), part=["12:00", "19:00"]
    )
    assert standing(stood, wish(part=MORNING, besides=True)) == wish(
        at(THURSDAY, "13:00", "19:00"), at(THURSDAY, "09:00", "12:00")
    )


def test_a_plain_weekday_is_that_of_the_weeks_that_were_wished_for() -> None:
    next_week = wish(days("2026-03-09", "2026-03-14"), part=AFTERNOON)

    assert standing(next_week, wish(day(THURSDAY), weekdays=True)) == wish(day("2026-03-12"), part=AFTERNOON)
    assert standing(next_week, wish(day(THURSDAY))) == wish(day(THURSDAY), part=AFTERNOON)


def test_a_weekday_outside_of_what_was_wished_for_is_the_coming_one() -> None:
    assert standing(wish(day(FRIDAY)), wish(day(THURSDAY), weekdays=True)) == wish(day(THURSDAY))


def test_doubts_are_those_of_the_last_words() -> None:
    stood = wish(part=AFTERNOON, in_doubt=True)

    assert standing(stood, wish(day(THURSDAY))) == wish(day(THURSDAY), part=AFTERNOON)
    assert standing(wish(part=AFTERNOON), wish(day(THURSDAY), in_doubt=True))["in_doubt"] is True


@pytest.mark.parametrize(
    "told",
    [
        wish(day(THURSDAY)),
        wish(part=MORNING),
        NO_FRIDAYS,
        NOT_THIS_WEEK,
        wish(day(FRIDAY), besides=True),
        wish(day(THURSDAY), weekdays=True),
        wish(part=["10:00", "19:00"], left_hours=[["10:00", "19:00"]]),
        "morning",
        "asap",
    ],
)
@pytest.mark.parametrize(
    "stood", [wish(days("2026-03-09", "2026-03-14"), part=AFTERNOON), wish(part=AFTERNOON)]
)
def test_saying_the_same_again_changes_nothing(stood: dict[str, Any], told: Any) -> None:
    once = standing(stood, told)

    assert standing(once, once) == once
    assert days_of(standing(once, told)) == days_of(once)
