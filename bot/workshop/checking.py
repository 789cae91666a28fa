"""`chairside check`: what the loader and the exploration find, for people and for editors."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from bot.dialogue import Assistant
from bot.dialogue.exploring import Exploration, explore
from bot.errors import ContentRefused, Position, Problem, SetupError


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """`summary` and `explored` are empty for content that does not load."""

    problems: tuple[Problem, ...]
    summary: str = ""
    explored: str = ""

    def fails(self, *, strict: bool) -> bool:
        return any(strict or problem.is_error for problem in self.problems)

    def lines(self) -> list[str]:
        errors = sum(problem.is_error for problem in self.problems)
        counts = f"{errors} to mend, {len(self.problems) - errors} warnings."
        told = [self.summary, self.explored] if self.summary else []
        return [*map(str, self.problems), *filter(None, told), counts]

    def to_json(self) -> str:
        """`[{path, line, column, code, text, severity}]`, sorted by place."""
        listed = [
            {
                "path": problem.position.path,
                "line": problem.position.line,
                "column": problem.position.column,
                "code": problem.code,
                "text": problem.message,
                "severity": "error" if problem.is_error else "warning",
            }
            for problem in self.problems
        ]
        return json.dumps(listed, ensure_ascii=False, indent=2)


def check_content(read: Callable[[], tuple[str, Assistant]], *, explores: bool = True) -> Checked:
    """`read`: whose content it is, and the content. Content that does not load is not explored."""
    try:
        whose, assistant = read()
    except ContentRefused as refused:
        return Checked(problems=refused.problems)
    except SetupError as error:  # of the practice as a whole, not of a line
        return Checked(problems=(Problem(Position("practice.yml", 1, 1), "E-VALUE", str(error)),))
    summary = (
        f"{whose}: {len(assistant.flows)} flows, {len(assistant.responses)} responses in"
        f" {', '.join(assistant.languages)}."
    )
    if not explores:
        return Checked(problems=assistant.warnings, summary=summary)
    began = perf_counter()
    exploration = explore(assistant)
    problems = tuple(sorted((*assistant.warnings, *exploration.findings)))
    return Checked(problems=problems, summary=summary, explored=_told(exploration, perf_counter() - began))


def _told(exploration: Exploration, seconds: float) -> str:
    walked = f"Walked {exploration.states} states by {exploration.transitions} transitions in {seconds:.1f} s"
    if exploration.bound is None:
        return f"{walked}, to the end."
    return f"{walked}, and stopped at the bound of {exploration.bound}: not everything was seen."
