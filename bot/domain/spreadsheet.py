"""Figures and the trail as CSV, which a spreadsheet opens and does not run.

RFC 4180, UTF-8. A cell that begins like a formula gets an apostrophe before it (OWASP: CSV injection).
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import timedelta

from bot.domain.chats import ChatFigures, ChatLine
from bot.domain.deeds import DoneBy
from bot.domain.figures import Figures, Line

_LINE = ("handoffs", "answered", "never answered", "first answer p50 minutes", "first answer p90 minutes")
_SETTLED = ("settled", "settled p50 minutes", "settled p90 minutes")
_CHATS = ("chats", "chats without a person", "messages of patients", "bookings", "messages per booking")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def as_csv(shown: Figures, chats: ChatFigures) -> str:
    """One row a line: what it is about, whom or when, and its figures; minutes with one decimal."""
    return _table((("what", "which", *_LINE, *_SETTLED, *_CHATS), *_rows(shown, chats)))


def table_as_csv(rows: Iterable[Iterable[object]]) -> str:
    """Rows as they are; none of their words is a formula to a spreadsheet."""
    return _table(tuple(row) for row in rows)


def trail_as_csv(rows: Iterable[DoneBy]) -> str:
    """What was done, in the order given; instants are UTC."""
    cells = (
        (row.number, f"{row.at:%Y-%m-%dT%H:%M:%S.%fZ}", row.by, row.deed, row.conversation or "", row.detail)
        for row in rows
    )
    return _table((("number", "at", "by", "deed", "conversation", "detail"), *cells))


def _rows(shown: Figures, chats: ChatFigures) -> Iterator[tuple[object, ...]]:
    none, nothing = ("",) * len(_CHATS), ("",) * len((*_LINE, *_SETTLED))
    yield ("total", "", *_line(shown.total), *_chat_line(chats.total))
    lines, chat_lines = dict(shown.days), dict(chats.days)
    for day in sorted({*lines, *chat_lines}):
        line = _line(lines[day]) if day in lines else nothing
        yield ("day", day.isoformat(), *line, *(_chat_line(chat_lines[day]) if day in chat_lines else none))
    for who, per_person in shown.people:
        yield ("person", who, *_line(per_person), *none)
    for reason, count in shown.reasons:
        yield ("reason", reason, count, *nothing[1:], *none)
    for weekday, counts in enumerate(chats.hours):
        for hour, messages in enumerate(counts):
            yield ("hour", f"{_DAYS[weekday]} {hour:02}:00", *nothing, "", "", messages, "", "")


def _line(line: Line) -> tuple[object, ...]:
    first = (_minutes(line.first_answer_p50), _minutes(line.first_answer_p90))
    lasted = (_minutes(line.settled_p50), _minutes(line.settled_p90))
    return (line.handoffs, line.answered, line.never_answered, *first, line.settled, *lasted)


def _chat_line(line: ChatLine) -> tuple[object, ...]:
    each = line.messages_per_booking
    return (line.chats, line.alone, line.messages, line.bookings, "" if each is None else f"{each:.1f}")


def _minutes(span: timedelta | None) -> str:
    return "" if span is None else f"{span.total_seconds() / 60:.1f}"


def _table(rows: Iterable[tuple[object, ...]]) -> str:
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    for row in rows:
        table.writerow([_inert(str(cell)) for cell in row])
    return written.getvalue()


def _inert(cell: str) -> str:
    is_formula = cell.lstrip()[:1] in ("=", "+", "-", "@", "|", "%") or cell[:1] in ("\t", "\r", "\n")
    return f"'{cell}" if is_formula else cell
