"""What events do besides being kept: words changed or taken back, numbers moved, wishes, adverts that brought
somebody here, threads that pass to staff and back.
"""

from collections.abc import Mapping
from enum import Enum, auto

from sqlalchemy import Connection, insert

from bot.domain.channels import ELSEWHERE
from bot.domain.conversation import InboundEvent, InboundKind
from bot.domain.pipeline import STAFF
from bot.storage.engine.statements import Prepared
from bot.storage.events.amendments import CHANGES, Amendments
from bot.storage.events.consents import SqlConsents
from bot.storage.events.contacts import Contacts
from bot.storage.events.tables import ARRIVAL
from bot.storage.events.unread_events import UnreadEvents
from bot.storage.inbox.ownership import Ownership
from bot.storage.sealing.rows import SealedRows
from bot.storage.tables import to_stamp
from bot.storage.turns.handoffs import SqlHandoffs

#: Apps in which staff answer: the page's inbox, and Instagram's.
_STAFF_APPS = frozenset({"263902037430900", "1217981644879628"})
_ARRIVE = Prepared(insert(ARRIVAL))
_LONGEST = 300


class Then(Enum):
    """What follows for the conversation."""

    NOTHING = auto()
    TAKEN = auto()  # by staff elsewhere: what waits to be sent is looked at again
    GIVEN_BACK = auto()  # by them: the assistant goes on
    SAID_ANEW = auto()  # words that were heard already are other words now


class Aftermath:
    """Of one practice; within somebody's unit of work, once for each event that is new."""

    def __init__(
        self,
        rows: SealedRows,
        *,
        contacts: Contacts,
        consents: SqlConsents,
        ownership: Ownership,
        handoffs: SqlHandoffs,
        unread: UnreadEvents,
    ) -> None:
        self._practice = rows.practice
        self._contacts = contacts
        self._consents = consents
        self._ownership = ownership
        self._handoffs = handoffs
        self._unread = unread
        self._amendments = Amendments(rows)

    def follow(
        self,
        connection: Connection,
        conversation: str,
        row: int,
        event: InboundEvent,
        *,
        is_new: bool,
        at: int,
    ) -> Then:
        if event.raw:
            self._unread.keep(connection, event, at)
        if event.referral or event.kind is InboundKind.REFERRAL:
            self._arrive(connection, conversation, event, is_new=is_new, at=at)
        match event.kind:
            case kind if kind in CHANGES:
                if self._amendments.note(connection, conversation, row, event):
                    return Then.SAID_ANEW
            case InboundKind.PREFERENCES | InboundKind.OPTIN:
                self._hear_wish(connection, conversation, event, at)
            case InboundKind.SYSTEM:
                if moved := event.details.get("moved_to"):
                    self._contacts.move(connection, event, conversation, moved, at)
            case InboundKind.HANDOVER:
                return self._hand_over(connection, conversation, event, at)
            case InboundKind.ECHO:
                written = to_stamp(event.at) if event.at else at
                return self._answered_elsewhere(connection, conversation, event, at=at, written=written)
            case _:
                self._amendments.catch_up(connection, conversation, event)
        return Then.NOTHING

    def _arrive(
        self, connection: Connection, conversation: str, event: InboundEvent, *, is_new: bool, at: int
    ) -> None:
        referral = event.referral
        told = {
            "ref": referral.ref if referral else None,
            "source": referral.source if referral else event.details.get("type"),
            "advert": referral.advert if referral else None,
            "headline": referral.headline if referral else None,
        }
        _ARRIVE.run(
            connection,
            practice=self._practice,
            conversation=conversation,
            channel=event.channel,
            at=at,
            is_new=is_new,
            **{name: text[:_LONGEST] if text else None for name, text in told.items()},
        )

    def _hear_wish(self, connection: Connection, conversation: str, event: InboundEvent, at: int) -> None:
        wanted = _wants_promotions(event.kind, event.details)
        if wanted is not None:
            self._consents.say(connection, conversation, promotions=wanted, by="channel", at=at)

    def _hand_over(self, connection: Connection, conversation: str, event: InboundEvent, at: int) -> Then:
        """The page's inbox has the thread: staff answer there. It has given it back: so may we."""
        new, old = (_app(event.details, f"{which}_owner_app_id") for which in ("new", "previous"))
        if new in _STAFF_APPS:
            return self._answered_elsewhere(connection, conversation, event, at=at, written=at)
        row = self._ownership.row(connection, conversation)
        who = ELSEWHERE.get(event.channel, event.channel)
        is_theirs = new and old in _STAFF_APPS and row.owner == STAFF + who
        if is_theirs and self._handoffs.give_back(connection, conversation, who, at=at):
            return Then.GIVEN_BACK
        return Then.NOTHING

    def _answered_elsewhere(
        self, connection: Connection, conversation: str, event: InboundEvent, *, at: int, written: int
    ) -> Then:
        """Staff answer from the phone app or the page's own inbox; the assistant falls silent."""
        taken = self._ownership.answered_elsewhere(
            connection, conversation, event.channel, at=at, written=written
        )
        return Then.TAKEN if taken else Then.NOTHING


def _app(details: Mapping[str, str], name: str) -> str | None:
    """On WhatsApp it stands one level deeper."""
    return next((text for key, text in details.items() if key.split(".")[-1] == name), None)


def _wants_promotions(kind: InboundKind, details: Mapping[str, str]) -> bool | None:
    """None: it is about something else."""
    if kind is InboundKind.PREFERENCES:
        about_promotions = details.get("category", "marketing_messages") == "marketing_messages"
        wishes = {"stop": False, "resume": True}
        return wishes.get(details.get("value", "")) if about_promotions else None
    if details.get("type") != "notification_messages":
        return None
    return "STOP" not in details.get("notification_messages_status", "").upper()
