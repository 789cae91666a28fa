"""What events leave behind beside messages: wishes about promotions, where people came from, and what nobody
could read. Instants are integers, as in bot.storage.tables.
"""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary
from sqlmodel import Field, SQLModel


class ConsentRow(SQLModel, table=True):
    """The last word of a contact on one topic."""

    __tablename__: ClassVar[Any] = "consent"

    practice: str = Field(primary_key=True)
    contact: str = Field(primary_key=True)
    topic: str = Field(primary_key=True)  # promotions
    given: bool
    by: str  # channel, patient, or a person's id
    at: int = Field(sa_column=Column(BigInteger, nullable=False))


class ArrivalRow(SQLModel, table=True):
    """An advert, a link or a poster brought somebody into the chat. Nothing of it says who."""

    __tablename__: ClassVar[Any] = "arrival"
    __table_args__: ClassVar[Any] = (
        Index("arrival_at", "practice", "at"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, autoincrement=True))
    practice: str
    conversation: str
    channel: str
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    is_new: bool  # nobody had written from there before
    ref: str | None = None
    source: str | None = None
    advert: str | None = None
    headline: str | None = None


class UnreadEventRow(SQLModel, table=True):
    """Something that a channel sent and we know no kind for, sealed for a week under a key of its day."""

    __tablename__: ClassVar[Any] = "unread_event"
    __table_args__: ClassVar[Any] = (
        Index("unread_event_once", "practice", "channel", "event", unique=True),
        Index("unread_event_at", "practice", "received_at"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, autoincrement=True))
    practice: str
    channel: str
    event: str  # keyed hash of the channel's id
    shape: str  # the names of its keys, and of no more
    owner: str  # of the key
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    received_at: int = Field(sa_column=Column(BigInteger, nullable=False))


class AboutRow(SQLModel, table=True):
    """An edit or a deletion, and the keyed hash of the message that it is about."""

    __tablename__: ClassVar[Any] = "inbox_about"
    __table_args__: ClassVar[Any] = (Index("inbox_about_message", "practice", "about"),)

    inbox: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    practice: str
    about: str


class AccountNoticeRow(SQLModel, table=True):
    """What a channel told of the practice's own account, once. Nothing of it is about a patient."""

    __tablename__: ClassVar[Any] = "account_notice"

    practice: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    event: str = Field(primary_key=True)  # keyed hash of the channel's id
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    said: str


CONSENT: Any = ConsentRow.__table__  # type: ignore[attr-defined]
ARRIVAL: Any = ArrivalRow.__table__  # type: ignore[attr-defined]
UNREAD: Any = UnreadEventRow.__table__  # type: ignore[attr-defined]
ABOUT: Any = AboutRow.__table__  # type: ignore[attr-defined]
ACCOUNT_NOTICE: Any = AccountNoticeRow.__table__  # type: ignore[attr-defined]
