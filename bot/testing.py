"""The public test kit: a patient to talk to, without a network.

    async with Surgery.open(tmp_path, at="2026-03-02T08:00+01:00") as surgery:
        anna = surgery.patient("393331234567")
        await anna.says("Buonasera, vorrei prenotare una prima visita")
        assert "Come si chiama" in anna.sees.text
        await anna.taps("Sì")

Everything between the channel and the database is real; only the channel records instead of sending.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from bot import bootstrap
from bot.domain.channels import INSTAGRAM, MESSENGER, WHATSAPP
from bot.domain.conversation import (
    Address,
    Choice,
    InboundEvent,
    InboundKind,
    Rendered,
    Reply,
    SendOutcome,
    Sent,
)
from bot.domain.handoff import StaffAlert
from bot.domain.practice import Practice
from bot.ports import Clock
from bot.service.clock import FrozenClock
from bot.storage.diary.as_json import parse_additions
from bot.storage.engine.database import Database, sqlite_url
from bot.storage.migrations import upgrade
from nlu.interpreter import load_interpreter
from nlu.understanding import Interpreter

ACCOUNT = "100000000000001"
PAGE = "200000000000001"
PROFILE = "300000000000001"  # on Instagram
_ACCOUNTS = {WHATSAPP: ACCOUNT, MESSENGER: PAGE, INSTAGRAM: PROFILE}


def begin_empty(path: Path) -> None:
    """A SQLite database without rows, where there is none; migrating once a process is enough."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_empty_database())


@cache
def _interpreter(languages: tuple[str, ...], folder: Path) -> Interpreter:
    """One for all surgeries of a process: it keeps nothing of what it reads."""
    return load_interpreter(languages, cache=folder)


@cache
def _empty_database() -> bytes:
    with TemporaryDirectory(prefix="chairside-") as folder:
        path = Path(folder) / "empty.db"
        database = Database(sqlite_url(path))
        upgrade(database.engine)
        database.close()
        return path.read_bytes()


@dataclass(frozen=True, slots=True)
class Seen:
    """A message on a patient's screen."""

    text: str
    choices: tuple[Choice, ...] = ()
    asks_phone: bool = False  # a button that shares the patient's number stands below

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(choice.title for choice in self.choices)


