"""A thousand take-overs at every await of a turn, and twenty people who click at once. And twins that fail.

A patient's message is being answered; at its n-th await, n going through all of them, a person takes the
conversation over. No message of the assistant's may be begun to be sent after that commit; what was not sent
shows as withdrawn; given back, the assistant goes on. The commit's moment is noted where it happens, in the
database's writer. Then twenty people claim one conversation at once: one has it, and the others hear who.

Twins: without the second look at the owner before a send; without the new version that a take-over gives a
conversation; claims that read first and write afterwards.

    python -m bench.inbox --races 1000 --claims 100 --seed 1
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

from bench.stepping import Stepping
from bot.domain.conversation import Address, InboundKind, Rendered, SendOutcome
from bot.domain.pipeline import QUEUE, STAFF
from bot.service.inbox.desk import AlreadyTaken, MessageState, Owner
from bot.storage import tables as t
from bot.storage.engine import group_commit
from bot.storage.engine.group_commit import GroupCommit, Job
from bot.storage.inbox.ownership import Ownership
from bot.testing import Patient, RecordingChannel, Surgery
from nlu.interpreter import load_interpreter
from nlu.understanding import Interpreter

NOW = "2026-03-02T10:00+01:00"
LANGUAGES = ("it", "en", "ru")
NO_SECOND_LOOK, NO_NEW_VERSION = "no second look", "no new version"

_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]  # SQLModel hides it


@dataclass
class Races:
    """What the take-overs came to."""

    races: int = 0
    at: Counter[int] = field(default_factory=Counter)  # number of the await -> races
    begun_before: int = 0  # a message of the assistant's that was on its way already
    begun_after: int = 0  # must be none
    withdrawn: int = 0
    not_resumed: int = 0
    closed_twice: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.begun_after or self.not_resumed or self.closed_twice)

    def shown(self) -> str:
        return (
            f"take-overs {self.races} at {len(self.at)} awaits ({min(self.at.values())} or more at each)\n"
            f"messages of the assistant's begun before the take-over {self.begun_before},"
            f" after it {self.begun_after}\n"
            f"withdrawn {self.withdrawn}, given back and silent {self.not_resumed},"
            f" hand-offs closed twice {self.closed_twice}"
        )


class WatchedChannel(RecordingChannel):
    """Notes the moment at which each send begins, and takes a few awaits over it."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[tuple[int, str, str]] = []  # (nanoseconds, recipient, outbox id)

    async def send(self, message: Rendered, to: Address) -> SendOutcome:
        self.begun.append((time.monotonic_ns(), to.recipient, message.body["id"]))
        await asyncio.sleep(0)
        outcome = await super().send(message, to)
        await asyncio.sleep(0)
        return outcome


class SameVersion(Ownership):
    """The twin: a take-over that leaves the conversation's version as it was."""

    def _move(self, connection: Connection, row: Any, owner: str, at: int) -> None:
        super()._move(connection, row, owner, at)
        connection.execute(
            update(_conversation)
            .where(_conversation.c.id == row.id)
            .values(version=_conversation.c.version - 1)
        )


async def race_take_overs(
    races: int, *, seed: int, interpreter: Interpreter, twin: str | None = None
) -> Races:
    chance, tally = random.Random(seed), Races()
    stepping = Stepping("Gathering._answer_all", "Delivery._empty")
    with tempfile.TemporaryDirectory(prefix="chairside-inbox-") as folder:
        async with Surgery.open(
            Path(folder), at=NOW, interpreter=interpreter, look_again_at_owner=twin != NO_SECOND_LOOK
        ) as surgery:
            channel = WatchedChannel()
            surgery.channel = channel
            surgery.desk.delivery._channels = {"whatsapp": channel, "messenger": channel}
            if twin == NO_NEW_VERSION:
                _leave_versions(surgery)
            stepping.install()
            points = 1
            for number in range(races):
                patient = await _patient(surgery, number, chance)
                points = await _race(surgery, channel, patient, stepping, number, points, tally)
    return tally


