"""When a time is asked about before it is believed; said on Monday 2 March 2026 at 8."""

import pytest

from nlu.times import find_times, is_in_doubt
from tests.nlu.times.telling import moment

DOUBTED = [
    ("en", "tuesday at 3, i finish at 4", "two hours of one day"),
    ("en", "half past elban on tuesday", "a slip of the hand where an hour was"),
    ("en", "on friday before my exam on the 10th", "before something that has a day"),
    ("it", "domani tra colazione e pranzo", "between two things, one unknown"),
    ("ru", "в пятницу после обеда? типа 15:30", "an hour apart from a day that has one"),
    ("ru", "в третьем часу в среду", "an hour told in a way that is not read"),
]
BELIEVED = [
    ("en", "can we move it to thursday morning"),
    ("en", "check up tuesday afternoon, Fiona Grant"),
    ("en", "not thursday, friday at 10"),
    ("en", "I need an appointment 4 a clean on wednesday"),
    ("it", "martedì anzi mercoledì"),
    ("it", "va bene mercoledì ma non prima delle 11"),
    ("ru", "через неделю в четверг"),
    ("ru", "во вторник не могу, в среду после 16"),
]


@pytest.mark.parametrize(("language", "text", "reason"), DOUBTED)
def test_a_patient_is_asked_what_was_meant(language: str, text: str, reason: str) -> None:
    assert is_in_doubt(find_times(text, language=language, context=moment())), reason


@pytest.mark.parametrize(("language", "text"), BELIEVED)
def test_a_patient_is_believed_without_a_question(language: str, text: str) -> None:
    times = find_times(text, language=language, context=moment())

    assert times
    assert not is_in_doubt(times)
