"""Lets hours that stand together say one thing: "3 in the afternoon", "after 3 but not after 6"."""

from dataclasses import replace

from nlu.times.hours import part_hours
from nlu.times.pieces import Clock, Days, Moment, Piece
from nlu.times.tape import Tape

_BEHIND = 4  # lexemes between the hours and "I'm easy"
_HOUR = 60
_EARLY = 6 * 60  # "domattina alle 8:30", though it is opened at nine


#: "Late Thursday morning", "early on Friday afternoon".
_PARTS_OF = {
    ("late", "morning"): "late_morning",
    ("early", "morning"): "first_thing",
    ("late", "afternoon"): "late_afternoon",
    ("early", "afternoon"): "early_afternoon",
    ("early", "evening"): "evening",
    ("late", "evening"): "last_of_day",
}
_CONTRAST = frozenset({"но", "but", "ma", "pero"})


def narrow_part(tape: Tape, chain: list[Piece]) -> list[Piece]:
    """ "С утра во вторник, часов в десять": what leads is told again, more exactly; or it only was the reason
    ("school until 3, so Tuesday at half 3")."""
    if len(chain) == 4 and _is_told_around(tape, chain):
        chain = chain[1:]  # "late Thursday afternoon, 5 or so"
    chain = _without_leading_parts(tape, chain)
    if len(chain) != 3:
        return chain
    part, day, exact = chain
    one, other = part.found, exact.found
    if not (isinstance(one, Clock) and isinstance(day.found, Days) and isinstance(other, Clock)):
        return chain
    plain = not (part.negated or exact.negated or part.dismissed or exact.dismissed)
    of_part = _PARTS_OF.get((one.part or "", other.part or ""))
    if plain and exact.link == "none" and of_part in tape.vocabulary.parts:
        return [day.but(link=part.link), exact.but(found=replace(other, part=of_part))]
    halves = part.negated and one.part and other.part and exact.link == "none" and not exact.negated
    if halves and not _overlap(tape, one, other):  # "no evenings, so Monday morning"
        return [day.but(link=part.link), exact]
    narrowed = plain and one.shape == "point" and other.shape == "part" and exact.link == "none"
    if narrowed and other.part and not one.part and fits(tape, one, other.part):  # "4 this afternoon"
        return [day.but(link=part.link), part.but(link="none", found=replace(one, part=other.part))]
    behind = exact.link == "none" or (exact.link == "soft" and part.negated)  # "I work till 3. Tuesday, at 4"
    if one.shape in ("before", "after", "point") and behind and day.link != "or":
        return [day.but(link=part.link), exact] if other.shape != "part" else chain
    if one.shape != "part" or other.shape == "part" or not plain or one.part is None or other.part:
        return chain
    if "or" in (day.link, exact.link):
        return chain
    if not fits(tape, other, one.part):
        visit = one.part in ("first_thing", "last_of_day") and not tape.at(part.start).text
        if visit and other.shape == "point":  # "first appointment, I would like Monday at 3"
            return [day.but(link=part.link), exact]
        return chain
    return [day.but(link=part.link), exact.but(found=replace(other, part=one.part))]


def _without_leading_parts(tape: Tape, chain: list[Piece]) -> list[Piece]:
    """ "Better in the morning, Thursday at 10 or half past": the hours say it more exactly."""
    days = [n for n, p in enumerate(chain) if isinstance(p.found, Days)]
    if len(days) != 1 or not 1 <= days[0] <= 2 or len(chain) < days[0] + 3:
        return chain
    lead, exact = chain[: days[0]], chain[days[0] + 1 :]
    part = lead[0].found
    if not isinstance(part, Clock) or not part.part or any(p.negated or p.dismissed for p in chain):
        return chain
    alike = all(isinstance(p.found, Clock) and p.found.part == part.part for p in lead)
    if not alike or exact[0].link != "none":
        return chain
    points = [p.found for p in exact if isinstance(p.found, Clock) and p.found.shape == "point"]
    if len(points) != len(exact) or not all(fits(tape, point, part.part) for point in points):
        return chain
    return [chain[days[0]].but(link=lead[0].link), *exact]


