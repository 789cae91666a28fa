"""What a person does with an answer that the assistant only suggests."""

from typing import Protocol

from bot.domain.drafts import Acceptance


class Suggestions(Protocol):
    """One practice's. `draft` names exactly the suggestion that was on the screen; another that came
    meanwhile is not sent in its place."""

    async def send(self, conversation: str, draft: str, *, who: str, text: str | None = None) -> None:
        """Let it out as it is, or in other words; the dialogue goes on at its step.
        Raises UnknownConversation, AlreadyTaken, WindowClosed, and DraftGone when somebody has decided, or
        the patient wrote again."""

    async def discard(self, conversation: str, draft: str, *, who: str) -> None:
        """Nothing of it goes out; `who` has the conversation and answers. Raises as `send`."""

    async def acceptance(self) -> tuple[Acceptance, ...]:
        """Of every flow that was ever suggested, or is; by name."""
