"""The inbox under many conversations: from "human" typed to the row on the screen, and a list that grows.

A real Chromium has the page open. Patients ask for a person one after the other; each time is from the
message at our door to the row on the screen. Then the list is measured with 100, 1,000 and 10,000 open
conversations: the database's page and counts, the first row on the screen, and scrolling through.

    python -m bench.inbox_page --patients 50 --sizes 100 1000 10000
"""

import argparse
import asyncio
import contextlib
import gzip
import json
import statistics
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import aiohttp
from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright
from sqlalchemy import Connection, insert

from bench.desk import load
from bot.domain.conversation import InboundKind
from bot.storage import tables as t
from bot.storage.tables import to_stamp
from bot.testing import Surgery
from bot.web.inbox.page import InboxParts, add_inbox
from bot.web.sign_in.session import SignIn
from nlu.interpreter import load_interpreter

CHROMIUM = "/usr/bin/chromium"
NOW = "2026-03-02T10:00+01:00"
_TABLES = (t.ContactRow, t.ConversationRow, t.InboxRow, t.HandoffRow)


@contextlib.asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[tuple[Surgery, str, SignIn]]:
    """A whole front desk with its inbox on a free port."""
    interpreter = load_interpreter(
        ("it", "en", "ru"), cache=Path(tempfile.gettempdir()) / "chairside-bench-nlu"
    )
    async with Surgery.open(folder, at=NOW, interpreter=interpreter) as surgery:
        front = surgery.desk
        sign_in = SignIn(front.clock, front.books.staff, announce=lambda path: None, opens_at_once=True)
        app = web.Application()
        parts = InboxParts(
            desk=front.staff.desk,
            sign_in=sign_in,
            staff=front.books.staff,
            practice=front.practice,
            cards=front.staff.cards,
            notes=front.staff.notes,
            clock=front.clock,
            switches=front.switches,
            suggestions=front.staff.suggestions,
        )
        add_inbox(app, parts)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield surgery, f"http://127.0.0.1:{runner.addresses[0][1]}", sign_in
        finally:
            await runner.cleanup()


async def at_the_desk(browser: Browser, url: str, sign_in: SignIn) -> Page:
    page = await (await browser.new_context(locale="en-GB")).new_page()
    await page.goto(url + sign_in.issue())
    await page.get_by_label("Your name").fill("Marta")
    await page.get_by_role("button", name="Open the inbox").click()
    await page.locator("#list > *").first.wait_for()
    return page


async def from_words_to_row(surgery: Surgery, page: Page, patients: int) -> list[float]:
    """Milliseconds, one for each patient."""
    waits = []
    for number in range(patients):
        patient = surgery.patient(f"39333{number:07d}")
        conversation = surgery.contact(patient)
        begun = time.perf_counter()
        await surgery.desk.intake.accept([patient._event(InboundKind.TEXT, text="operatore")])
        await page.locator(f'[data-conversation="{conversation}"]').wait_for()
        waits.append(1000 * (time.perf_counter() - begun))
        await surgery.settled()
    return waits


def fill(surgery: Surgery, first: int, last: int) -> None:
    """Open hand-offs with two messages each, a third of them taken, as they would stand in the database."""
    books, at = surgery.desk.books, to_stamp(surgery.clock.now())
    practice, keyring = surgery.desk.practice.id, books.keyring

    def unit(connection: Connection) -> None:
        rows: dict[type, list[dict[str, object]]] = {table: [] for table in _TABLES}
        for number in range(first, last):
            id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"bench {number}"))
            keyring.create(connection, id)

            def seal(value: object, id: str = id) -> bytes:
                return keyring.seal(connection, id, json.dumps(value).encode())

            who = {"recipient": f"39300{number}", "phone": None, "name": f"Paziente {number}"}
            opened, common = at - number * 1_000_000, {"practice": practice}
            rows[t.ContactRow].append(
                {
                    **common,
                    "id": id,
                    "channel": "whatsapp",
                    "account": "1",
                    "sealed": seal(who),
                    "created_at": at,
                }
            )
            owner = "staff:Paolo" if number % 3 == 0 else "queue"
            state = {"slots": {"language": "it"}, "stack": []}
            rows[t.ConversationRow].append(
                {
                    **common,
                    "id": id,
                    "version": 1,
                    "owner": owner,
                    "epoch": 0,
                    "updated_at": at,
                    "sealed": seal(state),
                }
            )
            for place in range(2):
                message = {"text": f"Messaggio {place}, vorrei una persona", "payload": None}
                rows[t.InboxRow].append(
                    {
                        **common,
                        "channel": "whatsapp",
                        "account": "1",
                        "event": f"{number} {place}",
                        "conversation": id,
                        "kind": "text",
                        "sealed": seal(message),
                        "sent_at": opened,
                        "received_at": opened + place,
                        "state": "done",
                        "attempts": 0,
                    }
                )
            rows[t.HandoffRow].append(
                {
                    **common,
                    "conversation": id,
                    "reason": "asked",
                    "urgent": number % 50 == 0,
                    "opened_at": opened,
                }
            )
        for table, values in rows.items():
            connection.execute(insert(table.__table__), values)  # type: ignore[attr-defined]

    books.database.write_now(unit)


