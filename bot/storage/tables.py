"""The tables of the message pipeline. Every row carries its practice; `sealed` columns are encrypted.

Instants are integers: microseconds since 1970 UTC (SQLite would give back naive datetimes).
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, text
from sqlmodel import Field, SQLModel

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


#: Later than anything: "until the patient writes".
FOREVER = 2**62


def to_stamp(moment: datetime) -> int:
    """Aware datetime -> microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def from_stamp(stamp: int) -> datetime:
    return _EPOCH + timedelta(microseconds=stamp)


def _big(**options: object) -> Column[int]:
    return Column(BigInteger, **options)  # type: ignore[arg-type]


class SealingKey(SQLModel, table=True):
    """One contact's (or walk-in patient's) key, wrapped by the master key. Deleting it forgets the person."""

    __tablename__ = "sealing_key"
    owner: str = Field(primary_key=True)
    practice: str
    wrapped: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ContactRow(SQLModel, table=True):
    __tablename__ = "contact"
    id: str = Field(primary_key=True)
    practice: str
    channel: str
    account: str
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # recipient, phone, profile name
    informed_at: int | None = Field(default=None, sa_column=_big())
    informed_of: str | None = None  # version of the content whose notice was shown
    informed_in: str | None = None  # language
    opted_out_at: int | None = Field(default=None, sa_column=_big())
    refused_at: int | None = Field(default=None, sa_column=_big())  # the channel could not reach them
    refused_for: int | None = None  # its error code
    created_at: int = Field(sa_column=_big(nullable=False))


class ContactHandle(SQLModel, table=True):
    """A keyed hash of an id under which a channel knows a contact; several may lead to one person."""

    __tablename__ = "contact_handle"
    practice: str = Field(primary_key=True)
    handle: str = Field(primary_key=True)
    contact: str


class ConversationRow(SQLModel, table=True):
    """Engine state, who owns the chat, and which worker may advance it. Same id as its contact."""

    __tablename__ = "conversation"
    id: str = Field(primary_key=True)
    practice: str
    version: int = 0
    sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    owner: str = "bot"
    owner_since: int | None = Field(default=None, sa_column=_big())
    staff_wrote_at: int | None = Field(default=None, sa_column=_big())
    snoozed_until: int | None = Field(default=None, sa_column=_big())  # FOREVER: until the patient writes
    draft: str | None = None  # the last turn whose answer waits for somebody's yes
    told_late_at: int | None = Field(default=None, sa_column=_big())  # of our having been out of reach
    claimed_by: str | None = None
    epoch: int = 0
    updated_at: int = Field(sa_column=_big(nullable=False))


class InboxRow(SQLModel, table=True):
    """Every event, once. States: new -> done | dead: set aside, since it could not be answered."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("inbox_once", "practice", "channel", "account", "event", unique=True),
        Index(
            "inbox_waiting",
            "conversation",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
        Index("inbox_conversation", "conversation"),
        Index(
            "inbox_files",
            "practice",
            "received_at",
            sqlite_where=text("kind IN ('image', 'audio', 'video', 'document', 'sticker')"),
            postgresql_where=text("kind IN ('image', 'audio', 'video', 'document', 'sticker')"),
        ),
        Index(
            "inbox_set_aside",
            "practice",
            sqlite_where=text("state = 'dead'"),
            postgresql_where=text("state = 'dead'"),
        ),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, autoincrement=True))
    practice: str
    channel: str
    account: str
    event: str  # keyed hash of the channel's id
    conversation: str
    kind: str
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # text, payload
    sent_at: int = Field(sa_column=_big(nullable=False))
    received_at: int = Field(sa_column=_big(nullable=False))
    state: str = "new"
    attempts: int = 0
    replays: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    turn: str | None = None


class TurnRow(SQLModel, table=True):
    """A turn: begun with its first recorded action, finished with its journal."""

    __tablename__ = "turn"
    __table_args__ = (Index("turn_conversation", "conversation", "started_at"),)
    id: str = Field(primary_key=True)
    practice: str
    conversation: str
    started_at: int = Field(sa_column=_big(nullable=False))
    finished_at: int | None = Field(default=None, sa_column=_big())
    sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


class LedgerRow(SQLModel, table=True):
    """Arguments and result of one action run; a turn that runs again reads these and recomputes nothing."""

    __tablename__ = "ledger"
    turn: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    practice: str
    conversation: str
    action: str
    key: str
    arguments: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    result: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    at: int = Field(sa_column=_big(nullable=False))


class OutboxRow(SQLModel, table=True):
    """Every message of ours; `seq` is the order within a conversation."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "outbox_waiting",
            "conversation",
            "seq",
            sqlite_where=text("state IN ('queued', 'sending', 'uncertain')"),
            postgresql_where=text("state IN ('queued', 'sending', 'uncertain')"),
        ),
        Index("outbox_conversation", "conversation"),
        Index("outbox_message", "message_id"),
        {"sqlite_autoincrement": True},
    )
    seq: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, autoincrement=True))
    id: str = Field(unique=True)
    practice: str
    conversation: str
    author: str
    exempt: bool = False
    emergency: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default="0"))
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # the Reply
    state: str = "queued"
    attempts: int = 0
    created_at: int = Field(sa_column=_big(nullable=False))
    not_before: int = Field(sa_column=_big(nullable=False))
    sent_at: int | None = Field(default=None, sa_column=_big())
    message_id: str | None = None  # keyed hash of the channel's id
    receipt: int = 0  # 0 none, 1 sent, 2 delivered, 3 read: only ever grows
    error_code: int | None = None
    draft: str | None = None  # the turn that suggested it
    notice: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default="0"))


