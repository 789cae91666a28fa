"""What a supervisor does with messages that could not be answered: the contract."""

from typing import Protocol


class SetAsides(Protocol):
    async def try_again(self, conversation: str, *, by: str) -> int:
        """Every such message of a conversation waits once more; how many there were. Where the patient waits
        for a person only because of them, the assistant has the conversation again. Raises
        UnknownConversation, and AlreadyTaken where a person answers."""
