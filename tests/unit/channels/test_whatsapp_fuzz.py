"""However a body is broken, reading it raises nothing, and its good neighbours are read."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.event_line import event_line
from bot.channels.whatsapp import parse
from bot.domain.conversation import InboundKind

_TAKEN = Path(__file__).parents[2] / "wire" / "whatsapp"
PAYLOADS = [each.read_bytes() for each in sorted(_TAKEN.glob("*.json"))]


def _documents() -> Iterator[Any]:
    for payload in PAYLOADS:
        try:
            yield json.loads(payload)
        except (ValueError, RecursionError):
            continue


DOCUMENTS = list(_documents())

GOOD = {
    "from": "447700900101",
    "id": "wamid.GOOD",
    "timestamp": "1795082400",
    "type": "text",
    "text": {"body": "I am fine"},
}

junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["", "\ud800", "\0", "text", "GB.1", "447700900101", "9" * 400, 10**30, -1, 1795082400]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a document."""
    for key in list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield node, key
        yield from places(node[key])


@given(st.sampled_from(DOCUMENTS), st.data())
def test_a_payload_with_wrong_values_anywhere_reads_as_whole_events(
    document: Any, data: st.DataObject
) -> None:
    broken = copy.deepcopy(document)
    for _ in range(data.draw(st.integers(1, 4))):
        found = list(places(broken))
        if not found:
            break
        container, key = data.draw(st.sampled_from(found))
        if isinstance(container, dict) and data.draw(st.booleans()):
            del container[key]
        else:
            container[key] = data.draw(junk)

    check(json.dumps(broken).encode())


@given(st.sampled_from(PAYLOADS), st.data())
def test_a_payload_with_bytes_cut_out_or_put_in_reads_as_whole_events(
    payload: bytes, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(payload)))
    end = data.draw(st.integers(start, min(len(payload), start + 30)))

    check(payload[:start] + data.draw(st.binary(max_size=6)) + payload[end:])


@given(st.binary(max_size=200))
def test_any_bytes_read_as_no_events_or_whole_ones(body: bytes) -> None:
    check(body)


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


def test_an_edit_of_an_edit_of_an_edit_is_read() -> None:
    for depth in (10, 300, 450, 490, 10_000):
        inner = '{"type":"text","text":{"body":"x"}}'
        edit = '{"type":"edit","id":"1","edit":{"message":' * depth + inner + "}}" * depth
        body = f'{{"entry":[{{"changes":[{{"value":{{"messages":[{edit}]}}}}]}}]}}'

        assert [event.kind for event in parse(body.encode())] == [InboundKind.OTHER]


def check(body: bytes) -> None:
    """Whole events, storable anywhere; the same body reads the same again."""
    events = parse(body)

    for event in events:
        assert event.id and len(event.id) <= 256
        assert event.kind is not InboundKind.TEXT or event.text is not None
        assert event.kind is not InboundKind.CHOICE or event.payload is not None
        assert (event.kind is InboundKind.STATUS) is (event.status is not None)
        assert event.at is None or event.at.tzinfo is UTC
        assert event.sender is None or event.sender not in event.aliases
        parts = (*event_line(event).values(), *event.aliases, event.phone, event.profile_name)
        for part in filter(None, parts):
            assert "\0" not in part.encode("utf-8").decode("utf-8")
    assert parse(body) == events
