"""What the assistant may do, in memory: switches, and suggestions that stand in conversations of a desk."""

from dataclasses import replace

from bot.domain.drafts import Acceptance
from bot.service.inbox.desk import Author, DraftGone, DraftView, MessageState, MessageView, Owner
from bot.service.inbox.switches import Switches
from tests.web.fakes import NOW, FakeDesk


class FakeSwitches:
    def __init__(self) -> None:
        self.now = Switches()
        self.turned: list[tuple[str, bool, str]] = []

    async def turn(self, name: str, on: bool, *, by: str) -> bool:
        self.turned.append((name, on, by))
        self.now = replace(self.now, on={**self.now.on, name: on})
        return True

    async def look(self) -> bool:
        return False


class FakeSuggestions:
    """Suggestions that stand in the conversations of a FakeDesk."""

    def __init__(self, desk: FakeDesk, *flows: Acceptance) -> None:
        self._desk = desk
        self._flows = flows
        self.decided: list[tuple[str, str, str | None, str]] = []

    def suggests(
        self, conversation: str, text: str, *, id: str = "d-1", choices: tuple[str, ...] = ()
    ) -> None:
        view = self._desk.views[conversation]
        draft = DraftView(id=id, flow="new_patient_consult", text=text, choices=choices, since=NOW)
        self._desk.opens(replace(view, owner=Owner.BOT, reason="draft", draft=draft))

    async def send(self, conversation: str, draft: str, *, who: str, text: str | None = None) -> None:
        view = await self._decide(conversation, draft)
        self.decided.append(("sent", draft, text, who))
        message = MessageView(
            id=f"out-{draft}",
            at=self._desk.clock.now(),
            author=Author.ASSISTANT,
            text=text or view.text,
            choices=view.choices,
            state=MessageState.SENT,
            by=who,
        )
        shown = self._desk.views[conversation]
        self._desk.opens(replace(shown, draft=None, messages=(*shown.messages, message)))

    async def discard(self, conversation: str, draft: str, *, who: str) -> None:
        await self._decide(conversation, draft)
        self.decided.append(("discarded", draft, None, who))
        shown = self._desk.views[conversation]
        self._desk.opens(replace(shown, draft=None, owner=Owner.STAFF, owned_by=who))

    async def acceptance(self) -> tuple[Acceptance, ...]:
        return self._flows

    async def _decide(self, conversation: str, draft: str) -> DraftView:
        view = await self._desk.conversation(conversation)
        if view.draft is None or view.draft.id != draft:
            raise DraftGone
        return view.draft
