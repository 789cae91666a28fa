"""What of a stored turn may be read by anybody who looks: names of the content, yes. Words of a patient, no.

A value is shown when the content itself lists what it can be (bool, categorical), else a dot stands for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogue import Assistant
from bot.dialogue.commands import Command, CorrectSlots, SetSlot, command_from_json
from bot.service.turns.in_words import InWords

HIDDEN = "•••"
_LISTED = ("bool", "categorical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """`shows_words`: the operator asked for everything."""

    assistant: Assistant
    in_words: InWords
    shows_words: bool = False

    def text(self, text: str) -> str:
        if self.shows_words:
            return f"“{text}”"
        count = len(text.split())
        return f"({count} word{'s' if count != 1 else ''})" if count else "(no words)"

    def value(self, slot: str, value: Any) -> str:
        """Of a slot."""
        if value is None or self.shows_words or self._is_listed(slot, value):
            return self.in_words.value(value)
        return HIDDEN

    def named(self, name: str, value: Any) -> str:
        """Of what a condition names: "slots.day", "context.reason"."""
        root, _, slot = name.partition(".")
        if root == "slots":
            return self.value(slot.split(".")[0], value)
        is_plain = value is None or isinstance(value, bool | int)
        return self.in_words.value(value) if is_plain or self.shows_words else HIDDEN

    def commands(self, journal: Mapping[str, Any]) -> list[str]:
        """What the message was understood as. An old journal tells how many commands, no more."""
        heard = journal.get("heard") or {}
        if self.shows_words:
            return list(journal.get("commands") or ())
        if "commands" in heard:
            return [self._command(command_from_json(each)) for each in heard["commands"]]
        if heard.get("handed_back"):
            return ["given back by a person"]
        return [HIDDEN for _ in journal.get("commands") or ()]

    def _command(self, command: Command) -> str:
        match command:
            case SetSlot(name, value):
                return f"{name} = {self.value(name, value)}"
            case CorrectSlots(slots):
                return "correct " + ", ".join(f"{n} = {self.value(n, v)}" for n, v in slots.items())
            case _:
                return self.in_words.command(command)

    def _is_listed(self, slot: str, value: Any) -> bool:
        known = self.assistant.slots.get(slot)
        if known is None or known.type not in _LISTED:
            return False
        return isinstance(value, bool) or value in known.values or value in ("true", "false")
