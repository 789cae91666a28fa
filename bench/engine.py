"""The dialogue engine alone: one `advance` without actions, with 10, 100 and 1,000 flows loaded; a cold load.

A patient starts a flow, answers, changes an answer, asks something else, goes back, and cancels: the mix of
moves is the same whatever the number of flows, so what grows with it is the engine's own doing.

    python -m bench.engine --flows 10 100 1000 --turns 2000
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.dialogue import Assistant, Conversation, advance, load_assistant
from bot.dialogue.commands import CancelFlow, ChitChat, Command, SetSlot, StartFlow
from bot.dialogue.events import PatientWrote

NOW = datetime(2027, 3, 1, 7, tzinfo=UTC)
OURS = Path(__file__).parents[1] / "flows"
COLD = """
import time
begun = time.perf_counter()
from pathlib import Path
from bot.dialogue import load_assistant
imported = time.perf_counter()
load_assistant([Path({folder!r})], languages=("en", "it", "ru"))
print((imported - begun) * 1000, (time.perf_counter() - imported) * 1000)
"""


def content(flows: int) -> dict[str, Any]:
    """So many flows of three questions, two slots each of their own, every tenth calling the one before."""
    steps = [{"collect": "reason"}, {"collect": "own"}, {"collect": "day"}, {"action": "utter_done"}]
    slots: dict[str, Any] = {"reason": {"type": "categorical", "values": ["checkup", "pain"]}}
    responses = {name: [{"text": name}] for name in ("utter_done", "utter_ask_reason")}
    made: dict[str, Any] = {}
    for number in range(flows):
        own = [f"own{number}", f"day{number}"]
        slots |= {name: {"type": "text"} for name in own}
        responses |= {f"utter_ask_{name}": [{"text": f"{name}?"}] for name in own}
        mine = [dict(step) for step in steps]
        mine[1]["collect"], mine[2]["collect"] = own
        if number % 10 == 9:
            mine.insert(2, {"call": f"flow{number - 1}"})
        guard = f"slots.own{number} is null or not slots.reason is 'pain'"
        made[f"flow{number}"] = {"description": "d", "if": guard, "steps": mine}
    return {"slots": slots, "responses": responses, "flows": made}


def load(flows: int) -> tuple[Assistant, float]:
    """The content, and in how many milliseconds it was loaded."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "flows.yml").write_text(json.dumps(content(flows)), encoding="utf-8")
        begun = time.perf_counter()
        assistant = load_assistant([Path(folder)], languages=["en"])
        return assistant, (time.perf_counter() - begun) * 1000


def story(flow: int, other: int) -> list[tuple[Command, ...]]:
    return [
        (StartFlow(f"flow{flow}"),),
        (SetSlot("reason", "pain"), SetSlot(f"own{flow}", "x")),
        (SetSlot("reason", "checkup"),),
        (ChitChat(),),
        (StartFlow(f"flow{other}"),),
        (CancelFlow(),),
        (SetSlot("continue_interrupted_flow_confirmation", True),),
        (SetSlot(f"day{flow}", "monday"),),
        (),
        (CancelFlow(),),
    ]


def turns(assistant: Assistant, flows: int, count: int) -> list[float]:
    """Milliseconds of each `advance`."""
    conversation = Conversation.new("bench", language="en")
    took: list[float] = []
    while len(took) < count:
        number = len(took) // 10
        for said in story(number * 7 % flows, (number * 7 + 5) % flows):
            event = PatientWrote(at=NOW, text="words", commands=said, channel="whatsapp")
            begun = time.perf_counter()
            conversation, _ = advance(assistant, conversation, event)
            took.append((time.perf_counter() - begun) * 1000)
    return took


def spread(took: list[float]) -> str:
    cuts = statistics.quantiles(took, n=100)
    return f"p50 {cuts[49]:.2f} ms, p99 {cuts[98]:.2f} ms"


def cold(folder: Path) -> str:
    """In a process of its own: what a start pays."""
    done = subprocess.run(
        [sys.executable, "-c", COLD.format(folder=str(folder))], capture_output=True, text=True, check=True
    )
    imported, loaded = (float(part) for part in done.stdout.split())
    return f"imports {imported:.0f} ms, content {loaded:.0f} ms"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--flows", type=int, nargs="+", default=[10, 100, 1000])
    arguments.add_argument("--turns", type=int, default=2000)
    given = arguments.parse_args()
    for flows in given.flows:
        assistant, loaded = load(flows)
        turns(assistant, flows, 100)  # caches are warm from here on
        print(f"{flows:5} flows: {spread(turns(assistant, flows, given.turns))}; loaded in {loaded:.0f} ms")
    print(f"our own flows, cold: {cold(OURS)}")


if __name__ == "__main__":
    main()
