"""Which steps of which flows tests went through, in passed and in failed cases, and which commands they gave.

A step counts for the flow that it is written in, however that flow was entered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bot.dialogue import Assistant
from bot.dialogue.loader import BUILT_IN
from bot.dialogue.model import Flow
from bot.workshop.running import CaseResult


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowCoverage:
    """`missing` are (step id, first line, last line), in document order."""

    flow: str
    file: str
    steps: int
    covered: int
    missing: tuple[tuple[str, int, int], ...]

    @property
    def share(self) -> float:
        return self.covered / self.steps if self.steps else 1.0

    @property
    def missing_lines(self) -> tuple[str, ...]:
        """ "12", "15-19": missing steps that follow each other are one range."""
        joined: list[tuple[int, int]] = []
        for _, first, last in self.missing:
            if joined and first <= joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
            else:
                joined.append((first, last))
        return tuple(str(first) if first == last else f"{first}-{last}" for first, last in joined)

    def to_json(self) -> dict[str, Any]:
        return {
            "flow": self.flow,
            "file": self.file,
            "steps": self.steps,
            "covered": self.covered,
            "coverage": round(self.share, 4),
            "missing": [step for step, _, _ in self.missing],
            "missing_lines": list(self.missing_lines),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Of some cases."""

    cases: int
    flows: tuple[FlowCoverage, ...]
    commands: Mapping[str, int]

    @property
    def steps(self) -> int:
        return sum(flow.steps for flow in self.flows)

    @property
    def covered(self) -> int:
        return sum(flow.covered for flow in self.flows)

    def to_json(self) -> dict[str, Any]:
        return {
            "cases": self.cases,
            "steps": self.steps,
            "covered": self.covered,
            "coverage": round(self.covered / self.steps, 4) if self.steps else 1.0,
            "flows": [flow.to_json() for flow in self.flows],
            "commands": dict(self.commands),
        }


def coverage(assistant: Assistant, results: Iterable[CaseResult]) -> tuple[Coverage, Coverage]:
    """Of the cases that passed, and of those that failed. Built-in patterns are left out."""
    done = tuple(results)
    return (
        _of(assistant, [result for result in done if result.passed]),
        _of(assistant, [result for result in done if not result.passed]),
    )


def coverage_json(passed: Coverage, failed: Coverage) -> dict[str, Any]:
    return {"passed": passed.to_json(), "failed": failed.to_json()}


def coverage_text(passed: Coverage, failed: Coverage) -> str:
    """A table of the passed cases, one of the failed ones where there are any, and the commands."""
    lines = [*_table("passed cases", passed)]
    if failed.cases:
        lines += ["", *_table("failed cases", failed)]
    return "\n".join(lines)


def _of(assistant: Assistant, results: list[CaseResult]) -> Coverage:
    seen = frozenset().union(*(result.steps for result in results))
    commands: Counter[str] = Counter()
    for result in results:
        commands.update(result.commands)
    flows = []
    for flow in assistant.flows.values():
        if flow.position.path == BUILT_IN.name:
            continue
        missing = [lines for lines in _lines(flow) if (flow.id, lines[0]) not in seen]
        flows.append(
            FlowCoverage(
                flow=flow.id,
                file=flow.position.path,
                steps=len(flow.steps),
                covered=len(flow.steps) - len(missing),
                missing=tuple(missing),
            )
        )
    return Coverage(cases=len(results), flows=tuple(flows), commands=dict(sorted(commands.items())))


def _table(title: str, found: Coverage) -> list[str]:
    width = max((len(flow.flow) for flow in found.flows), default=4)
    lines = [f"Coverage of {found.cases} {title}", f"{'flow':<{width}}  steps  covered  missing lines"]
    for flow in found.flows:
        missing = f"{flow.file}:{', '.join(flow.missing_lines)}" if flow.missing else ""
        lines.append(f"{flow.flow:<{width}}  {flow.steps:>5}  {flow.share:>7.0%}  {missing}".rstrip())
    share = found.covered / found.steps if found.steps else 1.0
    lines.append(f"{'all':<{width}}  {found.steps:>5}  {share:>7.0%}")
    if found.commands:
        lines.append("commands: " + ", ".join(f"{name} {n}" for name, n in found.commands.items()))
    return lines


def _lines(flow: Flow) -> list[tuple[str, int, int]]:
    """Each step with its first and last line, without the steps that are nested in it."""
    steps = list(flow.steps.values())
    starts = [step.position.line for step in steps]
    limits = [max(start, following - 1) for start, following in pairwise(starts)]
    ends = [min(s.last_line, limit) for s, limit in zip(steps, limits, strict=False)]
    return [
        (step.id, start, max(start, end))
        for step, start, end in zip(steps, starts, [*ends, steps[-1].last_line], strict=True)
    ]
