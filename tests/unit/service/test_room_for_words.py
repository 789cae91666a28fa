"""A turn is one message wherever the channel has room for it, and no word is lost where it has not."""

from datetime import UTC, datetime

import pytest

from bot.dialogue.effects import Button, Utter
from bot.domain.conversation import Reply
from bot.service.sending.tokens import TapTokens
from bot.service.sending.wording import replies

NOW = datetime(2026, 5, 12, 8, tzinfo=UTC)
TOKENS = TapTokens(b"k" * 32)
ANSWER = "Лечение проходит без боли, и врач всё объяснит заранее. " * 12  # 672 letters, 1,200 bytes
QUESTION = Utter(text="Записать вас?", buttons=(Button(title="Да", payload="/affirm"),))


def said(channel: str, *utters: Utter) -> tuple[Reply, ...]:
    return replies(utters, contact="anna", tokens=TOKENS, at=NOW, language="ru", channel=channel)


@pytest.mark.parametrize(("channel", "messages"), [("whatsapp", 1), ("messenger", 1), ("instagram", 3)])
def test_an_answer_and_the_question_after_it_are_one_message_where_they_fit(
    channel: str, messages: int
) -> None:
    made = said(channel, Utter(text=ANSWER), QUESTION)

    assert len(made) == messages
    assert " ".join(" ".join(reply.text for reply in made).split()) == f"{ANSWER}Записать вас?"
    assert [len(reply.choices) for reply in made] == [0] * (messages - 1) + [1]


def test_a_text_longer_than_a_message_goes_on_in_the_next_between_sentences() -> None:
    made = said("instagram", Utter(text=ANSWER * 3))

    assert all(len(reply.text.encode()) <= 1000 and reply.text.endswith(".") for reply in made)
    assert " ".join(reply.text for reply in made) == (ANSWER * 3).strip()


def test_a_question_longer_than_a_message_keeps_its_end_and_its_buttons() -> None:
    made = said("instagram", Utter(text=f"{ANSWER}\n\nЗаписать вас?", buttons=QUESTION.buttons))

    assert (made[-1].text.endswith("Записать вас?"), len(made[-1].choices)) == (True, 1)
    assert all(len(reply.text.encode()) <= 1000 for reply in made)
