"""What a practice's own software promises, shown on itself: `chairside practice-system verify`.

Books, moves and cancels with one practitioner who is for tests only, through the very code that serves
patients, from several desks that share nothing but the software; and cancels whatever it has booked. The
patient that is needed where the software keeps patients stays on file: no adapter deletes anybody.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.diary import Appointment, Hold, Opening, PatientDetails, Wish
from bot.domain.outside import Capabilities, OutsideVisit, SystemSettings
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.errors import BookingError, ChairsideError, OpeningTaken, SetupError
from bot.ports import OutsideSystem
from bot.practice_systems.outside_diary import OutsideDiary
from bot.storage.diary.book import SqlDiary
from bot.storage.diary.outside import SqlOutsideBook
from bot.storage.engine.database import Database, sqlite_url
from bot.storage.migrations import upgrade
from bot.storage.sealing.seal import Keyring

CONTACT = "verify"
DESKS = 5  # that want one time at once
AHEAD = timedelta(days=7)  # so that nobody waits for what is tried
MARGIN = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One promise: held, broken, or (None) not given by this software, or not to be tried on it."""

    promise: str
    holds: bool | None
    detail: str = ""


class Broken(ChairsideError):
    """A promise does not hold; the message says what was seen."""


class NotTried(ChairsideError):
    """A promise that the software does not give, or that cannot be tried; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is tried, and on whom. `open_system` gives an adapter for each desk."""

    open_system: Callable[[], OutsideSystem]
    practice: Practice
    settings: SystemSettings
    practitioner: str  # our id, of one who is for tests only
    visit_type: str
    patient: PatientDetails
    folder: Path  # for the desks' own databases
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


async def prove(trial: Trial) -> tuple[Finding, ...]:
    """Every promise, in order. Raises SetupError when the practitioner is not for tests only."""
    async with _desks(trial) as desks:
        proof = _Proof(trial, desks)
        try:
            return tuple([await _found(promise, check) for promise, check in proof.promises()])
        finally:
            await proof.clear_away()


async def _found(promise: str, check: Callable[[], Awaitable[str]]) -> Finding:
    try:
        return Finding(promise=promise, holds=True, detail=await check())
    except NotTried as reason:
        return Finding(promise=promise, holds=None, detail=str(reason))
    except Broken as seen:
        return Finding(promise=promise, holds=False, detail=str(seen))
    except BookingError as error:
        return Finding(promise=promise, holds=False, detail=f"{type(error).__name__}: {error}")


@asynccontextmanager
async def _desks(trial: Trial) -> AsyncIterator[list[OutsideDiary]]:
    """As many practices' computers, each with a database of its own."""
    databases: list[Database] = []
    desks: list[OutsideDiary] = []
    try:
        for number in range(DESKS):
            database = Database(sqlite_url(trial.folder / f"desk-{number}.db"))
            databases.append(database)
            upgrade(database.engine)
            keyring = Keyring(secrets.token_bytes(32), trial.practice.id)
            database.write_now(lambda unit, keyring=keyring: keyring.create(unit, CONTACT))  # type: ignore[misc]
            store = SqlDiary(database, trial.practice.id, keyring)
            system = trial.open_system()
            desks.append(
                OutsideDiary(
                    trial.practice,
                    system,
                    settings=trial.settings,
                    store=store,
                    book=SqlOutsideBook(database, trial.practice.id, store, system=system.name),
                    now=trial.now,
                    sleep=trial.sleep,
                    patience=timedelta(minutes=1),
                )
            )
        yield desks
    finally:
        for desk in desks:
            await desk.close()
        for database in databases:
            database.close()


