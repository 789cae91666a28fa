"""The Graph API gone for a while with thousands of replies waiting: all go out afterwards, in order, at pace.

Two hours are scaled down to `seconds`, in which it is gone in two ways, by turns: HTTP 503 with a page of
HTML (of which nobody can say whether the message was sent), and nobody takes the connection. The server is
`chairside serve`, the number one that stays in the WhatsApp Business app: 20 messages a second.

What has become stale is another run: replies wait, the desk is down for 26 hours of its clock, and Meta takes
no words any more.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aiohttp import web

from bench.desk import Desk, Serving
from bench.doors import AT, WHATSAPP
from bench.meta import Meta
from bench.practices import practice_of

PACE = 20  # messages a second: what Meta grants a number that stays in the WhatsApp Business app
QUESTION = "Dove siete?"
EACH = 3  # replies that wait for each patient
#: Requests a second while it is gone, whatever waits: more would be a hot loop.
MOST_REQUESTS = 5.0
_PLAIN = practice_of({"rossi": "{tuesday: [09:00-14:00]}"}, minutes=30, horizon_days=30)
COEXISTING = _PLAIN.replace(
    "    app_secret: env:WHATSAPP", "    business_app: true\n    app_secret: env:WHATSAPP"
)


class Unsteady(Meta):
    """Meta that can be gone, and whose machines can be ill."""

    def __init__(self) -> None:
        super().__init__()
        self.is_ill = False
        self.accepted: list[tuple[float, str]] = []  # moment, outbox id
        self.templates = 0

    async def vanish(self) -> None:
        """Nobody takes a connection any more."""
        await self._runner.cleanup()

    async def come_back(self) -> None:
        self._runner = web.AppRunner(self._application(), access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", int(self.url.rsplit(":", 1)[1])).start()

    async def _take(self, request: web.Request) -> web.Response:
        if self.is_ill:
            return web.Response(status=503, text="<html>Service Unavailable</html>", content_type="text/html")
        payload = await request.json()
        if "biz_opaque_callback_data" in payload:
            self.accepted.append((time.monotonic(), payload["biz_opaque_callback_data"]))
        if payload.get("type") == "template":
            self.templates += 1
            return web.json_response({"messages": [{"id": f"template.{self.templates}"}]})
        return await super()._take(request)


@dataclass(frozen=True, kw_only=True)
class Return:
    """What became of the replies that waited. `overtaken`: those that left after somebody's later reply."""

    queued: int
    requests_while_gone: int
    seconds_gone: float
    first_after: float  # seconds from its return to the first message
    took: float  # seconds from the first to the last
    sent: int
    doubled: int
    not_sent: int
    out_of_order: int  # within one patient's conversation
    overtaken: int
    fastest: int  # messages within one second

    @property
    def is_clean(self) -> bool:
        return (
            self.sent == self.queued
            and not (self.doubled or self.not_sent or self.out_of_order)
            and self.requests_while_gone <= 50 + MOST_REQUESTS * self.seconds_gone
            and self.overtaken <= EACH * self.requests_while_gone + self.queued / 100
            and self.fastest <= PACE
        )


