"""How fast, and whether at all, messages may leave an account: pacing, throttling, and being shut out.

A line is one account of one channel. What it has to hold back waits in memory; nothing is asked of the
database or of Meta meanwhile. When a line stops, one message after another asks whether it works again, and
everything else waits for that one's answer. Pure, but for the moments that it is given; a process that starts
again finds out anew with its first message.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.channels import INSTAGRAM, MESSENGER, WHATSAPP
from bot.domain.verdicts import STOPPED_FOR

Line = tuple[str, str]  # channel, account

#: Messages a second. WhatsApp counts what comes in, too; Meta raises the limit to 1,000 by itself for who has
#: that much to send, which nobody with a practice does.
A_SECOND: Mapping[str, float] = {WHATSAPP: 80, MESSENGER: 250, INSTAGRAM: 250}
#: A number that stays in the WhatsApp Business app.
COEXISTENCE = 20
#: WhatsApp: one message to one person costs six seconds, of which a burst may take 45 on credit.
_PAIR, _BURST = timedelta(seconds=6), 45
_SLOWER = (1, 2, 4, 8, 16, 30, 60)
_KEPT = 10_000
_PROBE_ANSWERS = timedelta(seconds=60)
#: Of an account that took messages and refused them by a status, one that is taken is believed after so long.
_TRIAL = timedelta(seconds=10)


@dataclass(slots=True)
class _Pair:
    burst_began: datetime
    sent: int
    clear_at: datetime


@dataclass(slots=True)
class _State:
    next_at: datetime | None = None  # when the next message may leave, by pace
    closed_until: datetime | None = None
    stopped: int = 0  # refusals of everything, in a row
    slowed: int = 0
    late: int = 0  # refusals of everything that came by a status, in a row
    on_trial: bool = False  # closed, until it is clear that no status refuses what was taken
    probe: str | None = None  # the conversation whose message asks whether it works again
    pairs: OrderedDict[str, _Pair] = field(default_factory=OrderedDict)


class Lines:
    """One process's. `a_second`: messages a second of a line; None knows no pace."""

    def __init__(self, a_second: Callable[[Line], float] | None = None) -> None:
        self._a_second = a_second
        self._states: dict[Line, _State] = {}

    def closed_for(self, line: Line, conversation: str, now: datetime) -> float:
        """Seconds for which this line lets nothing through; 0: try. Of a stopped line only one may try at a
        time: asking makes it this conversation."""
        state = self._states.get(line)
        if state is None or state.closed_until is None:
            return 0
        left = (state.closed_until - now).total_seconds()
        if state.on_trial and left <= 0:
            self._open(state)
            return 0
        if state.probe == conversation:
            return 0
        if left > 0:
            return left
        state.probe = conversation
        state.closed_until = now + _PROBE_ANSWERS  # should nothing come of this one, the next asks
        return 0

    def pause(self, line: Line, conversation: str, now: datetime) -> float:
        """Seconds to wait before this conversation's next message by pace; 0: it may go, and is counted."""
        if self._a_second is None:
            return 0
        state = self._states.setdefault(line, _State())
        by_pair = self._pair(state, conversation, now) if line[0] == WHATSAPP else 0
        if by_pair > 0:
            return by_pair
        begin = max(state.next_at or now, now)
        # A tenth of a second may be sent at once, the rest evenly.
        rate = self._a_second(line)
        if (begin - now).total_seconds() > 0.1:
            return (begin - now).total_seconds()
        state.next_at = begin + timedelta(seconds=1 / rate)
        if line[0] == WHATSAPP:
            self._count(state, conversation, now)
        return 0

    def sent(self, line: Line, now: datetime) -> bool:
        """A message was taken: whatever was wrong is over. Whether anything was."""
        state = self._states.get(line)
        if state is None or state.closed_until is None:
            return False
        if state.late:
            if state.probe is not None:
                state.probe, state.on_trial, state.closed_until = None, True, now + _TRIAL
            return False
        self._open(state)
        return True

    @staticmethod
    def _open(state: _State) -> None:
        state.closed_until = state.probe = None
        state.stopped = state.slowed = state.late = 0
        state.on_trial = False

    def answered(self, line: Line, conversation: str, now: datetime) -> bool:
        """The account refused this message alone: it works. Whether that is news."""
        state = self._states.get(line)
        return state is not None and state.probe == conversation and self.sent(line, now)

    def let_go(self, line: Line, conversation: str, now: datetime) -> None:
        """This conversation has nothing to send after all: another may ask."""
        state = self._states.get(line)
        if state is not None and state.probe == conversation:
            state.probe, state.closed_until = None, now

    def slowed(self, line: Line, now: datetime, *, asked: float | None = None) -> float:
        """Too much at once: the whole line waits. Returns seconds."""
        state = self._states.setdefault(line, _State())
        pause = max(_SLOWER[min(state.slowed, len(_SLOWER) - 1)], asked or 0)
        state.slowed += 1
        self._close(state, now, pause)
        return pause

    def stopped(self, line: Line, now: datetime) -> tuple[float, bool]:
        """Everything is refused. Returns seconds, and whether this is news."""
        state = self._states.setdefault(line, _State())
        is_news = state.stopped == 0
        if state.probe is None and not is_news and state.closed_until is not None:
            return max((state.closed_until - now).total_seconds(), 1), False  # it was under way already
        pause = STOPPED_FOR[min(state.stopped, len(STOPPED_FOR) - 1)]
        state.stopped += 1
        self._close(state, now, pause)
        return pause, is_news

    def stopped_later(self, line: Line, now: datetime) -> bool:
        """A status says that everything is refused: whether this is news, and not one more of those that were
        under way."""
        state = self._states.setdefault(line, _State())
        is_closed = state.closed_until is not None and not state.on_trial and state.probe is None
        if is_closed and state.late:
            return False
        is_news = state.late == 0 and state.stopped == 0
        pause = STOPPED_FOR[min(state.late, len(STOPPED_FOR) - 1)]
        state.late += 1
        state.on_trial, state.probe, state.closed_until = False, None, now + timedelta(seconds=pause)
        return is_news

    @staticmethod
    def _close(state: _State, now: datetime, pause: float) -> None:
        until = now + timedelta(seconds=pause)
        if state.probe is not None or state.closed_until is None:
            state.closed_until = until
        else:
            state.closed_until = max(state.closed_until, until)
        state.probe = None

    @staticmethod
    def _pair(state: _State, conversation: str, now: datetime) -> float:
        pair = state.pairs.get(conversation)
        if pair is None or now >= pair.clear_at:
            return 0
        if now - pair.burst_began < _PAIR and pair.sent < _BURST:
            return 0
        return math.ceil((pair.clear_at - now).total_seconds() * 1000) / 1000

    @staticmethod
    def _count(state: _State, conversation: str, now: datetime) -> None:
        pair = state.pairs.get(conversation)
        if pair is None or now >= pair.clear_at:
            state.pairs[conversation] = _Pair(burst_began=now, sent=1, clear_at=now + _PAIR)
            state.pairs.move_to_end(conversation)
            if len(state.pairs) > _KEPT:
                state.pairs.popitem(last=False)
            return
        pair.sent += 1
        pair.clear_at += _PAIR
