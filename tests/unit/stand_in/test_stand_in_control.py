"""The control API: what happened, in order, to poll, to wait for, to stream; and what it remembers."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import ClientSession
from stand_in_bench import APP_SECRET, NUMBER_ID, TOKEN, Bench, Clock, Receiver, StartBench, buttons, text

from bot.stand_in import Fault, FaultKind, StandInOptions, read_options, run_stand_in

PATIENT = "393331234567"


async def test_everything_is_told_in_order(bench: Bench) -> None:
    bench.stand_in.says(PATIENT, "Buongiorno")
    await bench.stand_in.settled()
    await bench.send(text())
    await bench.stand_in.settled()
    await bench.send(buttons("x" * 21))
    await bench.send(text(), token="another")
    await bench.send({"messaging_product": "whatsapp"})

    names = [event["event"] for event in (await bench.show("events"))["events"]]

    assert names.count("webhook_delivered") == 3
    assert [name for name in names if name != "webhook_delivered"] == [
        "patient_wrote",
        "message_accepted",
        "status_changed",
        "status_changed",
        "message_refused",
        "request_refused",
        "message_refused",
    ]


async def test_a_refusal_tells_the_code_and_the_message(bench: Bench) -> None:
    await bench.send(text(to="393331234567"))
    (event,) = (await bench.show("events"))["events"]
    details = event.pop("details")

    assert details.startswith('Param to must begin with "+"')
    assert event == {
        "seq": 1,
        "at": "2026-11-23T09:00:00+00:00",
        "event": "message_refused",
        "code": 131009,
        "http_status": 400,
        "payload": text(to="393331234567"),
    }


async def test_messages_are_told_from_where_one_left_off(bench: Bench) -> None:
    await bench.send(text("uno"))
    await bench.send(text("due", to="+393330000002"))
    await bench.send(text("tre"))
    everything = (await bench.show("messages"))["messages"]
    newer = (await bench.show(f"messages?since={everything[0]['seq']}"))["messages"]
    of_one = (await bench.show(f"messages?to={PATIENT}"))["messages"]
    bodies = [
        [message["payload"]["text"]["body"] for message in some] for some in (everything, newer, of_one)
    ]

    assert bodies == [["uno", "due", "tre"], ["due", "tre"], ["uno", "tre"]]


async def test_a_page_waits_for_the_next_event(bench: Bench) -> None:
    waiting = asyncio.ensure_future(bench.show("events?since=0&wait=30"))
    await bench.show("state")
    bench.stand_in.says(PATIENT, "Buongiorno")
    told = await waiting

    assert [event["event"] for event in told["events"]] == ["patient_wrote"]


async def test_nothing_new_is_told_as_nothing(bench: Bench) -> None:
    assert await bench.show("events?since=0&wait=0") == {"events": []}


async def test_a_page_listens_to_a_stream(bench: Bench) -> None:
    bench.stand_in.says(PATIENT, "uno")
    await bench.stand_in.settled()
    headers = {"Accept": "text/event-stream"}
    stream = await bench.client.get("/stand-in/events?since=1", headers=headers)
    first = [await stream.content.readline() for _ in range(3)]
    bench.stand_in.says(PATIENT, "due")
    second = [await stream.content.readline() for _ in range(3)]
    stream.close()
    event = json.loads(second[1].removeprefix(b"data: "))

    assert stream.content_type == "text/event-stream"
    assert (first[0], first[2], second[0]) == (b"id: 2\n", b"\n", b"id: 3\n")
    assert (event["event"], event["messages"][0]["text"]["body"]) == ("patient_wrote", "due")


async def test_the_state_says_whether_anything_is_still_to_come(bench: Bench) -> None:
    before = await bench.show("state")
    bench.stand_in.says(PATIENT, "Buongiorno")
    during = bench.stand_in.under_way
    await bench.stand_in.settled()
    after = await bench.show("state")

    assert before == {"last_event": 0, "under_way": 0}
    assert (during, after) == (1, {"last_event": 2, "under_way": 0})


async def test_only_the_newest_are_remembered(start: StartBench) -> None:
    bench = await start(keep=3)
    for number in range(5):
        await bench.send(text(str(number), to=f"+39333000000{number}"))
        await bench.stand_in.settled()
    bodies = [message["payload"]["text"]["body"] for message in bench.stand_in.messages()]

    assert bodies == ["2", "3", "4"]
    assert len(bench.stand_in.events()) == 3


async def test_the_history_file_keeps_everything(start: StartBench, tmp_path: Path) -> None:
    history = tmp_path / "bench" / "history.jsonl"
    bench = await start(keep=2, history=history)
    bench.stand_in.says(PATIENT, "Запись")
    await bench.send(text())
    await bench.stand_in.settled()
    lines = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]

    assert [line["seq"] for line in lines] == list(range(1, bench.stand_in.last_event + 1))
    assert lines[0]["messages"][0]["text"]["body"] == "Запись"
    assert [line["status"] for line in lines if line["event"] == "status_changed"] == ["sent", "delivered"]


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        (f"patients/{PATIENT}/says", {"text": 5}, "Param text must be a string or an array of strings"),
        (f"patients/{PATIENT}/says", {"text": []}, "Param text must be a string or an array of strings"),
        (f"patients/{PATIENT}/says", {"text": "a", "loud": 1}, 'Unexpected key "loud".'),
        (
            "patients/Giulia/says",
            {"text": "a"},
            "a patient is 7 to 15 digits without + (393331234567) or a user id (IT.1349120865530274)",
        ),
        (f"patients/{PATIENT}/taps", {"message_id": "x"}, "Parameter 'choice_id' is required"),
        ("redeliver", {"message_ids": "x"}, "Param message_ids must be an array of ids"),
    ],
)
async def test_a_wrong_wish_is_told_what_is_wrong(bench: Bench, path: str, body: object, error: str) -> None:
    assert await bench.control(path, body) == (400, {"error": error})


@pytest.mark.parametrize(
    "path", [f"patients/{PATIENT}/says", f"patients/{PATIENT}/reads", "deliver", "faults"]
)
async def test_a_page_from_elsewhere_cannot_post_a_plain_form(bench: Bench, path: str) -> None:
    answer = await bench.client.post(f"/stand-in/{path}", data=b'{"text": "Buongiorno"}')

    assert (answer.status, await answer.json()) == (400, {"error": "Content-Type must be application/json"})
    assert bench.stand_in.events() == []


def test_options_are_read_from_json() -> None:
    text = (
        '{"pair_interval": 0, "allowed_recipients": ["393330000001"], "faults": [{"kind": "drop", "nth": 3}]}'
    )

    assert read_options(text) == StandInOptions(
        pair_interval=0,
        allowed_recipients=frozenset({"393330000001"}),
        faults=(Fault(kind=FaultKind.DROP, nth=3),),
    )


@pytest.mark.parametrize(
    "text", ['{"pairs": 1}', '{"faults": [{"kind": "shout"}]}', '{"throughput": "x"}', "{"]
)
def test_options_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        read_options(text)


async def test_it_serves_on_its_own_until_told_to_stop(receiver: Receiver) -> None:
    listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    serving = asyncio.ensure_future(
        run_stand_in(
            webhook_url=receiver.url,
            app_secret=APP_SECRET,
            access_token=TOKEN,
            phone_number_id=NUMBER_ID,
            display_number="+390255501000",
            now=Clock().now,
            options=StandInOptions(status_delay=(0.0, 0.0)),
            port=0,
            ready=listening.set_result,
            stop=stop,
        )
    )
    base = await listening
    async with ClientSession() as session:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = await session.post(f"{base}/v25.0/{NUMBER_ID}/messages", json=text(), headers=headers)
    stop.set()
    await serving

    assert base.startswith("http://127.0.0.1:")
    assert answer.status == 200
