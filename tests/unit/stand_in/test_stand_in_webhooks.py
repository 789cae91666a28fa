"""What the practice's webhook gets: in Meta's shapes, signed as Meta signs, and again until it is taken."""

import asyncio
import hashlib
import hmac
import json
from typing import Any

import pytest
from stand_in_bench import APP_SECRET, NUMBER_ID, Bench, StartBench, buttons, listing, rows, text

from bot.stand_in import NotOffered, UnknownMessage

PATIENT = "393331234567"
MONDAY_SECONDS = "1795424400"


def is_signed(headers: dict[str, str], raw: bytes) -> bool:
    """By OpenSSL's HMAC over the raw bytes, apart from the stand-in's own code."""
    digest = hmac.digest(APP_SECRET.encode(), raw, "sha256").hex()
    return headers.get("X-Hub-Signature-256") == f"sha256={digest}"


async def sent(bench: Bench, payload: object) -> str:
    answer = await bench.send(payload)
    identity: str = (await answer.json())["messages"][0]["id"]
    return identity


async def written(bench: Bench) -> dict[str, Any]:
    """The last message that the webhook got, without what changes from run to run."""
    await bench.stand_in.settled()
    message = dict(bench.receiver.messages[-1])
    assert message.pop("id").startswith("wamid.")
    assert message.pop("from_user_id").startswith("IT.")
    return message


async def test_a_patients_words_arrive_as_meta_would_post_them(bench: Bench) -> None:
    (message_id,) = bench.stand_in.says(PATIENT, "Хочу записаться, 9/10", name="Giulia Riva")
    await bench.stand_in.settled()
    headers, raw = bench.receiver.posts[0]
    user_id = bench.receiver.messages[0]["from_user_id"]

    assert json.loads(raw) == {
        "object": "whatsapp_business_account",
        "entry": [
            {
                "id": "100200300400500",
                "changes": [
                    {
                        "value": {
                            "messaging_product": "whatsapp",
                            "metadata": {
                                "display_phone_number": "390255501000",
                                "phone_number_id": NUMBER_ID,
                            },
                            "contacts": [
                                {"profile": {"name": "Giulia Riva"}, "user_id": user_id, "wa_id": PATIENT}
                            ],
                            "messages": [
                                {
                                    "from": PATIENT,
                                    "from_user_id": user_id,
                                    "id": message_id,
                                    "timestamp": MONDAY_SECONDS,
                                    "type": "text",
                                    "text": {"body": "Хочу записаться, 9/10"},
                                }
                            ],
                        },
                        "field": "messages",
                    }
                ],
            }
        ],
    }
    assert headers["Content-Type"] == "application/json"


async def test_the_raw_bytes_are_signed_and_written_otherwise_than_python_would(bench: Bench) -> None:
    bench.stand_in.says(PATIENT, "Хочу 9/10")
    await bench.stand_in.settled()
    headers, raw = bench.receiver.posts[0]
    old = hmac.new(APP_SECRET.encode(), raw, hashlib.sha1).hexdigest()

    assert is_signed(headers, raw)
    assert headers["X-Hub-Signature"] == f"sha1={old}"
    assert b"\\u0425\\u043e\\u0447\\u0443 9\\/10" in raw
    assert not is_signed(headers, json.dumps(json.loads(raw)).encode())


async def test_several_bubbles_may_share_a_webhook(bench: Bench) -> None:
    status, body = await bench.control(
        f"patients/{PATIENT}/says", {"text": ["Buongiorno", "un'ora", "domani"]}
    )
    await bench.stand_in.settled()

    assert status == 200
    assert len(bench.receiver.posts) == 1
    assert [message["id"] for message in bench.receiver.messages] == body["message_ids"]
    assert len(bench.receiver.values[0]["contacts"]) == 1


async def test_a_patient_may_hide_the_number(bench: Bench) -> None:
    user_id = "IT.13491208655302741918"
    bench.stand_in.says(user_id, "Buongiorno", name="Giulia Riva")
    await bench.stand_in.settled()
    value = bench.receiver.values[0]

    assert value["contacts"] == [
        {"profile": {"name": "Giulia Riva", "username": "user.741918"}, "user_id": user_id}
    ]
    assert "from" not in value["messages"][0]
    assert value["messages"][0]["from_user_id"] == user_id


