"""The tables of what the assistant only suggests, and of the switches that silence it.

Instants are integers, as in bot.storage.tables.
"""

from typing import ClassVar

from sqlalchemy import BigInteger, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel


class DraftRow(SQLModel, table=True):
    """What became of one turn's suggestion. Its words are the outbox rows with this turn in `draft`.

    `before` is the dialogue as it was before the turn, sealed; None where there was none yet. `fate` is a
    word of bot.domain.drafts.Fate, None while nobody has decided. A turn that `wrote` into a diary is not
    undone.
    """

    __tablename__: ClassVar[str] = "draft"
    __table_args__ = (
        Index("draft_conversation", "conversation"),
        Index("draft_decided", "practice", "flow", "decided_at"),
    )
    turn: str = Field(primary_key=True)
    practice: str
    conversation: str
    flow: str
    before: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    wrote: bool = False
    informed: bool = False
    created_at: int = Field(sa_type=BigInteger)
    fate: str | None = None
    decided_at: int | None = Field(default=None, sa_type=BigInteger)
    decided_by: str | None = None


class SwitchRow(SQLModel, table=True):
    """A switch as it was set last: "pause", "pause:whatsapp", "suggest", "suggest:FLOW", "ready:FLOW"."""

    __tablename__: ClassVar[str] = "switch"
    practice: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    is_on: bool
    at: int = Field(sa_type=BigInteger)
    by: str
