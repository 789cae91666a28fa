"""How well intents are found: accuracy, out of scope, calibration. Plain arithmetic over predictions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: Labels by which sets of examples name what is none of the assistant's business.
OUT_OF_SCOPE = frozenset({"out_of_scope", "oos", "nlu_fallback", "nlu_fallback/out_of_scope"})
_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What a message wants, and what an engine makes of it: intents with probabilities, likeliest first."""

    expected: str
    ranking: tuple[tuple[str, float], ...]

    @property
    def named(self) -> str:
        """The likeliest intent; out of scope where the engine names none."""
        return self.ranking[0][0] if self.ranking else "out_of_scope"

    @property
    def confidence(self) -> float:
        return self.ranking[0][1] if self.ranking else 0.0

    @property
    def in_scope(self) -> float:
        """How sure the engine is that this is anything it can do."""
        return max((p for name, p in self.ranking if name not in OUT_OF_SCOPE), default=0.0)

    @property
    def right(self) -> bool:
        return self.named == self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Shares from 0 to 1; None where the messages do not allow the figure (none of them out of scope).

    `accuracy` and `ece` (expected calibration error, ten bins of equal width) are over messages in scope.
    `macro_f1` is the mean over the intents in scope; a message out of scope that is taken for one counts
    against it. `oos_recall_at_5` is the share of messages out of scope that are refused where 5 % of those
    in scope are refused, too; `oos_auroc` is the probability that a message in scope is surer than one out.
    """

    messages: int
    accuracy: float | None
    macro_f1: float | None
    oos_auroc: float | None
    oos_recall_at_5: float | None
    oos_recall_at_10: float | None
    ece: float | None


def measure(predictions: Sequence[Prediction]) -> Measures:
    inside = [p for p in predictions if p.expected not in OUT_OF_SCOPE]
    outside = [p for p in predictions if p.expected in OUT_OF_SCOPE]
    sure_inside, sure_outside = ([p.in_scope for p in group] for group in (inside, outside))
    scores = f1_by_intent(predictions)
    return Measures(
        messages=len(predictions),
        accuracy=_mean([p.right for p in inside]),
        macro_f1=_mean(list(scores.values())),
        oos_auroc=auroc(sure_inside, sure_outside),
        oos_recall_at_5=refused(sure_inside, sure_outside, false_refusals=0.05),
        oos_recall_at_10=refused(sure_inside, sure_outside, false_refusals=0.10),
        ece=calibration_error(inside),
    )


def f1_by_intent(predictions: Sequence[Prediction]) -> dict[str, float]:
    """Of every intent in scope that is expected at least once, by name."""
    expected = Counter(p.expected for p in predictions if p.expected not in OUT_OF_SCOPE)
    named = Counter(p.named for p in predictions)
    both = Counter(p.named for p in predictions if p.right)
    return {intent: 2 * both[intent] / (expected[intent] + named[intent]) for intent in sorted(expected)}


def confusions(predictions: Sequence[Prediction]) -> list[tuple[str, str, int]]:
    """(expected, named, how often), the most frequent first; what is right is left out."""
    wrong = Counter((p.expected, p.named) for p in predictions if not _as_good(p))
    return [(*pair, count) for pair, count in sorted(wrong.items(), key=lambda item: (-item[1], item[0]))]


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float | None:
    """Mann and Whitney's: ties count half."""
    if not inside or not outside:
        return None
    values = np.concatenate([np.asarray(inside), np.asarray(outside)])
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    above = ranks[: len(inside)].sum() - len(inside) * (len(inside) + 1) / 2
    return float(above / (len(inside) * len(outside)))


def refused(inside: Sequence[float], outside: Sequence[float], *, false_refusals: float) -> float | None:
    """The share of `outside` below a threshold under which at most `false_refusals` of `inside` lie."""
    if not inside or not outside:
        return None
    allowed = int(false_refusals * len(inside) + 1e-9)
    threshold = sorted(inside)[allowed] if allowed < len(inside) else float("inf")
    return sum(value < threshold for value in outside) / len(outside)


def calibration_error(predictions: Sequence[Prediction]) -> float | None:
    """How far confidence is from the share that is right, weighted over ten bins of confidence."""
    if not predictions:
        return None
    bins: dict[int, list[Prediction]] = {}
    for prediction in predictions:
        bins.setdefault(min(int(prediction.confidence * _BINS), _BINS - 1), []).append(prediction)
    gaps = (abs(sum(p.confidence for p in each) - sum(p.right for p in each)) for each in bins.values())
    return sum(gaps) / len(predictions)


def _as_good(prediction: Prediction) -> bool:
    """Out of scope has several names."""
    return prediction.right or {prediction.expected, prediction.named} <= OUT_OF_SCOPE


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