async def test_the_same_patient_is_reached_by_number_and_by_user_id(bench: Bench) -> None:
    bench.stand_in.says(PATIENT, "Buongiorno")
    await bench.stand_in.settled()
    user_id = bench.receiver.messages[0]["from_user_id"]
    await bench.send({"messaging_product": "whatsapp", "recipient": user_id, "text": {"body": "Buongiorno"}})

    assert [message["to"] for message in bench.stand_in.messages(to=PATIENT)] == [PATIENT]


async def test_a_tap_on_a_button_says_which_and_of_what_message(bench: Bench) -> None:
    message_id = await sent(bench, buttons("Sì", "No"))
    status, _ = await bench.control(
        f"patients/{PATIENT}/taps", {"message_id": message_id, "choice_id": "id-No"}
    )

    assert status == 200
    assert await written(bench) == {
        "from": PATIENT,
        "timestamp": MONDAY_SECONDS,
        "type": "interactive",
        "context": {"from": "390255501000", "id": message_id},
        "interactive": {"type": "button_reply", "button_reply": {"id": "id-No", "title": "No"}},
    }


async def test_a_tap_on_a_row_repeats_its_description(bench: Bench) -> None:
    row = {"id": "a", "title": "Ore 9", "description": "con la dottoressa Verdi"}
    message_id = await sent(bench, listing({"rows": [row]}))
    bench.stand_in.taps(PATIENT, message_id, "a")
    message = await written(bench)

    assert message["interactive"] == {"type": "list_reply", "list_reply": row}


