"""What Meta never sends, or hardly ever: it harms nobody, least of all a patient in the same body."""

import asyncio
import gzip
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bench.desk import Desk
from bench.doors import DOORS, Door, signed
from bench.hostile import (
    NO_WEBHOOKS,
    WORDS,
    alone_and_together,
    beside,
    hollow,
    large,
    recorded,
    within,
    written,
)
from bench.meta import Meta

SEED = 20260302
FOUR_MEGABYTES = 4 * 1024 * 1024

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def meta() -> AsyncIterator[Meta]:
    async with Meta() as meta:
        yield meta


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(meta: Meta, nlu_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """One server for all of this; each test has patients of its own."""
    environment = {"CHAIRSIDE_NLU_CACHE": str(nlu_cache)}
    desk = Desk(tmp_path_factory.mktemp("hostile"), graph=meta.url, environment=environment)
    await desk.up()
    yield desk
    assert desk.stop() == 0


@pytest.fixture(autouse=True)
def nothing_is_wrong_in_the_log(desk: Desk, meta: Meta) -> Iterator[None]:
    yield
    assert desk.troubles == []
    assert meta.doubled == 0


async def test_what_is_no_webhook_at_all_is_taken_and_changes_nothing(
    door: Door, desk: Desk, meta: Meta
) -> None:
    statuses = [await meta.post(desk.url, door, body) for body in NO_WEBHOOKS]
    who = door.patient(1)
    await meta.post(desk.url, door, door.body(door.text(who, "after.1", "Buonasera")))

    assert set(statuses) == {200}
    assert len(await meta.until(who, 1)) == 1


async def test_everybody_in_a_body_of_three_megabytes_is_answered_once(
    door: Door, desk: Desk, meta: Meta
) -> None:
    body = large(door, messages=200, patients=200, first=10_000)
    people = [door.patient(10_000 + n) for n in range(200)]

    assert 2_900_000 < len(body) < 3_100_000
    assert await meta.post(desk.url, door, body) == 200
    await meta.until_all(dict.fromkeys(people, 1))
    assert Counter(len(meta.received[who]) for who in people) == {1: 200}


async def test_each_of_twenty_patients_in_one_body_gets_the_replies_that_a_lone_one_gets_in_that_order(
    door: Door, desk: Desk, meta: Meta
) -> None:
    alone, together = await alone_and_together(meta, desk, door, patients=20, turns=8, first=20_000)

    assert len(set(alone)) > 3
    assert together == [alone] * 20


async def test_four_megabytes_are_refused_before_any_of_them_is_sent(
    door: Door, desk: Desk, meta: Meta
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", desk.port)
    writer.write(
        f"POST {door.path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {FOUR_MEGABYTES}\r\n\r\n".encode()
    )
    status = await asyncio.wait_for(reader.readline(), 30)
    writer.close()

    assert status.startswith(b"HTTP/1.1 413 ")


async def test_a_body_that_does_not_tell_its_length_is_refused_once_it_is_too_long(
    door: Door, desk: Desk, meta: Meta
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", desk.port)
    writer.write(
        f"POST {door.path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    )
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    for _ in range(FOUR_MEGABYTES // 65_536):
        writer.write(chunk)
        await writer.drain()
    status = await asyncio.wait_for(reader.readline(), 30)  # there is no last chunk: it was not waited for
    writer.close()

    assert status.startswith(b"HTTP/1.1 413 ")


async def test_the_largest_body_that_is_read_is_answered_whatever_it_holds(
    door: Door, desk: Desk, meta: Meta
) -> None:
    size = FOUR_MEGABYTES - 1
    bodies = [
        b"[" * size,
        b'{"a":' * (size // 7) + b"1" + b"}" * (size // 7),
        b'{"entry": ' + b"9" * (size - 11) + b"}",
        b"[" * 2000 + b'"' + b'\\"' * (size // 2 - 1001),
        b'{"entry": "' + b"\\ud83d" * (size // 6 - 3) + b'"}',
    ]
    statuses = await asyncio.gather(*[meta.post(desk.url, door, body) for body in bodies])

    assert statuses == [200] * len(bodies)


ODD_WORDS = (
    *("ciao \x00", "\x00\x00", "ciao \ud83d", "\udc00\ud83d ciao", "\u202eciao\u202c", "\u200b", " "),
    *("a" + "\u0301" * 4096, "👩‍👩‍👧‍👦" * 500, "ciao " * 13_000, "x" * 65_536, "=cmd|' /C calc'!A0"),
)


@pytest.mark.parametrize("number", range(len(ODD_WORDS)))
async def test_a_message_of_odd_characters_is_answered_too(
    door: Door, desk: Desk, meta: Meta, number: int
) -> None:
    who = door.patient(30_000 + number)
    await meta.post(desk.url, door, door.body(door.text(who, f"odd.{number}", ODD_WORDS[number])))

    assert len(await meta.until(who, 1)) == 1


async def test_numbers_and_repeated_keys_that_json_forbids_do_not_take_the_neighbours_along(
    door: Door, desk: Desk, meta: Meta
) -> None:
    oddities = [
        '"n": NaN',
        '"n": [Infinity, -Infinity, 1e999, -0]',
        '"n": ' + "9" * 5000,
        '"n": ' + "[" * 100_000 + "]" * 100_000,
        '"object": null, "object": []',
        '"entry": [], "entry": null, "entry": {"entry": []}',
    ]
    people = [door.patient(40_000 + n) for n in range(len(oddities))]
    for number, (who, oddity) in enumerate(zip(people, oddities, strict=True)):
        whole = door.body(door.text(who, f"neighbour.{number}", "Hello")).decode()
        status = await meta.post(desk.url, door, f"{{{oddity}, {whole[1:]}".encode())
        assert status == 200
    await meta.until_all(dict.fromkeys(people, 1))

    assert [len(meta.received[who]) for who in people] == [1] * len(people)


async def test_a_patient_is_answered_whatever_stands_wrong_beside_the_message(
    door: Door, desk: Desk, meta: Meta
) -> None:
    """Wrong values in every place of what shares a change, or a list, with a good message."""
    chance = random.Random(SEED)
    count = len(list(within(door, door.text("", "", ""))))
    chosen = sorted(chance.sample(range(count), 60))
    people = [door.patient(50_000 + n) for n in chosen]
    for n, who in zip(chosen, people, strict=True):
        body = list(within(door, door.text(who, f"beside.{n}", WORDS[n % 3])))[n]
        assert await meta.post(desk.url, door, body) == 200
    await meta.until_all(dict.fromkeys(people, 1))

    assert Counter(len(meta.received[who]) for who in people) == {1: 60}


async def test_a_patient_is_answered_whatever_stands_wrong_in_another_entry(
    door: Door, desk: Desk, meta: Meta
) -> None:
    people = [door.patient(60_000 + n) for n in range(60)]
    for n, who in enumerate(people):
        good = door.text(who, f"elsewhere.{n}", WORDS[n % 3])
        body = beside(door, good, random.Random(f"{SEED} {n}"))
        assert await meta.post(desk.url, door, body) == 200
    await meta.until_all(dict.fromkeys(people, 1))

    assert Counter(len(meta.received[who]) for who in people) == {1: 60}


async def test_null_in_the_place_of_everything_is_taken(door: Door, desk: Desk, meta: Meta) -> None:
    bodies = [written(hollow(tree)) for tree in recorded(door)]
    statuses = [await meta.post(desk.url, door, body) for body in bodies]

    assert set(statuses) == {200}


@pytest.mark.parametrize(
    "rest",
    [
        b"Transfer-Encoding: chunked\r\n\r\n4\r\nciao\r\nno number\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\nciao",
        b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"X: " + b"ciao" * 5000 + b"\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + b"ciao" * 5000 + b"\r\n\r\n",
        b"ciao\x00: 1\r\n\r\n",
    ],
    ids=["no chunk", "endless chunk", "two lengths", "less than nothing", "header", "trailer", "NUL"],
)
async def test_what_is_no_http_is_refused_without_a_word_of_it_in_the_log(
    door: Door, desk: Desk, meta: Meta, rest: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", desk.port)
    writer.write(f"POST {door.path} HTTP/1.1\r\nHost: localhost\r\n".encode() + rest)
    status = await asyncio.wait_for(reader.readline(), 30)
    writer.close()

    assert status.startswith((b"HTTP/1.0 400 ", b"HTTP/1.1 400 "))
    assert "ciao" not in desk.log


async def test_a_compressed_body_is_no_body_of_metas_whatever_it_unpacks_to(
    door: Door, desk: Desk, meta: Meta
) -> None:
    """Meta signs the raw bytes, so nothing is unpacked before: neither words nor bombs."""
    body = door.body(door.text(door.patient(75_000), "compressed", "ciao"))
    headers = {**signed(body), "Content-Encoding": "gzip"}
    async with meta.http.post(desk.url + door.path, data=gzip.compress(body), headers=headers) as answer:
        assert answer.status == 401
    assert (
        await meta.post(desk.url, door, gzip.compress(b" " * 10**8), headers={"Content-Encoding": "gzip"})
        == 200
    )


async def test_a_body_that_breaks_off_stores_nothing(door: Door, desk: Desk, meta: Meta) -> None:
    who = door.patient(80_000)
    body = door.body(door.text(who, "broken.off", "ciao"))
    _, writer = await asyncio.open_connection("127.0.0.1", desk.port)
    head = f"POST {door.path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body) + 1}\r\n"
    for name, value in signed(body).items():
        head += f"{name}: {value}\r\n"
    writer.write(head.encode() + b"\r\n" + body)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    after = door.patient(80_001)
    await meta.post(desk.url, door, door.body(door.text(after, "after.broken.off", "ciao")))
    await meta.until(after, 1)

    assert meta.received[who] == []


async def test_what_is_not_signed_by_meta_is_refused_and_unanswered(
    door: Door, desk: Desk, meta: Meta
) -> None:
    who = door.patient(70_000)
    body = door.body(door.text(who, "forged", "ciao"))
    right = signed(body)["X-Hub-Signature-256"]
    forged = [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": right[:-1]},
        {"X-Hub-Signature-256": right.upper()},
        {"X-Hub-Signature-256": right.removeprefix("sha256=")},
        {"X-Hub-Signature-256": f"{right},{right}"},
        {"X-Hub-Signature": right.replace("sha256", "sha1")},
        dict(signed(body, b"another app")),
        dict(signed(body + b" ")),
    ]
    statuses = []
    for headers in forged:
        async with meta.http.post(desk.url + door.path, data=body, headers=headers) as answer:
            statuses.append(answer.status)
    after = door.patient(70_001)
    await meta.post(desk.url, door, door.body(door.text(after, "after.forged", "ciao")))
    await meta.until(after, 1)

    assert statuses == [401] * len(forged)
    assert meta.received[who] == []
