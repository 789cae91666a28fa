"""What every part of the loader needs: a ledger of problems, and mappings whose unknown keys are mistakes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from bot.errors import Position, Problem
from bot.source import Node

_STORIES = ("E-STORIES", 'stories, rules and forms are not part of this format; write a flow (see "collect")')
_POLICY = ("E-POLICY", "Chairside has no policies or pipelines; delete this key")
_LLM = ("E-LLM", "no language model is used; this key has no effect and must be removed")
_AGENT = ("E-AGENT", "autonomous steps and MCP tools are not supported; call an action")
_VOICE = ("E-VOICE", "voice channels are not supported; remove this key")

#: Keys of the format that do not exist here, wherever they stand (17.7).
REFUSED: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("stories", "rules", "forms", "e2e_actions"), _STORIES),
    **dict.fromkeys(("policies", "pipeline", "recipe"), _POLICY),
    **dict.fromkeys(("llm", "model_groups", "prompt_template", "prompt"), _LLM),
    **dict.fromkeys(("exit_if", "mcp_server", "mapping"), _AGENT),
    **dict.fromkeys(("silence_timeout", "dtmf"), _VOICE),
}


class Ledger:
    """Every mistake found, so that all of them are told at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, where: Node | Position, code: str, message: str) -> None:
        position = where.position if isinstance(where, Node) else where
        problem = Problem(position, code, message)
        if problem not in self.problems:
            self.problems.append(problem)


def nearest(word: str, known: Collection[str]) -> str:
    """`; did you mean "..."?` for a near miss, nothing otherwise."""
    best = process.extractOne(word, sorted(known), scorer=DamerauLevenshtein.normalized_similarity)
    return f'; did you mean "{best[0]}"?' if best and best[1] >= 0.5 else ""


class Fields:
    """A YAML mapping with a fixed set of keys."""

    def __init__(self, node: Node, ledger: Ledger, what: str, known: Collection[str]) -> None:
        self.node, self.ledger, self.what = node, ledger, what
        if node.kind != "mapping":
            ledger.add(node, "E-TYPE", f"{what} must be a mapping of keys and values")
            return
        for key, _ in node.entries:
            name = str(key.scalar)
            if name in known:
                continue
            if name in REFUSED:
                code, message = REFUSED[name]
                ledger.add(key, code, f'"{name}": {message}')
            else:
                hint = nearest(name, known) or f"; known are {', '.join(sorted(known))}"
                ledger.add(key, "E-KEY", f'{what} has no key "{name}"{hint}')

    def get(self, key: str) -> Node | None:
        return self.node.get(key)

    def text(self, key: str, default: str = "") -> str:
        node = self.get(key)
        return default if node is None else text_of(node, self.ledger, f'"{key}" of {self.what}')

    def maybe_text(self, key: str) -> str | None:
        return self.text(key) if self.get(key) is not None else None

    def flag(self, key: str, default: bool) -> bool:
        node = self.get(key)
        if node is None:
            return default
        if not isinstance(node.scalar, bool):
            self.ledger.add(node, "E-TYPE", f'"{key}" of {self.what} must be true or false')
            return default
        return node.scalar

    def number(self, key: str) -> float | int | None:
        node = self.get(key)
        if node is None:
            return None
        if isinstance(node.scalar, bool) or not isinstance(node.scalar, (int, float)):
            self.ledger.add(node, "E-TYPE", f'"{key}" of {self.what} must be a number')
            return None
        return node.scalar

    def items(self, key: str) -> tuple[Node, ...]:
        node = self.get(key)
        return () if node is None else items_of(node, self.ledger, f'"{key}" of {self.what}')

    def names(self, key: str) -> tuple[str, ...]:
        """A name or a list of names."""
        return tuple(name for name, _ in self.named(key))

    def named(self, key: str) -> tuple[tuple[str, Node], ...]:
        """The same, each with where it stands."""
        node = self.get(key)
        if node is None:
            return ()
        nodes = node.items if node.kind == "sequence" else (node,)
        return tuple((text_of(item, self.ledger, f'"{key}" of {self.what}'), item) for item in nodes)

    def mapping(self, key: str) -> Node | None:
        """A mapping whose keys are free."""
        node = self.get(key)
        if node is not None and node.kind != "mapping":
            self.ledger.add(node, "E-TYPE", f'"{key}" of {self.what} must be a mapping of keys and values')
            return None
        return node


def text_of(node: Node, ledger: Ledger, what: str) -> str:
    if node.kind != "scalar" or not isinstance(node.scalar, str):
        ledger.add(node, "E-TYPE", f"{what} must be text; put it in quotes")
        return ""
    if not node.scalar.strip():
        ledger.add(node, "E-VALUE", f"{what} must not be empty")
    return node.scalar


def items_of(node: Node, ledger: Ledger, what: str) -> tuple[Node, ...]:
    if node.kind != "sequence":
        ledger.add(node, "E-TYPE", f"{what} must be a list")
        return ()
    return node.items


def entries_of(node: Node, ledger: Ledger, what: str) -> tuple[tuple[Node, Node], ...]:
    if node.kind != "mapping":
        ledger.add(node, "E-TYPE", f"{what} must be a mapping of keys and values")
        return ()
    return node.entries


def is_list_of(node: Node, kind: str) -> bool:
    return node.kind == "sequence" and all(item.kind == kind for item in node.items)


def plain(node: Node | None) -> Any:
    return None if node is None else node.plain()
