"""The same actions in this process, behind our server, and behind rasa-sdk's own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.actions.executor import InProcessActions
from bot.actions.loading import load_actions
from bot.actions.remote import RemoteActions
from bot.actions.serving import actions_application
from bot.domain.diary import DiaryWrite
from bot.domain.practice import ActionServer
from bot.ports import ActionCall, ActionResult, Actions
from bot.service.clock import FrozenClock
from tests.contracts.actions import SOMEBODYS_ACTIONS, ActionsContract, assistant

TOKEN = "a-token-for-tests"


class Book:
    """An AnswerBook in memory."""

    def __init__(self) -> None:
        self.answers: dict[str, Mapping[str, Any]] = {}

    def contact(self, sender: str) -> str:
        return sender

    async def known(self, contact: str, key: str) -> Mapping[str, Any] | None:
        return None  # each test asks with the same key

    async def keep(self, call: ActionCall, answer: Mapping[str, Any], writes: Sequence[DiaryWrite]) -> None:
        self.answers[call.key] = answer


class TestInThisProcess(ActionsContract):
    comes_to: ClassVar = {
        "action_mapping": ActionResult(failed="malformed"),
        "action_nan": ActionResult(failed="malformed"),
        "action_object": ActionResult(failed="malformed"),
        "action_surrogate": ActionResult(failed="malformed"),
        "action_giant": ActionResult(failed="too_large"),
    }

    @pytest.fixture
    def actions(self, tmp_path: Path) -> Actions:
        return InProcessActions(load_actions(SOMEBODYS_ACTIONS), assistant=assistant(tmp_path))


class TestBehindOurServer(ActionsContract):
    comes_to: ClassVar = dict.fromkeys(TestInThisProcess.comes_to, ActionResult(failed="exception"))

    @pytest.fixture
    async def actions(self, tmp_path: Path) -> AsyncIterator[Actions]:
        content = assistant(tmp_path)
        app = actions_application(
            InProcessActions(load_actions(SOMEBODYS_ACTIONS), assistant=content),
            assistant=content,
            book=Book(),
            clock=FrozenClock(datetime(2026, 3, 2, 8, tzinfo=UTC)),
            token=TOKEN,
        )
        async with TestServer(app) as server, aiohttp.ClientSession() as http:
            address = ActionServer(url=str(server.make_url("/webhook")), token=TOKEN)
            yield RemoteActions(http, address, assistant=content)


@pytest.fixture(scope="module")
def rasas_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = _free_port()
    log = tmp_path_factory.mktemp("rasa_sdk") / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "rasa_sdk", "--actions", SOMEBODYS_ACTIONS.stem, "-p", str(port)],
            cwd=SOMEBODYS_ACTIONS.parent,
            env={**os.environ, "SANIC_HOST": "127.0.0.1"},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # it starts processes of its own, which end with it
        )
        try:
            if not _listens(port, process):
                _cannot_start(log)
            yield f"http://127.0.0.1:{port}/webhook"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class TestBehindRasasServer(ActionsContract):
    """rasa-sdk drops what is no list of events, so nothing of it arrives."""

    comes_to: ClassVar = {
        "action_mapping": ActionResult(),
        "action_nan": ActionResult(failed="malformed"),
        "action_object": ActionResult(failed="exception"),
        "action_surrogate": ActionResult(failed="malformed"),
        "action_giant": ActionResult(failed="too_large"),
    }

    @pytest.fixture
    async def actions(self, rasas_server: str, tmp_path: Path) -> AsyncIterator[Actions]:
        async with aiohttp.ClientSession() as http:
            yield RemoteActions(http, ActionServer(url=rasas_server), assistant=assistant(tmp_path))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int, process: "subprocess.Popen[bytes]") -> bool:
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)  # another program rings no bell of ours
    return False


def _cannot_start(log: Path) -> None:
    why = f"rasa-sdk's own server does not start:\n{log.read_text(errors='replace')[-2000:]}"
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)