async def gone_for_a_while(folder: Path, *, queued: int, seconds: float) -> Return:
    """Everybody asks three times while it is gone, and hears three times afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    practice = folder / "practice.yml"
    practice.write_text(COEXISTING, encoding="utf-8")
    patients = queued // EACH
    async with Unsteady() as meta:
        environment = {"CHAIRSIDE_PRACTICE": str(practice), "CHAIRSIDE_WAIT_FOR_STATUS": "3"}
        desk = Serving(folder, graph=meta.url, environment=environment)
        await desk.up()
        try:
            meta.is_ill = True
            began, marks = time.monotonic(), _sends_in(desk.log)
            for turn in range(EACH):
                await _everybody_asks(meta, desk.url, patients, turn)
                await _until(partial(_has_written, desk, patients * (turn + 1)), within=600)
            await asyncio.sleep(seconds / 3)
            await meta.vanish()
            await asyncio.sleep(seconds / 3)
            await meta.come_back()
            await asyncio.sleep(seconds / 3)
            asked, gone = _sends_in(desk.log) - marks, time.monotonic() - began
            meta.is_ill = False
            returned = time.monotonic()
            await _until(lambda: not _waiting(desk), within=120 + 4 * queued / PACE)
            await asyncio.sleep(1)  # one too many would come now
            return _judge(meta, desk, queued=patients * EACH, asked=asked, gone=gone, returned=returned)
        finally:
            desk.stop()


def _judge(meta: Unsteady, desk: Desk, *, queued: int, asked: int, gone: float, returned: float) -> Return:
    rows = desk.asked("SELECT id, conversation, state FROM outbox ORDER BY created_at, seq")
    replies: dict[str, list[str]] = defaultdict(list)
    for id, conversation, _ in rows:
        replies[conversation].append(id)
    # Its place in its own conversation: everybody's first was written before anybody's second.
    turn = {id: number for ids in replies.values() for number, id in enumerate(ids)}
    whose = {id: conversation for id, conversation, _ in rows}
    moments = [at for at, _ in meta.accepted] or [returned]
    left = list(dict.fromkeys(id for _, id in meta.accepted))
    by_patient: dict[str, list[int]] = defaultdict(list)
    for id in left:
        by_patient[whose[id]].append(turn[id])
    return Return(
        queued=queued,
        requests_while_gone=asked,
        seconds_gone=round(gone, 1),
        first_after=round(moments[0] - returned, 1),
        took=round(moments[-1] - moments[0], 1),
        sent=len(left),
        doubled=meta.doubled,
        not_sent=sum(state not in ("sent", "delivered", "read") for _, _, state in rows),
        out_of_order=sum(turns != sorted(turns) for turns in by_patient.values()),
        overtaken=_overtaken([turn[id] for id in left]),
        fastest=_most_within_a_second(moments),
    )


def _overtaken(turns: Sequence[int]) -> int:
    latest, count = 0, 0
    for turn in turns:
        count += turn < latest
        latest = max(latest, turn)
    return count


def _most_within_a_second(moments: Sequence[float]) -> int:
    most, first = 0, 0
    for last, at in enumerate(moments):
        while at - moments[first] >= 1:
            first += 1
        most = max(most, last - first + 1)
    return most


async def _everybody_asks(meta: Meta, url: str, patients: int, turn: int, *, at: int | None = None) -> None:
    """A hundred messages a body, from as many patients."""
    at = at or int(time.time())
    items = [
        WHATSAPP.text(WHATSAPP.patient(n), f"wamid.gone.{n}.{turn}", QUESTION, at=at) for n in range(patients)
    ]
    for start in range(0, patients, 100):
        assert await meta.post(url, WHATSAPP, WHATSAPP.body(*items[start : start + 100])) == 200


def _sends_in(log: str) -> int:
    """Requests that came to nothing, as the server tells of each."""
    return log.count('"event": "send_refused"') + log.count('"event": "send_uncertain"')


def _has_written(desk: Desk, replies: int) -> bool:
    return _count(desk) == replies


def _count(desk: Desk) -> int:
    return int(desk.asked("SELECT count(*) FROM outbox")[0][0])


def _waiting(desk: Desk) -> int:
    return int(
        desk.asked("SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'uncertain')")[0][0]
    )


async def _until(holds: Callable[[], bool], *, within: float) -> None:
    """Looks twice a second; gives up silently, since what is judged afterwards says it better."""
    until = time.monotonic() + within
    while not holds() and time.monotonic() < until:  # noqa: ASYNC110 - another process's database
        await asyncio.sleep(0.5)


@dataclass(frozen=True, kw_only=True)
class Stale:
    """Replies that waited for longer than Meta takes words."""

    waiting: int
    words_sent: int  # to people whose window had closed
    templates: int  # which ask them to write
    told: int  # conversations that staff see for that, or that a template was sent to

    @property
    def is_clean(self) -> bool:
        return self.words_sent == 0 and self.told == self.waiting


async def gone_for_a_day(folder: Path, *, patients: int) -> Stale:
    """Replies wait, the desk is down as well, and comes back 26 hours later by its clock, as does Meta."""
    folder.mkdir(parents=True, exist_ok=True)
    async with Unsteady() as meta:
        desk = Desk(folder, graph=meta.url)
        await desk.up()
        try:
            await meta.vanish()
            await _everybody_asks(meta, desk.url, patients, 0, at=AT)
            await _until(lambda: _count(desk) == patients, within=120)
        finally:
            desk.stop()
        await meta.come_back()
        later = Desk(folder, graph=meta.url, now="2026-03-03T10:00+01:00")
        await later.up()
        try:
            await _until(lambda: not _waiting(later), within=120)
            await asyncio.sleep(1)
            kept = later.asked("SELECT count(*) FROM outbox WHERE state IN ('waiting', 'dropped')")[0][0]
            listed = later.asked("SELECT count(DISTINCT conversation) FROM handoff")[0][0]
        finally:
            later.stop()
        words = len(meta.accepted) - meta.templates
        assert kept == patients or words, f"{kept} of {patients} are kept back"
        return Stale(
            waiting=patients, words_sent=words, templates=meta.templates, told=max(meta.templates, listed)
        )
