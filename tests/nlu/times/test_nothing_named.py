"""What weighs the times of a message makes none of its own: where none is named, nothing need be weighed."""

from datetime import datetime

import pytest

from bench.doubts import sentences
from bench.times import NOW
from nlu.times.chains import find_pieces, weighed
from nlu.times.tape import Tape
from nlu.times.vocabulary import vocabulary
from nlu.understanding import Context


@pytest.mark.parametrize("folder", ["plain", "phone", "registers"])
def test_of_no_time_none_is_made(folder: str) -> None:
    """Over all that was written with a time: its words stand there, and the time itself is taken away."""
    made: list[str] = []
    read = 0
    for language, case in sentences(folder):
        now = datetime.fromisoformat(str(case.get("now", NOW)))
        tape = Tape(case["text"], vocabulary(language), Context(now=now, languages=(language,)))
        find_pieces(tape)
        if any(weighed(tape, [], gap_start) for gap_start in (0, len(tape))):
            made.append(case["text"])
        read += 1

    assert made == []
    assert read > 300