class RecordingChannel:
    """Keeps what it is given, per recipient. `outcomes` are used up first, then everything is sent."""

    name = "whatsapp"

    def __init__(self) -> None:
        self.outbox: dict[str, list[Seen]] = {}
        self.ids: list[str] = []
        self.outcomes: list[SendOutcome] = []

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        return None

    def challenge(self, query: Mapping[str, str]) -> str | None:
        return None

    def parse(self, body: bytes) -> tuple[InboundEvent, ...]:
        return ()

    def render(self, reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
        return Rendered(body={"reply": reply, "id": outbox_id})

    async def send(self, message: Rendered, to: Address) -> SendOutcome:
        reply: Reply = message.body["reply"]
        outcome = self.outcomes.pop(0) if self.outcomes else Sent(message_id=f"wamid.{message.body['id']}")
        self.ids.append(message.body["id"])
        if not isinstance(outcome, Sent):
            return outcome
        self.outbox.setdefault(to.recipient, []).append(Seen(reply.text, reply.choices, reply.asks_phone))
        return outcome


class RecordingAlert:
    """Keeps what staff are told. `fates` are used up first, then everything arrives."""

    def __init__(self) -> None:
        self.told: list[StaffAlert] = []
        self.fates: list[bool | None] = []

    async def send(self, alert: StaffAlert, *, practice: Practice) -> bool | None:
        self.told.append(alert)
        return self.fates.pop(0) if self.fates else True


@dataclass(slots=True)
class Patient:
    """Somebody with a phone. Every method returns what the practice answered to it, oldest first."""

    surgery: "Surgery"
    wa_id: str
    name: str | None = None
    channel: str = "whatsapp"
    _messages: int = 0

    @property
    def account(self) -> str:
        return _ACCOUNTS[self.channel]

    @property
    def screen(self) -> list[Seen]:
        return self.surgery.channel.outbox.get(self.wa_id, [])

    @property
    def sees(self) -> Seen:
        """The latest message."""
        return self.screen[-1]

    async def says(self, *bubbles: str) -> list[Seen]:
        return await self._send(*[self._event(InboundKind.TEXT, text=text) for text in bubbles])

    async def taps(self, title: str) -> list[Seen]:
        """The first choice on the latest message whose title begins so."""
        for choice in self.sees.choices:
            if choice.title.casefold().startswith(title.casefold()):
                return await self.brings(choice.payload, title=choice.title)
        raise AssertionError(f"nothing to tap begins with {title!r}: {self.sees.titles}")

    async def brings(self, payload: str, *, title: str = "…") -> list[Seen]:
        """A tap with this token, wherever it comes from."""
        return await self._send(self._event(InboundKind.CHOICE, text=title, payload=payload))

    async def sends(self, kind: InboundKind, **said: Any) -> list[Seen]:
        """Any other event; `said` are further fields of InboundEvent."""
        return await self._send(replace(self._event(kind), **said))

    def _event(
        self, kind: InboundKind, *, text: str | None = None, payload: str | None = None
    ) -> InboundEvent:
        self._messages += 1
        return InboundEvent(
            kind=kind,
            channel=self.channel,
            account=self.account,
            id=f"wamid.{self.wa_id}.{self._messages}",
            sender=self.wa_id,
            at=self.surgery.clock.now() + timedelta(milliseconds=self._messages),
            text=text,
            payload=payload,
            phone=f"+{self.wa_id}" if self.channel == "whatsapp" and self.wa_id.isdigit() else None,
            profile_name=self.name,
        )

    async def _send(self, *events: InboundEvent) -> list[Seen]:
        before = len(self.screen)
        await self.surgery.desk.intake.accept(events)
        await self.surgery.settled()
        return self.screen[before:]


@dataclass(slots=True)
class Surgery:
    """A whole front desk in this process, on a SQLite file."""

    desk: bootstrap.FrontDesk
    channel: RecordingChannel
    clock: Clock
    staff: RecordingAlert
    patients: dict[str, Patient] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        data: Path,
        *,
        at: str = "2026-03-02T08:00+01:00",
        clock: Clock | None = None,
        interpreter: Interpreter | None = None,
        gather_seconds: float = 0.0,
        environment: Mapping[str, str] | None = None,
        wait_for_status: float = 0.0,
        keep_ledger: bool = True,
        look_again_at_owner: bool = True,
        change: Callable[[Practice], Practice] = lambda practice: practice,
        outreach: Callable[[bootstrap.OutreachContent], bootstrap.OutreachContent] = lambda content: content,
    ) -> "AsyncIterator[Surgery]":
        configuration = bootstrap.Configuration(
            data=data, environment=environment or {}, demo=True, now=datetime.fromisoformat(at)
        )
        if not configuration.environment.get("CHAIRSIDE_DATABASE_URL"):
            begin_empty(data / "chairside.db")
        books = bootstrap.Books.open(configuration)
        books = replace(books, practice=replace(change(books.practice), gather_seconds=gather_seconds))
        clock = clock or FrozenClock(datetime.fromisoformat(at).astimezone(UTC))
        channel, staff = RecordingChannel(), RecordingAlert()
        own_actions = bootstrap.read_own_actions(configuration)
        assistant = bootstrap.read_assistant(configuration, books.practice, own_actions=own_actions)
        http = aiohttp.ClientSession()
        desk = bootstrap.FrontDesk(
            books,
            clock=clock,
            assistant=assistant,
            interpreter=interpreter or _interpreter(books.practice.languages, configuration.nlu_cache),
            channels=dict.fromkeys(_ACCOUNTS, channel),
            wait_for_status=wait_for_status,
            keep_ledger=keep_ledger,
            look_again_at_owner=look_again_at_owner,
            alert_channels=[staff],
            own_actions=own_actions,
            remote_actions=bootstrap.remote_actions(books.practice, http, assistant=assistant),
            outreach=outreach(
                replace(bootstrap.read_outreach(configuration, books.practice, assistant), by_itself=False)
            ),
        )
        await desk.start()
        await desk.be_reachable()
        try:
            yield cls(desk=desk, channel=channel, clock=clock, staff=staff)
        finally:
            await desk.stop()
            await http.close()

    def patient(
        self, wa_id: str = "393331234567", *, name: str | None = None, channel: str = "whatsapp"
    ) -> Patient:
        """Somebody on WhatsApp with this number, or on Messenger with this id, which tells no number."""
        return self.patients.setdefault(wa_id, Patient(self, wa_id, name, channel))

    async def staff_book(
        self,
        start_local: str,
        *,
        name: str,
        phone: str | None = None,
        birth_date: str | None = None,
        practitioner: str = "rossi",
        visit_type: str = "check_up",
    ) -> str:
        """A visit that staff enter, as by `chairside diary --add`; returns its id."""
        patient = {"name": name, "phone": phone, "birth_date": birth_date}
        row = {"practitioner": practitioner, "visit_type": visit_type, "start_local": start_local}
        rows = parse_additions(json.dumps([row | {"patient": patient}]), self.desk.practice)
        [added] = await self.desk.books.diary.add(rows, at=self.clock.now())
        return added.id

    async def settled(self) -> None:
        """Returns when every turn has run and every reply has gone."""
        while self.desk.turns.is_busy or self.desk.delivery.is_busy:
            await self.desk.changes.next_ring()

    async def until(self, happened: Callable[[], bool], *, seconds: float = 20.0) -> None:
        """Waits for something that takes time, such as a retry."""
        async with asyncio.timeout(seconds):
            while not happened():  # noqa: ASYNC110 - whatever happens rings no bell of ours
                await asyncio.sleep(0.01)

    def contact(self, patient: Patient) -> str:
        """The id of this patient's contact, and so of the conversation."""
        handle = self.desk.books.keyring.handle(patient.channel, patient.account, patient.wa_id)
        return str(uuid.uuid5(uuid.NAMESPACE_OID, self.desk.practice.id + handle))

    async def diary(self) -> list[Mapping[str, object]]:
        return list(await self.desk.staff.desk.diary())
