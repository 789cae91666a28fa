"""Finds the pieces of a message and how they hang together."""

import re
from datetime import timedelta

from nlu.times import almanac
from nlu.times.absences import after_absences
from nlu.times.arrivals import drop_arrivals
from nlu.times.asides import (
    drop_concessions,
    drop_indifferent_halves,
    drop_refused_halves,
    drop_told_durations,
    drop_weekday_refused_behind,
    free_once_finished,
    free_to_profit,
    hurry_within_spans,
    read_first_hours,
    without_asides,
    without_hours_of_other_days,
    without_todays_date,
    without_who_calls,
)
from nlu.times.busy import drop_what_is_done
from nlu.times.busy_days import drop_busy_days, merge_its_weekday, without_bare_repeats
from nlu.times.busy_hours import drop_busy_hours, settle_on_the_hour
from nlu.times.cancellations import call_off
from nlu.times.clocks import read_clock
from nlu.times.closer_days import place_in_its_week, settle_on_closer_days
from nlu.times.corrected_numbers import read_corrected_number
from nlu.times.counting import part_beside_a_day, read_instant
from nlu.times.days import read_days, speaks_of_pain
from nlu.times.days_or_days import read_days_or_days
from nlu.times.departures import dismiss
from nlu.times.done_by import bound_by_what_is_done
from nlu.times.echoes import read_echo
from nlu.times.either_kind import take_either
from nlu.times.events import drop_events
from nlu.times.first_of_day import read_first_of_day
from nlu.times.follow_ups import read_follow_up
from nlu.times.full_dates import read_birth
from nlu.times.hours import part_hours
from nlu.times.negations import (
    are_of_two,
    exclude_what_is_left_out,
    is_its_hour,
    link_of,
    negate,
    negate_last,
)
from nlu.times.no_wishes import drop_without_a_wish
from nlu.times.not_earlier import drop_when_freed, free_from_then
from nlu.times.other_hours import join_other_hours
from nlu.times.parts_refused import keep_days_of_refused_parts
from nlu.times.pieces import PAST, Birth, Clock, Days, Instant, Link, Piece, Whenever
from nlu.times.pointing import read_pointing
from nlu.times.reasons import (
    asks_for_no_visit,
    begins_its_clause,
    drop_bygone,
    drop_reasons,
    has_happened,
    is_of_the_night,
    is_of_the_practice,
    is_pointed_back_at,
    only_tells_the_time,
)
from nlu.times.redone import without_what_is_redone, without_what_was_offered
from nlu.times.refusals import (
    busy_until,
    drop_why_refused,
    falls_back,
    free_afterwards,
    free_on_either_side,
    keep_days_of_refused_hours,
    refuse_alike,
    refuse_before_the_rest,
    stay_between,
)
from nlu.times.refused_again import answers_itself, is_refused_again
from nlu.times.repeats import join_repeats, same_day, told_once, widen_to_any_time
from nlu.times.replaced_hours import without_replaced_hours
from nlu.times.rest_of_days import keep_hours_of_the_rest, leave_out_the_day_first
from nlu.times.retractions import retract
from nlu.times.set_before import drop_what_was_set
from nlu.times.shifts import move_so_far
from nlu.times.stories import drop_what_is_told
from nlu.times.tape import TOLD_BESIDE, Tape
from nlu.times.told_before import heed_what_was_told
from nlu.times.whole_weeks import place_after_a_refused_week, place_behind_its_hours

_MOST_PIECES = 40
_CLAUSE = 8  # lexemes on either side of a time
#: No time begins with these.
_BEGINNING_NOTHING = TOLD_BESIDE | {
    *("filler", "soft", "wishing", "happened", "so", "booked", "pain", "counted", "no_visit", "idiom"),
    *("correction", "cannot", "moving", "then", "if", "arriving", "astonished", "cancelling"),
    *("calling_off", "not_coming", "those_hours", "please"),
    *("busy", "having", "article", "contrast", "because", "keeping"),
}


