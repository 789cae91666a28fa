"""What a server holds in memory as conversations add up: each writes three messages, and no more.

In words that differ from one patient to the next, so that nothing is remembered from another. Beside it, how
long a start takes, until it is ready and until it understands words.

    python -m bench.resident --conversations 10000
"""

import argparse
import asyncio
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bench.crowd import surname
from bench.pace import resident
from bench.turns import Meta, Talk, cpu_of, ready, start_desk

_AT_ONCE, _MESSAGES, _SHOWN = 32, 3, 10
_DAYS = ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì")


class Passing(Talk):
    """Somebody who writes a few messages, in words of their own."""

    def wish(self) -> Mapping[str, Any]:
        number = int(self.who[-6:])
        day, name = _DAYS[number % len(_DAYS)], surname(number % 10_000, "it")
        texts = (
            f"buongiorno, sono Anna {name}, avete posto {day} alle {9 + number % 9}?",
            f"per la signora {name} {_DAYS[(number + 1) % len(_DAYS)]} va meglio, dopo le {10 + number % 7}",
            f"ci penso e vi faccio sapere, grazie da Anna {name}",
        )
        return {"type": "text", "text": {"body": texts[(self.number - 1) % _MESSAGES]}}


async def bench(conversations: int) -> None:
    meta = Meta()
    runner = web.AppRunner(meta.application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with tempfile.TemporaryDirectory(prefix="chairside-bench-") as folder:
        began = time.monotonic()
        process, url = start_desk(Path(folder), f"http://127.0.0.1:{runner.addresses[0][1]}")
        try:
            await _answers(f"{url}/readyz", process)
            print(f"ready after {time.monotonic() - began:.2f} s, {cpu_of(process.pid):.2f} s of CPU")
            await ready(url)
            print(f"understands after {time.monotonic() - began:.2f} s, {cpu_of(process.pid):.2f} s of CPU")
            print(f"{0:6} conversations: {resident(process.pid):.0f} MB", flush=True)
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
                for first in range(0, conversations, _AT_ONCE):
                    lines = range(first, min(first + _AT_ONCE, conversations))
                    await asyncio.gather(
                        *[_write(Passing(http, meta, url, f"39347{n:07d}", "")) for n in lines]
                    )
                    if (first // _AT_ONCE + 1) % max(1, conversations // _AT_ONCE // _SHOWN) == 0:
                        print(f"{lines.stop:6} conversations: {resident(process.pid):.0f} MB", flush=True)
            print(f"{conversations:6} conversations in the end: {resident(process.pid):.0f} MB")
        finally:
            process.terminate()
            process.wait()
            await runner.cleanup()


async def _answers(url: str, process: "subprocess.Popen[bytes]") -> None:
    async with aiohttp.ClientSession() as http:
        while process.poll() is None:
            try:
                async with http.get(url) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.01)
    raise RuntimeError(f"the front desk ended with {process.returncode}")


async def _write(talk: Passing) -> None:
    talk.meta.replies[talk.who] = asyncio.Queue()
    for _ in range(_MESSAGES):
        await talk.turn()
    del talk.meta.replies[talk.who]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--conversations", type=int, default=10_000)
    asyncio.run(bench(arguments.parse_args().conversations))


if __name__ == "__main__":
    main()
