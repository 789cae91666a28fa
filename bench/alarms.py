"""Emergencies in sentences written apart: how many are heard, how often an alarm is raised for nothing.

    python -m bench.alarms tests/nlu/sealed
    python -m bench.alarms tests/nlu/open --language it --list

Recall by level (heard: the flag is as grave or graver), false alarms on look-alikes and, where the folder has
intents.yml, on ordinary messages: those of all intents but urgent_pain, clinical_question and complaint. The
sealed sentences are for measuring alone: misses are counted by their key, never listed.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ruamel.yaml import YAML

from nlu.alarms import RedFlags
from nlu.interpreter import load_interpreter
from nlu.lexicon import known_languages, lexicon
from nlu.training_examples import read_examples, shipped_examples
from nlu.understanding import Context, RedFlag
from nlu.words import cut, plain_words

Hear = Callable[[str], RedFlag | None]
_NO_ORDINARY = ("urgent_pain", "clinical_question", "complaint")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("folder", type=Path, nargs="+", help="with LANGUAGE/red_flags.yml in it")
    arguments.add_argument("--language", action="append")
    arguments.add_argument("--list", action="store_true", help="show the sentences that failed (open ones)")
    arguments.add_argument("--phrases", action="store_true", help="the reviewed phrases alone")
    given = arguments.parse_args()
    hear = _by_phrases() if given.phrases else _by_everything()
    hear("warm")
    for folder in given.folder:
        for file in sorted(folder.glob("*/red_flags.yml")):
            if not given.language or file.parent.name in given.language:
                measure(hear, file, listed=given.list and folder.name not in ("sealed", "people"))


def measure(hear: Hear, file: Path, *, listed: bool) -> None:
    cases = YAML(typ="safe", pure=True).load(file.read_text("utf-8"))
    said, heard, misses, spent = Counter[str](), Counter[str](), Counter[str](), list[float]()
    alarmed = Counter[str]()
    for case in cases:
        flag, took = _timed(hear, case["text"])
        spent.append(took)
        level = case["level"]
        said[level] += 1
        if level == "none":
            if flag is not None:
                alarmed[f"{flag.level} {flag.key}"] += 1
                if listed:
                    print(f"  false {flag.level} {flag.key}: {case['text']!r}")
        elif flag is not None and flag.level <= level:
            heard[level] += 1
        else:
            misses[f"{level} {case.get('key')}" + (f" heard as {flag.level}" if flag else "")] += 1
            if listed:
                print(f"  missed {level} {case.get('key')} ({flag}): {case['text']!r}")
    recall = "  ".join(f"{x} {heard[x] / said[x]:.3f} of {said[x]}" for x in "ABC" if said[x])
    spent.sort()
    print(f"{file.parent.parent.name} {file.parent.name}: recall {recall}")
    share = alarmed.total() / max(said["none"], 1)
    print(f"  false alarms on look-alikes {share:.3f} of {said['none']}: {_told(alarmed)}")
    print(f"  missed: {_told(misses)}")
    print(f"  CPU us p50 {spent[len(spent) // 2]:.0f} p99 {spent[int(len(spent) * 0.99)]:.0f}")
    ordinary = file.with_name("intents.yml")
    if ordinary.exists():
        examples = read_examples([ordinary], language=file.parent.name)
        texts = [e.text for e in examples if e.intent not in _NO_ORDINARY]
        raised = Counter[str]()
        for text in texts:
            if (flag := _timed(hear, text)[0]) is not None:
                raised[f"{flag.level} {flag.key}"] += 1
        share = raised.total() / len(texts)
        print(f"  false alarms on ordinary messages {share:.4f} of {len(texts)}: {_told(raised)}")


def _by_phrases() -> Hear:
    """The reviewed phrases alone."""
    words = {word for example in shipped_examples(known_languages()) for word in plain_words(example.text)}
    names = (lexicon(language).first_names | lexicon(language).not_names for language in known_languages())
    flags = RedFlags(words.union(*names))
    return lambda text: flags.find(cut(text)).flag


def _by_everything() -> Hear:
    """As the assistant does: phrases, and what sounds like an emergency."""
    interpreter = load_interpreter(("en", "it", "ru"))
    context = Context(now=datetime.fromisoformat("2026-03-02T08:00"), languages=("en", "it", "ru"))
    return lambda text: interpreter.understand_many([(text, context)])[0].red_flag


def _timed(hear: Hear, text: str) -> tuple[RedFlag | None, float]:
    begun = time.process_time_ns()
    flag = hear(text)
    return flag, (time.process_time_ns() - begun) / 1000


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common()) or "none"


if __name__ == "__main__":
    main()
