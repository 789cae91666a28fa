"""What becomes of a voice note that a machine has listened to.

While it listens, the message waits outside of the turns, and nothing else does. What was surely heard is a
message like any other. What may have been misheard is read back, and counts only after a yes; only words that
may tell of an emergency count at once, since asking would cost minutes. Whoever is with a person is not asked
by a machine. And what nobody could make out in time is answered as it always was: with the request to write,
and a person.
"""

import asyncio
from datetime import datetime
from typing import Protocol

import structlog

from bot.domain.conversation import Choice, Reply
from bot.domain.media import SafeFile, Transcript, VoiceRules
from bot.ports import Clock
from bot.service.hearing.files import DueFile
from bot.service.upkeep.supervision import beat

log = structlog.get_logger(__name__)

_LOOK_EVERY = 1.0
#: More than this cannot be read back within one message that has buttons.
_LONGEST_QUOTE = 700
#: Before the number of the message, in the payload of an answer.
HEARD = "heard:"

_ASK = {
    "en": "I listened to your voice message and understood:\n\n“{words}”\n\nIs that right?",
    "it": "Ho ascoltato il Suo messaggio vocale e ho capito:\n\n«{words}»\n\nÈ giusto?",
    "ru": "Я прослушал ваше голосовое сообщение и понял так:\n\n«{words}»\n\nВсё верно?",
}
_TITLES = {"en": ("Yes", "No"), "it": ("Sì", "No"), "ru": ("Да", "Нет")}


class Ear(Protocol):
    """Somebody who writes down what is said."""

    async def transcribe(self, file: SafeFile, *, language: str | None) -> Transcript | None:
        """None when nothing could be made out, or nobody is there to listen."""


class VoiceBook(Protocol):
    """Where voice notes wait."""

    async def act_on(self, inbox: int, text: str, *, confidence: float) -> str | None:
        """It is a message like any other from now on; its conversation. None when it waits no more."""

    async def ask(self, inbox: int, question: Reply, *, confidence: float, text: str) -> str | None:
        """The patient is asked; the conversation. None when it waits no more, or is a person's."""

    async def let_go(self, inbox: int) -> str | None:
        """Nobody made anything of it: as without a machine."""

    async def let_go_before(self, moment: datetime) -> tuple[str, ...]:
        """The same for everything that has waited since then."""

    async def said(self, conversation: str, inbox: int) -> str | None:
        """What was read back."""


class Surroundings(Protocol):
    """What else is to be known of a conversation."""

    async def language_of(self, conversation: str) -> str: ...

    async def is_alarming(self, conversation: str, text: str) -> bool: ...

    def wake_turns(self, conversation: str) -> None: ...

    def wake_delivery(self, conversation: str) -> None: ...

    def with_tokens(self, conversation: str, reply: Reply, *, at: datetime) -> Reply: ...


class VoiceNotes:
    """A bot.service.hearing.files.Listener, and the loop that lets nobody wait for too long."""

    def __init__(
        self, ear: Ear, book: VoiceBook, around: Surroundings, *, rules: VoiceRules, clock: Clock
    ) -> None:
        self._ear = ear
        self._book = book
        self._around = around
        self._rules = rules
        self._clock = clock

    async def hear(self, due: DueFile, file: SafeFile) -> Transcript | None:
        language = await self._around.language_of(due.conversation) or None
        found = await self._ear.transcribe(file, language=language)
        if found is None:
            await self.give_up(due)
            return None
        is_sure = found.confidence >= self._rules.sure
        if is_sure or await self._around.is_alarming(due.conversation, found.text):
            moved = await self._book.act_on(due.inbox, found.text, confidence=found.confidence)
            if moved is not None:
                self._around.wake_turns(moved)
        elif len(found.text) > _LONGEST_QUOTE:
            await self.give_up(due)
        else:
            await self._ask(due, found, language or "en")
        return found

    async def give_up(self, due: DueFile) -> None:
        moved = await self._book.let_go(due.inbox)
        if moved is not None:
            self._around.wake_turns(moved)

    async def run(self) -> None:
        while True:
            await self.let_go_of_the_late()
            beat()
            await asyncio.sleep(_LOOK_EVERY)

    async def let_go_of_the_late(self) -> None:
        for conversation in await self._book.let_go_before(self._clock.now() - self._rules.wait):
            self._around.wake_turns(conversation)

    async def _ask(self, due: DueFile, found: Transcript, language: str) -> None:
        reply = self._around.with_tokens(
            due.conversation, question(due.inbox, found.text, language), at=self._clock.now()
        )
        asked = await self._book.ask(due.inbox, reply, confidence=found.confidence, text=found.text)
        if asked is not None:
            self._around.wake_delivery(asked)
        else:
            await self.give_up(due)


class Confirmed:
    """What a patient's yes or no stands for, when a turn asks."""

    def __init__(self, book: VoiceBook) -> None:
        self._book = book

    async def words(self, conversation: str, payload: str) -> str | None:
        """The words that were read back, after a yes; None after a no, or when they are gone."""
        verdict, _, number = payload.removeprefix(HEARD).partition(":")
        if verdict != "yes" or not number.isdigit():
            return None
        return await self._book.said(conversation, int(number))


def question(inbox: int, text: str, language: str) -> Reply:
    """Payloads are ours alone; they become tokens before they leave the house."""
    yes, no = _TITLES.get(language, _TITLES["en"])
    return Reply(
        text=_ASK.get(language, _ASK["en"]).replace("{words}", text),
        choices=(
            Choice(title=yes, payload=f"{HEARD}yes:{inbox}"),
            Choice(title=no, payload=f"{HEARD}no:{inbox}"),
        ),
    )
