"""Reads points of the clock: "15:30", "half past three", "alle 4 meno un quarto", "в половине четвёртого"."""

from nlu.times.minutes import minutes_after, over_dash
from nlu.times.pieces import Moment
from nlu.times.tape import Tape
from nlu.times.written import written_hour

_HALF_HOURS = (5, 10, 20, 25)
_NOON = 12 * 60
_LASTING = 8  # hours that something may take
_ARTICLES = ("un", "uno")  # "mi dà un appuntamento"; one o'clock is "l'una"
Read = tuple[Moment, int, bool]  # the moment, the place after it, and whether it can be nothing else


_BEGINS_AN_HOUR = ("digits", "number", "half", "quarter", "unit", "without")


def read_moment(tape: Tape, place: int, *, brief: bool = False) -> Read | None:
    """A clock time at `place`. `brief`: stop at the hour ("tra le 9 e 11")."""
    senses = tape.at(place).senses
    if not senses or tape.has(place - 1, "currency", "one_of"):
        return None
    if tape.at(place).text in _ARTICLES:
        return None
    exact = senses.get("clock_exact")
    if exact is not None:
        if exact != _NOON:
            return Moment(exact), place + 1, True
        minutes, end, _ = minutes_after(tape, 12, place + 1, brief=True)  # "mezzogiorno e un quarto"
        return Moment(exact + minutes), end, True
    spoken = senses.get("clock_spoken")
    if spoken is None and tape.vocabulary.hours_follow and _is_one_o_clock(tape, place):
        spoken = 60
    if spoken is not None and spoken % 60 == 0:
        minutes, end, _ = minutes_after(tape, 1, place + 1, brief=brief)
        return _with_half_of_day(tape, Moment(spoken + minutes, open=True), end, sure=True)
    if spoken is not None:
        return _with_half_of_day(tape, Moment(spoken, open=True), place + 1, sure=True)
    if not tape.has(place, *_BEGINS_AN_HOUR):
        return None
    return (
        _half_past(tape, place)
        or _quarter(tape, place)
        or _without(tape, place)
        or _minutes_of(tape, place)
        or _hour(tape, place, brief=brief)
    )


_DAYS = ("weekday", "relative", "month", "number_of_day")
_BEFORE_HOUR = ("at", "after", "before", "from", "from_on", "to", "around", "between")


def _is_one_o_clock(tape: Tape, place: int) -> bool:
    """ "В час", "после часа": the word for an hour without a number is one o'clock."""
    if tape.get(place, "unit") != "hour":
        return False
    ends = tape.has(place - 1, "and") and tape.has(place - 2, "digits", "number")  # "между 11 и часом"
    last = place + 1 >= len(tape) or tape.has(place + 1, "soft")
    ends = ends or (
        last and tape.has(place - 1, "at_weak") and tape.has(place - 2, *_DAYS)
    )  # "31 марта на час"
    return ends or tape.has(place - 1, *_BEFORE_HOUR) or tape.has(place + 1, "ampm_pm")


def _is_hour_of_day(tape: Tape, place: int, unit: int) -> bool:
    """ "До 3 часов", "3 часа дня"; "3 часа" alone may last three hours."""
    if tape.at(place - 1).text == "," and tape.has(place - 2, *_DAYS):  # "10 марта, 12 часов"
        return True
    if tape.at(place - 1).text == "ли":  # "есть ли 11 часов"
        return True
    if tape.at(unit).text == "час" and tape.number(place) != (1, place + 1):  # as those say who learn it
        return True
    named = tape.has(place - 1, "filler", "around") and tape.has(place - 2, "time_word")
    return (
        named
        or tape.has(place - 1, "at_weak", "and", "time_word", *_DAYS, *_BEFORE_HOUR)
        or tape.has(unit + 1, "ampm_am", "ampm_pm")
    )


def _ends_a_list(tape: Tape, place: int, hour: int) -> bool:
    """ "11, 12 или 13 часов" """
    listed = tape.has(place - 1, "or") and tape.has(place - 2, "digits", "number")
    return listed and hour > _LASTING and place - 2 in tape.read


def _half_past(tape: Tape, place: int) -> Read | None:
    """ "half past three" is 3:30, "half three" too; "половина четвёртого" is half of the fourth hour."""
    if not tape.has(place, "half"):
        return None
    after = tape.skip(over_dash(tape, place + 1), "past", most=1)
    fourth = tape.ordinal(after)
    if fourth is not None and 1 <= fourth[0] <= 12:
        return _with_half_of_day(tape, _before_hour(fourth[0], 30), fourth[1], sure=True)
    hour = tape.number(after)
    told = (
        tape.number(place - 2) if hour is None and after > place + 1 and tape.has(place - 1, "or") else None
    )
    if told is not None and 1 <= told[0] <= 12:  # "10 or half past"
        return _with_half_of_day(tape, Moment(told[0] * 60 + 30, open=told[0] < 12), after, sure=True)
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
    sign = over_dash(tape, place + 1)
    to = tape.at(sign).text == "2" and tape.has(sign + 1, "number") and tape.vocabulary.language == "en"
    short_of = tape.vocabulary.article_makes_day and tape.has(sign, "at") and tape.number(sign + 1)
    if not (short_of or to or tape.has(sign, "past", "minus")):  # "un quarto alle tre"
        return None
    hour = tape.number(tape.skip(over_dash(tape, sign + 1), "at", most=1))
    if hour is None or not 1 <= hour[0] <= 23:
        return None
    if tape.has(sign, "past"):
        return _with_half_of_day(tape, Moment(hour[0] * 60 + 15, open=hour[0] < 12), hour[1], sure=True)
    return _with_half_of_day(tape, _before_hour(hour[0], 15), hour[1], sure=True)


