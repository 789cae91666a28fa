"""The stand-in's Messenger side: what a Page may send, what comes back, and patients who write and tap."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientResponse, ServerDisconnectedError, web
from aiohttp.test_utils import TestClient, TestServer
from stand_in_bench import Clock, Receiver

from bot.stand_in import Fault, FaultKind, GraphStandIn, PageAccount, PageSide, StandInOptions

PAGE, ADA, BO = "105554443332221", "7000000000000001", "7000000000000002"
MONDAY_MS = 1795424400000
APP = 300300300300300


@dataclass
class PageBench:
    """A stand-in with a Page behind HTTP on loopback, with a frozen clock and delays that pass at once."""

    stand_in: GraphStandIn
    client: TestClient[web.Request, web.Application]
    receiver: Receiver
    clock: Clock

    @property
    def page(self) -> PageSide:
        assert self.stand_in.messenger is not None
        return self.stand_in.messenger

    @property
    def events(self) -> list[dict[str, Any]]:
        """What the Page's webhook got."""
        bodies = [json.loads(raw) for _, raw in self.receiver.posts]
        return [event for body in bodies for entry in body["entry"] for event in entry["messaging"]]

    async def send(
        self, body: object, *, to: str = PAGE, token: str = "a page token", version: str = "v25.0"
    ) -> ClientResponse:
        headers = {"Authorization": f"Bearer {token}"}
        return await self.client.post(f"/{version}/{to}/messages", json=body, headers=headers)

    async def refusal(self, body: object, **more: str) -> tuple[int, int, int | None]:
        """HTTP status, code and subcode."""
        answer = await self.send(body, **more)
        error = (await answer.json())["error"]
        assert set(error) - {"error_subcode"} == {"message", "type", "code", "fbtrace_id"}
        return answer.status, error["code"], error.get("error_subcode")

    async def control(self, path: str, body: object) -> tuple[int, Any]:
        answer = await self.client.post(f"/stand-in/{path}", json=body)
        return answer.status, await answer.json()


StartPage = Callable[..., Awaitable[PageBench]]


@pytest.fixture
def start_page(
    aiohttp_server: Callable[[web.Application], Awaitable[TestServer]], aiohttp_client: Any
) -> StartPage:
    async def start(**options: Any) -> PageBench:
        clock, receiver = Clock(), Receiver()
        application = web.Application()
        application.router.add_post("/webhooks/messenger", receiver.take)
        application.router.add_get("/webhooks/messenger", receiver.challenge)
        server = await aiohttp_server(application)
        stand_in = GraphStandIn(
            webhook_url="http://127.0.0.1:1/webhooks/whatsapp",
            app_secret="another app secret",
            access_token="another token",
            phone_number_id="106540352242922",
            display_number="+390255501000",
            now=clock.now,
            options=StandInOptions(**options),
            page=PageAccount(
                page_id=PAGE,
                app_secret="a page secret",
                access_token="a page token",
                webhook_url=str(server.make_url("/webhooks/messenger")),
            ),
            sleep=lambda _: asyncio.sleep(0),
        )
        return PageBench(stand_in, await aiohttp_client(stand_in.application()), receiver, clock)

    return start


@pytest.fixture
async def bench(start_page: StartPage) -> PageBench:
    """Ada has written."""
    bench = await start_page()
    bench.page.says(ADA, "Hello")
    await bench.page.settled()
    bench.receiver.posts.clear()
    return bench


def text(said: object = "Good morning", **more: object) -> dict[str, object]:
    return message({"text": said, **more})


def message(content: object, *, to: str = ADA, **more: object) -> dict[str, object]:
    return {"recipient": {"id": to}, "messaging_type": "RESPONSE", "message": content, **more}


def buttons(*titles: str, said: str = "When?") -> dict[str, object]:
    offered = [{"type": "postback", "title": title, "payload": f"tok_{title}"} for title in titles]
    template = {"template_type": "button", "text": said, "buttons": offered}
    return {"attachment": {"type": "template", "payload": template}}