async def _race(
    surgery: Surgery,
    channel: WatchedChannel,
    patient: Patient,
    stepping: Stepping,
    number: int,
    points: int,
    tally: Races,
) -> int:
    """One take-over. Returns how many awaits a turn has been seen to have."""
    desk, conversation = surgery.desk.staff.desk, surgery.contact(patient)
    commit = _CommitOf(surgery)

    async def take() -> None:
        with commit:
            await desk.take(conversation, "Giulia")

    stepping.begin(number % points, take)
    await surgery.desk.intake.accept([_message(patient, number)])
    await surgery.settled()
    seen = stepping.passed
    at_rest = not stepping.has_acted
    if at_rest:
        stepping.begin(10**9, take)
        await take()
    await surgery.settled()
    view = await desk.conversation(conversation)
    begun = [moment for moment, recipient, _ in channel.begun if recipient == patient.wa_id]
    tally.races += 1
    tally.at[number % points] += 1
    tally.begun_before += sum(moment <= commit.moment for moment in begun)
    tally.begun_after += sum(moment > commit.moment for moment in begun)
    tally.withdrawn += sum(m.state is MessageState.WITHDRAWN for m in view.messages)
    if number % 10 == 0:
        await _give_back(surgery, patient, tally)
    # The next race may reach one await further than this one.
    return max(points, min(seen + 1, points + 1))


async def _give_back(surgery: Surgery, patient: Patient, tally: Races) -> None:
    desk, conversation, before = surgery.desk.staff.desk, surgery.contact(patient), len(patient.screen)
    for _ in range(2):
        await desk.give_back(conversation, "Giulia")
    await surgery.settled()
    view = await desk.conversation(conversation)
    tally.not_resumed += not (len(patient.screen) == before + 1 and view.owner is Owner.BOT)
    handoff = t.HandoffRow.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    closed = await surgery.desk.books.database.read(
        lambda c: c.execute(select(handoff.c.outcome).where(handoff.c.conversation == conversation)).all()
    )
    tally.closed_twice += [row.outcome for row in closed] != ["returned"]


async def _patient(surgery: Surgery, number: int, chance: random.Random) -> Patient:
    """Somebody new, who stands somewhere on the way to a visit."""
    channel = ("whatsapp", "messenger")[number % 2]
    patient = surgery.patient(f"39335{number:07d}" if number % 2 == 0 else f"77{number:07d}", channel=channel)
    for step in range(chance.randrange(3)):
        await patient.says(("Buonasera", "vorrei prenotare una prima visita")[step])
    return patient


def _message(patient: Patient, number: int) -> Any:
    words = ("vorrei prenotare una prima visita", "dove siete?", "Anna Verdi", "domani mattina")
    return patient._event(InboundKind.TEXT, text=words[number % len(words)])


def _leave_versions(surgery: Surgery) -> None:
    store, desk = surgery.desk.store, surgery.desk.staff.desk
    twin = SameVersion(surgery.desk.practice.id, store.drafts)
    twin._moves = store.ownership._moves  # the second look stays
    store.ownership = desk._owners = store.handoffs._owners = twin


class _CommitOf:
    """Notes when the transaction that is begun within it was committed, in the thread that does so."""

    def __init__(self, surgery: Surgery) -> None:
        writer = surgery.desk.books.database._writer
        assert isinstance(writer, GroupCommit)
        self._writer = writer
        self._submit, self._tell = writer.submit, group_commit.tell
        self._job: Job | None = None
        self.moment = 0

    def __enter__(self) -> None:
        self._writer.submit = self._watched  # type: ignore[method-assign]  # the race watches it
        group_commit.tell = self._note

    def __exit__(self, *_: object) -> None:
        self._writer.submit = self._submit  # type: ignore[method-assign]  # the race watches it
        group_commit.tell = self._tell

    def _watched(self, job: Job) -> None:
        self._writer.submit = self._submit  # type: ignore[method-assign]  # the race watches it
        self._job = job
        self._submit(job)

    def _note(self, group: Sequence[Job], outcomes: Any) -> None:
        if any(job is self._job for job in group):
            self.moment = time.monotonic_ns()
        self._tell(group, outcomes)


