"""The staff's list, a page at a time: who needs somebody first, however many there are.

What stands in a row is read for the rows of one page together; the order and the counts come from the
hand-offs and conversations alone, without opening anything that is sealed.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, and_, case, cast, func, not_, or_, select, true, tuple_

from bot.domain.answer_times import AnswerBy, Waits
from bot.domain.pipeline import BOT, CLOSED, QUEUE, STAFF, is_person
from bot.ports import Clock
from bot.service.inbox.desk import FILTERS, ListPage, Owner, WaitingConversation
from bot.storage import tables as t
from bot.storage.diary.tables import PATIENT
from bot.storage.inbox import tables as desk_tables
from bot.storage.sealing.seal import Keyring
from bot.storage.tables import from_stamp, to_stamp
from bot.storage.turns.handoffs import NOT_PATIENT

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_handoff = t.HandoffRow.__table__  # type: ignore[attr-defined]
_tag = desk_tables.TagRow.__table__  # type: ignore[attr-defined]

_IS_STAFF = _conversation.c.owner.startswith(STAFF, autoescape=True)
#: Groups of the list, from the top: waits, a suggestion to read, with a person, with the assistant.
_GROUP = case(
    (_conversation.c.owner == QUEUE, 0), (_conversation.c.draft.is_not(None), 1), (_IS_STAFF, 2), else_=3
)
_OF_CONVERSATION = (
    *(_conversation.c.owner, _conversation.c.staff_wrote_at, _conversation.c.snoozed_until),
    *(_conversation.c.draft, _conversation.c.sealed),
    *(_contact.c.channel, _contact.c.sealed.label("who"), _GROUP.label("list_group")),
)
#: Names of tags that a page offers to narrow the list to.
_TAGS_OFFERED = 100
_ORDER = (_GROUP, -cast(_handoff.c.urgent, Integer), _handoff.c.opened_at, _handoff.c.id)


class DeskList:
    """One practice's. `snoozed_until` says until when a conversation is out of the way; None when it is
    not. `answer_by` says by when somebody who waits is to be answered."""

    def __init__(
        self,
        *,
        practice: str,
        keyring: Keyring,
        clock: Clock,
        snoozed_until: Callable[[int | None], datetime | None],
        answer_by: Callable[[Waits], AnswerBy] | None = None,
    ) -> None:
        self._practice = practice
        self._keyring = keyring
        self._clock = clock
        self._snoozed_until = snoozed_until
        self._answer_by = answer_by

    # -- pages --------------------------------------------------------------------------------------------

    def page(
        self,
        connection: Connection,
        chosen: str,
        *,
        who: str,
        limit: int | None,
        after: str | None = None,
        tag: str | None = None,
    ) -> ListPage:
        lets = true() if tag is None else _has_tag(tag)
        if chosen == "settled":
            rows = self._settled(connection, lets, limit=limit, after=after)
        else:
            rows = self._open(connection, and_(self._lets(chosen, who), lets), limit=limit, after=after)
        more = limit is not None and len(rows) > limit
        shown = rows[:limit] if limit is not None else rows
        return ListPage(
            rows=self._filled(connection, shown),
            after=_cursor(shown[-1], chosen) if more else None,
            counts=self._counts(connection, who) if after is None else {},
            tags=self._tags(connection) if after is None else (),
        )

    def found(self, connection: Connection, ids: Sequence[str]) -> tuple[WaitingConversation, ...]:
        """These conversations, in this order, whether or not they were ever handed over."""
        last = (
            select(_handoff.c.conversation, func.max(_handoff.c.id).label("id"))
            .where(_handoff.c.conversation.in_(ids))
            .group_by(_handoff.c.conversation)
            .subquery()
        )
        asked = (
            select(_conversation.c.id.label("conversation"), _conversation.c.updated_at)
            .add_columns(*(column for column in _handoff.c if column.key not in ("id", "conversation")))
            .add_columns(*_OF_CONVERSATION)
            .select_from(_conversation)
            .join(_contact, _contact.c.id == _conversation.c.id)
            .outerjoin(last, last.c.conversation == _conversation.c.id)
            .outerjoin(_handoff, _handoff.c.id == last.c.id)
            .where(_conversation.c.practice == self._practice, _conversation.c.id.in_(ids))
        )
        rows = {row.id: row for row in self._filled(connection, connection.execute(asked).all())}
        return tuple(rows[id] for id in ids if id in rows)

    def _open(
        self, connection: Connection, lets: Any, *, limit: int | None, after: str | None
    ) -> Sequence[Any]:
        """Ids are put into order first: what stands in thousands of rows need not be carried along."""
        ids = (
            select(_handoff.c.id)
            .join(_conversation, _conversation.c.id == _handoff.c.conversation)
            .where(_handoff.c.practice == self._practice, _handoff.c.closed_at.is_(None), lets)
        )
        if after is not None:
            ids = ids.where(tuple_(*_ORDER) > tuple_(*_read_cursor(after, 4)))
        ids = ids.order_by(*_ORDER).limit(None if limit is None else limit + 1)
        return connection.execute(self._listed().where(_handoff.c.id.in_(ids)).order_by(*_ORDER)).all()

    def _settled(
        self, connection: Connection, lets: Any, *, limit: int | None, after: str | None
    ) -> Sequence[Any]:
        """Of each conversation its last hand-off, when that one is closed; the latest first."""
        later = _handoff.alias("later")
        is_last = (
            ~select(later.c.id)
            .where(later.c.conversation == _handoff.c.conversation, later.c.id > _handoff.c.id)
            .exists()
        )
        asked = self._listed().where(_handoff.c.closed_at.is_not(None), is_last, lets)
        if after is not None:
            asked = asked.where(tuple_(_handoff.c.closed_at, _handoff.c.id) < tuple_(*_read_cursor(after, 2)))
        asked = asked.order_by(_handoff.c.closed_at.desc(), _handoff.c.id.desc())
        return connection.execute(asked.limit(None if limit is None else limit + 1)).all()

    def _listed(self) -> Any:
        return (
            select(_handoff, *_OF_CONVERSATION)
            .join(_conversation, _conversation.c.id == _handoff.c.conversation)
            .join(_contact, _contact.c.id == _handoff.c.conversation)
            .where(_handoff.c.practice == self._practice)
        )

    # -- filters ------------------------------------------------------------------------------------------

    def _lets(self, chosen: str, who: str) -> Any:
        snoozed = func.coalesce(_conversation.c.snoozed_until, 0) > to_stamp(self._clock.now())
        awake = not_(snoozed)
        return {
            "all": awake,
            "mine": and_(
                awake,
                or_(
                    _conversation.c.owner == STAFF + who,
                    and_(_conversation.c.owner == QUEUE, _handoff.c.meant_for == who),
                ),
            ),
            "waiting": and_(awake, or_(_conversation.c.owner == QUEUE, _conversation.c.draft.is_not(None))),
            "urgent": _handoff.c.urgent.is_(True),
            "unanswered": and_(awake, _needs_person(), _has_unread()),
            "snoozed": snoozed,
            "all_open": true(),
        }[chosen]

    def _counts(self, connection: Connection, who: str) -> Mapping[str, int]:
        """How many each filter lets through; what is settled is not counted."""
        counted = [name for name in FILTERS if name not in ("all", "settled")]
        sums = [func.sum(case((self._lets(name, who), 1), else_=0)).label(name) for name in counted]
        row = connection.execute(
            select(*sums)
            .select_from(_handoff.join(_conversation, _conversation.c.id == _handoff.c.conversation))
            .where(_handoff.c.practice == self._practice, _handoff.c.closed_at.is_(None))
        ).one()
        return {name: int(getattr(row, name) or 0) for name in counted}

    def _tags(self, connection: Connection) -> tuple[str, ...]:
        names = select(_tag.c.name).where(_tag.c.practice == self._practice).distinct().order_by(_tag.c.name)
        return tuple(connection.execute(names.limit(_TAGS_OFFERED)).scalars())

    # -- rows ---------------------------------------------------------------------------------------------

    def _filled(self, connection: Connection, rows: Sequence[Any]) -> tuple[WaitingConversation, ...]:
        ids = list({row.conversation for row in rows})
        if not ids:
            return ()
        unread = {row[0]: (row[1], row[2]) for row in connection.execute(self._unread(ids))}
        last = _by_id(connection, self._last_words(ids))
        booked = _by_id(connection, self._booked_names(ids))
        tags = defaultdict(list)
        for conversation, name in connection.execute(
            select(_tag.c.conversation, _tag.c.name).where(_tag.c.conversation.in_(ids)).order_by(_tag.c.name)
        ):
            tags[conversation].append(name)
        return tuple(
            self._row(
                connection,
                row,
                unread=unread.get(row.conversation, (0, None)),
                last=last.get(row.conversation),
                booked=booked.get(row.conversation),
                tags=tuple(tags[row.conversation]),
            )
            for row in rows
        )

    def _row(
        self,
        connection: Connection,
        row: Any,
        *,
        unread: tuple[int, int | None],
        last: bytes | None,
        booked: bytes | None,
        tags: tuple[str, ...],
    ) -> WaitingConversation:
        id = row.conversation
        due = self._due(row, unread[1])
        return WaitingConversation(
            id=id,
            label=self.label(connection, id, state=row.sealed, who=row.who, booked=booked),
            channel=row.channel,
            reason=row.reason or "",
            since=from_stamp(row.opened_at or row.updated_at),
            owner=Owner.STAFF if is_person(row.owner) else Owner(row.owner),
            urgent=bool(row.urgent),
            last_text=(self._opened(connection, id, last).get("text") or "") if last else "",
            unread=unread[0],
            owned_by=row.owner.removeprefix(STAFF) if is_person(row.owner) else None,
            due_at=from_stamp(row.due_at) if row.due_at else None,
            is_overdue=row.apologised_at is not None and row.answered_at is None,
            tags=tags,
            snoozed_until=self._snoozed_until(row.snoozed_until),
            has_draft=row.draft is not None,
            answer_by=due.at if due else None,
            answer_clock=due.clock if due else None,
            is_late=due is not None and due.at <= self._clock.now(),
            meant_for=row.meant_for if row.owner == QUEUE else None,
        )

    def _due(self, row: Any, unread_since: int | None) -> AnswerBy | None:
        """The clock that runs on this row; None while nobody waits for words of a person."""
        waits = waits_for(row, unread_since)
        return self._answer_by(waits) if waits and self._answer_by else None

    def label(
        self, connection: Connection, id: str, *, state: bytes | None, who: bytes, booked: bytes | None
    ) -> str:
        """The name that was said, else booked under, else the channel's; else "Patient 3F2A"."""
        slots = (self._opened(connection, id, state).get("slots") or {}) if state else {}
        if said := slots.get("patient_name"):
            return str(said)
        if booked:
            return str(self._opened(connection, id, booked)["name"])
        profile = self._opened(connection, id, who).get("name")
        return str(profile) if profile else f"Patient {id[:4].upper()}"

    def booked_name(self, connection: Connection, id: str) -> bytes | None:
        return _by_id(connection, self._booked_names([id])).get(id)

    def _unread(self, ids: Sequence[str]) -> Any:
        return (
            select(_inbox.c.conversation, func.count(), func.min(_inbox.c.received_at))
            .join(_conversation, _conversation.c.id == _inbox.c.conversation)
            .where(_inbox.c.conversation.in_(ids), _is_unread())
            .group_by(_inbox.c.conversation)
        )

    def _last_words(self, ids: Sequence[str]) -> Any:
        last = (
            select(func.max(_inbox.c.id))
            .where(_inbox.c.conversation.in_(ids), _inbox.c.kind.not_in(NOT_PATIENT))
            .group_by(_inbox.c.conversation)
        )
        return select(_inbox.c.conversation, _inbox.c.sealed).where(_inbox.c.id.in_(last))

    def _booked_names(self, ids: Sequence[str]) -> Any:
        first = select(func.min(PATIENT.c.id)).where(PATIENT.c.contact.in_(ids)).group_by(PATIENT.c.contact)
        return select(PATIENT.c.contact, PATIENT.c.sealed).where(PATIENT.c.id.in_(first))

    def _opened(self, connection: Connection, owner: str, sealed: bytes) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self._keyring.open(connection, owner, sealed))
        return value