async def measured(surgery: Surgery, url: str, sign_in: SignIn, browser: Browser) -> str:
    """One line about the list as it is now."""
    store, waits = surgery.desk.staff.desk, []
    for _ in range(9):
        begun = time.perf_counter()
        await store.page("all", who="Marta", limit=60)
        waits.append(1000 * (time.perf_counter() - begun))
    page = await at_the_desk(browser, url, sign_in)
    firsts, weights = [], []
    page.on("response", lambda response: weights.append(response.url))
    for _ in range(5):
        await page.goto("about:blank")
        begun = time.perf_counter()
        await page.goto(f"{url}/inbox", wait_until="commit")
        await page.locator(".row").first.wait_for()
        firsts.append(1000 * (time.perf_counter() - begun))
    scrolled = await page.evaluate(
        """async () => {
          const list = document.getElementById("list");
          const frames = []; let last = performance.now(), still = 0, rows = 0;
          while (still < 40) {
            list.scrollTop = list.scrollHeight;
            await new Promise(requestAnimationFrame);
            const now = performance.now(); frames.push(now - last); last = now;
            const shown = list.querySelectorAll(".row").length;
            still = shown === rows ? still + 1 : 0; rows = shown;
            if (rows >= 2000) break;
          }
          frames.sort((a, b) => a - b);
          return [rows, frames[Math.floor(frames.length * 0.95)]];
        }"""
    )
    await page.context.close()
    rows, frame = scrolled
    return (
        f"page of 60 and counts {statistics.median(waits):.1f} ms,"
        f" first row {statistics.median(firsts):.0f} ms, scrolled to row {rows}, frame p95 {frame:.0f} ms"
    )


async def weight(url: str, sign_in: SignIn) -> tuple[int, int]:
    """Bytes of the page with all that it loads, plain and compressed."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        await http.post(url + sign_in.issue(), json={"who": "Weight"}, headers={"Origin": url})
        async with http.get(f"{url}/inbox") as answer:
            parts = [await answer.read()]
        names = ["theme.css", "diary.css", "inbox.css", "together.css"]
        todo, seen = ["inbox.js"], set(names)
        while todo:
            name = todo.pop()
            seen.add(name)
            async with http.get(f"{url}/static/{name}") as answer:
                script = await answer.read()
            parts.append(script)
            found = {
                line.split('"./')[1].split('"')[0]
                for line in script.decode().splitlines()
                if 'from "./' in line
            }
            todo += [one for one in found - seen if one not in todo]
        for name in names:
            async with http.get(f"{url}/static/{name}") as answer:
                parts.append(await answer.read())
    return sum(map(len, parts)), sum(len(gzip.compress(part)) for part in parts)


async def run(patients: int, sizes: Sequence[int], limit: float) -> bool:
    with tempfile.TemporaryDirectory(prefix="chairside-inbox-page-") as folder:
        async with desk(Path(folder)) as (surgery, url, sign_in), async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            plain, packed = await weight(url, sign_in)
            print(f"page with scripts and styles: {plain / 1024:.0f} KB, compressed {packed / 1024:.0f} KB")
            page = await at_the_desk(browser, url, sign_in)
            waits = sorted((await from_words_to_row(surgery, page, patients + 3))[3:])
            p50, p99 = statistics.median(waits), waits[min(len(waits) - 1, int(len(waits) * 0.99))]
            print(
                f'"human" to row, {patients} patients: p50 {p50:.0f} ms, p99 {p99:.0f} ms, {load()}',
                flush=True,
            )
            await page.context.close()
            filled = 0
            for size in sizes:
                fill(surgery, filled, size)
                filled = size
                print(f"{size} open: {await measured(surgery, url, sign_in, browser)}", flush=True)
            await browser.close()
    return p99 <= limit


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--patients", type=int, default=50)
    arguments.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10000])
    arguments.add_argument("--limit", type=float, default=1000, help="milliseconds that p99 may be")
    given = arguments.parse_args()
    passed = asyncio.run(run(given.patients, given.sizes, given.limit))
    print("passed" if passed else "FAILED", flush=True)
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    main()
