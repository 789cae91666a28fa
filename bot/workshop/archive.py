"""What is stored of a practice, opened to be looked at; also beside a running server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot import bootstrap
from bot.dialogue import Assistant, load_assistant
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.errors import ChairsideError
from bot.service.turns.in_words import InWords
from bot.service.turns.journal import StoredTurn
from bot.storage.turns.journals import SqlJournals
from bot.workshop.masking import Mask


@dataclass(frozen=True, kw_only=True)
class Archive:
    practice: Practice
    clock: PracticeTime
    journals: SqlJournals
    mask: Mask

    def turns(self, conversation: str) -> tuple[StoredTurn, ...]:
        """With the practice's own wall time."""
        turns = self.journals.turns(conversation)
        return tuple(replace(turn, at=self.clock.local(turn.at)) for turn in turns)

    def ids(self) -> list[str]:
        """The latest first."""
        return [each.id for each in self.journals.latest()]

    def read_changed(self, folder: Path) -> Assistant:
        """Content in the practice's languages; it may declare actions that do not exist yet."""
        return load_assistant([folder], languages=self.practice.languages)


@contextmanager
def open_archive(configuration: bootstrap.Configuration, *, shows_words: bool) -> Iterator[Archive]:
    """Raises ChairsideError where there is no database, rather than making one."""
    database = configuration.data / "chairside.db"
    if "CHAIRSIDE_DATABASE_URL" not in configuration.environment and not database.exists():
        raise ChairsideError(f"there is no {database}; name the folder of the demo or server with --data")
    books = bootstrap.Books.open(configuration)
    try:
        practice = books.practice
        assistant = bootstrap.read_assistant(configuration, practice)
        mask = Mask(assistant=assistant, in_words=InWords(practice, assistant), shows_words=shows_words)
        yield Archive(
            practice=practice,
            clock=PracticeTime(practice.time_zone),
            journals=SqlJournals(books.database, practice=practice.id, keyring=books.keyring),
            mask=mask,
        )
    finally:
        books.database.close()
