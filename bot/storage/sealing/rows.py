"""Rows of one practice as values: what is sealed in them opened, what is opened sealed."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from sqlalchemy import Connection

from bot.domain.conversation import (
    Address,
    Choice,
    FormCall,
    LinkButton,
    Media,
    MediaKind,
    Place,
    Reply,
    TemplateCall,
)
from bot.domain.pipeline import Contact
from bot.storage.sealing.plain_json import as_bytes, from_bytes
from bot.storage.sealing.seal import Keyring
from bot.storage.tables import from_stamp


class SealedRows:
    """What the rooms of the store share: the practice, and its keys."""

    def __init__(self, practice: str, keyring: Keyring) -> None:
        self.practice = practice
        self.keyring = keyring

    def seal(self, connection: Connection, owner: str, value: Mapping[str, Any]) -> bytes:
        return self.keyring.seal(connection, owner, as_bytes(value))

    def open(self, connection: Connection, owner: str, sealed: bytes) -> dict[str, Any]:
        value: dict[str, Any] = from_bytes(self.keyring.open(connection, owner, sealed))
        return value

    def hashed(self, channel_id: str) -> str:
        """A channel's message id, to be found again: WhatsApp's contain the phone number, in base64."""
        return self.keyring.handle(channel_id) if channel_id else ""

    def contact(
        self, connection: Connection, id: str, channel: str, account: str, sealed: bytes, informed: int | None
    ) -> Contact:
        who = self.open(connection, id, sealed)
        return Contact(
            id=id,
            address=Address(
                channel=channel, account=account, recipient=who["recipient"], phone=who.get("phone")
            ),
            profile_name=who.get("name"),
            informed_at=from_stamp(informed) if informed else None,
        )


def reply_from(content: Mapping[str, Any]) -> Reply:
    more: dict[str, Any] = content.get("more", {})
    return Reply(
        text=content["text"],
        choices=tuple(
            Choice(title=title, payload=payload, description=description)
            for title, payload, description in content["choices"]
        ),
        menu=content.get("menu", ""),
        media=_made(Media, more.get("media")),
        place=_made(Place, more.get("place")),
        link=_made(LinkButton, more.get("link")),
        form=_made(FormCall, more.get("form")),
        asks_phone=more.get("asks_phone", False),
        template=_template(more.get("template")),
    )


def reply_to_json(reply: Reply) -> dict[str, Any]:
    content: dict[str, Any] = {
        "text": reply.text,
        "choices": [[c.title, c.payload, c.description] for c in reply.choices],
    }
    if reply.menu:
        content["menu"] = reply.menu
    parts = {name: getattr(reply, name) for name in ("media", "place", "link", "form", "template")}
    more: dict[str, Any] = {name: asdict(part) for name, part in parts.items() if part is not None}
    if reply.asks_phone:
        more["asks_phone"] = True
    if more:
        content["more"] = more
    return content


_Part = TypeVar("_Part", Media, Place, LinkButton, FormCall)


def _made(kind: type[_Part], content: Mapping[str, Any] | None) -> _Part | None:
    if content is None:
        return None
    return kind(**{**content, "kind": MediaKind(content["kind"])}) if kind is Media else kind(**content)


def _template(content: Mapping[str, Any] | None) -> TemplateCall | None:
    if content is None:
        return None
    links = tuple((place, value) for place, value in content["links"])
    return TemplateCall(**{**content, "replies": tuple(content["replies"]), "links": links})
