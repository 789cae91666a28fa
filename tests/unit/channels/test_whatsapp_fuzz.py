"""However a body is broken, reading it raises nothing, and its good neighbours are read."""

import json
from typing import Any

from broken_json import broken, check, cut, documents, junk, payloads
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.event_line import event_line
from bot.channels.whatsapp import parse
from bot.domain.conversation import InboundKind

PAYLOADS = payloads("whatsapp")
DOCUMENTS = documents(PAYLOADS)

GOOD = {
    "from": "447700900101",
    "id": "wamid.GOOD",
    "timestamp": "1795082400",
    "type": "text",
    "text": {"body": "I am fine"},
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


@given(junk, junk, st.sampled_from(["messages", "statuses", "contacts", "errors", "calls", "message_echoes"]))
def test_a_good_message_is_read_whatever_stands_beside_it(before: Any, after: Any, where: str) -> None:
    value: dict[str, Any] = {"metadata": {"phone_number_id": "1"}, where: [before, after]}
    value["messages"] = [before, GOOD, after]
    body = {"entry": [before, {"changes": [after, {"field": "messages", "value": value}, before]}, after]}

    lines = [event_line(event) for event in parse(json.dumps(body).encode())]

    assert [line for line in lines if line["id"] == "wamid.GOOD"] == [
        {
            "kind": "text",
            "channel": "whatsapp",
            "account": "1",
            "id": "wamid.GOOD",
            "sender": "447700900101",
            "at": "2026-11-19T10:00:00Z",
            "text": "I am fine",
            "payload": None,
        }
    ]


def test_a_thousand_updates_in_one_body_are_all_read_in_order() -> None:
    value = {
        "metadata": {"phone_number_id": "1"},
        "messages": [GOOD | {"id": f"wamid.{n}", "text": {"body": "x" * 2900}} for n in range(1000)],
    }
    body = json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()

    assert [event.id for event in parse(body)] == [f"wamid.{n}" for n in range(1000)]


def test_a_body_a_hundred_thousand_levels_deep_is_read_around() -> None:
    for bracket in ("[", '{"a":', '[{"text":'):
        close = "".join({"[": "]", "{": "}"}[each] for each in reversed(bracket) if each in "[{")
        deep = bracket * 100_000 + "1" + close * 100_000
        messages = f'[{deep},{json.dumps(GOOD)},{{"text":{deep}}}]'
        body = f'{{"entry":[{deep},{{"changes":[{{"value":{{"messages":{messages}}}}}]}}]}}'

        assert "wamid.GOOD" in [event.id for event in parse(body.encode())]
        assert parse(deep.encode()) == ()
        assert parse(f'{{"entry":{bracket * 100_000}'.encode()) == ()


def test_a_string_without_an_end_below_deep_brackets_is_read_once_not_from_each_of_its_quotes() -> None:
    escaped_quotes = '\\"' * 1_000_000  # would take days

    assert parse(f'{{"entry":{"[" * 2000}"{escaped_quotes}'.encode()) == ()


def test_an_edit_of_an_edit_of_an_edit_is_read() -> None:
    for depth in (10, 300, 450, 490, 10_000):
        inner = '{"type":"text","text":{"body":"x"}}'
        edit = '{"type":"edit","id":"1","edit":{"message":' * depth + inner + "}}" * depth
        body = f'{{"entry":[{{"changes":[{{"value":{{"messages":[{edit}]}}}}]}}]}}'

        assert [event.kind for event in parse(body.encode())] == [InboundKind.EDIT]
