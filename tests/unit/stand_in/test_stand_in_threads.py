"""Conversation routing: a thread belongs to one app at a time."""

import json
from typing import Any

import pytest
from stand_in_bench import PSID, Bench

PAGE = "200000000000001"
INBOX = "263902037430900"
TO = {"recipient": {"id": PSID}}


@pytest.fixture
async def routed(bench: Bench) -> Bench:
    await bench.control("routing", {"is_routed": True})
    await bench.open_thread("messenger")
    await bench.stand_in.settled()
    bench.receiver.posts.clear()
    return bench


async def entries(bench: Bench) -> list[dict[str, Any]]:
    await bench.stand_in.settled()
    found = [json.loads(raw)["entry"][0] for _, raw in bench.receiver.posts]
    bench.receiver.posts.clear()
    return found


async def test_whoever_answers_in_the_inbox_takes_the_thread(routed: Bench) -> None:
    await routed.control(f"patients/{PSID}/hears?channel=messenger", {"text": "Sono Anna"})
    kinds = [set(each) & {"messaging", "standby"} for each in await entries(routed)]
    await routed.open_thread("messenger")
    [heard] = await entries(routed)
    refused = await (await routed.reply_on("messenger")).json()

    assert {"messaging"} in kinds
    assert heard["standby"][0]["message"]["text"] == "Buongiorno"
    assert (refused["error"]["code"], refused["error"]["error_subcode"]) == (10, 2018300)


async def test_a_thread_is_passed_and_taken_back(routed: Bench) -> None:
    passed = await routed.manage("post", f"{PAGE}/pass_thread_control", json={**TO, "target_app_id": INBOX})
    again = await routed.manage("post", f"{PAGE}/pass_thread_control", json={**TO, "target_app_id": INBOX})
    refused = await routed.reply_on("messenger")
    taken = await routed.manage("post", f"{PAGE}/take_thread_control", json=TO)
    sent = await routed.reply_on("messenger")

    assert (passed, again[0]) == ((200, {"success": True}), 400)
    assert (refused.status, taken[0], sent.status) == (403, 200, 200)


async def test_control_that_nobody_uses_ends_after_a_day(routed: Bench) -> None:
    await routed.manage("post", f"{PAGE}/pass_thread_control", json={**TO, "target_app_id": INBOX})
    routed.clock.advance(hours=24)
    await routed.open_thread("messenger")

    assert (await routed.reply_on("messenger")).status == 200


async def test_without_a_default_app_nothing_is_taken(bench: Bench) -> None:
    await bench.open_thread("messenger")
    status, answer = await bench.manage("post", f"{PAGE}/take_thread_control", json=TO)

    assert (status, answer["error"]["error_subcode"]) == (400, 2018204)
    assert (await bench.reply_on("messenger")).status == 200
