"""The sign-in service in practice.yml."""

from pathlib import Path

import pytest

from bot.domain.practice import SignInService
from bot.errors import ContentRefused
from bot.settings import load_practice
from bot.source import content

DEMO = content("practice.yml").read_text(encoding="utf-8")
SECRETS = {
    f"{channel}_{what}": "x"
    for channel in ("WHATSAPP", "MESSENGER", "INSTAGRAM")
    for what in ("APP_SECRET", "VERIFY_TOKEN", "ACCESS_TOKEN")
}
ENTRY = """
sign_in:
  oidc:
    issuer: {issuer}
    client_id: chairside
    client_secret: {secret}
    roles: {{agent: [reception], admin: [it]}}
"""


def load(
    folder: Path, *, issuer: str = "https://id.example.org", secret: str = "env:SIGN_IN"
) -> SignInService | None:
    path = folder / "practice.yml"
    path.write_text(DEMO + ENTRY.format(issuer=issuer, secret=secret), encoding="utf-8")
    return load_practice(path, environment={**SECRETS, "SIGN_IN": "s3cret"}).sign_in


def test_a_practice_names_its_sign_in_service(tmp_path: Path) -> None:
    assert load(tmp_path) == SignInService(
        issuer="https://id.example.org",
        client_id="chairside",
        client_secret="s3cret",
        roles={"agent": ("reception",), "admin": ("it",)},
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://id.example.org"},
        {"issuer": "https://me:word@id.example.org"},
        {"issuer": "https://id.example.org/?tenant=1"},
        {"issuer": "id.example.org"},
        {"secret": "s3cret"},
    ],
)
def test_a_service_that_proves_nothing_is_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(ContentRefused) as refused:
        load(tmp_path, **wrong)

    assert len(refused.value.problems) == 1
    assert "s3cret" not in str(refused.value)
