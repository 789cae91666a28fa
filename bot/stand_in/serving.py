"""The stand-in as its own process."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from bot.stand_in.graph import GraphStandIn
from bot.stand_in.messenger_webhooks import PageAccount
from bot.stand_in.options import StandInOptions


async def run_stand_in(
    *,
    webhook_url: str,
    app_secret: str,
    access_token: str,
    phone_number_id: str,
    display_number: str,
    now: Callable[[], datetime],
    options: StandInOptions | None = None,
    page: PageAccount | None = None,
    instagram: PageAccount | None = None,
    host: str = "127.0.0.1",
    port: int = 8090,
    ready: Callable[[str], None] | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serves until `stop` is set or the task is cancelled. `ready` gets the base URL once it listens; with
    port 0 that is where the chosen port is told. The control API has no password: keep it on loopback."""
    stand_in = GraphStandIn(
        webhook_url=webhook_url,
        app_secret=app_secret,
        access_token=access_token,
        phone_number_id=phone_number_id,
        display_number=display_number,
        now=now,
        options=options,
        page=page,
        instagram=instagram,
    )
    runner = web.AppRunner(stand_in.application(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound_host, bound_port = runner.addresses[0][:2]
        stand_in.media.public_url = f"http://{bound_host}:{bound_port}"
        if ready is not None:
            ready(stand_in.media.public_url)
        await (stop or asyncio.Event()).wait()
    finally:
        await runner.cleanup()
