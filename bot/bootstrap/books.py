"""The practice's stored side, and what reads it: beneath everything else."""

import fcntl
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from bot.bootstrap.content import Configuration, read_practice
from bot.domain.practice import Practice
from bot.errors import SetupError
from bot.ports import Clock
from bot.service.clock import StartedClock, SystemClock
from bot.service.inbox.figures import Reports
from bot.storage.diary.book import SqlDiary
from bot.storage.diary.requests import SqlRequests
from bot.storage.engine.database import Database
from bot.storage.engine.instants import last_instant, remember_instant
from bot.storage.inbox.audit import SqlAudit
from bot.storage.inbox.chat_facts import SqlChatFacts
from bot.storage.inbox.facts import SqlDeskFacts
from bot.storage.inbox.staff import SqlStaffBook
from bot.storage.inbox.switches import SqlSwitches
from bot.storage.migrations import upgrade
from bot.storage.rights.at_wish import SqlRights
from bot.storage.sealing.seal import Keyring, derive, master_key_from


@dataclass(frozen=True, kw_only=True)
class Books:
    """The practice's stored side: what the diary's commands need, and beneath everything else."""

    practice: Practice
    database: Database
    keyring: Keyring
    master_key: bytes
    diary: SqlDiary
    is_lent: bool = False  # the database is somebody else's to close

    @classmethod
    def open(cls, configuration: Configuration, *, database: Database | None = None) -> "Books":
        """On a database that others use, too, or on one of its own."""
        is_lent = database is not None
        practice = read_practice(configuration)
        configuration.data.mkdir(parents=True, exist_ok=True)
        url = configuration.database_url
        given = configuration.environment.get("CHAIRSIDE_MASTER_KEY")
        master_key = master_key_from(given, configuration.data if configuration.demo else None)
        database = database or Database(url)
        upgrade(database.engine)
        keyring = Keyring(master_key, practice.id)
        database.read_now(keyring.prove)
        diary = SqlDiary(database, practice.id, keyring)
        if not database.read_now(diary.patients.are_indexed):
            database.write_now(diary.patients.index)
        return cls(
            practice=practice,
            database=database,
            keyring=keyring,
            master_key=master_key,
            diary=diary,
            is_lent=is_lent,
        )

    @property
    def staff(self) -> SqlStaffBook:
        """The people who sign in."""
        return SqlStaffBook(self.database, practice=self.practice.id, master_key=self.master_key)

    def clock(self, configuration: Configuration) -> Clock:
        """The machine's clock; the demo's starts where it is told, and never behind what is stored."""
        if not configuration.demo:
            return SystemClock()
        stored = self.database.read_now(last_instant)
        wished = configuration.now or SystemClock().now()
        start = max(wished, stored) if stored else wished
        # Commands beside the demo go by this moment, too: a hold that ran out meanwhile is gone for them.
        self.database.write_now(lambda connection: remember_instant(connection, start))
        return StartedClock(start)

    def now(self) -> datetime:
        """The present as a command beside a running demo sees it: the latest moment anything was stored."""
        return self.database.read_now(last_instant) or SystemClock().now()


def audit_of(books: Books, clock: Clock | None = None) -> SqlAudit:
    """The trail of who did what; without a clock, to be read."""
    key = derive(books.master_key, b"audit")
    return SqlAudit(books.database, practice=books.practice.id, key=key, clock=clock or SystemClock())


def switches_of(books: Books, clock: Clock | None = None) -> SqlSwitches:
    """Those of the assistant, for the command line."""
    clock = clock or SystemClock()
    return SqlSwitches(books.database, practice=books.practice, clock=clock, audit=audit_of(books, clock))


def rights_of(books: Books, clock: Clock | None = None) -> SqlRights:
    """What is kept of one person, to be given to them, or erased."""
    return SqlRights(
        books.database, practice=books.practice, keyring=books.keyring, audit=audit_of(books, clock)
    )


def desk_facts(books: Books) -> SqlDeskFacts:
    return SqlDeskFacts(books.database, practice=books.practice.id)


def requests_of(books: Books) -> SqlRequests:
    """What patients asked for, where visits are entered by hand."""
    return SqlRequests(books.database, books.practice.id, books.diary)


def reports(books: Books) -> Reports:
    """The practice's figures."""
    chats = SqlChatFacts(books.database, practice=books.practice.id, keyring=books.keyring)
    return Reports(books.practice, desk=desk_facts(books), chats=chats)


def only_one(data: Path) -> IO[str]:
    """Two servers on one SQLite folder would answer every patient twice."""
    lock = (data / "server.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise SetupError(
            f"another Chairside is running on {data}; stop it, or choose another folder with --data"
        ) from error
    lock.write(str(os.getpid()))
    lock.flush()
    return lock
