"""A process that dies before or after an outside call loses nothing and doubles nothing. All calls of all
dialogues: `make every-call`."""

import pytest

from bench.every_call import TWINS, try_all


def test_a_question_is_answered_once_wherever_the_process_dies() -> None:
    tried = try_all("question", every=8)

    assert {*tried.died} == {"before a commit", "after a commit", "before a send", "after a send"}
    assert tried.wrong == ()


@pytest.mark.parametrize("twin", TWINS)
def test_without_what_protects_at_a_call_a_death_there_shows(twin: str) -> None:
    assert try_all("question", twin=twin).wrong
