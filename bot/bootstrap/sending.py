"""What sending runs on besides the outbox: templates, pace, and when a status can reach us."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.bootstrap.books import Books
from bot.domain.channels import INSTAGRAM, MESSENGER, WHATSAPP
from bot.domain.conversation import Reply
from bot.domain.diary import Appointment
from bot.domain.practice import Practice
from bot.domain.templates import Template
from bot.errors import BookingError
from bot.ports import Clock, PracticeSystem
from bot.service.inbox.desk import Desk
from bot.service.inbox.template_desk import Sending, TemplateDesk
from bot.service.sending.lines import Line
from bot.service.sending.pacing import A_SECOND, COEXISTENCE
from bot.service.sending.templates import TemplateBook
from bot.service.sending.tokens import TapTokens
from bot.service.sending.wording import with_tokens
from bot.storage.sending.fates import Reopening
from bot.storage.sending.templates import SqlTemplates
from bot.storage.tables import from_stamp

#: A template is read when somebody looks at their phone.
_TAPPED_WITHIN = timedelta(days=7)


def template_book(books: Books, templates: Mapping[str, Template]) -> TemplateBook:
    practice = books.practice
    return TemplateBook(templates, practice=practice, kept=SqlTemplates(books.database, practice.id))


def reopening(book: TemplateBook, tokens: TapTokens) -> Reopening:
    def reopen(contact: str, channel: str, language: str, at: int) -> Reply | None:
        reply = book.reopening(channel, language)
        if reply is None:
            return None
        return with_tokens(reply, contact, tokens, at=from_stamp(at), valid_for=_TAPPED_WITHIN)

    return reopen


def has_agent(practice: Practice) -> Callable[[str, str], bool]:
    """Whether Meta has approved the human agent tag for an account: practice.yml says so."""
    pages = {(MESSENGER, page.page_id) for page in practice.messenger if page.human_agent}
    profiles = {(INSTAGRAM, each.account_id) for each in practice.instagram if each.human_agent}
    approved = pages | profiles
    return lambda channel, account: (channel, account) in approved


def pace_of(practice: Practice) -> Callable[[Line], float]:
    """Messages a second of each account."""
    slow = {(WHATSAPP, number.phone_number_id) for number in practice.whatsapp if number.business_app}
    return lambda line: COEXISTENCE if line in slow else A_SECOND.get(line[0], float("inf"))


def template_desk(
    book: TemplateBook,
    sending: Sending,
    *,
    desk: Desk,
    practice: Practice,
    clock: Clock,
    tokens: TapTokens,
    diary: PracticeSystem,
) -> TemplateDesk:
    async def next_visit(contact: str, at: datetime) -> Appointment | None:
        """None also when the diary does not answer: somebody can write it in."""
        try:
            return next(iter(await diary.appointments_of(contact=contact, at=at)), None)
        except BookingError:
            return None

    return TemplateDesk(
        book, sending, desk=desk, practice=practice, clock=clock, tokens=tokens, next_visit=next_visit
    )
