"""What becomes of a message that a channel refused: pure, whether the refusal came as an answer or as a
status."""

from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from bot.domain.conversation import SendAction
from bot.domain.pipeline import OutboxState
from bot.domain.templates import TemplateState

#: Seconds before the n-th retry of what was certainly not delivered.
BACKOFF = (1, 2, 4, 8, 16, 30, 60, 120, 300)
#: Meta: "retry after 4^X seconds, X from 0".
PAIR_BACKOFF = (1, 4, 16, 64, 256)
#: So long an account that refuses everything is left alone before one message asks again.
STOPPED_FOR = (30, 60, 120, 300)
GIVE_UP_AFTER = 60

_TEMPLATE_STATES = {132015: TemplateState.PAUSED, 132016: TemplateState.DISABLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`state` is QUEUED (again, `after` so long), WAITING (for the patient to write) or FAILED.

    `counts`: whether the attempt was this message's own. `tell_staff`: a person has to see to it.
    """

    state: OutboxState
    after: timedelta = timedelta(0)
    counts: bool = True
    tell_staff: bool = False
    marks_contact: bool = False  # this person cannot be reached on this channel
    stops_promotions: bool = False
    template: TemplateState | None = None  # what the channel thinks of the template


def verdict(
    action: SendAction, *, attempts: int, code: int | None = None, retry_after: float | None = None
) -> Verdict:
    """`attempts` with the one that was refused; `retry_after` in seconds, as the channel asked."""
    match action:
        case SendAction.RETRY:
            return _again(_nth(BACKOFF, attempts), retry_after, attempts, most=GIVE_UP_AFTER)
        case SendAction.RETRY_ONCE:
            return _again(2, retry_after, attempts, most=2)
        case SendAction.WAIT_FOR_PAIR:
            return _again(_nth(PAIR_BACKOFF, attempts), retry_after, attempts, most=GIVE_UP_AFTER)
        case SendAction.SLOW_DOWN | SendAction.STOP:
            pause = retry_after or 1
            return Verdict(state=OutboxState.QUEUED, after=timedelta(seconds=pause), counts=False)
        case SendAction.WINDOW_CLOSED:
            return Verdict(state=OutboxState.WAITING)
        case SendAction.UNREACHABLE:
            return Verdict(state=OutboxState.FAILED, tell_staff=True, marks_contact=True)
        case SendAction.OPTED_OUT:
            return Verdict(state=OutboxState.FAILED, stops_promotions=True)
        case SendAction.WITHHELD:
            return Verdict(state=OutboxState.FAILED)
        case SendAction.TEMPLATE_UNUSABLE:
            state = _TEMPLATE_STATES.get(code or 0, TemplateState.DISABLED)
            return Verdict(state=OutboxState.FAILED, tell_staff=True, template=state)
        case SendAction.OUR_BUG:
            return Verdict(state=OutboxState.FAILED, tell_staff=True)
        case _:
            assert_never(action)


def _again(pause: float, retry_after: float | None, attempts: int, *, most: int) -> Verdict:
    if attempts >= most:
        return Verdict(state=OutboxState.FAILED, tell_staff=True)
    return Verdict(state=OutboxState.QUEUED, after=timedelta(seconds=max(pause, retry_after or 0)))


def _nth(pauses: tuple[int, ...], attempts: int) -> int:
    return pauses[min(max(attempts, 1), len(pauses)) - 1]
