"""Who is to answer first: whoever of those at the desk has the least, passed on, never somebody away."""

from datetime import timedelta
from pathlib import Path

from bot.domain.deeds import Deed
from bot.domain.staff import Person, Role
from bot.service.clock import FrozenClock
from bot.service.inbox.assignment import Assignments
from bot.service.inbox.choosing import Choosing
from bot.service.inbox.staff import StoredSession
from bot.storage.inbox.meant import SqlMeant
from bot.testing import Surgery
from nlu.understanding import Interpreter

MONDAY = "2026-03-02T10:00+01:00"


class _Team:
    """Giulia and Marta at the desk, and what chooses among them."""

    def __init__(self, surgery: Surgery) -> None:
        desk = surgery.desk
        self.surgery = surgery
        self.book = desk.books.staff
        self.meant = SqlMeant(
            desk.books.database,
            practice=desk.practice.id,
            clock=surgery.clock,
            audit=desk.audit,
            changes=desk.changes,
        )
        self.choosing = Choosing(
            self.meant,
            Assignments(self.book, desk.staff.desk, surgery.clock),
            clock=surgery.clock,
            within=timedelta(minutes=3),
        )

    async def come(self, *names: str) -> None:
        at = self.surgery.clock.now()
        for name in names:
            person = Person(id=name.lower(), name=name, role=Role.AGENT)
            await self.book.add(person, at=at)
            session = StoredSession(
                key=name, person=person.id, who=name, role=Role.AGENT, language="it", opened=at, active=at
            )
            await self.book.open_session(session)

    async def move(self, *names: str) -> None:
        for name in names:
            await self.book.touch_session(name, at=self.surgery.clock.now())

    async def after(self, minutes: float) -> list[str | None]:
        assert isinstance(self.surgery.clock, FrozenClock)
        self.surgery.clock.move(minutes=minutes)
        await self.choosing.look()
        return [one.meant_for for one in await self.meant.queued()]


async def test_each_is_meant_for_whoever_has_the_least_and_passed_on_when_nothing_happens(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, at=MONDAY, interpreter=interpreter) as surgery:
        team = _Team(surgery)
        for number in range(2):
            await surgery.patient(f"39333000000{number}").says("operatore")
        nobody = await team.after(0)
        await team.come("Giulia", "Marta")
        first = await team.after(0)
        soon = await team.after(2)
        await team.move("Giulia", "Marta")
        later = await team.after(1.5)
        rows = (await surgery.desk.staff.desk.page("mine", who="Marta", limit=9)).rows
        told = [one.detail for one in await surgery.desk.audit.trail(deed=Deed.ASSIGNED)]

        assert nobody == [None, None]
        assert first == soon == ["Giulia", "Marta"]
        assert later == ["Marta", "Giulia"]
        assert [(row.meant_for, row.owner.value) for row in rows] == [("Marta", "queue")]
        assert told == ["Giulia first", "Marta first", "Marta first", "Giulia first"]


async def test_who_goes_away_loses_it_at_once_and_the_last_one_there_keeps_it(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, at=MONDAY, interpreter=interpreter) as surgery:
        team = _Team(surgery)
        await team.come("Giulia", "Marta")
        await surgery.patient().says("operatore")
        first = await team.after(0)
        await team.book.change_away("giulia", is_away=True)
        passed_on = await team.after(0)
        await team.move("Marta")
        kept = await team.after(4)
        gone = await team.after(11)

        assert (first, passed_on, kept, gone) == (["Giulia"], ["Marta"], ["Marta"], [None])


async def test_what_somebody_has_taken_is_nobody_else_s_to_answer(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, at=MONDAY, interpreter=interpreter) as surgery:
        team, anna = _Team(surgery), surgery.patient()
        await team.come("Giulia")
        await anna.says("operatore")
        (before,) = await team.meant.queued()
        await surgery.desk.staff.desk.take(surgery.contact(anna), "Marta")
        await team.meant.choose(before, "Giulia", at=surgery.clock.now())
        (row,) = (await surgery.desk.staff.desk.page("all", who="Marta", limit=9)).rows

        assert (row.owned_by, row.meant_for) == ("Marta", None)
