"""Reads times of day: "half past three", "alle 4 meno un quarto", "tra le 9 e le 11"."""

from nlu.times.pieces import Clock, Moment
from nlu.times.tape import Tape

_HALF_HOURS = (5, 10, 20, 25)
Read = tuple[Moment, int, bool]  # the moment, the place after it, and whether it can be nothing else


def read_clock(tape: Tape, place: int) -> tuple[Clock, int] | None:
    """The time of day that begins at `place`, and the place after it."""
    return (
        _range(tape, place)
        or _bounded(tape, place)
        or _around(tape, place)
        or _point(tape, place)
        or _part(tape, place)
    )


def _range(tape: Tape, place: int) -> tuple[Clock, int] | None:
    begin = tape.skip(place, "from", "between", most=2)
    announced = begin > place
    if not announced and not tape.has(place, "digits", "number", "at", "clock_exact", "clock_spoken"):
        return None
    begin = tape.skip(begin, "at", most=1)
    between = announced and tape.has(place, "between")
    for first in (_moment(tape, begin), _moment(tape, begin, brief=True)):
        if first is None:
            continue
        start, middle, start_sure = first
        to = tape.skip(middle, "soft", most=1) if announced else middle
        if announced and tape.has(to, "clock_spoken") and not between:  # "dalle 9 all'una"
            to -= 1
        elif not (tape.has(to, "to") or (between and tape.has(to, "and"))):
            continue
        if tape.has(to, "to_day") and not start_sure:
            continue
        dash = tape.at(to).text == "-"
        bare = not (announced or dash or start_sure or tape.asked_for_time)
        if bare and not tape.has(place, "at"):
            continue
        last = tape.skip(to + 1, "at", "to", most=2)
        second = _moment(tape, last)
        if second is None or (not announced and tape.has(to, "minus") and not dash and not start_sure):
            continue
        end, after, end_sure = second
        sure = start_sure or end_sure or tape.has(begin - 1, "at") or tape.has(last - 1, "at")
        if not _is_a_time(tape, after, sure) or end.minutes == start.minutes:
            continue
        if not sure and not tape.asked_for_time and not announced and not dash:
            continue
        return Clock("range", start, end, sure=sure or announced), after
    return None


def _bounded(tape: Tape, place: int) -> tuple[Clock, int] | None:
    """After, before, by, from ... on."""
    after_word = tape.has(place, "after")
    before_word = tape.has(place, "before") or tape.has(place, "by")
    from_word = tape.has(place, "from_on") and not after_word
    if not (after_word or before_word or from_word):
        return _trailing(tape, place)
    negated = tape.has(place, "not_before")
    begin = tape.skip(place + 1, "at", "around", most=2)
    read = _moment(tape, begin)
    if read is None:
        return None
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


def _trailing(tape: Tape, place: int) -> tuple[Clock, int] | None:
    """ "5 or later", "le 17 in poi"."""
    begin = tape.skip(place, "at", most=1)
    read = _moment(tape, begin)
    if read is None:
        return None
    if tape.is_onward(read[1]) and (read[2] or begin > place or tape.at(read[1]).text != "on"):
        return Clock("after", read[0]), read[1] + 1
    if tape.has(read[1], "or_earlier"):
        return Clock("before", end=read[0]), read[1] + 1
    return None


def _around(tape: Tape, place: int) -> tuple[Clock, int] | None:
    if not tape.has(place, "around"):
        return None
    begin = tape.skip(place + 1, "at", "around", most=2)
    read = _moment(tape, begin)
    if read is None or not _is_a_time(tape, read[1], read[2]):
        return None
    return Clock("around", read[0]), tape.skip(read[1], "oclock", most=1)


def _point(tape: Tape, place: int) -> tuple[Clock, int] | None:
    begin = tape.skip(place, "at", "at_weak", most=2)
    read = _moment(tape, begin)
    if read is None:
        return None
    moment, end, sure = read
    strong = any(tape.has(p, "at") for p in range(place, begin)) or (tape.speaks_of_moving and begin > place)
    if not sure and not strong and not tape.asked_for_time:
        return None
    if not sure and not _is_a_time(tape, end, strong):
        return None
    if not sure and not strong and not _is_bare_answer(tape, place, end, moment):
        return None
    if tape.has(end, "around") and not tape.has(end + 1, "digits", "number", "at"):
        return Clock("around", moment), end + 1
    return Clock("point", moment, sure=sure or strong), end


