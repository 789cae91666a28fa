"""`suggest` in practice.yml: which answers somebody reads before the patient does."""

from pathlib import Path

import pytest

from bot import bootstrap
from bot.errors import ContentRefused
from bot.source import content


def configured(folder: Path, line: str) -> bootstrap.Configuration:
    """The demo practice with one line more."""
    (folder / "practice.yml").write_text(
        content("practice.yml").read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8"
    )
    environment = {"CHAIRSIDE_PRACTICE": str(folder / "practice.yml")}
    return bootstrap.Configuration(data=folder, environment=environment, demo=True)


@pytest.mark.parametrize(
    ("line", "suggested"),
    [
        ("", frozenset()),
        ("suggest: all", None),
        ("suggest: [new_patient_consult, cancel_visit]", {"new_patient_consult", "cancel_visit"}),
    ],
)
def test_a_practice_names_the_flows_that_it_reads_first(
    tmp_path: Path, line: str, suggested: frozenset[str] | None
) -> None:
    assert bootstrap.read_practice(configured(tmp_path, line)).suggest == suggested


def test_what_is_no_list_of_flows_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ContentRefused, match='must be "all", or a list of flows'):
        bootstrap.read_practice(configured(tmp_path, "suggest: everything"))


def test_a_flow_that_is_not_there_stops_the_check(tmp_path: Path) -> None:
    configuration = configured(tmp_path, "suggest: [new_patient_konsult]")
    with pytest.raises(ContentRefused, match=r"new_patient_konsult, which is no flow") as refused:
        bootstrap.read_assistant(configuration, bootstrap.read_practice(configuration))
    [mistake] = refused.value.problems
    lines = (tmp_path / "practice.yml").read_text(encoding="utf-8").splitlines()
    assert lines[mistake.position.line - 1].startswith("suggest")
    assert 'did you mean "new_patient_consult"?' in mistake.message
