"""What the commands of an answer do by themselves: nothing more is to be begun because of its words."""

from collections.abc import Sequence

from bot.dialogue import Assistant
from bot.dialogue.commands import Command, KnowledgeAnswer, StartFlow
from bot.dialogue.gist import MOVE

#: Said to somebody who says no, or yes, to nothing in particular.
IDLE = (KnowledgeAnswer(topic="goodbye"), KnowledgeAnswer(topic="thanks"), KnowledgeAnswer(topic="greet"))


def changes_a_visit(command: Command, assistant: Assistant) -> bool:
    """ "I can't come, cancel it": what is to happen is said."""
    flows = {assistant.triggers.get(intent) for intent in ("cancel_visit", MOVE)}
    return isinstance(command, StartFlow) and command.flow in flows


def is_answered(commands: Sequence[Command], assistant: Assistant) -> bool:
    """ "Yes, if there is parking": what it is tied to is a question that has an answer."""
    return any(
        isinstance(each, KnowledgeAnswer) and each not in IDLE and each.topic in assistant.answers
        for each in commands
    )
