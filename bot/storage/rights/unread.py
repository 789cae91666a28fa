"""What nobody could read may be of somebody all the same: their number, or a channel's id of them, tells."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bot.storage.events.tables import UNREAD
from bot.storage.sealing.rows import SealedRows
from bot.storage.sealing.seal import Forgotten

_SHORTEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadOf:
    id: int
    raw: str


def unread_of(connection: Connection, rows: SealedRows, names: Iterable[str]) -> list[UnreadOf]:
    """Events of the last week in which one of these names stands whole."""
    bare = sorted({name.lstrip("+") for name in names if len(name.lstrip("+")) >= _SHORTEST})
    if not bare:
        return []
    stands = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, bare)) + r")(?!\w)")
    found = []
    ours = select(UNREAD).where(UNREAD.c.practice == rows.practice)
    for row in connection.execute(ours.order_by(UNREAD.c.id)).all():
        with suppress(Forgotten):
            raw = str(rows.open(connection, row.owner, row.sealed)["raw"])
            if stands.search(raw):
                found.append(UnreadOf(id=row.id, raw=raw))
    return found