def _part(tape: Tape, place: int) -> tuple[Clock, int] | None:
    name = tape.get(place, "part")
    return (Clock("part", part=name), place + 1) if name else None


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
    if tape.has(end, "counted"):
        return False
    return sure or not tape.has(end, "unit") or tape.has(end, "ampm_am", "ampm_pm")


def _moment(tape: Tape, place: int, *, brief: bool = False) -> Read | None:
    """A clock time at `place`. `brief`: stop at the hour ("tra le 9 e 11")."""
    senses = tape.at(place).senses
    if not senses or tape.has(place - 1, "currency", "one_of"):
        return None
    exact = senses.get("clock_exact")
    if exact is not None:
        return Moment(exact), place + 1, True
    spoken = senses.get("clock_spoken")
    if spoken is None and tape.vocabulary.hours_follow and _is_one_o_clock(tape, place):
        spoken = 60
    if spoken is not None and spoken % 60 == 0:
        minutes, end, _ = _minutes_after(tape, 1, place + 1, brief=brief)
        return _with_half_of_day(tape, Moment(spoken + minutes, open=True), end, sure=True)
    if spoken is not None:
        return _with_half_of_day(tape, Moment(spoken, open=True), place + 1, sure=True)
    return (
        _half_past(tape, place)
        or _quarter(tape, place)
        or _without(tape, place)
        or _minutes_of(tape, place)
        or _hour(tape, place, brief=brief)
    )


_BEFORE_HOUR = ("at", "after", "before", "from", "from_on", "to", "around", "between")


def _is_one_o_clock(tape: Tape, place: int) -> bool:
    """ "В час", "после часа": the word for an hour without a number is one o'clock."""
    if tape.get(place, "unit") != "hour":
        return False
    return tape.has(place - 1, *_BEFORE_HOUR) or tape.has(place + 1, "ampm_pm")


def _is_hour_of_day(tape: Tape, place: int, unit: int) -> bool:
    """ "До 3 часов", "3 часа дня"; "3 часа" alone may last three hours."""
    return tape.has(place - 1, "at_weak", "and", *_BEFORE_HOUR) or tape.has(unit + 1, "ampm_am", "ampm_pm")


def _half_past(tape: Tape, place: int) -> Read | None:
    """ "half past three" is 3:30, "half three" too; "половина четвёртого" is half of the fourth hour."""
    if not tape.has(place, "half"):
        return None
    after = tape.skip(place + 1, "past", "hour_of", most=1)
    fourth = tape.ordinal(after)
    if fourth is not None and 1 <= fourth[0] <= 12:
        return _with_half_of_day(tape, _before_hour(fourth[0], 30), fourth[1], sure=True)
    hour = tape.number(after)
    if hour is None or not 1 <= hour[0] <= 23 or tape.has(hour[1], "unit"):
        return None
    if tape.vocabulary.hours_follow:  # "пол 6" is half of the sixth hour
        return _with_half_of_day(tape, _before_hour(hour[0], 30), hour[1], sure=True)
    return _with_half_of_day(tape, Moment(hour[0] * 60 + 30, open=hour[0] < 12), hour[1], sure=True)


def _quarter(tape: Tape, place: int) -> Read | None:
    """ "quarter to four", "a quarter past three", "четверть пятого"."""
    if not tape.has(place, "quarter"):
        return None
    fifth = tape.ordinal(place + 1)
    if fifth is not None and 1 <= fifth[0] <= 12:
        return _with_half_of_day(tape, _before_hour(fifth[0], 45), fifth[1], sure=True)
    if not tape.has(place + 1, "past", "minus"):
        return None
    hour = tape.number(tape.skip(place + 2, "at", most=1))
    if hour is None or not 1 <= hour[0] <= 23:
        return None
    if tape.has(place + 1, "past"):
        return _with_half_of_day(tape, Moment(hour[0] * 60 + 15, open=hour[0] < 12), hour[1], sure=True)
    return _with_half_of_day(tape, _before_hour(hour[0], 15), hour[1], sure=True)


def _without(tape: Tape, place: int) -> Read | None:
    """ "без четверти четыре", "без десяти пять": what is missing, then the hour."""
    if not tape.has(place, "without"):
        return None
    missing: tuple[int, int] | None
    missing = (15, place + 2) if tape.has(place + 1, "quarter") else tape.number(place + 1)
    if missing is None or not 1 <= missing[0] <= 30:
        return None
    hour = tape.number(tape.skip(missing[1], "unit", most=1))
    if hour is None or not 1 <= hour[0] <= 23:
        return None
    return _with_half_of_day(tape, _before_hour(hour[0], missing[0]), hour[1], sure=True)


