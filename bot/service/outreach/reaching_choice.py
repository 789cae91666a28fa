""" "Please text me instead": words that name a channel begin the flow that asks and keeps it."""

from collections.abc import Sequence

from bot.dialogue import Assistant
from bot.dialogue.commands import Command, Emergency, SetSlot, StartFlow
from bot.dialogue.opting_out import says_plainly
from nlu.reaching import wished_channel
from nlu.understanding import Understanding

_FLOW, _SLOT = "reached_by", "reminders_by"


def with_choice(
    commands: tuple[Command, ...],
    understanding: Understanding,
    assistant: Assistant,
    *,
    languages: Sequence[str],
) -> tuple[Command, ...]:
    """The same commands, where nothing of the kind is said or the project has no such flow. An alarm is one,
    whatever it names."""
    if _FLOW not in assistant.flows or any(isinstance(command, Emergency) for command in commands):
        return commands
    if says_plainly(understanding.text):
        return commands
    channel = wished_channel(understanding, languages)
    if channel is None:
        return commands
    return (StartFlow(_FLOW, explicit=True), SetSlot(_SLOT, channel))
