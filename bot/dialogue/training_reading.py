"""What is wrong with an item of training data; what it teaches is nlu's to read (nlu/own_examples.py)."""

from __future__ import annotations

import json
import re

import re2  # type: ignore[import-untyped]  # ships no types

from bot.dialogue.conditions import compiled
from bot.dialogue.keys import TRAINED, TRAINING
from bot.dialogue.reading import Fields, Ledger
from bot.source import Node

_ANNOTATED = re.compile(r"\[[^\[\]]+\](\{[^{}]*\})")


def read_training(item: Node, ledger: Ledger) -> None:
    Fields(item, ledger, "an item of training data", TRAINING)
    if item.kind != "mapping":
        return
    about = [key for key in TRAINED if item.get(key) is not None]
    examples = item.get("examples")
    if len(about) != 1:
        ledger.add(item, "E-KEY", f"an item of training data has one of {', '.join(TRAINED)}")
    elif examples is None:
        ledger.add(item, "E-KEY", "an item of training data needs examples")
    else:
        for text in _texts(examples, ledger):
            if about == ["regex"]:
                _pattern(text, examples, ledger)
            elif about == ["intent"]:
                _annotations(text, examples, ledger)


def _texts(examples: Node, ledger: Ledger) -> list[str]:
    """Examples without their dashes. Lines of a block that have none teach nothing."""
    if examples.kind == "sequence":
        listed = (each.get("text") if each.kind == "mapping" else each for each in examples)
        return [str(each.scalar).strip().removeprefix("- ") for each in listed if each is not None]
    lines = [line.strip() for line in str(examples.scalar or "").splitlines()]
    for line in lines:
        if line and not line.startswith(("-", "#")):
            ledger.add(examples, "E-VALUE", f'example "{line}" needs a "- " before it, on a line of its own')
    return [line[1:].strip() for line in lines if line.startswith("-")]


def _pattern(text: str, examples: Node, ledger: Ledger) -> None:
    try:
        compiled(text)
    except re2.error as error:
        why = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        ledger.add(examples, "E-VALUE", f'"{text}" is not a pattern that RE2 accepts: {why}')


def _annotations(text: str, examples: Node, ledger: Ledger) -> None:
    for written in _ANNOTATED.findall(text):
        try:
            entity = json.loads(written).get("entity")
        except ValueError:
            entity = None
        if not isinstance(entity, str):
            ledger.add(
                examples, "E-VALUE", f'{written} marks no entity; write for example {{"entity": "city"}}'
            )
