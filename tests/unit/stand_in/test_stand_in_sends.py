"""What happens to a message in order: the answer, its statuses, and the faults that are asked for."""

import asyncio

import pytest
from aiohttp import ServerDisconnectedError
from stand_in_bench import NUMBER_ID, TOKEN, Bench, Receiver, StartBench, buttons, text

from bot.stand_in import Fault, FaultKind

MONDAY_SECONDS = "1795424400"
USER_ID = "IT.13491208655302741918"
SERVER_ERROR = {
    "error": {
        "message": "An unknown error has occurred.",
        "type": "OAuthException",
        "code": 1,
        "fbtrace_id": "AbrokenOnPurpose",
    }
}


def words(receiver: Receiver) -> list[str]:
    return [status["status"] for status in receiver.statuses]


async def test_a_message_in_order_is_answered_with_its_id(bench: Bench) -> None:
    answer = await bench.send(text())
    await bench.stand_in.settled()
    sent = bench.stand_in.messages()

    assert answer.status == 200
    assert await answer.json() == {
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+393331234567", "wa_id": "393331234567"}],
        "messages": [{"id": sent[0]["message_id"]}],
    }
    assert sent[0] == {
        "seq": 1,
        "at": "2026-11-23T09:00:00+00:00",
        "to": "393331234567",
        "message_id": sent[0]["message_id"],
        "status": "delivered",
        "callback_data": None,
        "payload": text(),
    }


async def test_a_patient_without_a_number_is_written_to_by_user_id(bench: Bench) -> None:
    payload = {"messaging_product": "whatsapp", "recipient": USER_ID, "text": {"body": "Buongiorno"}}
    answer = await bench.send(payload)
    body = await answer.json()

    assert body["contacts"] == [{"input": USER_ID, "user_id": USER_ID}]
    assert [message["to"] for message in bench.stand_in.messages()] == [USER_ID]


async def test_statuses_carry_our_callback_data_back(bench: Bench) -> None:
    await bench.send(text(biz_opaque_callback_data="outbox-7"))
    await bench.stand_in.settled()
    message = bench.stand_in.messages()[0]
    user_id = bench.receiver.statuses[0]["recipient_user_id"]
    pricing = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}
    common = {
        "id": message["message_id"],
        "timestamp": MONDAY_SECONDS,
        "recipient_id": "393331234567",
        "recipient_user_id": user_id,
        "pricing": pricing,
        "biz_opaque_callback_data": "outbox-7",
    }

    assert bench.receiver.values == [
        {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "390255501000", "phone_number_id": NUMBER_ID},
            "contacts": [{"profile": {"name": "Patient 4567"}, "user_id": user_id, "wa_id": "393331234567"}],
            "statuses": [{**common, "status": word}],
        }
        for word in ("sent", "delivered")
    ]
    assert message["status"] == "delivered"


async def test_read_comes_when_the_patient_looks_and_only_once(bench: Bench) -> None:
    await bench.send(text())
    await bench.stand_in.settled()
    looked = bench.stand_in.reads("393331234567")
    again = bench.stand_in.reads("393331234567")
    await bench.stand_in.settled()

    assert (looked, again) == ((bench.stand_in.messages()[0]["message_id"],), ())
    assert words(bench.receiver) == ["sent", "delivered", "read"]


async def test_a_look_before_the_delivery_is_told_after_it(bench: Bench) -> None:
    await bench.send(text())
    bench.stand_in.reads("393331234567")
    await bench.stand_in.settled()

    assert words(bench.receiver) == ["sent", "delivered", "read"]


async def test_every_message_is_read_by_itself_when_asked(start: StartBench) -> None:
    bench = await start(read_by_itself=True)
    await bench.send(text())
    await bench.stand_in.settled()

    assert words(bench.receiver) == ["sent", "delivered", "read"]
    assert bench.stand_in.reads("393331234567") == ()


