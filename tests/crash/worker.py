"""A worker that loads one conversation, waits for a word on its input, and then tries to finish its turn.

python -m tests.crash.worker URL NAME CONVERSATION
"""

import asyncio
import sys
from datetime import timedelta

from bot.errors import StaleConversation
from tests.contracts.test_stores import House, turn_of

PATIENCE = timedelta(seconds=1)  # then it is taken for dead


async def work(url: str, name: str, conversation: str) -> None:
    house = House(url, worker=name, patience=PATIENCE)
    await house.store.claims.show_life()
    snapshot = await house.store.load(conversation, worker=name)
    print("loaded" if snapshot else "not ours", flush=True)
    if snapshot is None:
        return
    await asyncio.to_thread(sys.stdin.readline)
    try:
        head = await house.store.commit(turn_of(snapshot, f"from {name}"))
    except StaleConversation:
        print("stale", flush=True)
        return
    assert head is not None
    print("may post" if not house.store.has_moved(head) else "has slept", flush=True)


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:4]))
