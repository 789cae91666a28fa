"""The strings of the pages."""

import re
from pathlib import Path

import bot.web
from bot.source import content
from bot.web.wording import LANGUAGES, wording

WEB = Path(bot.web.__file__).parent
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in [*(WEB / "static").glob("*.js"), *(WEB / "templates").glob("*.html")]
)
#: Keys that pages put together from a word of the service: words[`reason_${...}`].
FAMILIES = (
    *("reason_", "state_", "kind_", "language_", "slot_", "sign_in_", "filter_", "none_", "card_", "flow_"),
    *("tried_", "booking_", "bad_", "key_"),
)


def test_every_string_is_there_in_every_language() -> None:
    english = wording("en")
    for language in LANGUAGES:
        strings = wording(language)

        assert [key for key, text in strings.items() if not text.strip()] == []
        assert {key: fields(text) for key, text in strings.items()} == {
            key: fields(text) for key, text in english.items()
        }


def test_every_string_that_a_page_asks_for_is_there() -> None:
    asked = set(re.findall(r"\bwords\.([a-z_]+)|\bsay\(\"([a-z_]+)\"", SOURCES))
    keys = {first or second for first, second in asked}

    assert keys - set(wording("en")) == set()


def test_staff_read_in_words_why_they_are_needed() -> None:
    flows = "\n".join(path.read_text(encoding="utf-8") for path in content("flows").rglob("*.yml"))
    said_by_flows = set(re.findall(r"handoff_reason: (\w+)", flows)) - {"null"}
    reasons = said_by_flows | {"asked", "misunderstood", "emergency", "complaint", "error", "media"}
    reasons |= {"no_openings", "taken", "undeliverable"}

    assert {"reschedule_visit", "my_data"} < said_by_flows
    assert {f"reason_{reason}" for reason in reasons} - set(wording("en")) == set()


def test_no_string_is_left_over() -> None:
    unused = [
        key for key in wording("en") if not key.startswith(FAMILIES) and not re.search(rf"\b{key}\b", SOURCES)
    ]

    assert unused == []


def fields(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))
