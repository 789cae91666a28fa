"""The call list: patients whom no message reached, or who settled nothing, for somebody to telephone.

A task stays on the list until it has an outcome. NOT_REACHED leaves it there, tried once more; whoever was
never called back is a figure of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.outreach import Rule
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.ports import Clock
from bot.service.outreach.ports import CallTask, OutreachBook
from bot.service.turns.facts import day_in_words


class CallOutcome(StrEnum):
    """What a call came to."""

    COMES = "comes"
    MOVED = "moved"
    CANCELLED = "cancelled"
    SETTLED = "settled"  # what it was about is done
    NOT_REACHED = "not_reached"  # tried, and to be tried again
    WRONG_NUMBER = "wrong_number"
    NO_CALL = "no_call"  # there is no need any more


#: The task stays on the list.
OPEN_STILL = frozenset({CallOutcome.NOT_REACHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """A row of the list: the task, and what to say."""

    task: CallTask
    script: str
    is_over: bool  # a call is of no use any more


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFigures:
    """Of the tasks that came up since a moment."""

    created: int
    settled: int
    not_called_back: int  # nobody tried before it was too late
    outcomes: Mapping[str, int]


class CallList:
    """One practice's call list."""

    def __init__(
        self, practice: Practice, *, book: OutreachBook, rules: Sequence[Rule], clock: Clock
    ) -> None:
        self._practice = practice
        self._book = book
        self._rules = {rule.id: rule for rule in rules}
        self._clock = clock
        self._time = PracticeTime(practice.time_zone)

    async def call_tasks(self) -> tuple[CallView, ...]:
        """Who is to be called, the most pressing first; those that are over last."""
        at = self._clock.now()
        views = [self._view(task, at) for task in await self._book.call_tasks(at=at)]
        return tuple(sorted(views, key=lambda view: (view.is_over, view.task.until, view.task.id)))

    async def settle_call_task(self, task: str, *, outcome: CallOutcome, who: str) -> bool:
        """Whether anything changed: a colleague may have settled it before."""
        return await self._book.settle_call_task(task, outcome=outcome, who=who, at=self._clock.now())

    async def figures(self, *, since: timedelta = timedelta(days=28)) -> CallFigures:
        at = self._clock.now()
        tasks = await self._book.call_tasks(at=at, settled_since=at - since)
        recent = [task for task in tasks if task.created_at >= at - since]
        outcomes: dict[str, int] = {}
        for task in recent:
            if task.outcome:
                outcomes[task.outcome] = outcomes.get(task.outcome, 0) + 1
        return CallFigures(
            created=len(recent),
            settled=sum(task.settled_at is not None for task in recent),
            not_called_back=sum(
                task.settled_at is None and not task.attempts and task.until <= at for task in recent
            ),
            outcomes=outcomes,
        )

    def _view(self, task: CallTask, at: datetime) -> CallView:
        return CallView(task=task, script=self._script(task), is_over=task.until <= at)

    def _script(self, task: CallTask) -> str:
        """What to say, in the patient's language; "" where the rule has no words for it."""
        rule = self._rules.get(task.rule)
        house = self._practice.languages[0]
        language = task.language if rule and task.language and task.language in rule.script else house
        text = rule.script.get(language, "") if rule else ""
        starts = sorted(self._time.wall(start) for start in task.visits.values())
        values = {
            "name": task.name,
            "practice_name": self._practice.name,
            "visit_day": day_in_words(starts[0].date(), language) if starts else "",
            "visit_time": ", ".join(f"{start:%H:%M}" for start in starts),
        }
        for name, value in values.items():
            text = text.replace("{" + name + "}", value)
        return text
