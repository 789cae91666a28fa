"""/healthz and /readyz: for whoever restarts us, and for whoever sends patients' messages our way."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.service.hearing.pressure import Pressure
from bot.service.upkeep.health import Health

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
#: Never refused for want of room: messages, and the questions how we are.
_ALWAYS = ("/webhooks/", "/healthz", "/readyz", "/metrics")


def add_health(app: web.Application, health: Health, pressure: Pressure) -> None:
    """Healthy: nothing that should happen has stopped. Ready: what is sent to us is stored."""

    async def healthz(_: web.Request) -> web.Response:
        state = await health.look()
        told = {"status": state.word, "failing": state.failing, "degraded": state.degraded}
        return web.json_response(told, status=503 if state.failing else 200)

    async def readyz(_: web.Request) -> web.Response:
        told = {"status": "ready" if health.is_ready else "not ready"}
        return web.json_response(told, status=200 if health.is_ready else 503)

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)

    @web.middleware
    async def make_room(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Under pressure pages wait, so that messages are stored."""
        if pressure.is_high and not request.path.startswith(_ALWAYS):
            raise web.HTTPServiceUnavailable(text="busy, come again\n", headers={"Retry-After": "5"})
        return await handler(request)

    app.middlewares.append(make_room)
