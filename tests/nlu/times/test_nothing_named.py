"""What weighs the times of a message makes none of its own: where none is named, nothing need be weighed."""

from datetime import datetime

import pytest

from bench.doubts import sentences
from bench.times import NOW, read_ours
from nlu.times import chains
from nlu.times.pieces import Piece
from nlu.times.tape import Tape


@pytest.mark.parametrize("folder", ["plain", "phone", "registers"])
def test_of_no_time_none_is_made(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over all that patients wrote with a time: its words stand there, and the time itself was not found."""
    weigh = chains._weighed
    made: list[str] = []

    def weighed(tape: Tape, pieces: list[Piece], gap_start: int) -> list[Piece]:
        if weigh(tape, [], gap_start) or weigh(tape, [], 0):
            made.append(text)
        return weigh(tape, pieces, gap_start)

    monkeypatch.setattr(chains, "_weighed", weighed)
    read = 0
    for language, case in sentences(folder):
        text = case["text"]
        now = datetime.fromisoformat(str(case.get("now", NOW)))
        read_ours(text, language, now)
        read += 1

    assert made == []
    assert read > 300