def _is_told_around(tape: Tape, chain: list[Piece]) -> bool:
    """Whether a day stands between two words for one part of it, and an hour of that part follows."""
    one, day, other, exact = (piece.found for piece in chain)
    if not (isinstance(one, Clock) and isinstance(day, Days) and isinstance(other, Clock)):
        return False
    if (
        any(p.negated or p.dismissed for p in chain)
        or chain[2].link != "none"
        or not isinstance(exact, Clock)
    ):
        return False
    parts = (
        one.shape == other.shape == "part" and other.part is not None and exact.shape in ("point", "around")
    )
    return parts and fits(tape, exact, other.part or "")


def merge_clocks(tape: Tape, chain: list[Piece]) -> list[Piece]:
    """ "In the afternoon after 3" is one time, and so is "after 3 but not after 6"."""
    settled: list[Piece] = []
    for piece in _without_indifferent_parts(tape, chain):
        last = settled[-1] if settled else None
        merged = _one_clock(tape, last, piece) if last is not None else None
        if merged is None or last is None:
            settled.append(piece)
        else:
            settled[-1] = last.but(found=merged, end=piece.end, negated=False)
    return settled


def _without_indifferent_parts(tape: Tape, chain: list[Piece]) -> list[Piece]:
    """ "Wednesday, morning or afternoon, I'm easy": all of the day."""
    if len(chain) < 3 or not isinstance(chain[0].found, Days) or chain[-1].link != "or":
        return chain
    parts = {p.found.part for p in chain[-2:] if isinstance(p.found, Clock) and not p.negated}
    end = chain[-1].end
    said = tape.has_any(range(end, end + _BEHIND), "indifferent", "easy_going")
    return chain[:-2] if said and parts in ({"morning", "afternoon"}, {"am", "pm"}) else chain


def _one_clock(tape: Tape, last: Piece, piece: Piece) -> Clock | None:
    one, other = clock_of(last), clock_of(piece)
    if one is None or other is None or last.dismissed != piece.dismissed:
        return None
    refused = one.negated and not (last.excluding or other.negated) and piece.link in ("none", "soft")
    if refused and one.part and other.shape in ("point", "around") and not fits(tape, other, one.part):
        return other  # "not first thing, more like 11"
    if piece.link in ("none", "soft"):
        if one.shape == "part" and other.shape != "part" and not one.negated:
            one, other = other, one
        refining = other.shape == "part" and not other.negated and one.shape != "part" and not one.part
        if refining and other.part and (piece.link == "none" or fits(tape, one, other.part)):
            return replace(one, part=other.part)
        plain = not (one.negated or other.negated) and one.shape == "part" == other.shape
        told_closer = one.shape == "range" and other.shape == "part" and not other.negated
        if told_closer and piece.link == "soft" and last.found is other and _meet(tape, one, other):
            return one  # "between school and lunch, say 9.30 to 12"
        if plain and piece.link == "soft" and _is_inside(tape, other, one):  # "tomorrow morning, very early"
            return other
        if plain and piece.link == "none":
            if not _overlap(tape, one, other):  # "хоть утром, хоть вечером", but "in mattinata sul tardi"
                return one if other.part == "last_of_day" else None
            return other if one.part == "later" or _is_inside(tape, other, one) else one
    if piece.link == "or" and one.shape == other.shape == "after" and tape.has(last.start, "not_before"):
        later = other.start if not tape.has(piece.start, "not_before") else None
        return Clock("range", one.start, later, part=one.part) if later else None  # "not before 3 or after 5"
    another = piece.link == "or" and other.shape == "point" and piece.start == last.end + 1
    if another and one.shape in ("after", "before"):  # "after 4 or 5"
        return replace(one, part=other.part) if one.shape == "after" else Clock("before", end=other.start)
    parts = one.shape == "part" == other.shape and bool(one.part and other.part)
    if parts and one.negated != other.negated and not _overlap(tape, one, other):
        return other if one.negated else one  # "in the evening, by day I work"
    contrast = any(tape.at(p).text in _CONTRAST for p in range(last.end, piece.start))
    exact = other.shape in ("point", "around")
    if exact and piece.link in ("none", "soft") and not contrast and _is_within(one, other):
        return other  # "after 3, best at 4", "until 4, ideally at 3", but "after 3, but I must leave at 4"
    bounds = {one.shape, other.shape}
    if len(bounds) == 1 and bounds <= {"after", "before"} and piece.link != "or":
        return other
    if bounds == {"after", "before"} and piece.link != "or":
        after, before = (one, other) if one.shape == "after" else (other, one)
        return Clock("range", after.start, before.end, part=one.part or other.part)
    if one.shape == "part" and other.shape in ("after", "before") and not one.negated and piece.link != "or":
        return replace(other, part=one.part)
    return None


