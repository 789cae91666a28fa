"""kill -9 before and after every outside call, one after the other, until no call is left to die at.

A patient books, moves, cancels, asks something, wants a person; each dialogue is had once for each outside
call in it, and the process dies at that call: before and after each durable commit of the database, before
and after each request to Meta. Another process then takes over: Meta delivers again what was not
acknowledged, the statuses of what it had accepted arrive in time, and the patient goes on. Afterwards Meta's
side and the diary decide, not what the front desk believes: every message answered once, the diary as without
any crash. Twins leave out what protects at one kind of call, and have to come to something else there.

    python -m bench.every_call --every 1
    python -m bench.every_call --every 7 --flows book cancel
    python -m bench.every_call --every 1 --postgresql
"""

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy import event as sqlalchemy_events

from bench import nursery
from bench.crash import NURSERY
from bench.lasting import Death, LastingChannel, Outside
from bot import testing
from bot.domain.conversation import InboundEvent, InboundKind, SendStatus
from bot.service.clock import StartedClock
from bot.storage.engine import group_commit
from bot.testing import Patient, Seen, Surgery
from tests.postgresql import copied_database, drop_database, fresh_database

NOW = "2026-03-02T08:00+01:00"
WHO = "393331234567"
#: A message of unknown fate is sent again after so many seconds without a status.
WAIT_FOR_STATUS = 0.5
#: What is left out, and at which calls that shows.
TWINS = {"statuses unread": "after a send", "acknowledged before it is stored": "before a commit"}
_PATIENCE = 24  # quarters of a second
_TRIED = 3  # calls a twin dies at

Wish = Callable[[Seen | None], tuple[str, str] | None]


def _books(seen: Seen | None) -> tuple[str, str] | None:
    if seen is None:
        return "says", "Buonasera, vorrei prenotare una prima visita, sono Anna Rossi"
    return _chooses(seen)


def _moves(seen: Seen | None) -> tuple[str, str] | None:
    return ("says", "Vorrei spostare il mio appuntamento") if seen is None else _chooses(seen)


def _cancels(seen: Seen | None) -> tuple[str, str] | None:
    return ("says", "Vorrei disdire il mio appuntamento") if seen is None else _chooses(seen)


def _asks(seen: Seen | None) -> tuple[str, str] | None:
    return ("says", "Dove siete?") if seen is None else None


def _wants_a_person(seen: Seen | None) -> tuple[str, str] | None:
    return ("says", "Vorrei parlare con una persona") if seen is None else None


def _chooses(seen: Seen) -> tuple[str, str] | None:
    """The first choice, until there is none: the matter is closed."""
    return ("taps", seen.choices[0].payload) if seen.choices else None


#: What is had before, undisturbed; and what is disturbed.
FLOWS: Mapping[str, tuple[Wish | None, Wish]] = {
    "book": (None, _books),
    "move": (_books, _moves),
    "cancel": (_books, _cancels),
    "question": (None, _asks),
    "person": (None, _wants_a_person),
}


@dataclass(frozen=True, kw_only=True)
class Life:
    """One process: where it lives, whose dialogue it serves, at which call it dies (None: at none)."""

    folder: Path
    url: str | None
    flow: str
    prepares: bool
    elapsed: float  # seconds since the practice was opened, so that no clock goes back
    dies_at: int | None
    twin: str | None = None


async def live(life: Life) -> None:
    """Takes up what is there, then has the rest of the dialogue."""
    outside, death = Outside(life.folder / "outside.jsonl"), Death()
    kind = "prepared" if life.prepares else "disturbed"
    wish = FLOWS[life.flow][0 if life.prepares else 1]
    assert wish is not None
    # A kit for tests that makes its own channel: here it has to be the one that outlives us.
    testing.RecordingChannel = lambda: LastingChannel(outside, death)  # type: ignore[misc, assignment]
    start = datetime.fromisoformat(NOW).astimezone(UTC) + timedelta(seconds=life.elapsed)
    environment = {"CHAIRSIDE_DATABASE_URL": life.url, "CHAIRSIDE_MASTER_KEY": bytes(range(32)).hex()}
    async with Surgery.open(
        life.folder,
        at=NOW,
        clock=StartedClock(start),
        environment={name: value for name, value in environment.items() if value},
        interpreter=nursery.UNDERSTANDING,
        wait_for_status=WAIT_FOR_STATUS,
    ) as surgery:
        death.at, death.kind = life.dies_at, TWINS.get(life.twin or "")
        _watch_commits(surgery, death)
        if life.twin != "statuses unread":
            await _report(surgery, outside)
        await _settled(surgery, outside)
        patient = surgery.patient(WHO)
        if life.twin == "acknowledged before it is stored":
            _acknowledge_first(surgery, outside)
        before = sum(fact["phase"] != kind for fact in outside.facts("written"))
        while True:
            written = [fact for fact in outside.facts("written") if fact["phase"] == kind]
            if written and len(outside.facts("acknowledged")) < before + len(written):
                fact = written[-1]  # Meta delivers it again
            else:
                answers = outside.screen[before:]
                next_step = wish(answers[-1] if written and answers else None)
                if next_step is None or len(written) > 12:
                    break
                how, what = next_step
                fact = {"kind": "written", "phase": kind, "how": how, "what": what}
                fact["number"] = before + len(written) + 1
                outside.note(**fact)
            await surgery.desk.intake.accept([_event(patient, fact)])
            outside.note(kind="acknowledged")
            await _settled(surgery, outside)
        outside.note(kind="calls", phase=kind, calls=death.calls)


