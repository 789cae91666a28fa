"""When a channel was last heard of, and staff told that it was not."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select

from bot.domain.handoff import AlertKind
from bot.domain.pipeline import OWN_KINDS
from bot.ports import Clock
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.tables import from_stamp, to_stamp

_alert = t.AlertRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]


class SqlSilence:
    """Of one practice."""

    def __init__(self, database: Database, practice: str, clock: Clock) -> None:
        self._database = database
        self._practice = practice
        self._clock = clock

    async def last_came(self, channel: str) -> datetime | None:
        latest = (
            select(_inbox.c.received_at)
            .where(_inbox.c.practice == self._practice, _inbox.c.channel == channel)
            .where(_inbox.c.kind.not_in(OWN_KINDS))
            .order_by(_inbox.c.id.desc())
            .limit(1)
        )
        stamp = await self._database.read(lambda connection: connection.execute(latest).scalar())
        return from_stamp(stamp) if stamp is not None else None

    async def tell(self, channel: str, reason: str, *, again_after: timedelta) -> None:
        now = self._clock.now()
        said = f"{channel}: {reason}"
        told = select(_alert.c.id).where(
            _alert.c.practice == self._practice,
            _alert.c.kind == AlertKind.ACCOUNT,
            _alert.c.reason == said,
            _alert.c.created_at > to_stamp(now - again_after),
        )
        alert = {
            "practice": self._practice,
            "conversation": "",
            "reason": said,
            "kind": AlertKind.ACCOUNT,
            "urgent": False,
            "attempts": 0,
            "begun": 0,
            "created_at": to_stamp(now),
            "not_before": to_stamp(now),
        }
        await self._database.write(
            lambda connection: connection.execute(told).first() or connection.execute(insert(_alert), alert)
        )
