"""The pipeline's memory in SQL, a room for each of its uses: what comes in, turns, what goes out."""

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import Connection

from bot.domain.diary import DiaryWrite
from bot.ports import Clock
from bot.storage.engine.database import Database
from bot.storage.events.rows import IntakeRows
from bot.storage.inbox.drafts import Drafts
from bot.storage.inbox.ownership import Ownership
from bot.storage.sealing.rows import SealedRows
from bot.storage.sealing.seal import Keyring
from bot.storage.sending.fates import Fates
from bot.storage.sending.given_out import GivenOut
from bot.storage.sending.outbox import OutboxRows
from bot.storage.sending.reaching import Reaching
from bot.storage.turns.claims import PATIENCE, Claims
from bot.storage.turns.handoffs import SqlHandoffs
from bot.storage.turns.rows import ApplyWrite, TurnRows


class SqlStore:
    """Implements ports.Store for one practice: the rooms' methods, under one roof."""

    def __init__(
        self,
        database: Database,
        *,
        practice: str,
        keyring: Keyring,
        clock: Clock,
        apply_write: ApplyWrite,
        worker: str = "",
        patience: timedelta = PATIENCE,
        has_agent: Callable[[str, str], bool] = lambda channel, account: False,
    ) -> None:
        self._database = database
        self._apply_write = apply_write
        rows = SealedRows(practice, keyring)
        self.claims = Claims(
            database,
            practice=practice,
            worker=worker or uuid.uuid4().hex,
            clock=clock,
            patience=patience,
        )
        self.drafts = Drafts(practice, keyring)
        self.ownership = Ownership(practice, self.drafts)
        self.handoffs = SqlHandoffs(
            database, practice=practice, keyring=keyring, clock=clock, ownership=self.ownership
        )
        self.handoffs.leads = lambda: self.claims.leads
        self.reaching = Reaching(database, practice, has_agent=has_agent)
        self.fates = Fates(database, rows, handoffs=self.handoffs, reaching=self.reaching)
        intake = IntakeRows(
            database, rows, clock, ownership=self.ownership, handoffs=self.handoffs, fates=self.fates
        )
        outbox = OutboxRows(
            database,
            rows,
            clock,
            claims=self.claims,
            ownership=self.ownership,
            reaching=self.reaching,
            fates=self.fates,
        )
        given_out = GivenOut(
            database,
            rows,
            clock,
            claims=self.claims,
            ownership=self.ownership,
            handoffs=self.handoffs,
            fates=self.fates,
        )
        turns = TurnRows(
            database,
            rows,
            claims=self.claims,
            outbox=outbox,
            ownership=self.ownership,
            handoffs=self.handoffs,
            drafts=self.drafts,
            apply_write=apply_write,
        )
        self.intake = intake
        self.accept = intake.accept
        self.keep_body = intake.keep_body
        self.erased = intake.erased
        self.load = turns.load
        self.recall = turns.recall
        self.record = turns.record
        self.commit = turns.commit
        self.begin = turns.begin
        self.waiting = turns.waiting
        self.outbox = outbox
        self.add_outbox = outbox.add
        self.next_to_send = outbox.next_to_send
        self.has_moved = given_out.has_moved
        self.leaves_before = given_out.leaves_before
        self.take_back = given_out.take_back
        self.hold_back = given_out.hold_back
        self.settle = given_out.settle
        self.refused = given_out.refused
        self.give_up = given_out.give_up
        self.resend = outbox.resend
        self.unfinished = outbox.unfinished
        self.wait_anew = outbox.wait_anew

    def apply_write(self, connection: Connection, write: DiaryWrite) -> None:
        """A diary write within somebody's own unit of work."""
        self._apply_write(connection, write)

    async def write_diary(self, writes: Sequence[DiaryWrite]) -> None:
        def unit(connection: Connection) -> None:
            for write in writes:
                self._apply_write(connection, write)

        if writes:
            await self._database.write(unit)
