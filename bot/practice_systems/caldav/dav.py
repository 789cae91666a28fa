"""WebDAV as calendars need it (RFC 4918, 4791, 6578): requests in, values out. It knows nothing of visits.

An href is kept as the server writes it, an absolute path; what comes back is compared by its decoded path, as
servers differ in what they escape.
"""

import asyncio
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote, urlsplit

from yarl import URL

from bot.errors import AuthFailed, PolicyRefused, ProtocolDrift
from bot.practice_systems.outside_http import Answer, OutsideHttp

_NAMESPACES = {
    "D": "DAV:",
    "C": "urn:ietf:params:xml:ns:caldav",
    "S": "http://calendarserver.org/ns/",
}
AT_ONCE = 4  # requests under way: small servers turn away who knocks more often
_REDIRECTS = (301, 302, 307, 308)
_FULL = 507  # as a whole answer: no room; within a multistatus: there is more


class Changed(Exception):
    """A condition (If-Match, If-None-Match) did not hold, or the same UID is there already: nothing was
    written."""


class TokenTooOld(Exception):
    """The server has forgotten this sync token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A calendar object. `modified` is by the server's clock."""

    href: str
    etag: str | None
    data: bytes
    modified: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """What discovery asks about a collection."""

    href: str
    is_calendar: bool
    name: str | None
    takes_events: bool
    sync_token: str | None
    ctag: str | None
    principal: str | None
    homes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What a sync report says: hrefs that are new or other, hrefs that are gone."""

    changed: tuple[str, ...]
    gone: tuple[str, ...]
    token: str


@dataclass(slots=True)
class _Response:
    href: str
    status: int | None
    found: dict[str, ET.Element] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        element = self.found.get(name)
        return element.text.strip() or None if element is not None and element.text else None

    def hrefs(self, name: str) -> tuple[str, ...]:
        element = self.found.get(name)
        if element is None:
            return ()
        return tuple(e.text.strip() for e in element.iter(_tag("D:href")) if e.text)


class Dav:
    """One CalDAV account."""

    def __init__(self, http: OutsideHttp, *, name: str = "caldav") -> None:
        """`http` classifies 401 as AuthFailed and leaves 403 to us: DAV uses it for conditions, too."""
        self._http = http
        self._name = name
        self._root = http.url("").origin()
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def collections(self, path: str, *, depth: int) -> tuple[Collection, ...]:
        """The collection and, with depth 1, those within. Follows redirects on this host. Empty for 404."""
        body = _document(
            "D:propfind",
            "<D:prop><D:resourcetype/><D:displayname/><D:current-user-principal/><D:sync-token/><S:getctag/>"
            "<C:calendar-home-set/><C:supported-calendar-component-set/></D:prop>",
        )
        answer = await self._ask("PROPFIND", path, body, depth=depth, may_redirect=True)
        if answer.status in (404, 405):
            return ()
        return tuple(_collection(response) for response in _responses(self._multistatus(answer)))

    async def query(self, calendar: str, *, start: datetime, end: datetime) -> tuple[Item, ...]:
        """Events that touch the range, and whatever else the server thinks does."""
        window = f'<C:time-range start="{_stamp(start)}" end="{_stamp(end)}"/>'
        return await self._items(
            calendar,
            _document("C:calendar-query", _WANTED + _filter(f'<C:comp-filter name="VEVENT">{window}')),
        )

    async def with_uid(self, calendar: str, uid: str) -> tuple[Item, ...]:
        """Events of this UID; a server that does not filter returns more."""
        match = (
            '<C:comp-filter name="VEVENT"><C:prop-filter name="UID">'
            f'<C:text-match collation="i;octet">{_escaped(uid)}</C:text-match></C:prop-filter>'
        )
        return await self._items(calendar, _document("C:calendar-query", _WANTED + _filter(match)))

    async def multiget(self, calendar: str, hrefs: Sequence[str]) -> tuple[Item, ...]:
        items: list[Item] = []
        for first in range(0, len(hrefs), 100):
            wanted = "".join(f"<D:href>{_escaped(href)}</D:href>" for href in hrefs[first : first + 100])
            items += await self._items(calendar, _document("C:calendar-multiget", _WANTED + wanted))
        return tuple(items)

    async def get(self, href: str) -> Item | None:
        answer = await self._request("GET", href, writes=False)
        if answer.status in (404, 410):
            return None
        self._expect(answer, 200)
        modified = _http_date(answer.headers.get("last-modified"))
        return Item(href=href, etag=answer.headers.get("etag"), data=answer.body, modified=modified)

    async def create(self, href: str, data: bytes) -> None:
        """Raises Changed when something is there already."""
        await self._put(href, data, {"If-None-Match": "*"})

    async def replace(self, href: str, data: bytes, *, etag: str | None) -> None:
        """Raises Changed unless it is still this version; without an etag any version will do."""
        await self._put(href, data, {"If-Match": etag} if etag else {})

    async def delete(self, href: str, *, etag: str | None) -> None:
        """Raises Changed unless it is still this version. What is gone already is no error."""
        headers = {"If-Match": etag} if etag else {}
        answer = await self._request("DELETE", href, writes=True, headers=headers)
        if answer.status == 412:
            raise Changed
        if answer.status not in (404, 410):
            self._expect(answer, 200, 204)

    async def relocate(self, href: str, target: str, *, etag: str | None) -> None:
        """To another collection of this server. Raises Changed when something is there already."""
        headers = {"Destination": str(self._url(target)), "Overwrite": "F"}
        if etag:
            headers["If-Match"] = etag
        answer = await self._request("MOVE", href, writes=True, headers=headers)
        if answer.status in (404, 409, 412):
            raise Changed
        self._expect(answer, 201, 204)

    async def sync(self, calendar: str, token: str) -> Synced:
        """What has changed since the token, all pages of it. Raises TokenTooOld."""
        changed: dict[str, None] = {}
        gone: dict[str, None] = {}
        while True:
            body = _document(
                "D:sync-collection",
                f"<D:sync-token>{_escaped(token)}</D:sync-token><D:sync-level>1</D:sync-level>"
                "<D:prop><D:getetag/></D:prop>",
            )
            answer = await self._ask("REPORT", calendar, body, depth=0)
            if answer.status in (403, 409, 410, 412, _FULL):
                raise TokenTooOld
            root = self._multistatus(answer)
            is_cut = False
            for response in _responses(root):
                if _path(response.href) == _path(calendar):
                    is_cut = is_cut or response.status == _FULL
                elif response.status in (404, 410):
                    gone[response.href] = None
                    changed.pop(response.href, None)
                else:
                    changed[response.href] = None
                    gone.pop(response.href, None)
            found = root.findtext(_tag("D:sync-token"))
            if not found:
                raise ProtocolDrift(f"{self._name} answers a sync report without a token")
            if not is_cut or found.strip() == token:
                return Synced(changed=tuple(changed), gone=tuple(gone), token=found.strip())
            token = found.strip()

    async def _items(self, calendar: str, body: bytes) -> tuple[Item, ...]:
        root = self._multistatus(await self._ask("REPORT", calendar, body, depth=1))
        items: list[Item] = []
        for response in _responses(root):
            data = response.text("C:calendar-data")
            if data is None:
                continue  # gone between the question and the answer, or nothing of a calendar
            items.append(
                Item(
                    href=response.href,
                    etag=response.text("D:getetag"),
                    data=data.encode(),
                    modified=_http_date(response.text("D:getlastmodified")),
                )
            )
        return tuple(items)

    async def _put(self, href: str, data: bytes, condition: Mapping[str, str]) -> None:
        headers = {"Content-Type": "text/calendar; charset=utf-8"} | dict(condition)
        answer = await self._request("PUT", href, writes=True, headers=headers, body=data)
        if answer.status in (409, 412) or (answer.status == 403 and b"no-uid-conflict" in answer.body):
            raise Changed
        if answer.status == _FULL:
            raise PolicyRefused(f"{self._name} has no room for another event; make room on the server")
        self._expect(answer, 200, 201, 204)

    async def _ask(
        self, method: str, path: str, body: bytes, *, depth: int, may_redirect: bool = False
    ) -> Answer:
        headers = {"Content-Type": "application/xml; charset=utf-8", "Depth": str(depth)}
        for _ in range(5):
            answer = await self._request(method, path, writes=False, headers=headers, body=body)
            location = answer.headers.get("location")
            if not (may_redirect and answer.status in _REDIRECTS and location):
                return answer
            path = str(self._url(path).join(URL(location)))
        raise ProtocolDrift(f"{self._name} redirects in a circle; give the address that it leads to")

    async def _request(
        self,
        method: str,
        path: str,
        *,
        writes: bool,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        url = str(self._url(path))
        async with self._gate:
            answer = await self._http.request(method, url, writes=writes, headers=headers, body=body)
        if answer.status == 403 and b"DAV:" not in answer.body:
            raise AuthFailed(f"{self._name} lets us in, but not there; share the calendar with write access")
        return answer

    def _url(self, path: str) -> URL:
        """Hrefs are paths from the root of the server, or whole addresses."""
        return URL(path, encoded=True) if "://" in path else self._root.join(URL(path, encoded=True))

    def _multistatus(self, answer: Answer) -> ET.Element:
        self._expect(answer, 207)
        if b"<!DOCTYPE" in answer.body[:4096] or b"<!ENTITY" in answer.body:
            raise ProtocolDrift(f"{self._name} answers with a document type; a calendar server does not")
        try:
            return ET.fromstring(answer.body)
        except ET.ParseError as error:
            raise ProtocolDrift(f"{self._name} answers with what is no XML") from error

    def _expect(self, answer: Answer, *statuses: int) -> None:
        if answer.status not in statuses:
            raise ProtocolDrift(
                f"{self._name} answers with status {answer.status}, which nobody expects here"
            )


def same_href(one: str, other: str) -> bool:
    return _path(one) == _path(other)


def last_segment(href: str) -> str:
    return _path(href).rsplit("/", 1)[-1]


def join(collection: str, name: str) -> str:
    return f"{collection.rstrip('/')}/{quote(name, safe='')}"


_WANTED = "<D:prop><D:getetag/><D:getlastmodified/><C:calendar-data/></D:prop>"


def _filter(events: str) -> str:
    """The opening tag of the filter on events is given; what it leaves open is closed here."""
    return f'<C:filter><C:comp-filter name="VCALENDAR">{events}</C:comp-filter></C:comp-filter></C:filter>'


def _document(name: str, inner: str) -> bytes:
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    return f'<?xml version="1.0" encoding="utf-8"?><{name} {spaces}>{inner}</{name}>'.encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _tag(name: str) -> str:
    prefix, local = name.split(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"


def _short(tag: str) -> str:
    for prefix, uri in _NAMESPACES.items():
        if tag.startswith(f"{{{uri}}}"):
            return f"{prefix}:{tag.rpartition('}')[2]}"
    return tag


def _responses(root: ET.Element) -> Iterator[_Response]:
    for element in root.iter(_tag("D:response")):
        href = (element.findtext(_tag("D:href")) or "").strip()
        response = _Response(href=href, status=_status(element.findtext(_tag("D:status"))))
        for propstat in element.iter(_tag("D:propstat")):
            if _status(propstat.findtext(_tag("D:status"))) in (200, None):
                for properties in propstat.iter(_tag("D:prop")):
                    response.found.update({_short(one.tag): one for one in properties})
        yield response


def _collection(response: _Response) -> Collection:
    kind = response.found.get("D:resourcetype")
    components = response.found.get("C:supported-calendar-component-set")
    named = {c.get("name") for c in components} if components is not None else {"VEVENT"}
    return Collection(
        href=response.href,
        is_calendar=kind is not None and kind.find(_tag("C:calendar")) is not None,
        name=response.text("D:displayname"),
        takes_events="VEVENT" in named or not named,
        sync_token=response.text("D:sync-token"),
        ctag=response.text("S:getctag"),
        principal=next(iter(response.hrefs("D:current-user-principal")), None),
        homes=response.hrefs("C:calendar-home-set"),
    )


def _status(line: str | None) -> int | None:
    parts = (line or "").split()
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else None


def _path(href: str) -> str:
    return unquote(urlsplit(href).path).rstrip("/")


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _http_date(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None