def _without(tape: Tape, place: int) -> Read | None:
    """ "без четверти четыре", "без десяти пять": what is missing, then the hour."""
    if not tape.has(place, "without"):
        return None
    missing: tuple[int, int] | None
    missing = (15, place + 2) if tape.has(place + 1, "quarter") else tape.number(place + 1)
    in_words = tape.number(place + 1)
    units = in_words is not None and in_words[1] == place + 3 and tape.number(in_words[1]) is not None
    if tape.get(place + 1, "number") == 20 and not units:  # "без двадцати пять", not "без двадцати пяти пять"
        missing = 20, place + 2
    if missing is None or not 1 <= missing[0] <= 30:
        return None
    after = missing[1] + (tape.get(missing[1], "unit") == "minute")
    if tape.get(after, "unit") == "hour" and tape.number(after + 1) is None:  # "без четверти час"
        return _with_half_of_day(tape, _before_hour(1, missing[0]), after + 1, sure=True)
    hour = tape.number(tape.skip(after, "unit", most=1))
    if hour is None or not 1 <= hour[0] <= 23:
        return None
    return _with_half_of_day(tape, _before_hour(hour[0], missing[0]), hour[1], sure=True)


def _minutes_of(tape: Tape, place: int) -> Read | None:
    """ "twenty past three", "ten to four", "десять минут пятого"."""
    turned = tape.vocabulary.hours_follow and tape.get(place, "unit") == "minute"
    minutes = tape.number(place + turned)
    if minutes is None or not 1 <= minutes[0] <= 29:
        return None
    if turned:  # "минут пятнадцать девятого"
        fifth = tape.ordinal(minutes[1])
        if fifth is None or not 1 <= fifth[0] <= 12:
            return None
        return _with_half_of_day(tape, _before_hour(fifth[0], 60 - minutes[0]), fifth[1], sure=True)
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
    following = tape.number(after + 1)
    no_range = minutes[0] in (20, 25)
    no_range = no_range or (minutes[0] == 5 and following is not None and not 5 < following[0] < 8)
    told = minutes[0] in _HALF_HOURS and (said_at or not in_digits or no_range)
    if to and (named or told or minutes[0] == 15):
        if tape.has(place - 1, "from"):
            return None
        hour = tape.number(after + 1)
        if minutes[0] == 15 and (hour is None or not tape.has(hour[1], "ampm_am", "ampm_pm")):
            return None
        if hour is not None and 1 <= hour[0] <= 12:
            return _with_half_of_day(tape, _before_hour(hour[0], minutes[0]), hour[1], sure=True)
    return None


def _hour(tape: Tape, place: int, *, brief: bool) -> Read | None:
    digits = tape.get(place, "digits")
    if digits is not None:
        written = written_hour(tape, place, digits)
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
    if digits is not None and tape.ordinal(place) is not None:
        return None
    sure = tape.at(end).text == "hundred" and 7 <= hour <= 20 and not tape.has(end + 1, "counted", "currency")
    if sure:  # "sixteen hundred"
        return Moment(hour * 60, open=hour < 12), end + 1, True
    if tape.has(end, "oclock") and not _begins_a_day(tape, end):
        sure, end = not tape.has(end, "unit"), end + 1
    elif (
        tape.vocabulary.hours_follow
        and tape.get(end, "unit") == "hour"
        and (_is_hour_of_day(tape, place, end) or _ends_a_list(tape, place, hour))
    ):
        sure, end = True, end + 1
    if _is_a_foreign_hour(tape, place, end):
        sure, end = True, end + 1
    minutes, end, told = minutes_after(tape, hour, end, brief=brief)
    total = hour * 60 + minutes
    if not 0 <= total <= 1440:
        return None
    is_open = 60 <= total < 720 and not (digits is not None and tape.at(place).text[0] == "0")
    return _with_half_of_day(tape, Moment(total, open=is_open), end, sure=sure or told)


def _is_a_foreign_hour(tape: Tape, place: int, unit: int) -> bool:
    """ "On Thursday on 15 hour", "Friday to 10 hour", as those say who learn the language."""
    if tape.at(unit).text != "hour" or not tape.has(place, "digits"):
        return False
    behind = tape.has(place - 1, "day_number", "to", "in", "weekday", "relative", "at")
    return behind and (unit + 1 >= len(tape) or tape.has(unit + 1, "soft", "weekday", "relative", "wishing"))


def _begins_a_day(tape: Tape, place: int) -> bool:
    return tape.has(place, "relative")


def _with_half_of_day(tape: Tape, moment: Moment, end: int, *, sure: bool) -> Read:
    """ "3 pm", "3 o'clock in the afternoon", "alle 9 di mattina"."""
    place = tape.skip(end, "oclock", most=1) if not _begins_a_day(tape, end) else end
    if tape.at(place).text == "." and tape.at(place + 1).glued and tape.has(place + 1, "ampm_am", "ampm_pm"):
        place += 1  # "3.pm"
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
    if (
        tape.has(number - 1, "at_weak")
        and tape.has(place + 1, "at")
        and tape.has(place + 2, "weekday", "relative")
    ):
        return False  # "на три дня в пятницу"
    if tape.get(number, "digits") == 12 and tape.has(number - 1, "soft") and tape.has(number - 2, *_DAYS):
        return False  # "в среду, 12 дня"
    return not tape.has(number - 1, "at", "after", "before", "to", "from", "around", "number", "half", "and")


def _before_hour(hour: int, minutes: int) -> Moment:
    total = (hour if hour > 1 else 13) * 60 - minutes if hour <= 12 else hour * 60 - minutes
    return Moment(total, open=total < 720)
