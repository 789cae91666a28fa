"""Which tables hold something of a person, and by what it is theirs. A new table is entered here, or among
those that hold nobody: a test refuses one that is in neither.
"""

from typing import Any

from sqlalchemy import Connection, Table, or_, select

from bot.storage import tables as t
from bot.storage.diary import tables as diary
from bot.storage.events import media_tables, visitor_tables
from bot.storage.events import tables as events
from bot.storage.inbox import draft_tables, staff_tables
from bot.storage.inbox import tables as desk
from bot.storage.outreach import tables as outreach
from bot.storage.rights import tables as rights
from bot.storage.rights.finding import Person
from bot.storage.sending import tables as sending


def _table(row: Any) -> Table:
    found: Table = row.__table__
    return found


_INBOX = _table(t.InboxRow)

#: Table -> the column with the id of the conversation, which is that of the contact.
OF_A_CONTACT: dict[Table, str] = {
    _table(t.ContactRow): "id",
    _table(t.ContactHandle): "contact",
    _table(events.ConsentRow): "contact",
    _table(t.ConversationRow): "id",
    _INBOX: "conversation",
    _table(t.OutboxRow): "conversation",
    _table(media_tables.MediaRow): "conversation",
    _table(desk.NoteRow): "conversation",
    _table(desk.TagRow): "conversation",
    _table(t.HandoffRow): "conversation",
    _table(t.AlertRow): "conversation",
    _table(t.TurnRow): "conversation",
    _table(t.LedgerRow): "conversation",
    _table(draft_tables.DraftRow): "conversation",
    _table(desk.PresenceRow): "conversation",
    _table(events.ArrivalRow): "conversation",
}
#: The same for what is a contact's or a patient's.
OF_EITHER: dict[Table, tuple[str, ...]] = {
    _table(outreach.OutreachRow): ("contact", "patient"),
    _table(outreach.CallTaskRow): ("contact", "patient"),
    _table(outreach.OutreachFactRow): ("patient",),
    _table(outreach.NeverWriteRow): ("who",),
}
#: Seen to one by one (`bot.storage.rights.erasing`): keys, amendments, visits, visitors, what is unread.
BY_OTHER_WAYS = frozenset(
    map(
        _table,
        (
            t.SealingKey,
            events.AboutRow,
            events.UnreadEventRow,
            visitor_tables.VisitorRow,
            diary.AppointmentRow,
            diary.PatientRow,
            diary.OutsideDeedRow,
        ),
    )
)
#: The trail only grows: lines about a conversation stay, with its id, which leads to nobody any more.
STAYS = _table(desk.AuditRow)
OF_NOBODY = frozenset(
    map(
        _table,
        (
            t.WorkerRow,
            t.Restoration,
            t.LastInstant,
            diary.OutsideCursorRow,
            events.AccountNoticeRow,
            desk.AuditEnd,
            draft_tables.SwitchRow,
            staff_tables.StaffRow,
            staff_tables.StaffLinkRow,
            staff_tables.StaffSessionRow,
            staff_tables.StaffTryRow,
            sending.TemplateRow,
            sending.PaceRow,
            rights.ErasureRow,
            rights.ErasedEventRow,
        ),
    )
)


def theirs(table: Table, practice: str, person: Person) -> Any:
    """The condition for this person's rows of one of the tables above."""
    if table in OF_A_CONTACT:
        mine: Any = table.c[OF_A_CONTACT[table]].in_(person.contacts)
    else:
        ids = [*person.contacts, *person.patients]
        mine = or_(*(table.c[name].in_(ids) for name in OF_EITHER[table]))
    return (table.c.practice == practice) & mine


def about(practice: str, person: Person) -> Any:
    """The condition for amendments of this person's messages."""
    table = _table(events.AboutRow)
    return (table.c.practice == practice) & table.c.inbox.in_(
        select(_INBOX.c.id).where(_INBOX.c.conversation.in_(person.contacts))
    )


def visits(connection: Connection, practice: str, person: Person) -> list[Any]:
    """Rows of the diary: what they booked, and what is booked for them; oldest first."""
    a = diary.APPOINTMENT.c
    mine = a.contact.in_(person.contacts) | a.patient_id.in_(person.patients)
    found = select(diary.APPOINTMENT).where(a.practice == practice, mine).order_by(a.starts_at, a.id)
    return list(connection.execute(found).all())
