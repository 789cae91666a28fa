"""Puts days and clocks that belong together into entities."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from nlu.times import almanac
from nlu.times.almanac import DayRange
from nlu.times.apart import DOUBTFUL, doubted, is_wish
from nlu.times.doubts import Doubts
from nlu.times.grouping import Spoken, chains, spoken_together
from nlu.times.hours import clock_text, hours_meant, minutes_of, opening_hours, wall
from nlu.times.one_hour import clock_of
from nlu.times.pieces import Birth, Clock, Days, Instant, Piece, Whenever
from nlu.times.refused_hours import refused_together
from nlu.times.settling import refused_in_month, settle
from nlu.times.tape import Tape
from nlu.understanding import Entity

_REFUSED = 0.3  # named, but not wished for: wishes leave it out
_MOST = 32
_REFUSED_WEEKS = 9  # for which a weekday that was refused stays so
_EXACT = ("date", "number")
_AHEAD = timedelta(days=14)
_WHICH = ("next", "this", "coming", "last")
_LEFT = "left"  # what a refusal leaves


def compose(text: str, tape: Tape, pieces: Sequence[Piece], doubts: Doubts) -> tuple[Entity, ...]:
    """Every entity, likeliest first, then in the order of the text."""
    entities: list[Entity] = []
    groups = [settle(tape, chain) for chain in chains(doubted(tape, refused_in_month(pieces)))]
    holes = _holes(tape, groups)
    positive = any(is_wish(piece) for group in groups for piece in group)
    told = [spoken for group in groups for spoken in spoken_together(tape, group)]
    several = sum(any(is_wish(piece) for piece in spoken.days) for spoken in told) > 1
    told = [replace(spoken, clocks=refused_together(tape, spoken.clocks)) for spoken in told]
    for spoken in told:
        entities.extend(_entities(text, tape, spoken, holes, each_day=several))
    if holes and not any(isinstance(p.found, Days) and is_wish(p) for g in groups for p in g):
        entities.extend(_all_but(text, tape, groups, holes))
    for piece in pieces:
        match piece.found:
            case Birth(day=day):
                entities.append(_entity(text, tape, (piece,), "birth_date", day.isoformat()))
            case Instant(at=at):
                value = {"from": at.isoformat(timespec="minutes"), "to": None}
                entities.append(_entity(text, tape, (piece,), "time", value, grain="minute"))
            case Whenever(firm=firm) if not piece.negated and (firm or not (positive or holes)):
                entities.append(_entity(text, tape, (piece,), "asap", True, confidence=0.95 if firm else 0.8))
            case _:
                pass
    if doubts.are_raised_by(tape, pieces):
        entities = [_doubtful(entity) for entity in entities]
    return tuple(sorted(entities[:_MOST], key=lambda e: (-e.confidence, e.start)))


def _doubtful(entity: Entity) -> Entity:
    if entity.entity not in ("time", "part_of_day") or entity.confidence <= DOUBTFUL:
        return entity
    return replace(entity, confidence=DOUBTFUL)


def _holes(tape: Tape, groups: list[list[Piece]]) -> tuple[DayRange, ...]:
    """The days that the patient cannot come."""
    holes: list[DayRange] = []
    days = [p.found for chain in groups for p in chain if isinstance(p.found, Days) and is_wish(p)]
    onward = any(found.bound in ("from", "after") for found in days)
    exact = any(found.kind in _EXACT and not found.bound for found in days)
    for chain in groups:
        for piece in chain:
            if isinstance(piece.found, Days) and _is_wished_behind(piece, groups):
                continue  # "I work all days but Saturday. Saturday?"
            if exact and isinstance(piece.found, Days) and piece.found.bound in ("from", "after"):
                continue  # "ill since Tuesday, put me down for the 16th"
            if (
                isinstance(piece.found, Days)
                and piece.negated
                and (piece.excluding or not _own_clock(chain, piece))
            ):
                again = any(d.kind == "date" and d.weekday == piece.found.weekday is not None for d in days)
                returns = not again and (  # "Thursday no, the next one"
                    piece.excluding
                    or not (onward or _lies_before(piece.found, days) or tape.has(piece.start, "this"))
                    or tape.has(piece.start, "weekdays", "every")
                )
                holes.extend(_repeated(piece.found) if returns else piece.found.ranges)
    return tuple(holes)


def _is_wished_behind(piece: Piece, groups: list[list[Piece]]) -> bool:
    days = [p for chain in groups for p in chain if isinstance(p.found, Days) and is_wish(p)]
    told = piece.found.ranges if isinstance(piece.found, Days) else ()
    return any(p.start > piece.end and isinstance(p.found, Days) and p.found.ranges == told for p in days)


def _lies_before(refused: Days, wished: Sequence[Days]) -> bool:
    """ "Friday I can't, but between the 10th and the 13th": only the coming Friday is refused."""
    spans = [d for d in wished if d.kind == "span" and d.number and not d.bound]
    return bool(spans) and all(refused.ranges[0][0] < d.ranges[0][0] for d in spans)


def _own_clock(chain: list[Piece], piece: Piece) -> bool:
    place = chain.index(piece) + 1
    return place < len(chain) and isinstance(chain[place].found, Clock) and chain[place].link == "none"


def _repeated(days: Days) -> tuple[DayRange, ...]:
    """A weekday that was refused is refused next week too."""
    weekend = days.kind == "span" and len(days.ranges) == 1 and almanac.is_weekend(days.ranges[0])
    if not weekend and (days.kind != "weekday" or days.weekday is None):
        return days.ranges
    start, end = days.ranges[0]
    weeks = (timedelta(weeks=n) for n in range(-1, _REFUSED_WEEKS))
    return tuple((start + week, end + week) for week in weeks)


def _entities(
    text: str, tape: Tape, spoken: Spoken, holes: tuple[DayRange, ...], *, each_day: bool
) -> list[Entity]:
    """`each_day`: other days are told beside these, so the hours of a week are told day by day."""
    past = [isinstance(p.found, Days) and p.found.kind == "past" for p in spoken.days]
    if len(past) > 1 and all(past):  # "it has hurt since Saturday, in the evening"
        return _clocks_alone(text, tape, [c for c in spoken.clocks if c.link != "none"])
    if past and all(past):
        told = [c for c in spoken.clocks if c.link == "soft" and _is_asked_for(tape, spoken.days[0], c)]
        return _clocks_alone(text, tape, told)
    days = [p for p in spoken.days if isinstance(p.found, Days) and p.found.ranges]
    if not days:
        return _clocks_alone(text, tape, spoken.clocks)
    entities: list[Entity] = []
    leads = any(c.start < days[0].start and not c.negated for c in spoken.clocks)
    separate = leads and all(p.negated for p in days)  # "in the afternoon, not on Wednesday"
    separate = separate or all(p.dismissed for p in days) or _are_refused_apart(days, spoken.clocks)
    for piece in days:
        assert isinstance(piece.found, Days)
        refused = piece.negated or piece.dismissed
        span = (piece, *spoken.clocks) if len(days) == 1 or piece is days[-1] else (piece,)
        if spoken.clocks and piece is days[0] and spoken.clocks[0].start < piece.start:
            span = (*spoken.clocks, piece)
        readings = [(piece.found.ranges, _REFUSED if refused else _confidence(days, piece.found))]
        readings += [
            ((other,), min(0.4, piece.found.confidence)) for other in piece.found.others if not refused
        ]
        for ranges, confidence in readings:
            cut = ranges if refused else almanac.without(ranges, _holes_for(piece, holes))
            if each_day and spoken.clocks and not refused:
                cut = _day_by_day(cut)
            for start, end in cut:
                single = (end - start).days == 1
                clocks = [c for c in spoken.clocks if single and c.dismissed == piece.dismissed]
                separate = separate or (bool(spoken.clocks) and not single and not refused)
                if not clocks:
                    value = {"from": wall(start, 0), "to": wall(end, 0)}
                    grain = piece.found.grain
                    whole = _entity(text, tape, (piece,), "time", value, grain=grain, confidence=confidence)
                    role = _refusal(piece, (start, end), holes) if refused else _role(tape, piece)
                    entities.append(replace(whole, role=role))
                    continue
                for clock in clocks:
                    found = _on_day(
                        text, tape, span, start, clock, confidence, several=len(spoken.clocks) > 1
                    )
                    entities.extend(replace(e, role=_role(tape, piece)) for e in found)
    if separate:
        told = [c for c in spoken.clocks if not c.dismissed]
        entities.extend(e for e in _clocks_alone(text, tape, told) if e.entity == "part_of_day")
    return entities


def _role(tape: Tape, piece: Piece) -> str | None:
    """ "weekday" for a plain one: which of them is meant, what was said before may tell."""
    days = piece.found
    if not isinstance(days, Days) or days.kind != "weekday" or days.of_week or piece.negated:
        return None
    told = tape.has_any(range(piece.start - 1, piece.end), *_WHICH)
    return None if told else "weekday"


def _refusal(piece: Piece, days: DayRange, holes: tuple[DayRange, ...]) -> str | None:
    """Of days that are refused, not moved away from."""
    if piece.dismissed or days not in holes:
        return None
    before = days[0] - timedelta(weeks=1), days[1] - timedelta(weeks=1)
    return "refused_weekly" if before in holes else "refused"


def _day_by_day(ranges: tuple[DayRange, ...]) -> tuple[DayRange, ...]:
    """ "This week in the morning, next week in the evening": the days of a week, or of less, one by one."""
    if any((end - start).days > 7 for start, end in ranges):
        return ranges
    return tuple(
        almanac.one(start + timedelta(days=n)) for start, end in ranges for n in range((end - start).days)
    )


def _holes_for(piece: Piece, holes: tuple[DayRange, ...]) -> tuple[DayRange, ...]:
    """ "In settimana lavoro, solo sabato": a day that is named after all is left of longer times refused."""
    single = isinstance(piece.found, Days) and piece.found.kind in ("weekday", "date", "number", "relative")
    return tuple(hole for hole in holes if not single or hole[1] - hole[0] <= timedelta(days=2))


def _is_asked_for(tape: Tape, past: Piece, clock: Piece) -> bool:
    """ "I rang yesterday, could I come at 3?": what was has a clause of its own."""
    comma = next((p for p in range(past.end, clock.start) if tape.has(p, "soft")), clock.start)
    return tape.has_any(range(comma, clock.start), "wishing")


def _are_refused_apart(days: Sequence[Piece], clocks: Sequence[Piece]) -> bool:
    """ "Not on Monday and not in the morning": of the other days, other hours."""
    first = min((*days, *clocks), key=lambda piece: piece.start)
    told = [p for p in (*days, *clocks) if p is not first]
    joined = all(p.link in ("and", "or", "soft") or p.excluding or _is_apart(p) for p in told)
    refused = all(clock.negated or clock.link in ("and", "soft") for clock in clocks)
    return bool(clocks) and joined and refused and all(day.negated for day in days)


def _is_apart(piece: Piece) -> bool:
    """ "On Monday no, after 5 yes": hours behind a comma."""
    return isinstance(piece.found, Clock) and piece.link == "soft" and not piece.negated


def _confidence(days: Sequence[Piece], found: Days) -> float:
    """ "The 18th or 19th": both are as sure as the surer of them."""
    if found.kind != "number":
        return found.confidence
    alike = (p.found.confidence for p in days if isinstance(p.found, Days) and p.found.kind == "number")
    return max(alike, default=found.confidence)


def _on_day(
    text: str, tape: Tape, span: Sequence[Piece], day: date, piece: Piece, confidence: float, *, several: bool
) -> list[Entity]:
    """A clock on a day. Of today, the reading that still lies ahead."""
    clock = clock_of(piece)
    assert clock is not None
    if several:
        span = (*(p for p in span if isinstance(p.found, Days)), piece)
    meant = hours_meant(_ahead_today(tape, day, clock), tape.vocabulary, tape.context)
    if meant and clock.shape == "point" and not clock.negated:
        value: dict[str, str | None] = {"from": wall(day, meant[0][0]), "to": None}
        return [_entity(text, tape, span, "time", value, grain="minute", confidence=confidence)]
    grain = "part" if clock.shape == "part" else "hour"
    found: list[Entity] = []
    for start, end in meant:
        value = {"from": wall(day, start), "to": wall(day, end)}
        found.append(_entity(text, tape, span, "time", value, grain=grain, confidence=confidence))
    return found


def _ahead_today(tape: Tape, day: date, clock: Clock) -> Clock:
    now = tape.context.now
    if day != tape.today or clock.start is None or not clock.start.open:
        return clock
    passed = now.hour * 60 + now.minute
    found = minutes_of(clock.start, opening_hours(tape.context))
    later = [reading for reading in clock.start.readings() if reading > passed]
    if found <= passed and later:
        return replace(clock, start=replace(clock.start, minutes=later[0], open=False))
    return clock


def _clocks_alone(text: str, tape: Tape, clocks: Sequence[Piece]) -> list[Entity]:
    """A clock without a day: any day; a point in time also stands for its next occurrence."""
    entities: list[Entity] = []
    for piece in clocks:
        clock = clock_of(piece)
        if clock is None:
            continue
        confidence = _REFUSED if piece.dismissed else 0.9 if clock.sure else 0.6
        grain = "part" if clock.shape == "part" else "hour"
        for start, end in hours_meant(_as_offered(tape, clock), tape.vocabulary, tape.context):
            hours = (start - 1440, end - 1440) if start >= 1440 else (start, end)
            if clock.shape == "point" and not clock.negated:
                day, offered = _occurrence(tape, hours[0])
                value = {"from": wall(day, hours[0]), "to": None}
                sure = 0.95 if offered else min(0.7, confidence)
                entities.append(_entity(text, tape, (piece,), "time", value, grain="minute", confidence=sure))
            part = {"from": clock_text(hours[0]), "to": clock_text(min(hours[1], 1440))}
            told = _entity(text, tape, (piece,), "part_of_day", part, grain=grain, confidence=confidence)
            entities.append(replace(told, role=_LEFT if clock.negated else None))
    return entities


def _as_offered(tape: Tape, clock: Clock) -> Clock:
    """ "At 3" means the offered 15:00, whatever the opening hours say."""
    if clock.shape != "point" or clock.start is None:
        return clock
    offered = {c.start.hour * 60 + c.start.minute for c in tape.context.choices if c.start}
    for reading in clock.start.readings():
        if reading in offered:
            return replace(clock, start=replace(clock.start, minutes=reading, open=False))
    return clock


def _occurrence(tape: Tape, minutes: int) -> tuple[date, bool]:
    """The day of an offered opening at that time, or else the next day on which it is still ahead."""
    for choice in tape.context.choices:
        if choice.start and choice.start.hour * 60 + choice.start.minute == minutes:
            return choice.start.date(), True
    now = tape.context.now
    passed = now.hour * 60 + now.minute >= minutes
    return tape.today + timedelta(days=1 if passed else 0), False


def _all_but(text: str, tape: Tape, groups: list[list[Piece]], holes: tuple[DayRange, ...]) -> list[Entity]:
    """The coming two weeks without the refused days."""
    refused = [p for g in groups for p in g if isinstance(p.found, Days) and p.negated]
    weeks = {p.found.of_week for p in refused if isinstance(p.found, Days) and p.found.of_week}
    start, end = tape.today, tape.today + _AHEAD
    if len(weeks) == 1:  # "any day but Wednesday next week"
        start = max(weeks)
        end = start + timedelta(weeks=1)
    role = None if len(weeks) == 1 else _LEFT
    left = almanac.without(((start, end),), holes)
    if not left:  # "not in March"
        start = max(hole[1] for hole in holes)
        left = almanac.without(((start, start + _AHEAD),), holes)
    span = (refused[0], refused[-1])
    unread = any("digits" in lexeme.senses for n, lexeme in enumerate(tape.lexemes) if n not in tape.read)
    sure = 0.6 if unread else 0.8  # "9 o 11, non il 10"
    found = []
    for first, last in left:
        value = {"from": wall(first, 0), "to": wall(last, 0)}
        found.append(_entity(text, tape, span, "time", value, grain="day", confidence=sure))
    return [replace(entity, role=role) for entity in found]


def _entity(
    text: str,
    tape: Tape,
    span: Sequence[Piece],
    entity: str,
    value: object,
    *,
    grain: str | None = None,
    confidence: float = 0.95,
) -> Entity:
    start = min(tape.at(piece.start).start for piece in span)
    end = max(tape.at(piece.end - 1).end for piece in span)
    return Entity(
        entity=entity,
        value=value,
        start=start,
        end=end,
        text=text[start:end],
        grain=grain,
        confidence=confidence,
    )