def _minutes_of(tape: Tape, place: int) -> Read | None:
    """ "twenty past three", "ten to four", "десять минут пятого"."""
    minutes = tape.number(place)
    if minutes is None or not 1 <= minutes[0] <= 29:
        return None
    named = tape.get(minutes[1], "unit") == "minute"
    after = minutes[1] + 1 if named else minutes[1]
    if named and (fifth := tape.ordinal(after)) and 1 <= fifth[0] <= 12:
        return _with_half_of_day(tape, _before_hour(fifth[0], 60 - minutes[0]), fifth[1], sure=True)
    past, to = tape.has(after, "past"), tape.has(after, "minus")
    in_digits = tape.has(place, "digits")
    if past and (named or minutes[0] in _HALF_HOURS):
        hour = tape.number(after + 1)
        if hour is not None and 1 <= hour[0] <= 12:
            return _with_half_of_day(
                tape, Moment(hour[0] * 60 + minutes[0], open=hour[0] < 12), hour[1], sure=True
            )
    said_at = tape.has(place - 1, "at") and not tape.has(place - 1, "from")
    if to and (named or (minutes[0] in _HALF_HOURS and (said_at or not in_digits))):
        if tape.has(place - 1, "from"):
            return None
        hour = tape.number(after + 1)
        if hour is not None and 1 <= hour[0] <= 12:
            return _with_half_of_day(tape, _before_hour(hour[0], minutes[0]), hour[1], sure=True)
    return None


def _hour(tape: Tape, place: int, *, brief: bool) -> Read | None:
    digits = tape.get(place, "digits")
    if digits is not None:
        written = _written(tape, place, digits)
        if written is not None:
            hour, minutes, end, sure = written
            if hour > 24 or minutes > 59 or (hour == 24 and minutes):
                return None
            moment = Moment(hour * 60 + minutes, open=0 < hour < 12 and tape.at(place).text[0] != "0")
            return _with_half_of_day(tape, moment, end, sure=sure)
    counted = tape.number(place)
    if counted is None or not 0 <= counted[0] <= 24:
        return None
    hour, end = counted
    if digits is not None and tape.has(end, "ordinal_sign") and tape.at(end).glued:
        return None
    sure = False
    if tape.has(end, "oclock") and not _begins_a_day(tape, end):
        sure, end = not tape.has(end, "unit"), end + 1
    elif (
        tape.vocabulary.hours_follow and tape.get(end, "unit") == "hour" and _is_hour_of_day(tape, place, end)
    ):
        sure, end = True, end + 1
    minutes, end, told = _minutes_after(tape, hour, end, brief=brief)
    total = hour * 60 + minutes
    if not 0 <= total <= 1440:
        return None
    is_open = 60 <= total < 720 and not (digits is not None and tape.at(place).text[0] == "0")
    return _with_half_of_day(tape, Moment(total, open=is_open), end, sure=sure or told)


def _begins_a_day(tape: Tape, place: int) -> bool:
    return tape.has(place, "relative")


