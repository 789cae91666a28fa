"""Conditions (flow format, section 8): what they mean, what cannot be compared, what does not load."""

from typing import Any

import pytest

from bot.dialogue.conditions import ConditionFailed, ConditionRefused, parse_condition
from bot.errors import Position

HERE = Position("flows/book.yml", 3, 9)
SLOTS: dict[str, Any] = {
    "name": "Anna",
    "count": 3.0,
    "flag": True,
    "off": False,
    "nothing": None,
    "blank": "",
    "False": "False",
    "list": ["a", "b"],
    "empty_list": [],
}
CONTEXT = {"reason": "asked", "info": {"limit": 3}}


def holds(text: str | bool) -> bool:
    return parse_condition(text, HERE).holds(SLOTS, CONTEXT)


@pytest.mark.parametrize(
    "text",
    [
        'slots.name = "Anna"',
        "slots.name == 'Anna'",
        'slots.name IS "Anna"',
        'slots.name is not "Boris"',
        "slots.count = 3",
        "slots.count > 2.5 AND slots.count <= 3",
        'slots.name < "B"',
        "slots.nothing is null",
        "not slots.nothing",
        "not slots.count = 4",
        "slots.flag and (slots.off or slots.count)",
        "{'Boris' 'Anna'} contains slots.name",
        "slots.list contains 'b'",
        "slots.name contains 'nn'",
        'slots.name matches "^A"',
        'slots.name matches "(?i)^anna$"',
        'context.reason is "asked"',
        "context.info.limit = 3",
        "context.unknown is undefined",
        "slots.blank is empty",
        "slots.empty_list = empty",
        "slots.False",
        "slots.flag # a comment",
        "not not slots.flag",
    ],
)
def test_holds(text: str) -> None:
    assert holds(text) is True


@pytest.mark.parametrize(
    "text",
    [
        'slots.count = "3"',
        "slots.off = null",
        "slots.nothing = false",
        "slots.nothing contains 'a'",
        "slots.nothing matches 'a'",
        "slots.count matches '3'",
        "slots.nothing is empty",
        "slots.nothing is undefined",
        "slots.name contains 'ANNA'",
        "slots.blank",
        "slots.empty_list",
        "slots.off or slots.nothing",
        "{} contains slots.name",
    ],
)
def test_does_not_hold(text: str) -> None:
    assert holds(text) is False


def test_a_yaml_boolean_is_a_condition() -> None:
    assert [holds(True), holds(False)] == [True, False]


@pytest.mark.parametrize(
    "text", ["slots.nothing > 3", "slots.name < 3", "slots.flag > 0", "slots.count contains 3"]
)
def test_what_cannot_be_compared_is_an_error_and_never_false(text: str) -> None:
    with pytest.raises(ConditionFailed) as failed:
        holds(text)

    assert str(failed.value).startswith(f'flows/book.yml:3:9: "{text}" ')
    assert "Anna" not in str(failed.value)


def test_a_guard_to_the_left_keeps_the_comparison_from_being_tried() -> None:
    assert holds("slots.nothing is not null and slots.nothing > 3") is False


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("slots.flag and slots.off or slots.name", "E-MIX"),
        ("slots.flag and not (slots.off or slots.name and slots.flag)", "E-MIX"),
        ("name = 'Anna'", "E-COND"),
        ("slots.name =", "E-COND"),
        ("", "E-COND"),
        ("1 < slots.count < 5", "E-COND"),
        ("slots.name in {'Anna'}", "E-COND"),
        ("slots.count + 1 = 4", "E-COND"),
        (r"slots.name matches '(a)\1'", "E-COND"),
        ("(" * 500 + "slots.flag" + ")" * 500, "E-COND"),
    ],
)
def test_what_is_no_condition_does_not_load(text: str, code: str) -> None:
    with pytest.raises(ConditionRefused) as refused:
        parse_condition(text, HERE)

    assert refused.value.code == code


def test_parentheses_allow_and_beside_or() -> None:
    assert holds("slots.off and (slots.flag or slots.name)") is False
    assert holds("(slots.off and slots.flag) or slots.name") is True


def test_a_lone_surrogate_in_a_patients_text_does_no_harm() -> None:
    assert parse_condition('slots.x matches "a"', HERE).holds({"x": "a\ud800"}, {}) is True
