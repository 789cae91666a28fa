"""From what the engine says to messages: a turn is one message wherever it can be, since each is billed."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.dialogue.effects import Utter
from bot.domain.channels import INSTAGRAM, MESSENGER, WHATSAPP
from bot.domain.conversation import Choice, Reply
from bot.service.sending.tokens import VALID_FOR, TapTokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What one message of a channel holds: `measure` counts a text as the channel does. Some room is left for
    safety."""

    with_choices: int
    plain: int
    measure: Callable[[str], int] = len


#: With buttons WhatsApp has 1,024 characters; Messenger with quick replies nearly 2,000; Instagram counts
#: bytes.
ROOMS: Mapping[str, Room] = {
    WHATSAPP: Room(with_choices=1000, plain=4000),
    MESSENGER: Room(with_choices=1900, plain=1900),
    INSTAGRAM: Room(with_choices=950, plain=950, measure=lambda text: len(text.encode())),
}
_PARAGRAPH, _LINE = re.compile(r"\n\s*\n"), re.compile(r"\n")
_SENTENCE, _WORD = re.compile(r"(?<=[.!?…])\s+"), re.compile(r"\s+")

#: When everything else failed; a colleague is called at the same time.
APOLOGY = {
    "en": "Sorry, something went wrong on our side. A colleague will read your message and answer here.",
    "it": "Mi scusi, qualcosa è andato storto da parte nostra. Un collega La leggerà e Le risponderà qui.",
    "ru": "Извините, у нас что-то пошло не так. Сотрудник прочитает ваше сообщение и ответит вам здесь.",
}


#: On the button that opens a list; WhatsApp has room for 20 characters there.
MENU = {"en": "See the options", "it": "Vedi le opzioni", "ru": "Показать варианты"}


def replies(
    utters: Sequence[Utter],
    *,
    contact: str,
    tokens: TapTokens,
    at: datetime,
    language: str,
    channel: str = WHATSAPP,
) -> tuple[Reply, ...]:
    """Texts melt into the question that follows them, as far as one message of the channel holds them;
    buttons become tokens of this contact."""
    room = ROOMS.get(channel, ROOMS[WHATSAPP])
    made: list[Reply] = []
    texts: list[str] = []
    for utter in utters:
        text = utter.text.strip()
        if utter.buttons:
            choices = tuple(
                Choice(
                    title=button.title,
                    payload=tokens.issue(contact, button.payload, at=at),
                    description=button.description,
                )
                for button in utter.buttons
            )
            if room.measure(_joined([*texts, text])) > room.with_choices:
                *before, text = _parts(text, room.with_choices, room.measure)
                made += _plain([*texts, *before], room)
                texts = []
            made.append(Reply(text=_joined([*texts, text]), choices=choices, menu=MENU.get(language, "")))
            texts = []
        elif text:
            texts.append(text)
    asked = _plain(texts, room)
    if asked and _asks_phone(utters[-1]):
        asked[-1] = replace(asked[-1], asks_phone=True)
    return (*made, *asked)


def _asks_phone(utter: Utter) -> bool:
    """`custom: {asks: phone}` on a response: where the channel has a button that shares the number, it is
    shown."""
    custom = utter.data.get("custom")
    return isinstance(custom, Mapping) and custom.get("asks") == "phone"


def with_tokens(
    reply: Reply, contact: str, tokens: TapTokens, *, at: datetime, valid_for: timedelta = VALID_FOR
) -> Reply:
    """The same reply with each payload as a token of this contact."""
    choices = (
        replace(c, payload=tokens.issue(contact, c.payload, at=at, valid_for=valid_for))
        for c in reply.choices
    )
    return replace(reply, choices=tuple(choices))


def _plain(texts: Sequence[str], room: Room) -> list[Reply]:
    """As few messages as hold it all; what is longer than one goes on in the next."""
    made: list[str] = []
    for text in dict.fromkeys(texts):
        for part in _parts(text, room.plain, room.measure):
            if made and room.measure(f"{made[-1]}\n\n{part}") <= room.plain:
                made[-1] += f"\n\n{part}"
            else:
                made.append(part)
    return [Reply(text=text) for text in made]


def _parts(text: str, limit: int, measure: Callable[[str], int]) -> list[str]:
    """A text in pieces that fit: cut between paragraphs, else lines, else sentences, else words. A word that
    is longer than a message is left to the channel."""
    if measure(text) <= limit:
        return [text]
    for cuts, glue in ((_PARAGRAPH, "\n\n"), (_LINE, "\n"), (_SENTENCE, " "), (_WORD, " ")):
        pieces = [piece for piece in cuts.split(text) if piece]
        if len(pieces) < 2:
            continue
        parts: list[str] = []
        for piece in pieces:
            if parts and measure(parts[-1] + glue + piece) <= limit:
                parts[-1] += glue + piece
            else:
                parts += _parts(piece, limit, measure)
        return parts
    return [text]


def _joined(texts: Sequence[str]) -> str:
    return "\n\n".join(dict.fromkeys(text for text in texts if text))
