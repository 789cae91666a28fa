from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import settings
from loopback_graph import Graph, answering

settings.register_profile("no_deadline", deadline=None)  # how long an example takes says nothing of it
settings.load_profile("no_deadline")


@pytest.fixture
async def graph() -> AsyncIterator[Graph]:
    graph = Graph(answer=answering(500, "not told what to answer"))
    app = web.Application()
    app.router.add_post("/{path:.*}", graph.handle)
    async with TestServer(app, host="127.0.0.1") as server:
        graph.url = str(server.make_url("")).rstrip("/")
        yield graph
        graph.over.set()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session
