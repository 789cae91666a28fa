"""What the assistant only suggests, as rows: staged with the turn, decided by a person, recalled when the
patient writes again.

A suggestion's words are outbox rows in state `drafted`, which delivery never sees. Until somebody decides,
the conversation stays the assistant's, names the turn in `draft`, and has an open hand-off with the reason
below. Everything here is called within somebody's unit of work.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.domain.conversation import InboundKind
from bot.domain.drafts import COUNTED, ENOUGH, Fate, is_ready
from bot.domain.pipeline import OutboxState, TurnCommit
from bot.storage import tables as t
from bot.storage.inbox import draft_tables
from bot.storage.sealing.seal import Keyring

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_turn = t.TurnRow.__table__  # type: ignore[attr-defined]
_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]
_draft = draft_tables.DraftRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Decided:
    """A suggestion that somebody decided: its flows, and those that are ready to go alone since then."""

    flows: tuple[str, ...]
    ready: tuple[str, ...]


class Drafts:
    """One practice's."""

    def __init__(self, practice: str, keyring: Keyring) -> None:
        self._practice = practice
        self._keyring = keyring

    # -- staging ------------------------------------------------------------------------------------------

    def stage(self, connection: Connection, turn: TurnCommit, *, at: int) -> None:
        """With the turn that suggests; its outbox rows are staged as drafted ones beside."""
        assert turn.draft is not None
        before = turn.draft.before
        sealed = None if before is None else self._seal(connection, turn.conversation, before)
        connection.execute(
            insert(_draft),
            {
                "turn": turn.turn,
                "practice": self._practice,
                "conversation": turn.conversation,
                "flow": turn.draft.flow,
                "before": sealed,
                "wrote": turn.draft.wrote,
                "informed": turn.draft.informed,
                "created_at": at,
            },
        )
        self._name(connection, turn.conversation, turn.turn)

    def recall(self, connection: Connection, conversation: str, members: Sequence[int]) -> bool:
        """The patient wrote on before anybody decided: the suggestion's messages wait again, together with
        these, in the dialogue as it was before it. False where that cannot be: the turn wrote into a diary,
        or what was written then and now is not typed text alone."""
        open_ones = self.open_ones(connection, conversation)
        if not open_ones or open_ones[-1].wrote:
            return False
        last = open_ones[-1]
        kinds = select(_inbox.c.kind).where(
            (_inbox.c.conversation == conversation)
            & ((_inbox.c.turn == last.turn) | _inbox.c.id.in_(members))
        )
        if set(connection.execute(kinds).scalars()) != {InboundKind.TEXT}:
            return False
        self._decide(connection, [last], Fate.STALE, by=None, at=None)
        connection.execute(update(_inbox).where(_inbox.c.turn == last.turn).values(state="new", turn=None))
        connection.execute(delete(_turn).where(_turn.c.id == last.turn))
        connection.execute(
            update(_conversation)
            .where(_conversation.c.id == conversation)
            .values(
                sealed=last.before,
                version=_conversation.c.version + 1,
                draft=open_ones[-2].turn if len(open_ones) > 1 else None,
            )
        )
        return True

    # -- deciding -----------------------------------------------------------------------------------------

    def send(
        self, connection: Connection, conversation: str, text: str | None, *, who: str, at: int
    ) -> Decided:
        """Queue the suggestion's messages; with a `text`, that one instead of theirs, with the last's
        choices. The next to be posted come after whatever is queued already."""
        open_ones = self.open_ones(connection, conversation)
        rows = self.rows_of(connection, open_ones)
        for row in rows[:-1] if text is not None else ():
            connection.execute(
                update(_outbox).where(_outbox.c.seq == row.seq).values(state=OutboxState.DROPPED)
            )
        for row in rows if text is None else rows[-1:]:
            content = self._open(connection, conversation, row.sealed) | {"sent_by": who}
            if text is not None:
                content["text"] = text
            connection.execute(
                update(_outbox)
                .where(_outbox.c.seq == row.seq)
                .values(
                    state=OutboxState.QUEUED,
                    created_at=at,
                    not_before=at,
                    sealed=self._seal(connection, conversation, content),
                )
            )
        for each in open_ones:
            if each.informed:
                self._note_informed(connection, conversation, each.turn, at)
        fate = Fate.UNCHANGED if text is None else Fate.CHANGED
        return self._settle(connection, conversation, open_ones, fate, by=who, at=at)

    def discard(
        self, connection: Connection, conversation: str, fate: Fate, *, by: str | None, at: int
    ) -> Decided:
        """Nothing of it goes out. Without a suggestion nothing happens."""
        return self._settle(
            connection, conversation, self.open_ones(connection, conversation), fate, by=by, at=at
        )

    def _settle(
        self,
        connection: Connection,
        conversation: str,
        drafts: Sequence[Any],
        fate: Fate,
        *,
        by: str | None,
        at: int,
    ) -> Decided:
        self._decide(connection, drafts, fate, by=by, at=at)
        if drafts:
            self._name(connection, conversation, None)
        flows = tuple(dict.fromkeys(each.flow for each in drafts))
        counts = fate in COUNTED
        return Decided(flows, tuple(f for f in flows if counts and self.is_ready(connection, f)))

    def _decide(
        self, connection: Connection, drafts: Sequence[Any], fate: Fate, *, by: str | None, at: int | None
    ) -> None:
        turns = [each.turn for each in drafts]
        connection.execute(
            update(_draft).where(_draft.c.turn.in_(turns)).values(fate=fate, decided_by=by, decided_at=at)
        )
        connection.execute(
            update(_outbox)
            .where(_outbox.c.draft.in_(turns), _outbox.c.state == OutboxState.DRAFTED)
            .values(state=OutboxState.DROPPED)
        )

    # -- looking ------------------------------------------------------------------------------------------

    def open_ones(self, connection: Connection, conversation: str) -> Sequence[Any]:
        """Oldest first. Several where the patient went on in a way that could not be one turn."""
        rows = select(_draft).where(_draft.c.conversation == conversation, _draft.c.fate.is_(None))
        return connection.execute(rows.order_by(_draft.c.created_at, _draft.c.turn)).all()

    def is_ready(self, connection: Connection, flow: str) -> bool:
        """Whether its latest suggestions say that it may go alone."""
        latest = (
            select(_draft.c.fate)
            .where(
                _draft.c.practice == self._practice,
                _draft.c.flow == flow,
                _draft.c.fate.in_([str(fate) for fate in COUNTED]),
            )
            .order_by(_draft.c.decided_at.desc())
            .limit(ENOUGH)
        )
        return is_ready([Fate(fate) for fate in connection.execute(latest).scalars()])

    def rows_of(self, connection: Connection, drafts: Sequence[Any]) -> Sequence[Any]:
        """The outbox rows of these suggestions that nobody has decided, in their order."""
        turns = [each.turn for each in drafts]
        rows = select(_outbox).where(_outbox.c.draft.in_(turns), _outbox.c.state == OutboxState.DRAFTED)
        return connection.execute(rows.order_by(_outbox.c.seq)).all()

    def _name(self, connection: Connection, conversation: str, turn: str | None) -> None:
        connection.execute(update(_conversation).where(_conversation.c.id == conversation).values(draft=turn))

    def _note_informed(self, connection: Connection, conversation: str, turn: str, at: int) -> None:
        sealed = connection.execute(select(_turn.c.sealed).where(_turn.c.id == turn)).scalar()
        journal = self._open(connection, conversation, sealed) if sealed else {}
        connection.execute(
            update(_contact)
            .where(_contact.c.id == conversation, _contact.c.informed_at.is_(None))
            .values(informed_at=at, informed_of=journal.get("content"), informed_in=journal.get("language"))
        )

    def _seal(self, connection: Connection, conversation: str, value: Any) -> bytes:
        return self._keyring.seal(connection, conversation, json.dumps(value, separators=(",", ":")).encode())

    def _open(self, connection: Connection, conversation: str, sealed: bytes) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self._keyring.open(connection, conversation, sealed))
        return value
