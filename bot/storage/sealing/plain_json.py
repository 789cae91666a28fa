"""JSON as it is sealed: as fast as it gets, and for whatever patients send.

The fast library refuses what is no proper Unicode, or a number of more than 64 bits; the standard one takes
it, and a blank before it says so, since the fast one would read such a number as another one.
"""

import json
from typing import Any

import orjson

_encode = json.JSONEncoder(separators=(",", ":")).encode
_WRITTEN_BY_THE_STANDARD_ONE = b" "
_ONLY_JSON = (  # a date that slips in would come back as a string
    orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
)


def as_bytes(value: Any) -> bytes:
    """Raises TypeError for what is not JSON."""
    try:
        return orjson.dumps(value, option=_ONLY_JSON)
    except TypeError:
        return _WRITTEN_BY_THE_STANDARD_ONE + _encode(value).encode()


def from_bytes(written: bytes) -> Any:
    if written.startswith(_WRITTEN_BY_THE_STANDARD_ONE):
        return json.loads(written)
    try:
        return orjson.loads(written)
    except orjson.JSONDecodeError:  # as it was written before there was a fast one
        return json.loads(written)
