"""Figures about understanding, computed by hand on a few predictions."""

import pytest

from nlu.measuring import Prediction, auroc, confusions, f1_by_intent, measure, refused


def prediction(expected: str, *ranking: tuple[str, float]) -> Prediction:
    return Prediction(expected=expected, ranking=ranking)


SOME = [
    prediction("book", ("book", 0.9), ("cancel", 0.1)),
    prediction("book", ("cancel", 0.6), ("book", 0.4)),
    prediction("cancel", ("cancel", 0.8), ("out_of_scope", 0.2)),
    prediction("cancel", ("cancel", 0.7)),
    prediction("out_of_scope", ("out_of_scope", 0.9), ("book", 0.1)),
    prediction("oos", ("book", 0.65), ("out_of_scope", 0.35)),
]


def test_measures_are_what_a_hand_computes() -> None:
    measures = measure(SOME)

    assert measures.messages == 6
    assert measures.accuracy == 3 / 4
    assert measures.macro_f1 == pytest.approx((2 * 1 / (2 + 2) + 2 * 2 / (2 + 3)) / 2)
    assert measures.oos_auroc == pytest.approx((4 + 3) / 8)
    assert measures.oos_recall_at_5 == 1 / 2
    assert measures.ece == pytest.approx((0.1 + 0.6 + 0.2 + 0.3) / 4)


def test_figures_that_the_messages_do_not_allow_are_missing() -> None:
    measures = measure(SOME[:4])

    assert (measures.oos_auroc, measures.oos_recall_at_5, measures.oos_recall_at_10) == (None, None, None)


def test_what_is_out_of_scope_under_another_name_is_no_confusion() -> None:
    named_otherwise = prediction("oos", ("out_of_scope", 0.9))

    assert confusions([*SOME, named_otherwise]) == [("book", "cancel", 1), ("oos", "book", 1)]


def test_an_engine_that_names_nothing_refuses() -> None:
    silent = prediction("oos")

    assert (silent.named, silent.in_scope) == ("out_of_scope", 0.0)


def test_an_intent_never_named_has_no_f1() -> None:
    assert f1_by_intent(SOME[:2]) == {"book": pytest.approx(2 * 1 / 3)}
    assert f1_by_intent(SOME[1:2]) == {"book": 0.0}


@pytest.mark.parametrize(
    ("inside", "outside", "expected"),
    [([0.9, 0.8], [0.1, 0.2], 1.0), ([0.5], [0.5], 0.5), ([0.1], [0.9], 0.0)],
)
def test_auroc_counts_ties_half(inside: list[float], outside: list[float], expected: float) -> None:
    assert auroc(inside, outside) == expected


def test_refusals_stay_under_what_is_allowed() -> None:
    inside = [n / 100 for n in range(100)]  # five of these may be refused: those below 0.05
    outside = [0.049, 0.05, 0.2, 0.0]

    assert refused(inside, outside, false_refusals=0.05) == 2 / 4
