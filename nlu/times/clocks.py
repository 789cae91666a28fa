"""Reads hours: "at 3", "dopo le 17", "tra le 9 e le 11", "around noon", "вечером"."""

from nlu.times.bare_answers import is_a_fallback, is_an_answer
from nlu.times.bare_hours import after_a_day, are_hours, before_a_day, follows_a_day, is_an_hour
from nlu.times.dates import read_date
from nlu.times.hours import part_hours
from nlu.times.moments import read_moment
from nlu.times.one_of_two import is_listed_with_a_date, is_one_of_two
from nlu.times.pieces import Clock, Moment
from nlu.times.tape import Tape
from nlu.times.written import is_quarter_past


def read_clock(tape: Tape, place: int) -> tuple[Clock, int] | None:
    """The time of day that begins at `place`, and the place after it."""
    return (
        _range(tape, place)
        or _bounded(tape, place)
        or _around(tape, place)
        or _point(tape, place)
        or _part(tape, place)
    )


_CLOSING = 21 * 60
_BEGINS_HOURS = ("digits", "number", "at", "clock_exact", "clock_spoken", "half", "quarter")


def _range(tape: Tape, place: int) -> tuple[Clock, int] | None:
    begin = tape.skip(place, "from", "between", most=2)
    announced = begin > place
    if tape.has(place, "instead"):  # "anziché alle 15 alle 16"
        return None
    if not announced and not tape.has(place, *_BEGINS_HOURS):
        return None
    begin = tape.skip(begin, "at", most=1)
    if is_quarter_past(tape, begin):  # "в 10-15"
        return None
    between = announced and tape.has(place, "between")
    for first in (read_moment(tape, begin), read_moment(tape, begin, brief=True)):
        if first is None:
            continue
        spelled = tape.has(begin, "number") and tape.at(begin + 1).text == "-" and tape.at(begin + 1).glued
        if spelled and tape.get(begin + 2, "number") in (15, 20, 30, 40, 45, 50):  # "nine-fifteen"
            return None
        start, middle, start_sure = first
        to = tape.skip(middle, "soft", most=1) if announced else middle
        if announced and tape.has(to, "clock_spoken") and not between:  # "dalle 9 all'una"
            to -= 1
        elif not (tape.has(to, "to") or (between and tape.has(to, "and"))):
            continue
        last = tape.skip(to + 1, "at", "to", most=2)
        second = read_moment(tape, last)
        if second is None:
            continue
        if (
            tape.has(to, "to_day")
            and not start_sure
            and not (second[2] or are_hours(tape, place, last, second[1]))
        ):
            continue
        end, after, end_sure = second
        placed = (
            announced
            or start_sure
            or _is_near_a_day(tape, place, after)
            or _follows_a_range(tape, place)
            or _leads_a_range(tape, after)
            or tape.has(place - 1, "except")
            or after_a_day(tape, place)
            or before_a_day(tape, after)
        )
        dash = tape.at(to).text == "-" and not tape.is_unknown(after)  # not "2-3 questions"
        until = tape.has(to, "until") or tape.at(to).text in ("thru", "through")
        dash = dash or (until and tape.has(begin, "digits") and tape.has(last, "digits"))
        told = tape.at(to).text == "to" and _are_one_after_other(tape, start, second)  # "9 to 11 am"
        told = told or (until and second[2] and second[0].minutes % 60 != 0)  # "2 till half 4"
        if not (placed or dash or told) and (
            tape.has(to, "minus") or not (tape.asked_for_time or tape.has(place, "at"))
        ):
            continue
        sure = start_sure or end_sure or tape.has(begin - 1, "at") or tape.has(last - 1, "at")
        sure = sure or (dash and until)
        if (
            announced
            and tape.get(after, "unit") == "hour"
            and 7 * 60 <= start.minutes < end.minutes <= _CLOSING
        ):
            return Clock("range", start, end), after + 1  # "from 13 to 16 hours"
        dated = tape.has(after, "month") and not end_sure  # "from 10am to 12 March"
        if dated or not _is_a_time(tape, after, sure) or start.minutes in end.readings():
            continue
        return Clock("range", start, end, sure=sure or announced), after
    return None