def quick_replies(*titles: str, said: str = "When?") -> dict[str, object]:
    offered = [{"content_type": "text", "title": title, "payload": f"tok_{title}"} for title in titles]
    return {"text": said, "quick_replies": offered}


async def test_a_message_in_order_is_answered_echoed_and_delivered(bench: PageBench) -> None:
    answer = await bench.send(text(metadata="outbox-7"))
    body = await answer.json()
    await bench.stand_in.settled()
    mid = body["message_id"]

    assert (answer.status, body) == (200, {"recipient_id": ADA, "message_id": mid})
    assert bench.events == [
        {
            "sender": {"id": PAGE},
            "recipient": {"id": ADA},
            "timestamp": MONDAY_MS,
            "message": {
                "mid": mid,
                "is_echo": True,
                "app_id": APP,
                "text": "Good morning",
                "metadata": "outbox-7",
            },
        },
        {
            "sender": {"id": ADA},
            "recipient": {"id": PAGE},
            "timestamp": MONDAY_MS,
            "delivery": {"mids": [mid], "watermark": MONDAY_MS},
        },
    ]
    assert bench.stand_in.messages(to=ADA) == [
        {
            "seq": 3,
            "at": "2026-11-23T09:00:00+00:00",
            "channel": "messenger",
            "to": ADA,
            "message_id": mid,
            "status": "delivered",
            "callback_data": "outbox-7",
            "payload": text(metadata="outbox-7"),
        }
    ]


async def test_webhooks_are_signed_with_the_secret_of_the_pages_app(bench: PageBench) -> None:
    bench.page.says(ADA, "più tardi")
    await bench.page.settled()
    headers, raw = bench.receiver.posts[0]

    right = "sha256=" + hmac.new(b"a page secret", raw, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == right
    assert b"pi\\u00f9" in raw
    assert json.loads(raw)["object"] == "page"


async def test_me_is_the_page_of_the_token(bench: PageBench) -> None:
    answer = await bench.send(text(), to="me")

    assert answer.status == 200


@pytest.mark.parametrize(
    "content",
    [
        {"text": "x" * 1999},
        {"text": "ok", "metadata": "x" * 1000},
        quick_replies(*"abcdefghijklm"),
        quick_replies("x" * 20),
        buttons("x" * 20, "b", "c", said="x" * 640),
        {"attachment": {"type": "image", "payload": {"url": "https://example.org/a.jpg"}}},
        {
            "attachment": {
                "type": "template",
                "payload": {
                    "template_type": "generic",
                    "elements": [
                        {
                            "title": "Monday",
                            "subtitle": "dott. Rossi",
                            "buttons": [{"type": "web_url", "title": "Map", "url": "https://example.org"}],
                        }
                    ],
                },
            }
        },
    ],
)
async def test_what_keeps_within_the_limits_is_taken(bench: PageBench, content: object) -> None:
    answer = await bench.send(message(content))

    assert answer.status == 200


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        message({}),
        message({"text": ""}),
        message({"text": " "}),
        message({"text": "x" * 2000}),
        message({"text": 5}),
        message({"text": "a", **buttons("b")}),
        message({"text": "a", "buttons": []}),
        message({"text": "a", "metadata": "x" * 1001}),
        message(quick_replies()),
        message(quick_replies(*"abcdefghijklmn")),
        message(quick_replies("x" * 21)),
        message(quick_replies("")),
        message({"text": "?", "quick_replies": [{"content_type": "text", "title": "a"}]}),
        message(
            {"text": "?", "quick_replies": [{"content_type": "text", "title": "a", "payload": "x" * 1001}]}
        ),
        message({"text": "?", "quick_replies": [{"content_type": "date", "title": "a", "payload": "b"}]}),
        message(buttons()),
        message(buttons(*"abcd")),
        message(buttons("x" * 21)),
        message(buttons("a", said="x" * 641)),
        message({"attachment": {"type": "template", "payload": {"template_type": "list"}}}),
        message({"attachment": {"type": "image", "payload": {}}}),
        {"recipient": {"id": ADA}, "message": {"text": "no type"}},
        {"recipient": {"id": ADA}, "messaging_type": "PROMOTION", "message": {"text": "a"}},
        {"messaging_type": "RESPONSE", "message": {"text": "to nobody"}},
        {"recipient": ADA, "messaging_type": "RESPONSE", "message": {"text": "a"}},
        {**text(), "messaging_type": "MESSAGE_TAG"},
        {**text(), "messaging_type": "MESSAGE_TAG", "tag": "CONFIRMED_EVENT_UPDATE"},
        {**text(), "biz_opaque_callback_data": "this is WhatsApp's"},
    ],
)
async def test_what_does_not_is_refused(bench: PageBench, body: object) -> None:
    http_status, code, _ = await bench.refusal(body)

    assert (http_status, code) == (400, 100)
    assert bench.stand_in.messages() == []


