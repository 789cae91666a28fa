"""What is known of a contact that decides whether, and how, it may be written to (`bot.domain.windows`)."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, text, update

from bot.domain.windows import LATEST_DELIVERY, OPENING_KINDS, Permission, Reach, Writer, can_send
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.engine.statements import Prepared
from bot.storage.events.consents import SqlConsents
from bot.storage.tables import from_stamp

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]

_MICROSECONDS = int(LATEST_DELIVERY.total_seconds()) * 1_000_000
_KINDS = ", ".join(f"'{kind}'" for kind in sorted(OPENING_KINDS))
#: When the patient wrote, by the channel's clock where that can be right, else when we heard of it. Written
#: out: a prepared statement binds no lists.
_WROTE = Prepared(
    select(
        text(
            f"max(CASE WHEN inbox.sent_at BETWEEN inbox.received_at - {_MICROSECONDS} AND inbox.received_at"
            " THEN inbox.sent_at ELSE inbox.received_at END)"
        )
    )
    .select_from(_inbox)
    .where(_inbox.c.conversation == bindparam("conversation"), text(f"inbox.kind IN ({_KINDS})"))
)
_WHO = Prepared(
    select(_contact.c.channel, _contact.c.account, _contact.c.refused_at).where(
        _contact.c.id == bindparam("conversation")
    )
)
_REFUSED = Prepared(
    update(_contact)
    .where(_contact.c.id == bindparam("contact"))
    .values(refused_at=bindparam("at"), refused_for=bindparam("code"))
)


def wrote_at(connection: Connection, conversation: str) -> datetime | None:
    """When this patient last did something that opens the window."""
    stamp = _WROTE.scalar(connection, conversation=conversation)
    return from_stamp(stamp) if stamp else None


class Reaching:
    """Of one practice. `has_agent`: whether Meta has approved the human agent tag for (channel, account)."""

    def __init__(
        self,
        database: Database,
        practice: str,
        *,
        has_agent: Callable[[str, str], bool] = lambda channel, account: False,
    ) -> None:
        self._database = database
        self._consents = SqlConsents(database, practice)
        self._has_agent = has_agent

    def reach(self, connection: Connection, conversation: str) -> tuple[str, Reach]:
        """The channel, and what is known of the contact there."""
        row = _WHO.first(connection, conversation=conversation)
        consent = self._consents.read(connection, conversation)
        return row.channel, Reach(
            wrote_at=wrote_at(connection, conversation),
            opted_out=consent.has_opted_out,
            no_promotions=consent.promotions is False,
            refused_at=from_stamp(row.refused_at) if row.refused_at else None,
            human_agent=self._has_agent(row.channel, row.account),
        )

    def may(self, connection: Connection, conversation: str, *, writer: Writer, at: datetime) -> Permission:
        channel, reach = self.reach(connection, conversation)
        return can_send(writer, channel, reach, at)

    def refused(self, connection: Connection, contact: str, *, at: int, code: int | None) -> None:
        """The channel says that this person cannot be reached; what they write later undoes it."""
        _REFUSED.run(connection, contact=contact, at=at, code=code)

    async def ask(self, conversation: str, *, writer: Writer, at: datetime) -> Permission:
        """`may`, in a read of its own."""
        return await self._database.read_brief(
            lambda connection: self.may(connection, conversation, writer=writer, at=at)
        )
