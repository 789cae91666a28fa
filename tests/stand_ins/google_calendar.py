"""Google Calendar API v3, from its reference: it accepts overlaps, and everything else only to the letter.

developers.google.com/workspace/calendar/api/v3/reference, .../guides/sync, .../guides/errors. Hostile where
the reference leaves room: short pages, deleted events with nothing but their id, ids that stay taken once
their event is deleted. `lax` also ignores If-Match and finds no id twice, which the reference allows ("we
cannot guarantee that ID collisions will be detected at event creation time").
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from dateutil.rrule import rrulestr

from tests.stand_ins.google_channels import Channels
from tests.stand_ins.google_sign_in import GoogleSignIn

Json = dict[str, Any]
ID = re.compile(r"[a-v0-9]{5,1024}")
PAGE = 3  # events, whatever was asked for
_LIST = {
    *("timeMin", "timeMax", "singleEvents", "showDeleted", "maxResults", "pageToken", "syncToken"),
    *("orderBy", "q", "privateExtendedProperty", "updatedMin", "fields"),
}
_NOT_WITH_SYNC = {"timeMin", "timeMax", "orderBy", "q", "privateExtendedProperty", "updatedMin"}


class Refused(Exception):
    def __init__(self, status: int, reason: str, *, headers: dict[str, str] | None = None) -> None:
        self.status, self.reason, self.headers = status, reason, headers


class GoogleCalendarStandIn:
    """An application for aiohttp. `calendars`: id -> event id -> event, as JSON."""

    def __init__(self, *, at: datetime, lax: bool = False, time_zone: str = "Europe/Rome") -> None:
        self.sign_in = GoogleSignIn()
        self.calendars: dict[str, dict[str, Json]] = {}
        self.channels = Channels(at=at)
        self.readers_only: set[str] = set()
        self.answers: list[Refused] = []  # to the next requests, before anything is done
        self.drops = 0  # so many of the next writes are carried out, and not answered
        self.requests: list[str] = []
        self._at, self._ticks = at, count(1)
        self._lax, self._zone = lax, time_zone
        self._oldest_sync = 0

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._guard])
        base = "/calendar/v3"
        one = f"{base}/calendars/{{calendar}}/events"
        app.add_routes(
            [
                *self.sign_in.routes(),
                web.get(f"{base}/users/me/calendarList", self._calendar_list),
                web.post(f"{base}/freeBusy", self._free_busy),
                web.get(one, self._list),
                web.post(one, self._insert),
                web.get(f"{one}/{{event}}", self._get),
                web.put(f"{one}/{{event}}", self._update),
                web.delete(f"{one}/{{event}}", self._delete),
                web.post(f"{one}/{{event}}/move", self._move),
                web.post(f"{one}/watch", self.channels.watch),
                web.post(f"{base}/channels/stop", self.channels.stop),
            ]
        )
        return app

    # What staff do in their calendar program

    def enters(self, calendar: str, start: datetime, end: datetime, /, **more: Any) -> str:
        id_ = f"byhand{next(self._ticks)}"
        self._keep(calendar, {"id": id_, "summary": "Entered by hand", **_times(start, end), **more})
        return id_

    def moves(self, id_: str, start: datetime, end: datetime) -> None:
        calendar, event = self._live(id_)
        self._keep(calendar, {**event, **_times(start, end)})

    def deletes(self, id_: str) -> None:
        calendar, event = self._live(id_)
        self._keep(calendar, {**event, "status": "cancelled"})

    def active(self) -> list[tuple[str, Json]]:
        """(calendar, event) of all that is confirmed."""
        return [
            (calendar, event)
            for calendar, events in self.calendars.items()
            for event in events.values()
            if event["status"] == "confirmed"
        ]

    def forget_sync_tokens(self) -> None:
        self._oldest_sync = next(self._ticks)

    # The interface

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if not request.path.startswith("/calendar/"):
            response: web.StreamResponse = await handler(request)
            return response
        self.requests.append(f"{request.method} {request.path.rsplit('/', 1)[-1]}")
        try:
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if token not in self.sign_in.tokens:
                raise Refused(401, "authError")
            if self.answers:
                raise self.answers.pop(0)
            response = await handler(request)
        except Refused as refused:
            content = {
                "error": {
                    "code": refused.status,
                    "message": refused.reason,
                    "errors": [{"domain": "calendar", "reason": refused.reason, "message": refused.reason}],
                }
            }
            return web.json_response(content, status=refused.status, headers=refused.headers)
        if self.drops and request.method != "GET":
            self.drops -= 1
            assert request.transport is not None
            request.transport.close()
        return response

    async def _calendar_list(self, request: web.Request) -> web.Response:
        items = [{"id": id_, "summary": id_, "timeZone": self._zone} for id_ in self.calendars]
        return web.json_response({"kind": "calendar#calendarList", "items": items})

    async def _free_busy(self, request: web.Request) -> web.Response:
        body = await request.json()
        start, end = _moment(body.get("timeMin")), _moment(body.get("timeMax"))
        if start >= end:
            raise Refused(400, "timeRangeEmpty")
        told: Json = {}
        for item in body["items"]:
            if item["id"] not in self.calendars:
                told[item["id"]] = {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
                continue
            spans = sorted(
                self._span(event)
                for event in self._instances(self.calendars[item["id"]].values(), start, end)
                if event["status"] != "cancelled" and event.get("transparency") != "transparent"
            )
            told[item["id"]] = {"busy": [{"start": _z(s), "end": _z(e)} for s, e in _merged(spans)]}
        return web.json_response({"kind": "calendar#freeBusy", "calendars": told})

    async def _list(self, request: web.Request) -> web.Response:
        events = self._calendar(request)
        asked = request.query
        if set(asked) - _LIST or ("syncToken" in asked and set(asked) & _NOT_WITH_SYNC):
            raise Refused(400, "badRequest")
        if not 1 <= int(asked.get("maxResults", "250")) <= 2500:
            raise Refused(400, "badRequest")
        found: Iterable[Json] = list(events.values())
        if "syncToken" in asked:
            if asked.get("showDeleted") == "false":
                raise Refused(400, "badRequest")
            since = int(asked["syncToken"].removeprefix("sync-"))
            if since < self._oldest_sync:
                raise Refused(410, "fullSyncRequired")
            found = [event for event in found if int(event["etag"].strip('"')) > since]
        elif asked.get("showDeleted") != "true":
            found = [event for event in found if event["status"] != "cancelled"]
        start = _moment(asked.get("timeMin", "1970-01-01T00:00:00Z"))
        end = _moment(asked.get("timeMax", "2100-01-01T00:00:00Z"))
        if start >= end:
            raise Refused(400, "timeRangeEmpty")
        if asked.get("singleEvents") == "true":
            found = self._instances(found, start, end)
        elif "timeMin" in asked or "timeMax" in asked:
            found = [e for e in found if "start" in e and self._overlaps(e, start, end)]
        for pair in asked.getall("privateExtendedProperty", []):
            name, _, value = pair.partition("=")
            found = [e for e in found if _private(e).get(name) == value]
        return web.json_response(self._page(list(found), asked.get("pageToken")))

    async def _insert(self, request: web.Request) -> web.Response:
        events, body = self._calendar(request, writes=True), await request.json()
        id_ = body.get("id", f"google{next(self._ticks)}")
        if not ID.fullmatch(id_):
            raise Refused(400, "invalid")
        if id_ in events and not self._lax:
            raise Refused(409, "duplicate")
        return web.json_response(self._keep(request.match_info["calendar"], {**_valid(body), "id": id_}))

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(_shown(self._event(request)))

    async def _update(self, request: web.Request) -> web.Response:
        event = self._event(request, writes=True)
        self._must_match(request, event)
        body = _valid(await request.json())
        if body.get("id", event["id"]) != event["id"]:
            raise Refused(400, "invalid")
        kept = {**body, "id": event["id"], "created": event["created"]}
        return web.json_response(self._keep(request.match_info["calendar"], kept))

    async def _delete(self, request: web.Request) -> web.Response:
        event = self._event(request, writes=True)
        if event["status"] == "cancelled":
            raise Refused(410, "deleted")
        self._must_match(request, event)
        self._keep(request.match_info["calendar"], {**event, "status": "cancelled"})
        return web.Response(status=204)

    async def _move(self, request: web.Request) -> web.Response:
        event = self._event(request, writes=True)
        destination = request.query.get("destination", "")
        if destination not in self.calendars:
            raise Refused(404, "notFound")
        if event["status"] == "cancelled":
            raise Refused(404, "notFound")
        self._keep(request.match_info["calendar"], {**event, "status": "cancelled"})
        return web.json_response(self._keep(destination, dict(event)))

    # How it is kept

    def _calendar(self, request: web.Request, *, writes: bool = False) -> dict[str, Json]:
        name = request.match_info["calendar"]
        if name not in self.calendars:
            raise Refused(404, "notFound")
        if writes and name in self.readers_only:
            raise Refused(403, "requiredAccessLevel")
        return self.calendars[name]

    def _event(self, request: web.Request, *, writes: bool = False) -> Json:
        event = self._calendar(request, writes=writes).get(request.match_info["event"])
        if event is None:
            raise Refused(404, "notFound")
        return event

    def _must_match(self, request: web.Request, event: Json) -> None:
        if not self._lax and request.headers.get("If-Match", event["etag"]) != event["etag"]:
            raise Refused(412, "conditionNotMet")

    def _keep(self, calendar: str, event: Json) -> Json:
        tick = next(self._ticks)
        now = _z(self._at + timedelta(milliseconds=tick))
        kept = {"status": "confirmed", "created": now, **event, "updated": now, "etag": f'"{tick}"'}
        kept["kind"] = "calendar#event"
        self.calendars[calendar].pop(kept["id"], None)
        self.calendars[calendar][kept["id"]] = kept
        self.channels.changed(calendar)
        return kept

    def _live(self, id_: str) -> tuple[str, Json]:
        return next(
            (calendar, events[id_])
            for calendar, events in self.calendars.items()
            if id_ in events and events[id_]["status"] != "cancelled"
        )

    def _page(self, found: list[Json], token: str | None) -> Json:
        first = int(token or "0")
        page: Json = {"kind": "calendar#events", "timeZone": self._zone}
        page["items"] = [_shown(event) for event in found[first : first + PAGE]]
        if first + PAGE < len(found):
            page["nextPageToken"] = str(first + PAGE)
        else:
            page["nextSyncToken"] = f"sync-{next(self._ticks)}"
        return page

    def _instances(self, events: Iterable[Json], start: datetime, end: datetime) -> list[Json]:
        found = []
        for event in events:
            if "start" not in event:
                continue
            if "recurrence" not in event:
                found += [event] if self._overlaps(event, start, end) else []
                continue
            zone = ZoneInfo(event["start"].get("timeZone", self._zone))
            first, last = (moment.astimezone(zone) for moment in self._span(event))
            for wall in rrulestr(event["recurrence"][0], dtstart=first.replace(tzinfo=None)):
                begins = wall.replace(tzinfo=zone).astimezone(UTC)
                if begins >= end:
                    break
                one = {k: v for k, v in event.items() if k != "recurrence"}
                one |= {"id": f"{event['id']}_{begins:%Y%m%dT%H%M%SZ}", "recurringEventId": event["id"]}
                one |= _times(begins, begins + (last - first))
                found += [one] if self._overlaps(one, start, end) else []
        return found

    def _overlaps(self, event: Json, start: datetime, end: datetime) -> bool:
        begins, ends = self._span(event)
        return begins < end and ends > start

    def _span(self, event: Json) -> tuple[datetime, datetime]:
        begins, ends = (self._instant(event[side]) for side in ("start", "end"))
        return begins, ends

    def _instant(self, side: Json) -> datetime:
        if "date" in side:
            wall = datetime.combine(date.fromisoformat(side["date"]), datetime.min.time())
            return wall.replace(tzinfo=ZoneInfo(self._zone)).astimezone(UTC)
        return _moment(side["dateTime"])


def _valid(body: Json) -> Json:
    for side in ("start", "end"):
        if not set(body.get(side, ())) & {"dateTime", "date"}:
            raise Refused(400, "required")
        if "dateTime" in body[side]:
            _moment(body[side]["dateTime"])
    if body.get("status", "confirmed") not in ("confirmed", "tentative", "cancelled"):
        raise Refused(400, "invalid")
    private = _private(body)
    if any(len(k) > 44 or not isinstance(v, str) or len(v) > 1024 for k, v in private.items()):
        raise Refused(400, "invalid")
    return dict(body)


def _shown(event: Json) -> Json:
    """Of a deleted one only the id is certain to be there."""
    if event["status"] != "cancelled":
        return event
    return {name: event[name] for name in ("kind", "etag", "id", "status")}


def _private(event: Json) -> Json:
    found: Json = (event.get("extendedProperties") or {}).get("private") or {}
    return found


def _moment(text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        raise Refused(400, "badRequest") from None
    if moment.tzinfo is None:
        raise Refused(400, "badRequest")
    return moment.astimezone(UTC)


def _z(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _times(start: datetime, end: datetime) -> Json:
    """As Google writes them: with the calendar's offset, not in UTC."""
    rome = ZoneInfo("Europe/Rome")
    walls = (moment.astimezone(rome).isoformat() for moment in (start, end))
    return {
        side: {"dateTime": wall, "timeZone": "Europe/Rome"}
        for side, wall in zip(("start", "end"), walls, strict=True)
    }


def _merged(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