def _are_one_after_other(tape: Tape, start: Moment, end: tuple[Moment, int, bool]) -> bool:
    """ "9 to 11 am", "10 to half 12", but "5 to 11 am" is 10:55."""
    if not end[2] or start.minutes % 60 or start.minutes in (300, 1200):
        return False
    last = next(iter(end[0].readings()))
    return any(0 < last - reading <= 360 for reading in start.readings())


def _follows_a_range(tape: Tape, place: int) -> bool:
    """ "From 9 to 11 or 2 to 5": hours as the first are."""
    if not tape.has(place - 1, "or", "and") or place - 2 not in tape.read:
        return False
    return any(tape.has(p, "to") and p in tape.read for p in range(place - 6, place - 2))


def _leads_a_range(tape: Tape, after: int) -> bool:
    """ "10 to 11 or 3 to 4 on Wed"."""
    first = tape.number(after + 1) if tape.has(after, "or") else None
    return first is not None and tape.has(first[1], "to") and tape.number(first[1] + 1) is not None


def _is_near_a_day(tape: Tape, place: int, after: int) -> bool:
    """ "The 12th, 2 to 4", "2 to 4, tomorrow", "is 9 to 11 free on the 12th"."""
    if not tape.has(place, "digits") or tape.is_unknown(after) or tape.has(after, "counted", "unit", "month"):
        return False
    before = place - 1
    while before > place - 4 and (tape.has(before, "soft", "filler") or tape.at(before).text == "-"):
        before -= 1
    if before in tape.read and tape.has(before, "weekday", "relative", "ordinal_sign", "month", "digits"):
        return True
    if before in tape.read and tape.has(before, "unit") and tape.has(before - 1, "weekday"):
        return True  # "Wednesday week, 10 to 12"
    behind = tape.skip(after, "soft", "filler", "wishing", most=3)
    return tape.has(behind, "weekday", "relative") or read_date(tape, behind, bare=False) is not None


def _bounded(tape: Tape, place: int) -> tuple[Clock, int] | None:
    """After, before, by, from ... on."""
    after_word = tape.has(place, "after")
    before_word = tape.has(place, "before") or tape.has(place, "by")
    before_word = before_word or (tape.has(place, "by_hour") and tape.has(place + 1, "digits", "number"))
    from_word = tape.has(place, "from_on") and not after_word
    if not (after_word or before_word or from_word):
        return _trailing(tape, place)
    negated = tape.has(place, "not_before")
    begin = tape.skip(place + 1, "at", "around", most=2)
    begin += tape.at(begin).text == "like"  # "any time after like 11"
    read = read_moment(tape, begin)
    if read is None:
        return _before_part(tape, place + 1) if before_word and not negated else None
    moment, end, sure = read
    marked = tape.has(begin - 1, "at") or tape.has(place, "at_hours")
    onward = tape.is_onward(end)
    if not _is_a_time(tape, end, sure or marked or negated or onward):
        return None
    told = sure or marked or onward or negated or tape.asked_for_time
    if not told and tape.is_unknown(end) and (from_word or not tape.has(place, "after", "before")):
        return None
    if onward:
        end += 1
    if after_word or from_word:
        return Clock("after", moment), end
    return Clock("before", end=moment), end


def _before_part(tape: Tape, place: int) -> tuple[Clock, int] | None:
    """ "Prima dell'ora di pranzo", "before the afternoon"."""
    begin = tape.skip(place, "day_number", "of", "filler", most=2)
    if tape.get(begin, "part") not in _AFTER_SOMETHING:
        return None
    start = part_hours(tape.get(begin, "part"), tape.vocabulary, tape.context)[0]
    return Clock("before", end=Moment(start)), begin + 1


_AFTER_SOMETHING = ("lunch", "afternoon", "evening")


