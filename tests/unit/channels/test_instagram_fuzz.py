"""However a body is broken, reading it raises nothing; a good message is read whatever shape it comes in."""

from typing import Any

import pytest
from broken_json import broken, check, cut, documents, payloads
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.instagram import parse

PAYLOADS = payloads("instagram")
DOCUMENTS = documents(PAYLOADS)


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


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b'{"entry": [{"changes": [{"field": "messages"}]}]}'])
def test_what_says_nothing_reads_as_nobody(body: bytes) -> None:
    assert [event.sender for event in parse(body) if event.sender] == []
