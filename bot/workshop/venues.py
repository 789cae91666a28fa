"""Two places for a conversation on the bench: any content by itself, and the practice with its own diary."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot import bootstrap
from bot.actions.loading import RasaAction
from bot.dialogue import Assistant, Conversation, understanding_context_parts
from bot.domain.practice_time import PracticeTime
from bot.errors import BookingError, ChairsideError
from bot.ports import ActionCall, ActionResult, Clock
from bot.service.turns.facts import opens_at, practice_facts
from bot.workshop.content import OpenedContent, open_content
from bot.workshop.talk import ActionMissing
from nlu.interpreter import load_interpreter
from nlu.understanding import Context, Interpreter, Understanding

MONDAY_MORNING = datetime.fromisoformat("2026-03-02T08:00+01:00").astimezone(UTC)
CONTACT = "test"  # part of what varied texts are chosen by, so it is always the same
PHONE = "+393331234567"


@dataclass(frozen=True, kw_only=True)
class ContentVenue:
    """Any content: no practice, so no facts; actions are those that were named."""

    content: OpenedContent
    clock: Clock
    contact: str = CONTACT
    channel: str = "test"
    phone: str | None = None

    @property
    def assistant(self) -> Assistant:
        return self.content.assistant

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[ContentVenue]:
        yield self

    def now(self) -> datetime:
        return self.clock.now()

    def facts(self, language: str) -> Mapping[str, Any]:
        return {}

    async def understand(self, text: str, conversation: Conversation, *, known: bool) -> Understanding:
        context = Context(
            now=self.now().replace(tzinfo=None),
            languages=self.assistant.languages,
            language=conversation.language,
            **understanding_context_parts(self.assistant, conversation),
        )
        return self.content.interpreter.understand_many([(text, context)])[0]

    async def act(self, call: ActionCall) -> ActionResult:
        if call.name not in self.content.actions.names:
            raise ActionMissing(
                f'content runs "{call.name}", which nothing offers: stub it under stub_custom_actions,'
                " or name the module that has it with --actions"
            )
        return await self.content.actions.run(call)


@dataclass(frozen=True, kw_only=True)
class Practice:
    """The practice's own content, understanding and diary. Every conversation begins with an empty diary."""

    configuration: bootstrap.Configuration
    assistant: Assistant
    interpreter: Interpreter
    template: Path
    clock: Clock
    own_actions: tuple[RasaAction, ...] = ()

    @classmethod
    @asynccontextmanager
    async def open(cls, configuration: bootstrap.Configuration, *, clock: Clock) -> AsyncIterator[Practice]:
        """Diaries live in a folder that is gone afterwards. Raises ContentRefused, SetupError."""
        with TemporaryDirectory(prefix="chairside-test-") as folder:
            template = Path(folder) / "template"
            configuration = configuration.apart(template)
            practice = bootstrap.read_practice(configuration)
            bootstrap.Books.open(configuration).database.close()
            own_actions = bootstrap.read_own_actions(configuration)
            yield cls(
                configuration=configuration,
                assistant=bootstrap.read_assistant(configuration, practice, own_actions=own_actions),
                own_actions=own_actions,
                interpreter=load_interpreter(practice.languages, cache=configuration.nlu_cache),
                template=template,
                clock=clock,
            )

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[PracticeVenue]:
        with TemporaryDirectory(prefix="case-", dir=self.template.parent) as folder:
            shutil.copytree(self.template, folder, dirs_exist_ok=True)
            books = bootstrap.Books.open(replace(self.configuration, data=Path(folder)))
            try:
                desk = bootstrap.FrontDesk(
                    books,
                    clock=self.clock,
                    assistant=self.assistant,
                    interpreter=self.interpreter,
                    channels={},
                    own_actions=bootstrap.read_own_actions(self.configuration),
                )
                books.database.write_now(lambda connection: books.keyring.create(connection, CONTACT))
                yield PracticeVenue(desk=desk)
            finally:
                books.database.close()


@dataclass(frozen=True, kw_only=True)
class PracticeVenue:
    """One conversation with the practice."""

    desk: bootstrap.FrontDesk
    contact: str = CONTACT
    channel: str = "whatsapp"
    phone: str | None = PHONE

    @property
    def assistant(self) -> Assistant:
        return self.desk.assistant

    def now(self) -> datetime:
        return self.desk.clock.now()

    def facts(self, language: str) -> Mapping[str, Any]:
        practice = self.desk.practice
        wall = PracticeTime(practice.time_zone).wall(self.now())
        return {**practice_facts(practice, language), "opens_at": opens_at(practice, language, wall)}

    async def understand(self, text: str, conversation: Conversation, *, known: bool) -> Understanding:
        return await self.desk.reader.understand(
            text, self.assistant, conversation, at=self.now(), known=known
        )

    async def act(self, call: ActionCall) -> ActionResult:
        """What an action writes to the diary is there at once; a refusal is what the action came to."""
        result = await self.desk.actions.run(call)
        if result.failed == "unknown":
            raise ActionMissing(
                f'"{call.name}" runs on the action server, which tests do not ask: stub it under'
                " stub_custom_actions"
            )
        try:
            await self.desk.store.write_diary(result.writes)
        except BookingError as refusal:
            declared = self.assistant.actions[call.name].outcome
            if declared is None:
                return ActionResult(failed="exception")
            return ActionResult(events=({"event": "slot", "name": declared.slot, "value": refusal.outcome},))
        return result


@asynccontextmanager
async def open_place(
    folder: Path | None, actions: str | None, *, configuration: bootstrap.Configuration, clock: Clock
) -> AsyncIterator[ContentVenue | Practice]:
    """The content of a folder, or the practice: `opened` is a fresh venue each time."""
    if folder is not None:
        yield ContentVenue(content=open_content(folder, actions=actions), clock=clock)
        return
    if actions is not None:
        raise ChairsideError("--actions goes with --content: the practice's own are named by its settings")
    async with Practice.open(configuration, clock=clock) as practice:
        yield practice
