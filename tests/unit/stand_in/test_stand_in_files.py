"""Files: what patients send can be fetched for a while, and what is uploaded has to be of a kind and size."""

import base64
from typing import Any

import pytest
from aiohttp import ClientPayloadError, FormData
from stand_in_bench import NUMBER_ID, PATIENT, PSID, TOKEN, Bench
from yarl import URL

PICTURE = b"\x89PNG not really"
SENT = {"kind": "image", "base64": base64.b64encode(PICTURE).decode(), "mime_type": "image/png"}


async def sent_file(bench: Bench) -> str:
    bench.stand_in.sends(PATIENT, SENT)
    await bench.stand_in.settled()
    id: str = bench.receiver.messages[0]["image"]["id"]
    return id


async def download(bench: Bench, url: str, *, token: str = TOKEN) -> Any:
    return await bench.client.get(
        URL(url).path_qs, headers={"Authorization": f"Bearer {token}"}, allow_redirects=False
    )


async def test_a_file_is_asked_for_by_id_and_then_fetched_with_the_token(bench: Bench) -> None:
    status, shown = await bench.manage("get", await sent_file(bench))
    with_token = await download(bench, shown["url"])
    without = await download(bench, shown["url"], token="guess")

    assert (status, shown["mime_type"], shown["file_size"]) == (200, "image/png", len(PICTURE))
    assert (await with_token.read(), without.status) == (PICTURE, 401)


async def test_urls_live_five_minutes_and_files_a_week(bench: Bench) -> None:
    id = await sent_file(bench)
    _, shown = await bench.manage("get", id)
    bench.clock.advance(minutes=5, seconds=1)
    late = await download(bench, shown["url"])
    bench.clock.advance(days=7)

    assert (late.status, (await bench.manage("get", id))[0]) == (404, 400)


@pytest.mark.parametrize("channel", ["messenger", "instagram"])
async def test_pages_show_a_file_by_the_id_of_its_message(bench: Bench, channel: str) -> None:
    side = bench.stand_in.messenger if channel == "messenger" else bench.stand_in.instagram
    assert side is not None
    [mid] = side.sends(PSID, SENT)
    _, shown = await bench.manage("get", f"{mid}?fields=attachments")
    [attachment] = shown["attachments"]["data"]
    file = await download(bench, attachment["image_data"]["url"], token="")

    assert await file.read() == PICTURE


def form(content: bytes, mime_type: str, **fields: str) -> FormData:
    data = FormData({"messaging_product": "whatsapp", **fields})
    data.add_field("file", content, filename="a", content_type=mime_type)
    return data


@pytest.mark.parametrize(
    ("content", "mime_type", "status"),
    [(PICTURE, "image/png", 200), (PICTURE, "image/svg+xml", 400), (bytes(5 * 2**20 + 1), "image/png", 400)],
    ids=["a picture", "a drawing", "a picture that is too large"],
)
async def test_uploads_are_of_a_kind_and_a_size(
    bench: Bench, content: bytes, mime_type: str, status: int
) -> None:
    done, _ = await bench.manage("post", f"{NUMBER_ID}/media", data=form(content, mime_type))

    assert done == status


async def test_an_upload_can_be_looked_up_and_deleted(bench: Bench) -> None:
    _, done = await bench.manage("post", f"{NUMBER_ID}/media", data=form(PICTURE, "image/png"))
    before, _ = await bench.manage("get", done["id"])
    deleted, _ = await bench.manage("delete", done["id"])

    assert (before, deleted, (await bench.manage("get", done["id"]))[0]) == (200, 200, 400)


async def test_a_look_up_and_a_download_can_lead_elsewhere(bench: Bench) -> None:
    id = await sent_file(bench)
    inside = "http://169.254.169.254/latest"
    await bench.control("faults", {"kind": "redirect", "location": inside, "on": "media"})
    _, misled = await bench.manage("get", id)
    _, shown = await bench.manage("get", id)
    await bench.control("faults", {"kind": "redirect", "location": inside, "on": "download"})
    answer = await download(bench, shown["url"])

    assert (misled["url"], answer.status, answer.headers["Location"]) == (inside, 302, inside)


async def test_a_download_may_be_shorter_than_it_said(bench: Bench) -> None:
    _, shown = await bench.manage("get", await sent_file(bench))
    await bench.control("faults", {"kind": "short", "on": "download"})
    answer = await download(bench, shown["url"])

    with pytest.raises(ClientPayloadError):
        await answer.read()


async def test_a_download_may_never_end(bench: Bench) -> None:
    _, shown = await bench.manage("get", await sent_file(bench))
    await bench.control("faults", {"kind": "endless", "on": "download"})
    answer = await download(bench, shown["url"])
    some = await answer.content.readexactly(200_000)
    answer.close()

    assert len(some) == 200_000