def find_pieces(tape: Tape) -> list[Piece]:
    """Every piece in its order. What was negated, excluded or moved away from says so."""
    pieces: list[Piece] = []
    place, gap_start = 0, 0
    born = False
    while place < len(tape) and len(pieces) < _MOST_PIECES:
        senses = tape.at(place).senses
        born = born and not (tape.at(place - 1).text == "." and not tape.at(place - 2).text.isdecimal())
        if not senses or senses.keys() <= _BEGINNING_NOTHING or _is_greeting(tape, place):
            place += 1
            continue
        told_already = pieces and _is_birth_just_told(pieces[-1], place)
        born = born or ("born" in senses and not (told_already or _is_year_of_birth(tape, place)))
        if _turns_older(tape, place):
            told = bool(pieces) and isinstance(pieces[-1].found, Days) and place - pieces[-1].end <= 2
            if told:  # "in April I turn 50"
                pieces[-1] = pieces[-1].but(found=PAST)
            born, place = not told, place + 1
            continue
        found = (
            same_day(tape, place, pieces)
            or free_on_either_side(tape, place, pieces)
            or read_follow_up(tape, place, pieces)
            or read_pointing(tape, place, pieces)
            or read_echo(tape, place, pieces)
            or read_corrected_number(tape, place, pieces)
            or read_days_or_days(tape, place, pieces)
            or _read(tape, place, born=born)
        )
        if found is None:
            place += 1
            continue
        news, end = found
        if born and any(isinstance(piece.found, (Birth, Days)) for piece in news):
            born = False  # a wish may follow
        tape.read.update(range(place, end))
        if not news and tape.has(place, "same_day") and tape.has(gap_start, "cannot"):
            pieces = negate_last(tape, pieces, gap_start)  # "at 9 is too early, the same day at noon"
        if isinstance(news[0].found if news else None, Instant) and pieces and _is_today(tape, pieces[-1]):
            if tape.has_any(range(place - 3, place), "arrival"):
                place = gap_start = end
                continue  # "anything today, I can be there in 20 minutes"
            pieces.pop()  # "today in two hours"
        for number, piece in enumerate(news):
            first = number == 0
            joins = tape.has(place, "or") and tape.has(place, "day_number")  # "il 7 | e l'8"
            link: Link = link_of(tape, gap_start, place + joins, begins=not pieces) if first else "none"
            if link in ("break", "soft") and pieces and are_of_two(tape, pieces[-1], piece):
                link = "and"
            if link == "break" and pieces and is_its_hour(tape, pieces[-1], piece):
                link = "none"
            if first and pieces and falls_back(tape, gap_start, place):
                link = "or" if isinstance(piece.found, Clock) else "break"
            if first and piece.link == "none":  # an hour that a day before it has
                link = "none"
            if first and is_refused_again(tape, pieces, gap_start, place):
                piece, link = piece.but(negated=True), "and"
            elif first and answers_itself(tape, pieces, gap_start, place):
                pieces = [*pieces[:-1], pieces[-1].but(negated=True)]
            elif first:
                pieces, piece = negate(tape, pieces, piece, gap_start, place + joins)
                piece = free_afterwards(tape, piece)
            pieces.append(piece.but(link=link))
        place = gap_start = end
    return weighed(tape, pieces, gap_start) if pieces else []  # most messages name no time


def weighed(tape: Tape, pieces: list[Piece], gap_start: int) -> list[Piece]:
    """What stays of them, by what stands around. Of none, none stays: nothing is found here."""
    pieces = exclude_what_is_left_out(tape, negate_last(tape, pieces, gap_start))
    pieces = place_behind_its_hours(tape, keep_hours_of_the_rest(leave_out_the_day_first(pieces)))
    pieces = place_after_a_refused_week(tape, pieces)
    pieces = free_from_then(tape, after_absences(tape, busy_until(tape, pieces)))
    pieces = stay_between(tape, refuse_alike(tape, pieces))
    pieces = drop_why_refused(tape, refuse_before_the_rest(tape, pieces))
    pieces = keep_days_of_refused_parts(tape, pieces)
    pieces = keep_days_of_refused_hours(retract(tape, pieces))
    pieces = drop_bygone(tape, join_repeats(widen_to_any_time(pieces)))
    pieces = free_to_profit(tape, heed_what_was_told(tape, pieces))
    pieces = without_what_was_offered(tape, without_what_is_redone(tape, pieces))
    pieces = told_once(dismiss(tape, pieces))
    pieces = read_first_hours(tape, drop_concessions(tape, without_who_calls(tape, pieces)))
    pieces = free_once_finished(tape, drop_weekday_refused_behind(tape, pieces))
    pieces = drop_indifferent_halves(tape, drop_told_durations(tape, without_asides(tape, pieces)))
    pieces = without_hours_of_other_days(tape, drop_refused_halves(pieces))
    pieces = without_todays_date(tape, pieces)
    pieces = bound_by_what_is_done(tape, pieces)
    pieces = drop_what_is_told(tape, drop_arrivals(tape, drop_reasons(tape, pieces)))
    pieces = drop_when_freed(tape, pieces)
    pieces = place_in_its_week(tape, drop_what_was_set(tape, pieces))
    pieces = drop_what_is_done(tape, pieces)
    pieces = drop_busy_hours(tape, drop_busy_days(tape, merge_its_weekday(tape, pieces)))
    pieces = drop_without_a_wish(tape, settle_on_the_hour(tape, without_bare_repeats(tape, pieces)))
    pieces = settle_on_closer_days(tape, pieces)
    pieces = without_replaced_hours(tape, take_either(tape, join_other_hours(tape, pieces)))
    pieces = hurry_within_spans(tape, read_first_of_day(tape, pieces))
    return move_so_far(tape, call_off(tape, told_once(drop_events(tape, pieces))))