async def test_a_message_and_typing_do_not_go_together(bench: PageBench) -> None:
    assert await bench.refusal({**text(), "sender_action": "typing_on"}) == (400, 100, 2018015)
    assert await bench.refusal({"recipient": {"id": ADA}}) == (400, 100, 2018015)


async def test_the_page_may_show_that_it_types(bench: PageBench) -> None:
    answer = await bench.send({"recipient": {"id": ADA}, "sender_action": "typing_on"})

    assert (answer.status, await answer.json()) == (200, {"recipient_id": ADA})
    assert bench.stand_in.messages() == []


async def test_somebody_who_never_wrote_is_not_known(bench: PageBench) -> None:
    assert await bench.refusal(message({"text": "Hello?"}, to=BO)) == (400, 100, 2018001)


async def test_a_day_after_the_last_word_only_a_person_may_write(bench: PageBench) -> None:
    bench.clock.advance(hours=24)
    by_hand = {**text(), "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}

    assert await bench.refusal(text()) == (400, 10, 2018278)
    assert (await bench.send(by_hand)).status == 200
    bench.clock.advance(days=6)
    assert await bench.refusal(by_hand) == (400, 10, 2018278)


async def test_somebody_who_blocked_the_page_is_not_reached(start_page: StartPage) -> None:
    bench = await start_page(unreachable=frozenset({ADA}))
    bench.page.says(ADA, "Hello")

    assert await bench.refusal(text()) == (400, 551, 1545041)


async def test_a_page_that_sends_too_fast_is_throttled(start_page: StartPage) -> None:
    bench = await start_page(page_throughput=2)
    bench.page.says(ADA, "Hello")
    await bench.send(text())
    await bench.send(text())

    assert await bench.refusal(text()) == (400, 613, None)
    bench.clock.advance(seconds=1)
    assert (await bench.send(text())).status == 200


async def test_each_side_has_a_token_of_its_own(bench: PageBench) -> None:
    assert await bench.refusal(text(), token="another token") == (401, 190, None)
    assert await bench.refusal(text(), to="999", token="another token") == (400, 100, 33)
    assert await bench.refusal(text(), version="v3.0") == (400, 2635, None)


async def test_a_patient_taps_a_button_again_and_again(bench: PageBench) -> None:
    answer = await bench.send(message(buttons("Yes", "No")))
    mid = (await answer.json())["message_id"]
    await bench.stand_in.settled()
    bench.receiver.posts.clear()
    first = bench.page.taps(ADA, mid, "tok_Yes")
    second = bench.page.taps(ADA, mid, "tok_Yes")
    await bench.stand_in.settled()

    assert [event["postback"] for event in bench.events] == [
        {"mid": tap, "title": "Yes", "payload": "tok_Yes"} for tap in (*first, *second)
    ]


async def test_a_quick_reply_is_a_message_and_gone_with_the_next(bench: PageBench) -> None:
    answer = await bench.send(message(quick_replies("09:00", "10:00", "11:00", "12:00")))
    mid = (await answer.json())["message_id"]
    await bench.stand_in.settled()
    bench.receiver.posts.clear()
    path = f"patients/{ADA}/taps?channel=messenger"
    status, body = await bench.control(path, {"message_id": mid, "choice_id": "tok_10:00"})
    again, _ = await bench.control(path, {"message_id": mid, "choice_id": "tok_10:00"})
    await bench.stand_in.settled()

    assert (status, again) == (200, 409)
    assert [event["message"] for event in bench.events] == [
        {"mid": body["message_ids"][0], "text": "10:00", "quick_reply": {"payload": "tok_10:00"}}
    ]


async def test_nobody_taps_what_was_not_offered_to_them(bench: PageBench) -> None:
    answer = await bench.send(message(buttons("Yes")))
    mid = (await answer.json())["message_id"]

    async def tap(who: str, message_id: str, choice: str) -> int:
        body = {"message_id": message_id, "choice_id": choice}
        return (await bench.control(f"patients/{who}/taps?channel=messenger", body))[0]

    assert await tap(ADA, mid, "tok_No") == 409
    assert await tap(BO, mid, "tok_Yes") == 409
    assert await tap(ADA, "m_unknown", "tok_Yes") == 404


async def test_a_look_at_the_chat_is_one_watermark_for_all_messages(bench: PageBench) -> None:
    for _ in range(2):
        await bench.send(text())
    await bench.stand_in.settled()
    bench.receiver.posts.clear()
    bench.clock.advance(minutes=1)
    looked = bench.page.reads(ADA)
    again = bench.page.reads(ADA)
    await bench.stand_in.settled()

    assert (len(looked), again) == (2, ())
    assert [event.get("read") for event in bench.events] == [{"watermark": MONDAY_MS + 60_000}]
    assert [sent["status"] for sent in bench.stand_in.messages()] == ["read", "read"]


async def test_what_staff_write_from_the_pages_inbox_is_echoed_without_metadata(bench: PageBench) -> None:
    status, body = await bench.control(f"patients/{ADA}/hears?channel=messenger", {"text": "Anna here"})
    await bench.stand_in.settled()

    assert status == 200
    assert [event["message"] for event in bench.events] == [
        {
            "mid": body["message_ids"][0],
            "is_echo": True,
            "app_id": 263902037430900,
            "text": "Anna here",
        }
    ]


@pytest.mark.parametrize(
    ("wish", "key", "content"),
    [
        ({"kind": "image"}, "message", {"attachments": [{"type": "image", "payload": {"url": "URL"}}]}),
        ({"kind": "unsupported"}, "message", {"is_unsupported": True}),
        ({"kind": "get_started"}, "postback", {"title": "Get Started", "payload": "GET_STARTED"}),
        (
            {"kind": "reaction", "message_id": "m_1", "emoji": "❤"},
            "reaction",
            {"mid": "m_1", "action": "react", "reaction": "other", "emoji": "❤"},
        ),
        (
            {"kind": "edit", "message_id": "m_1", "text": "no"},
            "message_edit",
            {"mid": "m_1", "text": "no", "num_edit": 1},
        ),
        ({"kind": "unsend", "message_id": "m_1"}, "message", {"mid": "m_1", "is_deleted": True}),
        ({"kind": "raw", "content": {"telepathy": {"a": 1}}}, "telepathy", {"a": 1}),
    ],
)
async def test_patients_send_more_than_words(
    bench: PageBench, wish: dict[str, object], key: str, content: dict[str, object]
) -> None:
    status, body = await bench.control(f"patients/{ADA}/sends?channel=messenger", wish)
    await bench.stand_in.settled()
    (event,) = bench.events
    found = event[key]
    if "mid" not in content:
        assert found.pop("mid", body["message_ids"][0]) == body["message_ids"][0]
    for attachment in found.get("attachments", []):
        attachment["payload"]["url"] = "URL"

    assert (status, event["sender"], found) == (200, {"id": ADA}, content)


async def test_two_bubbles_travel_in_one_webhook_and_can_come_again(bench: PageBench) -> None:
    status, body = await bench.control(f"patients/{BO}/says?channel=messenger", {"text": ["one", "two"]})
    await bench.stand_in.settled()
    again, _ = await bench.control(
        "redeliver?channel=messenger", {"message_ids": body["message_ids"], "times": 2}
    )
    await bench.stand_in.settled()

    assert (status, again, len(bench.receiver.posts)) == (200, 200, 3)
    assert [event["message"]["text"] for event in bench.events] == ["one", "two"] * 3
    assert len({event["message"]["mid"] for event in bench.events}) == 2


async def test_a_dropped_connection_is_a_message_sent_all_the_same(bench: PageBench) -> None:
    bench.page.set_fault(Fault(kind=FaultKind.DROP))

    with pytest.raises(ServerDisconnectedError):
        await bench.send(text(metadata="outbox-7"))
    await bench.stand_in.settled()
    assert [event["message"]["metadata"] for event in bench.events if "message" in event] == ["outbox-7"]


@pytest.mark.parametrize(
    ("fault", "http_status", "sent"),
    [
        ({"kind": "server_error"}, 500, 0),
        ({"kind": "bad_gateway"}, 502, 0),
        ({"kind": "error_after_sending"}, 500, 1),
        ({"kind": "no_id"}, 200, 1),
        ({"kind": "slow", "seconds": 3}, 200, 1),
        ({"kind": "refuse", "code": 10, "subcode": 2018108}, 403, 0),
    ],
)
async def test_what_goes_wrong_when_asked(
    bench: PageBench, fault: dict[str, object], http_status: int, sent: int
) -> None:
    status, _ = await bench.control("faults?channel=messenger", fault)
    answer = await bench.send(text())

    assert (status, answer.status, len(bench.stand_in.messages())) == (200, http_status, sent)


async def test_messenger_never_tells_of_a_failure_later(bench: PageBench) -> None:
    status, _ = await bench.control("faults?channel=messenger", {"kind": "fail_later"})

    assert status == 400


async def test_echoes_get_lost_and_come_twice_when_asked(start_page: StartPage) -> None:
    lossy, doubling = await start_page(lose_status_every=2), await start_page(double_status_every=1)
    for bench in (lossy, doubling):
        bench.page.says(ADA, "Hello")
        await bench.send(text())
        await bench.stand_in.settled()
    kinds = [
        ["echo" if "message" in event else "delivery" for event in bench.events[1:]]
        for bench in (lossy, doubling)
    ]

    assert kinds == [["echo"], ["echo", "echo", "delivery", "delivery"]]


async def test_the_pages_webhook_is_verified_with_its_own_door(bench: PageBench) -> None:
    right, _ = await bench.control("subscribe?channel=messenger", {"verify_token": "a verify token"})
    deliver = await bench.client.post(
        "/stand-in/deliver?channel=messenger&signature=missing",
        data=b"{}",
        headers={"Content-Type": "application/json"},
    )

    assert right == 200
    assert await deliver.json() == {"http_status": 200}
    assert "X-Hub-Signature-256" not in bench.receiver.posts[-1][0]


async def test_a_patient_on_messenger_is_a_page_scoped_id(bench: PageBench) -> None:
    wrong, body = await bench.control("patients/IT.1234/says?channel=messenger", {"text": "x"})
    channel, _ = await bench.control(f"patients/{ADA}/says?channel=telegram", {"text": "x"})

    assert (wrong, channel) == (400, 400)
    assert body == {"error": "a patient on Messenger is a Page-scoped id of 10 to 20 digits"}


async def test_a_stand_in_without_a_page_has_no_messenger() -> None:
    plain = GraphStandIn(
        webhook_url="http://127.0.0.1:1/",
        app_secret="a",
        access_token="b",
        phone_number_id="1",
        display_number="+390255501000",
        now=Clock().now,
    )
    async with TestClient(TestServer(plain.application())) as client:
        answer = await client.post(f"/stand-in/patients/{ADA}/says?channel=messenger", json={"text": "x"})
        sent = await client.post("/v25.0/me/messages", json=text(), headers={"Authorization": "Bearer b"})

        assert (answer.status, sent.status) == (400, 400)
