"""Where choices do not fit into anything to tap, a text numbers them, and the patient writes which one."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.channels import instagram, messenger, sms, whatsapp
from bot.domain.conversation import Address, Choice, Rendered, Reply, SendOutcome, Sent
from bot.domain.practice import Practice, SmsAccount
from bot.testing import Patient, RecordingChannel, Seen, Surgery
from nlu.understanding import Interpreter

NUMBER = "+390200000009"
#: How each channel writes a text on the wire.
WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "whatsapp": lambda body: body["text"]["body"],
    "messenger": lambda body: body["message"]["text"],
    "instagram": lambda body: body["message"]["text"],
    "sms": lambda body: body["Body"],
}
RENDER: Mapping[str, Callable[..., Rendered]] = {
    "whatsapp": whatsapp.render,
    "messenger": messenger.render,
    "instagram": instagram.render,
    "sms": lambda *reply, **more: sms.render(*reply, **more, report_to="https://desk.example.org"),
}
SAID = {
    "it": ("Vorrei prenotare una visita di controllo", "Anna Prova"),
    "en": ("I would like to book a check-up", "Anna Prova"),
    "ru": ("Хочу записаться на осмотр", "Анна Пробова"),
}


class Crowded(RecordingChannel):
    """Titles are so long that no button and no row takes them; what is seen is what goes on the wire."""

    def render(self, reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
        crowded = tuple(_with_place(choice) for choice in reply.choices)
        return RENDER[to.channel](replace(reply, choices=crowded), to, outbox_id=outbox_id)

    async def send(self, message: Rendered, to: Address) -> SendOutcome:
        self.outbox.setdefault(to.recipient, []).append(Seen(WORDS[to.channel](message.body)))
        return Sent(message_id=f"wamid.{len(self.outbox[to.recipient])}")


class Texting(Patient):
    @property
    def account(self) -> str:
        return NUMBER if self.channel == "sms" else super().account


def _with_place(choice: Choice) -> Choice:
    return replace(choice, title=f"{choice.title}, Studio Dentistico Demo")


def _reached_by_sms(practice: Practice) -> Practice:
    account = SmsAccount(
        number=NUMBER, account_sid="AC1", auth_token="t", webhook_url="https://desk.example.org"
    )
    return replace(practice, sms=(account,))


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    async with Surgery.open(tmp_path, interpreter=interpreter, change=_reached_by_sms) as surgery:
        crowded = Crowded()
        surgery.channel = crowded
        surgery.desk.channels.update(dict.fromkeys(RENDER, crowded))  # type: ignore[attr-defined]
        yield surgery


def choices_of(text: str) -> dict[int, str]:
    return {int(number): title for number, title in re.findall(r"^(\d+)\. (.+)$", text, re.M)}


@pytest.mark.parametrize("channel", ["whatsapp", "messenger", "instagram", "sms"])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", "2"),
        ("it", "il secondo"),
        ("en", "the second one"),
        ("ru", "второе"),
    ],
)
async def test_the_number_of_a_numbered_choice_is_that_choice(
    surgery: Surgery, channel: str, language: str, words: str
) -> None:
    anna = Texting(surgery, "393331234567" if channel == "whatsapp" else "7000000000000001", None, channel)
    if channel == "sms":
        anna = Texting(surgery, "+393331234567", None, channel)
    opening, name = SAID[language]
    await anna.says(opening)
    await anna.says(name)
    if not choices_of(anna.sees.text):
        await anna.says("+39 333 123 4567")
    when = choices_of(anna.sees.text)
    await anna.says("1")
    times = choices_of(anna.sees.text)
    await anna.says(words)

    hour = re.findall(r"\d\d:\d\d", times[2])
    assert (len(when), len(times)) == (3, 7)
    assert re.findall(r"\d\d:\d\d", anna.sees.text) == hour
    assert len(choices_of(anna.sees.text)) == 2  # to confirm, or another time
