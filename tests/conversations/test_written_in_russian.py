"""Conversations with Russian patients, written in YAML."""

from pathlib import Path

from tests.conversations.written import HERE, LEAST, otherwise


async def test_every_russian_conversation_goes_as_it_is_written(tmp_path: Path) -> None:
    count, wrong = await otherwise(HERE / "ru", tmp_path)

    assert wrong == []
    assert count >= LEAST
