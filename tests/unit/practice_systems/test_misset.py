"""A practice's own software that cannot be opened is told before any patient writes, all of it at once."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.diaries import refuse_what_cannot_open
from bot.domain.outside import SystemSettings
from bot.errors import SetupError
from bot.practice_systems.misset import SystemMisset, key_of
from tests.studio import STUDIO

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
URL, PASSWORD = "https://cloud.example.org", {"password": "x"}


async def mistakes(kind: str, **settings: Any) -> dict[str, str]:
    """By key."""
    practice = replace(STUDIO, system=SystemSettings(kind=kind, **settings))
    try:
        await refuse_what_cannot_open(practice, now=lambda: NOW)
    except SystemMisset as misset:
        return {".".join(key_of(each)[1:]): each for each in misset.mistakes}
    return {}


@pytest.mark.parametrize(
    ("kind", "settings", "keys"),
    [
        ("caldav", {}, {"options.url", "options.user", "secrets.password"}),
        (
            "caldav",
            {"options": {"url": "", "user": " "}},
            {"options.url", "options.user", "secrets.password"},
        ),
        ("caldav", {"options": {"url": "https://[x", "user": "u"}, "secrets": PASSWORD}, {"options.url"}),
        ("caldav", {"options": {"url": URL, "login": "bearer"}}, {"secrets.token"}),
        ("caldav", {"options": {"url": URL, "user": True}, "secrets": PASSWORD}, {"options.user"}),
        (
            "caldav",
            {"options": {"ulr": URL, "user": "u", "show_patients": "yes"}, "secrets": {"pasword": "x"}},
            {"options.url", "options.ulr", "options.show_patients", "secrets.password", "secrets.pasword"},
        ),
        ("fhir", {}, {"options.url", "secrets"}),
        ("fhir", {"options": {"url": URL, "client_id": "x"}}, {"secrets.private_key"}),
        ("fhir", {"options": {"url": URL}, "secrets": {"private_key": "x"}}, {"options.client_id"}),
        ("fhir", {"options": {"url": URL, "openings": 5}}, {"options.openings", "secrets"}),
        ("google", {}, {"secrets"}),
        (
            "google",
            {"options": {"watch": URL, "also_busy": "nobody=x", "token_url": ""}},
            {"secrets", "options.watch", "options.also_busy", "options.token_url"},
        ),
        ("dentally", {}, {"secrets.api_key", "options.contact", "practitioners"}),
        (
            "dentally",
            {"options": {"contact": "us", "site": "", "webhook_header": "X"}, "secrets": {"api_key": "k"}},
            {"options.contact", "options.site", "options.webhook_header", "practitioners"},
        ),
        ("requests", {"options": {"url": URL}, "practitioners": {"rossi": "rossi.ics"}},
         {"options.url", "practitioners.rossi"}),
        ("embedded", {"secrets": {"password": "x"}}, {"secrets.password"}),
    ],
)  # fmt: skip
async def test_every_setting_that_is_missing_empty_or_mistyped_is_told_at_once(
    kind: str, settings: dict[str, Any], keys: set[str]
) -> None:
    told = await mistakes(kind, **settings)

    assert set(told) == keys


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("caldav", {"options": {"url": URL, "user": "u", "show_patients": True}, "secrets": PASSWORD}),
        ("caldav", {"options": {"url": URL, "user": "u", "login": "digest"}, "secrets": PASSWORD}),
        ("caldav", {"options": {"url": URL}, "secrets": {"token": "x"}}),
        ("fhir", {"options": {"url": URL}, "secrets": {"token": "x"}}),
        ("fhir", {"options": {"url": "http://127.0.0.1:1/"}}),
        ("requests", {"practitioners": {"rossi": "https://example.org/rossi.ics"}}),
        ("requests", {}),
        ("embedded", {}),
    ],
)
async def test_what_can_be_opened_is_not_complained_about(kind: str, settings: dict[str, Any]) -> None:
    assert await mistakes(kind, **settings) == {}


async def test_somebody_elses_adapter_names_its_key_in_its_own_words() -> None:
    error = SetupError("practice_system.options.business is missing; write its number")

    assert key_of(str(error)) == ("practice_system", "options", "business")
    assert key_of("the server is on the moon") == ("practice_system",)
