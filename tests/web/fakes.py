"""A desk, an observer and a clock in memory, with the promises of their contracts."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.domain.deeds import VisitChange
from bot.domain.diary import DiaryWrite
from bot.domain.handoff import Outcome
from bot.domain.practice import Practice, Practitioner, Shift, VisitType
from bot.domain.staff import Person, Role
from bot.service.inbox.desk import (
    AlreadyTaken,
    Author,
    ConversationView,
    ListPage,
    MessageState,
    MessageView,
    Owner,
    TurnTrace,
    UnknownConversation,
    WaitingConversation,
    WindowClosed,
)
from bot.service.inbox.notes import CannedAnswer, Note
from bot.service.inbox.staff import Credentials, NameTaken, StoredSession
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
        rows = [self._row(view) for view in self.views.values()]
        return tuple(
            sorted(
                (row for row in rows if row.owner is not Owner.CLOSED),
                key=lambda row: (not row.urgent, row.since),
            )
        )

    async def page(
        self, chosen: str, *, who: str, limit: int, after: str | None = None, tag: str | None = None
    ) -> ListPage:
        if chosen == "settled":
            settled = [view for view in self.views.values() if view.owner is Owner.CLOSED]
            return ListPage(rows=tuple(self._row(view) for view in settled))
        rows = await self.handoffs()
        awake = [row for row in rows if row.snoozed_until is None]
        by_filter = {
            "all": awake,
            "mine": [row for row in awake if row.owned_by == who],
            "waiting": [row for row in awake if row.owner is Owner.QUEUE or row.has_draft],
            "urgent": [row for row in rows if row.urgent],
            "unanswered": [row for row in awake if row.unread and row.owner is not Owner.BOT],
            "snoozed": [row for row in rows if row.snoozed_until],
        }
        tagged = [row for row in by_filter[chosen] if tag is None or tag in row.tags]
        ranked = sorted(tagged, key=lambda row: list(Owner).index(row.owner) or 9)
        start = int(after or 0)
        counts = {name: len(found) for name, found in by_filter.items() if name != "all"}
        return ListPage(
            rows=tuple(ranked[start : start + limit]),
            after=str(start + limit) if len(ranked) > start + limit else None,
            counts={} if after else counts,
            tags=() if after else tuple(sorted({tag for row in rows for tag in row.tags})),
        )

    def _row(self, view: ConversationView) -> WaitingConversation:
        return WaitingConversation(
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
            tags=view.tags,
            snoozed_until=view.snoozed_until,
            has_draft=view.draft is not None,
        )

    async def find(self, words: str, *, who: str, limit: int = 50) -> tuple[WaitingConversation, ...]:
        rows = [self._row(view) for view in self.views.values()]
        return tuple(row for row in rows if words.casefold() in row.label.casefold())[:limit]

    async def conversation(self, conversation: str) -> ConversationView:
        if conversation not in self.views:
            raise UnknownConversation(conversation)
        return self.views[conversation]

    async def take(self, conversation: str, who: str, *, instead_of: str | None = None) -> None:
        view = await self._mine(conversation, instead_of or who)
        self._change(replace(view, owner=Owner.STAFF, owned_by=who))

    async def assign(self, conversation: str, to: str, *, who: str) -> None:
        view = await self._mine(conversation, who)
        self._change(replace(view, owner=Owner.STAFF, owned_by=to))

    async def put_back(self, conversation: str, who: str) -> None:
        view = await self._mine(conversation, who)
        self._change(replace(view, owner=Owner.QUEUE, owned_by=None))

    async def close(self, conversation: str, who: str, *, outcome: Outcome) -> None:
        view = await self._mine(conversation, who)
        self._change(replace(view, owner=Owner.CLOSED, owned_by=None))

    async def give_back(self, conversation: str, who: str) -> None:
        view = await self._mine(conversation, who)
        self._change(replace(view, owner=Owner.BOT, owned_by=None))

    async def try_again(self, conversation: str, *, by: str) -> int:
        """Of messages that were set aside (`service.set_asides`)."""
        view = await self._mine(conversation, by)
        self._change(replace(view, owner=Owner.BOT, owned_by=None, set_aside=0))
        return view.set_aside

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

    async def change_visits(
        self,
        conversation: str,
        writes: Sequence[DiaryWrite],
        *,
        done: VisitChange,
        text: str | None,
        who: str,
        client_message_id: str,
    ) -> None:
        if text is not None:
            await self.reply(conversation, text, who=who, client_message_id=client_message_id)

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


def two_wait(clock: FakeClock) -> FakeDesk:
    """Anna Rossi and James Smith wait for a person."""
    return FakeDesk(
        conversation("c-anna", said("Posso parlare con una persona?", "m-1")),
        conversation("c-james", said("Hello", "j-1"), label="James Smith", language="en"),
        clock=clock,
    )


class MemoryStaffBook:
    """People in memory, by the contract (tests/contracts/staff_book.py)."""

    def __init__(self) -> None:
        self._people: dict[str, Person] = {}
        self._proofs: dict[str, tuple[str | None, str | None]] = {}
        self._steps: dict[str, int] = {}
        self._subjects: dict[str, str] = {}
        self._links: dict[str, tuple[str, datetime]] = {}
        self._sessions: dict[str, StoredSession] = {}
        self._tries: dict[str, tuple[int, datetime]] = {}

    async def people(self) -> tuple[Person, ...]:
        return tuple(sorted(self._people.values(), key=lambda person: person.name.casefold()))

    async def credentials(self, name: str) -> Credentials | None:
        for person in self._people.values():
            if person.name.casefold() == name.casefold() and not person.is_disabled:
                password, secret = self._proofs.get(person.id, (None, None))
                return Credentials(person=person, password=password, code_secret=secret)
        return None

    async def add(self, person: Person, *, at: datetime) -> None:
        if any(one.name.casefold() == person.name.casefold() for one in self._people.values()):
            raise NameTaken(person.name)
        self._people[person.id] = person

    async def change_role(self, person: str, role: Role) -> None:
        self._change(person, role=role)

    async def change_languages(self, person: str, languages: tuple[str, ...]) -> None:
        self._change(person, languages=languages)

    async def change_away(self, person: str, *, is_away: bool) -> None:
        self._change(person, is_away=is_away)

    async def known_as(self, subject: str) -> Person | None:
        return self._people.get(self._subjects.get(subject, ""))

    async def remember_as(self, person: str, subject: str) -> None:
        self._subjects[subject] = person

    async def disable(self, person: str, *, at: datetime) -> None:
        self._change(person, is_disabled=True)
        self._put_out(person)

    async def enable(self, person: str) -> None:
        self._change(person, is_disabled=False)

    async def prove_by(self, person: str, *, password: str | None, code_secret: str | None) -> None:
        self._proofs[person] = (password, code_secret)
        self._steps[person] = 0
        self._change(person, has_password=password is not None, has_code=code_secret is not None)
        self._put_out(person)

    async def use_code(self, person: str, step: int) -> bool:
        is_later = self._steps.get(person, 0) < step
        self._steps[person] = max(step, self._steps.get(person, 0))
        return is_later

    async def add_link(self, key: str, *, person: str, until: datetime) -> None:
        self._links = {one: to for one, to in self._links.items() if to[0] != person} | {key: (person, until)}

    async def link(self, key: str, *, at: datetime) -> Person | None:
        person, until = self._links.get(key, ("", at))
        found = self._people.get(person)
        return found if found and until > at and not found.is_disabled else None

    async def use_link(self, key: str, *, at: datetime) -> Person | None:
        found = await self.link(key, at=at)
        self._links.pop(key, None)
        return found

    async def open_session(self, session: StoredSession) -> None:
        self._sessions[session.key] = session

    async def session(self, key: str) -> StoredSession | None:
        stored = self._sessions.get(key)
        person = self._people.get(stored.person or "") if stored else None
        if stored is None or person is None:
            return stored
        return None if person.is_disabled else replace(stored, role=person.role)

    async def touch_session(self, key: str, *, at: datetime) -> None:
        if key in self._sessions:
            self._sessions[key] = replace(self._sessions[key], active=at)

    async def speak(self, key: str, language: str) -> None:
        if key in self._sessions:
            self._sessions[key] = replace(self._sessions[key], language=language)

    async def sessions(self) -> tuple[StoredSession, ...]:
        found = [await self.session(key) for key in self._sessions]
        return tuple(
            sorted((one for one in found if one), key=lambda one: (-one.active.timestamp(), one.key))
        )

    async def end_session(self, key: str) -> None:
        self._sessions.pop(key, None)

    async def sweep_sessions(self, *, opened_before: datetime, active_before: datetime) -> None:
        self._sessions = {
            key: one
            for key, one in self._sessions.items()
            if one.opened >= opened_before and one.active >= active_before
        }

    async def tries(self, keys: Collection[str]) -> Mapping[str, tuple[int, datetime]]:
        return {key: self._tries[key] for key in keys if key in self._tries}

    async def note_tries(self, keys: Collection[str], *, at: datetime, forget_before: datetime) -> None:
        self._tries = {key: one for key, one in self._tries.items() if one[1] >= forget_before}
        for key in keys:
            self._tries[key] = (self._tries.get(key, (0, at))[0] + 1, at)

    async def forget_tries(self, keys: Collection[str]) -> None:
        for key in keys:
            self._tries.pop(key, None)

    def _change(self, person: str, **values: Any) -> None:
        self._people[person] = replace(self._people[person], **values)

    def _put_out(self, person: str) -> None:
        self._sessions = {key: one for key, one in self._sessions.items() if one.person != person}
        self._links = {key: one for key, one in self._links.items() if one[0] != person}


class FakeNotes:
    """Notes that stand in the conversations of a FakeDesk."""

    def __init__(self, desk: FakeDesk, *canned: CannedAnswer) -> None:
        self._desk = desk
        self._canned = canned
        self.kept: list[Note] = []

    async def add_note(self, conversation: str, text: str, *, by: str, people: tuple[str, ...] = ()) -> Note:
        view = await self._desk.conversation(conversation)
        at = self._desk.clock.now()
        mentions = tuple(name for name in people if f"@{name}" in text)
        note = Note(id=len(self.kept), conversation=conversation, at=at, by=by, text=text, mentions=mentions)
        self.kept.append(note)
        shown = MessageView(id=f"note-{note.id}", at=at, author=Author.NOTE, text=text, by=by)
        self._desk.opens(replace(view, messages=(*view.messages, shown)))
        return note

    async def notes(self, conversation: str) -> tuple[Note, ...]:
        return tuple(note for note in self.kept if note.conversation == conversation)

    async def mentions_of(self, person: str, *, limit: int = 50) -> tuple[Note, ...]:
        return tuple(note for note in reversed(self.kept) if person in note.mentions)[:limit]

    async def tag(self, conversation: str, name: str, *, by: str) -> None:
        view = await self._desk.conversation(conversation)
        self._desk.opens(replace(view, tags=tuple(sorted({*view.tags, name}))))

    async def untag(self, conversation: str, name: str, *, by: str) -> None:
        view = await self._desk.conversation(conversation)
        self._desk.opens(replace(view, tags=tuple(tag for tag in view.tags if tag != name)))

    async def tags(self) -> tuple[str, ...]:
        return tuple(sorted({tag for view in self._desk.views.values() for tag in view.tags}))

    async def snooze(self, conversation: str, until: datetime | None, *, by: str) -> None:
        view = await self._desk.conversation(conversation)
        forever = self._desk.clock.now() + timedelta(days=3650)
        self._desk.opens(replace(view, snoozed_until=until or forever))

    async def wake(self, conversation: str, *, by: str) -> None:
        view = await self._desk.conversation(conversation)
        self._desk.opens(replace(view, snoozed_until=None))

    def canned_answers(self, language: str) -> tuple[CannedAnswer, ...]:
        return self._canned

    def canned_answer(self, id: str, language: str) -> str:
        return next(one.text for one in self._canned if one.id == id)


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
