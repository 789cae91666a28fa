"""Google Calendar API v3 (developers.google.com/workspace/calendar/api/v3/reference): events in and out.

An event is the JSON that Google has, so that what staff have put into it survives our writes. Google sends
nobody an e-mail for what we write (sendUpdates=none).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.errors import AuthFailed, ProtocolDrift, RateLimited
from bot.practice_systems.google.signing_in import SigningIn
from bot.practice_systems.outside_http import Answer, OutsideHttp

Json = dict[str, Any]
PAGE = 2500  # what Google allows
MOST_PAGES = 200
_LIMITS = {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "calendarUsageLimitsExceeded"}
_SILENTLY = ("sendUpdates", "none")
#: So that a video call and files in the event stay in it.
_WHOLE = (("conferenceDataVersion", "1"), ("supportsAttachments", "true"))


class Changed(Exception):
    """The event has a newer version, or is gone: nothing was written."""


class Duplicate(Exception):
    """There is, or was, an event of this id."""


class TokenTooOld(Exception):
    """The sync token says nothing any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """All pages of a list."""

    items: tuple[Json, ...]
    time_zone: str  # of the calendar
    sync_token: str | None


class GoogleRest:
    """One account."""

    def __init__(self, http: OutsideHttp, signing_in: SigningIn) -> None:
        """`http` leaves 401 and 403 to be told apart here."""
        self._http = http
        self._signing_in = signing_in

    async def calendars(self) -> tuple[Json, ...]:
        found = await self._pages("users/me/calendarList", [])
        return found.items

    async def events(self, calendar: str, query: Sequence[tuple[str, str]]) -> Listed:
        """Raises TokenTooOld where the query has a sync token."""
        return await self._pages(_events(calendar), query)

    async def busy(
        self, calendars: Sequence[str], *, start: str, end: str
    ) -> Mapping[str, Sequence[Mapping[str, str]]]:
        """Raises AuthFailed when one of them is not shared with us."""
        body = {"timeMin": start, "timeMax": end, "items": [{"id": one} for one in calendars]}
        told = _object(await self._request("POST", "freeBusy", writes=False, body=body))
        found = {}
        for calendar in calendars:
            one = (told.get("calendars") or {}).get(calendar)
            if not isinstance(one, dict) or one.get("errors"):
                raise AuthFailed(
                    "Google does not tell when a calendar of options.also_busy is busy; share it with our"
                    " account"
                )
            found[calendar] = one.get("busy") or ()
        return found

    async def get(self, calendar: str, id_: str) -> Json | None:
        answer = await self._request("GET", _event(calendar, id_), writes=False)
        return None if answer.status in (404, 410) else _object(answer)

    async def insert(self, calendar: str, event: Json) -> Json:
        """Raises Duplicate."""
        answer = await self._request("POST", _events(calendar), writes=True, query=[_SILENTLY], body=event)
        if answer.status == 409:
            raise Duplicate
        if answer.status == 404:
            raise _not_shared()
        return _object(answer)

    async def update(self, calendar: str, event: Json, *, etag: str | None) -> Json:
        """The whole event. Raises Changed unless it is still that version."""
        answer = await self._request(
            "PUT",
            _event(calendar, str(event["id"])),
            writes=True,
            query=[_SILENTLY, *_WHOLE],
            etag=etag,
            body=event,
        )
        if answer.status in (404, 409, 410, 412):
            raise Changed
        return _object(answer)

    async def relocate(self, calendar: str, id_: str, *, to: str) -> Json:
        """To another calendar, where it keeps its id. Raises Changed when it is not there any more."""
        query = [("destination", to), _SILENTLY]
        answer = await self._request("POST", f"{_event(calendar, id_)}/move", writes=True, query=query)
        if answer.status in (404, 409, 410, 412):
            raise Changed
        return _object(answer)

    async def delete(self, calendar: str, id_: str, *, etag: str | None) -> None:
        """What is deleted stays so. Raises Changed unless it is still that version."""
        answer = await self._request(
            "DELETE", _event(calendar, id_), writes=True, query=[_SILENTLY], etag=etag
        )
        if answer.status in (409, 412):
            raise Changed
        if answer.status not in (404, 410):
            _refuse(answer)

    async def watch(self, calendar: str, channel: Json) -> Json:
        """Google calls the channel's address when an event of this calendar changes."""
        answer = await self._request("POST", f"{_events(calendar)}/watch", writes=False, body=channel)
        return _object(answer)

    async def stop_watching(self, channel: str, resource: str) -> None:
        """What has ended by itself is as good as stopped."""
        body = {"id": channel, "resourceId": resource}
        answer = await self._request("POST", "channels/stop", writes=False, body=body)
        if answer.status != 404:
            _refuse(answer)

    async def _pages(self, path: str, query: Sequence[tuple[str, str]]) -> Listed:
        items: list[Json] = []
        page: list[tuple[str, str]] = []
        for _ in range(MOST_PAGES):
            answer = await self._request(
                "GET", path, writes=False, query=[*query, ("maxResults", str(PAGE)), *page]
            )
            if answer.status == 410:
                raise TokenTooOld
            if answer.status == 404:
                raise _not_shared()
            told = _object(answer)
            items += told.get("items") or ()
            following = told.get("nextPageToken")
            if not following:
                zone, token = str(told.get("timeZone") or "UTC"), told.get("nextSyncToken")
                return Listed(items=tuple(items), time_zone=zone, sync_token=token)
            page = [("pageToken", str(following))]
        raise ProtocolDrift("a list of events never ends")

    async def _request(
        self,
        method: str,
        path: str,
        *,
        writes: bool,
        query: Sequence[tuple[str, str]] = (),
        etag: str | None = None,
        body: Json | None = None,
    ) -> Answer:
        """Once more with a new token when the old one is not taken: nothing was done then."""
        for may_renew in (True, False):
            signature = await self._signing_in.header()
            headers = {"Authorization": signature, "Accept": "application/json"}
            if etag is not None:
                headers["If-Match"] = etag
            answer = await self._http.request(
                method, path, writes=writes, headers=headers, query=list(query) or None, json_body=body
            )
            if answer.status == 401:
                self._signing_in.refused(signature)
                if may_renew:
                    continue
                raise AuthFailed("Google does not take a token that it has just given us")
            if answer.status == 403:
                raise _forbidden(answer)
            return answer
        raise AssertionError("the second try returns or raises")


