"""Messages that the practice begins: their content read, and what they run on wired together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bot.bootstrap.books import Books
from bot.bootstrap.content import Configuration
from bot.dialogue import Assistant
from bot.dialogue.names import FACTS
from bot.dialogue.outreach_reading import load_outreach
from bot.dialogue.template_reading import load_templates
from bot.domain.conversation import Reply
from bot.domain.outreach import PARAMETERS, Rule
from bot.domain.pipeline import BOT
from bot.domain.practice import Practice
from bot.domain.templates import KNOWN_PARAMETERS, Template
from bot.ports import Clock, PracticeSystem
from bot.practice_systems.outside_diary import OutsideDiary
from bot.service.outreach.answers import OutreachAnswers
from bot.service.outreach.call_tasks import CallList
from bot.service.outreach.decisions import Deciding
from bot.service.outreach.planner import Outreach
from bot.service.sending.tokens import TapTokens
from bot.storage.events.consents import SqlConsents
from bot.storage.outreach.call_tasks import CallTasks
from bot.storage.outreach.facts import OutreachFacts
from bot.storage.outreach.notes import SqlOutreachNotes
from bot.storage.outreach.planner import SqlOutreach
from bot.storage.outreach.subjects import SqlSubjects
from bot.storage.store import SqlStore


@dataclass(frozen=True, kw_only=True)
class OutreachContent:
    """The rules of a practice, and the templates that they and staff use. `by_itself`: it goes on while the
    front desk runs; else only when it is told to."""

    by_itself: bool = True
    rules: tuple[Rule, ...] = ()
    templates: Mapping[str, Template] = field(default_factory=dict)


def read_outreach(configuration: Configuration, practice: Practice, assistant: Assistant) -> OutreachContent:
    """Raises ContentRefused with every mistake in templates, or else in rules."""
    templates = load_templates(
        configuration.flows,
        languages=practice.languages,
        known=KNOWN_PARAMETERS | PARAMETERS | FACTS | assistant.slots.keys(),
    )
    rules = load_outreach(configuration.flows, assistant=assistant, templates=templates)
    return OutreachContent(rules=rules, templates=templates)


class OutreachDesk:
    """One practice's messages that it begins, and the call list."""

    def __init__(
        self,
        books: Books,
        content: OutreachContent,
        *,
        clock: Clock,
        store: SqlStore,
        system: PracticeSystem,
        tokens: TapTokens,
        is_paused: Callable[[str], bool],
        wake_delivery: Callable[[str], None],
        looks_again: bool = True,
    ) -> None:
        practice, patients = books.practice, books.diary.patients
        self.content = content
        self.goes_on = content.by_itself and bool(content.rules)
        rules = {rule.id: rule for rule in content.rules}
        facts = OutreachFacts(books.database, practice, keyring=books.keyring, patients=patients)
        self.subjects = SqlSubjects(
            books.database,
            practice,
            patients=patients,
            system=system,
            expected=facts.expected,
            outside=system if isinstance(system, OutsideDiary) else None,
        )
        self.chosen, self.expected = facts.chosen, facts.expected
        self.calls = CallTasks(books.database, practice.id, facts=facts)
        self.consents = SqlConsents(books.database, practice.id)
        self.notes = SqlOutreachNotes(
            books.database, practice.id, keyring=books.keyring, patients=patients, facts=facts
        )
        self.book = SqlOutreach(
            books.database, practice, facts=facts, calls=self.calls, add_message=_into_outbox(store)
        )
        store.outbox.still_stands = self.book.still_stands
        self.answers = OutreachAnswers(
            practice, book=self.book, rules=content.rules, templates=content.templates, tokens=tokens
        )
        self.service = Outreach(
            practice,
            rules=content.rules,
            book=self.book,
            subjects=self.subjects,
            deciding=Deciding(
                practice, rules=rules, templates=content.templates, tokens=tokens, is_paused=is_paused
            ),
            clock=clock,
            wake_delivery=wake_delivery,
            leads=lambda: store.claims.leads,
            looks_again=looks_again,
        )
        self.call_list = CallList(practice, book=self.book, rules=content.rules, clock=clock)


def _into_outbox(store: SqlStore) -> Callable[[Connection, str, str, Reply, int], None]:
    def add(connection: Connection, conversation: str, id: str, reply: Reply, at: int) -> None:
        # Exempt: that nobody has the conversation has been looked at; a closed one is no reason to be silent.
        store.add_outbox(
            connection, conversation=conversation, id=id, author=BOT, reply=reply, at=at, exempt=True
        )

    return add
