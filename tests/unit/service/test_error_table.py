"""Each row of the error table against the stand-in: what is done, in how many requests, and nothing is lost.

The front desk is whole and its channels are the real ones; only Meta is not.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.bootstrap.channels import channels_of
from bot.bootstrap.demo import demo_stand_in
from bot.channels.whatsapp import parse
from bot.domain.conversation import Address, InboundEvent, InboundKind, Rendered, SendAction, SendOutcome
from bot.domain.send_errors import ERRORS, Code
from bot.domain.windows import Writer
from bot.ports import Channel
from bot.service.clock import FrozenClock
from bot.stand_in import Fault, FaultKind, GraphStandIn, StandInOptions
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of an answer in how many requests, why staff hear of it, and whether the patient may still
    be written to. `later`: its state once the patient has written again."""

    state: str
    requests: int
    told: str = ""
    is_reachable: bool = True
    later: str = ""


SENT_AT_LAST = Fate(state="sent", requests=2, later="sent")
FATES = {
    SendAction.RETRY: SENT_AT_LAST,
    SendAction.RETRY_ONCE: SENT_AT_LAST,
    SendAction.SLOW_DOWN: SENT_AT_LAST,
    SendAction.WAIT_FOR_PAIR: SENT_AT_LAST,
    SendAction.STOP: SENT_AT_LAST,
    # The second request is for the template which asks the patient to write.
    SendAction.WINDOW_CLOSED: Fate(state="waiting", requests=2, later="sent"),
    SendAction.UNREACHABLE: Fate(
        state="failed", requests=1, told="not_delivered", is_reachable=False, later="failed"
    ),
    SendAction.OPTED_OUT: Fate(state="failed", requests=1, later="failed"),
    SendAction.WITHHELD: Fate(state="failed", requests=1, later="failed"),
    SendAction.TEMPLATE_UNUSABLE: Fate(state="failed", requests=1, told="not_delivered", later="failed"),
    SendAction.OUR_BUG: Fate(state="failed", requests=1, told="not_delivered", later="failed"),
}
#: Instagram has no templates: staff hear at once, and the answer waits for the patient all the same.
ON_INSTAGRAM = {
    SendAction.WINDOW_CLOSED: Fate(state="waiting", requests=1, told="window_closed", later="sent")
}

#: No patience is tried here, neither ours nor that of whoever runs this.
AT_ONCE = StandInOptions(pair_interval=0, throughput=0, status_delay=(0, 0))


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

    async def hears(self, patient: Patient) -> None:
        side: Any = self.meta if patient.channel == "whatsapp" else getattr(self.meta, patient.channel)
        self.surgery.clock.move(seconds=1)  # type: ignore[attr-defined]
        side.says(patient.wa_id, "Buonasera")
        await self.surgery.desk.intake.accept([patient._event(InboundKind.TEXT, text="Buonasera")])
        while not self.rests():
            await self.surgery.until(self.rests)
            await self.meta.settled()

    async def state_of_first(self, patient: Patient) -> str:
        view = await self.surgery.desk.staff.desk.conversation(self.surgery.contact(patient))
        return str(next(message.state for message in view.messages if message.state))

    async def may_write_to(self, patient: Patient) -> bool:
        contact, now = self.surgery.contact(patient), self.surgery.clock.now()
        allowed = await self.surgery.desk.store.reaching.ask(contact, writer=Writer.ASSISTANT, at=now)
        return allowed.allows_words

    async def told(self) -> list[str]:
        """Why staff heard of something since the last time."""
        await self.surgery.desk.alerts.look()
        told, self.surgery.staff.told = self.surgery.staff.told, []
        return [alert.reason for alert in told]


@asynccontextmanager
async def webhook(parse: Callable[[bytes], Sequence[InboundEvent]]) -> AsyncIterator[tuple[str, list[Any]]]:
    """Our side of the stand-in's webhooks: only what says that a message failed is taken."""
    desks: list[Any] = []

    async def receive(request: web.Request) -> web.Response:
        events = [
            each for each in parse(await request.read()) if each.status and each.status.state == "failed"
        ]
        for desk in desks:
            await desk.intake.accept(events)
        return web.Response()

    application = web.Application()
    application.router.add_post("/webhooks/{channel}", receive)
    async with TestServer(application, host="127.0.0.1") as server:
        yield str(server.make_url("")).rstrip("/"), desks


@pytest.fixture
async def world(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[World]:
    clock = FrozenClock(datetime(2026, 3, 2, 8, tzinfo=UTC))
    async with (
        Surgery.open(tmp_path, interpreter=interpreter, clock=clock) as surgery,
        aiohttp.ClientSession() as http,
        webhook(parse) as (url, desks),
    ):
        meta = demo_stand_in(surgery.desk.practice, url=url, now=clock.now, options=AT_ONCE)
        async with TestServer(meta.application(), host="127.0.0.1") as server:
            real = channels_of(surgery.desk.practice, http, str(server.make_url("")).rstrip("/"))
            counted = {name: Counted(channel) for name, channel in real.items()}
            surgery.desk.channels.update(counted)  # type: ignore[arg-type]
            desks.append(surgery.desk)
            yield World(surgery, meta, counted)


def codes(channel: str) -> Iterator[tuple[SendAction, Code]]:
    """Every code of every row; of the two hundreds, all of which are permissions, the first and the last."""
    for row in ERRORS[channel]:
        for code in row.codes:
            if not isinstance(code, int) or not 200 < code < 299:
                yield row.action, code


def fault(code: Code, to: str, *, later: bool) -> Fault:
    """With a 4xx, since Graph's catch-alls prove nothing with a 5xx."""
    number, subcode = code if isinstance(code, tuple) else (code, None)
    if later:
        return Fault(kind=FaultKind.FAIL_LATER, code=number, to=to)
    return Fault(kind=FaultKind.REFUSE, code=number, subcode=subcode, http_status=400, to=to)


@pytest.mark.parametrize(
    ("channel", "later"),
    [("whatsapp", False), ("whatsapp", True), ("messenger", False), ("instagram", False)],
    ids=["whatsapp", "whatsapp, by a status", "messenger", "instagram"],
)
async def test_every_code_of_the_table_is_dealt_with(world: World, channel: str, later: bool) -> None:
    """Whatever it was, the next message of the same patient is answered on the same channel."""
    side: Any = world.meta if channel == "whatsapp" else getattr(world.meta, channel)
    found, wanted, accounts = {}, {}, {}
    for number, (action, code) in enumerate(codes(channel)):
        patient = world.surgery.patient(f"3933300{number:05}", channel=channel)
        side.set_fault(fault(code, patient.wa_id, later=later))
        await world.hears(patient)
        told = await world.told()
        accounts[code] = [reason for reason in told if reason.startswith(channel)]
        first = Fate(
            state=await world.state_of_first(patient),
            requests=world.channels[channel].requests[patient.wa_id],
            told=", ".join(reason for reason in told if not reason.startswith(channel)),
            is_reachable=await world.may_write_to(patient),
        )
        side.clear_faults()
        await world.hears(patient)
        found[code] = replace(first, later=await world.state_of_first(patient))
        wanted[code] = (FATES | (ON_INSTAGRAM if channel == "instagram" else {}))[action]
        assert await world.may_write_to(patient)

    assert found == wanted
    assert {code for code, told in accounts.items() if told} == {
        code for action, code in codes(channel) if action is SendAction.STOP
    }
