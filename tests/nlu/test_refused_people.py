"""Whom a patient does not want to be seen by."""

import pytest

from tests.nlu.conftest import Read


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("yes but not with Rossi", ["not:rossi"]),
        ("anyone but Dr Rossi", ["not:rossi"]),
        ("I don't want to be seen by Dr Rossi", ["not:rossi"]),
        ("another doctor please, no Rossi", ["not:rossi"]),
        ("instead of Rossi, Bianchi", ["bianchi"]),
        ("with Bianchi, not Rossi", ["bianchi"]),
        ("sì ma non con Rossi", ["not:rossi"]),
        ("chiunque tranne il dottor Rossi", ["not:rossi"]),
        ("con Rossi no", ["not:rossi"]),
        ("non Rossi, Bianchi", ["bianchi"]),
        ("да но не к Росси", ["not:rossi"]),
        ("кто угодно, кроме доктора Росси", ["not:rossi"]),
        ("к Росси не хочу", ["not:rossi"]),
        ("не к Росси, а к Бьянки", ["bianchi"]),
    ],
)
def test_somebody_is_refused(read: Read, text: str, found: list[str]) -> None:
    assert [e.value for e in read(text).entities if e.entity == "practitioner"] == found


@pytest.mark.parametrize(
    "text",
    [
        "why not Rossi?",
        "no, Rossi",
        "no with Rossi please",
        "not on Tuesday, with Rossi on Thursday",
        "non posso martedì, con Rossi mercoledì",
        "perché non Rossi",
        "con Rossi non ho mai avuto problemi",
        "нет, к Росси",
        "в среду не могу, к Росси в четверг",
    ],
)
def test_a_no_to_something_else_refuses_nobody(read: Read, text: str) -> None:
    assert [e.value for e in read(text).entities if e.entity == "practitioner"] == ["rossi"]
