"""Every way of failing that can be asked for, on each channel, and what was sent all the same."""

from datetime import datetime
from typing import Any

import pytest
from aiohttp import ServerDisconnectedError
from stand_in_bench import Bench, StartBench, text

from bot.stand_in import Fault, FaultKind
from bot.stand_in.page_errors import PAGE_ERRORS
from bot.stand_in.refusals import WHATSAPP_ERRORS

GIULIA, MARCO = "+393331234567", "+393337654321"


async def accepted(bench: Bench) -> int:
    return len(bench.stand_in.messages())


@pytest.mark.parametrize("code", WHATSAPP_ERRORS)
async def test_any_code_of_whatsapp_refuses_one_message_and_sends_nothing(bench: Bench, code: int) -> None:
    await bench.control("faults", {"kind": "refuse", "code": code})
    answer = await bench.send(text())
    error = (await answer.json())["error"]

    assert (answer.status, error["code"], await accepted(bench)) == (WHATSAPP_ERRORS[code][1], code, 0)
    assert (await bench.send(text())).status == 200


@pytest.mark.parametrize("channel", ["messenger", "instagram"])
@pytest.mark.parametrize(("code", "subcode"), PAGE_ERRORS)
async def test_any_code_of_a_page_refuses_one_message(
    bench: Bench, channel: str, code: int, subcode: int | None
) -> None:
    await bench.open_thread(channel)
    fault = {"kind": "refuse", "code": code} | ({} if subcode is None else {"subcode": subcode})
    await bench.control(f"faults?channel={channel}", fault)
    answer = await bench.page_send(channel, {"text": "Buongiorno"})
    error = (await answer.json())["error"]

    assert (answer.status, error["code"], error.get("error_subcode")) == (
        PAGE_ERRORS[code, subcode][1],
        code,
        subcode,
    )
    assert (await bench.page_send(channel, {"text": "Buongiorno"})).status == 200


async def test_too_many_requests_may_say_for_how_long(bench: Bench) -> None:
    fault = {"kind": "refuse", "code": 4, "http_status": 429, "retry_after": 7}
    await bench.control("faults", fault)
    answer = await bench.send(text())

    assert (answer.status, answer.headers["Retry-After"]) == (429, "7")


@pytest.mark.parametrize(
    ("kind", "sent"), [("cut", 0), ("hang", 0), ("drop", 1)], ids=["cut", "hang", "drop"]
)
async def test_a_closed_connection_leaves_the_fate_open(bench: Bench, kind: str, sent: int) -> None:
    await bench.control("faults", {"kind": kind, "seconds": 20})
    with pytest.raises(ServerDisconnectedError):
        await bench.send(text())

    assert await accepted(bench) == sent


async def test_a_good_answer_may_be_no_json(bench: Bench) -> None:
    await bench.control("faults", {"kind": "garbage"})
    answer = await bench.send(text())

    assert (answer.status, answer.content_type, await accepted(bench)) == (200, "text/html", 1)


@pytest.mark.parametrize("channel", ["whatsapp", "messenger", "instagram"])
async def test_of_a_silent_message_nothing_is_ever_told(bench: Bench, channel: str) -> None:
    await bench.open_thread(channel)
    await bench.stand_in.settled()
    bench.receiver.posts.clear()
    await bench.control(f"faults?channel={channel}", {"kind": "silence"})
    await bench.reply_on(channel)
    await bench.stand_in.settled()

    assert (bench.receiver.posts, await accepted(bench)) == ([], 1)


async def test_one_patient_only_is_hit(bench: Bench) -> None:
    await bench.control("faults", {"kind": "refuse", "code": 131056, "times": 2, "to": MARCO[1:]})
    answers = [(await bench.send(text(to=to))).status for to in (GIULIA, MARCO, GIULIA, MARCO, MARCO)]

    assert answers == [200, 400, 200, 400, 200]


async def test_typing_fails_and_the_message_goes(bench: Bench) -> None:
    [message_id] = bench.stand_in.says(GIULIA[1:], "Buongiorno")
    await bench.control("faults", {"kind": "refuse", "code": 131000, "on": "action"})
    typing = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
    seen = await bench.send(typing)

    assert (seen.status, (await bench.send(text())).status) == (500, 200)


async def test_two_faults_at_once_are_the_first(start: StartBench) -> None:
    bench = await start(
        faults=(Fault(kind=FaultKind.REFUSE, code=131016), Fault(kind=FaultKind.REFUSE, code=130429, nth=2))
    )
    codes = [(await (await bench.send(text())).json())["error"]["code"] for _ in range(2)]

    assert codes == [131016, 130429]


async def test_a_number_that_stays_on_the_phone_sends_twenty_a_second(start: StartBench) -> None:
    bench = await start(is_coexistent=True, pair_interval=0)
    answers = [await bench.send(text()) for _ in range(21)]
    errors: dict[str, Any] = await answers[-1].json()

    assert ([answer.status for answer in answers], errors["error"]["code"]) == ([200] * 20 + [400], 130429)


async def test_a_page_writes_so_often_to_each_who_wrote_to_it(start: StartBench) -> None:
    bench = await start(page_sends_per_person=2)
    began: datetime = bench.clock.at
    await bench.open_thread("messenger")
    answers = [(await bench.page_send("messenger", {"text": "Ecco"})).status for _ in range(3)]
    bench.clock.at = began.replace(day=began.day + 1)
    await bench.open_thread("messenger")

    assert answers == [200, 200, 400]
    assert (await bench.page_send("messenger", {"text": "Ecco"})).status == 200


async def test_faults_that_do_not_exist_are_told(bench: Bench) -> None:
    status, answer = await bench.control("faults", {"kind": "explode"})

    assert (status, answer["error"].startswith("Param kind must be one of {bad_gateway, cut,")) == (400, True)


async def test_the_table_of_errors_can_be_read(bench: Bench) -> None:
    table = await bench.show("errors")

    assert [row for row in table["whatsapp"] if row["code"] == 131056] == [
        {"code": 131056, "title": WHATSAPP_ERRORS[131056][0], "http_status": 400}
    ]
    assert [row for row in table["pages"] if row.get("subcode") == 2534022] == [
        {"code": 10, "subcode": 2534022, "title": PAGE_ERRORS[10, 2534022][0], "http_status": 400}
    ]