async def test_statuses_get_lost_when_asked(start: StartBench) -> None:
    bench = await start(lose_status_every=2)
    await bench.send(text())
    await bench.send(text())
    await bench.stand_in.settled()

    assert len(bench.receiver.statuses) == 2
    assert [message["status"] for message in bench.stand_in.messages()] == ["delivered", "delivered"]


async def test_statuses_come_twice_when_asked(start: StartBench) -> None:
    bench = await start(double_status_every=2)
    await bench.send(text())
    await bench.stand_in.settled()

    assert words(bench.receiver) == ["sent", "delivered", "delivered"]


async def test_statuses_come_out_of_order_when_asked_and_alike_for_the_same_seed(start: StartBench) -> None:
    orders = []
    for seed in (7, 7, 8):
        bench = await start(reorder_statuses=True, read_by_itself=True, seed=seed)
        before = len(bench.receiver.statuses)
        for _ in range(5):
            await bench.send(text())
            await bench.stand_in.settled()
        orders.append(words(bench.receiver)[before:])

    assert orders[0] == orders[1] != orders[2]
    assert orders[0] != ["sent", "delivered", "read"] * 5


async def test_statuses_wait_as_long_as_the_options_say(start: StartBench) -> None:
    bench = await start(status_delay=(2.0, 2.0))
    await bench.send(text())
    await bench.stand_in.settled()

    assert bench.slept == [2.0, 2.0]


async def test_a_patient_who_cannot_be_reached_is_told_by_a_failed_status(start: StartBench) -> None:
    bench = await start(unreachable=frozenset({"393331234567"}))
    answer = await bench.send(text(biz_opaque_callback_data="outbox-8"))
    await bench.stand_in.settled()
    message = bench.stand_in.messages()[0]

    assert answer.status == 200
    assert message["status"] == "failed"
    assert bench.receiver.values[0].keys() == {"messaging_product", "metadata", "statuses"}
    assert bench.receiver.statuses == [
        {
            "id": message["message_id"],
            "status": "failed",
            "timestamp": MONDAY_SECONDS,
            "recipient_id": "393331234567",
            "biz_opaque_callback_data": "outbox-8",
            "errors": [
                {
                    "code": 131026,
                    "title": "Message undeliverable",
                    "message": "Message undeliverable",
                    "error_data": {"details": "Message undeliverable"},
                    "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
                }
            ],
        }
    ]


async def test_the_practice_marks_a_patients_message_as_read_and_types(bench: Bench) -> None:
    (message_id,) = bench.stand_in.says("393331234567", "Buongiorno")
    answer = await bench.send(
        {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": message_id,
            "typing_indicator": {"type": "text"},
        }
    )
    event = bench.stand_in.events(since=1)[0]

    assert (answer.status, await answer.json()) == (200, {"success": True})
    assert (event["event"], event["message_id"], event["is_typing"]) == ("business_read", message_id, True)


async def test_the_practice_sees_its_own_number(bench: Bench) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = await bench.client.get(f"/v25.0/{NUMBER_ID}", headers=headers)

    assert await answer.json() == {
        "verified_name": "Stand-in",
        "quality_rating": "GREEN",
        "display_phone_number": "+390255501000",
        "id": NUMBER_ID,
    }


# Faults


async def test_a_server_error_sends_nothing(start: StartBench) -> None:
    bench = await start(faults=(Fault(kind=FaultKind.SERVER_ERROR, nth=2),))
    answers = [await bench.send(text()) for _ in range(3)]
    await bench.stand_in.settled()

    assert [answer.status for answer in answers] == [200, 500, 200]
    assert await answers[1].json() == SERVER_ERROR
    assert len(bench.stand_in.messages()) == 2
    assert sorted(words(bench.receiver)) == ["delivered", "delivered", "sent", "sent"]


async def test_a_bad_gateway_answers_with_a_page_and_sends_nothing(start: StartBench) -> None:
    bench = await start(faults=(Fault(kind=FaultKind.BAD_GATEWAY),))
    answer = await bench.send(text())

    assert (answer.status, answer.content_type) == (502, "text/html")
    assert bench.stand_in.messages() == []


