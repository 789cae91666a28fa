"""However a body is broken, reading it raises nothing, and its good neighbours are read."""

import json
from typing import Any

from broken_json import broken, check, cut, documents, junk, payloads
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.event_line import event_line
from bot.channels.messenger import parse

PAYLOADS = payloads("messenger")
DOCUMENTS = documents(PAYLOADS)

GOOD: dict[str, Any] = {
    "sender": {"id": "7000000000000001"},
    "recipient": {"id": "1"},
    "timestamp": 1795082400000,
    "message": {"mid": "m_GOOD", "text": "I am fine"},
}


@given(st.sampled_from(DOCUMENTS), st.data())
def test_a_payload_with_wrong_values_anywhere_reads_as_whole_events(
    document: Any, data: st.DataObject
) -> None:
    check(broken(document, data), parse)


@given(st.sampled_from(PAYLOADS), st.data())
def test_a_payload_with_bytes_cut_out_or_put_in_reads_as_whole_events(
    payload: bytes, data: st.DataObject
) -> None:
    check(cut(payload, data), parse)


@given(st.binary(max_size=200))
def test_any_bytes_read_as_no_events_or_whole_ones(body: bytes) -> None:
    check(body, parse)


@given(
    junk,
    junk,
    st.sampled_from(["message", "postback", "delivery", "read", "reaction", "message_edit", "optin", "x"]),
)
def test_a_good_message_is_read_whatever_stands_beside_it(before: Any, after: Any, key: str) -> None:
    events = [before, {key: before}, GOOD, {"sender": after, key: after}, after]
    body = {"object": before, "entry": [before, {"id": "1", "messaging": events, "standby": after}, after]}

    lines = [event_line(event) for event in parse(json.dumps(body).encode())]

    assert [line for line in lines if line["id"] == "m_GOOD"] == [
        {
            "kind": "text",
            "channel": "messenger",
            "account": "1",
            "id": "m_GOOD",
            "sender": "7000000000000001",
            "at": "2026-11-19T10:00:00Z",
            "text": "I am fine",
            "payload": None,
        }
    ]


def test_a_thousand_events_in_one_body_are_all_read_in_order() -> None:
    events = [GOOD | {"message": {"mid": f"m_{n}", "text": "x" * 2900}} for n in range(1000)]
    body = json.dumps({"object": "page", "entry": [{"id": "1", "messaging": events}]}).encode()

    assert [event.id for event in parse(body)] == [f"m_{n}" for n in range(1000)]
