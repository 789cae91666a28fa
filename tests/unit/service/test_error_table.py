"""Each row of the error table against the stand-in: what is done, in how many requests, and nothing is lost.

The front desk is whole and its channels are the real ones; only Meta is not.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.bootstrap.channels import channels_of
from bot.bootstrap.demo import demo_stand_in
from bot.domain.conversation import Address, InboundKind, Rendered, SendAction, SendOutcome
from bot.domain.send_errors import ERRORS, Code
from bot.ports import Channel
from bot.service.clock import FrozenClock
from bot.stand_in import Fault, FaultKind, GraphStandIn
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter

#: What becomes of the answer, in how many requests; of a closed window one calls the template.
OUTCOMES = {
    SendAction.RETRY: ("sent", 2),
    SendAction.RETRY_ONCE: ("sent", 2),
    SendAction.SLOW_DOWN: ("sent", 2),
    SendAction.WAIT_FOR_PAIR: ("sent", 2),
    SendAction.STOP: ("sent", 2),
    SendAction.WINDOW_CLOSED: ("waiting", 2),
    SendAction.UNREACHABLE: ("failed", 1),
    SendAction.OPTED_OUT: ("failed", 1),
    SendAction.WITHHELD: ("failed", 1),
    SendAction.TEMPLATE_UNUSABLE: ("failed", 1),
    SendAction.OUR_BUG: ("failed", 1),
}


class Counted:
    """A real channel, with the number of requests to each patient."""

    def __init__(self, channel: Channel) -> None:
        self.name = channel.name
        self.render = channel.render
        self._channel = channel
        self.requests: Counter[str] = Counter()

    async def send(self, message: Rendered, to: Address) -> SendOutcome:
        self.requests[to.recipient] += 1
        return await self._channel.send(message, to)


@dataclass
class World:
    surgery: Surgery
    meta: GraphStandIn
    channels: dict[str, Counted]

    def rests(self) -> bool:
        """Whether nothing is left to be tried again; half a minute goes by with each look."""
        if self.surgery.desk.turns.is_busy or self.surgery.desk.delivery.is_busy:
            self.surgery.clock.move(seconds=30)  # type: ignore[attr-defined]
            self.surgery.desk.delivery.look_again()
            return False
        return True


@pytest.fixture
async def world(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[World]:
    clock = FrozenClock(datetime(2026, 3, 2, 8, tzinfo=UTC))
    async with (
        Surgery.open(tmp_path, interpreter=interpreter, clock=clock) as surgery,
        aiohttp.ClientSession() as http,
    ):
        meta = demo_stand_in(surgery.desk.practice, url="http://127.0.0.1:1", now=clock.now)
        async with TestServer(meta.application(), host="127.0.0.1") as server:
            real = channels_of(surgery.desk.practice, http, str(server.make_url("")).rstrip("/"))
            counted = {name: Counted(channel) for name, channel in real.items()}
            surgery.desk.channels.update(counted)  # type: ignore[attr-defined]
            yield World(surgery, meta, counted)


def codes(channel: str) -> Iterator[tuple[SendAction, Code]]:
    """Every code of every row; of the two hundreds, all of which are permissions, the first and the last."""
    for row in ERRORS[channel]:
        for code in row.codes:
            if not isinstance(code, int) or not 200 < code < 299:
                yield row.action, code


def refusal(code: Code, to: str) -> Fault:
    """With a 4xx, since Graph's catch-alls prove nothing with a 5xx."""
    number, subcode = code if isinstance(code, tuple) else (code, None)
    return Fault(kind=FaultKind.REFUSE, code=number, subcode=subcode, http_status=400, to=to)


async def fate(world: World, patient: Patient) -> tuple[str, int]:
    """The first answer's state, and how many requests there were in all."""
    view = await world.surgery.desk.desk.conversation(world.surgery.contact(patient))
    first = next(message for message in view.messages if message.state)
    return str(first.state), world.channels[patient.channel].requests[patient.wa_id]


@pytest.mark.parametrize("channel", ["whatsapp", "messenger"])
async def test_every_code_of_the_table_is_dealt_with(world: World, channel: str) -> None:
    side: Any = world.meta if channel == "whatsapp" else world.meta.messenger
    found, wanted = {}, {}
    for number, (action, code) in enumerate(codes(channel)):
        patient = world.surgery.patient(f"3933300{number:05}", channel=channel)
        side.says(patient.wa_id, "Buonasera")
        side.set_fault(refusal(code, patient.wa_id))
        await world.surgery.desk.intake.accept([patient._event(InboundKind.TEXT, text="Buonasera")])
        await world.surgery.until(world.rests)
        wanted[code] = OUTCOMES[action]
        found[code] = await fate(world, patient)
        side.clear_faults()

    assert found == wanted
