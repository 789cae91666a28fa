"""Actions that a practice brings along: found where they are said to be, or refused with file and line."""

import sys
from pathlib import Path

import pytest

from bot.actions.loading import load_actions
from bot.errors import ContentRefused, SetupError

HELLO = """\
from rasa_sdk import Action


class Hello(Action):
    def name(self):
        return "action_hello"

    def run(self, dispatcher, tracker, domain):
        return []
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is imported here is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "modules", sys.modules.copy())


def names(of: str | Path) -> list[str]:
    return [action.name() for action in load_actions(of)]


def mistakes(of: str | Path) -> list[str]:
    with pytest.raises(ContentRefused) as refused:
        load_actions(of)
    return [str(problem) for problem in refused.value.problems]


def test_a_file_offers_its_own_actions(tmp_path: Path) -> None:
    (tmp_path / "words.py").write_text('WORD = "hello"\n')
    (tmp_path / "actions.py").write_text(f"from words import WORD\n{HELLO}")

    assert names("actions.py") == ["action_hello"]


def test_two_files_of_one_name_are_two_modules(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "actions.py").write_text(HELLO.replace("hello", folder))

    assert [names(f"{folder}/actions.py") for folder in ("one", "other")] == [
        ["action_one"],
        ["action_other"],
    ]


def test_a_module_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "practice_actions.py").write_text(HELLO)

    assert names("practice_actions") == ["action_hello"]


@pytest.mark.parametrize("named", ["clinic_actions", Path("clinic_actions")])
def test_a_package_offers_the_actions_of_its_modules(tmp_path: Path, named: str | Path) -> None:
    package = tmp_path / "clinic_actions"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "inner" / "__init__.py").write_text("")
    (package / "hello.py").write_text(HELLO)
    (package / "inner" / "bye.py").write_text(
        f"from clinic_actions.hello import Hello\n{HELLO.replace('ello', 'ye')}"
    )

    assert names(named) == ["action_hello", "action_hye"]


def test_a_list_says_what_is_offered(tmp_path: Path) -> None:
    (tmp_path / "actions.py").write_text(
        f"{HELLO}\n\nclass Named(Hello):\n    def __init__(self, name):\n        self._name = name\n"
        "    def name(self):\n        return self._name\n\n\n"
        'ACTIONS = [Hello, Named("action_second")]\n'
    )

    assert names("actions.py") == ["action_hello", "action_second"]


@pytest.mark.parametrize(
    ("source", "mistake"),
    [
        (
            "import json\nimport not_there_at_all\n",
            'actions.py:2:1: E-ACTION "actions.py" cannot be imported: ModuleNotFoundError: No module named'
            " 'not_there_at_all'",
        ),
        (
            "def run(:\n",
            'actions.py:1:9: E-ACTION "actions.py" cannot be imported: SyntaxError: invalid syntax',
        ),
        (
            "import sys\n\nsys.exit(3)\n",
            'actions.py:3:1: E-ACTION "actions.py" cannot be imported: SystemExit: 3',
        ),
        (
            "X = 1\n",
            "actions.py:1:1: E-ACTION has no action: write a class that is a rasa_sdk.Action, or list"
            ' yours in "ACTIONS"',
        ),
        ("ACTIONS = [3]\n", "actions.py:1:1: E-ACTION int is not a rasa_sdk.Action"),
        ('ACTIONS = "Hello"\n', 'actions.py:1:1: E-ACTION "ACTIONS" must be a list of actions'),
        (
            "from rasa_sdk import Action\n\nclass Nameless(Action):\n    pass\n",
            "actions.py:3:1: E-ACTION Nameless is no action: NotImplementedError: An action must implement a"
            " name; it needs name() and run(dispatcher, tracker, domain), and what takes arguments goes into"
            ' "ACTIONS"',
        ),
        (
            HELLO + HELLO.replace("class Hello", "class Again"),
            'actions.py:13:1: E-ACTION two actions are called "action_hello"; rename one of them',
        ),
    ],
)
def test_a_module_that_cannot_be_used_is_refused_with_its_line(
    tmp_path: Path, source: str, mistake: str
) -> None:
    (tmp_path / "actions.py").write_text(source)

    assert mistakes("actions.py") == [mistake]


def test_a_mistake_deep_in_an_import_is_shown_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "helping.py").write_text("\n\n1 / 0\n")
    (tmp_path / "actions.py").write_text("import helping\n")

    assert mistakes("actions.py") == [
        'helping.py:3:1: E-ACTION "actions.py" cannot be imported: ZeroDivisionError: division by zero'
    ]


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("no_such_module", 'there is no module "no_such_module"'),
        ("nowhere/actions.py", "nowhere/actions.py does not exist"),
    ],
)
def test_a_module_that_is_not_there_is_told(named: str, message: str) -> None:
    with pytest.raises(SetupError, match=message):
        load_actions(named)