async def _settled(surgery: Surgery, outside: Outside) -> None:
    """Patients wait for their answer: what a dead worker was to send is taken over by a round a second."""
    for _ in range(_PATIENCE):
        await surgery.settled()
        answers = {fact["id"] for fact in outside.facts("sent")}
        owed = min(len(outside.facts("written")), len(outside.facts("acknowledged")))
        if len(answers) >= owed:
            return
        await asyncio.sleep(0.25)


def _event(patient: Patient, fact: Mapping[str, Any]) -> InboundEvent:
    if fact["how"] == "says":
        event = patient._event(InboundKind.TEXT, text=fact["what"])
    else:
        event = patient._event(InboundKind.CHOICE, text="…", payload=fact["what"])
    return replace(event, id=f"wamid.in.{fact['number']}")


def _watch_commits(surgery: Surgery, death: Death) -> None:
    engine = surgery.desk.books.database.engine
    sqlalchemy_events.listen(engine, "commit", lambda connection: death.comes("before a commit"))
    tell = group_commit.tell

    def told(*given: Any) -> None:
        death.comes("after a commit")
        tell(*given)

    group_commit.tell = told  # type: ignore[assignment]  # what follows a commit is to tell of it


def _acknowledge_first(surgery: Surgery, outside: Outside) -> None:
    """The twin: Meta hears "I have it" before it is stored."""
    accept = surgery.desk.intake.accept

    async def accepts(events: Sequence[InboundEvent]) -> Any:
        outside.note(kind="acknowledged")
        return await accept(events)

    # Left out here alone: what is served has no way to be told so, and shall have none.
    surgery.desk.intake.accept = accepts  # type: ignore[method-assign]


async def _report(surgery: Surgery, outside: Outside) -> None:
    """Meta tells of everything that it has accepted, once more where it has told before."""
    for fact in outside.facts("sent"):
        id = str(fact["id"])
        status = SendStatus(message_id=f"wamid.{id}", state="delivered", outbox_id=id)
        event = surgery.patient(WHO)._event(InboundKind.STATUS)
        await surgery.desk.intake.accept([replace(event, id=f"status.{id}", status=status)])