def _events(calendar: str) -> str:
    return f"calendars/{quote(calendar, safe='')}/events"


def _event(calendar: str, id_: str) -> str:
    return f"{_events(calendar)}/{quote(id_, safe='')}"


def _forbidden(answer: Answer) -> AuthFailed | RateLimited:
    if _LIMITS & set(_reasons(answer)):
        return RateLimited("Google has been asked as often as it allows", None)
    return _not_shared()


def _not_shared() -> AuthFailed:
    return AuthFailed(
        "Google does not let us use a calendar: share it with our account, with the right to change events,"
        " and see that practice_system.practitioners names it"
    )


def _object(answer: Answer) -> Json:
    _refuse(answer)
    content = answer.json()
    if not isinstance(content, dict):
        raise ProtocolDrift("an answer of Google's is no object")
    return content


def _refuse(answer: Answer) -> None:
    """Raises for what is no success. Google's own words may quote an event: only its reasons are told."""
    if not answer.is_success:
        reasons = ", ".join(_reasons(answer)) or "no reason"
        raise ProtocolDrift(f"Google answers with status {answer.status} ({reasons})")


def _reasons(answer: Answer) -> tuple[str, ...]:
    try:
        content = answer.json()
    except ProtocolDrift:
        return ()
    error = content.get("error") if isinstance(content, dict) else None
    errors = error.get("errors") if isinstance(error, dict) else None
    return tuple(str(one.get("reason"))[:40] for one in errors or () if isinstance(one, dict))
