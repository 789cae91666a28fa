"""From what the engine says to messages: a turn is one message wherever it can be, since each is billed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.dialogue.effects import Utter
from bot.domain.conversation import Choice, Reply
from bot.service.tokens import VALID_FOR, TapTokens

#: A message with buttons holds 1,024 characters on WhatsApp, a plain one 4,096; some room is left for safety.
_WITH_CHOICES = 1000
_PLAIN = 4000

#: When everything else failed; a colleague is called at the same time.
APOLOGY = {
    "en": "Sorry, something went wrong on our side. A colleague will read your message and answer here.",
    "it": "Mi scusi, qualcosa è andato storto da parte nostra. Un collega La leggerà e Le risponderà qui.",
    "ru": "Извините, у нас что-то пошло не так. Сотрудник прочитает ваше сообщение и ответит вам здесь.",
}


#: On the button that opens a list; WhatsApp has room for 20 characters there.
MENU = {"en": "See the options", "it": "Vedi le opzioni", "ru": "Показать варианты"}


def replies(
    utters: Sequence[Utter], *, contact: str, tokens: TapTokens, at: datetime, language: str
) -> tuple[Reply, ...]:
    """Texts melt into the question that follows them; buttons become tokens of this contact."""
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
            if sum(map(len, texts)) + len(text) + 2 * len(texts) > _WITH_CHOICES:
                made += _plain(texts)
                texts = []
            made.append(Reply(text=_joined([*texts, text]), choices=choices, menu=MENU.get(language, "")))
            texts = []
        elif text:
            texts.append(text)
    asked = _plain(texts)
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


def _plain(texts: Sequence[str]) -> list[Reply]:
    groups: list[list[str]] = []
    for text in texts:
        if groups and len(_joined([*groups[-1], text])) <= _PLAIN:
            groups[-1].append(text)
        else:
            groups.append([text])
    return [Reply(text=_joined(group)) for group in groups]


def _joined(texts: Sequence[str]) -> str:
    return "\n\n".join(dict.fromkeys(text for text in texts if text))
