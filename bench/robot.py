"""A patient who books by reading: taps what is offered, answers what is asked, and counts the messages."""

import asyncio
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

OPENING = re.compile(r"\b\d{1,2}:\d{2}\b")
BOOKED = re.compile(r"prenotat|confermat|\bbooked\b|\bconfirmed\b|записал|записан|подтвержд", re.IGNORECASE)
_BEGUN_ANEW = re.compile(r"start again|ripartiamo|ricominci|начн[её]м (?:сначала|заново)", re.IGNORECASE)
_ASKS_WISH = re.compile(r"\bquando\b|\bwhen\b|когда", re.IGNORECASE)
_ASKS_PHONE = re.compile(r"\bnumero\b|\bphone\b|номер", re.IGNORECASE)
_ASKS_NAME = re.compile(r"\bnome\b|chiama|\bname\b|зовут|имя", re.IGNORECASE)
_ASKS_BIRTH = re.compile(r"nascita|\bborn\b|birth|рождения", re.IGNORECASE)

FIRST_WORDS = {
    "it": "Buonasera, vorrei prenotare una prima visita",
    "en": "Hello, I would like to book a first visit",
    "ru": "Здравствуйте, хочу записаться на первый приём",
}
NAMES = {"it": "Anna Rossi", "en": "James Smith", "ru": "Анна Петрова"}
YES = {"it": "sì", "en": "yes", "ru": "да"}


class NoAnswer(AssertionError):
    """A message stayed without a reply."""


@dataclass(frozen=True)
class Shown:
    """A message as Meta would have shown it."""

    id: str
    text: str
    choices: tuple[tuple[str, str], ...]  # (title, id)

    @classmethod
    def of(cls, message_id: str, payload: Mapping[str, Any]) -> "Shown":
        if "messaging_product" not in payload:
            return cls._on_messenger(message_id, payload["message"])
        if payload["type"] == "text":
            return cls(message_id, payload["text"]["body"], ())
        interactive = payload["interactive"]
        action = interactive["action"]
        if interactive["type"] == "button":
            choices = [(b["reply"]["title"], b["reply"]["id"]) for b in action["buttons"]]
        else:
            choices = [(r["title"], r["id"]) for s in action.get("sections", ()) for r in s["rows"]]
        return cls(message_id, interactive["body"]["text"], tuple(choices))

    @classmethod
    def _on_messenger(cls, message_id: str, message: Mapping[str, Any]) -> "Shown":
        if "attachment" in message:
            template = message["attachment"]["payload"]
            offered, text = template["buttons"], template["text"]
        else:
            offered, text = message.get("quick_replies", ()), message["text"]
        return cls(
            message_id, text, tuple((each["title"], each["payload"]) for each in offered if "payload" in each)
        )

    @property
    def openings(self) -> tuple[tuple[str, str], ...]:
        """What is offered of the diary, if that is what it offers."""
        return tuple(choice for choice in self.choices if OPENING.search(choice[0]))

    @property
    def is_booking(self) -> bool:
        """Whether it says that a visit is booked, and when it is."""
        return not self.choices and bool(BOOKED.search(self.text) and OPENING.search(self.text))


@dataclass
class Robot:
    """One patient of one language at a stand-in's control API."""

    wa_id: str
    language: str
    stand_in: str
    http: aiohttp.ClientSession
    seed: int = 0
    patience: float = 120.0
    pause: float = 0.0  # before each message, as people need one
    said: int = 0
    seen: list[Shown] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    booked: bool = False
    name: str = ""  # else everybody of a language has the same
    wish: str = ""  # when to come, in words; else the first choice is tapped
    channel: str = "whatsapp"  # on Messenger, wa_id is a Page-scoped id

    def __post_init__(self) -> None:
        self._chance = random.Random(f"{self.seed} {self.wa_id}")
        self._last = 0  # of what was seen: what comes is newer

    async def book(self, *, at_most: int = 20) -> bool:
        """From hello to booked; False when it takes more messages than a patient has patience for."""
        shown = await self.says(FIRST_WORDS[self.language])
        return await self.ends_booked(shown, at_most=at_most)

    async def is_offered(self) -> Shown:
        """From hello to an offer of openings."""
        shown = await self.says(FIRST_WORDS[self.language])
        while not shown.openings:
            if self.said > 20:
                raise NoAnswer(f"patient {self.wa_id} was offered nothing after 20 messages")
            shown = await self.answers(shown)
        return shown

    async def ends_booked(self, shown: Shown, *, at_most: int = 20) -> bool:
        while self.said < at_most:
            if shown.is_booking:
                self.booked = True
                return True
            shown = await self.answers(shown)
        return False

    async def answers(self, shown: Shown) -> Shown:
        """Taps an opening, whichever; else the first choice; else types what was asked for."""
        if _BEGUN_ANEW.search(shown.text):
            return await self.says(FIRST_WORDS[self.language])
        if shown.openings:
            return await self.taps(shown, self._chance.choice(shown.openings)[1])
        if shown.choices and self.wish and _ASKS_WISH.search(shown.text):
            return await self.says(self.wish)
        if shown.choices:
            return await self.taps(shown, shown.choices[0][1])
        return await self.says(self._answer(shown.text))

    def _answer(self, question: str) -> str:
        last = question.rsplit("\n", 1)[-1]
        if _ASKS_BIRTH.search(last):
            return "12/04/1985"
        if _ASKS_PHONE.search(last):
            return f"+39 340 {int(self.wa_id[-7:]):07d}"
        if _ASKS_NAME.search(last):
            return self.name or NAMES[self.language]
        return YES[self.language]

    async def says(self, text: str) -> Shown:
        return await self._send("says", {"text": text})

    async def taps(self, shown: Shown, choice: str) -> Shown:
        return await self._send("taps", {"message_id": shown.id, "choice_id": choice})

    async def _send(self, how: str, body: Mapping[str, Any]) -> Shown:
        await asyncio.sleep(self.pause)
        clock = asyncio.get_running_loop()
        began = clock.time()
        await self._post(how, body)
        self.said += 1
        try:
            async with asyncio.timeout(self.patience):
                await self._wait_for_reply()
        except TimeoutError as error:
            raise NoAnswer(
                f"patient {self.wa_id} waited {self.patience:.0f} s after message {self.said}"
            ) from error
        self.waits.append(clock.time() - began)
        return self.seen[-1]

    async def _post(self, how: str, body: Mapping[str, Any]) -> None:
        url = f"{self.stand_in}/stand-in/patients/{self.wa_id}/{how}"
        async with self.http.post(url, json=body, params={"channel": self.channel}) as answer:
            assert answer.status == 200, await answer.text()

    async def _wait_for_reply(self) -> None:
        """Returns when there are as many replies as there were messages."""
        while True:
            self.seen += await self._new()
            if len(self.seen) >= self.said:
                return
            await asyncio.sleep(0.02)

    async def _new(self) -> list[Shown]:
        url = f"{self.stand_in}/stand-in/messages"
        asked = {"to": self.wa_id, "since": str(self._last)}
        async with self.http.get(url, params=asked) as answer:
            found = (await answer.json())["messages"]
        self._last = max((int(m["seq"]) for m in found), default=self._last)
        return [Shown.of(m["message_id"], m["payload"]) for m in found]
