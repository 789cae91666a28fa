"""Whatever a patient sends, reading it ends, and what comes out is well formed."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.times import find_times, wish_from
from nlu.understanding import AskedKind, Entity
from tests.nlu.times.telling import moment
from tests.nlu.times.test_english import ALTERNATIVES, BOTH, DAYS, HOURS
from tests.nlu.times.test_italian import BOTH as BOTH_IT
from tests.nlu.times.test_italian import DAYS as DAYS_IT
from tests.nlu.times.test_russian import BOTH as BOTH_RU
from tests.nlu.times.test_russian import HOURS as HOURS_RU

_SENTENCES = [
    s for table in (DAYS, HOURS, BOTH, ALTERNATIVES, DAYS_IT, BOTH_IT, BOTH_RU, HOURS_RU) for s, _ in table
]
_WORDS = (
    sorted({word for sentence in _SENTENCES for word in sentence.split()})
    + list(":.,-/+@'°№€🕒")
    + ["", "  "]
)
_MIXED = st.lists(st.sampled_from(_WORDS) | st.integers(0, 9999).map(str), max_size=60).map(" ".join)
_TEXTS = st.text(max_size=5000) | _MIXED | st.lists(st.sampled_from(_WORDS), max_size=40).map("".join)
_LANGUAGES = st.sampled_from(["en", "it", "ru"])
_ASKED = st.sampled_from([None, "time", "opening", "name", "phone", "birth_date", "choice"])
_NOWS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 12, 31))


def _is_well_formed(entity: Entity, text: str) -> bool:
    """Positions, order and form of one entity."""
    if not (0 <= entity.start < entity.end <= len(text) and text[entity.start : entity.end] == entity.text):
        return False
    if entity.entity == "time":
        start = datetime.fromisoformat(entity.value["from"])
        return entity.value["to"] is None or start < datetime.fromisoformat(entity.value["to"])
    if entity.entity == "part_of_day":
        return "00:00" <= entity.value["from"] < entity.value["to"] <= "24:00"
    return entity.entity in ("asap", "birth_date")


@settings(max_examples=2000, deadline=None)
@given(text=_TEXTS, language=_LANGUAGES, asked=_ASKED, now=_NOWS)
def test_any_text_is_read_without_error_into_well_formed_times(
    text: str, language: str, asked: AskedKind | None, now: datetime
) -> None:
    context = moment(now.isoformat(), asking=asked)

    entities = find_times(text, language=language, context=context)
    wish = wish_from(entities, context)

    assert all(_is_well_formed(entity, text) for entity in entities)
    assert [e.confidence for e in entities] == sorted((e.confidence for e in entities), reverse=True)
    assert wish is None or all(context.now.isoformat() < end for _, end in wish["windows"])


@pytest.mark.parametrize(
    "phrase", ["1 ", "12, ", "next monday week ", "a week from ", "from 1 to ", "1/1/", "не "]
)
def test_reading_goes_no_deeper_and_finds_no_more_in_an_endless_message(phrase: str) -> None:
    text = (phrase * 5000)[:5000]

    found = [len(find_times(text, language=language, context=moment())) for language in ("en", "it", "ru")]

    assert max(found) <= 40


def test_the_same_message_is_always_read_the_same() -> None:
    readings = {
        find_times("martedì o giovedì dopo le 17", language="it", context=moment()).__repr__() for _ in "123"
    }

    assert len(readings) == 1
