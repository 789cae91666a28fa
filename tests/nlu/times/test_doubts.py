"""When a time is said back before it is believed; said on Monday 2 March 2026 at 8."""

from collections import Counter
from datetime import datetime

import pytest
from ruamel.yaml import YAML

from bench.doubts import FOLDERS, HELD_APART, UNSEEN, WRITTEN, Case, learn, sentences, sentences_taught
from bench.times import NOW, read_ours
from bench.wanted import verdict
from nlu.times import find_times, is_in_doubt, signs_of
from nlu.times.doubts import ASKED_FROM, NO_DOUBTS, Doubts, shipped
from nlu.words import plain_words
from tests.nlu.times.telling import moment

BELIEVED = [
    ("en", "thursday at 3 please"),
    ("en", "can we move it to thursday morning"),
    ("en", "check up on friday"),
    ("en", "check up tuesday afternoon, Fiona Grant"),
    ("en", "can I have an appointment on tuesday"),
    ("en", "not thursday, friday at 10"),
    ("en", "the 12th"),
    ("it", "mercoledì"),
    ("it", "visita di controllo giovedì"),
    ("it", "martedì anzi mercoledì"),
    ("ru", "хочу на осмотр в пятницу"),
    ("ru", "через неделю в четверг"),
    ("ru", "во вторник не могу, в среду после 16"),
]
DOUBTED = [
    ("en", "half past elban on tuesday", "a slip of the hand where an hour was"),
    ("en", "on friday before my exam on the 10th", "before something that has a day"),
    ("en", "tuesday at 3 and i finish work at 4", "two hours of one day"),
    ("it", "domani tra colazione e pranzo", "between two things, one unknown"),
    ("ru", "в третьем часу в среду", "an hour told in a way that is not read"),
]
#: Of sentences that nothing was learnt from: a little worse than what was measured.
SILENTLY_WRONG_AT_MOST = {"en": 0.015, "it": 0.015, "ru": 0.027}
ASKED_AT_MOST = 0.11


@pytest.mark.parametrize(("language", "text", "reason"), DOUBTED)
def test_a_patient_is_asked_what_was_meant(language: str, text: str, reason: str) -> None:
    assert is_in_doubt(find_times(text, language=language, context=moment())), reason


@pytest.mark.parametrize(("language", "text"), BELIEVED)
def test_a_patient_is_believed_without_a_question(language: str, text: str) -> None:
    times = find_times(text, language=language, context=moment())

    assert times
    assert not is_in_doubt(times)


def test_without_doubts_only_rivals_are_asked_about() -> None:
    text = "half past elban on tuesday"

    assert not is_in_doubt(find_times(text, language="en", context=moment(), doubts=NO_DOUBTS))


@pytest.mark.parametrize("language", ["en", "it", "ru"])
def test_little_is_misread_unasked_and_little_is_asked_that_was_read_right(language: str) -> None:
    cases = YAML(typ="safe", pure=True).load((WRITTEN / "sealed" / language / "dates.yml").read_text("utf-8"))
    told: Counter[str] = Counter()
    for case in cases:
        now = datetime.fromisoformat(str(case.get("now", NOW)))
        answer = read_ours(case["text"], language, now)
        said = verdict(case["want"], answer, now)
        told[said] += 1
        told["asked all the same"] += said == "right" and answer.in_doubt

    assert told["wrong"] <= SILENTLY_WRONG_AT_MOST[language] * len(cases)
    assert told["asked all the same"] <= ASKED_AT_MOST * len(cases)


def test_nothing_is_learnt_from_what_is_for_measuring() -> None:
    taught = {plain_words(case["text"]) for _, case in sentences_taught(UNSEEN)}
    apart = {plain_words(case["text"]) for folder in HELD_APART for _, case in sentences(folder)}

    assert FOLDERS.keys().isdisjoint(HELD_APART)
    assert taught and apart
    assert not apart & taught


def test_signs_tell_what_was_found_and_what_was_left() -> None:
    signs = signs_of("not friday but on monday the dog", language="en", context=moment())

    assert signs["on weekday"] == 1 and signs["not on weekday"] == 1
    assert signs["unknown"] > 0
    assert "nothing else" not in signs


def test_what_was_misread_before_is_doubted_afterwards() -> None:
    strange, plain = {"a story": 1.0}, {"a day": 1.0}
    cases = [Case(strange, misread=n % 2 == 0, counts=1.0, unseen=True) for n in range(20)]
    cases += [Case(plain, misread=False, counts=1.0, unseen=True) for _ in range(200)]

    learnt = learn(cases)

    assert learnt.that(strange) > 0.3
    assert learnt.that(plain) < ASKED_FROM


def test_a_sign_that_was_never_seen_weighs_nothing() -> None:
    doubts = Doubts(bias=-2.0, weights={"a day": 1.0})

    assert doubts.that({"a comet": 5.0}) == doubts.that({}) < doubts.that({"a day": 1.0})


def test_what_is_shipped_weighs_only_signs_that_still_exist() -> None:
    seen: set[str] = set()
    for language, case in (*sentences(UNSEEN), *sentences("strangers")):
        seen |= signs_of(case["text"], language=language, context=moment()).keys()

    strange = shipped().weights.keys() - seen
    assert len(strange) <= 0.2 * len(shipped().weights), sorted(strange)[:10]
