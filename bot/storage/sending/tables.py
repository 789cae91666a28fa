"""What is kept of sending beside the messages: what Meta says of templates, and until when the time of an
account is taken. Instants are integers, as in bot.storage.tables.
"""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel


class TemplateRow(SQLModel, table=True):
    """A template in one language on one channel, as the channel last reported it. `state` and `category` are
    words of bot.domain.templates; `category` None: as declared."""

    __tablename__: ClassVar[Any] = "template"

    practice: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    state: str
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    reason: str = ""
    category: str | None = None


class PaceRow(SQLModel, table=True):
    """Of an account whose messages several workers send: until when its time is taken."""

    __tablename__: ClassVar[Any] = "pace"

    practice: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    taken_until: int = Field(sa_column=Column(BigInteger, nullable=False))


TEMPLATE: Any = TemplateRow.__table__  # type: ignore[attr-defined]