def waits_for(row: Any, unread_since: int | None) -> Waits | None:
    """Of a row of hand-off and conversation, and when the first of the words came that no person answered."""
    is_open = row.opened_at is not None and row.closed_at is None
    if not is_open or (row.owner == BOT and row.draft is None) or row.owner == CLOSED:
        return None
    if row.answered_at is None:
        promised = from_stamp(row.due_at) if row.due_at else None
        return Waits(since=from_stamp(row.opened_at), is_urgent=bool(row.urgent), promised=promised)
    if unread_since is None:
        return None
    return Waits(since=from_stamp(unread_since), is_urgent=bool(row.urgent), was_answered=True)


def _has_tag(name: str) -> Any:
    tagged = select(_tag.c.name).where(_tag.c.conversation == _handoff.c.conversation, _tag.c.name == name)
    return tagged.correlate(_handoff).exists()


def _is_unread() -> Any:
    """A patient's message that came after a person's last one."""
    return and_(
        _inbox.c.received_at > func.coalesce(_conversation.c.staff_wrote_at, 0),
        _inbox.c.kind.not_in(NOT_PATIENT),
    )


def _has_unread() -> Any:
    return (
        select(_inbox.c.id)
        .where(_inbox.c.conversation == _conversation.c.id, _is_unread())
        .correlate(_conversation)
        .exists()
    )


def _needs_person() -> Any:
    return or_(_conversation.c.owner != BOT, _conversation.c.draft.is_not(None))


def _by_id(connection: Connection, statement: Any) -> dict[str, Any]:
    return {row[0]: row[1] for row in connection.execute(statement)}


def _cursor(row: Any, chosen: str) -> str:
    if chosen == "settled":
        return f"{row.closed_at}.{row.id}"
    return f"{row.list_group}.{-int(row.urgent)}.{row.opened_at}.{row.id}"


def _read_cursor(given: str, parts: int) -> list[int]:
    """Raises ValueError for what is no cursor of ours."""
    numbers = [int(part) for part in given.split(".")]
    if len(numbers) != parts:
        raise ValueError("not a place in the list")
    return numbers
