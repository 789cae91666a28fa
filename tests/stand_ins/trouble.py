"""What goes wrong between a careless server and its client, at the n-th request; staff's are not counted."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
STAFF = {"X-Staff": "yes"}
LATER = 2  # requests after which one that was late is carried out


class Trouble:
    """
    "refused"  the connection breaks before anything is done
    "lost"     it is done, and the connection breaks before the answer
    "failed"   it is done, and answered with 500
    "late"     the connection breaks, and it is done some requests later
    """

    def __init__(self) -> None:
        self._left = 0
        self._fault = ""
        self._late: list[tuple[int, Handler, web.Request]] = []
        self.requests = 0

    def at_call(self, number: int, fault: str) -> None:
        self._left, self._fault = number, fault

    def was_hit(self) -> bool:
        return self._left <= 0

    async def carry_out_the_late(self) -> None:
        for _, handler, request in self._late:
            await handler(request)
        self._late.clear()

    def middleware(self) -> Middleware:
        @web.middleware
        async def troubled(request: web.Request, handler: Handler) -> web.StreamResponse:
            await request.read()
            if "X-Staff" in request.headers:
                return await handler(request)
            self.requests += 1
            due = [one for one in self._late if one[0] <= self.requests]
            self._late = [one for one in self._late if one[0] > self.requests]
            for _, late_handler, late in due:
                await late_handler(late)
            self._left -= 1
            if self._left != 0:
                return await handler(request)
            return await self._go_wrong(request, handler)

        return troubled

    async def _go_wrong(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self._fault in ("lost", "failed"):
            await handler(request)
        if self._fault == "failed":
            return web.Response(status=500)
        if self._fault == "late":
            self._late.append((self.requests + LATER, handler, request))
        assert request.transport is not None
        request.transport.abort()
        return web.Response(status=500)
