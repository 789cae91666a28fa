"""Rewrites `bot:` steps to what is said now, in place: everything else in the file stays as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.errors import Position
from bot.workshop.assertions import BotSaid, Event, Expectation
from bot.workshop.talk import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """One change: `old` became `new`."""

    position: Position
    old: str
    new: str

    def __str__(self) -> str:
        shown = [json.dumps(text, ensure_ascii=False) for text in (self.old, self.new)]
        return f"{self.position}: {shown[0]} -> {shown[1]}"


def corrections(expectations: Sequence[Expectation], turn: Turn) -> dict[BotSaid, str]:
    """For each `bot` step that was not said: the message that stands in its place.

    Steps and messages are lined up, in order, so that as many as possible agree and the others are as alike
    as can be. A step for which no message is left stays, and fails.
    """
    steps = [e for e in expectations if isinstance(e, BotSaid)]
    messages = [event for event in turn.events if event["event"] == "bot"]
    pairs = _lined_up([[_likeness(step, message) for message in messages] for step in steps])
    return {
        steps[at]: str(messages[to]["text"])
        for at, to in pairs
        if steps[at].text is not None and not steps[at].fits(messages[to])
    }


def rewrite(changes: Mapping[BotSaid, str]) -> list[Rewritten]:
    """Writes the files and tells every change, in the order of places."""
    by_file: dict[str, dict[BotSaid, str]] = {}
    for step, text in changes.items():
        by_file.setdefault(step.position.path, {})[step] = text
    for name, steps in by_file.items():
        path = Path(name)
        text = path.read_bytes().decode("utf-8-sig")
        spans = _spans(text)
        for step in sorted(steps, key=lambda step: step.position, reverse=True):
            start, end = spans[step.position.line, step.position.column]
            text = text[:start] + json.dumps(steps[step], ensure_ascii=False) + text[end:]
        path.write_bytes(text.encode("utf-8"))
    told = [Rewritten(position=s.position, old=s.text or "", new=text) for s, text in changes.items()]
    return sorted(told, key=lambda change: change.position)


def _likeness(step: BotSaid, message: Event) -> float:
    """100 when it agrees, up to 1 for a text that it might have become, 0 for another response."""
    if step.fits(message):
        return 100
    return 0 if step.text is None else 0.01 + fuzz.ratio(step.text, str(message["text"])) / 101


def _lined_up(likeness: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """The pairs, going forward on both sides, that are most alike together."""
    rows, columns = len(likeness), len(likeness[0]) if likeness else 0
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            skipped = max(best[row + 1][column], best[row][column + 1])
            best[row][column] = max(skipped, best[row + 1][column + 1] + likeness[row][column])
    pairs, row, column = [], 0, 0
    while row < rows and column < columns:
        if best[row][column] == best[row + 1][column]:
            row += 1
        elif best[row][column] == best[row][column + 1]:
            column += 1
        else:
            pairs.append((row, column))
            row, column = row + 1, column + 1
    return pairs


def _spans(text: str) -> dict[tuple[int, int], tuple[int, int]]:
    """Where each scalar of a file begins and ends, by its line and column."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}

    def visit(node: Node) -> None:
        if isinstance(node, MappingNode):
            for key, value in node.value:
                visit(key)
                visit(value)
        elif isinstance(node, SequenceNode):
            for item in node.value:
                visit(item)
        elif isinstance(node, ScalarNode):
            start, end = node.start_mark, node.end_mark
            written = text[start.index : end.index]
            # A block's end is where the next line's text begins: its last line break stays.
            kept = len(written) - len(written.rstrip()) if node.style in ("|", ">") else 0
            spans[start.line + 1, start.column + 1] = (start.index, end.index - kept)

    visit(YAML(typ="rt", pure=True).compose(text))
    return spans