def _is_today(tape: Tape, piece: Piece) -> bool:
    return isinstance(piece.found, Days) and piece.found.ranges == (almanac.one(tape.today),)


def _is_birth_just_told(last: Piece, place: int) -> bool:
    """ "12.03.1986 г.р." """
    return isinstance(last.found, Birth) and place - last.end <= 2


_HOURS = 24
_TURNS = frozenset(
    {"fa", "faccio", "compie", "compio", "compira", "turns", "turn", "исполнится", "исполняется"}
)


def _turns_older(tape: Tape, place: int) -> bool:
    """ "Mia suocera fa 80 anni il 20 marzo", "she turns 8 on Friday": a birthday."""
    number = tape.number(place)
    if number is None:
        return False
    older = tape.has(place - 1, "aged") or (number[0] > _HOURS and tape.has(place - 1, "being"))
    if older and tape.has(number[1], "day_number", "in") and tape.at(number[1] + 1).senses:
        return True  # "she's 3 on the 12th", "my mum is 80 on Friday"
    if tape.at(place - 1).text not in _TURNS:
        return False
    return tape.vocabulary.language == "en" or tape.get(place + 1, "unit") == "year"


def _is_year_of_birth(tape: Tape, place: int) -> bool:
    """ "2019 года рождения": no date follows."""
    year = place - 2 if tape.get(place - 1, "unit") == "year" else place - 1
    return 1900 <= (tape.get(year, "digits") or 0) <= tape.today.year


