"""No regular expression of the dialogue or of understanding takes long over what says nothing.

Two unbounded runs beside each other take the square of a message's length: seconds, at four thousand dashes.
"""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from time import process_time

import pytest

import bot.dialogue
import nlu

TELLS_NOTHING = ["a a a ", "? ? ? ", "1 1 1 ", "no no no ", "- - - ", "а а а ", "no, "]
LONGEST = 4_096
LONG = 0.1  # seconds of this process; they take thousandths
_READS = {"search": re.Pattern.search, "match": re.Pattern.match, "fullmatch": re.Pattern.fullmatch}


def as_used(source: str) -> Iterator[tuple[str, str]]:
    """Name and method: what is only ever matched at the beginning may begin with anything."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in _READS and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr


def patterns() -> list[tuple[str, str, str]]:
    found = set()
    for package in (bot.dialogue, nlu):
        for file in Path(package.__path__[0]).glob("*.py"):
            module = f"{package.__name__}.{file.stem}".removesuffix(".__init__")
            for name, method in as_used(file.read_text(encoding="utf-8")):
                if isinstance(getattr(import_module(module), name, None), re.Pattern):
                    found.add((module, name, method))
    return sorted(found)


def test_they_are_found() -> None:
    assert len(patterns()) > 150


@pytest.mark.parametrize("said", TELLS_NOTHING)
def test_each_takes_little_time(said: str) -> None:
    text = (said * LONGEST)[:LONGEST]
    slow = {}
    for module, name, method in patterns():
        begun = process_time()
        _READS[method](getattr(import_module(module), name), text)
        if (took := process_time() - begun) > LONG:
            slow[f"{module}.{name}"] = took

    assert slow == {}


def test_one_that_takes_the_square_would_be_found() -> None:
    begun = process_time()
    re.compile(r"\W*(yes)?\W*(it )?(me)", re.IGNORECASE).fullmatch("- " * (LONGEST // 2))

    assert process_time() - begun > LONG
