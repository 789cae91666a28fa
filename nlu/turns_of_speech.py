"""Words that mean the same to several rooms, kept once (nlu/turns_of_speech.yml): "late", "by mistake".

Each is a group for a regular expression that ignores case, verbose or not, and ends where a word does. A room
that hears more adds that to its own expression, so that no other room begins to hear it.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from nlu.shipped_yaml import shipped_yaml


def _group(phrases: Mapping[str, Sequence[str]]) -> str:
    """The longer first: "see you then" is not over behind "see"."""
    every = {phrase for language in phrases.values() for phrase in language}
    return rf"(?:{'|'.join(map(_written, sorted(every, key=lambda p: (-len(p), p))))})(?!\w)"


def _written(phrase: str) -> str:
    words = (
        re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "") for word in phrase.split()
    )
    return r"\s".join(words)


_SAID = {name: _group(said) for name, said in shipped_yaml(Path(__file__).with_suffix(".yml")).items()}

LATE = _SAID["late"]
SEE_YOU = _SAID["see_you"]
BY_MISTAKE = _SAID["by_mistake"]
WRONG_NUMBER = _SAID["wrong_number"]
SURNAME = _SAID["surname"]
ON_SECOND_THOUGHTS = _SAID["on_second_thoughts"]
OF_TEETH = _SAID["of_teeth"]
IN_DISTRESS = _SAID["in_distress"]
