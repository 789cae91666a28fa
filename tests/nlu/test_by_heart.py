"""Sentences known by heart: each is found, and nothing else is."""

from nlu.by_heart import ByHeart
from nlu.shipped import SHIPPED, Shelf


def test_every_sentence_is_found_and_no_other() -> None:
    lessons = Shelf(SHIPPED).lessons(any_teaching=True) or {}
    meanings = {
        sentence: next(iter(intents))
        for each in lessons.values()
        for sentence, intents in each.meanings.items()
        if len(intents) == 1
    }
    known = ByHeart(meanings)

    assert len(known) == len(meanings) > 10_000
    assert all(known.get(sentence) == intent for sentence, intent in meanings.items())
    assert not any(known.get(f"{sentence} ?") for sentence in meanings)


def test_none_is_found_where_none_is_known() -> None:
    nothing, one = ByHeart({}), ByHeart({"да": "affirm"})

    assert (nothing.get("да"), one.get("да"), one.get(""), one.get("\ud800")) == (None, "affirm", None, None)
