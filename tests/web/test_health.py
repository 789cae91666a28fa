"""How we are, over HTTP: for whoever restarts us, and for Prometheus."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.service.hearing.pressure import Pressure
from bot.service.upkeep.health import Health
from bot.service.upkeep.measures import Instruments, Measures
from bot.service.upkeep.supervision import Supervisor
from bot.storage.readings import SqlReading
from bot.web.health import add_health
from bot.web.metrics import add_metrics


class House:
    """A server with nothing but these questions and one page."""

    def __init__(self, token: str | None = None) -> None:
        self.pressure = Pressure()
        self.supervisor = Supervisor()
        self.health = Health([self.supervisor], pressure=self.pressure, touches=[])
        self.measures = Measures("studio", Instruments())
        self.app = web.Application()

        async def page(_: web.Request) -> web.Response:
            return web.Response(text="page")

        self.app.router.add_get("/inbox", page)
        add_health(self.app, self.health, self.pressure)
        add_metrics(self.app, self.measures.instruments.registry, token=token)

    async def ask(self, path: str, **more: Any) -> tuple[int, str]:
        async with TestClient(TestServer(self.app)) as client, client.get(path, **more) as answer:
            return answer.status, await answer.text()


async def test_ready_means_that_what_is_sent_is_stored() -> None:
    house = House()
    before = await house.ask("/readyz")
    house.health.is_ready = True

    assert before == (503, '{"status": "not ready"}')
    assert await House.ask(house, "/readyz") == (200, '{"status": "ready"}')


async def test_a_silent_loop_fails_the_check() -> None:
    house = House()
    assert (await house.ask("/healthz"))[0] == 200

    async def run() -> None:
        return None

    house.supervisor.watch("promises", run, silent_after=-1)
    status, text = await house.ask("/healthz")
    await house.supervisor.stop()

    assert (status, "promises is silent" in text) == (503, True)


async def test_under_pressure_pages_wait_and_the_questions_are_answered() -> None:
    house = House()
    house.pressure.waiting = 1_000
    asked = {path: (await house.ask(path))[0] for path in ("/inbox", "/healthz", "/metrics")}

    assert asked == {"/inbox": 503, "/healthz": 200, "/metrics": 200}


async def test_numbers_are_for_this_machine_or_for_who_brings_the_token() -> None:
    elsewhere = {"X-Forwarded-For": "203.0.113.7"}
    answers = [
        (await House().ask("/metrics", headers=elsewhere))[0],
        (await House().ask("/metrics"))[0],
        (await House("secret").ask("/metrics"))[0],
        (await House("secret").ask("/metrics", headers={"Authorization": "Bearer secret"}))[0],
    ]

    assert answers == [403, 200, 401, 200]


async def test_every_number_is_of_the_practice_and_of_a_fixed_set() -> None:
    house = House()
    with house.measures.timed("commit", turn="t"):
        house.measures.send("whatsapp", "sent")
    house.measures.reconciled("by_status")
    house.measures.read(
        SqlReading(
            queue_age=2.5,
            queued=3,
            outbox_age=0.0,
            outbox={"queued": 1},
            handoffs=4,
            urgent_handoffs=1,
            set_aside=2,
            lost={"whatsapp": True},
        )
    )
    _, text = await house.ask("/metrics")
    ours = [line for line in text.splitlines() if line.startswith("chairside_")]

    assert 'chairside_queue_age_seconds{practice="studio"} 2.5' in ours
    assert 'chairside_handoffs_waiting{practice="studio",urgent="no"} 3.0' in ours
    assert 'chairside_subscription_lost{channel="whatsapp",practice="studio"} 1.0' in ours
    assert 'chairside_stage_seconds_count{practice="studio",stage="commit"} 1.0' in ours
    assert 'chairside_reconciliations_total{outcome="by_status",practice="studio"} 1.0' in ours
    with pytest.raises(KeyError):
        house.measures.timed("+393331234567")
