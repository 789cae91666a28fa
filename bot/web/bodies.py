"""Bodies of requests: JSON of a known shape, and nothing besides."""

from typing import TypeVar

import pydantic
from aiohttp import web

#: A name that a browser makes up for one message or change: the same one again is the same change.
MESSAGE_ID = r"^[0-9a-zA-Z-]{16,64}$"


class Strict(pydantic.BaseModel):
    """Unknown keys and values of another type are refused."""

    model_config = pydantic.ConfigDict(extra="forbid", strict=True)


Body = TypeVar("Body", bound=Strict)


async def read(request: web.Request, kind: type[Body]) -> Body:
    """The body, as this kind. Raises pydantic.ValidationError."""
    return kind.model_validate_json(await request.read() or b"{}")
