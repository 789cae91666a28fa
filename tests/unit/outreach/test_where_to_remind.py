"""A patient says where they want to be reminded, and that is where."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from outreach_kit import MOBILE, goes_on, known, rows, told

from bot.domain.practice import MailAccount, Practice, SmsAccount
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter

MAIL = "anna@example.org"


def with_texts_and_mail(practice: Practice) -> Practice:
    account = SmsAccount(number="+390299999999", account_sid="AC1", auth_token="t", webhook_url="https://x")
    mail = MailAccount(address="studio@example.org", smtp="smtp://localhost:25")
    return replace(practice, sms=(account,), mail=mail)


@pytest.fixture
async def reachable(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    """A practice that also sends text messages and e-mails."""
    async with Surgery.open(tmp_path, interpreter=interpreter, change=with_texts_and_mail) as surgery:
        for name in ("sms", "email"):
            surgery.desk.channels[name] = surgery.channel  # type: ignore[index]
        yield surgery


async def chooses(surgery: Surgery, words: str, *, greets: str = "Good morning") -> Patient:
    anna = await known(surgery, greets=greets)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await anna.says(words)
    return anna


def heard(surgery: Surgery, recipient: str) -> list[str]:
    return [seen.text for seen in surgery.channel.outbox.get(recipient, [])]


@pytest.mark.parametrize(
    ("greets", "words", "yes", "day"),
    [
        ("Good morning", "please text me instead", "Yes", "Thursday"),
        ("Buongiorno", "scrivetemi per SMS", "Sì", "giovedì"),
        ("Здравствуйте", "присылайте смс", "Да", "четверг"),
    ],
)
async def test_who_wants_text_messages_gets_the_reminder_there_and_not_here(
    reachable: Surgery, greets: str, words: str, yes: str, day: str
) -> None:
    anna = await chooses(reachable, words, greets=greets)
    asked = anna.sees.text
    await anna.taps(yes)
    last = anna.sees

    await goes_on(reachable, days=2, hours=2)

    assert "…567" in asked
    assert anna.sees == last
    assert ["10:00" in text and day in text for text in heard(reachable, MOBILE)] == [True]
    assert [row.channel for row in await rows(reachable) if row.state == "sent"] == ["sms"]


async def test_an_address_is_asked_for_and_said_back(reachable: Surgery) -> None:
    anna = await chooses(reachable, "пишите мне на почту", greets="Здравствуйте")
    await anna.says("не помню")
    wrong = anna.sees.text
    await anna.says(f"вот {MAIL}")
    asked = anna.sees.text
    await anna.says("да")

    await goes_on(reachable, days=2, hours=2)

    assert MAIL in asked
    assert MAIL not in wrong
    assert ["10:00" in text for text in heard(reachable, MAIL)] == [True]


@pytest.mark.parametrize("words", ["don't send reminders here, call me", "non scrivetemi qui, telefonatemi"])
async def test_who_wants_to_be_called_is_on_the_call_list_and_gets_no_message(
    reachable: Surgery, words: str
) -> None:
    anna = await chooses(reachable, words)
    await anna.says("yes")
    last = anna.sees

    await goes_on(reachable, days=2, hours=2)

    assert anna.sees == last
    assert ("visit_tomorrow", "skipped", "asked_for_a_call") in await told(reachable)
    [view] = await reachable.desk.outreach.call_list.call_tasks()
    assert (view.task.reason, view.task.phone) == ("asked_for_a_call", MOBILE)


async def test_who_says_no_when_asked_stays_where_they_were(reachable: Surgery) -> None:
    anna = await chooses(reachable, "please text me instead")
    await anna.taps("No")

    await goes_on(reachable, days=2, hours=2)

    assert "10:00" in anna.sees.text
    assert heard(reachable, MOBILE) == []


async def test_the_last_word_counts_and_is_on_the_card(reachable: Surgery) -> None:
    anna = await chooses(reachable, "please text me instead")
    await anna.taps("Yes")
    cards = reachable.desk.staff.cards
    first = await cards.card(reachable.contact(anna))
    await anna.says("keep sending reminders here")

    await goes_on(reachable, days=2, hours=2)

    assert [line.value for line in first if line.kind == "reached_by"] == ["sms"]
    second = await cards.card(reachable.contact(anna))
    assert [line.value for line in second if line.kind == "reached_by"] == ["whatsapp"]
    assert "10:00" in anna.sees.text
    assert heard(reachable, MOBILE) == []


async def test_a_stop_after_it_is_a_stop(reachable: Surgery) -> None:
    anna = await chooses(reachable, "please text me instead")
    await anna.taps("Yes")
    await anna.says("stop")

    await goes_on(reachable, days=2, hours=2)

    assert heard(reachable, MOBILE) == []
    [view] = await reachable.desk.outreach.call_list.call_tasks()
    assert view.task.reason == "opted_out"


async def test_a_practice_without_text_messages_says_so_and_offers_what_it_has(surgery: Surgery) -> None:
    anna = await chooses(surgery, "please text me instead")

    assert anna.sees.titles == ("In this chat", "By telephone")


@pytest.mark.parametrize("words", ["email me the invoice", "text me the address", "call me back please"])
async def test_words_that_ask_for_something_else_are_that(reachable: Surgery, words: str) -> None:
    anna = await chooses(reachable, words)

    assert "From now on" not in anna.sees.text
    assert "To which e-mail" not in anna.sees.text
