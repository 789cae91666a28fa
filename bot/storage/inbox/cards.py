"""Context cards from the pipeline's tables. Implements service.card.Cards."""

import json
from typing import Any

from sqlalchemy import Connection, select

from bot.domain.pipeline import BOT
from bot.service.inbox.card import CardLine, CardSource, CardTurn, card_lines
from bot.service.inbox.desk import UnknownConversation
from bot.service.turns.turn import reply_id
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.outreach.chosen_channels import SqlChosenChannels
from bot.storage.sealing.seal import Keyring

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_turn = t.TurnRow.__table__  # type: ignore[attr-defined]
_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]
_REPLIES = (2, 1, 0)  # of a turn, the last one first
_TURNS = 60  # the latest; what is older nobody needs at a glance


class SqlCards:
    """One practice's cards."""

    def __init__(
        self,
        database: Database,
        *,
        practice: str,
        keyring: Keyring,
        chosen: SqlChosenChannels | None = None,
    ) -> None:
        self._database = database
        self._practice = practice
        self._keyring = keyring
        self._chosen = chosen

    async def card(self, conversation: str) -> tuple[CardLine, ...]:
        source = await self._database.read(lambda connection: self._source(connection, conversation))
        return card_lines(source)

    def _source(self, connection: Connection, conversation: str) -> CardSource:
        row = connection.execute(
            select(_conversation.c.sealed, _contact.c.sealed.label("who"))
            .join(_contact, _contact.c.id == _conversation.c.id)
            .where(_conversation.c.id == conversation, _conversation.c.practice == self._practice)
        ).first()
        if row is None:
            raise UnknownConversation("no such conversation; it may belong to another practice")
        who = self._open(connection, conversation, row.who)
        state = self._open(connection, conversation, row.sealed) if row.sealed else {}
        turns, first = self._turns(connection, conversation)
        chosen = self._chosen.read(connection, conversation) if self._chosen is not None else None
        return CardSource(
            slots=(state.get("slots") or {}) | {"language": state.get("language")},
            turns=turns,
            profile=who.get("name"),
            phone=who.get("phone"),
            reached_by=chosen.channel if chosen is not None else None,
            first_message=first,
        )

    def _turns(self, connection: Connection, conversation: str) -> tuple[tuple[CardTurn, ...], str | None]:
        """The latest turns, oldest first; and the first message there is."""
        heard: dict[str, list[str]] = {}
        first = None
        messages = select(_inbox.c.id, _inbox.c.turn).where(_inbox.c.conversation == conversation)
        for message in connection.execute(messages.order_by(_inbox.c.id)):
            first = first or f"in-{message.id}"
            heard.setdefault(message.turn, []).append(f"in-{message.id}")
        replies = select(_outbox.c.seq, _outbox.c.id).where(
            _outbox.c.conversation == conversation, _outbox.c.author == BOT
        )
        said = {reply.id: f"out-{reply.seq}" for reply in connection.execute(replies)}
        rows = connection.execute(
            select(_turn)
            .where(_turn.c.conversation == conversation, _turn.c.sealed.is_not(None))
            .order_by(_turn.c.started_at.desc())
            .limit(_TURNS)
        ).all()
        turns = tuple(
            CardTurn(
                journal=self._open(connection, conversation, row.sealed),
                heard=tuple(heard.get(row.id, ())),
                said=next((said[id] for n in _REPLIES if (id := reply_id(row.id, n)) in said), None),
            )
            for row in reversed(rows)
        )
        return turns, first

    def _open(self, connection: Connection, owner: str, sealed: bytes) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self._keyring.open(connection, owner, sealed))
        return value
