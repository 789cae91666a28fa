"""Keeps what comes in: stored once and durably before the webhook is answered, dialogue only afterwards."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol

import structlog

from bot.domain.beginnings import flow_of_link, mark
from bot.domain.conversation import InboundEvent, InboundKind, Referral
from bot.domain.pipeline import Accepted, LateRefusal
from bot.ports import Store
from bot.service.changes import Changes
from bot.service.sending.reachability import Reachability
from bot.service.sending.typing import Typing
from bot.service.upkeep.probe import Probe

log = structlog.get_logger(__name__)

NO_LINKS: Mapping[str, str] = MappingProxyType({})


class Awaited(Protocol):
    """What has to hear of a new message, or of a status."""

    def wake(self, conversation: str, kind: InboundKind | None = None) -> None: ...


async def _nobody_hears(refusal: LateRefusal) -> None:
    return None


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
        links: Mapping[str, str] = NO_LINKS,
        ring_alerts: Callable[[], None] = lambda: None,
        reachability: Reachability | None = None,
        typing: Typing | None = None,
        refused_later: Callable[[LateRefusal], Awaitable[None]] = _nobody_hears,
        status_came: Callable[[str], None] = lambda outbox_id: None,
    ) -> None:
        self._typing = typing
        self._refused_later = refused_later
        self._status_came = status_came  # called before it is stored
        self._reachability = reachability
        self._store = store
        self._turns = turns
        self._delivery = delivery
        self._accounts = accounts
        self._changes = changes
        self._probe = probe
        self._links = links
        self._ring_alerts = ring_alerts

    async def accept(self, events: Sequence[InboundEvent]) -> Accepted:
        """Returns after the commit. Raises what the database raises: answer 503, and Meta sends again."""
        self._probe.at("intake")
        arrived = [self._as_arrival(event) for event in events]
        for event in arrived:
            if event.status is not None and event.status.outbox_id:
                self._status_came(event.status.outbox_id)
        try:
            accepted = await self._store.accept(arrived, accounts=self._accounts)
        except Exception:
            if self._reachability:
                self._reachability.lost()
            raise
        if self._reachability:
            self._reachability.begin()
        for refusal in accepted.refusals:
            await self._refused_later(refusal)
        for conversation, kind in accepted.conversations:
            self._turns.wake(conversation, kind)
        self._show_typing(arrived, accepted)
        for conversation in accepted.settled:
            self._delivery.wake(conversation)
        if accepted.foreign:
            log.warning("foreign_account", events=accepted.foreign, remedy="add the number to practice.yml")
        if accepted.alerts:
            self._ring_alerts()
        self._changes.ring()
        return accepted

    def _show_typing(self, arrived: Sequence[InboundEvent], accepted: Accepted) -> None:
        """Where it is plain which message of a body is whose."""
        written = [event for event in arrived if event.sender and event.id and event.status is None]
        if self._typing is None or len(written) != len(accepted.conversations):
            return
        for event, (conversation, kind) in zip(written, accepted.conversations, strict=True):
            if event.kind is kind and event.id:
                self._typing.heard(conversation, event.channel, event.id)

    async def keep_unread(self, channel: str, body: bytes) -> None:
        """A body that is well signed and no JSON object: for whoever wants to know what it was."""
        log.warning("body_unread", channel=channel, bytes=len(body), remedy="see: chairside unread")
        await self._store.keep_body(channel, body)

    def _as_arrival(self, event: InboundEvent) -> InboundEvent:
        """Whoever comes by a link that begins something, or opens the chat for the first time, is answered
        though nothing was written."""
        if event.kind is not InboundKind.REFERRAL:
            return event
        referral = event.referral or Referral()
        flow = flow_of_link([name for name in (referral.ref, referral.advert) if name], self._links)
        if flow is None and event.details.get("type") == "request_welcome":
            flow = ""
        return event if flow is None else replace(event, payload=mark(flow))
