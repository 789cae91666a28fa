"""Staff are told that a channel refuses whatever we send: once, however many messages that concerns."""

from datetime import timedelta

from sqlalchemy import insert, select

from bot.domain.handoff import AlertKind
from bot.domain.send_errors import meaning_of
from bot.ports import Clock
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.tables import to_stamp

_alert = t.AlertRow.__table__  # type: ignore[attr-defined]

#: Several workers, or one that starts again, find out each by itself.
_SAME_FAULT = timedelta(hours=1)


class SqlAccountAlerts:
    """Of one practice."""

    def __init__(self, database: Database, practice: str, clock: Clock) -> None:
        self._database = database
        self._practice = practice
        self._clock = clock

    async def refused(self, channel: str, code: int | None, subcode: int | None = None) -> None:
        now = self._clock.now()
        number = "no code" if code is None else f"{code}/{subcode}" if subcode else f"{code}"
        reason = f"{channel}: {meaning_of(channel, code, subcode)} ({number})"
        alert = {
            "practice": self._practice,
            "conversation": "",
            "reason": reason,
            "kind": AlertKind.ACCOUNT,
            "urgent": False,
            "attempts": 0,
            "begun": 0,
            "created_at": to_stamp(now),
            "not_before": to_stamp(now),
        }
        told = select(_alert.c.id).where(
            _alert.c.practice == self._practice,
            _alert.c.kind == AlertKind.ACCOUNT,
            _alert.c.reason == reason,
            _alert.c.created_at > to_stamp(now - _SAME_FAULT),
        )
        await self._database.write(
            lambda connection: connection.execute(told).first() or connection.execute(insert(_alert), alert)
        )
