"""Colleagues at pages of different servers see each other through the database that the servers share."""

from datetime import timedelta

from sqlalchemy import text
from sqlmodel import SQLModel

from bot.service.inbox.presence import Presence, Present, SeenElsewhere
from bot.storage.engine.database import Database
from bot.storage.inbox.presence import SqlPresence
from bot.storage.inbox.tables import PresenceRow
from tests.postgresql import fresh_database
from tests.web.fakes import FakeClock

PAGE, OTHER = "0123456789abcdef", "fedcba9876543210"


class Together:
    """What servers tell each other, in memory."""

    def __init__(self) -> None:
        self.pages: dict[tuple[str, str], SeenElsewhere] = {}

    async def say(self, who: str, page: str, conversation: str | None, *, is_writing: bool) -> None:
        self.pages.pop((who, page), None)
        if conversation is not None:
            self.pages[who, page] = SeenElsewhere(who, page, conversation, is_writing)

    async def seen(self) -> tuple[SeenElsewhere, ...]:
        return tuple(self.pages.values())

    async def sweep(self) -> None:
        self.pages.clear()


async def test_a_colleague_at_another_server_is_seen_writing_and_seen_leaving() -> None:
    clock, together = FakeClock(), Together()
    here, there = Present(clock, together), Present(clock, together)
    await there.is_at("Paolo", PAGE, "c-anna", is_writing=True)
    await here.is_at("Marta", OTHER, "c-anna")
    await here.look()
    seen = here.others("Marta")
    await there.is_at("Paolo", PAGE, None)
    await here.look()

    assert seen == {"c-anna": (Presence(who="Paolo", is_writing=True),)}
    assert (here.others("Marta"), here.others("Nadia")) == ({}, {"c-anna": (Presence(who="Marta"),)})


async def test_a_page_that_fell_silent_is_gone_by_the_database_s_own_clock() -> None:
    database = Database(fresh_database())
    database.write_now(lambda c: SQLModel.metadata.create_all(c, tables=[PresenceRow.__table__]))  # type: ignore[attr-defined]
    here, elsewhere = SqlPresence(database, practice="p"), SqlPresence(database, practice="another")
    await here.say("Paolo", PAGE, "c-anna", is_writing=False)
    await here.say("Paolo", PAGE, "c-anna", is_writing=True)
    await here.say("Marta", OTHER, "c-bruno", is_writing=False)
    await elsewhere.say("Sara", PAGE, "c-carla", is_writing=False)
    both = await here.seen()
    silent = timedelta(seconds=13) // timedelta(microseconds=1)
    database.write_now(
        lambda c: c.execute(text(f"UPDATE presence SET seen_at = seen_at - {silent} WHERE who = 'Paolo'"))
    )
    left = await here.seen()
    await here.sweep()
    await here.say("Marta", OTHER, None, is_writing=False)
    rows = database.read_now(lambda c: c.execute(text("SELECT who FROM presence")).scalars().all())
    database.close()

    assert set(both) == {
        SeenElsewhere("Paolo", PAGE, "c-anna", True),
        SeenElsewhere("Marta", OTHER, "c-bruno", False),
    }
    assert left == (SeenElsewhere("Marta", OTHER, "c-bruno", False),)
    assert rows == ["Sara"]
