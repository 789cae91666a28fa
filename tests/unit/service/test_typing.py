"""A patient sees that an answer is coming, and never that one is coming which does not."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.bootstrap.channels import channels_of
from bot.bootstrap.demo import demo_stand_in
from bot.domain.conversation import Address, InboundKind
from bot.service.clock import FrozenClock
from bot.service.inbox.switches import Switches
from bot.service.sending.typing import Typing
from bot.testing import ACCOUNT, PAGE, PROFILE, Surgery
from nlu.understanding import Interpreter

ANNA = Address(channel="whatsapp", account=ACCOUNT, recipient="393331234567", phone="+393331234567")


@dataclass
class Phone:
    """A channel that shows typing, as slowly as it is told to."""

    takes: bool = True
    shown: list[str] = field(default_factory=list)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    async def show_typing(self, to: Address, *, message_id: str) -> bool:
        self.shown.append(message_id)
        await self.may_end.wait()
        return self.takes

    async def has_shown(self, message_id: str, *, times: int = 1) -> None:
        while self.shown.count(message_id) < times:  # noqa: ASYNC110 - it rings no bell
            await asyncio.sleep(0)


@dataclass
class Board:
    now: Switches = field(default_factory=Switches)


@dataclass
class Waits:
    """Whether somebody waits for the assistant's answer."""

    where: Address | None = ANNA

    async def address(self, conversation: str) -> Address | None:
        return self.where


def typing(phone: Phone, waits: Waits, board: Board, *, after: float = 0, again_after: float = 60) -> Typing:
    return Typing(
        {"whatsapp": phone},
        awaiting=waits,
        switches=board,  # type: ignore[arg-type]
        after=after,
        again_after=again_after,
    )


async def a_while() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_an_answer_that_takes_long_is_announced_once_under_the_latest_message() -> None:
    phone = Phone()
    shows = typing(phone, Waits(), Board())
    shows.heard("anna", "whatsapp", "wamid.1")
    shows.heard("anna", "whatsapp", "wamid.2")
    await a_while()

    assert phone.shown == ["wamid.2"]


async def test_an_answer_that_takes_very_long_is_announced_again_until_it_is_there() -> None:
    phone = Phone()
    phone.may_end.set()
    shows = typing(phone, Waits(), Board(), again_after=0)
    shows.heard("anna", "whatsapp", "wamid.1")
    await phone.has_shown("wamid.1", times=3)
    shows.heard("anna", "whatsapp", "wamid.2")
    await phone.has_shown("wamid.2")
    await shows.over("anna")
    announced = len(phone.shown)
    await a_while()

    assert len(phone.shown) == announced


@pytest.mark.parametrize("what", ["a person takes the chat", "the assistant is paused", "only suggestions"])
async def test_it_is_not_announced_again_once_no_answer_follows(what: str) -> None:
    phone, waits, board = Phone(), Waits(), Board()
    phone.may_end.set()
    shows = typing(phone, waits, board, again_after=0)
    shows.heard("anna", "whatsapp", "wamid.1")
    await phone.has_shown("wamid.1", times=2)
    match what:
        case "a person takes the chat":
            waits.where = None
        case "the assistant is paused":
            board.now = Switches(on={"pause:whatsapp": True})
        case _:
            board.now = Switches(suggest_all=True)
    announced = len(phone.shown)
    await a_while()

    assert len(phone.shown) <= announced + 1  # one request may have been on its way
    assert shows._tasks == {}


async def test_a_channel_that_refuses_it_is_not_asked_again() -> None:
    phone = Phone(takes=False)
    phone.may_end.set()
    shows = typing(phone, Waits(), Board(), again_after=0)
    shows.heard("anna", "whatsapp", "wamid.1")
    await a_while()

    assert phone.shown == ["wamid.1"]


async def test_an_answer_that_is_ready_needs_no_announcement() -> None:
    phone = Phone()
    shows = typing(phone, Waits(), Board(), after=60)
    shows.heard("anna", "whatsapp", "wamid.1")
    await shows.over("anna")
    await a_while()

    assert phone.shown == []


async def test_the_answer_is_posted_only_after_the_announcement_that_is_under_way() -> None:
    phone = Phone()
    shows = typing(phone, Waits(), Board())
    shows.heard("anna", "whatsapp", "wamid.1")
    await a_while()
    posts = asyncio.create_task(shows.over("anna"))
    await a_while()
    waits = not posts.done()
    phone.may_end.set()
    await posts

    assert (phone.shown, waits) == (["wamid.1"], True)


@pytest.mark.parametrize(
    ("waits", "switches"),
    [
        (Waits(None), Switches()),  # a person has the chat, or the answer is there
        (Waits(), Switches(on={"pause:whatsapp": True})),
        (Waits(), Switches(suggest_all=True)),
    ],
)
async def test_nothing_is_announced_where_no_answer_follows(waits: Waits, switches: Switches) -> None:
    phone = Phone()
    shows = typing(phone, waits, Board(switches))
    shows.heard("anna", "whatsapp", "wamid.1")
    await a_while()

    assert phone.shown == []


async def test_only_what_waits_for_the_assistant_is_announced(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    clock = FrozenClock(datetime(2026, 3, 2, 8, tzinfo=UTC))
    async with Surgery.open(tmp_path, interpreter=interpreter, clock=clock, gather_seconds=60) as surgery:
        anna = surgery.patient()
        await surgery.desk.intake.accept([anna._event(InboundKind.TEXT, text="Buonasera")])
        contact = surgery.contact(anna)
        ask: Callable[[str], Awaitable[Address | None]] = surgery.desk.typing._awaiting.address
        before = await ask(contact)
        await surgery.desk.staff.desk.take(contact, "Marta")
        after = await ask(contact)

    assert (before, after) == (ANNA, None)


async def test_every_channel_takes_it(tmp_path: Path, interpreter: Interpreter) -> None:
    clock = FrozenClock(datetime(2026, 3, 2, 8, tzinfo=UTC))
    async with (
        Surgery.open(tmp_path, interpreter=interpreter, clock=clock) as surgery,
        aiohttp.ClientSession() as http,
    ):
        meta = demo_stand_in(surgery.desk.practice, url="http://127.0.0.1:1", now=clock.now)
        async with TestServer(meta.application(), host="127.0.0.1") as server:
            real = channels_of(surgery.desk.practice, http, str(server.make_url("")).rstrip("/"))
            (wamid,) = meta.says("393331234567", "Buonasera")
            for side in meta.pages:
                side.says("7000000000000001", "Buonasera")
            psid = "7000000000000001"
            taken = [
                await real["whatsapp"].show_typing(ANNA, message_id=wamid),  # type: ignore[attr-defined]
                *[
                    await real[name].show_typing(  # type: ignore[attr-defined]
                        Address(channel=name, account=account, recipient=psid), message_id="m_1"
                    )
                    for name, account in (("messenger", PAGE), ("instagram", PROFILE))
                ],
            ]

    assert taken == [True, True, True]
