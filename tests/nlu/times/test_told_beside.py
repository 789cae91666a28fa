"""What is told or asked beside a wish, or instead of one, in English; said on Monday 2 March 2026 at 8."""

import pytest

from tests.nlu.times.telling import moment, told

NO_VISIT = [
    "Can I go swimming after the extraction on Friday?",
    "is it safe to fly after 3 days",
    "Should I stop taking them before 5pm?",
    "could someone phone me after 4 about the invoice",
    "is there parking on Saturdays?",
    "Can you check whether my appointment is on Tuesday or Wednesday?",
    "am I still on for Thursday at 2",
    "my next visit, is it the 5th or the 6th?",
    "it has ached since the injection on Thursday",
    "please give my 3pm Tuesday slot to somebody else",
]

TOLD = [
    ("I'm wallpapering on Tuesday so Thursday please", "03-05"),
    ("no Mondays no Tuesdays, Thursday is fine", "03-05"),
    ("can't do Wednesday can't do Thursday but Friday works", "03-06"),
    ("Wednesday? Absolutely not, Friday", "03-06"),
    ("any time but not before 11 on Friday", "03-06 11:00-19:00"),
    ("Friday please, 2 or 3", "03-06 14:00-15:00, 03-06 15:00-16:00"),
    ("like 10 or half 10 on Thursday", "03-05 10:00-11:00, 03-05 10:30-11:30"),
    ("Do you have 9 on Thursday? If not, 10", "03-05 09:00-10:00, 03-05 10:00-11:00"),
    ("Is 5pm on Friday gone? If it is, 4.30 then", "03-06 17:00-18:00, 03-06 16:30-17:30"),
    ("your soonest appointment on Tuesday please", "03-03 09:00-10:00"),
    ("the earliest I can do is Friday", "03-06, asap"),
    ("This week is my only chance. Wednesday or Friday", "03-04, 03-06"),
    ("I can be over by 4.15 on Thursday", "03-05 16:15-17:15"),
    ("I've got 2pm on Friday, could it be 4pm that day?", "03-06 16:00-17:00"),
    ("please move my visit on Friday from 10 o'clock to 12 o'clock", "03-06 12:00-13:00"),
    ("push my 2pm on Friday back by half an hour", "03-06 14:30-15:30"),
    ("could you delay my Friday appointment by two weeks", "03-20"),
    ("Friday over Thursday, but both are fine", "03-06, 03-05"),
    ("Friday until 1 I'm free, after that I have choir", "03-06 09:00-13:00"),
    ("before Good Friday, that's the 3rd of April", "03-02..04-02"),
    ("anything today, I could be there in 15 minutes", "03-02"),
    ("tomorrow 2 45 please", "03-03 14:45-15:45"),
    ("Thursday 4 : 15", "03-05 16:15-17:15"),
    ("Wednesday, any time except 1 to 2", "03-04 09:00-13:00, 03-04 14:00-19:00"),
    ("ideally June but May is fine", "06-01..06-30, 05-01..05-31"),
    ("Wednesday, any time after like 2", "03-04 14:00-19:00"),
]


@pytest.mark.parametrize("sentence", NO_VISIT)
def test_what_is_only_asked_or_told_wishes_for_no_time(sentence: str) -> None:
    understood = told(sentence, "en", moment())

    assert understood == "-"


@pytest.mark.parametrize(("sentence", "meaning"), TOLD)
def test_a_wish_is_told_from_what_stands_beside_it(sentence: str, meaning: str) -> None:
    understood = told(sentence, "en", moment())

    assert understood == meaning
