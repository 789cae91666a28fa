"""Webhook bodies on their way to the postman: batched, written and signed as Meta does."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.stand_in.options import StandInOptions
from bot.stand_in.postman import Postman, Report, Sleep
from bot.stand_in.subscriptions import Subscription
from bot.stand_in.whatsapp_webhooks import as_meta_writes, signatures

LARGEST_BATCH = 1000  # updates in one POST, Meta's own bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One body to post, and what it tells: patients' messages, and (message, status) pairs."""

    body: Mapping[str, Any]
    key: str  # first attempts of one key are made in order
    field: str = "messages"  # delivered only to who is subscribed to it
    messages: Sequence[str] = ()
    statuses: Sequence[tuple[str, str]] = ()


class Mailbag:
    """Posts each update on its own, or with `batch_within` everything of that time in one body."""

    def __init__(
        self,
        *,
        options: StandInOptions,
        app_secret: str,
        postman: Postman,
        sleep: Sleep,
        subscription: Subscription,
        report: Report,
        prove: Callable[[bytes], Mapping[str, str]] | None = None,
    ) -> None:
        self._options = options
        self._prove = prove or (lambda raw: signatures(raw, app_secret))
        self._postman = postman
        self._sleep = sleep
        self._subscription = subscription
        self._report = report
        self._random = random.Random(options.seed)
        self._waiting: list[Update] = []
        self._count = 0

    def add(self, update: Update) -> None:
        if not self._subscription.delivers(update.field):
            facts = {"field": update.field, "message_ids": list(update.messages)}
            self._report("webhook_not_subscribed", facts)
            return
        if not self._options.batch_within:
            self._post([update], key=update.key)
            return
        self._waiting.append(update)
        if len(self._waiting) == 1:
            self._postman.run(self._empty_later())

    async def _empty_later(self) -> None:
        await self._sleep(self._options.batch_within)
        updates, self._waiting = self._waiting, []
        for first in range(0, len(updates), LARGEST_BATCH):
            self._post(updates[first : first + LARGEST_BATCH], key="batch")

    def _post(self, updates: Sequence[Update], *, key: str) -> None:
        self._count += 1
        entries = [entry for update in updates for entry in update.body["entry"]]
        raw = as_meta_writes({"object": updates[0].body["object"], "entry": entries})
        self._postman.post(
            raw,
            self._prove(raw),
            key=key if self._options.keep_order else f"webhook {self._count}",
            delay=self._random.uniform(*self._options.webhook_delay),
            about={
                "message_ids": [message for update in updates for message in update.messages],
                "statuses": [list(status) for update in updates for status in update.statuses],
            },
        )
