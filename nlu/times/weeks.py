"""Places weekdays in the week that is named beside them: "next week, Tuesday or Thursday"."""

from dataclasses import replace
from datetime import date, timedelta

from nlu.times import almanac
from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_SOON, _DOUBTFUL = 3, 0.6


def place_weekdays(tape: Tape, chain: list[Piece]) -> list[Piece]:
    """ "Next week, Tuesday or Thursday": the weekdays are those of the week named beside them."""
    weeks = [n for n, p in enumerate(chain) if isinstance(p.found, Days) and p.found.kind == "week"]
    days = [n for n, p in enumerate(chain) if isinstance(p.found, Days) and p.found.kind == "weekday"]
    if (each := _of_each_week(chain, weeks, days)) is not None:
        return each
    wished = [n for n in weeks if not chain[n].negated]
    weeks = wished if len(wished) == 1 else weeks  # "not this week, next week only on Tuesday"
    if not weeks:
        return _share_week(chain, days)
    if len(weeks) != 1 or not days:
        return chain
    week = weeks[0]
    behind = week - 1 in days and chain[week].link == "none" and chain[week].negated
    beside = week + 1 if week + 1 in days and not behind else week - 1
    if beside == week - 1 and week - 2 in days and isinstance(chain[beside].found, Clock):
        beside = week - 2  # "Thursday morning of next week"
    alike = beside in days and chain[week].negated == chain[beside].negated
    of_it = alike and week > beside and chain[week].link == "none"  # "Wed and Thu of this week I am busy"
    if beside not in days or chain[max(week, beside)].link in ("or", "and"):
        return chain
    if chain[week].negated:
        return _rehung(chain, week, days, keep=False) if of_it else chain
    if chain[beside].dismissed != chain[week].dismissed:  # "move Thursday to next week"
        return chain
    if chain[week].link == "or":  # "Thursday, or the week after on Thursday"
        days = [n for n in days if n > week]
    if not days:
        return chain
    if chain[beside].negated:  # "next week: Monday no, Tuesday no, Wednesday yes" is that Wednesday
        return _rehung(chain, week, days, keep=all(chain[n].negated for n in days))
    return _rehung(chain, week, days, keep=False)


def _of_each_week(chain: list[Piece], weeks: list[int], days: list[int]) -> list[Piece] | None:
    """ "Next week or the one after, always on a Tuesday": the Tuesday of each."""
    if len(weeks) < 2 or len(days) != 1 or days[0] < weeks[-1] or chain[days[0]].link not in ("soft", "none"):
        return None
    weekday = chain[days[0]].found
    plain = not any(chain[n].negated or chain[n].dismissed for n in (*weeks, *days))
    if not plain or not isinstance(weekday, Days) or weekday.weekday is None or weekday.bound:
        return None
    named = [chain[n].found for n in weeks]
    firsts = [almanac.monday(week.ranges[0][0]) for week in named if isinstance(week, Days)]
    told = tuple(almanac.one(first + timedelta(days=weekday.weekday)) for first in firsts)
    day = chain[days[0]].but(found=replace(weekday, kind="date", ranges=told, others=()))
    return [*(p for n, p in enumerate(chain) if n not in (*weeks, *days)), day]


def _share_week(chain: list[Piece], days: list[int]) -> list[Piece]:
    """ "Tuesday or Thursday next week": both are of next week."""
    settled = list(chain)
    for place in reversed(days):
        following = settled[place + 1] if place + 1 < len(settled) else None
        if following is None or not isinstance(following.found, Days) or following.found.of_week is None:
            continue
        found = settled[place].found
        listed = following.link in ("or", "and", "soft") or following.start == settled[place].end
        if isinstance(found, Days) and found.weekday is not None and listed:
            week = following.found.of_week
            day = week + timedelta(days=found.weekday)
            moved = replace(found, kind="date", ranges=(almanac.one(day),), of_week=week)
            settled[place] = settled[place].but(found=moved)
    return settled


