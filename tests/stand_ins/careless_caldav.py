"""A CalDAV server that takes everything and protects nothing.

It ignores If-Match and If-None-Match, filters nothing (a report returns whatever there is, in reverse order),
keeps no sync tokens and no ctags, tells no modification times, and names files by whole addresses. Written
from RFC 4918 and 4791, and what they let a server leave out.
"""

import re
from hashlib import md5
from xml.sax.saxutils import escape

from aiohttp import web

from tests.stand_ins.trouble import Trouble

REALM, NONCE = "careless", "once-and-for-all"


class CarelessCalDav:
    def __init__(self, *, digest: tuple[str, str] | None = None, hides_the_newest: bool = False) -> None:
        """`digest`: the user and password that have to be proved by digest. `hides_the_newest`: reports come
        from a copy that has not heard of the last write yet."""
        self.files: dict[str, tuple[bytes, int]] = {}  # path -> what it is, version
        self.calendars: set[str] = set()
        self.trouble = Trouble()
        self._digest = digest
        self._hides_the_newest = hides_the_newest
        self._writes = 0

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self.trouble.middleware()])
        app.router.add_route("*", "/{path:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if not self._is_let_in(request):
            challenge = f'Digest realm="{REALM}", nonce="{NONCE}", qop="auth", algorithm=MD5'
            return web.Response(status=401, headers={"WWW-Authenticate": challenge})
        answers = {
            "GET": self._get,
            "PUT": self._put,
            "DELETE": self._delete,
            "MOVE": self._move,
            "MKCALENDAR": self._make,
            "PROPFIND": self._find,
            "REPORT": self._report,
        }
        answer = answers.get(request.method)
        return await answer(request) if answer else web.Response(status=405)

    async def _get(self, request: web.Request) -> web.Response:
        if request.path in self.calendars:
            whole = b"".join(data for path, (data, _) in self.files.items() if path.startswith(request.path))
            return web.Response(body=whole)
        if request.path not in self.files:
            return web.Response(status=404)
        data, version = self.files[request.path]
        return web.Response(body=data, headers={"ETag": f'"{version}"'}, content_type="text/calendar")

    async def _put(self, request: web.Request) -> web.Response:
        self._writes += 1
        self.files[request.path] = (await request.read(), self._writes)
        return web.Response(status=204)

    async def _delete(self, request: web.Request) -> web.Response:
        return web.Response(status=204 if self.files.pop(request.path, None) else 404)

    async def _move(self, request: web.Request) -> web.Response:
        target = re.sub(r"^https?://[^/]+", "", request.headers["Destination"])
        if request.path not in self.files:
            return web.Response(status=404)
        self.files[target] = self.files.pop(request.path)
        return web.Response(status=201)

    async def _make(self, request: web.Request) -> web.Response:
        self.calendars.add(request.path)
        return web.Response(status=201)

    async def _find(self, request: web.Request) -> web.Response:
        """The root is a principal that has itself for a home."""
        root = (
            "<D:resourcetype><D:collection/></D:resourcetype>"
            f"<D:current-user-principal><D:href>{self._url(request, '/')}</D:href></D:current-user-principal>"
            f"<C:calendar-home-set><D:href>{self._url(request, '/')}</D:href></C:calendar-home-set>"
        )
        kind = "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>"
        within = dict.fromkeys(self.calendars, kind)
        if request.path in self.calendars:
            return self._multistatus({self._url(request, request.path): kind})
        if request.path != "/":
            return web.Response(status=404)
        deep = within if request.headers.get("Depth") == "1" else {}
        return self._multistatus(
            {self._url(request, path): props for path, props in {"/": root, **deep}.items()}
        )

    async def _report(self, request: web.Request) -> web.Response:
        if b"sync-collection" in await request.read():
            return web.Response(status=403, text='<D:error xmlns:D="DAV:"/>')
        return self._multistatus(
            {
                self._url(request, path): f'<D:getetag>"{version}"</D:getetag>'
                f"<C:calendar-data>{escape(data.decode())}</C:calendar-data>"
                for path, (data, version) in reversed(self.files.items())
                if path.startswith(request.path) and not (self._hides_the_newest and version == self._writes)
            }
        )

    def _multistatus(self, found: dict[str, str]) -> web.Response:
        responses = "".join(
            f"<D:response><D:href>{href}</D:href><D:propstat><D:prop>{props}</D:prop>"
            "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
            for href, props in found.items()
        )
        body = (
            '<?xml version="1.0"?><D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
            f"{responses}</D:multistatus>"
        )
        return web.Response(status=207, text=body, content_type="application/xml")

    def _url(self, request: web.Request, path: str) -> str:
        return f"http://{request.host}{path}"

    def _is_let_in(self, request: web.Request) -> bool:
        if self._digest is None or "X-Staff" in request.headers:
            return True
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', request.headers.get("Authorization", "")))
        user, password = self._digest
        first = _md5(f"{user}:{REALM}:{password}")
        second = _md5(f"{request.method}:{given.get('uri')}")
        parts = (first, NONCE, given.get("nc"), given.get("cnonce"), given.get("qop"), second)
        return given.get("response") == _md5(":".join(map(str, parts)))


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