def cut_refused_edges(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "In the morning, not at 9" is from ten on; what is refused amid a part leaves it as it is."""
    cut = list(pieces)
    for number, piece in enumerate(pieces[1:], 1):
        before, hour = cut[number - 1], piece.found
        if not piece.negated or not isinstance(hour, Clock) or hour.shape != "point" or hour.start is None:
            continue
        part = before.found
        plain = isinstance(part, Clock) and part.shape == "part" and not (before.negated or before.dismissed)
        if plain and piece.link != "break" and isinstance(part, Clock):
            cut[number - 1] = before.but(found=_without_edge(tape, part, hour.start))
    return cut


def _without_edge(tape: Tape, part: Clock, refused: Moment) -> Clock:
    start, end = part_hours(part.part or "", tape.vocabulary, tape.context)
    for reading in refused.readings():
        if start <= reading < start + _HOUR <= end - _HOUR:
            return Clock("after", Moment(reading + _HOUR), part=part.part)
        if end - _HOUR <= reading < end:
            return Clock("before", end=Moment(reading), part=part.part)
    return part


def _meet(tape: Tape, hours: Clock, part: Clock) -> bool:
    start, end = part_hours(part.part or "", tape.vocabulary, tape.context)
    if hours.start is None or hours.end is None:
        return False
    return any(a <= end and start <= b for a in hours.start.readings() for b in hours.end.readings() if a < b)


def _is_within(bound: Clock, point: Clock) -> bool:
    if point.start is None or bound.negated or point.negated:
        return False
    readings = point.start.readings()
    if bound.shape == "after" and bound.start is not None:
        return any(bound.start.readings()[-1] < reading for reading in readings)
    if bound.shape == "before" and bound.end is not None and not bound.end.open:
        return any(reading < bound.end.minutes for reading in readings)
    return False


def _overlap(tape: Tape, one: Clock, other: Clock) -> bool:
    (a, b), (c, d) = (part_hours(p.part or "", tape.vocabulary, tape.context) for p in (one, other))
    return a < d and c < b


def _is_inside(tape: Tape, inner: Clock, outer: Clock) -> bool:
    """ "Tomorrow morning, first thing" """
    (a, b), (c, d) = (part_hours(p.part or "", tape.vocabulary, tape.context) for p in (inner, outer))
    return c <= a and b <= d


def clock_of(piece: Piece) -> Clock | None:
    """The clock of a piece, with "not before ten" turned into "after ten"."""
    clock = piece.found
    if not isinstance(clock, Clock):
        return None
    if not piece.negated:
        return clock
    if clock.shape == "before":
        return replace(clock, shape="after", start=clock.end, end=None)
    if clock.shape == "after":
        return replace(clock, shape="before", end=clock.start, start=None)
    return replace(clock, negated=True)


def fits(tape: Tape, clock: Clock, part: str) -> bool:
    start, end = part_hours(part, tape.vocabulary, tape.context)
    moment = clock.start or clock.end
    start = min(start, _EARLY) if part in ("morning", "first_thing", "early") else start
    return moment is not None and any(start <= reading <= end for reading in moment.readings())
