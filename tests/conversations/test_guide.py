"""The example of the guide to written conversations."""

from pathlib import Path

from tests.conversations.written import HERE, otherwise


async def test_the_example_of_the_guide_goes_as_it_is_written(tmp_path: Path) -> None:
    guide = (HERE.parents[1] / "docs" / "test-a-flow.md").read_text(encoding="utf-8")
    file = tmp_path / "guide.yml"
    file.write_text(guide.split("```yaml\n")[1].split("```")[0], encoding="utf-8")

    assert await otherwise(file, tmp_path / "diaries") == (1, [])
