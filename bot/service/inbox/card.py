"""The context card: what somebody who takes a conversation over has to know, in a few lines.

Nothing here is made up: every line says what the conversation's own record says, and names the message that
it is from. Pure; values travel in the clear, for the eyes of staff.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.domain.diary import Opening

_MOST_ASKED = 4
_MOST_TRIED = 4
#: Slots that tell who somebody is and what they want, in the order of the card: (slot, kind of line).
_KNOWN = (
    ("patient_name", "name"),
    ("phone", "phone"),
    ("birth_date", "birth_date"),
    ("visit_type", "visit"),
    ("practitioner", "practitioner"),
)
#: What came to nothing, by the slot that says so.
_FAILED = {
    "openings_result": ("none", "unknown_visit", "error"),
    "hold_result": ("taken", "refused", "error"),
    "booking_result": ("expired", "taken", "unknown", "error"),
    "new_times_result": ("none", "unknown_visit", "error"),
    "new_hold_result": ("taken", "refused", "error"),
    "move_result": ("changed", "expired", "taken", "unknown", "error"),
    "cancel_result": ("changed", "unknown", "error"),
    "proof_result": ("wrong", "person", "error"),
    "visits_result": ("error",),
}
_DONE = {"booking_result": "booked", "move_result": "moved", "cancel_result": "cancelled"}
#: Flows that begin by themselves or say nothing about what is wanted.
_NOT_ASKED = ("pattern_", "back_in")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLine:
    """`kind` says how to read `value`: name, phone, birth_date, profile (a name that the channel told),
    vouched (a phone that the channel told), verified (yes | no), language, reached_by (a channel, or phone),
    visit, practitioner, asked (a flow), done and failed ("slot:word"), not_understood (words), offer (titles,
    one a line), red_flag, taken_back (a red flag, by the patient).
    `message`: id of the message it is from, as in ConversationView; None when no message says so."""

    kind: str
    value: str
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTurn:
    """A turn's journal, the messages that it answers, and the last that it sent."""

    journal: Mapping[str, Any]
    heard: tuple[str, ...] = ()
    said: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSource:
    """What a card is made of; turns oldest first."""

    slots: Mapping[str, Any]
    turns: Sequence[CardTurn]
    profile: str | None = None
    reached_by: str | None = None  # where the patient asked to be reminded
    phone: str | None = None  # E.164, when the channel vouches for it
    first_message: str | None = None


class Cards(Protocol):
    """Cards of one practice's conversations."""

    async def card(self, conversation: str) -> tuple[CardLine, ...]:
        """Raises UnknownConversation."""


def card_lines(source: CardSource) -> tuple[CardLine, ...]:
    """Who, what was asked, what was tried, what was offered: in this order."""
    return (
        *_red_flags(source.turns),
        *_who(source),
        *_wishes(source),
        *_asked(source.turns),
        *_tried(source.turns),
        *_offers(source.turns),
    )


def _red_flags(turns: Sequence[CardTurn]) -> Iterable[CardLine]:
    for turn in reversed(turns):
        for event in _events(turn, "emergency_taken_back"):
            flag = f"{event.get('level')} {event.get('key')}"
            yield CardLine(kind="taken_back", value=flag, message=_last(turn.heard))
        if turn.journal.get("red_flag"):
            yield CardLine(kind="red_flag", value=str(turn.journal["red_flag"]), message=_last(turn.heard))
            return


def _who(source: CardSource) -> Iterable[CardLine]:
    lines = list(_slots(source, _KNOWN[:3]))
    yield from lines
    if not any(line.kind == "name" for line in lines) and source.profile:
        yield CardLine(kind="profile", value=source.profile, message=source.first_message)
    if source.phone:
        yield CardLine(kind="vouched", value=source.phone, message=source.first_message)
    proof = source.slots.get("identity")
    proved = _where_set(source.turns, "identity", proof) if isinstance(proof, Mapping) else None
    yield CardLine(kind="verified", value="yes" if isinstance(proof, Mapping) else "no", message=proved)
    language = source.slots.get("language")
    if language:
        yield CardLine(kind="language", value=str(language), message=_where_spoken(source.turns, language))
    if source.reached_by:
        yield CardLine(kind="reached_by", value=source.reached_by)


def _wishes(source: CardSource) -> Iterable[CardLine]:
    yield from _slots(source, _KNOWN[3:])


def _slots(source: CardSource, known: Iterable[tuple[str, str]]) -> Iterable[CardLine]:
    for slot, kind in known:
        value = source.slots.get(slot)
        if isinstance(value, str) and value:
            yield CardLine(kind=kind, value=value, message=_where_set(source.turns, slot, value))


def _asked(turns: Sequence[CardTurn]) -> Iterable[CardLine]:
    """Flows that the patient began, the latest of each, the last ones."""
    found: dict[str, CardLine] = {}
    for turn in turns:
        for command in (turn.journal.get("heard") or {}).get("commands") or ():
            flow = command.get("flow") if command.get("type") == "StartFlow" else None
            if flow and not flow.startswith(_NOT_ASKED):
                found.pop(flow, None)
                found[flow] = CardLine(kind="asked", value=flow, message=_last(turn.heard))
    yield from list(found.values())[-_MOST_ASKED:]


def _tried(turns: Sequence[CardTurn]) -> Iterable[CardLine]:
    found: list[CardLine] = []
    for turn in turns:
        place = _last(turn.heard)
        for event in _events(turn, "slot"):
            slot, value = event.get("name"), event.get("value")
            if value in _FAILED.get(str(slot), ()):
                found.append(CardLine(kind="failed", value=f"{slot}:{value}", message=place))
            elif value is not None and _DONE.get(str(slot)) == value:
                found.append(CardLine(kind="done", value=f"{slot}:{value}", message=turn.said or place))
        if "not understood" in (turn.journal.get("commands") or ()):
            words = str(turn.journal.get("text") or "")
            found.append(CardLine(kind="not_understood", value=words, message=place))
    yield from list(dict.fromkeys(found))[-_MOST_TRIED:]


def _offers(turns: Sequence[CardTurn]) -> Iterable[CardLine]:
    """The openings that were on the buttons last."""
    for turn in reversed(turns):
        titles = [
            str(button["title"])
            for event in _events(turn, "bot")
            for button in (event.get("data") or {}).get("buttons") or ()
            if _is_opening(str(button.get("payload") or ""))
        ]
        if titles:
            yield CardLine(kind="offer", value="\n".join(titles), message=turn.said)
            return


def _is_opening(payload: str) -> bool:
    _, _, ref = payload.rstrip(")").rpartition("=")
    try:
        Opening.parse_ref(ref)
    except ValueError:
        return False
    return True


def _where_set(turns: Sequence[CardTurn], slot: str, value: Any) -> str | None:
    """The message after which the slot came to have this value."""
    for turn in reversed(turns):
        for event in _events(turn, "slot"):
            if event.get("name") == slot and event.get("value") == value:
                return _last(turn.heard)
        for command in (turn.journal.get("heard") or {}).get("commands") or ():
            if command.get("name") == slot and command.get("value") == value:
                return _last(turn.heard)
    return None


def _where_spoken(turns: Sequence[CardTurn], language: Any) -> str | None:
    spoken = [turn for turn in turns if turn.journal.get("language") == language and turn.heard]
    return spoken[-1].heard[-1] if spoken else None


def _events(turn: CardTurn, kind: str) -> Iterable[Mapping[str, Any]]:
    return (event for event in turn.journal.get("events") or () if event.get("event") == kind)


def _last(ids: Sequence[str]) -> str | None:
    return ids[-1] if ids else None
