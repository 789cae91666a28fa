"""A thousand patients at once, from hello to booked, in three languages on both channels.

Each has a surname that nobody else has. A reply with the surname of another went to the wrong person; every
message has one reply, and nobody gets one twice.

    python -m bench.crowd --patients 1000 --seed 1
"""

import argparse
import asyncio
import contextlib
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp

from bench.desk import Desk, free_port, load
from bench.doors import DOORS
from bench.practices import practice_of
from bench.robot import NoAnswer, Robot, Shown

LANGUAGES = ("it", "en", "ru")
#: About 7,000 half hours: patients who wish for one time find another near it.
ROOMY = practice_of(
    dict.fromkeys(
        ("rossi", "bianchi", "verdi"),
        "{"
        + ", ".join(
            f"{day}: [08:00-20:00]"
            for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
        )
        + "}",
    ),
    minutes=30,
    horizon_days=120,
)
FIRST_DAY = date(2026, 3, 3)
WISHES = {"it": "il {day} alle {time}", "en": "on {day} at {time}", "ru": "{day} в {time}"}
_FIRST_NAMES = {"it": "Anna", "en": "James", "ru": "Анна"}
_SYLLABLES = {
    "latin": ("ba", "de", "fi", "go", "lu", "ma", "ne", "po", "ri", "ta"),
    "cyrillic": ("ба", "де", "фи", "го", "лу", "ма", "не", "по", "ри", "та"),
}


def surname(number: int, language: str) -> str:
    """A word of its own for each number: Tabadefi, Табадефи."""
    syllables = _SYLLABLES["cyrillic" if language == "ru" else "latin"]
    return "".join([syllables[9], *[syllables[int(digit)] for digit in f"{number:04d}"]]).capitalize()


class Postbox:
    """Watches what a stand-in's business sends, for many patients at once. Use with `async with`."""

    def __init__(self, stand_in: str, http: aiohttp.ClientSession) -> None:
        self._stand_in = stand_in
        self._http = http
        self._patients: dict[str, Visitor] = {}
        self.accepted: list[dict[str, Any]] = []

    async def __aenter__(self) -> "Postbox":
        self._watching = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._watching

    def add(self, patient: "Visitor") -> None:
        self._patients[patient.wa_id] = patient

    async def _watch(self) -> None:
        last = 0
        while True:
            url = f"{self._stand_in}/stand-in/messages"
            async with self._http.get(url, params={"since": str(last)}) as answer:
                found = (await answer.json())["messages"]
            for message in found:
                last = max(last, message["seq"])
                self.accepted.append(message)
                patient = self._patients.get(message["to"].lstrip("+"))
                if patient is not None:
                    patient.receive(Shown.of(message["message_id"], message["payload"]))
            await asyncio.sleep(0.05)


class Visitor(Robot):
    """One of a crowd: language and channel go by the number, and so does the surname."""

    def __init__(self, number: int, stand_in: str, http: aiohttp.ClientSession, *, seed: int) -> None:
        language, door = LANGUAGES[number % 3], DOORS[number % 2]
        super().__init__(door.patient(number), language, stand_in, http, seed=seed, patience=300)
        chance = random.Random(f"{seed} {number}")
        day = FIRST_DAY + timedelta(days=chance.randrange(110))
        wished = WISHES[language].format(day=f"{day:%d/%m/%Y}", time=f"{chance.randrange(8, 20)}:00")
        self.channel = door.name
        self.surname = surname(number, language)
        self.name = f"{_FIRST_NAMES[language]} {self.surname}"
        self.wish = wished
        self._bell = asyncio.Event()

    def receive(self, shown: Shown) -> None:
        self.seen.append(shown)
        self._bell.set()

    async def _wait_for_reply(self) -> None:
        while len(self.seen) < self.said:
            self._bell.clear()
            await self._bell.wait()


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """What became of everybody."""

    patients: int
    booked: int
    visits: int  # in the diary
    messages: int
    lost: int
    doubled: int
    to_the_wrong_person: int
    named_in_their_confirmation: int  # without this, the line above could not fail


