"""The dialogue engine: a pure function over frozen values. No clock, no I/O, no randomness.

`load_assistant` reads content, `advance` runs it, `commands_for` and `payload_commands` say what words and
taps ask of it, `asked` says what it waits for.
"""

from bot.dialogue.asking import Asked, asked, understanding_context_parts, was_just_fixed
from bot.dialogue.engine import advance
from bot.dialogue.loader import load_assistant
from bot.dialogue.meaning import commands_for
from bot.dialogue.model import Assistant
from bot.dialogue.state import Conversation
from bot.dialogue.taps import payload_commands

__all__ = [
    "Asked",
    "Assistant",
    "Conversation",
    "advance",
    "asked",
    "commands_for",
    "load_assistant",
    "payload_commands",
    "understanding_context_parts",
    "was_just_fixed",
]
