"""What reading a message costs: CPU, memory, time to load; and how it grows with the number of intents.

    python -m bench.cost                       # some two minutes
    python -m bench.cost --intents             # without growth: --intents and no numbers

Each line is a process of its own. CPU milliseconds are of one message alone, those of tests/nlu/held_apart
read one after the other; memory is what the process has resident before and after, and its peak.
Growth: our examples cut into so many intents, twenty examples each, learnt as `chairside train --nlu` does.
"""

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from datetime import datetime
from pathlib import Path

LANGUAGES = ("en", "it", "ru")
_SENTENCES = Path("tests/nlu/held_apart")
_EACH = 20  # examples of an intent
_PAGE = os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--intents", type=int, nargs="*", default=[10, 40, 200])
    asked.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one:
        engine, intents = given.one[0], int(given.one[1])
        print(
            json.dumps(_grown(engine == "sentences", intents) if intents else _whole(engine == "sentences"))
        )
        return 0
    print("                              load s   MiB before/after/peak   CPU ms p50    p99   learning CPU s")
    for engine in ("sentences", "n-grams"):
        _line(f"the front desk, {engine}", _apart(engine, 0))
    for intents in given.intents:
        for engine in ("sentences", "n-grams"):
            _line(f"{intents} intents, {engine}", _apart(engine, intents))
    return 0


def _apart(engine: str, intents: int) -> dict[str, float]:
    told = subprocess.run(
        [sys.executable, "-m", "bench.cost", "--one", engine, str(intents)],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    figures: dict[str, float] = json.loads(told.stdout)
    return figures


def _line(name: str, told: dict[str, float]) -> None:
    learnt = f"{told['learning']:10.1f}" if "learning" in told else "         -"
    memory = f"{told['before']:5.0f} / {told['after']:4.0f} / {told['peak']:4.0f}"
    print(f"{name:28} {told['load']:7.1f}   {memory:>21}   {told['p50']:10.1f} {told['p99']:6.1f}   {learnt}")


def _whole(sentences: bool) -> dict[str, float]:
    """All of nlu: emergencies, language, entities, intents."""
    from nlu.interpreter import load_interpreter  # here, so that its memory counts
    from nlu.training_examples import read_examples
    from nlu.understanding import Context

    texts = [e.text for x in LANGUAGES for e in read_examples([_SENTENCES / f"{x}.yml"], language=x)]
    context = Context(now=datetime.fromisoformat("2026-03-02T08:00"), languages=LANGUAGES)
    before, begun = _resident(), time.perf_counter()
    interpreter = load_interpreter(LANGUAGES, sentences=sentences)
    load = time.perf_counter() - begun
    interpreter.understand_many([("domani alle 10", context)])
    gc.freeze()  # as the server does
    took = sorted(
        _milliseconds(lambda text=text: interpreter.understand_many([(text, context)])) for text in texts
    )
    return {"before": before, "load": load, **_summed_up(took)}


def _grown(sentences: bool, intents: int) -> dict[str, float]:
    """Intents alone, of a set of examples with so many of them."""
    from dataclasses import replace

    from nlu.intent_model import IntentModel
    from nlu.training_examples import shipped_examples

    by_intent = defaultdict(list)
    for example in shipped_examples(("en",)):
        by_intent[example.intent].append(example)
    parts = [
        [replace(e, intent=f"{intent} {at // _EACH}") for e in told[at : at + _EACH]]
        for at in range(0, 600, _EACH)
        for intent, told in sorted(by_intent.items())
        if len(told) >= at + _EACH
    ]
    if len(parts) < intents:
        raise SystemExit(f"our examples make {len(parts)} intents at most; ask for fewer")
    before, begun = _resident(), time.thread_time()
    model = IntentModel.train([e for part in parts[:intents] for e in part], sentences=sentences)
    learning = time.thread_time() - begun
    gc.collect()
    texts = [e.text for part in parts[:intents] for e in part[:2]][:200]
    model.rank(texts[:1])
    took = sorted(_milliseconds(lambda text=text: model.rank([text + " please"])) for text in texts)
    return {"before": before, "load": 0.0, "learning": learning, **_summed_up(took)}


def _milliseconds(read: object) -> float:
    assert callable(read)
    begun = time.thread_time()
    read()
    return 1000 * (time.thread_time() - begun)


def _summed_up(took: list[float]) -> dict[str, float]:
    return {
        "p50": took[len(took) // 2],
        "p99": took[len(took) * 99 // 100],
        "after": _resident(),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _resident() -> float:
    """MiB in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


if __name__ == "__main__":
    sys.exit(main())
