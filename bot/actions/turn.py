"""What an action of ours needs beyond Rasa's tracker: the running call, and where its diary writes go.

A context variable carries both, so that actions keep rasa-sdk's signature.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from bot.domain.diary import DiaryWrite
from bot.ports import ActionCall


@dataclass(frozen=True, slots=True)
class _Running:
    call: ActionCall
    writes: list[DiaryWrite] = field(default_factory=list)


_running: ContextVar[_Running] = ContextVar("running_action")


@contextmanager
def running(call: ActionCall) -> Iterator[list[DiaryWrite]]:
    """Makes `call` the current one; yields the list that `stage` fills."""
    now = _Running(call)
    token = _running.set(now)
    try:
        yield now.writes
    finally:
        _running.reset(token)


def current_call() -> ActionCall:
    """The call that runs this action. LookupError outside of one."""
    return _running.get().call


def stage(write: DiaryWrite) -> None:
    """Have this written to the diary in the transaction that commits the turn, or not at all."""
    _running.get().writes.append(write)
