"""A stored booking, and the command line to look at it with."""

from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner, Result

from bot.__main__ import cli

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

    @property
    def conversation(self) -> str:
        """How the id of the one that is stored begins."""
        return self.runs("explain").output.split()[0]