def _read(tape: Tape, place: int, *, born: bool) -> tuple[list[Piece], int] | None:
    asked_for_birth = tape.context.asking == "birth_date"
    if (birth := read_birth(tape, place, born=born)) is not None:
        return [Piece(birth[0], place, birth[1])], birth[1]
    if (instant := read_instant(tape, place)) is not None:
        if asks_for_no_visit(tape, place):  # "can I eat after two hours?"
            return [Piece(PAST, place, instant[1])], instant[1]
        return [Piece(instant[0], place, instant[1])], instant[1]
    clock_first = _clock_comes_first(tape, place)
    if clock_first and (clock := read_clock(tape, place)) is not None:
        over = has_happened(tape, place) or asks_for_no_visit(tape, place)
        if clock[0].shape == "point" and over:
            return [], clock[1]
        if is_of_the_night(tape, clock[0], clock[1]):
            return [Piece(PAST, place, clock[1])], clock[1]
        return [Piece(clock[0], place, clock[1])], clock[1]
    if tape.has(place, "since_if_pain") and speaks_of_pain(tape, place, place + 1, within=2):
        return [Piece(PAST, place, place + 1)], place + 1
    day_part = tape.get(place, "day_part")
    if day_part is not None:
        if has_happened(tape, place) or asks_for_no_visit(tape, place):
            return [Piece(PAST, place, place + 1)], place + 1
        return _day_part(tape, place, *day_part), place + 1
    if (beside := part_beside_a_day(tape, place)) is not None:
        both, end = beside
        return [Piece(found, place, end) for found in both], end
    if tape.has(place, "this") and tape.has(place + 1, "part"):  # "this aft"
        return _day_part(tape, place, 0, tape.get(place + 1, "part"), words=2), place + 2
    if (days := read_days(tape, place)) is not None:
        is_today = days[0].kind == "relative" and days[0].ranges == (almanac.one(tape.today),)
        dated = days[0].kind in ("weekday", "date", "number", "month", "span") or is_today
        told_only = has_happened(tape, place) or asks_for_no_visit(tape, place)
        counted = days[0].kind == "relative" and tape.at(place).text == "after"
        dated = dated or counted  # "is it normal after 4 days?"
        dated = dated or (days[0].kind == "relative" and tape.says("calling"))  # "I'll call you tomorrow"
        if dated and told_only and not is_pointed_back_at(tape, days[1]):
            return [Piece(PAST, place, days[1])], days[1]
        of_birth = asked_for_birth or (born and not is_pointed_back_at(tape, days[1]))
        if of_birth and days[0].kind in ("date", "number", "month"):
            return [Piece(PAST, place, days[1])], days[1]
        return [Piece(days[0], place, days[1])], days[1]
    if (clock := read_clock(tape, place)) is not None and not asked_for_birth:
        if is_of_the_practice(tape, place, *clock):
            return [], clock[1]
        alone = clock[0].shape == "part" and begins_its_clause(tape, place)
        also = "pain" if alone else "no_visit"  # "worse at night"
        if clock[0].shape in ("part", "point", "range") and has_happened(tape, place):
            return [], clock[1]
        told = clock[0].shape == "point" and only_tells_the_time(tape, place)
        since = clock[0].shape == "after" and tape.has(place, "from_on")  # "it hurts since 3 at night"
        told = told or (since and speaks_of_pain(tape, place, clock[1], within=2))
        told = told or is_of_the_night(tape, clock[0], clock[1])
        pointed = clock[0].shape == "range" and tape.has_any(range(clock[1], len(tape)), "those_hours")
        if told or (asks_for_no_visit(tape, place, also=also) and not pointed):
            return [Piece(PAST, place, clock[1])], clock[1]
        return [Piece(clock[0], place, clock[1])], clock[1]
    if tape.has(place, "indifferent") and tape.asked_for_time:
        return [Piece(Whenever(firm=False), place, place + 1)], place + 1
    for kind in ("asap", "whenever"):
        if tape.has(place, kind):
            return [Piece(Whenever(firm=kind == "asap"), place, place + 1)], place + 1
    return None


def _clock_comes_first(tape: Tape, place: int) -> bool:
    """ "alle 14.10" is a time although 14.10 could be a day."""
    if tape.has(place - 1, "except") and tape.has(place, "digits", "number"):
        first = tape.at(place - 2 if tape.has(place - 2, "whenever") else place - 1)
        return _OF_HOURS.search(tape.text, first.start, tape.at(place).start) is not None
    return tape.has(place, "at", "at_hours", "around") and not tape.has(place, "day_number")


#: "Any time except 2 to 3".
_OF_HOURS = re.compile(r"time|hour|\bora\b|orario|время|час", re.I)


def _day_part(tape: Tape, place: int, offset: int, part: str, *, words: int = 1) -> list[Piece]:
    hurts = part == "morning" and speaks_of_pain(tape, place, place + 1)
    if offset < 0 or (hurts and not _asks_for_it(tape, place)):
        return [Piece(PAST, place, place + words)]
    now = tape.context.now
    ends = part_hours(part, tape.vocabulary, tape.context)[1]
    if offset == 0 and part != "evening" and ends <= now.hour * 60 + now.minute:
        return [Piece(PAST, place, place + words)]
    day = tape.today + timedelta(days=offset)
    if part == "later":
        return [Piece(Days("relative", (almanac.one(day),)), place, place + words)]
    return [
        Piece(Days("relative", (almanac.one(day),)), place, place + words),
        Piece(Clock("part", part=part), place, place + words),
    ]


def _asks_for_it(tape: Tape, place: int) -> bool:
    """ "This morning, urgently, a broken tooth", "avrei bisogno di un controllo questa mattina"."""
    clause = [*range(place, max(place - _CLAUSE, -1), -1), *range(place, place + _CLAUSE)]
    return tape.has_any(clause, "asap", "needing")


def _is_greeting(tape: Tape, place: int) -> bool:
    """ "Morning! I'd like ..." """
    greets = place == 0 and tape.has(0, "greeting") and not tape.asked_for_time
    dated = (
        tape.has(2, "weekday", "relative", "digits", "day_number") and len(tape) <= 5
    )  # "evening, 12 March"
    return greets and not dated and (len(tape) == 1 or tape.has(1, "soft") or tape.is_unknown(1))
