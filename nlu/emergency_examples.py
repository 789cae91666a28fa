"""Emergencies as patients write them, and what only looks like one: nlu/red_flags/heard/*.yml."""

from dataclasses import dataclass
from pathlib import Path

from nlu.shipped_yaml import shipped_yaml

_FOLDER = Path(__file__).parent / "red_flags" / "heard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A message and whether it is an emergency of level A or B."""

    text: str
    language: str
    real: bool


def shipped_cases() -> list[Case]:
    """Of all languages: an emergency is heard whatever the practice speaks."""
    cases: list[Case] = []
    for file in sorted(_FOLDER.glob("*.yml")):
        content = shipped_yaml(file)
        for real, texts in ((True, content["emergencies"]), (False, content["lookalikes"])):
            cases += [Case(text=str(text), language=file.stem, real=real) for text in texts]
    return cases
