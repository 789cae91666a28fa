"""How phrases and what was learnt agree on a red flag."""

from nlu.alarm_judgement import judged
from nlu.alarm_sense import Weighed
from nlu.alarms import Alarms
from nlu.understanding import Intent, RedFlag

AIRWAY = RedFlag(level="A", key="airway")
BLEEDING = RedFlag(level="A", key="bleed")
SWELLING = RedFlag(level="C", key="swelling")
KINDS = {"A": "bleed", "B": "avulsion", "C": "crown"}
PAIN = RedFlag(level="C", key="pain")


def heard(*flags: RedFlag, denied: bool = False, doubted: bool = False) -> Alarms:
    first = flags[0] if flags else None
    return Alarms(first, flags[1:], risk=False, denied=denied, doubted=doubted)


def weighed(grave: float = 0.0, pressing: float = 0.0, none: float = 0.0) -> Weighed:
    return Weighed(grave=grave, pressing=max(grave, pressing), none=none, kinds=KINDS)


def test_what_only_the_phrases_hear_of_level_a_stands_unless_it_is_all_but_certainly_nothing() -> None:
    assert judged(heard(BLEEDING), weighed(none=0.94), (), 9) == (BLEEDING,)
    assert judged(heard(BLEEDING), weighed(none=0.96), (), 9) == ()


def test_the_same_holds_where_minutes_count() -> None:
    assert judged(heard(AIRWAY), weighed(none=0.94), (), 9) == (AIRWAY,)
    assert judged(heard(AIRWAY), weighed(none=0.96), (), 9) == ()


def test_a_shout_is_never_taken_back() -> None:
    assert judged(heard(BLEEDING), weighed(none=1.0), (), 2) == (BLEEDING,)


def test_a_feared_emergency_said_in_two_words_is_taken_back_all_the_same() -> None:
    assert judged(heard(AIRWAY, doubted=True), weighed(none=0.95), (), 2) == ()


def test_with_words_of_doubt_as_well_it_may_be_taken_back() -> None:
    assert judged(heard(AIRWAY, doubted=True), weighed(none=0.95), (), 9) == ()
    assert judged(heard(AIRWAY, doubted=True), weighed(none=0.5), (), 9)[0] == AIRWAY


def test_a_swelling_that_sounds_like_none_is_taken_back() -> None:
    assert judged(heard(SWELLING), weighed(none=0.75), (), 9) == ()
    assert judged(heard(SWELLING), weighed(none=0.65), (), 9)[0].level == "C"


def test_in_a_language_without_lessons_nothing_is_taken_back() -> None:
    flags = judged(heard(SWELLING), weighed(none=0.95), (), 9, in_told_language=False)

    assert flags == (SWELLING,)


def test_what_no_phrase_foresaw_is_heard_at_its_level() -> None:
    assert judged(heard(), weighed(grave=0.8, none=0.1), (), 9) == (RedFlag(level="A", key="bleed"),)
    assert judged(heard(), weighed(pressing=0.8, none=0.1), (), 9) == (RedFlag(level="B", key="avulsion"),)
    assert judged(heard(), weighed(none=0.2), (), 9) == (RedFlag(level="C", key="crown"),)


def test_how_bad_a_pain_is_the_words_alone_say() -> None:
    like_pain = Weighed(grave=0.0, pressing=0.0, none=0.1, kinds={**KINDS, "C": "pain"})

    assert judged(heard(), like_pain, (), 9) == ()
    assert judged(heard(PAIN), weighed(none=0.95), (), 9) == (PAIN,)


def test_the_graver_flag_comes_first_and_the_other_stays() -> None:
    flags = judged(heard(SWELLING), weighed(grave=0.8, none=0.1), (), 9)

    assert flags == (RedFlag(level="A", key="bleed"), SWELLING)


def test_what_is_denied_or_said_in_two_words_has_to_sound_more_like_it() -> None:
    assert judged(heard(denied=True), weighed(grave=0.45, none=0.55), (), 9) == ()
    assert judged(heard(), weighed(grave=0.4, none=0.55), (), 2) == ()


def test_a_message_that_plainly_wants_something_else_has_to_sound_more_like_it() -> None:
    wants_a_visit = (Intent(name="book_visit", confidence=0.9),)
    in_pain = (Intent(name="urgent_pain", confidence=0.8),)
    surely_in_pain = (Intent(name="urgent_pain", confidence=0.95),)

    assert judged(heard(), weighed(grave=0.45, none=0.55), wants_a_visit, 9) == ()
    assert judged(heard(), weighed(grave=0.5, none=0.5), in_pain, 9)[0].level == "A"
    assert judged(heard(), weighed(grave=0.5, none=0.5), surely_in_pain, 9) == ()
    assert judged(heard(), weighed(grave=0.7, none=0.3), surely_in_pain, 9)[0].level == "A"
