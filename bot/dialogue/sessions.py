"""Where sessions begin and end (flow format, 15), and what outlives a change of content (17.5)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.asking import kind_of
from bot.dialogue.commands import Command, KnowledgeAnswer, SetSlot, StartFlow
from bot.dialogue.names import FACTS
from bot.dialogue.stacking import active_chain, asked_slot, cancel_chain, chains
from bot.dialogue.values import WrongValue, coerce, fits
from bot.dialogue.workbench import Workbench

SESSION_START = "pattern_session_start"

#: What is said to who answers an offer of long ago; a project without that answer begins from nothing.
_LONG_AGO = "long_ago"
_PASSED = frozenset({"time", "opening", "yes_no"})  # kinds of answers that are of that day


def end_session(bench: Workbench, *, reason: str) -> None:
    """Everything under way is dropped. The next message begins a session, unless `begin_session` does now."""
    for chain in reversed(chains(bench.stack)):
        cancel_chain(bench, chain, reason=reason)
    bench.stack = []
    bench.introduced, bench.noted_closed, bench.misunderstood = False, False, 0
    bench.change(ended_flow=None)


def of_long_ago(bench: Workbench, commands: Sequence[Command]) -> tuple[Command, ...]:
    """ "Yes, the second one", days after times were offered: what was offered is gone, so it is said, and the
    flow begins anew with what was told of the person. To be asked before the session ends."""
    chain, asked = active_chain(bench.stack), asked_slot(bench)
    sets = [command for command in commands if isinstance(command, SetSlot)]
    if chain is None or not sets or len(sets) < len(commands) or all(each.name != asked for each in sets):
        return tuple(commands)
    slots, flow = bench.assistant.slots, chain.root.flow_id
    fills = bench.assistant.fills.get(flow, frozenset())
    offers = {"time", "opening"} <= {kind_of(slots[name]) for name in fills}
    if not offers or kind_of(slots[asked or ""]) not in _PASSED or _LONG_AGO not in bench.assistant.answers:
        return tuple(commands)
    told = [name for name in sorted(fills) if bench.slots.get(name) is not None]
    kept = [SetSlot(name, bench.slots[name]) for name in told if kind_of(slots[name]) not in _PASSED]
    return (KnowledgeAnswer(topic=_LONG_AGO), StartFlow(flow), *kept)


def forget_session(bench: Workbench) -> None:
    """A new session keeps the slots of the last one, unless content says otherwise."""
    if not bench.assistant.carries_slots_over:
        reset_all(bench)


def begin_session(bench: Workbench) -> None:
    end_session(bench, reason="session_start")
    forget_session(bench)
    bench.introduced = True
    bench.push(SESSION_START)


def reset_all(bench: Workbench, *, but: frozenset[str] = frozenset()) -> None:
    """Every slot but the language and the practice's facts."""
    for name in tuple(bench.slots):
        if name in bench.assistant.slots and name not in FACTS and name not in but:
            bench.reset_slot(name)


def meet_content(bench: Workbench) -> None:
    """A conversation that comes from other content: its slots are fitted, what was under way is dropped.

    Whoever keeps the content it began with runs it on that until its stack is empty (17.5).
    """
    if bench.base.version == bench.assistant.version:
        return
    _fit_slots(bench)
    if not bench.stack:
        return
    for frame in reversed(bench.stack):
        if not frame.is_pattern:
            bench.record("flow_cancelled", flow_id=frame.flow_id, step_id=frame.step_id, reason="code_change")
    bench.stack = []
    bench.push("pattern_code_change")


def _fit_slots(bench: Workbench) -> None:
    slots = bench.assistant.slots
    for name, value in tuple(bench.slots.items()):
        if name not in slots:
            bench.record("slot_archived", name=name, value=value)
            bench.drop(name)
        elif name not in FACTS and not fits(slots[name], value):
            try:
                bench.set_slot(name, coerce(slots[name], value))
            except WrongValue:
                bench.reset_slot(name)
    for slot in slots.values():
        if slot.initial_value is not None and slot.name not in bench.slots:
            bench.put(slot.name, slot.initial_value)
