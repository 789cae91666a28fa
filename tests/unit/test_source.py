"""YAML as the house reads it: 1.2, with positions, and without what invites mistakes."""

import pytest

from bot.errors import ContentRefused
from bot.source import MAX_BYTES, read_bytes, read_text


def test_scalars_are_those_of_yaml_1_2() -> None:
    node = read_text(
        'no: yes\non: 10:30\n"off": 09:30\nnumber: 12\nphone: "+39333"\nshare: 0.5\nnone: ~\nis: True\n',
        shown_as="f.yml",
    )

    assert node.plain() == {
        "no": "yes",
        "on": "10:30",
        "off": "09:30",
        "number": 12,
        "phone": "+39333",
        "share": 0.5,
        "none": None,
        "is": True,
    }


def test_every_value_knows_where_it_was_written() -> None:
    node = read_text("a: 1\nb:\n  - x: 1\n    y: 2\n", shown_as="f.yml")

    assert str(node.locate(("b", 0, "y"))) == "f.yml:4:5"
    assert str(node.locate(("b", 0, "missing"))) == "f.yml:3:5"


@pytest.mark.parametrize(
    ("written", "where", "why"),
    [
        ("a: &x 1\nb: *x\n", "f.yml:1:4", "anchors are not allowed"),
        ("a: {<<: {b: 1}}\n", "f.yml:1:5", "merge keys are not allowed"),
        ("a: 1\na: 2\n", "f.yml:2:1", '"a" appears twice'),
        ("a: [\n", "f.yml:2:1", "not YAML"),
        ("a: 1_000\n", "f.yml:1:4", 'without "_"'),
        ("a: 1\n---\nb: 2\n", "f.yml:2:1", "several documents"),
        ("a:\n\t- b\n", "f.yml:2:1", "not YAML"),
        ("a: !!python/object:os.system x\n", "f.yml:1:4", "tags are not allowed"),
        ("? [1, 2]\n: 3\n", "f.yml:1:3", "a key must be text"),
        ("a: 1\rb: 2\r", "f.yml:1:1", "lone CR"),
        ("a: " + "[" * 60 + "]" * 60 + "\n", "f.yml:1:44", "nested more than"),
        ("a: " + "[" * 5000 + "\n", "f.yml:1:1", "nested more than"),
        ("a: 1\nb: x\0y\n", "f.yml:2:5", "control character U+0000"),
        ("1: a\n", "f.yml:1:1", 'key "1" is no text; put it in quotes'),
        ("a: {true: b}\n", "f.yml:1:5", 'key "true" is no text; put it in quotes'),
        ("a: " + "9" * 5000 + "\n", "f.yml:1:4", "too long for a number"),
    ],
)
def test_what_invites_mistakes_is_refused_with_its_place(written: str, where: str, why: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        read_text(written, shown_as="f.yml")

    (problem,) = refused.value.problems
    assert why in problem.message
    assert str(problem.position) == where or why == "not YAML"


def test_bytes_that_are_no_text_are_refused() -> None:
    for raw in (b"\xff\xfe", b"a: " + b"x" * MAX_BYTES):
        with pytest.raises(ContentRefused):
            read_bytes(raw, shown_as="f.yml")


@pytest.mark.parametrize(
    "text", ["a: &x 1", "a: *x", "a: !t 1", "- !t", "[&x 1]", "? &x a\n: 1", "a: 1\n---\nb: 2"]
)
def test_what_may_be_an_anchor_or_a_second_document_is_looked_at(text: str) -> None:
    with pytest.raises(ContentRefused):
        read_text(text, shown_as="flow.yml")


def test_words_with_such_characters_are_no_anchors() -> None:
    node = read_text("a: Ciao! Rossi & Bianchi, 5*3\nb: 'R&B'", shown_as="flow.yml")

    assert node.plain() == {"a": "Ciao! Rossi & Bianchi, 5*3", "b": "R&B"}


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("a:\n\tb: 1\n", "indent with spaces"),
        ("a: Check-up: 55 pounds\n", "needs quotes around it"),
        ("a:\n  - 1\n    - 2\n  b: 3\n", "indented otherwise"),
        ("a: 'open\n", "never closed"),
        ("a: [1, 2\nb: 3\n", "bracket is not closed"),
    ],
)
def test_what_hands_get_wrong_in_yaml_is_told_with_what_to_do(text: str, remedy: str) -> None:
    with pytest.raises(ContentRefused, match=remedy):
        read_text(text, shown_as="f.yml")
