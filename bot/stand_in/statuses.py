"""Tells the business what became of its messages: not always in order, and not always once."""

import random
from collections.abc import Callable
from datetime import datetime

from bot.stand_in.ledger import Ledger
from bot.stand_in.mailbag import Mailbag, Update
from bot.stand_in.messages import SentMessage
from bot.stand_in.options import StandInOptions
from bot.stand_in.postman import Postman, Sleep
from bot.stand_in.refusals import Refused
from bot.stand_in.whatsapp_webhooks import Number, Person, envelope, status


class StatusReports:
    """Statuses of each message in the background, delayed, lost, doubled or reordered as the options say."""

    def __init__(
        self,
        *,
        options: StandInOptions,
        number: Number,
        now: Callable[[], datetime],
        sleep: Sleep,
        ledger: Ledger,
        postman: Postman,
        mailbag: Mailbag,
    ) -> None:
        self._options = options
        self._number = number
        self._now = now
        self._sleep = sleep
        self._ledger = ledger
        self._postman = postman
        self._mailbag = mailbag
        self._random = random.Random(options.seed)
        self._count = 0

    def begin(self, message: SentMessage, *, failure: Refused | None) -> None:
        message.has_statuses_to_come = True
        self._postman.run(self._follow(message, failure))

    def look(self, message: SentMessage) -> bool:
        """The patient looks at a message; whether there is a `read` to tell. It comes after the others."""
        if message.is_looked_at or message.status == "failed":
            return False
        message.is_looked_at = True
        if not message.has_statuses_to_come:
            self._tell(message, "read", None)
        return True

    async def _follow(self, message: SentMessage, failure: Refused | None) -> None:
        words = ["sent", "delivered"] if failure is None else ["failed"]
        if failure is None and self._options.read_by_itself:
            message.is_looked_at = True
            words.append("read")
        if self._options.reorder_statuses:
            self._random.shuffle(words)
        for word in words:
            await self._sleep(self._random.uniform(*self._options.status_delay))
            self._tell(message, word, failure)
        message.has_statuses_to_come = False
        if message.is_looked_at and "read" not in words and failure is None:
            self._tell(message, "read", None)

    def _tell(self, message: SentMessage, word: str, failure: Refused | None) -> None:
        self._count += 1
        options = self._options
        is_lost = bool(options.lose_status_every) and self._count % options.lose_status_every == 0
        is_doubled = bool(options.double_status_every) and self._count % options.double_status_every == 0
        copies = 0 if is_lost else 2 if is_doubled else 1
        message.advance(word)
        entry = status(
            message.to,
            word=word,
            message_id=message.message_id,
            at=self._now(),
            callback_data=message.callback_data,
            by_phone=message.by_phone,
            category=message.category,
            error=failure,
        )
        facts = {"message_id": message.message_id, "status": word, "copies": copies, "entry": entry}
        self._ledger.write("status_changed", facts)
        people: tuple[Person, ...] = () if word == "failed" else (message.to,)
        body = envelope(self._number, people=people, statuses=[entry])
        told = ((message.message_id, word),)
        for _ in range(copies):
            self._mailbag.add(Update(body=body, key=message.to.user_id, statuses=told))
