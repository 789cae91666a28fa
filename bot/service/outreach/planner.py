"""Messages that the practice begins: planned from the diary, decided on when they are due.

Planning is idempotent: it makes the table say what the rules and the diary say, however often it runs. What
is due is taken by one process, the practice system is asked whether the visit still is as it was, and then
facts, decision, mark and message are one transaction (`OutreachBook.decide`).
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.outreach import OutreachState, Rule, Subject, Who
from bot.domain.outreach_moments import is_too_fresh, moment
from bot.domain.practice import Practice
from bot.errors import BookingError
from bot.ports import Clock
from bot.service.outreach.decisions import Deciding, missed
from bot.service.outreach.ports import (
    Decided,
    Decision,
    Due,
    Facts,
    OutreachBook,
    Planned,
    Settle,
    Subjects,
)
from bot.service.upkeep.supervision import beat

log = structlog.get_logger(__name__)

BATCH = 20
_AT_ONCE = 5  # decided on in one transaction: patients who write wait for no longer one
_PLAN_EVERY = timedelta(seconds=30)
_LOOK_EVERY = 5.0
#: What is about all patients and changes by the day is planned less often.
_SELDOM = frozenset({Who.RECALL, Who.LOST, Who.BIRTHDAY, Who.BALANCE, Who.TOPIC})
_SELDOM_EVERY = timedelta(minutes=15)
_REFRESH_EVERY = timedelta(minutes=5)
#: Minutes before a practice system that did not answer is asked again.
_BACKOFF = (1, 2, 5, 10, 15)


class Outreach:
    """One practice's. `a_second`: so many messages at most, so that answers to patients need not queue."""

    def __init__(
        self,
        practice: Practice,
        *,
        rules: Sequence[Rule],
        book: OutreachBook,
        subjects: Subjects,
        deciding: Deciding,
        clock: Clock,
        wake_delivery: Callable[[str], None],
        leads: Callable[[], bool] = lambda: True,
        a_second: float = 15.0,
        looks_again: bool = True,
    ) -> None:
        self._practice = practice
        self._rules = {rule.id: rule for rule in rules if rule.is_on}
        self._book = book
        self._subjects = subjects
        self._deciding = deciding
        self._clock = clock
        self._wake_delivery = wake_delivery
        self._leads = leads
        self._a_second = a_second
        self._looks_again = looks_again  # off only in the twin that shows what it is for
        self._planned_at: datetime | None = None
        self._planned_all_at: datetime | None = None
        self._refreshed_at: datetime | None = None

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            pause = _LOOK_EVERY
            try:
                if self._leads():
                    await self.plan_now_and_then()
                pause = await self.round()
                beat()
            except Exception as error:  # the database is away: it comes back, or the health check tells
                log.error("outreach_failed", error=type(error).__name__)
            await asyncio.sleep(pause)

    async def round(self) -> float:
        """One batch; seconds until the next."""
        decided = await self.sweep()
        await self.look_back()
        if decided.sent + decided.settled + decided.waiting < BATCH:
            return _LOOK_EVERY
        return decided.sent / self._a_second

    async def look_back(self) -> None:
        """What became of messages that went: given up by a channel, or without an answer."""
        at = self._clock.now()
        await self._book.find_failed(self._rules, at=at)
        await self._book.find_silent(self._rules, at=at)

    # -- planning -----------------------------------------------------------------------------------------

    async def plan_now_and_then(self) -> None:
        at = self._clock.now()
        if self._planned_at is not None and timedelta(0) <= at - self._planned_at < _PLAN_EVERY:
            return
        before = self._planned_all_at
        rests = before is not None and timedelta(0) <= at - before < _SELDOM_EVERY
        await self.refresh()
        await self.plan(seldom=not rests)
        self._planned_at = at
        if not rests:
            self._planned_all_at = at

    async def refresh(self, *, anew: bool = False) -> None:
        """What staff entered in a system elsewhere, looked up every few minutes. While that does not answer,
        what is known of it stands; each visit is looked up again when its message is due."""
        at = self._clock.now()
        last = self._refreshed_at
        if not anew and last is not None and timedelta(0) <= at - last < _REFRESH_EVERY:
            return
        self._refreshed_at = at
        try:
            await self._subjects.refresh(list(self._rules.values()), at=at)
        except BookingError as error:
            log.warning("outreach_sees_no_visits", error=type(error).__name__)

    async def plan(self, *, seldom: bool = True) -> int:
        """How much changed. Not `seldom`: only what is about visits."""
        at, changed = self._clock.now(), 0
        for rule in self._rules.values():
            if rule.who in _SELDOM and not seldom:
                continue
            subjects = await self._subjects.of(rule, at=at)
            planned = [one for subject in subjects for one in self._planned(rule, subject, at)]
            window = self._subjects.window(rule, at)
            changed += await self._book.plan(rule, planned, window=window, at=at)
        return changed

    def _planned(self, rule: Rule, subject: Subject, at: datetime) -> Iterator[Planned]:
        for number in range(rule.when.times):
            found = moment(rule, subject.anchor, self._practice, number=number)
            if found is None:
                continue
            fresh = is_too_fresh(rule, subject, found.due, self._practice)
            yield Planned(
                subject=subject,
                number=number,
                due=found.due,
                too_late=found.too_late,
                state=OutreachState.SKIPPED if fresh else OutreachState.PLANNED,
                reason="just_booked" if fresh else None,
                is_late=found.too_late <= at,
            )

    # -- what is due --------------------------------------------------------------------------------------

    async def sweep(self, *, limit: int = BATCH) -> Decided:
        """One batch of what is due."""
        at = self._clock.now()
        taken = await self._book.take(limit=limit, at=at)
        known = [one for one in taken if one.rule in self._rules]
        for one in taken:
            if one.rule not in self._rules:
                await self._book.settle(one, Settle(state=OutreachState.SKIPPED, reason="no_rule"), at=at)
        if not known:
            return Decided(settled=len(taken))
        try:
            standing = await self._standing(known, at)
        except BookingError as error:
            return await self._unanswered(known, error, at)
        for one in known:
            if one.id not in standing:
                await self._book.settle(one, Settle(state=OutreachState.VOID, reason="changed"), at=at)
        decided = Decided()
        left = [one for one in known if one.id in standing]
        for begin in range(0, len(left), _AT_ONCE):
            decided += await self._book.decide(
                left[begin : begin + _AT_ONCE],
                lambda due, facts: self._decide(due, facts, at),
                rules=self._rules,
                at=at,
            )
        for conversation in decided.woken:
            self._wake_delivery(conversation)
        if decided.sent or decided.settled:
            log.info("outreach", sent=decided.sent, settled=decided.settled, calls=decided.calls)
        return decided

    def _decide(self, due: Due, facts: Facts, at: datetime) -> Decision:
        seen = facts if self._looks_again else replace(facts, stands=True)
        return self._deciding.decide(due, seen, at=at)

    async def _standing(self, due: Sequence[Due], at: datetime) -> frozenset[str]:
        if not self._looks_again:
            return frozenset(one.id for one in due)
        return await self._subjects.standing(due, rules=self._rules, at=at)

    async def _unanswered(self, due: Sequence[Due], error: BookingError, at: datetime) -> Decided:
        """The practice system does not say: it is asked again until it is too late, then staff hear."""
        log.warning("outreach_waits", error=type(error).__name__, messages=len(due))
        calls = 0
        for one in due:
            if at >= one.too_late:
                settled = missed(self._rules[one.rule], "practice_system")
                calls += settled.calls
                await self._book.settle(one, settled, at=at)
            else:
                minutes = _BACKOFF[min(one.attempts, len(_BACKOFF) - 1)]
                until = min(at + timedelta(minutes=minutes), one.too_late)
                await self._book.postpone(one, until=until, reason="practice_system")
        if calls:
            log.error("outreach_missed", messages=calls, remedy="call them: they are on the call list")
        return Decided(waiting=len(due) - calls, settled=calls, calls=calls)
