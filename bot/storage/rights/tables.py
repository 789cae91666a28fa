"""What is left where somebody was erased. Nothing of it says who. Instants as in bot.storage.tables."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class ErasureRow(SQLModel, table=True):
    """How many people a practice has erased so far: whoever comes anew is called otherwise than before, and
    each process forgets what it remembers when this grows."""

    __tablename__: ClassVar[Any] = "erasure"

    practice: str = Field(primary_key=True)
    number: int
    at: int = Field(sa_type=BigInteger)


class ErasedEventRow(SQLModel, table=True):
    """A message that was erased, by the keyed hash of its id: channels repeat what they sent, for days."""

    __tablename__: ClassVar[Any] = "erased_event"

    practice: str = Field(primary_key=True)
    event: str = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger)


ERASURE: Any = ErasureRow.__table__  # type: ignore[attr-defined]
ERASED_EVENT: Any = ErasedEventRow.__table__  # type: ignore[attr-defined]
