"""Puts sentences with known intents before an engine, and says how well it did and how long it took."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nlu.measuring import Measures, Prediction, confusions, f1_by_intent, measure
from nlu.training_examples import Example

#: Ranks each text's intents, likeliest first; the whole of what is measured.
Rank = Callable[[Sequence[Example]], Sequence[tuple[tuple[str, float], ...]]]

_AT_ONCE = 64
_TIMED = 300  # messages read one by one, evenly spread over all
_LISTED = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Measures of all messages and of each language; CPU milliseconds of one message read alone."""

    engine: str
    whole: Measures
    languages: Mapping[str, Measures]
    f1: Mapping[str, float]
    confused: Sequence[tuple[str, str, int]]
    cpu_ms_p50: float
    cpu_ms_p99: float

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self.whole),
            "cpu_ms_p50": self.cpu_ms_p50,
            "cpu_ms_p99": self.cpu_ms_p99,
            "engine": self.engine,
            "languages": {language: asdict(measures) for language, measures in self.languages.items()},
            "f1": dict(self.f1),
            "confusions": [list(each) for each in self.confused],
        }


def evaluate(examples: Sequence[Example], rank: Rank, *, engine: str) -> Evaluation:
    rankings = [
        ranking
        for start in range(0, len(examples), _AT_ONCE)
        for ranking in rank(examples[start : start + _AT_ONCE])
    ]
    predictions = [
        Prediction(expected=example.intent, ranking=ranking)
        for example, ranking in zip(examples, rankings, strict=True)
    ]
    by_language: dict[str, list[Prediction]] = {}
    for example, prediction in zip(examples, predictions, strict=True):
        by_language.setdefault(example.language, []).append(prediction)
    took = _times(examples, rank)
    return Evaluation(
        engine=engine,
        whole=measure(predictions),
        languages={language: measure(each) for language, each in sorted(by_language.items())},
        f1=f1_by_intent(predictions),
        confused=confusions(predictions),
        cpu_ms_p50=took[len(took) // 2],
        cpu_ms_p99=took[len(took) * 99 // 100],
    )


def evaluation_lines(evaluation: Evaluation) -> list[str]:
    """For people: a table, the weakest intents, what is taken for what."""
    head = f"{'':<8}{'messages':>9}{'accuracy':>10}{'F1':>7}{'AUROC':>8}{'oos@5%':>8}{'oos@10%':>9}{'ECE':>7}"
    rows = [*evaluation.languages.items()]
    if len(rows) > 1:
        rows.append(("all", evaluation.whole))
    weakest = sorted(evaluation.f1.items(), key=lambda item: (item[1], item[0]))[:_LISTED]
    return [
        f"Engine: {evaluation.engine}.",
        head,
        *(_row(name, measures) for name, measures in rows),
        f"CPU of one message: p50 {evaluation.cpu_ms_p50:.1f} ms, p99 {evaluation.cpu_ms_p99:.1f} ms.",
        "Weakest intents (F1): " + ", ".join(f"{intent} {score:.2f}" for intent, score in weakest) + ".",
        *(
            f"  {count:>4} x {expected} taken for {named}"
            for expected, named, count in evaluation.confused[:_LISTED]
        ),
    ]


def _row(name: str, measures: Measures) -> str:
    figures = [
        (measures.accuracy, 10),
        (measures.macro_f1, 7),
        (measures.oos_auroc, 8),
        (measures.oos_recall_at_5, 8),
        (measures.oos_recall_at_10, 9),
        (measures.ece, 7),
    ]
    told = "".join(f"{'-' if value is None else f'{value:.3f}':>{width}}" for value, width in figures)
    return f"{name:<8}{measures.messages:>9}{told}"


def _times(examples: Sequence[Example], rank: Rank) -> list[float]:
    """Sorted CPU milliseconds of messages that come one by one."""
    step = max(1, len(examples) // _TIMED)
    took = []
    for example in examples[::step]:
        begun = time.thread_time()
        rank([example])
        took.append(1000 * (time.thread_time() - begun))
    return sorted(took)
