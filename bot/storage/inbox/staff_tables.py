"""People of a practice, their sessions, one-time links and failed tries. Instants as in tables.py."""

from typing import ClassVar

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, String, false
from sqlmodel import Field, SQLModel


class StaffRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "staff"
    __table_args__ = (
        Index("staff_name", "practice", "folded_name", unique=True),
        Index("staff_subject", "practice", "subject", unique=True),
    )
    id: str = Field(primary_key=True)
    practice: str
    name: str
    folded_name: str
    role: str
    password: str | None = None  # argon2id
    sealed_code: bytes | None = Field(default=None, sa_column=Column(LargeBinary))  # secret of RFC 6238
    code_step: int = Field(default=0, sa_type=BigInteger)  # the latest that was used
    created_at: int = Field(sa_type=BigInteger)
    disabled_at: int | None = Field(default=None, sa_type=BigInteger)
    languages: str = Field(default="", sa_column=Column(String, nullable=False, server_default=""))  # "it en"
    is_away: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=false()))
    subject: str | None = None  # a hash of who they are for the sign-in service (OpenID Connect)


class StaffLinkRow(SQLModel, table=True):
    """A one-time link, by its hash."""

    __tablename__: ClassVar[str] = "staff_link"
    key: str = Field(primary_key=True)
    practice: str
    person: str
    until: int = Field(sa_type=BigInteger)


class StaffSessionRow(SQLModel, table=True):
    """A session, by the hash of its cookie."""

    __tablename__: ClassVar[str] = "staff_session"
    __table_args__ = (Index("staff_session_person", "person"),)
    key: str = Field(primary_key=True)
    practice: str
    person: str | None = None
    who: str
    role: str  # of somebody who is not in the book; else the book counts
    language: str
    opened_at: int = Field(sa_type=BigInteger)
    active_at: int = Field(sa_type=BigInteger)


class StaffTryRow(SQLModel, table=True):
    """Failures to sign in, by a hash of whose and from where."""

    __tablename__: ClassVar[str] = "staff_try"
    practice: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    failures: int
    last_at: int = Field(sa_type=BigInteger)
