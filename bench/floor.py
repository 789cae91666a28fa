"""The floor: a bare aiohttp server that does what durability alone costs, and nothing else.

One grouped durable commit before the webhook's 200, one after the reply was sent. No understanding, no
dialogue, no diary, no sealing: what remains between this and the front desk is the front desk's own work.
"""

import argparse
import asyncio
import json
import sqlite3
import tempfile
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import aiohttp
from aiohttp import web


class GroupCommits:
    """One thread; whatever waits shares a `BEGIN IMMEDIATE ... COMMIT` with synchronous=FULL."""

    def __init__(self, path: Path) -> None:
        self._queue: SimpleQueue[tuple[str, tuple[Any, ...], asyncio.Future[None]]] = SimpleQueue()
        self._path = path
        threading.Thread(target=self._run, daemon=True).start()

    async def execute(self, statement: str, *values: Any) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put((statement, values, done))
        await done

    def _run(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS inbox (id TEXT PRIMARY KEY, body TEXT)")
        connection.execute("CREATE TABLE IF NOT EXISTS sent (id TEXT PRIMARY KEY, message TEXT)")
        while True:
            group = [self._queue.get()]
            while not self._queue.empty():
                group.append(self._queue.get())
            connection.execute("BEGIN IMMEDIATE")
            for statement, values, _ in group:
                connection.execute(statement, values)
            connection.execute("COMMIT")
            for _, _, done in group:
                done.get_loop().call_soon_threadsafe(done.set_result, None)


def application(path: Path, graph: str) -> web.Application:
    commits = GroupCommits(path)
    tasks: set[asyncio.Task[None]] = set()

    async def reply(app: web.Application, wamid: str, to: str) -> None:
        body = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": f"+{to}",
            "type": "text",
            "text": {"body": "ok"},
            "biz_opaque_callback_data": wamid,
        }
        url = f"{graph}/v25.0/100000000000001/messages"
        headers = {"Authorization": "Bearer demo-access-token"}
        async with app["http"].post(url, json=body, headers=headers) as answer:
            await answer.read()
        await commits.execute("INSERT OR IGNORE INTO sent VALUES (?, ?)", wamid, "sent")

    async def receive(request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        value = body["entry"][0]["changes"][0]["value"]
        for message in value.get("messages", ()):
            await commits.execute(
                "INSERT OR IGNORE INTO inbox VALUES (?, ?)", message["id"], json.dumps(message)
            )
            task = asyncio.create_task(reply(request.app, message["id"], message["from"]))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        return web.Response(text="ok")

    async def http(app: web.Application) -> Any:
        app["http"] = aiohttp.ClientSession()
        yield
        await app["http"].close()

    async def healthy(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.router.add_post("/webhooks/whatsapp", receive)
    app.router.add_get("/healthz", healthy)
    app.cleanup_ctx.append(http)
    return app


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--graph", required=True)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = application(Path(folder) / "floor.db", given.graph)
        web.run_app(app, host="127.0.0.1", port=given.port, print=None, access_log=None)


if __name__ == "__main__":
    main()
