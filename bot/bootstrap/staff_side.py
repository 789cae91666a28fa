"""What staff work with: the list, conversations, notes, visits, requests, suggestions, promises kept."""

from bot.bootstrap.books import Books, desk_facts
from bot.bootstrap.sending import template_desk
from bot.dialogue import Assistant
from bot.diaries import Diaries, telling
from bot.domain.answer_times import answer_by
from bot.domain.handoff import promise
from bot.ports import Clock
from bot.service.changes import Changes
from bot.service.delivery import Delivery
from bot.service.following import Following
from bot.service.inbox.assignment import Assignments
from bot.service.inbox.choosing import Choosing
from bot.service.inbox.pausing import Pauses
from bot.service.inbox.presence import Present
from bot.service.inbox.requests import RequestDesk
from bot.service.inbox.visits import VisitDesk
from bot.service.sending.templates import TemplateBook
from bot.service.sending.tokens import TapTokens
from bot.service.turns.running import Turns
from bot.service.waiting.alerts import Alerts
from bot.service.waiting.promises import Promises
from bot.storage.diary.as_json import observed_rows
from bot.storage.diary.notices import SqlNotices
from bot.storage.diary.requests import SqlRequests
from bot.storage.inbox.audit import SqlAudit
from bot.storage.inbox.cards import SqlCards
from bot.storage.inbox.desk import SqlDesk
from bot.storage.inbox.meant import SqlMeant
from bot.storage.inbox.notes import SqlNotes
from bot.storage.inbox.presence import SqlPresence
from bot.storage.inbox.search import SqlFinder
from bot.storage.inbox.suggestions import SqlSuggestions
from bot.storage.inbox.switches import SqlSwitches
from bot.storage.inbox.template_sending import SqlTemplateSending
from bot.storage.outreach.chosen_channels import SqlChosenChannels
from bot.storage.store import SqlStore
from bot.storage.turns.late_answers import SqlLateAnswers
from bot.storage.turns.set_aside import SqlSetAside


class StaffSide:
    """Everything that the inbox shows and does, for one practice, beside what answers patients."""

    def __init__(
        self,
        books: Books,
        *,
        clock: Clock,
        assistant: Assistant,
        store: SqlStore,
        audit: SqlAudit,
        changes: Changes,
        switches: SqlSwitches,
        turns: Turns,
        delivery: Delivery,
        alerts: Alerts,
        diaries: Diaries,
        templates: TemplateBook,
        tokens: TapTokens,
        chosen: SqlChosenChannels,
    ) -> None:
        practice = books.practice
        self._books, self._clock = books, clock
        self.facts = desk_facts(books)
        self.notes = SqlNotes(
            books.database,
            practice=practice,
            keyring=books.keyring,
            clock=clock,
            owners=store.ownership,
            audit=audit,
            changes=changes,
        )
        self.desk = SqlDesk(
            books.database,
            practice=practice.id,
            keyring=books.keyring,
            clock=clock,
            store=store,
            changes=changes,
            wake_turns=turns.wake,
            wake_delivery=delivery.wake,
            diary=self._diary_rows,
            promise=lambda at: promise(practice, urgent=False, at=at),
            audit=audit,
            notes=self.notes,
            is_paused=lambda channel: switches.now.is_paused(channel),
            answer_by=lambda waits: answer_by(practice, waits),
        )
        late_answers = SqlLateAnswers(
            books.database,
            practice=practice.id,
            clock=clock,
            answer_by=lambda waits: answer_by(practice, waits),
            leads=store.handoffs.leads,
        )
        self.finder = SqlFinder(
            books.database, practice=practice.id, keyring=books.keyring, audit=audit, rows=self.desk.list
        )
        elsewhere = SqlPresence(books.database, practice=practice.id) if books.database.is_shared else None
        self.present = Present(clock, elsewhere)
        within = practice.desk.meant_for_within
        self.choosing = (
            Choosing(
                SqlMeant(
                    books.database,
                    practice=practice.id,
                    clock=clock,
                    audit=audit,
                    changes=changes,
                ),
                Assignments(books.staff, self.desk, clock),
                clock=clock,
                within=within,
                leads=store.handoffs.leads,
            )
            if within
            else None
        )
        self.template_desk = template_desk(
            templates,
            SqlTemplateSending(
                books.database,
                clock=clock,
                store=store,
                audit=audit,
                changes=changes,
                wake_delivery=delivery.wake,
            ),
            desk=self.desk,
            practice=practice,
            clock=clock,
            tokens=tokens,
            diary=diaries.of_patients,
        )
        self.promises = Promises(
            handoffs=store.handoffs,
            practice=practice,
            clock=clock,
            wake=turns.wake,
            tell_of_late=late_answers.tell,
        )
        self.suggestions = SqlSuggestions(
            books.database,
            practice=practice.id,
            clock=clock,
            store=store,
            switches=switches,
            audit=audit,
            changes=changes,
            wake_delivery=delivery.wake,
            ring_alerts=alerts.ring,
            flows=tuple(
                flow.id for flow in assistant.flows.values() if not flow.is_pattern and flow.triggers
            ),
        )
        self.set_aside = SqlSetAside(
            books.database,
            practice=practice.id,
            clock=clock,
            owners=store.ownership,
            audit=audit,
            wake=turns.wake,
        )
        self.cards = SqlCards(books.database, practice=practice.id, keyring=books.keyring, chosen=chosen)
        self.visits = VisitDesk(practice, diaries.of_staff, desk=self.desk, clock=clock)
        notices = SqlNotices(
            books.database,
            clock=clock,
            store=store,
            audit=audit,
            changes=changes,
            wake_delivery=delivery.wake,
        )
        self.requests = RequestDesk(
            practice,
            diaries.of_patients,
            store=books.diary,
            book=SqlRequests(books.database, practice.id, books.diary),
            notices=notices,
            languages=self,
            clock=clock,
        )
        self.following = (
            Following(diaries.outside, clock=clock, tell=telling(practice, notices, self))
            if diaries.outside
            else None
        )
        self.pauses = Pauses(switches=switches, handoffs=store.handoffs, wake=turns.wake)

    async def language_of(self, conversation: str) -> str:
        return (await self.desk.conversation(conversation)).language

    async def _diary_rows(self) -> list[dict[str, str | None]]:
        rows = await self._books.diary.appointments(start=None, end=None, at=self._clock.now())
        names = await self._books.diary.names({row.patient for row in rows if row.patient})
        return observed_rows(rows, names, self._books.practice)