async def race_claims(
    rounds: int, *, people: int, seed: int, interpreter: Interpreter, naive: bool = False
) -> Counter[int]:
    """How many of the people had it in the end, by number of rounds; 1 is the only right answer."""
    chance, winners = random.Random(seed), Counter[int]()
    with tempfile.TemporaryDirectory(prefix="chairside-inbox-") as folder:
        async with Surgery.open(Path(folder), at=NOW, interpreter=interpreter) as surgery:
            patient = surgery.patient()
            await patient.says("operatore")
            conversation, desk = surgery.contact(patient), surgery.desk.staff.desk
            for _ in range(rounds):
                clicks = [f"person {number}" for number in range(people)]
                chance.shuffle(clicks)
                take = _naive_claim(surgery) if naive else desk.take
                outcomes = await asyncio.gather(
                    *[take(conversation, who) for who in clicks], return_exceptions=True
                )
                won = [who for who, outcome in zip(clicks, outcomes, strict=True) if outcome is None]
                told = {outcome.by for outcome in outcomes if isinstance(outcome, AlreadyTaken)}
                winners[len(won) if naive or told == set(won) else -1] += 1
                view = await desk.conversation(conversation)
                await desk.put_back(conversation, view.owned_by or "")
    return winners


def _naive_claim(surgery: Surgery) -> Callable[[str, str], Any]:
    """What everybody writes first: look whether it is free, then take it."""
    database, desk = surgery.desk.books.database, surgery.desk.staff.desk

    async def claim(conversation: str, who: str) -> None:
        view = await desk.conversation(conversation)
        if view.owner is not Owner.QUEUE:
            raise AlreadyTaken(view.owned_by or QUEUE)
        taken = update(_conversation).where(_conversation.c.id == conversation).values(owner=STAFF + who)
        await database.write(lambda connection: connection.execute(taken).rowcount)

    return claim


async def run(races: int, claims: int, seed: int) -> bool:
    """True when everything held, and every twin failed."""
    interpreter = load_interpreter(LANGUAGES, cache=Path(tempfile.gettempdir()) / "chairside-bench-nlu")
    print(f"seed {seed}, take-overs {races}, claims {claims} of 20 people", flush=True)
    tally = await race_take_overs(races, seed=seed, interpreter=interpreter)
    print(tally.shown(), flush=True)
    held = tally.is_clean
    winners = await race_claims(claims, people=20, seed=seed, interpreter=interpreter)
    print(f"claims with one winner whom everybody else was told: {winners[1]} of {claims}", flush=True)
    held &= winners == Counter({1: claims})
    for twin in (NO_SECOND_LOOK, NO_NEW_VERSION):
        tally = await race_take_overs(max(races // 5, 60), seed=seed, interpreter=interpreter, twin=twin)
        print(f"\ntwin: {twin} (must not be clean)\n{tally.shown()}", flush=True)
        held &= not tally.is_clean
    winners = await race_claims(5, people=20, seed=seed, interpreter=interpreter, naive=True)
    print(f"\ntwin: look first, then claim (must not be clean)\nwinners {dict(winners)}", flush=True)
    return held and winners != Counter({1: 5})


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--races", type=int, default=1000)
    arguments.add_argument("--claims", type=int, default=100)
    arguments.add_argument("--seed", type=int, default=20260302)
    given = arguments.parse_args()
    held = asyncio.run(run(given.races, given.claims, given.seed))
    print("\npassed" if held else "\nFAILED", flush=True)
    raise SystemExit(0 if held else 1)


if __name__ == "__main__":
    main()