def weeks_alike(tape: Tape, chain: list[Piece]) -> list[Piece]:
    """ "The week of the 16th or the 23rd": the second is a week, too."""
    settled = list(chain)
    for place in range(1, len(settled)):
        one, other = settled[place - 1], settled[place]
        if not (isinstance(one.found, Days) and isinstance(other.found, Days)):
            continue
        if other.link not in ("or", "and"):
            continue
        named = one.found.kind == "week" and tape.has(one.end - 1, "digits", "ordinal_sign", "ordinal")
        first = other.found.ranges[0][0] if other.found.ranges else None
        if not named or other.found.kind != "number" or first is None:
            continue
        monday = almanac.monday(first)
        if (monday - one.found.ranges[0][0]).days % 7 == 0 and monday > one.found.ranges[0][0]:
            week = Days("week", ((monday, monday + timedelta(weeks=1)),), grain="week")
            settled[place] = other.but(found=week)
    return settled


def after_its_date(tape: Tape, chain: list[Piece]) -> list[Piece]:
    """ "Tuesday 10 or Wednesday", "il 12 aprile o il lunedì": the weekday behind that date."""
    settled = list(chain)
    for place, piece in enumerate(settled):
        days = piece.found
        if not isinstance(days, Days) or days.kind != "weekday" or days.weekday is None or days.bound:
            continue
        if piece.link not in ("or", "and", "soft") or piece.negated or days.others:
            continue
        before = [p for p in settled[:place] if isinstance(p.found, Days)]
        dated = before[-1].found if before else None
        if not isinstance(dated, Days) or before[-1].negated or before[-1].dismissed:
            continue
        if (next_week := _of_next_week(tape, before[-1], piece)) is not None:
            settled[place] = next_week
            continue
        told = range(before[-1].start, before[-1].end)
        written = tape.has_any(told, "digits", "number", "ordinal", "holiday", "month")
        if not written or dated.kind not in ("date", "number") or len(dated.ranges) != 1:
            continue
        if tape.vocabulary.article_makes_day and _is_explained(tape, before[-1], piece):
            return [p for p in settled if p is not piece]
        settled[place] = piece.but(found=_behind(dated.ranges[0][0], days))
    return settled


def _of_next_week(tape: Tape, before: Piece, piece: Piece) -> Piece | None:
    """ "Next Tuesday or Wednesday": of the same week."""
    one, other = before.found, piece.found
    if not (isinstance(one, Days) and isinstance(other, Days)) or piece.start > before.end + 1:
        return None
    if not tape.has(before.start, "next") or one.weekday is None or other.weekday is None:
        return None
    day = almanac.monday(one.ranges[0][0]) + timedelta(days=other.weekday)
    if day <= one.ranges[0][0]:
        return None
    return piece.but(found=replace(other, ranges=(almanac.one(day),), confidence=one.confidence))


def _is_explained(tape: Tape, dated: Piece, piece: Piece) -> bool:
    """ "Se il 18 è mercoledì": "è" is written "e", too."""
    day, weekday = dated.found, piece.found
    assert isinstance(day, Days) and isinstance(weekday, Days)
    joined = piece.link == "and" and tape.at(piece.start - 1).text == "e" and dated.end == piece.start - 1
    return joined and day.ranges[0][0].weekday() == weekday.weekday


def _behind(date: date, days: Days) -> Days:
    """ "Thursday 12 April or Saturday", "Friday 20 or Monday"; far behind it, it may be any such day."""
    assert days.weekday is not None
    if days.ranges[0][0] > date or date.weekday() == days.weekday:
        return days
    day = almanac.coming_weekday(date, days.weekday)
    if almanac.monday(day) == almanac.monday(date) or (day - date).days <= _SOON:
        return replace(days, ranges=(almanac.one(day),))
    return replace(days, confidence=min(days.confidence, _DOUBTFUL))


def _rehung(chain: list[Piece], week: int, days: list[int], *, keep: bool) -> list[Piece]:
    named = chain[week].found
    assert isinstance(named, Days)
    first = almanac.monday(named.ranges[0][0])
    settled: list[Piece] = []
    for number, piece in enumerate(chain):
        if number == week and not keep:
            continue
        if number in days and isinstance(piece.found, Days) and piece.found.weekday is not None:
            day = first + timedelta(days=piece.found.weekday)
            piece = piece.but(found=replace(piece.found, kind="date", ranges=(almanac.one(day),)))
        settled.append(piece)
    if not keep and settled and week == 0:
        settled[0] = settled[0].but(start=chain[0].start, link=chain[0].link)
    return settled
