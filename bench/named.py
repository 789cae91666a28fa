"""How well people and practitioners are found: precision and recall on tests/nlu/named.

    python -m bench.named

A figure counts an entity once: right when kind and value are as expected. Messages without a name count what
is found in them as wrong.
"""

import sys
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ruamel.yaml import YAML

from nlu.interpreter import load_interpreter
from nlu.understanding import Context, Named

SENTENCES = Path("tests/nlu/named/sentences.yml")
KINDS = ("person", "practitioner")
_PRACTITIONERS = (
    Named(id="rossi", words=("dott. Marco Rossi",)),
    Named(id="bianchi", words=("dott.ssa Laura Bianchi",)),
    Named(id="ivanova", words=("доктор Елена Иванова", "dott.ssa Elena Ivanova")),
)


def main() -> int:
    listed = YAML(typ="safe").load(SENTENCES.read_text(encoding="utf-8"))
    languages = ("it", "en", "ru", "de")
    interpreter = load_interpreter(languages)
    place = Context(
        now=datetime.fromisoformat("2026-03-02T08:00"), languages=languages, practitioners=_PRACTITIONERS
    )
    counts: Counter[tuple[str, str]] = Counter()
    for each in listed:
        context = replace(place, language=each["lang"], asking=each.get("asking"))
        [read] = interpreter.understand_many([(each["text"], context)])
        for kind in KINDS:
            found = {str(e.value) for e in read.entities if e.entity == kind}
            wanted = {str(each[kind])} if kind in each else set[str]()
            counts[kind, "right"] += len(found & wanted)
            counts[kind, "found"] += len(found)
            counts[kind, "wanted"] += len(wanted)
            if found != wanted and "--show" in sys.argv[1:]:
                print(f"{kind}: {each['text']!r} gives {sorted(found)}")
    for kind in KINDS:
        right, named, told = (counts[kind, what] for what in ("right", "found", "wanted"))
        precision, recall = right / max(named, 1), right / max(told, 1)
        print(f"{kind:<13} precision {precision:.2f}, recall {recall:.2f} of {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