def be_born(life: Life, file: str) -> None:
    sys.stderr = open(file, "a")  # noqa: SIM115, PTH123 - for as long as the process lives
    asyncio.run(live(life))


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What a dialogue came to, seen from outside."""

    answers: int
    unanswered: int
    doubled: int
    diary: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        return not (self.unanswered or self.doubled)


async def ending(life: Life) -> Ending:
    outside = Outside(life.folder / "outside.jsonl")
    ids = Counter(fact["id"] for fact in outside.facts("sent"))
    written = len(outside.facts("written"))
    environment = {"CHAIRSIDE_DATABASE_URL": life.url, "CHAIRSIDE_MASTER_KEY": bytes(range(32)).hex()}
    async with Surgery.open(
        life.folder,
        at=NOW,
        interpreter=nursery.UNDERSTANDING,
        environment={name: value for name, value in environment.items() if value},
    ) as surgery:
        rows = await surgery.diary()
    return Ending(
        answers=len(ids),
        unanswered=max(0, written - len(ids)),
        doubled=ids.total() - len(ids) + max(0, len(ids) - written),
        diary=tuple(sorted(str(row["status"]) for row in rows)),
    )


class Practice:
    """A flow's practice, with what came before; each run gets a copy of it."""

    def __init__(self, folder: Path, flow: str, *, twin: str | None, on_postgresql: bool) -> None:
        self._folder = folder
        self._url = fresh_database() if on_postgresql else None
        self._flow = flow
        self._twin = twin
        self._opened = time.monotonic()
        self._prepared = folder / f"{flow}-prepared"
        self._prepared.mkdir(parents=True)
        if FLOWS[flow][0] is not None:
            self._lives(self._prepared, self._url, dies_at=None, prepares=True)

    def disturbed(self, at: int | None) -> tuple[Ending, list[str]]:
        """The dialogue, dying at that call; and the calls of the first process, none when it died."""
        folder = self._folder / f"{self._flow}-{at}"
        shutil.copytree(self._prepared, folder)
        url = self._url and copied_database(self._url)
        try:
            if not self._lives(folder, url, dies_at=at):
                if url:
                    _let_ten_seconds_pass(url)
                self._lives(folder, url, dies_at=None)
                calls: list[str] = []
            else:
                calls = Outside(folder / "outside.jsonl").facts("calls")[-1]["calls"]
            return asyncio.run(ending(self._life(folder, url, dies_at=None))), calls
        finally:
            shutil.rmtree(folder)
            if url:
                drop_database(url)

    def close(self) -> None:
        if self._url:
            drop_database(self._url)

    def _life(self, folder: Path, url: str | None, *, dies_at: int | None, prepares: bool = False) -> Life:
        return Life(
            folder=folder,
            url=url,
            flow=self._flow,
            prepares=prepares,
            elapsed=time.monotonic() - self._opened,
            dies_at=dies_at,
            twin=self._twin,
        )

    def _lives(self, folder: Path, url: str | None, *, dies_at: int | None, prepares: bool = False) -> bool:
        """Whether it lived to the end. Raises RuntimeError where it ended of anything but the kill."""
        life = self._life(folder, url, dies_at=dies_at, prepares=prepares)
        process = NURSERY.Process(target=be_born, args=(life, str(folder / "stderr")))
        process.start()
        process.join(120)
        if process.exitcode == 0:
            return True
        if dies_at is not None and process.exitcode == -signal.SIGKILL:
            return False
        process.kill()
        told = (folder / "stderr").read_text()[-2000:]
        raise RuntimeError(f"{self._flow}, call {dies_at}: ended with {process.exitcode}\n{told}")


def _let_ten_seconds_pass(url: str) -> None:
    """After so many without a sign of life what a worker held may be taken over; nothing is learnt by waiting
    for them a hundred times."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE worker SET seen_at = seen_at - 11000000"))
    engine.dispose()


@dataclass(frozen=True, kw_only=True)
class Tried:
    """At which of how many calls a process died, and what came to something else than without that."""

    calls: int
    died: tuple[str, ...]
    wrong: tuple[str, ...]


def try_all(
    flow: str, *, every: int = 1, first: int = 1, twin: str | None = None, on_postgresql: bool = False
) -> Tried:
    """Each so-manieth call, and one of every kind; of a twin, some of those at which it has to show."""
    wrong: list[str] = []
    died: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="chairside-every-call-") as folder,
        closing(Practice(Path(folder), flow, twin=twin, on_postgresql=on_postgresql)) as practice,
    ):
        undisturbed, calls = practice.disturbed(None)
        if not undisturbed.is_clean:
            raise RuntimeError(f"{flow} goes wrong without any crash: {undisturbed}")
        counted = calls if twin is None else [call for call in calls if call == TWINS[twin]][:_TRIED]
        places = {*range(first, len(counted) + 1, 1 if twin else every)}
        places |= {counted.index(kind) + 1 for kind in counted}
        for at in sorted(places):
            found, lived = practice.disturbed(at)
            if not lived:
                died.append(counted[at - 1])
            if found != undisturbed:
                wrong.append(f"{flow}, call {at} ({counted[at - 1]}): {found} instead of {undisturbed}")
            if twin and wrong:
                break  # it shows
    return Tried(calls=len(calls), died=tuple(died), wrong=tuple(wrong))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--every", type=int, default=1, help="1: die at each call; 7: at every seventh")
    arguments.add_argument("--first", type=int, default=1)
    arguments.add_argument("--flows", nargs="+", choices=tuple(FLOWS), default=list(FLOWS))
    arguments.add_argument("--no-twins", action="store_true")
    arguments.add_argument("--postgresql", action="store_true")
    given = arguments.parse_args()
    failed = False
    for flow in given.flows:
        tried = try_all(flow, every=given.every, first=given.first, on_postgresql=given.postgresql)
        print(
            f"{flow}: died at {len(tried.died)} of {tried.calls} calls, {len(tried.wrong)} went wrong",
            flush=True,
        )
        print(*tried.wrong, sep="\n", end="\n" if tried.wrong else "")
        failed |= bool(tried.wrong) or not tried.died
    for twin in () if given.no_twins else TWINS:
        tried = try_all("question", twin=twin, on_postgresql=given.postgresql)
        print(f"twin, {twin}: died at {len(tried.died)} calls, {len(tried.wrong)} went wrong", flush=True)
        failed |= not tried.wrong
    print("FAILED" if failed else "passed", flush=True)
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
