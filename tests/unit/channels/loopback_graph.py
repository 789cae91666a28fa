"""A server on loopback in the place of Meta's Graph API."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Graph:
    """Answers as told, and keeps what it was asked."""

    answer: Answer
    url: str = ""

    def __post_init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.over = asyncio.Event()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, request.headers["Authorization"], await request.json()))
        return await self.answer(request)


def answering(status: int, body: str, **headers: str) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=body, headers=headers, content_type="application/json")

    return answer


def error(code: object, **more: object) -> str:
    return json.dumps({"error": {"code": code, "message": "no", "type": "OAuthException", **more}})
