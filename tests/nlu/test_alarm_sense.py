"""Emergencies in words that no phrase foresaw, measured on sentences that are taught nowhere.

The floors lie a little under what was measured (docs/understanding.md), so that nothing gets worse unseen.
"""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from nlu.alarm_lessons import alarm_lessons, told
from nlu.alarm_sense import is_current, shipped_sense
from nlu.interpreter import OfflineInterpreter
from tests.nlu.conftest import context

HERE = Path(__file__).parent
LANGUAGES = ("en", "it", "ru")
#: Of level A and B heard at their level; look-alikes that alarm.
FLOORS = {"sealed": (0.98, 0.08), "dev": (0.92, 0.12), "in_passing": (0.86, 0.08)}


def test_what_was_learnt_is_of_the_cases_that_are_told_now() -> None:
    assert is_current()
    assert shipped_sense() is not None


def test_nothing_that_is_measured_is_taught() -> None:
    taught = {lesson.text for lesson in alarm_lessons([])}
    measured = [
        case["text"] for folder in FLOORS for language in LANGUAGES for case in _cases(folder, language)
    ]

    assert [text for text in measured if text in taught and len(text.split()) > 4] == []


def test_a_case_is_told_within_a_frame_that_makes_it_none() -> None:
    lessons = {lesson.text: lesson.kind for lesson in alarm_lessons([])}
    frames = next(
        content
        for content in told().values()
        if "two years ago {x}. all fine now" in content["frames"]["unreal"]
    )
    unreal = [
        kind
        for frame in frames["frames"]["unreal"]
        for text in frames["cases"]["A airway"]
        if (kind := lessons.get(frame.format(x=text))) is not None
    ]

    assert set(unreal) == {"none"}


@pytest.mark.parametrize("folder", FLOORS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_emergencies_are_heard_as_well_as_they_were(
    interpreter: OfflineInterpreter, folder: str, language: str
) -> None:
    cases = _cases(folder, language)
    read = interpreter.understand_many([(case["text"], context()) for case in cases])
    grave = [
        (case["level"], one.red_flag) for case, one in zip(cases, read, strict=True) if case["level"] in "AB"
    ]
    alike = [one.red_flag for case, one in zip(cases, read, strict=True) if case["level"] == "none"]
    missed = sum(flag is None or flag.level > level for level, flag in grave)
    alarmed = sum(flag is not None for flag in alike)
    recall, false_alarms = FLOORS[folder]

    assert missed / len(grave) <= 1 - recall
    assert alarmed / len(alike) <= false_alarms


def _cases(folder: str, language: str) -> list[dict[str, str]]:
    content: list[dict[str, str]] = YAML(typ="safe", pure=True).load(
        (HERE / folder / language / "red_flags.yml").read_text(encoding="utf-8")
    )
    return content
