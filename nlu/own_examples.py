"""Training data of any content: the `nlu` items of Rasa's format, as plain mappings.

    - intent: order_pizza          - synonym: large       - regex: postcode      - lookup: town
      examples: |                    examples: |            examples: |            examples: |
        - a [big](size) one            - big                  - \\d{5}                - Bologna

An entity is `[text](entity)`, or `[text]{"entity": "e", "value": "v", "role": "r", "group": "g"}`.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nlu.words import plain_words

Phrase = tuple[str, ...]  # folded words

_MARKED = re.compile(r"\[([^\[\]]+)\](?:\(([^()]+)\)|(\{[^{}]*\}))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """An entity in an example: what was written, and what stands beside it."""

    entity: str
    text: str
    value: Any = None  # None: as it is written
    role: str | None = None
    group: str | None = None
    before: Phrase = ()  # up to two words; "^" is where the sentence begins
    after: str = "$"  # a word, or where the sentence ends


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnExample:
    intent: str
    text: str  # without marks
    marked: tuple[Marked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnExamples:
    """Everything that the items teach."""

    examples: tuple[OwnExample, ...] = ()
    synonyms: tuple[tuple[Phrase, str], ...] = ()
    patterns: tuple[tuple[str, str], ...] = ()  # entity, regular expression
    lookups: tuple[tuple[str, str], ...] = ()  # entity, text


def read_own_examples(items: Iterable[Mapping[str, Any]]) -> OwnExamples:
    """Whatever is no item of a known kind is left out: who reads content has told of it."""
    examples: list[OwnExample] = []
    synonyms: list[tuple[Phrase, str]] = []
    patterns: list[tuple[str, str]] = []
    lookups: list[tuple[str, str]] = []
    for item in items:
        texts = _texts(item.get("examples"))
        if "intent" in item:
            examples += [_example(str(item["intent"]), text) for text in texts]
        elif "synonym" in item:
            synonyms += [(plain_words(text), str(item["synonym"])) for text in texts]
        elif "regex" in item:
            patterns += [(str(item["regex"]), text) for text in texts]
        elif "lookup" in item:
            lookups += [(str(item["lookup"]), text) for text in texts]
    return OwnExamples(
        examples=tuple(examples),
        synonyms=tuple(pair for pair in synonyms if pair[0]),
        patterns=tuple(patterns),
        lookups=tuple(lookups),
    )


def _texts(examples: Any) -> list[str]:
    if isinstance(examples, str):
        lines = (line.strip() for line in examples.splitlines())
        return [text for line in lines if line.startswith("-") and (text := line[1:].strip())]
    if not isinstance(examples, list):
        return []
    texts = (each.get("text") if isinstance(each, Mapping) else each for each in examples)
    return [str(text).strip().removeprefix("- ") for text in texts if text is not None and str(text).strip()]


def _example(intent: str, written: str) -> OwnExample:
    plain: list[str] = []
    found: list[tuple[int, int, Marked]] = []
    at = length = 0
    for match in _MARKED.finditer(written):
        plain.append(written[at : match.start()])
        length += match.start() - at
        mark = _mark(match)
        if mark is not None:
            found.append((length, length + len(match[1]), mark))
        plain.append(match[1])
        length += len(match[1])
        at = match.end()
    text = "".join([*plain, written[at:]])
    return OwnExample(
        intent=intent,
        text=text,
        marked=tuple(_beside(mark, text[:start], text[end:]) for start, end, mark in found),
    )


def _mark(match: re.Match[str]) -> Marked | None:
    if match[2] is not None:
        entity, _, value = match[2].partition(":")  # "(size:large)" names the value, too
        return Marked(entity=entity.strip(), text=match[1], value=value.strip() or None)
    try:
        named = json.loads(match[3])
    except ValueError:
        return None
    if not isinstance(named.get("entity"), str):
        return None
    return Marked(
        entity=named["entity"],
        text=match[1],
        value=named.get("value"),
        role=named.get("role"),
        group=named.get("group"),
    )


def _beside(mark: Marked, before: str, after: str) -> Marked:
    left, right = plain_words(before), plain_words(after)
    return Marked(
        entity=mark.entity,
        text=mark.text,
        value=mark.value,
        role=mark.role,
        group=mark.group,
        before=("^", *left)[-2:],
        after=right[0] if right else "$",
    )
