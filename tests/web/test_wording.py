"""The strings of the pages."""

import re
from pathlib import Path

import pytest

import bot.web
from bot.errors import SetupError
from bot.source import content
from bot.web.wording import LANGUAGES, read_words, wording

WEB = Path(bot.web.__file__).parent
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in [*(WEB / "static").glob("*.js"), *(WEB / "templates").glob("*.html")]
)
#: Keys that pages put together from a word of the service: words[`reason_${...}`].
FAMILIES = (
    *("reason_", "state_", "kind_", "language_", "slot_", "sign_in_", "filter_", "none_", "card_", "flow_"),
    *("file_", "tried_", "booking_", "bad_", "key_", "page_", "period_", "outcome_", "span_", "deed_"),
    *("role_", "call_", "chat_too_", "templates_none_", "templates_gap_"),
    *("flag_", "detail_", "copy_"),
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


def test_staff_read_in_words_what_the_emergency_may_be() -> None:
    told = "\n".join(path.read_text(encoding="utf-8") for path in content("nlu/red_flags").glob("*.yml"))
    keys = set(re.findall(r"- key: (\w+)", told))

    assert "airway" in keys
    assert {f"flag_{key}" for key in keys} - set(wording("en")) == set()


def test_no_string_is_left_over() -> None:
    unused = [
        key for key in wording("en") if not key.startswith(FAMILIES) and not re.search(rf"\b{key}\b", SOURCES)
    ]

    assert unused == []


def test_a_string_that_one_language_lacks_is_told_with_its_place(tmp_path: Path) -> None:
    write(
        tmp_path,
        en='hello: "Hello"\nbye: "Bye"\n',
        it='hello: "Salve"\nbye: "A presto"\n',
        ru='bye: "Пока"\n',
    )

    with pytest.raises(SetupError, match=r"words/en/door.yml:1:8: hello has no words in Русский; add it"):
        read_words(tmp_path)


@pytest.mark.parametrize("wrong", ['hello: ""', "hello: 3", "hello: [a]", "hello:"])
def test_a_string_without_words_is_told_with_its_place(tmp_path: Path, wrong: str) -> None:
    write(tmp_path, en=wrong, it='hello: "Salve"', ru='hello: "Добрый день"')

    with pytest.raises(SetupError, match=r"words/en/door.yml:1:1: hello needs words"):
        read_words(tmp_path)


def test_a_string_stands_in_one_file_only(tmp_path: Path) -> None:
    write(tmp_path, en='hello: "Hello"', it='hello: "Salve"', ru='hello: "Добрый день"')
    (tmp_path / "en" / "page.yml").write_text('hello: "Hi"')

    with pytest.raises(SetupError, match=r"words/en/page.yml:1:1: hello stands in words/en/door.yml too"):
        read_words(tmp_path)


def write(folder: Path, **words: str) -> None:
    for language, text in words.items():
        (folder / language).mkdir()
        (folder / language / "door.yml").write_text(text, encoding="utf-8")


def fields(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))
