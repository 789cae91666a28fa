"""Who came by the chat on the practice's own site. Instants are integers, as in bot.storage.tables."""

from typing import ClassVar

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class VisitorRow(SQLModel, table=True):
    """A visit that began; `origin` is a keyed hash of the network address, good for counting alone."""

    __tablename__: ClassVar[str] = "visitor"
    __table_args__ = (Index("visitor_origin", "practice", "origin", "began_at"),)
    practice: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    origin: str
    began_at: int = Field(sa_type=BigInteger)
