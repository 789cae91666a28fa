"""Two hundred patients and one opening: one gets it, and the others get another. And a twin that fails.

Everybody is offered the same opening and taps it at the same moment, half of them on WhatsApp and half on
Messenger; then twenty openings for all of them; then one patient who taps the same yes twenty times. The twin
is the same database without the triggers that exclude overlapping visits; CHAIRSIDE_TWIN_WITHOUT_TRIGGERS=1
makes all of it the twin, which must end with FAILED.

    python -m bench.races --patients 200 --rounds 20 --seed 1
"""

import argparse
import asyncio
import itertools
import os
import random
import re
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.desk import Desk, load
from bench.doors import DOORS, Door
from bench.meta import Meta
from bench.practices import practice_of
from bench.robot import Robot

TWIN = "CHAIRSIDE_TWIN_WITHOUT_TRIGGERS"
LANGUAGES = ("it", "en", "ru")

#: One practitioner and one day: twenty visits of a quarter of an hour, back to back.
TWENTY_OPENINGS = practice_of({"rossi": "{tuesday: [09:00-14:00]}"}, minutes=15, horizon_days=1)


class Caller(Robot):
    """A robot that is Meta itself: its messages are webhooks, its replies are sends."""

    def __init__(self, number: int, meta: Meta, desk: Desk, *, seed: int) -> None:
        """Channel and language go by the number."""
        self.door: Door = DOORS[number % 2]
        language = LANGUAGES[number % 3]
        super().__init__(self.door.patient(number), language, desk.url, meta.http, seed=seed)
        self._meta = meta
        self._ids = itertools.count()

    def tap_of(self, choice: str) -> bytes:
        return self.door.body(self.door.tap(self.wa_id, self._id(), choice))

    async def _post(self, how: str, body: Mapping[str, Any]) -> None:
        if how == "says":
            webhook = self.door.body(self.door.text(self.wa_id, self._id(), body["text"]))
        else:
            webhook = self.tap_of(body["choice_id"])
        assert await self._meta.post(self.stand_in, self.door, webhook) == 200

    async def _wait_for_reply(self) -> None:
        self.seen = list(await self._meta.until(self.wa_id, self.said, within=self.patience))

    def _id(self) -> str:
        return f"mid.{self.wa_id}.{next(self._ids)}"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a race for one opening came to."""

    won: int
    offered_others: int  # losers that were offered other openings, and not the one that is gone
    went_on: int
    went_on_booked: int
    visits_there: int  # in the diary, at the time they raced for
    slowest: float = field(compare=False)  # seconds from the tap to the answer


async def race(callers: Sequence[Caller], desk: Desk, *, going_on: int) -> Outcome:
    """Everybody taps one opening that all of them are offered; `going_on` of the losers book another."""
    offers = await asyncio.gather(*[caller.is_offered() for caller in callers])
    before = set(desk.visits())
    common = set.intersection(*[{_when(title) for title, _ in offer.openings} for offer in offers])
    wanted = max(common)  # the first of the day may be too soon by now
    answers = await asyncio.gather(
        *[
            caller.taps(offer, next(token for title, token in offer.openings if _when(title) == wanted))
            for caller, offer in zip(callers, offers, strict=True)
        ]
    )
    slowest = max(caller.waits[-1] for caller in callers)
    holders = [pair for pair in zip(callers, answers, strict=True) if not pair[1].openings]
    losers = [pair for pair in zip(callers, answers, strict=True) if pair[1].openings]
    booked = await asyncio.gather(*[caller.ends_booked(answer) for caller, answer in holders])
    there = Counter(visit for visit in desk.visits() if visit not in before)
    chance = random.Random(f"{callers[0].seed} {callers[0].wa_id}")
    further = chance.sample(losers, min(going_on, len(losers)))
    ended = await asyncio.gather(*[caller.ends_booked(answer, at_most=60) for caller, answer in further])
    return Outcome(
        won=sum(booked),
        offered_others=sum(wanted not in {_when(t) for t, _ in answer.openings} for _, answer in losers),
        went_on=len(further),
        went_on_booked=sum(ended),
        visits_there=max(there.values(), default=0),
        slowest=slowest,
    )


def _when(title: str) -> tuple[int, str]:
    """The day of the month and the time: the same in every language."""
    numbers = re.findall(r"[0-9:]+", title)
    return int(numbers[0]), numbers[-1]


def without_triggers(data: Path) -> None:
    """The twin: what keeps visits from overlapping is taken out of the file."""
    with sqlite3.connect(data / "chairside.db") as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'appointment_overlap%'"
        ).fetchall()
        for (name,) in names:
            connection.execute(f"DROP TRIGGER {name}")
    assert names, "there are no triggers to drop"


async def everybody_wants_one(
    folder: Path, *, patients: int, rounds: int, seed: int, twin: bool, going_on: int
) -> list[Outcome]:
    outcomes = []
    async with Meta() as meta:
        desk = Desk(folder, graph=meta.url)
        await desk.up()
        try:
            if twin:
                without_triggers(folder)
            for number in range(rounds):
                numbers = range(number * patients, (number + 1) * patients)
                callers = [Caller(n, meta, desk, seed=seed) for n in numbers]
                outcomes.append(await race(callers, desk, going_on=going_on))
                print(f"round {number + 1}: {outcomes[-1]}, {load()}", flush=True)
            assert twin or not desk.troubles, desk.troubles[:3]
            assert not meta.doubled
        finally:
            desk.stop()
    return outcomes


async def twenty_for_all(folder: Path, *, patients: int, seed: int) -> tuple[int, int, int]:
    """Booked in the diary, different times there, and patients who were told so."""
    folder.mkdir(parents=True, exist_ok=True)
    practice = folder / "practice.yml"
    practice.write_text(TWENTY_OPENINGS, encoding="utf-8")
    async with Meta() as meta:
        desk = Desk(folder, graph=meta.url, environment={"CHAIRSIDE_PRACTICE": str(practice)})
        await desk.up()
        try:
            callers = [Caller(n, meta, desk, seed=seed) for n in range(patients)]
            told = await asyncio.gather(*[_until_booked_or_none(caller) for caller in callers])
            visits = desk.visits()
            assert not desk.troubles, desk.troubles[:3]
        finally:
            desk.stop()
    return len(visits), len(set(visits)), sum(told)


async def _until_booked_or_none(caller: Caller) -> bool:
    """Goes on for as long as there is anything to tap or to answer."""
    shown = await caller.says("Buonasera, vorrei prenotare una prima visita")
    while not shown.is_booking:
        asked = shown.choices or "?" in shown.text
        if not asked or caller.said > 80:
            return False
        shown = await caller.answers(shown)
    return True


async def yes_twenty_times(folder: Path, *, seed: int) -> tuple[int, int, int]:
    """Visits in the diary; replies to twenty taps of one yes; replies to one webhook, twenty times over."""
    async with Meta() as meta:
        desk = Desk(folder, graph=meta.url)
        await desk.up()
        try:
            caller, other = Caller(0, meta, desk, seed=seed), Caller(1, meta, desk, seed=seed)
            question = await caller.answers(await caller.is_offered())
            taps = [caller.tap_of(question.choices[0][1]) for _ in range(20)]
            await asyncio.gather(*[meta.post(desk.url, caller.door, tap) for tap in taps])
            answers = len(await meta.until(caller.wa_id, caller.said + 20)) - caller.said
            question = await other.answers(await other.is_offered())
            tap = other.tap_of(question.choices[0][1])
            await asyncio.gather(*[meta.post(desk.url, other.door, tap) for _ in range(20)])
            await meta.until(other.wa_id, other.said + 1)
            await asyncio.sleep(1)  # a reply too many would come now
            again = len(meta.received[other.wa_id]) - other.said
            visits = len(desk.visits())
        finally:
            desk.stop()
    return visits, answers, again


async def run(patients: int, rounds: int, seed: int) -> bool:
    passed = True
    with tempfile.TemporaryDirectory(prefix="chairside-races-") as folder:
        outcomes = await everybody_wants_one(
            Path(folder) / "one",
            patients=patients,
            rounds=rounds,
            seed=seed,
            twin=os.environ.get(TWIN) == "1",
            going_on=10,
        )
        for outcome in outcomes:
            passed &= (outcome.won, outcome.visits_there) == (1, 1)
            passed &= outcome.offered_others == patients - 1
            passed &= outcome.went_on_booked == outcome.went_on
        twenty = await twenty_for_all(Path(folder) / "twenty", patients=patients, seed=seed)
        print(f"twenty openings: booked, different times, told so {twenty}, {load()}", flush=True)
        passed &= twenty == (20, 20, 20)
        same = await yes_twenty_times(Path(folder) / "same", seed=seed)
        print(f"twenty taps of one yes, one webhook twenty times: visits, replies {same}", flush=True)
        passed &= same == (2, 20, 1)
        print("twin without triggers (must have more than one visit there):", flush=True)
        (outcome,) = await everybody_wants_one(
            Path(folder) / "twin", patients=patients, rounds=1, seed=seed, twin=True, going_on=0
        )
        passed &= outcome.visits_there > 1
    return passed


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--patients", type=int, default=200)
    arguments.add_argument("--rounds", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=20260302)
    given = arguments.parse_args()
    print(f"seed {given.seed}, patients {given.patients}, rounds {given.rounds}", flush=True)
    passed = asyncio.run(run(given.patients, given.rounds, given.seed))
    print("passed" if passed else "FAILED", flush=True)
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    main()
