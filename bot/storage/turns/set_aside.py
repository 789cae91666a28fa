"""Messages that could not be answered in five attempts: which they are, and how they are tried again.

What is tried again is a turn of its own, in the present: nothing that the failed attempts recorded is read.
"""

from collections.abc import Callable, Collection

from sqlalchemy import Connection, select, update

from bot.domain.deeds import Deed
from bot.domain.pipeline import QUEUE, SetAside, is_person
from bot.errors import SetupError
from bot.ports import Clock
from bot.service.inbox.desk import AlreadyTaken
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.inbox.audit import SqlAudit
from bot.storage.inbox.ownership import Ownership
from bot.storage.tables import from_stamp, to_stamp

_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]


class SqlSetAside:
    """One practice's. `wake` tells the turns; beside a running server it finds out by itself."""

    def __init__(
        self,
        database: Database,
        *,
        practice: str,
        clock: Clock,
        owners: Ownership,
        audit: SqlAudit,
        wake: Callable[[str], None] = lambda conversation: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._owners = owners
        self._audit = audit
        self._wake = wake
        self._dead = (_inbox.c.practice == practice, _inbox.c.state == "dead")

    def all(self) -> tuple[SetAside, ...]:
        """In the order in which they came."""

        def unit(connection: Connection) -> tuple[SetAside, ...]:
            rows = connection.execute(select(_inbox).where(*self._dead).order_by(_inbox.c.id))
            return tuple(
                SetAside(
                    id=row.id,
                    conversation=row.conversation,
                    kind=row.kind,
                    received_at=from_stamp(row.received_at),
                    replays=row.replays,
                )
                for row in rows
            )

        return self._database.read_now(unit)

    def try_again_now(self, ids: Collection[int], *, by: str) -> tuple[str, ...]:
        """Conversations whose messages wait again. Raises AlreadyTaken where a person answers, SetupError for
        what is not set aside; then nothing has changed."""
        chosen = frozenset(ids)

        def unit(connection: Connection) -> tuple[str, ...]:
            found = {
                row.id: row.conversation
                for row in connection.execute(select(_inbox.c.id, _inbox.c.conversation).where(*self._dead))
                if row.id in chosen
            }
            if unknown := sorted(chosen - found.keys()):
                raise SetupError(f"not set aside: {', '.join(map(str, unknown))}")
            conversations = tuple(dict.fromkeys(found.values()))
            for conversation in conversations:
                mine = [id for id, where in found.items() if where == conversation]
                self._again(connection, conversation, mine, by=by)
            return conversations

        return self._database.write_now(unit)

    async def try_again(self, conversation: str, *, by: str) -> int:
        """All of one conversation; how many there were. Raises AlreadyTaken, UnknownConversation."""

        def unit(connection: Connection) -> int:
            self._owners.row(connection, conversation)
            ids = connection.execute(
                select(_inbox.c.id).where(*self._dead, _inbox.c.conversation == conversation)
            ).scalars()
            return self._again(connection, conversation, list(ids), by=by)

        count = await self._database.write(unit)
        self._wake(conversation)
        return count

    def _again(self, connection: Connection, conversation: str, ids: list[int], *, by: str) -> int:
        if not ids:
            return 0
        row = self._owners.row(connection, conversation)
        if is_person(row.owner):
            raise AlreadyTaken(row.owner)
        at = to_stamp(self._clock.now())
        waits_for = self._owners.open_handoff(connection, conversation)
        if row.owner == QUEUE and waits_for is not None and waits_for.reason == "error":
            self._owners.return_to_bot(connection, row, by=by, at=at)
        connection.execute(
            update(_inbox)
            .where(_inbox.c.id.in_(ids))
            .values(state="new", attempts=0, turn=None, replays=_inbox.c.replays + 1)
        )
        self._audit.note(connection, Deed.TRIED_AGAIN, by=by, conversation=conversation)
        return len(ids)
