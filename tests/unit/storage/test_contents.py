"""Content stays as long as a conversation may be under way in it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.dialogue import Assistant, load_assistant
from bot.storage.sealing.contents import ContentFolder

MONDAY = datetime(2027, 3, 1, 8, tzinfo=UTC)
DAYS = timedelta(days=7 + 7)  # a session, and a week more


def written(folder: Path, text: str) -> tuple[Assistant, list[Path]]:
    """Content that says this, in a folder as a practice has it."""
    (folder / "flows" / "more").mkdir(parents=True, exist_ok=True)
    (folder / "flows" / "more" / "say.yml").write_text(
        f"responses: {{utter_say: [{{text: {text}}}]}}\n"
        "flows: {say: {description: d, steps: [{action: utter_say}]}}\n"
    )
    folders = [folder / "flows"]
    return load_assistant(folders, languages=["en"]), folders


def test_what_is_kept_loads_as_it_was(tmp_path: Path) -> None:
    contents = ContentFolder(tmp_path / "kept")
    first, folders = written(tmp_path, "one")
    contents.keep(first, folders, at=MONDAY)
    second, folders = written(tmp_path, "two")
    contents.keep(second, folders, at=MONDAY + timedelta(days=1))
    kept = contents.folders(first.version)

    assert kept is not None
    assert load_assistant(kept, languages=["en"]).version == first.version
    assert contents.folders("0" * 64) is None
    assert contents.folders("../kept") is None


def test_replaced_content_is_forgotten_when_no_session_can_be_left_in_it(tmp_path: Path) -> None:
    contents = ContentFolder(tmp_path / "kept")
    first, folders = written(tmp_path, "one")
    contents.keep(first, folders, at=MONDAY)
    second, folders = written(tmp_path, "two")
    much_later = MONDAY + timedelta(days=400)
    contents.keep(second, folders, at=much_later)
    assert contents.folders(first.version) is not None  # it ran until then
    contents.keep(second, folders, at=much_later + DAYS)
    assert contents.folders(first.version) is not None
    contents.keep(second, folders, at=much_later + DAYS + timedelta(seconds=1))

    assert contents.folders(first.version) is None
    assert contents.folders(second.version) is not None
