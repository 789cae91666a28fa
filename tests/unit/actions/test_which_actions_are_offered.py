"""Content may name an action when somebody has it: we, the practice's own module, or an action server."""

from pathlib import Path

import pytest

from bot.bootstrap import Configuration, read_assistant, read_practice
from bot.errors import ContentRefused
from bot.source import content

ACTIONS = """\
from rasa_sdk import Action


class AsksInsurer(Action):
    def name(self):
        return "action_ask_insurer"

    def run(self, dispatcher, tracker, domain):
        return []
"""


@pytest.fixture
def practice(tmp_path: Path) -> Path:
    """A practice whose flows want an action that is not ours."""
    (tmp_path / "practice.yml").write_text(content("practice.yml").read_text(encoding="utf-8"))
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "actions.yml").write_text(
        "actions:\n  - action_release_holds\n  - action_ask_insurer\n"
    )
    (tmp_path / "our_actions.py").write_text(ACTIONS)
    return tmp_path


def names(practice: Path, **environment: str) -> list[str]:
    environment["CHAIRSIDE_PRACTICE"] = str(practice / "practice.yml")
    configuration = Configuration(data=practice / "data", environment=environment, demo=True)
    return sorted(read_assistant(configuration, read_practice(configuration)).actions)


def test_an_action_that_nobody_has_is_refused(practice: Path) -> None:
    with pytest.raises(ContentRefused) as refused:
        names(practice)

    [problem] = refused.value.problems
    assert (problem.code, problem.position.line) == ("E-REF", 3)
    assert 'no code offers the action "action_ask_insurer"' in problem.message


def test_an_action_of_the_practice_itself_is_known(practice: Path) -> None:
    own = str(practice / "our_actions.py")

    assert names(practice, CHAIRSIDE_ACTIONS=own) == ["action_ask_insurer", "action_release_holds"]


def test_what_an_action_is_sent_must_exist(practice: Path) -> None:
    (practice / "flows" / "actions.yml").write_text(
        "actions:\n  - action_release_holds: {sends: [chanel], sends_message: maybe}\n"
    )
    with pytest.raises(ContentRefused) as refused:
        names(practice)

    assert [(problem.code, problem.message) for problem in refused.value.problems] == [
        ("E-REF", 'there is no slot "chanel"; did you mean "channel"?'),
        ("E-TYPE", '"sends_message" of action "action_release_holds" must be true or false'),
    ]


def test_an_action_server_may_have_any_action(practice: Path) -> None:
    with (practice / "practice.yml").open("a", encoding="utf-8") as file:
        file.write("\naction_server: {url: 'http://127.0.0.1:5055/webhook', token: env:ACTIONS}\n")

    assert names(practice, ACTIONS="t0p") == ["action_ask_insurer", "action_release_holds"]