async def visit(folder: Path, *, patients: int, seed: int) -> tuple[Crowd, list[float]]:
    """Everybody begins at the same moment. Returns also how long each waited for each reply."""
    folder.mkdir(parents=True, exist_ok=True)
    practice = folder / "practice.yml"
    practice.write_text(ROOMY, encoding="utf-8")
    port = free_port()
    stand_in = f"http://127.0.0.1:{port}"
    desk = Desk(folder, graph=stand_in, environment={"CHAIRSIDE_PRACTICE": str(practice)})
    process = _start_stand_in(port, desk, seed)
    try:
        await desk.up()
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as http,
            Postbox(stand_in, http) as postbox,
        ):
            crowd = [Visitor(number, stand_in, http, seed=seed) for number in range(patients)]
            for visitor in crowd:
                postbox.add(visitor)
            ended = await asyncio.gather(*[visitor.book() for visitor in crowd], return_exceptions=True)
            await _until_quiet(stand_in, http)
            await asyncio.sleep(1)  # a reply too many would come now
            assert not desk.troubles, desk.troubles[:3]
            return _judge(crowd, ended, postbox, desk), [wait for each in crowd for wait in each.waits]
    finally:
        desk.stop()
        process.terminate()
        process.wait()


def _judge(crowd: list[Visitor], ended: list[Any], postbox: Postbox, desk: Desk) -> Crowd:
    for error in ended:
        if isinstance(error, BaseException) and not isinstance(error, NoAnswer):
            raise error
    surnames = {visitor.surname for visitor in crowd}
    ids = Counter(message["callback_data"] for message in postbox.accepted)
    return Crowd(
        patients=len(crowd),
        booked=sum(end is True for end in ended),
        visits=len(desk.visits()),
        messages=sum(visitor.said for visitor in crowd),
        lost=sum(max(0, visitor.said - len(visitor.seen)) for visitor in crowd),
        doubled=sum(times - 1 for times in ids.values())
        + sum(max(0, len(visitor.seen) - visitor.said) for visitor in crowd),
        to_the_wrong_person=sum(
            bool((surnames - {visitor.surname}) & set(re.findall(r"\w+", shown.text)))
            for visitor in crowd
            for shown in visitor.seen
        ),
        named_in_their_confirmation=sum(
            visitor.surname in shown.text
            for visitor in crowd
            for shown in visitor.seen[-1:]
            if visitor.booked
        ),
    )


def _start_stand_in(port: int, desk: Desk, seed: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "bench.stand_in", "--port", str(port), "--seed", str(seed)]
    command += ["--webhook", f"{desk.url}/webhooks/whatsapp"]
    return subprocess.Popen([*command, "--messenger-webhook", f"{desk.url}/webhooks/messenger"])


async def _until_quiet(stand_in: str, http: aiohttp.ClientSession) -> None:
    """Every status and echo is delivered."""
    for _ in range(600):
        async with http.get(f"{stand_in}/stand-in/state") as answer:
            if (await answer.json())["under_way"] == 0:
                return
        await asyncio.sleep(0.1)
    raise RuntimeError("the stand-in's webhooks are still under way after a minute")


def is_clean(crowd: Crowd) -> bool:
    everybody = {crowd.patients, crowd.booked, crowd.visits, crowd.named_in_their_confirmation}
    return len(everybody) == 1 and not (crowd.lost or crowd.doubled or crowd.to_the_wrong_person)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--patients", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=20260302)
    given = arguments.parse_args()
    print(f"seed {given.seed}, patients {given.patients}, {load()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="chairside-crowd-") as folder:
        began = time.perf_counter()
        crowd, waits = asyncio.run(visit(Path(folder), patients=given.patients, seed=given.seed))
    ordered = sorted(waits)
    print(
        f"{crowd}\nin {time.perf_counter() - began:.0f} s; reply p50 {ordered[len(ordered) // 2]:.1f} s,"
        f" p99 {ordered[int(len(ordered) * 0.99)]:.1f} s, {load()}"
    )
    passed = is_clean(crowd)
    print("passed" if passed else "FAILED", flush=True)
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    main()
