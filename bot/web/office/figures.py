"""/inbox/figures: how fast people answer, whom nobody answered, and what the assistant does alone."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from aiohttp import web
from babel.dates import format_date, get_day_names
from babel.numbers import format_decimal, format_percent

from bot.domain.deeds import Deed
from bot.domain.figures import HandoffFact
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.domain.spreadsheet import as_csv
from bot.ports import Clock
from bot.service.inbox.desk import Desk
from bot.service.inbox.figures import Reports
from bot.service.inbox.trail import Trail
from bot.web.access import SESSION, Handler
from bot.web.frame import show_page
from bot.web.office.charts import HEIGHT, WIDTH, columns, heat
from bot.web.wording import wording

#: Days back from today, by the name of their word.
PERIODS = {"today": 1, "days_7": 7, "days_30": 30, "days_90": 90}
_USUAL = "days_30"
_LONGEST = timedelta(days=1100)
_SHOWN = 100  # rows of a list; the CSV has everything


class FiguresPage:
    """The handlers."""

    def __init__(
        self, reports: Reports, *, desk: Desk, practice: Practice, clock: Clock, trail: Trail
    ) -> None:
        self._reports = reports
        self._desk = desk
        self._practice = practice
        self._clock = clock
        self._time = PracticeTime(practice.time_zone)
        self._trail = trail

    def handlers(self) -> Mapping[str, Handler]:
        return {"GET /inbox/figures": self.show, "GET /inbox/figures.csv": self.export}

    async def show(self, request: web.Request) -> web.Response:
        """?period=days_7, or ?from=YYYY-MM-DD&to=YYYY-MM-DD"""
        language = request[SESSION].language
        period, first, last = self._period(request.query)
        report = await self._reports.report(first, last)
        names = {one.id: one.label for one in await self._desk.handoffs()}
        return show_page(
            request,
            "figures",
            practice=self._practice,
            periods=tuple(PERIODS),
            period=period,
            report=report,
            csv=f"/inbox/figures.csv?from={first}&to={last}",
            waiting=await self._reports.waiting(),
            never=report.desk.never_answered[-_SHOWN:][::-1],
            columns=columns(report.chats, first, last),
            chart=(WIDTH, HEIGHT),
            heat=heat(report.chats.hours),
            weekdays=[name for _, name in sorted(get_day_names("abbreviated", locale=language).items())],
            name=lambda conversation: _called(names.get(conversation), conversation, language),
            told=_Told(language, self._time),
        )

    async def export(self, request: web.Request) -> web.Response:
        _, first, last = self._period(request.query)
        report = await self._reports.report(first, last)
        await self._trail.note_now(Deed.EXPORTED, by=request[SESSION].who, detail=f"figures {first} {last}")
        return spreadsheet(as_csv(report.desk, report.chats), f"figures-{first}-{last}.csv")

    def _period(self, query: Mapping[str, str]) -> tuple[str | None, date, date]:
        """What was asked for, else the usual: (name of the period, first day, last day)."""
        today = self._time.today(self._clock.now())
        try:
            first, last = date.fromisoformat(query.get("from", "")), date.fromisoformat(query.get("to", ""))
        except ValueError:
            name = query.get("period", _USUAL)
            days = PERIODS.get(name, PERIODS[_USUAL])
            return (name if name in PERIODS else _USUAL), today - timedelta(days=days - 1), today
        first, last = sorted((min(first, today), min(last, today)))
        return None, max(first, last - _LONGEST), last


def _called(label: str | None, conversation: str, language: str) -> str:
    """Whoever gave no name is "Patient 3F2A", in the reader's language."""
    nameless = f"Patient {conversation[:4].upper()}"
    if label not in (None, nameless):
        return str(label)
    return nameless.replace("Patient", wording(language)["patient"])


class _Told:
    """Values as people of one language read them."""

    def __init__(self, language: str, clock: PracticeTime) -> None:
        self._language = language
        self._time = clock
        self._words = wording(language)

    def span(self, span: timedelta | None) -> str:
        """4 min, 1 h 20 min; a dash for nothing."""
        if span is None:
            return "–"
        minutes = round(span.total_seconds() / 60)
        if minutes == 0 and span > timedelta(0):
            return self._words["span_short"]
        key = "span_minutes" if minutes < 60 else "span_hours"
        return self._words[key].format(n=minutes % 60, h=minutes // 60)

    def share(self, share: float | None) -> str:
        return "–" if share is None else format_percent(share, locale=self._language)

    def ratio(self, ratio: float | None) -> str:
        return "–" if ratio is None else format_decimal(round(ratio, 1), locale=self._language)

    def count(self, count: int) -> str:
        return format_decimal(count, locale=self._language)

    def day(self, day: date) -> str:
        return format_date(day, "d MMM", locale=self._language)

    def moment(self, at: datetime) -> str:
        wall = self._time.wall(at)
        return f"{format_date(wall.date(), 'd MMM', locale=self._language)}, {wall:%H:%M}"

    def reason(self, reason: str) -> str:
        return self._words.get(f"reason_{reason}") or self._words["reason_other"]

    def outcome(self, fact: HandoffFact) -> str:
        return self._words[f"outcome_{fact.outcome}"] if fact.outcome else self._words["outcome_open"]


def spreadsheet(text: str, name: str) -> web.Response:
    """A file to save. The mark at its beginning tells spreadsheets that it is UTF-8."""
    return web.Response(
        body=b"\xef\xbb\xbf" + text.encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