def _written(tape: Tape, place: int, digits: int) -> tuple[int, int, int, bool] | None:
    """Hour, minutes, the place after, whether it can be nothing else: "15:30", "15.30", "15h30", "1530"."""
    lexeme, sign, second = tape.at(place), tape.at(place + 1), tape.at(place + 2)
    if len(lexeme.text) == 4 and (tape.has(place - 1, "at") or tape.context.asking in ("time", "opening")):
        year = 1900 <= digits <= 2100 and (
            tape.get(place + 1, "unit") == "year" or tape.has(place - 1, "month_in")
        )
        return (digits // 100, digits % 100, place + 1, True) if digits < 2400 and not year else None
    if len(lexeme.text) > 2 or sign.text not in (":", ".", "h", "-", ",", "ч"):
        return _spaced(tape, place, digits)
    minutes = second.senses.get("digits")
    if minutes is None or len(second.text) != 2 or not second.glued:
        return None
    if not sign.glued or minutes > 59:
        return None
    if sign.text in ".,":
        third = tape.at(place + 3)
        if third.text == "." and third.glued and tape.has(place + 4, "digits") and tape.at(place + 4).glued:
            return None
    if sign.text == "-" and not (
        tape.has(place - 1, "at") and minutes in (0, 15, 30, 45) and (minutes > 24 or minutes <= digits)
    ):
        return None
    if sign.text == "," and not (minutes % 5 == 0 and (tape.has(place - 1, "at") or tape.asked_for_time)):
        return None
    if tape.at(place + 3).text == ":" and tape.has(place + 4, "digits") and tape.at(place + 3).glued:
        return digits, minutes, place + 5, True  # seconds
    return digits, minutes, place + 3, True


def _spaced(tape: Tape, place: int, digits: int) -> tuple[int, int, int, bool] | None:
    """ "alle 15 30", and "14 00" where a time was asked for."""
    second = tape.at(place + 1)
    minutes = second.senses.get("digits")
    if minutes is None or len(second.text) != 2 or minutes > 55 or minutes % 5 or digits > 23:
        return None
    if tape.has(place + 2, "ampm_am", "ampm_pm"):
        return digits, minutes, place + 2, True
    if not (tape.has(place - 1, "at", "after", "before", "from_on") or tape.asked_for_time):
        return None
    if 0 < minutes <= 24 and not tape.has(place - 1, "at"):
        return None
    if tape.has(place + 2, "counted", "unit", "month"):
        return None
    return digits, minutes, place + 2, True


def _minutes_after(tape: Tape, hour: int, end: int, *, brief: bool) -> tuple[int, int, bool]:
    """Minutes said after the hour: "e mezza", "meno un quarto", "thirty", "и 15 минут"."""
    joined = tape.has(end, "and")
    after = end + 1 if joined else end
    if tape.has(after, "half_after") and (joined or tape.vocabulary.language != "en"):
        return 30, after + 1, True
    if joined and tape.has(after, "three_quarters"):
        return 45, after + 1, True
    if joined and tape.has(after, "quarter"):
        return 15, after + 1, True
    if tape.has(end, "minus_after"):
        if tape.has(end + 1, "quarter"):
            return -15, end + 2, True
        less = tape.number(end + 1)
        if less is not None and 1 <= less[0] <= 30:
            return -less[0], tape.skip(less[1], "unit", most=1), True
        return 0, end, False
    if brief:
        return 0, end, False
    minutes = tape.number(after)
    if minutes is None or not 0 < minutes[0] < 60 or tape.at(after).glued:
        return 0, end, False
    named = tape.get(minutes[1], "unit") == "minute"
    if tape.has(minutes[1], "counted", "month") or (tape.has(minutes[1], "unit") and not named):
        return 0, end, False
    if named:
        return minutes[0], minutes[1] + 1, True
    said_at = tape.has(end - 1, "oclock") or tape.has(end - 2, "at", "after", "before", "from", "around")
    in_words = tape.has(after, "number") and tape.has(end - 1, "number")
    if joined and said_at and minutes[0] >= 5 and (minutes[0] % 5 == 0) and not tape.has(end, "soft"):
        return minutes[0], minutes[1], True
    if not joined and in_words and minutes[0] >= 10 and minutes[0] % 5 == 0:
        return minutes[0], minutes[1], True
    return 0, end, False


def _with_half_of_day(tape: Tape, moment: Moment, end: int, *, sure: bool) -> Read:
    """ "3 pm", "3 o'clock in the afternoon", "alle 9 di mattina"."""
    place = tape.skip(end, "oclock", most=1) if not _begins_a_day(tape, end) else end
    minutes = moment.minutes
    if tape.has(place, "ampm_am") and minutes < 780:
        return Moment(minutes - 720 if minutes >= 720 else minutes), place + 1, True
    if tape.has(place, "ampm_pm") and not _counts_days(tape, end, place):
        return Moment(minutes + 720 if minutes < 720 else minutes), place + 1, True
    if place > end and tape.has(end, "unit"):
        return moment, end, sure
    return moment, place, sure or place > end


def _counts_days(tape: Tape, end: int, place: int) -> bool:
    """ "3 дня" is three days unless something makes 3 an hour: "в 3 дня", "3 часа дня", "15:30 дня"."""
    if not tape.has(place, "unit") or tape.get(end - 1, "unit") == "hour":
        return False
    number = end - 1
    if tape.at(number).glued:
        return False
    return not tape.has(number - 1, "at", "after", "before", "to", "from", "around", "number", "half", "and")


def _before_hour(hour: int, minutes: int) -> Moment:
    total = (hour if hour > 1 else 13) * 60 - minutes if hour <= 12 else hour * 60 - minutes
    return Moment(total, open=total < 720)
