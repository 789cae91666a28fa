"""What a turn costs the database as conversations add up: with 1,000, 100,000 and 1,000,000 stored ones.

Each stored conversation has a contact, a message that was answered, a turn, and a reply that was read. A turn
here is what the pipeline asks of the database for one: accept, load, count the attempt, commit with a reply,
settle.

    python -m bench.growth --sizes 1000 100000
"""

import argparse
import asyncio
import tempfile
import time
import uuid
from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from bot.domain.conversation import Reply
from bot.domain.pipeline import OutboxState, StagedReply
from bot.storage.engine.database import sqlite_url
from tests.contracts.test_stores import House, said, turn_of
from tests.postgresql import fresh_database
from tests.studio import STUDIO

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT :begin UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :end)"
#: Never read: sealed by nobody.
_FILL = (
    "INSERT INTO contact (id, practice, channel, account, sealed, created_at)"
    f" {_NUMBERS} SELECT 'old' || i, :us, 'whatsapp', '100', :blob, i FROM n",
    "INSERT INTO contact_handle (practice, handle, contact)"
    f" {_NUMBERS} SELECT :us, 'handle' || i, 'old' || i FROM n",
    "INSERT INTO conversation (id, practice, version, sealed, owner, epoch, updated_at)"
    f" {_NUMBERS} SELECT 'old' || i, :us, 1, :blob, 'bot', 1, i FROM n",
    "INSERT INTO inbox (practice, channel, account, event, conversation, kind, sealed, sent_at, received_at,"
    f" state, attempts) {_NUMBERS} SELECT :us, 'whatsapp', '100', 'event' || i, 'old' || i, 'text', :blob, i,"
    " i, 'done', 1 FROM n",
    "INSERT INTO turn (id, practice, conversation, started_at, finished_at, sealed)"
    f" {_NUMBERS} SELECT 'turn' || i, :us, 'old' || i, i, i, :blob FROM n",
    "INSERT INTO outbox (id, practice, conversation, author, exempt, sealed, state, attempts, created_at,"
    f" not_before, message_id, receipt) {_NUMBERS} SELECT 'out' || i, :us, 'old' || i, 'bot', :no, :blob,"
    " 'sent', 1, i, i, 'wamid' || i, 3 FROM n",
)


def fill(house: House, begin: int, end: int) -> None:
    values = {"begin": begin, "end": end, "blob": b"x" * 400, "no": False, "us": STUDIO.id}
    for statement in _FILL:
        given = {name: value for name, value in values.items() if f":{name}" in statement}
        # mypy cannot tell the type of a lambda with defaults, which bind this round's values.
        house.database.write_now(lambda connection, s=statement, g=given: connection.execute(text(s), g))  # type: ignore[misc]


async def turns(house: House, count: int, size: int) -> float:
    """Milliseconds of CPU a turn, of this process."""
    began = time.process_time()
    for number in range(count):
        words = said(f"wamid.{size}.{number}", "ciao", sender=f"39{size}{number:05}")
        conversation = await house.hear(words)
        snapshot = await house.loaded(conversation)
        await house.store.begin(snapshot, [message.id for message in snapshot.pending])
        reply = StagedReply(id=str(uuid.uuid4()), reply=Reply(text="ciao"))
        turn = replace(turn_of(snapshot), turn=str(uuid.uuid4()), replies=(reply,))
        head = await house.store.commit(turn)
        assert head is not None
        await house.store.settle(head, state=OutboxState.SENT, message_id=f"wamid.out.{size}.{number}")
    return (time.process_time() - began) * 1000 / count


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", type=int, nargs="+", default=[1_000, 20_000])
    arguments.add_argument("--turns", type=int, default=300)
    arguments.add_argument("--postgresql", action="store_true")
    given = arguments.parse_args()
    first = 0.0
    with tempfile.TemporaryDirectory(prefix="chairside-growth-") as folder:
        house = House(fresh_database() if given.postgresql else sqlite_url(Path(folder) / "grown.db"))
        asyncio.run(turns(house, 50, 0))  # statements are compiled once
        stored = 0
        for size in given.sizes:
            fill(house, stored, size)
            stored = size
            cost = asyncio.run(turns(house, given.turns, size))
            first = first or cost
            print(
                f"{size:>9} conversations: {cost:.2f} ms of CPU a turn, {cost / first:.2f} of the first",
                flush=True,
            )
        house.database.close()
    raise SystemExit(0 if cost <= 1.3 * first else 1)


if __name__ == "__main__":
    main()
