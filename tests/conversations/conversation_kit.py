"""A patient who writes to the practice: real understanding, engine, actions and diary, no server.

anna = house.patient("anna")
await anna.says("vorrei prenotare")
await anna.taps("Prima possibile")
anna.sees            # what is on her screen now: one Seen per message
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.actions.booking import booking_actions
from bot.actions.executor import InProcessActions
from bot.dialogue import Assistant, Conversation, advance, commands_for, payload_commands
from bot.dialogue.commands import Command, StaleTap
from bot.dialogue.effects import Effect, OpenHandoff, Record, RunAction, Utter
from bot.dialogue.events import ActionReturned, HandedBack, PatientWrote
from bot.domain.conversation import Choice
from bot.domain.diary import Appointment, Opening, PatientDetails
from bot.domain.practice import Practice, Practitioner, Shift, VisitType
from bot.ports import ActionCall, PracticeSystem
from bot.service.clock import FrozenClock
from bot.service.hearing.understanding import Reader
from bot.service.sending.tokens import NotOurToken, TapTokens
from bot.service.sending.wording import replies
from bot.service.turns.asked_facts import asked_facts
from bot.service.turns.facts import practice_facts
from bot.service.turns.turn import latest_message
from bot.storage.diary.book import SqlDiary
from bot.storage.engine.database import Database
from nlu.understanding import Interpreter

CONTENT = Path(__file__).parents[2] / "flows"
MONDAY_NINE = datetime(2026, 3, 2, 8, tzinfo=UTC)  # 09:00 in Rome
_TURN_LIMIT = 30


@dataclass(frozen=True)
class Seen:
    """A message on the patient's screen, and what can be tapped under it."""

    text: str
    choices: tuple[Choice, ...] = ()

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(choice.title for choice in self.choices)


@dataclass
class House:
    """A practice with its diary, at a moment that only tests move."""

    practice: Practice
    assistant: Assistant
    interpreter: Interpreter
    diary: PracticeSystem
    rows: SqlDiary
    database: Database
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(MONDAY_NINE))
    tokens: TapTokens = field(default_factory=lambda: TapTokens(bytes(64)))

    def patient(
        self, who: str, *, channel: str = "whatsapp", phone: str | None = "+393331234567"
    ) -> "Patient":
        conversation = Conversation.new(who, language=self.practice.languages[0])
        return Patient(house=self, id=who, channel=channel, phone=phone, conversation=conversation)

    async def booked(self) -> list[tuple[Appointment, PatientDetails]]:
        """What stands in the diary for good, and for whom."""
        rows = await self.rows.appointments(start=None, end=None, at=self.clock.now())
        found = []
        for row in rows:
            details = await self.rows.details(row.patient) if row.patient else None
            if row.status == "booked" and details:
                found.append((row, details))
        return found

    async def held(self) -> list[Appointment]:
        rows = await self.rows.appointments(start=None, end=None, at=self.clock.now())
        return [row for row in rows if row.status == "held"]