class HandoffRow(SQLModel, table=True):
    """A patient who waits for a person, from the queue to the giving back."""

    __tablename__ = "handoff"
    __table_args__ = (
        Index(
            "handoff_open",
            "practice",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, autoincrement=True))
    practice: str
    conversation: str
    reason: str
    urgent: bool = False
    opened_at: int = Field(sa_column=_big(nullable=False))
    taken_by: str | None = None
    taken_at: int | None = Field(default=None, sa_column=_big())
    due_at: int | None = Field(default=None, sa_column=_big())  # until then somebody answers: promised
    apologised_at: int | None = Field(default=None, sa_column=_big())  # nobody did, and the patient was told
    answered_at: int | None = Field(default=None, sa_column=_big())  # the first words of a person
    answered_by: str | None = None
    closed_at: int | None = Field(default=None, sa_column=_big())
    closed_by: str | None = None
    outcome: str | None = None  # a word of bot.domain.handoff.Outcome
    meant_for: str | None = None  # who was chosen to answer; anybody may
    meant_at: int | None = Field(default=None, sa_column=_big())


class AlertRow(SQLModel, table=True):
    """An alert to staff, committed with the hand-off that caused it; no patient data.

    One with a later `not_before` is a reminder: void once somebody has taken the conversation. `begun` is how
    many channels it was given to, counted before each: what a crash leaves open is not sent there again.
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "alert_waiting",
            "practice",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, autoincrement=True))
    practice: str
    conversation: str
    reason: str
    urgent: bool = False
    attempts: int = 0
    created_at: int = Field(sa_column=_big(nullable=False))
    not_before: int = Field(sa_column=_big(nullable=False))
    sent_at: int | None = Field(default=None, sa_column=_big())
    handoff: int | None = None
    kind: str = Field(default="new", sa_column=Column(String, nullable=False, server_default="new"))
    begun: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    void_at: int | None = Field(default=None, sa_column=_big())


class WorkerRow(SQLModel, table=True):
    """A process that works on this database beside others. Its claims are worth as much as its last sign of
    life, by the database's own clock."""

    __tablename__ = "worker"
    id: str = Field(primary_key=True)
    practice: str = Field(primary_key=True)
    started_at: int = Field(sa_column=_big(nullable=False))
    seen_at: int = Field(sa_column=_big(nullable=False))


class Restoration(SQLModel, table=True):
    """When this database came from a copy, and when that was taken: what fell due in between was seen to by
    the database that is gone, or by nobody."""

    __tablename__ = "restoration"
    practice: str = Field(primary_key=True)
    restored_at: int = Field(sa_column=_big(primary_key=True, autoincrement=False))
    taken_at: int = Field(sa_column=_big(nullable=False))


class LastInstant(SQLModel, table=True):
    """The latest moment that anything was stored: a clock that is started again never runs behind it."""

    __tablename__ = "last_instant"
    id: int = Field(primary_key=True)
    practice: str = ""
    at: int = Field(sa_column=_big(nullable=False))
