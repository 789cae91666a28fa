"""Runs test cases, one fresh conversation each, turn by turn until something is not as it should be."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from bot.dialogue.effects import RunAction
from bot.errors import ChairsideError, Position
from bot.ports import ActionResult
from bot.workshop.assertions import (
    Assertion,
    BotSaid,
    Checked,
    Expectation,
    check_assertions,
    check_expectations,
)
from bot.workshop.cases import Case, Said, Stub
from bot.workshop.talk import Talk, Turn, Venue

OpenVenue = Callable[[], AbstractAsyncContextManager[Venue]]
#: What `bot` steps of a turn should say instead, given what was said.
Correct = Callable[[tuple[Expectation, ...], Turn], Mapping[BotSaid, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The first thing that was not so. Without `wanted` it is an error: the case could not go on."""

    position: Position
    wanted: Assertion | Expectation | None = None
    error: str = ""
    turn: Turn | None = None  # None: before the first message


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What came of a case; `steps` are (flow, step) that it went through, `commands` counted by type."""

    case: Case
    failure: Failure | None = None
    held: int = 0  # checks
    steps: frozenset[tuple[str, str]] = frozenset()
    commands: Mapping[str, int] = field(default_factory=dict)
    corrections: Mapping[BotSaid, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return self.failure is None

    @property
    def is_error(self) -> bool:
        return self.failure is not None and self.failure.wanted is None

    @property
    def skipped(self) -> int:
        """Checks that were not come to."""
        failed = 1 if self.failure is not None and self.failure.wanted is not None else 0
        return self.case.checks - self.held - failed


async def run_cases(
    cases: tuple[Case, ...],
    open_venue: OpenVenue,
    *,
    correct: Correct | None = None,
    strict_render: bool = False,
) -> AsyncIterator[CaseResult]:
    """The results as they come. With `strict_render` a text that shows an empty slot is an error."""
    for case in cases:
        async with open_venue() as venue:
            yield await _Run(case, venue, correct, strict_render=strict_render).result()


class _Run:
    """One case at one venue."""

    def __init__(self, case: Case, venue: Venue, correct: Correct | None, *, strict_render: bool) -> None:
        self._strict_render = strict_render
        self._case = case
        self._venue = venue
        self._correct = correct
        self._steps: set[tuple[str, str]] = set()
        self._commands: Counter[str] = Counter()
        self._corrections: dict[BotSaid, str] = {}
        self._held = 0

    async def result(self) -> CaseResult:
        failure = self._before() or await self._through()
        return CaseResult(
            case=self._case,
            failure=failure,
            held=self._held,
            steps=frozenset(self._steps),
            commands=dict(self._commands),
            corrections=self._corrections,
        )

    def _before(self) -> Failure | None:
        """Old-style steps before the first message see what the fixtures set."""
        events = [{"event": "slot", "name": n, "value": v} for n, v in self._case.slots.items()]
        checked = check_expectations(self._case.before, events)
        self._held += checked.held
        if checked.failed is None:
            return None
        return Failure(position=checked.failed.position, wanted=checked.failed)

    async def _through(self) -> Failure | None:
        talk = Talk(self._venue, slots=self._case.slots, stubs=self._stubbed)
        for said in self._case.turns:
            try:
                turn = await talk.hears(said.text, commands=said.commands, metadata=said.metadata)
            except ChairsideError as error:
                return Failure(position=said.position, error=str(error))
            self._count(turn)
            empty = [event for event in turn.events if event["event"] == "render_null"]
            if empty and self._strict_render:
                reason = f'"{empty[0]["response"]}" shows {{{empty[0]["name"]}}}, which is empty'
                return Failure(position=said.position, error=reason, turn=turn)
            checked = self._check(said, turn)
            self._held += checked.held
            if checked.failed is not None:
                return Failure(position=checked.failed.position, wanted=checked.failed, turn=turn)
        return None

    def _check(self, said: Said, turn: Turn) -> Checked:
        if said.assertions:
            return check_assertions(said.assertions, turn.events, self._venue.assistant, ordered=said.ordered)
        expectations = said.expectations
        if self._correct is not None:
            corrected = self._correct(expectations, turn)
            self._corrections |= corrected
            expectations = tuple(e for e in expectations if not isinstance(e, BotSaid) or e not in corrected)
        return check_expectations(expectations, turn.events)

    def _count(self, turn: Turn) -> None:
        self._steps |= {(step.flow, step.step) for step in turn.steps}
        for event in turn.events:
            if event["event"] == "commands":
                self._commands.update(event["commands"])

    def _stubbed(self, call: RunAction) -> ActionResult | None:
        stub: Stub | None = self._case.stubs.get(call.name)
        if stub is None:
            return None
        return ActionResult(events=stub.events, responses=stub.responses)
