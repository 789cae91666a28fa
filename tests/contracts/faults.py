"""Faults on the way to a real server: at the n-th request, whatever it is."""

import aiohttp


class Faults:
    """A middleware of aiohttp's client. "refused": it never arrives; "lost": it is answered, and the answer
    does not arrive."""

    def __init__(self) -> None:
        self._left = 0
        self._fault = ""

    def at_call(self, number: int, fault: str) -> None:
        self._left, self._fault = number, fault

    def was_hit(self) -> bool:
        return self._left <= 0

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        self._left -= 1
        if self._left != 0:
            return await handler(request)
        if self._fault == "refused":
            raise aiohttp.ClientConnectorError(request.connection_key, OSError("refused by the test"))
        response = await handler(request)
        response.close()
        raise aiohttp.ServerDisconnectedError
