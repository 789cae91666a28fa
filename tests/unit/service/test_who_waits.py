"""Nobody who waits is forgotten: lists of the unanswered, and of what nothing would ever end."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.commands.desk import desk as desk_command
from bot.domain.handoff import Outcome
from bot.errors import ChairsideError
from bot.service.clock import FrozenClock
from bot.testing import Surgery
from nlu.understanding import Interpreter

MONDAY_TEN = "2026-03-02T10:00+01:00"


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    async with Surgery.open(tmp_path, interpreter=interpreter, at=MONDAY_TEN) as surgery:
        yield surgery


async def _after(surgery: Surgery, **by: float) -> None:
    assert isinstance(surgery.clock, FrozenClock)
    surgery.clock.move(**by)
    await surgery.desk.staff.promises.look()
    await surgery.settled()


async def test_who_called_a_person_is_unanswered_until_one_writes(surgery: Surgery) -> None:
    anna, facts = surgery.patient(), surgery.desk.staff.facts
    await anna.says("Buonasera")
    with_the_assistant = facts.unanswered()
    await _after(surgery, minutes=1)
    await anna.says("operatore")
    called = surgery.clock.now()
    await _after(surgery, minutes=20)
    (waiting,) = facts.unanswered()
    await surgery.desk.staff.desk.reply(surgery.contact(anna), "Eccomi", who="Giulia", client_message_id="1")
    await surgery.settled()
    answered = facts.unanswered()
    await _after(surgery, minutes=1)
    await anna.says("grazie, e quando?")
    (again,) = facts.unanswered()

    assert with_the_assistant == answered == ()
    assert (waiting.since, waiting.owner) == (called, "queue")
    assert waiting.due_at == called + timedelta(minutes=15)
    assert waiting.apologised_at == called + timedelta(minutes=20)
    assert (again.since, again.owner) == (surgery.clock.now(), "staff:Giulia")


async def test_the_longest_waiting_stands_first(surgery: Surgery) -> None:
    for number in range(3):
        await surgery.patient(f"39333000000{number}").says("operatore")
        await _after(surgery, minutes=1)
    waiting = surgery.desk.staff.facts.unanswered()

    assert [one.conversation for one in waiting] == [
        surgery.contact(surgery.patient(f"39333000000{number}")) for number in range(3)
    ]


@pytest.mark.parametrize("how", ["kept", "broken", "taken", "settled", "given back", "went on", "urgent"])
async def test_whatever_happens_every_conversation_has_an_outcome(surgery: Surgery, how: str) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("non riesco a respirare, ho la gola gonfia" if how == "urgent" else "operatore")
    conversation = surgery.contact(anna)
    if how == "kept":
        await desk.reply(conversation, "Eccomi", who="Giulia", client_message_id="1")
    elif how == "taken":
        await desk.take(conversation, "Giulia")
        await desk.put_back(conversation, "Giulia")
    elif how == "settled":
        await desk.close(conversation, "Giulia", outcome=Outcome.PHONED)
    elif how == "given back":
        await desk.give_back(conversation, "Giulia")
    elif how == "went on":
        await _after(surgery, minutes=15)
        await anna.taps("Continuo con Lei")
    await surgery.settled()
    await _after(surgery, hours=24)

    assert surgery.desk.staff.facts.without_outcome(at=surgery.clock.now()) == ()


async def test_a_promise_that_nobody_watches_over_is_found(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("operatore")
    assert isinstance(surgery.clock, FrozenClock)
    surgery.clock.move(minutes=30)  # and the loop that watches has ended
    (found,) = surgery.desk.staff.facts.without_outcome(at=surgery.clock.now())

    assert found.conversation == surgery.contact(anna)
    assert "got no apology" in found.why


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE handoff SET closed_at = 1", "no hand-off says so"),
        ("UPDATE handoff SET due_at = NULL", "without a promise"),
        ("UPDATE conversation SET owner = 'closed'", "still open"),
        ("UPDATE inbox SET state = 'new'", "never looked at"),
    ],
)
async def test_each_way_to_be_forgotten_is_found(surgery: Surgery, statement: str, why: str) -> None:
    await surgery.patient().says("operatore")
    await surgery.desk.books.database.write(lambda connection: connection.execute(text(statement)).rowcount)
    at = surgery.clock.now() + timedelta(minutes=11)
    found = [each.why for each in surgery.desk.staff.facts.without_outcome(at=at)]

    assert [each for each in found if why in each] == found != []


async def test_facts_of_hand_offs_are_what_happened(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("operatore")
    opened = surgery.clock.now()
    await _after(surgery, minutes=4)
    await desk.reply(surgery.contact(anna), "Eccomi", who="Giulia", client_message_id="1")
    answered = surgery.clock.now()
    await surgery.settled()
    await _after(surgery, minutes=4)
    await desk.close(surgery.contact(anna), "Giulia", outcome=Outcome.ANSWERED)
    end = surgery.clock.now() + timedelta(hours=1)
    (fact,) = surgery.desk.staff.facts.handoffs(start=opened, end=end)

    assert (fact.conversation, fact.reason, fact.opened_at) == (surgery.contact(anna), "asked", opened)
    assert (fact.answered_at, fact.answered_by) == (answered, "Giulia")
    assert (fact.closed_at, fact.outcome) == (surgery.clock.now(), Outcome.ANSWERED)
    assert surgery.desk.staff.facts.handoffs(start=end, end=end + timedelta(days=1)) == ()


async def test_the_command_lists_who_waits_and_names_nobody(
    surgery: Surgery, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    anna = surgery.patient(name="Zebedea")
    await anna.says("operatore")
    capsys.readouterr()
    desk_command(data=tmp_path, still_open=True, figures_of=None, verify=False)
    shown = capsys.readouterr().out
    desk_command(data=tmp_path, still_open=False, figures_of=1, verify=True)
    more = capsys.readouterr().out

    assert shown.splitlines() == [
        f"{surgery.contact(anna)[:8]}  since 2026-03-02 10:00  {'queue':<20} promised 2026-03-02 10:15",
        "1 unanswered.",
    ]
    assert more.splitlines()[0] == "The audit trail is as it was written."
    assert more.splitlines()[2] == "total,,1,0,1,,,0,,,1,0,1,0,"
    assert "Zebedea" not in shown + more


async def test_the_command_fails_when_somebody_would_be_forgotten(surgery: Surgery, tmp_path: Path) -> None:
    await surgery.patient().says("operatore")
    lost = text("UPDATE handoff SET due_at = NULL")
    await surgery.desk.books.database.write(lambda connection: connection.execute(lost).rowcount)

    with pytest.raises(ChairsideError, match="would never end"):
        desk_command(data=tmp_path, still_open=True, figures_of=None, verify=False)
