"""The table of files that patients sent.

Instants are integers, as in bot.storage.tables.
"""

from typing import ClassVar

from sqlalchemy import BigInteger, Column, Index, LargeBinary, text
from sqlmodel import Field, SQLModel


class MediaRow(SQLModel, table=True):
    """One file of one message, and at the same time the work of fetching it.

    States: waiting -> kept | refused | expired; "nothing" for a message that has no file to fetch, so that
    nobody looks at it again. `facts` (type, name, size, transcript) and `content` are sealed with the
    conversation's key; content goes when its time is over. While a worker is at it, `next_at` is in the
    future: one that dies leaves the file to the next.
    """

    __tablename__: ClassVar[str] = "media"
    __table_args__ = (
        Index("media_once", "practice", "inbox", "place", unique=True),
        Index(
            "media_waiting",
            "practice",
            "next_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "media_kept",
            "practice",
            "received_at",
            sqlite_where=text("state = 'kept'"),
            postgresql_where=text("state = 'kept'"),
        ),
        Index("media_conversation", "conversation"),
    )
    id: str = Field(primary_key=True)
    practice: str
    conversation: str
    inbox: int
    place: int
    state: str = "waiting"
    why: str | None = None  # bot.domain.media.NotKept
    attempts: int = 0
    next_at: int = Field(sa_type=BigInteger)
    received_at: int = Field(sa_type=BigInteger)
    facts: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    content: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
