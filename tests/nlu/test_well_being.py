"""Whether "how are you?" is answered with "fine", and with nothing else."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from nlu.well_being import says_all_is_well

LANGUAGES = ("en", "it", "ru")
SAID: dict[str, Any] = YAML(typ="safe", pure=True).load(
    (Path(__file__).parent / "how_are_you.yml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_worries_anybody_is_read_as_fine(language: str) -> None:
    worrying = [*SAID[language]["worrying"], *SAID[language]["apart"]["worrying"]]

    assert len(worrying) >= 20
    assert [text for text in worrying if says_all_is_well(text, LANGUAGES)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_fine_is_mostly_understood_in_words_that_nobody_tuned_on(language: str) -> None:
    apart = SAID[language]["apart"]["fine"]
    known = SAID[language]["fine"]

    assert sum(says_all_is_well(text, LANGUAGES) for text in apart) >= len(apart) - 1 == 7
    assert sum(says_all_is_well(text, LANGUAGES) for text in known) >= len(known) - 1


@pytest.mark.parametrize(
    "text",
    [
        "is it normal",
        "no, pain all night",
        "pain all over",
        "il sangue è sceso tutta la notte",
        "боль, спала ночью",
        "I was better yesterday",
        "non sento niente",
        "the painkillers wore off",
        "обезболивающее прошло",
        "good?",
        "fine, what time are you open",
        "tutto bene ma sanguina",
        "лучше бы не ходила",
        "😢",
        "no",
        "thanks",
        "",
        "fine " * 60,
    ],
)
def test_words_that_only_look_like_fine_are_for_a_person(text: str) -> None:
    assert not says_all_is_well(text, LANGUAGES)


@pytest.mark.parametrize(
    "text", ["It was great, thank you!", "Siete stati bravissimi", "Всё понравилось, спасибо"]
)
def test_a_visit_that_was_good_is_told_in_the_past(text: str) -> None:
    assert says_all_is_well(text, LANGUAGES, of_a_visit=True)
    assert not says_all_is_well(text, LANGUAGES)


def test_a_language_without_words_says_it_to_nobody() -> None:
    assert not says_all_is_well("tutto bene", ["xx"])
