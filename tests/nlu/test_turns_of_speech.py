import re
from pathlib import Path

import pytest

from nlu import turns_of_speech
from nlu.shipped_yaml import shipped_yaml

SAID = shipped_yaml(Path(turns_of_speech.__file__).with_suffix(".yml"))
PHRASES = [(name, phrase) for name, said in SAID.items() for phrases in said.values() for phrase in phrases]


def heard(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){getattr(turns_of_speech, name.upper())}", text, re.IGNORECASE) is not None


@pytest.mark.parametrize(("name", "phrase"), PHRASES)
def test_each_phrase_is_heard_as_a_whole(name: str, phrase: str) -> None:
    whole = phrase.replace("*", "")
    goes_on = phrase.endswith("*")

    assert heard(name, f"{whole.capitalize()}!")
    assert heard(name, f"... {whole}ете ...") is goes_on


@pytest.mark.parametrize("name", sorted(SAID))
def test_each_language_says_it(name: str) -> None:
    assert set(SAID[name]) == {"en", "it", "ru"}
