"""/inbox/trail: who did what, for those who answer for it. Nobody can change it, from here or elsewhere."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from aiohttp import web
from babel.dates import format_date

from bot.domain.deeds import Deed, DoneBy
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.domain.spreadsheet import trail_as_csv
from bot.service.inbox.staff import StaffBook
from bot.service.inbox.trail import TrailBook
from bot.web.access import SESSION, Handler, answer
from bot.web.frame import show_page
from bot.web.office.figures import spreadsheet

_SHOWN = 100
_EXPORTED = 100_000
_ASKED = ("by", "deed", "conversation", "from", "to")


class TrailPage:
    """The handlers. ?by=NAME &deed=WORD &conversation=ID &from=YYYY-MM-DD &to=YYYY-MM-DD &before=NUMBER"""

    def __init__(self, trail: TrailBook, *, staff: StaffBook, practice: Practice) -> None:
        self._trail = trail
        self._staff = staff
        self._practice = practice
        self._time = PracticeTime(practice.time_zone)

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "GET /inbox/trail": self.show,
            "GET /inbox/trail.csv": self.export,
            "GET /inbox/trail/check": self.check,
        }

    async def show(self, request: web.Request) -> web.Response:
        given = {name: request.query.get(name, "").strip() for name in _ASKED}
        asked = {name: value for name, value in given.items() if value}
        rows = await self._rows(request, limit=_SHOWN + 1)
        more = rows[_SHOWN - 1].number if len(rows) > _SHOWN else None
        return show_page(
            request,
            "trail",
            practice=self._practice,
            rows=rows[:_SHOWN],
            given=given,
            is_filtered=bool(asked),
            older=f"/inbox/trail?{urlencode(asked | {'before': str(more)})}" if more else None,
            csv=f"/inbox/trail.csv?{urlencode(asked)}",
            deeds=tuple(Deed),
            people=[person.name for person in await self._staff.people()],
            moment=lambda row: self._moment(row, request[SESSION].language),
        )

    async def export(self, request: web.Request) -> web.Response:
        rows = await self._rows(request, limit=_EXPORTED)
        await self._trail.note_now(Deed.EXPORTED, by=request[SESSION].who, detail=f"trail, {len(rows)} rows")
        return spreadsheet(trail_as_csv(rows), "trail.csv")

    async def check(self, request: web.Request) -> web.Response:
        """Whether every row is as it was written."""
        rows, touched = await self._trail.check()
        return answer({"rows": rows, "touched": [{"number": t.number, "what": t.what} for t in touched[:50]]})

    async def _rows(self, request: web.Request, *, limit: int) -> tuple[DoneBy, ...]:
        query = request.query
        deed, before = query.get("deed", ""), query.get("before", "")
        first, last = _day(query.get("from")), _day(query.get("to"))
        return await self._trail.trail(
            by=query.get("by", "").strip() or None,
            deed=Deed(deed) if deed in tuple(Deed) else None,
            conversation=query.get("conversation", "").strip() or None,
            since=self._time.day(first)[0] if first else None,
            until=self._time.day(last)[1] if last else None,
            before=int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None,
            limit=limit,
        )

    def _moment(self, row: DoneBy, language: str) -> str:
        wall = self._time.wall(row.at)
        return f"{format_date(wall.date(), 'd MMM y', locale=language)}, {wall:%H:%M:%S}"


def _day(given: str | None) -> date | None:
    try:
        day = date.fromisoformat(given or "")
    except ValueError:
        return None
    return day if 1970 <= day.year < 2200 else None
