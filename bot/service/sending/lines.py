"""Whether messages may leave an account at all: throttling, being shut out, nobody there. How fast:
`sending.pacing`.

A line is one account of one channel. What it has to hold back waits in memory; nothing is asked of the
database or of Meta meanwhile. When a line stops, one message after another asks whether it works again, and
everything else waits for that one's answer; so it is when several in a row found nobody who could take them,
of whichever conversations. Pure, but for the moments that it is given; a process that starts
again finds out anew with its first message.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.verdicts import STOPPED_FOR

Line = tuple[str, str]  # channel, account

_SLOWER = (1, 2, 4, 8, 16, 30, 60)
#: So many requests in a row without an answer are not the fault of one message.
_SILENT_AFTER = 3
PROBE_ANSWERS = timedelta(seconds=60)
#: Of an account that took messages and refused them by a status, one that is taken is believed after so long.
_TRIAL = timedelta(seconds=10)


@dataclass(slots=True)
class _State:
    closed_until: datetime | None = None
    stopped: int = 0  # refusals of everything, in a row
    slowed: int = 0
    late: int = 0  # refusals of everything that came by a status, in a row
    unanswered: int = 0  # requests that nobody could take, in a row
    silent: int = 0  # pauses because of that, in a row
    on_trial: bool = False  # closed, until it is clear that no status refuses what was taken
    probe: str | None = None  # the conversation whose message asks whether it works again


class Lines:
    """One process's. `probe_answers`: how long who asks has for it, before another does."""

    def __init__(self, probe_answers: timedelta = PROBE_ANSWERS) -> None:
        self._states: dict[Line, _State] = {}
        self._probe_answers = probe_answers

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
        state.closed_until = now + self._probe_answers  # should nothing come of this one, the next asks
        return 0

    def sent(self, line: Line, now: datetime) -> bool:
        """A message was taken: whatever was wrong is over. Whether anything was."""
        state = self._states.get(line)
        if state is not None:
            state.unanswered = 0
        if state is None or state.closed_until is None:
            return False
        if state.slowed and state.probe is None:
            return False  # it was under way when too much was sent: that proves nothing
        if state.late:
            if state.probe is not None:
                state.probe, state.on_trial, state.closed_until = None, True, now + _TRIAL
            return False
        self._open(state)
        return True

    @staticmethod
    def _open(state: _State) -> None:
        state.closed_until = state.probe = None
        state.stopped = state.slowed = state.late = state.unanswered = state.silent = 0
        state.on_trial = False

    def answered(self, line: Line, conversation: str, now: datetime) -> bool:
        """The account refused this message alone: it works. Whether that is news."""
        state = self._states.get(line)
        if state is not None:
            state.unanswered = 0
        return state is not None and state.probe == conversation and self.sent(line, now)

    def let_go(self, line: Line, conversation: str, now: datetime) -> None:
        """This conversation has nothing to send after all: another may ask."""
        state = self._states.get(line)
        if state is not None and state.probe == conversation:
            state.probe, state.closed_until = None, now

    def unanswered(self, line: Line, now: datetime) -> float:
        """Nobody took this request, or nobody knows: it may be the whole of Meta. Returns the seconds for
        which the line waits; 0 while it may be this message alone."""
        state = self._states.setdefault(line, _State())
        state.unanswered += 1
        if state.unanswered < _SILENT_AFTER:
            return 0
        if (left := self._under_way(state, now)) is not None:
            return left
        pause = _SLOWER[min(state.silent, len(_SLOWER) - 1)]
        state.silent += 1
        self._close(state, now, pause)
        return pause

    def silent_for(self, line: Line, now: datetime) -> float:
        """Seconds for which a message of unknown fate waits: while nobody answers, messages that were never
        tried ask. Once none of them has for a while, it has to ask itself."""
        state = self._states.get(line)
        if state is None or not state.silent or state.closed_until is None:
            return 0
        return max((state.closed_until + self._probe_answers - now).total_seconds(), 0)

    def slowed(self, line: Line, now: datetime, *, asked: float | None = None) -> float:
        """Too much at once: the whole line waits. Returns seconds. However many were refused together, it is
        one pause."""
        state = self._states.setdefault(line, _State())
        if state.slowed and (left := self._under_way(state, now)) is not None:
            pause = max(left, asked or 0)
        else:
            pause = max(_SLOWER[min(state.slowed, len(_SLOWER) - 1)], asked or 0)
            state.slowed += 1
        self._close(state, now, pause)
        return pause

    def stopped(self, line: Line, now: datetime) -> tuple[float, bool]:
        """Everything is refused. Returns seconds, and whether this is news."""
        state = self._states.setdefault(line, _State())
        is_news = state.stopped == 0
        if not is_news and (left := self._under_way(state, now)) is not None:
            return left, False
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
    def _under_way(state: _State, now: datetime) -> float | None:
        """Seconds to wait for a request that had left already when the line closed; None: it was no such."""
        if state.probe is not None or state.closed_until is None:
            return None
        return max((state.closed_until - now).total_seconds(), 1)

    @staticmethod
    def _close(state: _State, now: datetime, pause: float) -> None:
        until = now + timedelta(seconds=pause)
        if state.probe is not None or state.closed_until is None:
            state.closed_until = until
        else:
            state.closed_until = max(state.closed_until, until)
        state.probe = None