async def test_a_dropped_connection_has_sent_the_message(start: StartBench) -> None:
    bench = await start(faults=(Fault(kind=FaultKind.DROP),))
    with pytest.raises(ServerDisconnectedError):
        await bench.send(text(biz_opaque_callback_data="outbox-9"))
    await bench.stand_in.settled()

    assert [message["callback_data"] for message in bench.stand_in.messages()] == ["outbox-9"]
    assert [status["biz_opaque_callback_data"] for status in bench.receiver.statuses] == ["outbox-9"] * 2


async def test_an_error_may_come_although_the_message_was_sent(start: StartBench) -> None:
    bench = await start(faults=(Fault(kind=FaultKind.ERROR_AFTER_SENDING),))
    answer = await bench.send(text())
    await bench.stand_in.settled()

    assert (answer.status, await answer.json()) == (500, SERVER_ERROR)
    assert words(bench.receiver) == ["sent", "delivered"]


async def test_an_answer_may_lack_the_id(start: StartBench) -> None:
    bench = await start(faults=(Fault(kind=FaultKind.NO_ID),))
    answer = await bench.send(text())

    assert answer.status == 200
    assert await answer.json() == {"messaging_product": "whatsapp", "contacts": [], "messages": []}
    assert len(bench.stand_in.messages()) == 1


async def test_a_refusal_on_request_has_the_code_that_was_asked_for(start: StartBench) -> None:
    bench = await start(faults=(Fault(kind=FaultKind.REFUSE, code=131016),))
    answer = await bench.send(text())
    error = (await answer.json())["error"]

    assert (answer.status, error["code"], error["message"]) == (500, 131016, "(#131016) Service unavailable")
    assert bench.stand_in.messages() == []


async def test_a_message_may_be_accepted_and_fail_later(start: StartBench) -> None:
    bench = await start(faults=(Fault(kind=FaultKind.FAIL_LATER, code=131050),))
    answer = await bench.send(text())
    await bench.stand_in.settled()

    assert answer.status == 200
    assert [status["errors"][0]["code"] for status in bench.receiver.statuses] == [131050]


async def test_the_statuses_overtake_a_slow_answer(start: StartBench) -> None:
    answer_may_come = asyncio.Event()
    slow = Fault(kind=FaultKind.SLOW, seconds=30.0)
    bench = await start(held=answer_may_come, faults=(slow,))
    sending = asyncio.ensure_future(bench.send(text()))
    seen = 0
    while words(bench.receiver) != ["sent", "delivered"]:
        events = await bench.stand_in.wait_for_events(since=seen, seconds=10)
        seen = events[-1]["seq"]
    was_answered = sending.done()
    answer_may_come.set()
    answer = await sending

    assert (was_answered, answer.status) == (False, 200)
    assert bench.slept[0] == 30.0


async def test_a_fault_set_later_counts_from_then(bench: Bench) -> None:
    await bench.send(text())
    control = await bench.control("faults", {"kind": "server_error", "nth": 2, "times": 2})
    statuses = [(await bench.send(text())).status for _ in range(4)]

    assert control == (200, {"kind": "server_error"})
    assert statuses == [200, 500, 500, 200]


async def test_a_fault_may_come_again_and_again_until_it_is_cleared(bench: Bench) -> None:
    await bench.control("faults", {"kind": "refuse", "every": 3, "code": 131000})
    statuses = [(await bench.send(text())).status for _ in range(7)]
    await bench.client.delete("/stand-in/faults")
    cleared = (await bench.send(text())).status

    assert statuses == [500, 200, 200, 500, 200, 200, 500]
    assert cleared == 200


async def test_a_refused_message_does_not_use_up_a_fault(start: StartBench) -> None:
    bench = await start(faults=(Fault(kind=FaultKind.SERVER_ERROR),))
    too_long = await bench.send(buttons("x" * 21))
    struck = await bench.send(buttons("Sì"))

    assert (too_long.status, struck.status) == (400, 500)
