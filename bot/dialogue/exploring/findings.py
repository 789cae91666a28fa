"""What is wrong with what was walked: each finding at its step, with a shortest path that leads there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.dialogue.checker import opens_handoff
from bot.dialogue.exploring.likeness import is_under
from bot.dialogue.exploring.walk import Node, Trouble, Walk
from bot.dialogue.model import HANDOFF
from bot.errors import Position, Problem

_NO_VARIATION = re.compile(r'no variation of "(.+)" fits')


def findings(walk: Walk) -> tuple[Problem, ...]:
    """Sorted by place; one for each step and kind, however many paths lead to it."""
    found: dict[tuple[Position, str], Problem] = {}
    for rule in (_troubles, _circles, _no_person, _dead_ends):
        for problem in rule(walk):
            found.setdefault((problem.position, problem.code), problem)
    return tuple(sorted((*found.values(), *_left_kept(walk))))


def _problem(position: Position, code: str, message: str, node: Node) -> Problem:
    return Problem(position, code, f"{message}; path: {node.path()}")


def _troubles(walk: Walk) -> Iterator[Problem]:
    for trouble in walk.troubles:
        position = _where(walk, trouble)
        if trouble.event["event"] == "silence":
            yield _problem(
                position, "E-SILENT", "the patient gets no answer here; say something", trouble.node
            )
        elif "belongs to a turn of more than" in trouble.event["message"]:
            yield _problem(position, "E-LOOP", "goes round for ever; ask something in between", trouble.node)
        else:
            yield _problem(position, "E-FAULT", f"a step fails: {trouble.event['message']}", trouble.node)


def _where(walk: Walk, trouble: Trouble) -> Position:
    event = trouble.event
    flow = walk.assistant.flows.get(event.get("flow_id") or "")
    if flow is not None:
        step = flow.steps.get(event.get("step_id") or "")
        return step.position if step is not None else flow.position
    response = _NO_VARIATION.search(event.get("message", ""))
    if response is not None and response[1] in walk.assistant.responses:
        return walk.assistant.responses[response[1]].position
    return walk.position(trouble.node)


def _circles(walk: Walk) -> Iterator[Problem]:
    """Actions whose results lead back to themselves within one turn."""
    told: set[frozenset[Position]] = set()
    done = {id(node) for node in walk.nodes.values() if is_under(node.conversation)}
    for start in walk.nodes.values():
        if start.rests or id(start) in done:
            continue
        on_path: dict[int, None] = {}
        ahead: list[tuple[Node, Iterator[Node]]] = [(start, _within_turn(start))]
        on_path[id(start)] = None
        while ahead:
            node, rest = ahead[-1]
            following = next(rest, None)
            if following is None:
                ahead.pop()
                on_path.pop(id(node))
                done.add(id(node))
            elif id(following) in on_path:
                round_trip = [n for n, _ in ahead]
                round_trip = round_trip[round_trip.index(following) :]
                steps = frozenset(walk.position(n) for n in round_trip)
                if steps in told:
                    continue
                told.add(steps)
                names = [_action(n) for n in round_trip]
                circle = " -> ".join((*names, names[0]))
                yield _problem(
                    walk.position(following),
                    "E-LOOP",
                    f"actions may follow each other for ever: {circle}; ask something in between",
                    following,
                )
            elif id(following) not in done:
                on_path[id(following)] = None
                ahead.append((following, _within_turn(following)))


def _within_turn(node: Node) -> Iterator[Node]:
    return (way.to for way in node.leads_to if way.kind is None and not way.once and not way.to.rests)


def _action(node: Node) -> str:
    turn = node.conversation.turn
    return turn.call.action if turn is not None and turn.call is not None else "?"


def _no_person(walk: Walk) -> Iterator[Problem]:
    """Who asks for a person gets one, whatever waits and whatever the handoff's own actions come to."""
    flow = walk.assistant.flows[HANDOFF]
    if not opens_handoff(flow):
        return  # content without a practice, where nobody can be called
    for node in walk.nodes.values():
        for way in node.leads_to:
            if way.kind != "human":
                continue
            for end in _ends_of_turn(way.to):
                if not end.conversation.paused:
                    message = "a patient who asks for a person does not get one"
                    path = node.path(then=way.label)
                    yield Problem(flow.position, "E-HUMAN", f"{message}; path: {path}")


def _ends_of_turn(node: Node) -> Iterator[Node]:
    seen, ahead = {id(node)}, [node]
    while ahead:
        at = ahead.pop()
        if at.rests:
            yield at
            continue
        for way in at.leads_to:
            if way.kind is None and id(way.to) not in seen:
                seen.add(id(way.to))
                ahead.append(way.to)


def _left_kept(walk: Walk) -> Iterator[Problem]:
    """Nothing is under way any more, nobody was called, and something is still kept for the patient."""
    told: set[tuple[Position, str]] = set()
    for node in walk.nodes.values():
        for way in node.leads_to:
            end = way.to
            if end.kept is None or not end.rests or end.has_flow or end.conversation.paused:
                continue
            how = way.label.partition(" (")[0]  # whatever else the action set
            if (end.kept, how) not in told:
                told.add((end.kept, how))
                message = "what is kept here is neither released nor booked at the end"
                yield Problem(end.kept, "E-HOLD", f"{message}; path: {node.path(then=way.label)}")


def _dead_ends(walk: Walk) -> Iterator[Problem]:
    """A question none of whose answers, nor the answers after those, leads to an end."""
    if not walk.is_complete:
        return
    before: dict[int, list[Node]] = {}
    leads_on: list[Node] = []
    for node in walk.nodes.values():
        for way in node.leads_to:
            if way.kind in (None, "answer", "start"):
                before.setdefault(id(way.to), []).append(node)
        if node.rests and not node.has_flow and (node.conversation.paused or not node.conversation.stack):
            leads_on.append(node)
    good = {id(node) for node in leads_on}
    while leads_on:
        for earlier in before.get(id(leads_on.pop()), ()):
            if id(earlier) not in good:
                good.add(id(earlier))
                leads_on.append(earlier)
    for node in _first_of_each(walk, walk.nodes.values()):
        if id(node) not in good:
            yield _problem(
                walk.position(node), "E-DEADEND", "no answer to this question leads to an end", node
            )


def _first_of_each(walk: Walk, nodes: Iterable[Node]) -> Iterator[Node]:
    """Conversations with a question open, and no other flow beneath it."""
    for node in nodes:
        conversation = node.conversation
        flows = [f for f in conversation.stack if not f.is_pattern and f.entered_by != "call"]
        if node.rests and not conversation.paused and len(flows) == 1 and not flows[0].interrupted:
            yield node
