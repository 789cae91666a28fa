"""JSON as nobody should send it, and what every event read from it still is."""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from bot.channels.event_line import event_line
from bot.domain.conversation import InboundEvent, InboundKind

Parse = Callable[[bytes], tuple[InboundEvent, ...]]

_WIRE = Path(__file__).parents[2] / "wire"

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


def payloads(channel: str) -> list[bytes]:
    """The bodies in tests/wire."""
    return [each.read_bytes() for each in sorted((_WIRE / channel).glob("*.json"))]


def documents(bodies: list[bytes]) -> list[Any]:
    """Those of them that are JSON."""
    return list(_documents(bodies))


def _documents(bodies: list[bytes]) -> Iterator[Any]:
    for body in bodies:
        try:
            yield json.loads(body)
        except (ValueError, RecursionError):
            continue


def broken(document: Any, data: st.DataObject) -> bytes:
    """The document with up to four values taken out or replaced."""
    changed = copy.deepcopy(document)
    for _ in range(data.draw(st.integers(1, 4))):
        found = list(_places(changed))
        if not found:
            break
        container, key = data.draw(st.sampled_from(found))
        if isinstance(container, dict) and data.draw(st.booleans()):
            del container[key]
        else:
            container[key] = data.draw(junk)
    return json.dumps(changed).encode()


def cut(payload: bytes, data: st.DataObject) -> bytes:
    """The bytes with some cut out and others put in."""
    start = data.draw(st.integers(0, len(payload)))
    end = data.draw(st.integers(start, min(len(payload), start + 30)))
    return payload[:start] + data.draw(st.binary(max_size=6)) + payload[end:]


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a document."""
    for key in list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield node, key
        yield from _places(node[key])


def check(body: bytes, parse: Parse) -> None:
    """Whole events, storable anywhere; the same body reads the same again."""
    events = parse(body)

    for event in events:
        assert event.id and len(event.id) <= 256
        assert event.kind is not InboundKind.TEXT or event.text is not None
        assert event.kind is not InboundKind.CHOICE or event.payload is not None
        assert (event.kind in (InboundKind.STATUS, InboundKind.READ)) is (event.status is not None)
        assert event.at is None or event.at.tzinfo is UTC
        assert event.sender is None or event.sender not in event.aliases
        parts = (*event_line(event).values(), *event.aliases, event.phone, event.profile_name)
        for part in filter(None, parts):
            assert "\0" not in part.encode("utf-8").decode("utf-8")
    assert parse(body) == events
