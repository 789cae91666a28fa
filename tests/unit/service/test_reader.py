"""Many patients write in the same moment: they are read together, and nobody else waits for all of them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.bootstrap import DEMO_ENVIRONMENT, Configuration, read_assistant, read_practice
from bot.dialogue import Conversation
from bot.service.hearing.understanding import AT_ONCE, Reader
from nlu.understanding import Context, Understanding

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


class CountingInterpreter:
    """Understands nothing, and knows what it was given each time."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def understand_many(self, batch: Sequence[tuple[str, Context]]) -> list[Understanding]:
        self.batches.append(len(batch))
        return [Understanding(text=text, language="it", intent=None) for text, _ in batch]


async def test_forty_patients_who_write_at_once_are_read_in_groups_with_the_door_open_in_between(
    tmp_path: Path,
) -> None:
    configuration = Configuration(data=tmp_path, environment=DEMO_ENVIRONMENT)
    practice = read_practice(configuration)
    assistant = read_assistant(configuration, practice)
    interpreter = CountingInterpreter()
    reader = Reader(interpreter=interpreter, practice=practice)
    seen_at_the_door: list[int] = []

    async def stand_at_the_door() -> None:
        while True:
            seen_at_the_door.append(sum(interpreter.batches))
            await asyncio.sleep(0)

    door = asyncio.create_task(stand_at_the_door())
    understood = await asyncio.gather(
        *[
            reader.understand(
                f"patient {n}", assistant, Conversation.new(f"c{n}", language="it"), at=NOW, known=True
            )
            for n in range(40)
        ]
    )
    door.cancel()

    assert [each.text for each in understood] == [f"patient {n}" for n in range(40)]
    assert interpreter.batches == [AT_ONCE, AT_ONCE, 8]
    assert {AT_ONCE, 2 * AT_ONCE} <= set(seen_at_the_door)
