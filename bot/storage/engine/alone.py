"""Writing somebody's visits alone, on a database that several processes write to.

Two who insert overlapping rows at once wait for each other in PostgreSQL, and one of them is thrown out as a
deadlock after a second, though neither has done anything wrong. So whoever writes visits first locks whose
they are, until the transaction ends. Transactions are shared by many units of work: if each took its locks
when its turn came, two transactions could wait for each other again. A unit therefore says beforehand what
it will lock, and the transaction begins by taking everything of all its units, in one order.

SQLite has one writer and needs none of this.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, text

from bot.domain.diary import BookHeld, DiaryWrite, MoveBooked

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:whose, 7))")


def visits_of(practice: str, *whose: str | None) -> frozenset[str]:
    """What to lock for visits of these practitioners, or in these rooms."""
    return frozenset(f"{practice} {one}" for one in whose if one is not None)


def visits_in(practice: str, writes: Iterable[DiaryWrite]) -> frozenset[str]:
    """What to lock for writes that turn a hold into a visit; only those take time that was not theirs."""
    holds = (write.hold for write in writes if isinstance(write, BookHeld | MoveBooked))
    return visits_of(practice, *[hold.opening.practitioner for hold in holds])


def be_alone_with(connection: Connection, these: Iterable[str]) -> None:
    """Until the transaction ends. What is locked by it already costs a question and no waiting."""
    if connection.dialect.name != "postgresql":
        return
    for one in sorted(these):
        connection.execute(_LOCK, {"whose": one})
