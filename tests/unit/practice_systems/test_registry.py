"""Which adapter a `kind` in practice.yml means: ours, or that of a package that somebody has installed."""

from pathlib import Path

import pytest

from bot.errors import SetupError
from bot.practice_systems.registry import ADAPTERS, known_kinds, opener_of


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with two adapters, one of which cannot be loaded."""
    (tmp_path / "somebodys_adapter.py").write_text(
        "def open_softdent(settings, **given):\n    return settings\n"
    )
    metadata = tmp_path / "somebodys_adapter-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: somebodys-adapter\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[chairside.practice_systems]\n"
        "softdent = somebodys_adapter:open_softdent\n"
        "halfdent = somebodys_adapter:open_halfdent\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.parametrize("kind", sorted(ADAPTERS))
def test_every_adapter_of_ours_can_be_opened(kind: str) -> None:
    assert callable(opener_of(kind))


@pytest.mark.usefixtures("installed")
def test_an_adapter_of_another_package_is_found_by_its_entry_point() -> None:
    assert opener_of("softdent").__name__ == "open_softdent"  # type: ignore[attr-defined]
    assert {"softdent", "halfdent", "embedded", "google"} <= set(known_kinds())


@pytest.mark.usefixtures("installed")
def test_an_adapter_that_cannot_be_loaded_is_named_with_the_reason() -> None:
    with pytest.raises(SetupError, match=r'"halfdent" cannot be loaded: AttributeError'):
        opener_of("halfdent")


def test_a_kind_that_nobody_has_installed_is_told_with_what_there_is() -> None:
    with pytest.raises(SetupError, match=r"caldav, dentally, embedded, fhir, google, requests"):
        opener_of("softdent")
