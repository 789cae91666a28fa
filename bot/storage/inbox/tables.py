"""What staff keep about conversations: notes, tags, and the trail of who did what.

Instants are integers, as in bot.storage.tables. The trail only grows: triggers refuse whatever else is tried,
and each row carries a keyed hash over itself and the row before it.
"""

from typing import ClassVar

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary
from sqlmodel import Field, SQLModel


class NoteRow(SQLModel, table=True):
    """Words of staff for staff, sealed like a patient's. No code path leads from here to a channel."""

    __tablename__: ClassVar[str] = "note"
    __table_args__ = (Index("note_conversation", "conversation"),)
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, autoincrement=True))
    practice: str
    conversation: str
    at: int = Field(sa_type=BigInteger)
    by: str
    mentions: str = ""  # ids of staff, one a line
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class TagRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "tag"
    conversation: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    practice: str
    at: int = Field(sa_type=BigInteger)
    by: str


class PresenceRow(SQLModel, table=True):
    """A page that somebody looks at, where several servers have pages open. Worth as much as it is young."""

    __tablename__: ClassVar[str] = "presence"
    practice: str = Field(primary_key=True)
    who: str = Field(primary_key=True)
    page: str = Field(primary_key=True)
    conversation: str
    is_writing: bool
    seen_at: int = Field(sa_type=BigInteger)  # by the database's own clock, as servers' clocks differ


class AuditRow(SQLModel, table=True):
    """One thing that somebody did. `seal` covers every other column and the row before."""

    __tablename__: ClassVar[str] = "audit"
    __table_args__ = (Index("audit_conversation", "conversation"),)
    practice: str = Field(primary_key=True)
    number: int = Field(primary_key=True)  # counts from 1 in each practice, without gaps
    at: int = Field(sa_type=BigInteger)
    by: str
    deed: str
    conversation: str | None = None
    detail: str = ""
    seal: str


class AuditEnd(SQLModel, table=True):
    """How long the trail is, and its last seal: a trail that was cut off at its end shows."""

    __tablename__: ClassVar[str] = "audit_end"
    practice: str = Field(primary_key=True)
    number: int
    seal: str


AUDIT_DDL_SQLITE = (
    """
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit trail only grows');
END""",
    """
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit trail only grows');
END""",
)
