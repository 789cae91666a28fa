"""What only shows once everything is loaded: dead steps, loops, unhandled outcomes, missing translations.

Each rule is a function over the whole assistant; `check` runs them all: all mistakes are told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.dialogue.checker_of_texts import check_texts, texts_of, uttered_by_steps
from bot.dialogue.conditions import Comparison, Condition, Expression, Literal, Members, Path, walk
from bot.dialogue.model import (
    END,
    HANDOFF,
    PASS_ON,
    ActionDeclaration,
    ActionStep,
    AnyStep,
    Assistant,
    CallStep,
    CollectStep,
    Flow,
    LinkStep,
    NoopStep,
)
from bot.dialogue.names import FACTS
from bot.dialogue.payloads import SlotsPayload, read_payload
from bot.dialogue.reading import Ledger
from bot.dialogue.wording import placeholders

#: Patterns that no project may switch off, and the action that does what they are for (17.4).
SAFETY = {
    "pattern_emergency": "action_emergency_alert",
    "pattern_stop": "action_opt_out",
    "pattern_media": "action_store_media",
    "pattern_my_data": "action_data_request",
    "pattern_out_of_hours": "action_note_out_of_hours",
    "pattern_reminder_reply": "action_reminder_reply",
}
_LINKED_FROM_PATTERNS = ("pattern_chitchat", "pattern_customer_satisfaction", HANDOFF)


def check(assistant: Assistant, ledger: Ledger, *, broken: frozenset[str], for_practice: bool = True) -> None:
    """`broken`: flows with mistakes already told, where more would only be noise."""
    for flow in assistant.flows.values():
        if flow.id not in broken:
            for rule in _FLOW_RULES:
                rule(flow, assistant, ledger)
    if for_practice and HANDOFF in assistant.flows and HANDOFF not in broken:
        _hands_over(assistant.flows[HANDOFF], ledger)
    _check_calls(assistant, ledger)
    check_texts(assistant, ledger, for_practice=for_practice)
    _check_shared_slots(assistant, ledger)
    if not broken:
        _check_unused(assistant, ledger)


# One flow


def _unreachable(flow: Flow, assistant: Assistant, ledger: Ledger) -> None:
    seen, ahead = set[str](), [flow.first]
    while ahead:
        step_id = ahead.pop()
        if step_id not in seen and step_id != END:
            seen.add(step_id)
            ahead.extend(branch.target for branch in flow.steps[step_id].next)
    for step in flow.steps.values():
        if step.id not in seen:
            ledger.add(
                step.position,
                "E-UNREACHABLE",
                f'no way leads to step "{step.id}"; delete it, or name it in a next',
            )


def _loops(flow: Flow, assistant: Assistant, ledger: Ledger) -> None:
    """A circle in which nobody is asked and no action runs can only go round for ever."""
    idle = {step.id for step in flow.steps.values() if not _takes_time(step, assistant, frozenset())}
    done: set[str] = set()

    def visit(step_id: str, path: tuple[str, ...]) -> None:
        if step_id in path:
            circle = " -> ".join((*path[path.index(step_id) :], step_id))
            step = flow.steps[step_id]
            ledger.add(step.position, "E-LOOP", f"goes round for ever: {circle}; ask something in between")
        elif step_id in idle and step_id not in done:
            for target in dict.fromkeys(branch.target for branch in flow.steps[step_id].next):
                visit(target, (*path, step_id))
            done.add(step_id)

    for step_id in flow.steps:
        if step_id in idle:
            visit(step_id, ())


def _takes_time(step: AnyStep, assistant: Assistant, above: frozenset[str]) -> bool:
    match step:
        case CollectStep():
            return True
        case ActionStep():
            return step.action in assistant.actions or step.action == "action_listen"
        case CallStep():
            called = assistant.flows.get(step.flow)
            if called is None or called.id in above:
                return True
            return any(_takes_time(inner, assistant, above | {called.id}) for inner in called.steps.values())
    return False


def _links(flow: Flow, assistant: Assistant, ledger: Ledger) -> None:
    called = {
        step.flow
        for other in assistant.flows.values()
        for step in other.steps.values()
        if isinstance(step, CallStep)
    }
    for step in flow.steps.values():
        if not isinstance(step, LinkStep):
            continue
        if step.flow == flow.id:
            ledger.add(step.position, "E-LINK", "a flow cannot link to itself; use `next` with a step id")
        elif flow.id in called:
            ledger.add(
                step.position,
                "E-LINK",
                f'"{flow.id}" is called by another flow, so it must come back: no link',
            )
        elif flow.id == "pattern_internal_error":
            ledger.add(step.position, "E-LINK", "pattern_internal_error must end, not link")
        elif not _may_link(flow, step.flow):
            ledger.add(
                step.position, "E-LINK", f'"{step.flow}" cannot be linked from here; only {HANDOFF} can'
            )


def _may_link(flow: Flow, target: str) -> bool:
    if not target.startswith("pattern_") or target == HANDOFF:
        return True
    if target == PASS_ON:
        return not flow.is_pattern
    return flow.is_pattern and target in _LINKED_FROM_PATTERNS


def _calls_in_patterns(flow: Flow, assistant: Assistant, ledger: Ledger) -> None:
    for step in flow.steps.values():
        if isinstance(step, CallStep) and (flow.is_pattern or step.flow.startswith("pattern_")):
            ledger.add(step.position, "E-CALL", "patterns neither call nor are called; write the steps out")


def _safety(flow: Flow, assistant: Assistant, ledger: Ledger) -> None:
    required = SAFETY.get(flow.id)
    if required is None:
        return
    first = flow.steps[flow.first]
    if not isinstance(first, ActionStep) or first.action != required:
        ledger.add(first.position, "E-SAFETY", f'the first step of "{flow.id}" must be `action: {required}`')
    if flow.guard is not None:
        ledger.add(flow.guard.position, "E-SAFETY", f'"{flow.id}" cannot be switched off by a condition')


def opens_handoff(flow: Flow) -> bool:
    return any(isinstance(s, ActionStep) and s.action == "action_open_handoff" for s in flow.steps.values())


def _hands_over(flow: Flow, ledger: Ledger) -> None:
    """Content without a practice may answer in its own way who asks for a person: nobody is there."""
    if not opens_handoff(flow):
        ledger.add(flow.position, "E-SAFETY", f'"{HANDOFF}" must run `action: action_open_handoff`')


def _outcomes(flow: Flow, assistant: Assistant, ledger: Ledger) -> None:
    for step in flow.steps.values():
        declared = assistant.actions.get(step.action) if isinstance(step, ActionStep) else None
        if declared is None:
            continue
        if declared.outcome is None:
            if declared.sets is None:
                ledger.add(
                    declared.position,
                    "W-OUTCOME",
                    f'action "{declared.name}" declares neither `sets` nor `outcome`: it may set any slot',
                )
            continue
        for value in _unhandled(flow, step, declared):
            ledger.add(
                step.position,
                "E-OUTCOME",
                f'{declared.name} may set {declared.outcome.slot} to "{value}", which no branch handles',
            )


def _unhandled(flow: Flow, step: AnyStep, declared: ActionDeclaration) -> list[str]:
    """Values that the first branches after the action do not name; `else` does not count."""
    assert declared.outcome is not None
    current = step
    while len(current.next) == 1 and current.next[0].target != END:
        current = flow.steps[current.next[0].target]
        if not isinstance(current, NoopStep):
            break
    conditions = [branch.condition for branch in current.next if branch.condition is not None]
    if current is not step and not isinstance(current, NoopStep):
        conditions = []
    named = {value for condition in conditions for value in _named(condition, declared.outcome.slot)}
    return [value for value in declared.outcome.values if value not in named]


def _named(condition: Condition, slot: str) -> Iterator[object]:
    for part in walk(condition.tree):
        if not isinstance(part, Comparison):
            continue
        if part.operator == "=":
            for one, other in ((part.left, part.right), (part.right, part.left)):
                if _is_slot(one, slot) and isinstance(other, Literal):
                    yield other.value
        elif part.operator == "contains" and isinstance(part.left, Members) and _is_slot(part.right, slot):
            yield from (item.value for item in part.left.items if isinstance(item, Literal))


def _is_slot(part: Expression, slot: str) -> bool:
    return isinstance(part, Path) and part.root == "slots" and part.name == slot


def _flow_names(flow: Flow, assistant: Assistant, ledger: Ledger) -> None:
    if flow.is_pattern:
        return
    for language in assistant.languages:
        if language not in flow.names and language.split("-")[0] not in flow.names and flow.name != flow.id:
            ledger.add(
                flow.position,
                "E-LANG",
                f'flow "{flow.id}" has no name in "{language}"; add it under `translation`',
            )


_FLOW_RULES: tuple[Callable[[Flow, Assistant, Ledger], None], ...] = (
    _unreachable,
    _loops,
    _links,
    _calls_in_patterns,
    _safety,
    _outcomes,
    _flow_names,
)


# The whole


def _check_calls(assistant: Assistant, ledger: Ledger) -> None:
    """Recursion, direct or not, would never come back."""
    done: set[str] = set()

    def visit(flow: Flow, path: tuple[str, ...]) -> None:
        if flow.id in done:
            return
        for step in flow.steps.values():
            if not isinstance(step, CallStep):
                continue
            if step.flow in (*path, flow.id):
                circle = " -> ".join((*path, flow.id, step.flow))
                ledger.add(step.position, "E-CALL", f"calls come back to themselves: {circle}")
            elif step.flow in assistant.flows:
                visit(assistant.flows[step.flow], (*path, flow.id))
        done.add(flow.id)

    for flow in assistant.flows.values():
        visit(flow, ())


def _check_shared_slots(assistant: Assistant, ledger: Ledger) -> None:
    """Two flows that collect one slot: the end of one would wipe what the other was told. A flow that several
    call asks for itself, the same way each time: that is one place."""
    collected: dict[str, list[Flow]] = {}
    for flow in assistant.flows.values():
        if flow.is_pattern:
            continue
        own = {step.slot for step in flow.steps.values() if isinstance(step, CollectStep)}
        for name in own - flow.kept_slots():
            collected.setdefault(name, []).append(flow)
    for name, flows in sorted(collected.items()):
        if len(flows) > 1:
            others = " and ".join(f'"{flow.id}"' for flow in flows)
            ledger.add(
                flows[1].position,
                "W-SHARED",
                f'{others} both collect "{name}": one wipes it for the other; persist it',
            )


def _check_unused(assistant: Assistant, ledger: Ledger) -> None:
    """Slots that nothing names, responses that nothing utters; not where actions might."""
    if all(action.sets is not None or action.outcome for action in assistant.actions.values()):
        named = FACTS.union(_named_slots(assistant))
        for slot in assistant.slots.values():
            if slot.name not in named and not slot.is_built_in:
                ledger.add(slot.position, "W-UNUSED", f'nothing fills or reads slot "{slot.name}"')
    if assistant.actions:
        return
    used = set(uttered_by_steps(assistant))
    for response in assistant.responses.values():
        if response.name not in used and not response.is_built_in and response.name not in assistant.replaced:
            ledger.add(response.position, "W-UNUSED", f'nothing utters "{response.name}"')


def _named_slots(assistant: Assistant) -> Iterator[str]:
    """Every slot that steps, conditions, actions, texts or buttons name."""
    for flow in assistant.flows.values():
        yield from flow.own_slots()
        for step in flow.steps.values():
            for branch in step.next:
                yield from _in_condition(branch.condition)
            if isinstance(step, CollectStep):
                for rejection in step.rejections:
                    yield from _in_condition(rejection.condition)
        yield from _in_condition(flow.guard)
    for action in assistant.actions.values():
        yield from (*(action.sets or ()), *(action.sends or ()))
        yield from (action.outcome.slot,) if action.outcome else ()
    for response in (*assistant.responses.values(), *assistant.answers.values()):
        for variation in response.variations:
            yield from _in_condition(variation.condition)
            for text in texts_of(variation):
                yield from placeholders(text)
            for button in variation.buttons:
                read = read_payload(button.payload)
                yield from (name for name, _ in read.pairs) if isinstance(read, SlotsPayload) else ()


def _in_condition(condition: Condition | None) -> Iterator[str]:
    if condition is not None:
        yield from (path.name for path in condition.paths() if path.root == "slots")
