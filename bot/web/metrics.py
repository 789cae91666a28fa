"""/metrics for Prometheus. The numbers name no patient and still are not for everybody."""

import hmac

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from bot.web.security import is_loopback


def add_metrics(app: web.Application, registry: CollectorRegistry, *, token: str | None) -> None:
    """With a token whoever brings it as a bearer; without one only who asks from this machine."""

    async def metrics(request: web.Request) -> web.Response:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token is None:
            if not is_loopback(request):
                raise web.HTTPForbidden(text="from elsewhere only with CHAIRSIDE_METRICS_TOKEN\n")
        elif not hmac.compare_digest(given.encode(), token.encode()):
            raise web.HTTPUnauthorized(
                text="the token is not right\n", headers={"WWW-Authenticate": "Bearer"}
            )
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.router.add_get("/metrics", metrics)
