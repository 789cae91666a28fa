"""Conversations with English patients, written in YAML."""

from pathlib import Path

from tests.conversations.written import HERE, LEAST, otherwise


async def test_every_english_conversation_goes_as_it_is_written(tmp_path: Path) -> None:
    count, wrong = await otherwise(HERE / "en", tmp_path)

    assert wrong == []
    assert count >= LEAST
