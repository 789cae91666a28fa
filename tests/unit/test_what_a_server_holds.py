"""A server holds for weeks what its start imported: what serves nobody is not among it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

_ENDS_BEFORE_IT_SERVES = """
import json, sys
import bot.__main__
sys.argv = ["chairside", {command!r}, "--help"]
try:
    bot.__main__.main()
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)))
"""


def run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.splitlines()[-1]


def imported_by(command: str) -> frozenset[str]:
    return frozenset(json.loads(run(_ENDS_BEFORE_IT_SERVES.format(command=command))))


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_server_holds_neither_other_commands_nor_another_web_server(command: str) -> None:
    imported = imported_by(command)

    held = {name for name in imported if name.startswith("bot.commands.")}
    assert held == {f"bot.commands.{name}" for name in ("memory", "running", "serving", "shared")}
    assert not imported & {"sanic", "bot.workshop", "bot.stand_in", "bot.testing", "icalendar", "jwt"}
    assert {"bot.actions.booking", "rasa_sdk"} <= imported


def test_any_other_command_has_them_all() -> None:
    assert {"bot.commands.data", "bot.commands.staff", "icalendar"} <= imported_by("staff")


def test_whoever_looks_into_what_was_put_off_finds_it() -> None:
    looked = "import sys, bot.actions, rasa_sdk.plugin as p; print('sanic' in sys.modules, p.Sanic.__name__)"

    assert run(f"{looked}; print(p.plugin_manager().project_name)") == "rasa_sdk"
    assert run(looked).endswith("Sanic")
    assert run("import sys, bot.actions; print('sanic' in sys.modules)") == "False"
