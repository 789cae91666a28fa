"""What becomes of a message that was given out to be sent.

Only the holder of the conversation's claim says so: who slept, and whose conversation another worker has
taken meanwhile, knows nothing of what that one is doing with the message. It may be sending it.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, text, update

from bot.domain.conversation import Refused
from bot.domain.pipeline import BOT, OutboxMessage, OutboxState
from bot.domain.verdicts import Verdict
from bot.ports import Clock
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.engine.statements import Prepared
from bot.storage.inbox.ownership import Ownership
from bot.storage.sealing.rows import SealedRows
from bot.storage.sending.fates import Fates
from bot.storage.tables import to_stamp
from bot.storage.turns.claims import Claims
from bot.storage.turns.handoffs import SqlHandoffs

# SQLModel gives a row its table where mypy does not see it.
_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]

_TAKE_BACK = Prepared(
    update(_outbox)
    .where(_outbox.c.id == bindparam("row"), _outbox.c.state == OutboxState.SENDING.value)
    .values(state=OutboxState.QUEUED.value, attempts=_outbox.c.attempts - 1, not_before=bindparam("at"))
)
_HOLD_BACK = Prepared(
    update(_outbox)
    .where(_outbox.c.id == bindparam("row"), _outbox.c.state == OutboxState.SENDING.value)
    .values(state=OutboxState.DROPPED.value, attempts=_outbox.c.attempts - 1, not_before=bindparam("at"))
)
_SETTLE = Prepared(
    update(_outbox)
    # What a status has put back into the queue meanwhile stays there.
    .where(_outbox.c.id == bindparam("row"), text("outbox.state IN ('sending', 'uncertain')"))
    .values(
        state=bindparam("new_state"),
        message_id=func.coalesce(bindparam("wamid"), _outbox.c.message_id),
        not_before=bindparam("when"),
        sent_at=bindparam("sent"),
        error_code=bindparam("code"),
    )
)


class GivenOut:
    """The store's room for what comes back from sending."""

    def __init__(
        self,
        database: Database,
        rows: SealedRows,
        clock: Clock,
        *,
        claims: Claims,
        ownership: Ownership,
        handoffs: SqlHandoffs,
        fates: Fates,
    ) -> None:
        self._database = database
        self._rows = rows
        self._clock = clock
        self._claims = claims
        self._ownership = ownership
        self._handoffs = handoffs
        self._fates = fates

    def leaves_before(self) -> float | None:
        return self._claims.fresh_until

    def has_moved(self, message: OutboxMessage) -> bool:
        if not self._claims.is_fresh() or self._claims.naps != message.naps:
            return True  # we slept, and somebody else may be sending it
        return message.author == BOT and self._ownership.moves(message.contact.id) != message.moves

    async def take_back(self, message: OutboxMessage) -> None:
        at = to_stamp(self._clock.now())

        def unit(connection: Connection) -> None:
            if self._is_still_ours(connection, message):
                _TAKE_BACK.run(connection, row=message.id, at=at)

        await self._database.write_brief(unit)

    async def hold_back(self, message: OutboxMessage) -> None:
        at = to_stamp(self._clock.now())

        def unit(connection: Connection) -> None:
            if self._is_still_ours(connection, message) and _HOLD_BACK.run(connection, row=message.id, at=at):
                self._handoffs.note_paused(connection, message.contact.id, key=message.id, at=at)

        await self._database.write_brief(unit)

    async def settle(
        self,
        message: OutboxMessage,
        *,
        state: OutboxState,
        message_id: str | None = None,
        not_before: datetime | None = None,
        error_code: int | None = None,
    ) -> None:
        now = self._clock.now()
        values = {
            "row": message.id,
            "new_state": state.value,
            "wamid": self._rows.hashed(message_id) if message_id else None,
            "when": to_stamp(not_before or now),
            "sent": to_stamp(now) if state is OutboxState.SENT else None,
            "code": error_code,
        }

        def unit(connection: Connection) -> None:
            # That it went out is so whoever says it.
            if state is OutboxState.SENT or self._is_still_ours(connection, message):
                _SETTLE.run(connection, **values)

        await self._database.write_brief(unit)

    async def refused(self, message: OutboxMessage, refusal: Refused) -> Verdict | None:
        at = to_stamp(self._clock.now())

        def unit(connection: Connection) -> Verdict | None:
            if not self._is_still_ours(connection, message):
                return None
            return self._fates.refused(
                connection,
                message.id,
                refusal.action,
                at=at,
                code=refusal.code,
                retry_after=refusal.retry_after,
            )

        return await self._database.write_brief(unit)

    async def give_up(self, message: OutboxMessage) -> None:
        at = to_stamp(self._clock.now())

        def unit(connection: Connection) -> None:
            if self._is_still_ours(connection, message) and _SETTLE.run(
                connection,
                row=message.id,
                new_state=OutboxState.FAILED.value,
                wamid=None,
                when=at,
                sent=None,
                code=None,
            ):
                self._fates.given_up(connection, message.id, at=at)

        await self._database.write_brief(unit)

    def _is_still_ours(self, connection: Connection, message: OutboxMessage) -> bool:
        return self._claims.lock(connection, message.contact.id)