def _trailing(tape: Tape, place: int) -> tuple[Clock, int] | None:
    """ "5 or later", "le 17 in poi"."""
    begin = tape.skip(place, "at", most=1)
    read = read_moment(tape, begin)
    if read is None:
        return None
    if tape.is_onward(read[1]) and (read[2] or begin > place or tape.at(read[1]).text != "on"):
        return Clock("after", read[0]), read[1] + 1
    if tape.has(read[1], "or_earlier") and tape.number(read[1] + 1) is None:
        return Clock("before", end=read[0]), read[1] + 1
    return None


_LATEST = 19 * 60  # of hours that are told in one number


def _around(tape: Tape, place: int) -> tuple[Clock, int] | None:
    if not tape.has(place, "around"):
        return _turned_round(tape, place)
    begin = tape.skip(place + 1, "at", "around", most=2)
    if tape.has(begin, "digits") and (span := _range(tape, begin)) is not None:  # "around 4pm-5pm"
        return span
    if (span := _hours_in_words(tape, begin)) is not None:
        return span
    read = read_moment(tape, begin)
    if read is None or not _is_a_time(tape, read[1], read[2]) or tape.has(read[1], "number_of_day", "month"):
        return None
    if read[0].minutes > _LATEST and not read[2]:  # "verso il 20" is a day
        return None
    if tape.has(read[1], "to") and (last := tape.number(read[1] + 1)) and tape.has(last[1], "month"):
        return None  # "around 15-16 March"
    return Clock("around", read[0]), tape.skip(read[1], "oclock", most=1)


def _hours_in_words(tape: Tape, place: int) -> tuple[Clock, int] | None:
    """ "Часов в десять-одиннадцать": from the one to the other."""
    if not (tape.has(place, "number") and tape.at(place + 1).text == "-" and tape.vocabulary.hours_follow):
        return None
    first, last = tape.get(place, "number"), tape.get(place + 2, "number")
    if last is None or not 1 <= first < last <= min(first + 2, 12) or tape.has(place + 3, "counted", "unit"):
        return None
    return Clock("range", Moment(first * 60, open=True), Moment(last * 60, open=last < 12)), place + 3


def _turned_round(tape: Tape, place: int) -> tuple[Clock, int] | None:
    """ "Пятница, часа два": about two o'clock, where a day stands before it; alone it may last so long."""
    if not tape.vocabulary.hours_follow or tape.get(place, "unit") != "hour":
        return None
    before = place - 1
    while before > place - 3 and tape.has(before, "filler", "soft"):
        before -= 1
    read = read_moment(tape, place + 1)
    told = before in tape.read and tape.has(before, "weekday", "relative", "month", "ordinal_sign")
    if read is None or not told or not 1 <= read[0].minutes // 60 <= 12:
        return None
    ends = read[1] >= len(tape) or tape.has(read[1], "soft", "wishing", "filler")
    return (Clock("around", read[0]), read[1]) if ends else None


def _point(tape: Tape, place: int) -> tuple[Clock, int] | None:
    begin = tape.skip(place, "at", "at_weak", most=2)
    read = read_moment(tape, begin)
    if read is None:
        return None
    moment, end, sure = read
    if tape.at(begin).text == "one" and tape.at(begin - 1).text in _WHICH:
        return None  # "either one in the morning"
    if not sure and begin > place and is_listed_with_a_date(tape, end):
        return None
    lasting = not sure and begin == place and tape.at(end).text == "or" and tape.number(end + 1)
    if lasting and tape.get(lasting[1], "unit") == "hour":
        return None  # "1 or 2 hours"
    if begin > place and not tape.has(begin - 1, "at") and _is_a_date(tape, begin, end):
        return None
    if not sure and end == begin + 1 == place + 1 and _is_pronoun(tape, place):
        return None
    strong = tape.has_any(range(place, begin), "at") or (
        begin > place and (tape.speaks_of_moving or follows_a_day(tape, place))
    )
    strong = strong or (not sure and (is_an_hour(tape, place, end) or is_an_hour(tape, begin, end)))
    strong = strong or (not sure and is_a_fallback(tape, place, end))
    strong = strong or (not sure and is_one_of_two(tape, place, end))
    if not (sure or strong or tape.asked_for_time or is_an_answer(tape, place)):
        return None
    if not sure and (not _is_a_time(tape, end, strong) or tape.has(end, "month", "number_of_day")):
        return None
    if not sure and not strong and not _is_bare_answer(tape, place, end, moment):
        return None
    if tape.has(end, "around") and not tape.has(end + 1, "digits", "number", "at"):
        return Clock("around", moment), end + 1
    return Clock("point", moment, sure=sure or strong), end


