"""The tables of messages that the practice begins, and of patients to be called. Instants: see `tables`."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel


def _big(**options: object) -> Column[int]:
    return Column(BigInteger, **options)  # type: ignore[arg-type]


class OutreachRow(SQLModel, table=True):
    """One message, from its planning to its answer: at most one for each rule, subject and version of it."""

    __tablename__: ClassVar[Any] = "outreach"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("practice", "rule", "subject", "version", name="outreach_once"),
        Index(
            "outreach_due",
            "practice",
            "due_at",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
        Index("outreach_planned", "practice", "rule", "anchor"),
        Index("outreach_sent", "practice", "rule", "sent_at"),
        Index("outreach_contact", "contact", "sent_at"),
        Index("outreach_outbox", "outbox"),
        Index(
            "outreach_silent",
            "practice",
            "call_at",
            sqlite_where=text("call_at IS NOT NULL"),
            postgresql_where=text("call_at IS NOT NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    practice: str
    rule: str
    subject: str
    version: str
    anchor: int = Field(sa_column=_big(nullable=False))
    visits: str = ""  # which visits at which times
    contact: str | None = None  # who booked; once sent, whom it was sent to
    patient: str | None = None
    due_at: int = Field(sa_column=_big(nullable=False))
    too_late_at: int = Field(sa_column=_big(nullable=False))
    state: str = "planned"
    reason: str | None = None
    leased_until: int | None = Field(default=None, sa_column=_big())
    attempts: int = 0
    outbox: str | None = None
    channel: str | None = None
    sent_at: int | None = Field(default=None, sa_column=_big())
    answer: str | None = None  # the flow that a reply began
    answered_at: int | None = Field(default=None, sa_column=_big())
    answered_by: int | None = Field(default=None, sa_column=_big())  # the inbox row of that reply
    call_at: int | None = Field(default=None, sa_column=_big())
    created_at: int = Field(sa_column=_big(nullable=False))


class CallTaskRow(SQLModel, table=True):
    """A patient whom somebody is to telephone. One for each message that reached nobody."""

    __tablename__: ClassVar[Any] = "call_task"
    __table_args__: ClassVar[Any] = (
        Index(
            "call_task_open",
            "practice",
            "created_at",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index("call_task_settled", "practice", "settled_at"),
    )

    id: str = Field(primary_key=True)  # that of the message
    practice: str
    rule: str
    reason: str
    contact: str | None = None
    patient: str | None = None
    visits: str = ""
    until: int = Field(sa_column=_big(nullable=False))  # afterwards a call is of no use any more
    created_at: int = Field(sa_column=_big(nullable=False))
    settled_at: int | None = Field(default=None, sa_column=_big())
    settled_by: str | None = None
    outcome: str | None = None
    attempts: int = 0
    tried_at: int | None = Field(default=None, sa_column=_big())


class NeverWriteRow(SQLModel, table=True):
    """Somebody whom we begin no message to, whatever a rule says: by patient, contact or phone (hashed)."""

    __tablename__: ClassVar[Any] = "never_write"

    practice: str = Field(primary_key=True)
    who: str = Field(primary_key=True)
    reason: str  # deceased | do_not_contact
    at: int = Field(sa_column=_big(nullable=False))


class OutreachFactRow(SQLModel, table=True):
    """What a rule needs to know of a patient that the diary does not say: an open amount, a topic asked for.

    `sealed` for `owner`, which is the contact or patient: the practice's own link to pay at.
    """

    __tablename__: ClassVar[Any] = "outreach_fact"
    __table_args__: ClassVar[Any] = (Index("outreach_fact_kind", "practice", "kind", "since"),)

    practice: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)  # "balance", "topic:NAME"
    patient: str = Field(primary_key=True)
    since: int = Field(sa_column=_big(nullable=False))
    sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


OUTREACH: Any = OutreachRow.__table__  # type: ignore[attr-defined]
CALL_TASK: Any = CallTaskRow.__table__  # type: ignore[attr-defined]
NEVER_WRITE: Any = NeverWriteRow.__table__  # type: ignore[attr-defined]
FACT: Any = OutreachFactRow.__table__  # type: ignore[attr-defined]
