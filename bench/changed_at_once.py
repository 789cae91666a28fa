"""One visit moved by its patient, cancelled by its patient and edited by reception, at the same moment.

Each patient books, asks to cancel, would rather move, and stands before the last question of the move; then
the yes to the move, the yes to the earlier question and a change from the inbox (a move, or a cancellation)
come within milliseconds of each other, in any order. Whoever wins: the patient has one visit, and what they
heard last is true of it; or none, and heard so.

    python -m bench.changed_at_once --rounds 500 --seed 1
"""

import argparse
import asyncio
import random
import re
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from bench.crowd import ROOMY, surname
from bench.desk import Desk, load
from bench.meta import Meta
from bench.races import Caller
from bench.robot import NoAnswer
from bot.domain.practice_time import PracticeTime

_AT_ONCE = 20
_MILAN = PracticeTime("Europe/Rome")
_CANCELLED = re.compile(r"visit is cancelled|had been cancelled|is not in the diary|no visit", re.IGNORECASE)
_STATES = re.compile(r"visit has moved|visit is cancelled|booked", re.IGNORECASE)
_TIME = re.compile(r"\b\d{1,2}:\d{2}\b")
_ENGLISH = 1  # numbers of this remainder of three write English: see bench.races.Caller


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What became of the visits."""

    rounds: int
    ready: int  # patients who stood before the last question of a move
    by_reception: tuple[tuple[str, int], ...]  # what reception heard, by HTTP status
    one_visit: int
    none: int
    two: int
    none_untold: int  # of `none`: patients who did not hear of a cancellation
    untrue: int  # of `one_visit`: patients whose last word about it is of another time
    seconds: float

    @property
    def is_clean(self) -> bool:
        everybody = self.rounds == self.ready == self.one_visit + self.none
        return everybody and not (self.two or self.none_untold or self.untrue)


class Reception:
    """Somebody at the inbox, by HTTP as their browser has it."""

    def __init__(self, desk: Desk, http: aiohttp.ClientSession) -> None:
        self._desk = desk
        self._http = http
        self._own = {"Sec-Fetch-Site": "same-origin"}

    async def sign_in(self) -> None:
        link = re.findall(r"http://\S+/inbox/sign-in/\S+", self._desk.said)[-1]
        async with self._http.post(link, json={"who": "Giulia"}, headers=self._own) as answer:
            assert answer.status < 400, await answer.text()
        async with self._http.get(f"{self._desk.url}/inbox") as answer:
            (token,) = re.findall(r'name="csrf" content="(\w+)"', await answer.text())
        self._own["X-CSRF-Token"] = token

    async def conversations(self) -> dict[str, str]:
        """By the name of the patient, of everybody who has a visit."""
        async with self._http.get(f"{self._desk.url}/inbox/diary") as answer:
            diary = await answer.json()
        rows = self._desk.asked(
            "SELECT practitioner, starts_at, contact FROM appointment WHERE status = 'booked'"
        )
        whose = {(who, _wall(at)): contact for who, at, contact in rows}
        return {
            row["patient"]: whose[row["practitioner"], row["start_local"][:16]]
            for row in diary
            if row["status"] == "booked"
        }

    async def visit(self, conversation: str) -> str:
        async with self._http.get(self._url(conversation, "visits")) as answer:
            (visit,) = (await answer.json())["visits"]
        return str(visit["id"])

    async def another_time(self, visit: str, chance: random.Random) -> str:
        asked = {"visit_type": "new_patient_consult", "instead_of": visit}
        asked["from"] = f"2026-{chance.randrange(4, 6):02}-{chance.randrange(1, 29):02}"
        async with self._http.get(f"{self._desk.url}/inbox/openings", params=asked) as answer:
            return str(chance.choice(await answer.json())["ref"])

    async def changes(self, conversation: str, visit: str, opening: str | None) -> int:
        """Moves it there, or cancels it; the HTTP status."""
        body: dict[str, Any] = {"client_message_id": uuid.uuid4().hex, "visit": visit}
        how = "cancel" if opening is None else "move"
        if opening is not None:
            body["opening"] = opening
        async with self._http.post(self._url(conversation, how), json=body, headers=self._own) as answer:
            await answer.read()
            return answer.status

    def _url(self, conversation: str, what: str) -> str:
        return f"{self._desk.url}/inbox/conversations/{conversation}/{what}"


async def race(folder: Path, *, rounds: int, seed: int) -> Changes:
    folder.mkdir(parents=True, exist_ok=True)
    practice = folder / "practice.yml"
    practice.write_text(ROOMY, encoding="utf-8")
    heard: Counter[str] = Counter()
    outcomes: list[tuple[int, bool, bool]] = []
    began = time.monotonic()
    jar = aiohttp.CookieJar(unsafe=True)
    async with Meta() as meta, aiohttp.ClientSession(cookie_jar=jar) as http:
        desk = Desk(folder, graph=meta.url, environment={"CHAIRSIDE_PRACTICE": str(practice)})
        await desk.up()
        try:
            reception = Reception(desk, http)
            await reception.sign_in()
            for start in range(0, rounds, _AT_ONCE):
                callers = [
                    _Undecided(number * 3 + _ENGLISH, meta, desk, seed=seed)
                    for number in range(start, min(start + _AT_ONCE, rounds))
                ]
                await asyncio.gather(*[caller.gets_ready() for caller in callers])
                ready = [caller for caller in callers if caller.is_ready]
                whose = await reception.conversations()
                for caller in ready:
                    caller.conversation = whose[caller.name]
                heard += Counter(await asyncio.gather(*[caller.races(reception) for caller in ready]))
                await desk.until_quiet()
                outcomes += [caller.outcome() for caller in ready]
        finally:
            desk.stop()
    return Changes(
        rounds=rounds,
        ready=len(outcomes),
        by_reception=tuple(sorted(heard.items())),
        one_visit=sum(visits == 1 for visits, _, _ in outcomes),
        none=sum(visits == 0 for visits, _, _ in outcomes),
        two=sum(visits > 1 for visits, _, _ in outcomes),
        none_untold=sum(visits == 0 and not told for visits, told, _ in outcomes),
        untrue=sum(visits == 1 and not true for visits, _, true in outcomes),
        seconds=round(time.monotonic() - began, 1),
    )


class _Undecided(Caller):
    """Books, asks to cancel, and would rather move."""

    def __init__(self, number: int, meta: Meta, desk: Desk, *, seed: int) -> None:
        super().__init__(number, meta, desk, seed=seed)
        self._desk = desk
        self.chance = random.Random(f"{seed} changes {number}")
        self.name = f"James {surname(number % 10_000, 'en')}"
        self.conversation = ""
        self._moves = self._cancels = ""

    @property
    def is_ready(self) -> bool:
        return bool(self._moves and self._cancels)

    async def gets_ready(self) -> None:
        try:
            if not await self.book(at_most=30):
                return
            self._cancels = (await self.says("cancel my appointment")).choices[0][1]
            shown = await self.says("I would rather move it")
            while not shown.openings and self.said < 40:
                shown = await self.answers(shown)
            shown = await self.taps(shown, self.chance.choice(shown.openings)[1])
            self._moves = shown.choices[0][1]
        except (NoAnswer, IndexError) as error:
            print(f"  not ready: {error!r}, {self.seen[-1].text if self.seen else ''}", flush=True)

    async def races(self, reception: Reception) -> str:
        """All three at once, in any order; what reception heard."""
        visit = await reception.visit(self.conversation)
        moves = self.chance.random() < 0.5
        opening = await reception.another_time(visit, self.chance) if moves else None
        self.before = len(self.seen)

        async def tap(choice: str) -> None:
            await asyncio.sleep(self.chance.uniform(0, 0.03))
            assert await self._meta.post(self.stand_in, self.door, self.tap_of(choice)) == 200

        async def edit() -> int:
            await asyncio.sleep(self.chance.uniform(0, 0.03))
            return await reception.changes(self.conversation, visit, opening)

        ways = [tap(self._moves), tap(self._cancels)]
        self.chance.shuffle(ways)
        _, _, status = await asyncio.gather(*ways, edit())
        return f"{'move' if moves else 'cancel'} {status}"

    def outcome(self) -> tuple[int, bool, bool]:
        """Visits in the diary; whether they heard of a cancellation; whether the last they heard is true."""
        rows = self._desk.asked(
            f"SELECT starts_at FROM appointment WHERE status = 'booked' AND contact = '{self.conversation}'"
        )
        heard = [shown.text for shown in self._meta.received[self.wa_id]]
        told = any(_CANCELLED.search(text) for text in heard[self.before :])
        stated = [text for text in heard if _STATES.search(text)]
        last = stated[-1] if stated else ""
        true = not _CANCELLED.search(last) and any(_wall(at)[-5:] in _TIME.findall(last) for (at,) in rows)
        return len(rows), told, true


def _wall(stamp: int) -> str:
    """2026-03-02T08:00, on the practice's clock."""
    return f"{_MILAN.wall(datetime.fromtimestamp(stamp, UTC)):%Y-%m-%dT%H:%M}"


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--rounds", type=int, default=500)
    arguments.add_argument("--seed", type=int, default=20260302)
    given = arguments.parse_args()
    print(f"seed {given.seed}, rounds {given.rounds}, {load()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="chairside-changes-") as folder:
        changes = asyncio.run(race(Path(folder), rounds=given.rounds, seed=given.seed))
    print(f"{changes}, {load()}")
    print("passed" if changes.is_clean else "FAILED", flush=True)
    raise SystemExit(0 if changes.is_clean else 1)


if __name__ == "__main__":
    main()