@dataclass
class Patient:
    """Somebody with a phone. Counts what goes each way, since every message of ours is billed."""

    house: House
    id: str
    channel: str
    phone: str | None
    conversation: Conversation
    sees: list[Seen] = field(default_factory=list)
    sent: int = 0
    received: int = 0
    handed_over: list[str] = field(default_factory=list)
    journal: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Everything in the last answer."""
        return "\n\n".join(seen.text for seen in self.sees)

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(title for seen in self.sees for title in seen.titles)

    @property
    def openings(self) -> tuple[str, ...]:
        """Titles of the openings on offer: no other choice has a time in it."""
        return tuple(title for title in self.titles if ":" in title)

    @property
    def slots(self) -> dict[str, Any]:
        return dict(self.conversation.slots)

    async def says(self, text: str) -> "Patient":
        house = self.house
        reader = Reader(interpreter=house.interpreter, practice=house.practice)
        meaning = await reader.understand(
            text, house.assistant, self.conversation, at=house.clock.now(), known=self.sent > 0
        )
        commands = commands_for(meaning, self.conversation, house.assistant)
        asked = asked_facts(house.practice, self.conversation, meaning, meaning.language)
        latest = latest_message(text, meaning)
        return await self._turn(text, commands, meaning.language, latest, asked)

    async def taps(self, title: str) -> "Patient":
        """Taps a choice in view."""
        return await self.taps_old(self.choice(title))

    async def taps_old(self, choice: Choice) -> "Patient":
        """Taps a choice that may have scrolled away since."""
        house = self.house
        commands: tuple[Command, ...] | None
        try:
            payload = house.tokens.read(self.id, choice.payload, at=house.clock.now())
            commands = payload_commands(payload, house.assistant)
        except NotOurToken:
            payload, commands = "", (StaleTap(),)
        if commands is None:
            return await self.says(payload)
        return await self._turn(choice.title, commands, None, {"text": choice.title})

    def choice(self, title: str) -> Choice:
        found = [choice for seen in self.sees for choice in seen.choices if choice.title == title]
        assert found, f"{title!r} is not among {self.titles} under: {self.text}"
        return found[-1]

    async def handed_back(self) -> "Patient":
        house = self.house
        facts = practice_facts(house.practice, self.conversation.language)
        await self._advance(HandedBack(at=house.clock.now(), channel=self.channel, facts=facts))
        return self

    async def _turn(
        self,
        text: str,
        commands: tuple[Command, ...],
        language: str | None,
        latest: dict[str, Any],
        asked: Mapping[str, str] = MappingProxyType({}),
    ) -> "Patient":
        house = self.house
        self.sent += 1
        event = PatientWrote(
            at=house.clock.now(),
            text=text,
            commands=commands,
            channel=self.channel,
            language=language or self.conversation.language,
            facts={**practice_facts(house.practice, language or self.conversation.language), **asked},
            latest_message=latest,
        )
        await self._advance(event)
        return self

    async def _advance(self, event: Any) -> None:
        house, effects = self.house, list[Effect]()
        actions = InProcessActions(booking_actions(house.practice, house.diary))
        for number in range(_TURN_LIMIT):
            self.conversation, made = advance(house.assistant, self.conversation, event)
            effects += made
            call = made[-1] if made and isinstance(made[-1], RunAction) else None
            if call is None:
                break
            result = await actions.run(
                ActionCall(
                    name=call.name,
                    tracker=call.tracker,
                    key=f"{self.id} {self.sent} {number}",
                    contact=self.id,
                    channel=self.channel,
                    phone=self.phone,
                    language=self.conversation.language,
                    at=house.clock.now(),
                )
            )
            for write in result.writes:
                await house.database.write(lambda connection, w=write: house.rows.apply_write(connection, w))
            event = ActionReturned(
                at=house.clock.now(),
                call=call.call,
                events=result.events,
                responses=result.responses,
                failed=result.failed,
            )
        else:
            raise AssertionError("the turn does not settle")
        self._receive(effects)
        Conversation.from_json(self.conversation.to_json())  # a conversation at rest must survive storage

    def _receive(self, effects: list[Effect]) -> None:
        utters = [effect for effect in effects if isinstance(effect, Utter)]
        made = replies(
            utters,
            contact=self.id,
            tokens=self.house.tokens,
            at=self.house.clock.now(),
            language=self.conversation.language,
        )
        self.sees = [Seen(reply.text, reply.choices) for reply in made]
        self.received += len(made)
        self.handed_over += [effect.reason for effect in effects if isinstance(effect, OpenHandoff)]
        self.journal += [dict(effect.event) for effect in effects if isinstance(effect, Record)]


async def to_the_offer(anna: Patient, words: dict[str, str]) -> None:
    await anna.says(words["book"])
    await anna.says(words["name"])
    await anna.taps(anna.titles[0])
    await anna.taps(anna.titles[0])


async def to_the_confirmation(anna: Patient, words: dict[str, str]) -> None:
    await to_the_offer(anna, words)
    await anna.taps(anna.openings[0])


class PlainSeal:
    """Seals nothing: these patients are made up."""

    def create(self, connection: Any, owner: str) -> None:
        pass

    def seal(self, connection: Any, owner: str, plaintext: bytes) -> bytes:
        return plaintext

    def open(self, connection: Any, owner: str, sealed: bytes) -> bytes:
        return sealed

    def handle(self, *parts: str) -> str:
        return " ".join(parts)


def offered(ref: str) -> datetime:
    """The local wall time of an opening's reference (Rome, before the summer time of 2026)."""
    return Opening.parse_ref(ref).start.replace(tzinfo=None) + timedelta(hours=1)


def shifts(start: time, end: time, *days: int) -> tuple[Shift, ...]:
    return tuple(Shift(weekday=day, start=start, end=end) for day in days)


def studio_lucciola() -> Practice:
    """Two dentists in Rome, two kinds of visit, no birth dates."""
    return Practice(
        id="studio-lucciola",
        name="Studio Lucciola",
        time_zone="Europe/Rome",
        country="IT",
        languages=("it", "en", "ru"),
        phone="+39 06 555 0100",
        address="via dei Platani 5, Roma",
        privacy_url="https://example.org/privacy",
        emergency_number="112",
        practitioners=(
            Practitioner(
                id="rossi",
                name="dott. Marco Rossi",
                shifts=shifts(time(9), time(13), 0, 1, 2, 3, 4) + shifts(time(14), time(18), 0, 1, 2, 3),
                visit_types=("first_visit", "cleaning"),
            ),
            Practitioner(
                id="bianchi",
                name="dott.ssa Livia Bianchi",
                shifts=shifts(time(14), time(19), 1, 3),
                visit_types=("first_visit",),
            ),
        ),
        visit_types=(
            VisitType(
                id="first_visit",
                names={"it": "prima visita", "en": "first visit", "ru": "первичный приём"},
                words={
                    "it": ("nuovo paziente", "visita conoscitiva", "controllo"),
                    "en": ("new patient", "consultation", "check-up"),
                    "ru": ("первый приём", "консультация", "осмотр"),
                },
                duration=timedelta(minutes=30),
            ),
            VisitType(
                id="cleaning",
                names={"it": "igiene dentale", "en": "cleaning", "ru": "чистка зубов"},
                words={"it": ("pulizia",), "en": ("hygiene",), "ru": ("гигиена",)},
                duration=timedelta(minutes=45),
            ),
        ),
        holidays=True,
    )