def _is_a_date(tape: Tape, place: int, end: int) -> bool:
    """ "На 16.03": where times are not written with a dot."""
    dotted = end == place + 3 and tape.at(place + 1).text == "."
    found = read_date(tape, place, bare=False) if dotted and not tape.vocabulary.times_are_dotted else None
    return found is not None and bool(found[0].ranges)


_SHORT = 5  # lexemes of an answer
_WHICH = ("either", "which", "any", "each", "every", "other", "later", "earlier", "latter", "last", "new")


def _is_pronoun(tape: Tape, place: int) -> bool:
    """ "The Friday one": no hour."""
    if tape.vocabulary.language != "en" or tape.at(place).text != "one":
        return False
    if tape.at(place + 1).text in ("for", "with", "at") and not tape.has(place - 1, "weekday", "relative"):
        return True  # "one for me at 10"
    if not tape.has(place - 1, "weekday"):
        return False
    if tape.at(place - 2).text in ("a", "an") or tape.has(place - 2, "onto"):  # "with a Friday one"
        return True
    return tape.has(place - 2, "day_number", "this", "next") or tape.context.asking == "opening"


def _part(tape: Tape, place: int) -> tuple[Clock, int] | None:
    for half, part in (("first_half", "morning"), ("second_half", "afternoon")):
        day = tape.skip(place + 1, "at", "filler", "of", most=1)
        behind = tape.has_any((place - 1, place - 2), "weekday", "relative", "weekend")
        if tape.has(place, half) and (behind or tape.has(day, "weekday", "relative")):
            return Clock("part", part=part), place + 1
    if tape.has(place, "every") and tape.has(place + 1, "part") and not tape.has(place, "part"):
        return Clock("part", part=tape.get(place + 1, "part")), place + 2  # "every morning"
    name = tape.get(place, "part")
    named = tape.skip(place + 1, "to", "soft", most=1)  # "день любой", "день - четверг", "на день позже"
    beside = tape.has(place - 1, "or", "and") and tape.has(place - 2, "part")
    if name == "day_noun" and (beside or tape.has(tape.skip(place + 1, "soft", most=1), "than")):
        return Clock("part", part="day"), place + 1  # "утро/день", "день, чем вечер"
    if name == "day_noun" and tape.has(named, "weekday", "indifferent", "whenever"):
        return None
    later = tape.has(place + 1, "after", "before") and tape.number(place + 2) is None
    if name in ("day", "day_noun") and later and not tape.at(place).text.endswith("м"):
        return None
    apart = not tape.has(place - 1, *_DAYS) and place + 1 < len(tape) and not tape.has(place + 1, "soft")
    if name == "day_noun" and apart:  # "20 марта, день равноденствия"
        return None
    if not name or (name in _BESIDE_A_DAY and not _stands_beside_a_day(tape, place)):
        return None
    if name in _FIRST_OR_LAST and tape.at(place).text and not _stands_beside_a_day(tape, place):
        return None
    ends = tape.skip(place + 1, "filler", most=1) if tape.has(place + 1, "filler") else place + 1
    other = tape.get(ends + 1, "part") if tape.has(ends, "to") and not tape.has(ends, "or") else None
    if other and tape.has(place + 1, "to") and tape.at(place + 1).text != "-":  # "с обеда до вечера"
        return _from_part_to_part(tape, name, other), ends + 2
    return Clock("part", part=name), place + 1


def _from_part_to_part(tape: Tape, one: str, other: str) -> Clock:
    start = part_hours(one, tape.vocabulary, tape.context)[0]
    end = part_hours(other, tape.vocabulary, tape.context)[0]
    return Clock("range", Moment(start), Moment(end)) if start < end else Clock("part", part=one)


