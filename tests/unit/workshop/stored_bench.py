"""A stored booking, and the command line to look at it with."""

import json
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, select, update
from typer.testing import CliRunner, Result

from bot.bootstrap import DEMO_ENVIRONMENT, Books, Configuration
from bot.commands.command_line import cli
from bot.storage.tables import SealingKey, TurnRow

_TURN = TurnRow.__table__  # type: ignore[attr-defined]
_KEY = SealingKey.__table__  # type: ignore[attr-defined]

NAME, PHONE, FIRST_WORDS = "Anna Rossi", "393331234567", "Buonasera, vorrei prenotare una prima visita"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The data of a practice, a copy of its flows to change, and the command line."""

    data: Path
    flows: Path

    def runs(self, *words: str) -> Result:
        return CliRunner().invoke(cli, [*words, "--data", str(self.data)])

    def changes(self, old: str, new: str) -> None:
        """In the one flow file in which it stands, once."""
        [path] = [each for each in self.flows.rglob("*.yml") if old in each.read_text(encoding="utf-8")]
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    def adds(self, text: str) -> None:
        (self.flows / "added.yml").write_text(text, encoding="utf-8")

    def forgets_how_messages_were_heard(self) -> None:
        """Makes the journals what they were before `heard` was kept."""
        books = Books.open(self._configuration)

        def unit(connection: Connection) -> None:
            for row in connection.execute(select(_TURN)).all():
                journal = json.loads(books.keyring.open(connection, row.conversation, row.sealed))
                left = {name: value for name, value in journal.items() if name not in ("heard", "stack")}
                sealed = books.keyring.seal(connection, row.conversation, json.dumps(left).encode())
                connection.execute(update(_TURN).where(_TURN.c.id == row.id).values(sealed=sealed))

        books.database.write_now(unit)
        books.database.close()

    def erases(self) -> None:
        """Destroys the keys of all patients."""
        books = Books.open(self._configuration)
        books.database.write_now(lambda connection: connection.execute(delete(_KEY)))
        books.database.close()

    @property
    def _configuration(self) -> Configuration:
        return Configuration(data=self.data, environment=DEMO_ENVIRONMENT, demo=True)

    @property
    def conversation(self) -> str:
        """How the id of the one that is stored begins."""
        return self.runs("explain").output.split()[0]
