"""A conversation that goes on from a message which the practice began. Pure.

The message went out without the engine: a reminder interrupts nobody's dialogue. It is only when its reader
answers that the dialogue stands where the message put it: what was under way before is dropped, its buttons
are in view, and where a flow asked by it, that flow waits at its first question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.dialogue.commands import StartFlow
from bot.dialogue.effects import Button
from bot.dialogue.engine import advance
from bot.dialogue.events import PatientWrote
from bot.dialogue.model import Assistant
from bot.dialogue.stacking import cancel_chain, chains
from bot.dialogue.state import Conversation, Said, Turn
from bot.dialogue.workbench import Workbench


def taken_up(
    assistant: Assistant,
    conversation: Conversation,
    *,
    text: str,
    buttons: Sequence[Button],
    slots: Mapping[str, Any],
    channel: str,
    at: datetime,
    flow: str | None = None,
) -> Conversation:
    """`slots`: what the message was about, for the flows that its answers start."""
    cleared = _cleared(assistant, conversation, slots, channel=channel, at=at)
    said = (Said(text=text, buttons=tuple(buttons)),)
    if flow is None:
        return replace(cleared, said=said)
    asking, _ = advance(
        assistant,
        replace(cleared, introduced=True, noted_closed=True),
        PatientWrote(at=at, text="", commands=(StartFlow(flow, explicit=True),), channel=channel),
    )
    if not asking.has_settled or not asking.stack:
        return replace(cleared, said=said)
    return replace(
        asking,
        said=said,
        introduced=cleared.introduced,
        noted_closed=cleared.noted_closed,
        last_message_at=cleared.last_message_at,
        turn_number=cleared.turn_number,
    )


def noted(assistant: Assistant, conversation: Conversation, slots: Mapping[str, Any]) -> Conversation:
    """A tap on a message of ours in the middle of something else: that goes on afterwards."""
    known = {name: value for name, value in slots.items() if name in assistant.slots}
    return replace(conversation, slots={**conversation.slots, **known})


def put_aside(assistant: Assistant, conversation: Conversation, *, channel: str) -> Conversation:
    """What was under way, and what was asked, is over: an answer was given that no flow goes on from."""
    at = datetime.fromisoformat(conversation.last_message_at) if conversation.last_message_at else None
    if at is None:
        return replace(conversation, stack=(), said=())
    return replace(_cleared(assistant, conversation, {}, channel=channel, at=at), said=())


def _cleared(
    assistant: Assistant,
    conversation: Conversation,
    slots: Mapping[str, Any],
    *,
    channel: str,
    at: datetime,
) -> Conversation:
    bench = Workbench(assistant, conversation, Turn(at=at.isoformat(), channel=channel))
    for chain in reversed(chains(bench.stack)):
        if all(frame.flow_id in assistant.flows for frame in chain.frames if not frame.is_pattern):
            cancel_chain(bench, chain, reason="outreach")
    bench.stack = []
    for name, value in slots.items():
        if name in assistant.slots:
            bench.put(name, value)
    return replace(bench.conversation(settled=True), misunderstood=0)