class _Proof:
    """The checks share what earlier ones have found and booked."""

    def __init__(self, trial: Trial, desks: list[OutsideDiary]) -> None:
        self._trial, self._desks = trial, desks
        self._system = desks[0].system
        self._run = secrets.token_hex(4)
        self._theirs = trial.settings.practitioners.get(trial.practitioner, trial.practitioner)
        self._clock = PracticeTime(trial.practice.time_zone)
        self._openings: list[Opening] = []
        self._visit: Appointment | None = None
        self._keys: list[tuple[str, datetime]] = []

    def promises(self) -> tuple[tuple[str, Callable[[], Awaitable[str]]], ...]:
        return (
            ("lets us in and answers", self.lets_us_in),
            ("names this practitioner", self.names_the_practitioner),
            ("tells free time", self.tells_free_time),
            ("books, and has what was booked", self.books),
            ("finds a visit by our key, and nothing by another", self.finds_by_key),
            ("does not offer a time that is booked", self.hides_what_is_booked),
            ("shows what is in a practitioner's diary", self.shows_the_diary),
            ("moves a visit", self.moves),
            ("keeps what is newer than what we saw", self.keeps_newer),
            ("cancels, and again without harm", self.cancels),
            ("keeps a time while a patient thinks", self.keeps_a_time),
            ("tells what has changed", self.tells_changes),
            ("offers a time again that was cancelled", self.frees),
            (f"gives one of {DESKS} desks a time that all want", self.one_of_several),
            ("gives no two desks times that overlap in part", self.no_overlap),
        )

    async def lets_us_in(self) -> str:
        await self._desks[0].check()
        return ""

    async def names_the_practitioner(self) -> str:
        there = await self._system.catalogue()
        ids = [one.id for one in there.practitioners]
        if self._theirs not in ids:
            raise Broken(f'"{self._theirs}" is none of the {len(ids)} practitioners that it names')
        return f"one of {len(ids)}"

    async def tells_free_time(self) -> str:
        at = self._trial.now()
        await self._must_be_for_tests(at)
        first = self._clock.today(at + AHEAD)
        wish = Wish(
            visit_type=self._trial.visit_type, practitioner=self._trial.practitioner, not_before=first
        )
        found = await self._desks[0].find_openings(wish, at=at, limit=12)
        own = [one for one in found if one.practitioner == self._trial.practitioner]
        for one in own:  # four that are apart from each other
            if all(one.start >= other.end or one.end <= other.start for other in self._openings):
                self._openings.append(one)
        if len(self._openings) < 4:
            raise Broken(f"only {len(own)} openings in the next weeks; this takes four")
        return f"{len(own)} openings"

    async def books(self) -> str:
        self._visit = await self._booked(self._desks[0], self._opening(0))
        there = await self._there()
        if (there.start, there.end) != (self._opening(0).start, self._opening(0).end) or not there.blocks:
            raise Broken(f"it has {there.start:%d %b %H:%M}-{there.end:%H:%M}, {there.status}")
        return ""

    async def finds_by_key(self) -> str:
        there = await self._there()
        near = (there.start - MARGIN, there.start + MARGIN)
        other = await self._system.by_key(f"verify {self._run} nobody's", near=near)
        if other is not None:
            raise Broken("it finds a visit by a key that nobody has used")
        if there.key not in [key for key, _ in self._keys]:
            raise Broken("the visit does not carry our key")
        return ""

    async def hides_what_is_booked(self) -> str:
        if await self._is_offered(self._desks[1], self._opening(0)):
            raise Broken("another desk is still offered this time")
        return ""

    async def shows_the_diary(self) -> str:
        self._asks(lambda can: can.conflict_probe, "it does not show who else has a time")
        there = await self._there()
        found = await self._system.visits(start=there.start, end=there.end, practitioner=self._theirs)
        if there.ref not in [one.ref for one in found]:
            raise Broken("the visit that was just booked is not in it")
        return f"{len(found)} at that time"

    async def moves(self) -> str:
        visit, to = self._booked_visit(), self._opening(1)
        at = self._trial.now()
        hold = await self._desks[0].hold(to, contact=CONTACT, key=self._key(to), at=at)
        self._visit = (await self._desks[0].reschedule(visit, hold, key=self._key(to), at=at)).appointment
        there = await self._there()
        if there.start != to.start:
            raise Broken(f"it is at {there.start:%d %b %H:%M}, and belongs at {to.start:%d %b %H:%M}")
        if await self._is_offered(self._desks[2], self._opening(0)):
            return ""
        raise Broken("the time that it had is not offered again")

    async def keeps_newer(self) -> str:
        there = await self._there()
        if there.version is None:
            raise NotTried("its visits have no versions")
        old = replace(there, version=f"{there.version}0")
        try:
            await self._system.cancel(old, None, key=self._key(self._opening(1)))
        except BookingError as error:
            if error.outcome == "changed":
                return ""
            raise
        raise Broken("a visit was cancelled by somebody who had seen another version of it")

    async def cancels(self) -> str:
        visit, at = self._booked_visit(), self._trial.now()
        key = self._key(visit.opening)
        there = await self._there()
        for _ in range(2):
            await self._desks[0].cancel(visit, None, key=key, at=at)
        now = await self._system.get(there.ref)
        if now is not None and now.blocks:
            raise Broken(f"it is still {now.status}")
        if now is not None:
            await self._system.cancel(now, None, key=key)
        self._visit = None
        return ""

    async def keeps_a_time(self) -> str:
        self._asks(lambda can: can.hold, "it keeps none; our own database does")
        one, (first, second, *_) = self._opening(5), self._desks  # of no other check: it may stay kept
        await self._held(first, one)
        try:
            await self._held(second, one)
        except OpeningTaken:
            return ""
        finally:
            await first.release(contact=CONTACT, at=self._trial.now())
            await second.release(contact=CONTACT, at=self._trial.now())
        raise Broken("another desk is given it meanwhile")

    async def tells_changes(self) -> str:
        self._asks(lambda can: can.changes, "it cannot be asked what is new; visits are read again instead")
        before = await self._system.changes(None)
        visit = await self._booked(self._desks[0], self._opening(1))
        told = await self._system.changes(before.cursor)
        refs = {one.ref for one in told.visits}
        there = await self._there_at(self._opening(1))
        await self._desks[0].cancel(visit, None, key=self._key(visit.opening), at=self._trial.now())
        if there is None or there.ref not in refs:
            raise Broken("a visit that was booked meanwhile is not told")
        return ""

    async def frees(self) -> str:
        if not await self._is_offered(self._desks[3], self._opening(0)):
            raise Broken("the time is not offered any more")
        return ""

    async def one_of_several(self) -> str:
        return await self._race([self._opening(2)] * DESKS, winners=1)

    async def no_overlap(self) -> str:
        whole = self._opening(3)
        half = replace(
            whole,
            start=whole.start + (whole.end - whole.start) / 2,
            end=whole.end + (whole.end - whole.start) / 2,
        )
        if not await self._is_offered(self._desks[4], half):
            raise NotTried("its times never overlap in part")
        return await self._race([whole, half], winners=1)

    async def clear_away(self) -> None:
        """Whatever was booked in this run, and still takes time."""
        for key, start in dict.fromkeys(self._keys):
            try:
                there = await self._system.by_key(key, near=(start - MARGIN, start + MARGIN))
                if there is not None and there.blocks:
                    await self._system.cancel(there, None, key=f"{key} away")
            except BookingError:
                continue

    # How it is done

    def _asks(self, given: Callable[[Capabilities], bool], otherwise: str) -> None:
        if not given(self._system.capabilities):
            raise NotTried(otherwise)

    async def _must_be_for_tests(self, at: datetime) -> None:
        end = at + self._trial.practice.horizon
        there = await self._system.visits(start=at, end=end, practitioner=self._theirs)
        others = [one for one in there if one.blocks and not (one.key or "").startswith("verify ")]
        if others:
            raise SetupError(
                f'"{self._trial.practitioner}" has {len(others)} visits to come; name one with --practitioner'
                " who is for tests only, and whom no patient can choose"
            )

    def _opening(self, number: int) -> Opening:
        if number >= len(self._openings):
            raise NotTried("there is no free time to try it on")
        return self._openings[number]

    def _booked_visit(self) -> Appointment:
        if self._visit is None:
            raise NotTried("nothing could be booked")
        return self._visit

    def _key(self, one: Opening) -> str:
        key = f"verify {self._run} {len(self._keys)}"
        self._keys.append((key, one.start))
        return key

    async def _booked(self, desk: OutsideDiary, one: Opening) -> Appointment:
        return await self._confirmed(desk, await self._held(desk, one))

    async def _held(self, desk: OutsideDiary, one: Opening) -> Hold:
        return await desk.hold(one, contact=CONTACT, key=self._key(one), at=self._trial.now())

    async def _confirmed(self, desk: OutsideDiary, hold: Hold) -> Appointment:
        key = self._key(hold.opening)
        return (await desk.book(hold, self._trial.patient, key=key, at=self._trial.now())).appointment

    async def _there(self) -> OutsideVisit:
        there = await self._there_at(self._booked_visit().opening)
        if there is None:
            raise Broken("it does not have the visit any more, or does not find it by our key")
        return there

    async def _there_at(self, one: Opening) -> OutsideVisit | None:
        """Ours at this time, by any key of this run."""
        for key, start in self._keys:
            there = await self._system.by_key(key, near=(start - MARGIN, start + MARGIN))
            if there is not None and there.blocks and there.start == one.start:
                return there
        return None

    async def _is_offered(self, desk: OutsideDiary, one: Opening) -> bool:
        wall = self._clock.wall(one.start)
        wish = Wish(
            visit_type=one.visit_type,
            practitioner=one.practitioner,
            windows=((wall, wall + timedelta(minutes=1)),),
        )
        return one in await desk.find_openings(wish, at=self._trial.now(), limit=3)

    async def _race(self, wanted: list[Opening], *, winners: int) -> str:
        first, last = min(one.start for one in wanted), max(one.end for one in wanted)
        held: list[tuple[OutsideDiary, Hold]] = []
        refused = []  # by a system that keeps a time while its patient thinks
        for desk, one in zip(self._desks, wanted, strict=False):
            try:
                held.append((desk, await self._held(desk, one)))
            except OpeningTaken as error:
                refused.append(error.outcome)
        outcomes = [*refused, *await asyncio.gather(*(self._outcome(desk, hold) for desk, hold in held))]
        told = ", ".join(f"{outcomes.count(one)} {one}" for one in sorted(set(outcomes)))
        there = [v for key, start in self._keys if (v := await self._blocking(key, start)) is not None]
        here = {v.ref for v in there if v.start < last and v.end > first}
        if len(here) != winners or outcomes.count("booked") != winners:
            raise Broken(f"{told}; {len(here)} visits are in the diary")
        return f"{told}; {len(here)} visit in the diary"

    async def _outcome(self, desk: OutsideDiary, hold: Hold) -> str:
        try:
            await self._confirmed(desk, hold)
        except BookingError as error:
            return error.outcome
        return "booked"

    async def _blocking(self, key: str, start: datetime) -> OutsideVisit | None:
        there = await self._system.by_key(key, near=(start - MARGIN, start + MARGIN))
        return there if there is not None and there.blocks else None


def table(findings: tuple[Finding, ...]) -> str:
    """For a terminal."""
    marks = {True: "holds", False: "BROKEN", None: "-"}
    width = max(len(one.promise) for one in findings)
    return "\n".join(f"{marks[f.holds]:<7} {f.promise:<{width}}  {f.detail}".rstrip() for f in findings)
