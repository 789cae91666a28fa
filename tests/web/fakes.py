"""A desk, an observer and a clock in memory, with the promises of their contracts."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.domain.practice import Practice, Practitioner, Shift, VisitType
from bot.service.desk import (
    AlreadyTaken,
    Author,
    ConversationView,
    MessageState,
    MessageView,
    Owner,
    TurnTrace,
    UnknownConversation,
    WaitingConversation,
    WindowClosed,
)
from bot.web.live import Bell

NOW = datetime(2026, 11, 16, 9, 20, tzinfo=UTC)  # a Monday, 10:20 in Milan


class FakeClock:
    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_by(self, duration: timedelta) -> None:
        self.at += duration


class FakeDesk:
    """Keeps what it is told and plays by the contract."""

    def __init__(self, *conversations: ConversationView, clock: FakeClock | None = None) -> None:
        self.views = {view.id: view for view in conversations}
        self.clock = clock or FakeClock()
        self.unread: dict[str, int] = {}
        self.replies: list[tuple[str, str, str, str]] = []
        self._bell = Bell()

    async def handoffs(self) -> tuple[WaitingConversation, ...]:
        rows = [
            WaitingConversation(
                id=view.id,
                label=view.label,
                channel=view.channel,
                reason=view.reason or "asked",
                since=view.since or self.clock.now(),
                owner=view.owner,
                urgent=view.urgent,
                last_text=view.messages[-1].text if view.messages else "",
                unread=self.unread.get(view.id, 0),
                owned_by=view.owned_by,
            )
            for view in self.views.values()
        ]
        return tuple(sorted(rows, key=lambda row: (not row.urgent, row.since)))

    async def conversation(self, conversation: str) -> ConversationView:
        if conversation not in self.views:
            raise UnknownConversation(conversation)
        return self.views[conversation]

    async def take(self, conversation: str, who: str) -> None:
        view = await self._mine(conversation, who)
        self._change(replace(view, owner=Owner.STAFF, owned_by=who))

    async def give_back(self, conversation: str, who: str) -> None:
        view = await self._mine(conversation, who)
        self._change(replace(view, owner=Owner.BOT, owned_by=None))

    async def reply(self, conversation: str, text: str, *, who: str, client_message_id: str) -> None:
        view = await self._mine(conversation, who)
        if not view.window_open:
            raise WindowClosed
        if any(message.client_message_id == client_message_id for message in view.messages):
            return
        self.replies.append((conversation, text, who, client_message_id))
        message = MessageView(
            id=f"staff-{len(self.replies)}",
            at=self.clock.now(),
            author=Author.STAFF,
            text=text,
            state=MessageState.QUEUED,
            by=who,
            client_message_id=client_message_id,
        )
        self._change(replace(view, owner=Owner.STAFF, owned_by=who, messages=(*view.messages, message)))

    def subscribe(self) -> AsyncIterator[None]:
        return self._bell.subscribe()

    def hears(self, conversation: str, text: str) -> None:
        """The patient writes."""
        view = self.views[conversation]
        message = MessageView(
            id=f"patient-{len(view.messages)}", at=self.clock.now(), author=Author.PATIENT, text=text
        )
        self._change(replace(view, messages=(*view.messages, message)))

    def advance(self, conversation: str, message: str, state: MessageState) -> None:
        view = self.views[conversation]
        messages = tuple(replace(m, state=state) if m.id == message else m for m in view.messages)
        self._change(replace(view, messages=messages))

    def opens(self, view: ConversationView) -> None:
        self._change(view)

    async def _mine(self, conversation: str, who: str) -> ConversationView:
        view = await self.conversation(conversation)
        if view.owner is Owner.STAFF and view.owned_by not in (None, who):
            raise AlreadyTaken(view.owned_by or "")
        return view

    def _change(self, view: ConversationView) -> None:
        self.views[view.id] = view
        self._bell.ring()


class FakeObserver:
    def __init__(self) -> None:
        self.rows: list[Mapping[str, Any]] = []
        self.traces: dict[str, list[TurnTrace]] = {}
        self._bell = Bell()

    async def diary(self) -> list[Mapping[str, Any]]:
        return self.rows

    async def turns(self, contact: str) -> tuple[TurnTrace, ...]:
        return tuple(self.traces.get(contact.lstrip("+"), ()))

    def subscribe(self) -> AsyncIterator[None]:
        return self._bell.subscribe()

    def books(self, *rows: Mapping[str, Any]) -> None:
        self.rows = [*self.rows, *rows]
        self._bell.ring()

    def understands(self, contact: str, *traces: TurnTrace) -> None:
        self.traces.setdefault(contact, []).extend(traces)
        self._bell.ring()


def conversation(
    id: str = "c-anna", *messages: MessageView, owner: Owner = Owner.QUEUE, **values: Any
) -> ConversationView:
    values = {"label": "Anna Rossi", "channel": "whatsapp", "language": "it", "since": NOW, **values}
    return ConversationView(id=id, owner=owner, messages=messages, **values)


def said(
    text: str, id: str = "m-1", *, author: Author = Author.PATIENT, minutes: int = 0, **values: Any
) -> MessageView:
    """A message so many minutes before now."""
    return MessageView(id=id, at=NOW - timedelta(minutes=minutes), author=author, text=text, **values)


def demo_practice() -> Practice:
    mornings = tuple(Shift(weekday=day, start=time(9), end=time(13)) for day in range(5))
    afternoons = tuple(Shift(weekday=day, start=time(14, 30), end=time(18, 30)) for day in range(4))
    return Practice(
        id="studio-rossi",
        name="Studio Dentistico Rossi",
        time_zone="Europe/Rome",
        country="IT",
        languages=("it", "en", "ru"),
        phone="+39 02 5550 123",
        address="Via dei Tigli 4, Milano",
        privacy_url="https://studio.example/privacy",
        emergency_number="112",
        practitioners=(
            Practitioner(
                id="rossi",
                name="dott. Marco Rossi",
                shifts=mornings + afternoons,
                visit_types=("first_visit", "check_up"),
            ),
            Practitioner(
                id="conti",
                name="dott.ssa Giulia Conti",
                shifts=afternoons,
                visit_types=("hygiene", "check_up"),
            ),
        ),
        visit_types=tuple(
            VisitType(
                id=id, names={"it": it, "en": en, "ru": ru}, words={}, duration=timedelta(minutes=minutes)
            )
            for id, it, en, ru, minutes in (
                ("first_visit", "Prima visita", "First visit", "Первый приём", 40),
                ("check_up", "Visita di controllo", "Check-up", "Осмотр", 30),
                ("hygiene", "Igiene", "Hygiene", "Гигиена", 45),
            )
        ),
        holidays=True,
    )
