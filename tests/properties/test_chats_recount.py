"""What the assistant does by itself equals what somebody with a pencil comes to."""

import csv
import io
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.chats import BookingFact, ChatFigures, ChatLine, WroteFact, chat_figures
from bot.domain.deeds import Deed, DoneBy
from bot.domain.figures import HandoffFact, figures
from bot.domain.spreadsheet import as_csv, trail_as_csv
from tests.studio import STUDIO

MINUTE = timedelta(minutes=1)
#: Over the change to summer time on the 29th of March: one night has no hour between two and three.
START, DAYS = datetime(2026, 3, 22, 23, tzinfo=UTC), 14
END = datetime(2026, 4, 5, 22, tzinfo=UTC)
ROME = ZoneInfo("Europe/Rome")
Facts = tuple[list[WroteFact], list[HandoffFact], list[BookingFact]]


def _day(at: datetime) -> date:
    return at.astimezone(ROME).date()


def _recount(
    wrote: Sequence[WroteFact], handoffs: Sequence[HandoffFact], bookings: Sequence[BookingFact]
) -> tuple[int, int, int, int, int]:
    """As a person would: a sheet a day, a line a patient."""
    chats = alone = to_book = 0
    for day in {_day(fact.at) for fact in [*wrote, *bookings]}:
        for patient in {fact.conversation for fact in [*wrote, *bookings]}:
            theirs = sorted(w.at for w in wrote if w.conversation == patient and _day(w.at) == day)
            booked = [b.at for b in bookings if b.conversation == patient and _day(b.at) == day]
            to_book += len([at for at in theirs if any(at <= moment for moment in booked)])
            if not theirs:
                continue
            chats += 1
            standing = [
                h
                for h in handoffs
                if h.conversation == patient
                and _day(h.opened_at) <= day
                and (h.closed_at is None or h.closed_at > theirs[0])
            ]
            alone += not standing
    return chats, alone, len(wrote), len(bookings), to_book


def _told(line: ChatLine) -> tuple[int, int, int, int, int]:
    return line.chats, line.alone, line.messages, line.bookings, line.messages_to_book


def _made(chance: random.Random, patients: int, days: int) -> Facts:
    facts: Facts = ([], [], [])
    wrote, handoffs, bookings = facts
    for number in range(patients):
        patient, at = f"p{number}", START + chance.randrange(-1440, days * 1440) * MINUTE
        for _ in range(chance.randrange(1, 6)):
            wrote.append(WroteFact(conversation=patient, at=at))
            if chance.random() < 0.2:
                bookings.append(BookingFact(conversation=patient, at=at + MINUTE / 4))
            if chance.random() < 0.15:
                closed = at + chance.randrange(1, 2000) * MINUTE if chance.random() < 0.7 else None
                handoffs.append(
                    HandoffFact(conversation=patient, reason="asked", opened_at=at, closed_at=closed)
                )
            at += chance.choice([1, 3, 30, 700]) * MINUTE
    return facts


def _shown(facts: Facts, start: datetime = START, end: datetime = END) -> ChatFigures:
    wrote, handoffs, bookings = facts
    return chat_figures(STUDIO, wrote=wrote, handoffs=handoffs, bookings=bookings, start=start, end=end)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_what_the_assistant_did_alone_is_what_a_recount_comes_to(seed: int) -> None:
    facts = _made(random.Random(seed), patients=6, days=3)
    wrote, handoffs, bookings = facts
    shown = _shown(facts)
    wrote = [w for w in wrote if START <= w.at < END]
    bookings = [b for b in bookings if START <= b.at < END]

    assert _told(shown.total) == _recount(wrote, handoffs, bookings)
    assert [day for day, _ in shown.days] == sorted({_day(fact.at) for fact in [*wrote, *bookings]})
    for day, line in shown.days:
        of_day, booked = [w for w in wrote if _day(w.at) == day], [b for b in bookings if _day(b.at) == day]
        assert _told(line) == _recount(of_day, handoffs, booked)


def test_ten_thousand_chats_are_counted_alike() -> None:
    facts = _made(random.Random(20260322), patients=10_000, days=DAYS)
    shown = _shown(facts)

    busy: dict[tuple[int, int], int] = {}
    by_patient: dict[str, Facts] = {}
    for patient in {fact.conversation for fact in facts[0]}:
        by_patient[patient] = ([], [], [])
    for fact in facts[0]:
        if START <= fact.at < END:
            by_patient[fact.conversation][0].append(fact)
    for handoff in facts[1]:
        by_patient[handoff.conversation][1].append(handoff)
    for booking in facts[2]:
        if START <= booking.at < END:
            by_patient[booking.conversation][2].append(booking)
    for fact in facts[0]:
        if START <= fact.at < END:
            wall = fact.at.astimezone(ROME)
            busy[wall.weekday(), wall.hour] = busy.get((wall.weekday(), wall.hour), 0) + 1
    counted = [_recount(w, h, b) for w, h, b in by_patient.values()]
    assert shown.total.chats > 10_000
    assert _told(shown.total) == tuple(sum(column) for column in zip(*counted, strict=True))
    assert shown.hours == tuple(tuple(busy.get((day, hour), 0) for hour in range(24)) for day in range(7))
    assert shown.total.containment == shown.total.alone / shown.total.chats
    assert shown.total.messages_per_booking == shown.total.messages_to_book / shown.total.bookings


FORMULAS = ("=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "|x", "%x")


@given(who=st.one_of(st.sampled_from(FORMULAS), st.text(max_size=20).filter(bool)))
def test_no_cell_of_a_csv_begins_like_a_formula(who: str) -> None:
    fact = HandoffFact(
        conversation="a", reason=who, opened_at=START, answered_at=START + MINUTE, answered_by=who
    )
    shown = figures(STUDIO, [fact], start=START, end=END)
    trail = trail_as_csv([DoneBy(number=1, at=START, by=who, deed=Deed.SENT, conversation=who, detail=who)])
    read = [
        cell
        for written in (as_csv(shown, _shown(([], [], []))), trail)
        for row in csv.reader(io.StringIO(written, newline=""))
        for cell in row
    ]

    assert [cell for cell in read if cell.lstrip()[:1] in ("=", "+", "-", "@", "|", "%")] == []
    assert [cell for cell in read if cell[:1] in ("\t", "\r", "\n")] == []
    assert sum(who in cell for cell in read) >= 5
