"""Implements service.suggestions: what becomes of a suggestion, in one transaction with its hand-off and
trail."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, func, select, update

from bot.domain.deeds import Deed
from bot.domain.drafts import Acceptance, Fate
from bot.domain.handoff import AlertKind, Outcome
from bot.domain.pipeline import BOT, CLOSED, STAFF
from bot.ports import Clock
from bot.service.changes import Changes
from bot.service.inbox.desk import AlreadyTaken, DraftGone, WindowClosed
from bot.service.inbox.switches import READY, SwitchBoard
from bot.service.turns.suggesting import DRAFT
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.engine.statements import upsert
from bot.storage.inbox import draft_tables
from bot.storage.inbox.audit import SqlAudit
from bot.storage.store import SqlStore
from bot.storage.tables import to_stamp
from bot.storage.turns.handoffs import NOT_PATIENT

_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_handoff = t.HandoffRow.__table__  # type: ignore[attr-defined]
_alert = t.AlertRow.__table__  # type: ignore[attr-defined]
_draft = draft_tables.DraftRow.__table__  # type: ignore[attr-defined]
_switch = draft_tables.SwitchRow.__table__  # type: ignore[attr-defined]


class SqlSuggestions:
    """One practice's. `flows` are those of the content that patients know."""

    def __init__(
        self,
        database: Database,
        *,
        practice: str,
        clock: Clock,
        store: SqlStore,
        switches: SwitchBoard,
        audit: SqlAudit,
        changes: Changes,
        wake_delivery: Callable[[str], None],
        ring_alerts: Callable[[], None],
        flows: tuple[str, ...] = (),
    ) -> None:
        self._database = database
        self._practice = practice
        self._clock = clock
        self._store = store
        self._switches = switches
        self._audit = audit
        self._changes = changes
        self._wake_delivery = wake_delivery
        self._ring_alerts = ring_alerts
        self._flows = flows

    async def send(self, conversation: str, draft: str, *, who: str, text: str | None = None) -> None:
        at = to_stamp(self._clock.now())

        def unit(connection: Connection) -> bool:
            self._check(connection, conversation, draft)
            if not self._store.handoffs.may_answer(connection, conversation, at):
                raise WindowClosed("the channel takes no free words for this patient now; send a template")
            decided = self._store.drafts.send(connection, conversation, text, who=who, at=at)
            self._store.ownership.note_answer(connection, conversation, who, at=at)
            self._close_handoff(connection, conversation, who, at)
            self._audit.note(
                connection, Deed.SENT, by=who, conversation=conversation, detail=f"suggestion {draft}"
            )
            return self._tell_ready(connection, decided.ready, at)

        told = await self._database.write(unit)
        self._wake_delivery(conversation)
        self._changes.ring()
        if told:
            self._ring_alerts()

    async def discard(self, conversation: str, draft: str, *, who: str) -> None:
        at = to_stamp(self._clock.now())

        def unit(connection: Connection) -> None:
            self._check(connection, conversation, draft)
            self._store.ownership.take(connection, conversation, who, at=at)
            self._audit.note(
                connection, Deed.TOOK, by=who, conversation=conversation, detail=f"suggestion {draft}"
            )

        await self._database.write(unit)
        self._changes.ring()

    async def acceptance(self) -> tuple[Acceptance, ...]:
        return await self._database.read(self._acceptance)

    # -- within a unit of work ----------------------------------------------------------------------------

    def _check(self, connection: Connection, conversation: str, draft: str) -> None:
        row = self._store.ownership.row(connection, conversation)
        if row.owner not in (BOT, CLOSED) and row.owner.startswith(STAFF):
            raise AlreadyTaken(row.owner.removeprefix(STAFF))
        unheard = select(_inbox.c.id).where(
            _inbox.c.conversation == conversation,
            _inbox.c.state == "new",
            _inbox.c.kind.not_in(NOT_PATIENT),
        )
        if row.draft != draft or connection.execute(unheard.limit(1)).first() is not None:
            raise DraftGone("the suggestion has changed; look at it again")

    def _close_handoff(self, connection: Connection, conversation: str, who: str, at: int) -> None:
        connection.execute(
            update(_handoff)
            .where(
                _handoff.c.conversation == conversation,
                _handoff.c.closed_at.is_(None),
                _handoff.c.reason == DRAFT,
            )
            .values(closed_at=at, closed_by=who, outcome=Outcome.ANSWERED)
        )
        self._store.ownership.silence_reminders(connection, conversation, at)

    def _tell_ready(self, connection: Connection, flows: tuple[str, ...], at: int) -> bool:
        """Staff hear once of a flow that it may go alone."""
        told = False
        for flow in flows:
            known = upsert(_switch).values(
                practice=self._practice, name=f"{READY}:{flow}", is_on=True, at=at, by="assistant"
            )
            if connection.execute(known.on_conflict_do_nothing()).rowcount:
                told = True
                connection.execute(
                    _alert.insert(),
                    {
                        "practice": self._practice,
                        "conversation": "",
                        "reason": flow,
                        "kind": AlertKind.READY,
                        "urgent": False,
                        "attempts": 0,
                        "begun": 0,
                        "created_at": at,
                        "not_before": at,
                    },
                )
        return told

    def _acceptance(self, connection: Connection) -> tuple[Acceptance, ...]:
        rows = connection.execute(
            select(_draft.c.flow, _draft.c.fate, func.count())
            .where(_draft.c.practice == self._practice)
            .group_by(_draft.c.flow, _draft.c.fate)
        )
        counts: dict[str, dict[Any, int]] = {flow: {} for flow in self._flows}
        for flow, fate, number in rows:
            counts.setdefault(flow, {})[fate] = number
        return tuple(
            Acceptance(
                flow=flow,
                is_suggested=self._switches.now.suggests(flow),
                unchanged=fates.get(Fate.UNCHANGED, 0),
                changed=fates.get(Fate.CHANGED, 0),
                discarded=fates.get(Fate.DISCARDED, 0),
                waiting=fates.get(None, 0),
                is_ready=self._store.drafts.is_ready(connection, flow),
            )
            for flow, fates in sorted(counts.items())
        )
