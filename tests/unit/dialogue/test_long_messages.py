"""Nobody holds up the others by writing much: phrases are tried on the beginning of a message."""

from nlu.understanding import HEARD, Understanding


def test_phrases_are_tried_on_the_beginning() -> None:
    letter = Understanding(text="? " * 2_000, language="en", intent=None)

    assert len(letter.text) == 4_000 and len(letter.heard) == HEARD
