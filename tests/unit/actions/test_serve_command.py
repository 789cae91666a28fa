"""`chairside actions serve` refuses what would leave patients' data open to others."""

import pytest
from typer.testing import CliRunner

from bot.commands.command_line import cli
from bot.errors import ChairsideError


def refusal(*arguments: str, **environment: str) -> str:
    result = CliRunner(env={"CHAIRSIDE_ACTIONS_TOKEN": "", **environment}).invoke(
        cli, ["actions", "serve", "--demo", *arguments]
    )
    assert isinstance(result.exception, ChairsideError)
    return str(result.exception)


def test_it_wants_a_token() -> None:
    assert refusal() == (
        "--token: the environment variable CHAIRSIDE_ACTIONS_TOKEN is not set; set it, or use file:PATH;"
        " make one with: openssl rand -hex 32; or serve this machine only, with --no-token"
    )


def test_a_token_does_not_stand_on_the_command_line() -> None:
    said = refusal("--token", "s3cret")

    assert said.startswith(
        "--token takes no secret itself, which others could see; write env:NAME or file:PATH"
    )
    assert "s3cret" not in said


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "practice.example.org"])
def test_without_a_token_it_stays_on_this_machine(host: str) -> None:
    assert refusal("--no-token", "--host", host) == (
        f"without a token actions are served to this machine only, not on {host}; name one with"
        " --token env:NAME, or leave out --host"
    )