_DAYS = ("weekday", "relative", "month", "number_of_day", "ordinal_sign", "digits")
#: Parts whose words mean something else elsewhere: "Monday am" but "am I", "domani presto" but "a presto".
_BESIDE_A_DAY = ("am", "pm", "early", "late", "night", "day_noun", "first_slot", "last_slot")
#: Of these only the single words: "первой в четверг" but "первой помощи".
_FIRST_OR_LAST = ("first_thing", "last_of_day")


def _is_said_alone(tape: Tape, place: int) -> bool:
    """ "PM if possible", "am only": a short answer with nothing else in it."""
    if tape.get(place, "part") not in ("am", "pm") or len(tape) > _SHORT or tape.at(place + 1).text == "i":
        return False
    others = [p for p in range(len(tape)) if p != place]
    return all(tape.has(p, "filler", "soft", "wishing", "or", "indifferent", "cannot", "not") for p in others)


def _stands_beside_a_day(tape: Tape, place: int) -> bool:
    if _is_said_alone(tape, place):
        return True
    days = ("weekday", "relative", "month", "number_of_day", "digits", "day_part")
    after = tape.skip(place + 1, "at", "of", "filler", most=1)
    if tape.get(place, "part") not in ("am", "pm") and tape.has(after, "relative", "weekday"):
        return True
    if tape.has(place - 1, "so") and place > 1:
        return True
    before = place - 1  # "10th (pm)", "12 March - pm", "Thursday, early"
    while before > place - 3 and (tape.has(before, "soft") or tape.at(before).text == "-"):
        before -= 1
    if tape.get(place, "part") == "early" and tape.has(place - 1, "whenever"):  # "в любой день пораньше"
        return True
    named = before in tape.read and (tape.has(before, "month_short") or tape.get(before, "unit") == "week")
    if named or tape.has(before, *days, "ordinal_sign", "ordinal"):
        return before == place - 1 or tape.at(place + 1).text != "i"  # "on Thursday, am I late?"
    half = tape.get(place, "part") in ("am", "pm")
    if half and tape.has(place - 1, "filler") and tape.has(place - 2, "soft") and place - 3 in tape.read:
        return tape.has(place - 3, *days, "ordinal_sign")  # "anything on Weds? Preferably pm"
    if tape.has(place - 1, "soft") and not tape.has(place + 1, "cannot"):  # "Thursday if possible, late"
        while before > place - 5 and tape.has(before, "soft", "filler"):
            before -= 1
        if before in tape.read and tape.has(before, *days, "ordinal_sign") and tape.at(place + 1).text != "i":
            return True
    if (
        place
        and not tape.has(place - 1, "soft", "or", "wishing")
        and (half or not tape.has(place - 1, "filler"))
    ):
        return False
    behind = tape.skip(place + 1, "soft", "filler", most=1)
    found = read_date(tape, behind)
    return tape.has(behind, "weekday", "relative") or (found is not None and bool(found[0].ranges))


def _is_bare_answer(tape: Tape, place: int, end: int, moment: Moment) -> bool:
    """A bare number answers "when?" unless it is one of the offered choices."""
    if tape.has(place, "number") and tape.is_unknown(end):  # "un dente", "one thing"
        return False
    if tape.context.asking == "opening" and moment.minutes <= 60 * len(tape.context.choices):
        hours = {choice.start.hour % 12 for choice in tape.context.choices if choice.start}
        return moment.minutes // 60 % 12 in hours
    return True


def _is_a_time(tape: Tape, end: int, sure: bool) -> bool:
    """False where the number counts something: "4 people", "in 2 weeks", "6 anni"."""
    if tape.has(end, "counted") or (
        tape.get(end, "unit") in ("day", "week", "month", "year") and not tape.has(end, "ampm_am", "ampm_pm")
    ):
        return False
    return sure or not tape.has(end, "unit") or tape.has(end, "ampm_am", "ampm_pm")
