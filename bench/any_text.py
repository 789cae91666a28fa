"""Whatever anybody sends is read: no exception, in bounded time.

    make any-text                                        # 2,000
    python -m bench.any_text --texts 100000 --seed 1

Random strings out of all of Unicode, patients' words cut and mixed, and a few of 65,000 characters. Prints
how many, CPU milliseconds (p50, p99, slowest) and the shapes of the slowest; status 1 when one raised.
"""

import argparse
import gc
import sys
import time
from collections import Counter
from datetime import datetime
from random import Random

from nlu.interpreter import load_interpreter
from nlu.training_examples import shipped_examples
from nlu.understanding import Context

LANGUAGES = ("en", "it", "ru")
_LONG = 65_000
_SLOWEST = 5
_PLANES = ((0x20, 0x7F), (0xA0, 0x250), (0x370, 0x530), (0x590, 0x6FF), (0x900, 0xE7F), (0x2000, 0x2BFF))
_WIDE = (
    (0x3040, 0x9FFF),
    (0xD800, 0xDFFF),
    (0xE000, 0xFFFF),
    (0x1F000, 0x1FAFF),
    (0x0, 0x1F),
    (0x10000, 0x10FFFF),
)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--texts", type=int, default=2_000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    chance = Random(given.seed)
    words = [word for e in shipped_examples(LANGUAGES) for word in e.text.split()]
    interpreter = load_interpreter(LANGUAGES)
    context = Context(now=datetime.fromisoformat("2026-03-02T08:00"), languages=LANGUAGES)
    interpreter.understand_many([("domani alle 10", context)])
    gc.collect()
    gc.freeze()  # as the server does once it has started
    took: list[tuple[float, str]] = []
    raised: Counter[str] = Counter()
    for number in range(given.texts):
        shape, text = _text(chance, words, number)
        begun = time.thread_time()
        try:
            interpreter.understand_many([(text, context)])
        except Exception as error:  # the one thing that is looked for
            raised[f"{type(error).__name__} ({shape})"] += 1
        took.append((1000 * (time.thread_time() - begun), f"{shape}, {len(text)} characters"))
    took.sort()
    print(f"{len(took)} texts, seed {given.seed}: {raised.total()} raised {dict(raised) or ''}")
    print(f"CPU ms: p50 {took[len(took) // 2][0]:.1f}, p99 {took[len(took) * 99 // 100][0]:.1f}")
    for milliseconds, shape in reversed(took[-_SLOWEST:]):
        print(f"  {milliseconds:8.1f} ms  {shape}")
    return 1 if raised else 0


def _text(chance: Random, words: list[str], number: int) -> tuple[str, str]:
    if number % 2_000 == 1_999:
        return "long", ((chance.choice(words) + " ") * _LONG)[:_LONG]
    if number % 3 == 0:
        return "words", " ".join(chance.choices(words, k=chance.randrange(1, 30)))
    if number % 3 == 1:
        said = " ".join(chance.choices(words, k=chance.randrange(1, 12)))
        return "words and noise", "".join(c if chance.random() > 0.1 else _character(chance) for c in said)
    return "unicode", "".join(_character(chance) for _ in range(chance.randrange(0, 120)))


def _character(chance: Random) -> str:
    first, last = chance.choice((*_PLANES, *_WIDE))
    return chr(chance.randrange(first, last + 1))


if __name__ == "__main__":
    sys.exit(main())
