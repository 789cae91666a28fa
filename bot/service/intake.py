"""Keeps what comes in: stored once and durably before the webhook is answered, dialogue only afterwards."""

from collections.abc import Sequence
from typing import Protocol

import structlog

from bot.domain.conversation import InboundEvent, InboundKind
from bot.domain.pipeline import Accepted
from bot.ports import Store
from bot.service.changes import Changes
from bot.service.probe import Probe

log = structlog.get_logger(__name__)


class Awaited(Protocol):
    """What has to hear of a new message, or of a status."""

    def wake(self, conversation: str, kind: InboundKind | None = None) -> None: ...


class Intake:
    """The first room of the pipeline."""

    def __init__(
        self,
        *,
        store: Store,
        turns: Awaited,
        delivery: Awaited,
        accounts: frozenset[tuple[str, str]],
        changes: Changes,
        probe: Probe,
    ) -> None:
        self._store = store
        self._turns = turns
        self._delivery = delivery
        self._accounts = accounts
        self._changes = changes
        self._probe = probe

    async def accept(self, events: Sequence[InboundEvent]) -> Accepted:
        """Returns after the commit. Raises what the database raises: answer 503, and Meta sends again."""
        self._probe.at("intake")
        accepted = await self._store.accept(events, accounts=self._accounts)
        for conversation, kind in accepted.conversations:
            self._turns.wake(conversation, kind)
        for conversation in accepted.settled:
            self._delivery.wake(conversation)
        if accepted.foreign:
            log.warning("foreign_account", events=accepted.foreign, remedy="add the number to practice.yml")
        self._changes.ring()
        return accepted