async def test_a_tap_on_a_templates_quick_reply_brings_its_payload(bench: Bench) -> None:
    parameters = [{"type": "payload", "payload": "confirm-7"}]
    button = {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": parameters}
    content = {"name": "reminder", "language": {"code": "it"}, "components": [button]}
    message_id = await sent(
        bench,
        {"messaging_product": "whatsapp", "to": "+393331234567", "type": "template", "template": content},
    )
    bench.stand_in.taps(PATIENT, message_id, "confirm-7")

    assert await written(bench) == {
        "from": PATIENT,
        "timestamp": MONDAY_SECONDS,
        "type": "button",
        "context": {"from": "390255501000", "id": message_id},
        "button": {"payload": "confirm-7", "text": "confirm-7"},
    }


async def test_nobody_taps_what_was_not_offered_to_them(bench: Bench) -> None:
    message_id = await sent(bench, listing(rows(2)))
    not_a_row = await bench.control(
        f"patients/{PATIENT}/taps", {"message_id": message_id, "choice_id": "row-9"}
    )
    no_message = await bench.control(
        f"patients/{PATIENT}/taps", {"message_id": "wamid.nothing", "choice_id": "row-0"}
    )
    wrong = {"error": "this message did not offer that choice to this patient"}

    assert not_a_row == (409, wrong)
    assert no_message == (404, {"error": "no message of this id was sent"})
    with pytest.raises(NotOffered):
        bench.stand_in.taps("393330000002", message_id, "row-0")
    assert bench.receiver.messages == []


SENDABLE: dict[str, tuple[dict[str, object], str, list[str]]] = {
    "a photo": (
        {"kind": "image", "caption": "ecco"},
        "image",
        ["caption", "id", "mime_type", "sha256", "url"],
    ),
    "a voice message": ({"kind": "audio"}, "audio", ["id", "mime_type", "sha256", "url", "voice"]),
    "a document": ({"kind": "document"}, "document", ["filename", "id", "mime_type", "sha256", "url"]),
    "a place": ({"kind": "location"}, "location", ["latitude", "longitude"]),
    "a thumb": (
        {"kind": "reaction", "message_id": "wamid.x", "emoji": "👍"},
        "reaction",
        ["emoji", "message_id"],
    ),
    "a thumb taken back": ({"kind": "reaction", "message_id": "wamid.x"}, "reaction", ["message_id"]),
    "a correction": (
        {"kind": "edit", "message_id": "wamid.x", "text": "domani"},
        "edit",
        ["message", "original_message_id"],
    ),
    "a withdrawal": ({"kind": "revoke", "message_id": "wamid.x"}, "revoke", ["original_message_id"]),
    "a poll": ({"kind": "unsupported"}, "unsupported", ["type"]),
    "something new": (
        {"kind": "raw", "type": "hologram", "content": {"hologram": {"beam": 1}}},
        "hologram",
        ["beam"],
    ),
}


@pytest.mark.parametrize(("wish", "kind", "keys"), SENDABLE.values(), ids=SENDABLE)
async def test_a_patient_sends_more_than_words(
    bench: Bench, wish: dict[str, object], kind: str, keys: list[str]
) -> None:
    status, _ = await bench.control(f"patients/{PATIENT}/sends", wish)
    message = await written(bench)

    assert (status, message["type"], sorted(message[kind])) == (200, kind, keys)


async def test_a_patient_shares_the_number_that_was_asked_for(bench: Bench) -> None:
    bench.stand_in.sends("IT.13491208655302741918", {"kind": "contacts", "phone": "+393331234567"})
    message = await written(bench)
    phone = {"phone": "+393331234567", "wa_id": PATIENT, "type": "CELL"}

    assert message["contacts"] == [{"origin": "contact_request", "phones": [phone]}]


async def test_a_webhook_that_is_not_taken_comes_again_with_growing_pauses(start: StartBench) -> None:
    bench = await start(retry_delays=(0.0, 1.0, 2.0))
    bench.receiver.answers = [500, 201, 404, 200]
    (message_id,) = bench.stand_in.says(PATIENT, "Buongiorno")
    await bench.stand_in.settled()
    attempts = [
        (event["event"], event["message_ids"], event["attempts"], event["http_status"])
        for event in bench.stand_in.events(since=1)
    ]

    assert bench.slept == [0.0, 1.0, 2.0]
    assert len({raw for _, raw in bench.receiver.posts}) == 1
    assert attempts == [
        ("webhook_not_taken", [message_id], 1, 500),
        ("webhook_not_taken", [message_id], 2, 201),
        ("webhook_not_taken", [message_id], 3, 404),
        ("webhook_delivered", [message_id], 4, 200),
    ]


async def test_a_webhook_is_given_up_at_last(start: StartBench) -> None:
    bench = await start(retry_delays=(0.0,))
    bench.receiver.answers = [500, 500]
    (message_id,) = bench.stand_in.says(PATIENT, "Buongiorno")
    await bench.stand_in.settled()
    last = bench.stand_in.events()[-1]

    assert len(bench.receiver.posts) == 2
    assert (last["event"], last["message_ids"], last["attempts"]) == ("webhook_dropped", [message_id], 2)


async def test_a_receiver_that_was_down_gets_the_webhook_when_it_is_back(start: StartBench) -> None:
    bench = await start(retry_delays=(0.0,) * 10_000)
    url, bench.stand_in.webhook_url = bench.stand_in.webhook_url, "http://127.0.0.1:1/webhooks/whatsapp"
    (message_id,) = bench.stand_in.says(PATIENT, "Buongiorno")
    not_taken, *_ = await bench.stand_in.wait_for_events(since=1, seconds=10)
    bench.stand_in.webhook_url = url
    await bench.stand_in.settled()

    assert (not_taken["event"], not_taken["http_status"]) == ("webhook_not_taken", 0)
    assert [message["id"] for message in bench.receiver.messages] == [message_id]


async def test_one_patients_webhooks_keep_their_order_at_the_first_attempt(bench: Bench) -> None:
    words = [str(number) for number in range(10)]
    for word in words:
        bench.stand_in.says(PATIENT, word)
    await bench.stand_in.settled()

    assert [message["text"]["body"] for message in bench.receiver.messages] == words


async def test_a_retry_lets_the_next_message_pass(start: StartBench) -> None:
    bench = await start(retry_delays=(0.0,))
    bench.receiver.answers = [500]
    bench.stand_in.says(PATIENT, "uno")
    bench.stand_in.says(PATIENT, "due")
    await bench.stand_in.settled()
    first, *rest = [message["text"]["body"] for message in bench.receiver.messages]

    assert (first, sorted(rest)) == ("uno", ["due", "uno"])


async def test_a_patients_webhook_may_come_twice_after_a_200(start: StartBench) -> None:
    bench = await start(double_inbound_every=2)
    bench.stand_in.says(PATIENT, "uno")
    bench.stand_in.says(PATIENT, "due")
    await bench.stand_in.settled()

    assert [message["text"]["body"] for message in bench.receiver.messages] == ["uno", "due", "due"]


async def test_messages_come_again_in_another_batch(bench: Bench) -> None:
    first = bench.stand_in.says(PATIENT, "uno")
    second = bench.stand_in.says("393330000002", "due")
    await bench.stand_in.settled()
    status, _ = await bench.control("redeliver", {"message_ids": [*first, *second], "times": 3})
    await bench.stand_in.settled()
    again = bench.receiver.values[2:]

    assert status == 200
    assert len(again) == 3
    assert all([message["id"] for message in value["messages"]] == [*first, *second] for value in again)
    assert len(again[0]["contacts"]) == 2
    with pytest.raises(UnknownMessage):
        bench.stand_in.redeliver(["wamid.nothing"])


@pytest.mark.parametrize(("signature", "signed"), [("right", True), ("wrong", False), ("missing", False)])
async def test_any_bytes_are_delivered_as_they_are(bench: Bench, signature: str, signed: bool) -> None:
    raw = b'{"object": "whatsapp_business_account",  "entry": []}'
    as_json = {"Content-Type": "application/json"}
    answer = await bench.client.post(f"/stand-in/deliver?signature={signature}", data=raw, headers=as_json)
    headers, received = bench.receiver.posts[0]

    assert await answer.json() == {"http_status": 200}
    assert received == raw
    assert is_signed(headers, received) is signed


@pytest.mark.parametrize(("token", "is_verified"), [("a verify token", True), ("another", False)])
async def test_the_webhook_is_set_up_when_it_gives_the_challenge_back(
    bench: Bench, token: str, is_verified: bool
) -> None:
    assert await bench.control("subscribe", {"verify_token": token}) == (200, {"is_verified": is_verified})


async def test_a_patients_message_counts_for_the_number_of_bubbles(start: StartBench) -> None:
    bench = await start(throughput=2)
    bench.stand_in.says(PATIENT, ["uno", "due"])
    answer = await bench.send(text())

    assert (await answer.json())["error"]["code"] == 130429


async def test_patients_and_statuses_may_share_one_body(start: StartBench) -> None:
    bench = await start(batch_within=0.5)
    own = bench.stand_in.says(PATIENT, "uno")
    others = bench.stand_in.says("393330000002", "due")
    await bench.stand_in.settled()
    headers, raw = bench.receiver.posts[0]
    entries = json.loads(raw)["entry"]
    told = bench.stand_in.events()[-1]

    assert len(bench.receiver.posts) == 1
    assert is_signed(headers, raw)
    assert [entry["changes"][0]["value"]["messages"][0]["text"]["body"] for entry in entries] == [
        "uno",
        "due",
    ]
    assert (told["event"], told["message_ids"]) == ("webhook_delivered", [*own, *others])


async def test_a_body_holds_a_thousand_updates_at_most(start: StartBench) -> None:
    bench = await start(batch_within=0.5)
    for number in range(1001):
        bench.stand_in.says(PATIENT, str(number))
    await bench.stand_in.settled()

    assert [len(json.loads(raw)["entry"]) for _, raw in bench.receiver.posts] == [1000, 1]


async def test_webhooks_overtake_one_another_when_order_is_not_kept(start: StartBench) -> None:
    first_may_go = asyncio.Event()
    bench = await start(held=first_may_go, keep_order=False, webhook_delay=(0.5, 1.0))
    bench.stand_in.says(PATIENT, "uno")
    bench.stand_in.says(PATIENT, "due")
    await bench.stand_in.wait_for_events(since=2, seconds=10)
    first_may_go.set()
    await bench.stand_in.settled()

    assert [message["text"]["body"] for message in bench.receiver.messages] == ["due", "uno"]
