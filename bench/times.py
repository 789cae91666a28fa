"""Days and hours in sentences written apart: ours beside Duckling and dateparser, on the same sentences.

    python -m bench.times tests/nlu/sealed
    python -m bench.times tests/nlu/open --language it --list

right / asked: not right, but said to be in doubt, so that the patient is asked / nothing found / silently
wrong: not right, and sure. Of the right ones, it is told how many are asked, too. The sealed ones are for
measuring alone, so failures are counted by their kind and never listed.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bench.other_parsers import Parser, duckling, read_with_dateparser
from bench.wanted import Answer, fault, shape, verdict
from nlu.times import find_times, is_in_doubt, wish_from
from nlu.times.doubts import Doubts
from nlu.understanding import Context, Entity

NOW = "2026-03-02T08:00"
_VERDICTS = ("right", "asked", "nothing", "wrong")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("folder", type=Path, nargs="+", help="with LANGUAGE/dates.yml in it")
    arguments.add_argument("--language", action="append")
    arguments.add_argument("--list", action="store_true", help="show the sentences that failed (open ones)")
    arguments.add_argument("--ours", action="store_true", help="without the other parsers")
    given = arguments.parse_args()
    parsers: dict[str, Parser] = {"chairside": read_ours}
    if not given.ours:
        parsers["dateparser"] = read_with_dateparser
        if (other := duckling()) is not None:
            parsers["duckling"] = other
        else:
            print("SKIPPED: Duckling has no wheel for this platform; install the dev group on x86-64 Linux")
    for folder in given.folder:
        for file in sorted(folder.glob("*/dates.yml")):
            language = file.parent.name
            if given.language and language not in given.language:
                continue
            cases = YAML(typ="safe", pure=True).load(file.read_text("utf-8"))
            listed = given.list and folder.name not in ("sealed", "people")
            print(f"{folder.name} {language}: {len(cases)} sentences")
            for name, parser in parsers.items():
                measure(name, parser, cases, language, listed=listed and name == "chairside")


def measure(name: str, parser: Parser, cases: list[dict[str, str]], language: str, *, listed: bool) -> None:
    counts: Counter[str] = Counter()
    kinds: Counter[tuple[str, str]] = Counter()
    spent: list[float] = []
    parser(cases[0]["text"], language, datetime.fromisoformat(NOW))  # what it loads is not counted
    for case in cases:
        now = datetime.fromisoformat(str(case.get("now", NOW)))
        answer, took = _timed(lambda case=case, now=now: parser(case["text"], language, now))  # type: ignore[misc]
        spent.append(took)
        said = verdict(case["want"], answer, now)
        counts[said] += 1
        counts["asked all the same"] += said == "right" and answer.in_doubt
        if said != "right":
            kinds[said, shape(case["want"]) + ": " + fault(case["want"], answer, now)] += 1
            if listed:
                print(f"  {said:8} {case['text']!r} want {case['want']} got {_told(answer)}")
    shares = "  ".join(f"{said} {counts[said] / len(cases):.3f}" for said in _VERDICTS)
    spent.sort()
    p50, p99 = spent[len(spent) // 2], spent[int(len(spent) * 0.99)]
    said_back = (
        f"  (right, but asked {counts['asked all the same'] / len(cases):.3f})" if name == "chairside" else ""
    )
    print(f"  {name:10} {shares}{said_back}   CPU us p50 {p50:.0f} p99 {p99:.0f}")
    if name == "chairside":
        for (said, kind), count in sorted(kinds.items(), key=lambda item: (item[0][0], -item[1])):
            print(f"    {said:8} {kind:32} {count}")


def read_ours(text: str, language: str, now: datetime, *, doubts: Doubts | None = None) -> Answer:
    context = Context(now=now, languages=(language,))
    return _answer(find_times(text, language=language, context=context, doubts=doubts), context)


def _answer(entities: tuple[Entity, ...], context: Context) -> Answer:
    others = tuple(
        _likeliest((entity,), context)
        for entity in entities
        if entity.entity in ("time", "part_of_day") and 0.35 <= entity.confidence < 0.9
    )
    likeliest = _likeliest(entities, context)
    return Answer(
        likeliest.hours,
        tuple(other for other in others if other.hours != likeliest.hours),
        in_doubt=is_in_doubt(entities),
    )


def _likeliest(entities: tuple[Entity, ...], context: Context) -> Answer:
    wish: dict[str, Any] = wish_from(entities, context) or {"windows": (), "part": None}
    windows = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in wish["windows"]]
    part = [tuple(int(c[:2]) * 60 + int(c[3:]) for c in wish["part"])] if wish["part"] else []
    return Answer.of(windows, [(a, b) for a, b in part], now=context.now)


def _timed(read: Callable[[], Answer]) -> tuple[Answer, float]:
    """The answer, and the CPU microseconds: the smaller of two runs, as the machine is shared."""
    took = []
    for _ in range(2):
        begun = time.process_time_ns()
        answer = read()
        took.append((time.process_time_ns() - begun) / 1000)
    return answer, min(took)


def _told(answer: Answer) -> str:
    told = [f"{day or 'any'} {a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}"
            for day, (a, b) in sorted(answer.hours, key=str)]  # fmt: skip
    return ", ".join(told[:4]) + (f" and {len(told) - 4} more" if len(told) > 4 else "") or "-"


if __name__ == "__main__":
    main()
