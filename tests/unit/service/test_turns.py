"""Turns run again after a crash at any point, and come to the same."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.domain.conversation import InboundKind
from bot.domain.pipeline import OutboxMessage, TurnCommit
from bot.ports import ActionCall, ActionResult
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter


class PowerCut(BaseException):
    """What `kill -9` is to a test in the same process: nobody catches it."""


class CountedActions:
    """The real actions, counted by name."""

    def __init__(self, actions: Any) -> None:
        self.actions = actions
        self.runs: Counter[str] = Counter()

    async def run(self, call: ActionCall) -> ActionResult:
        self.runs[call.name] += 1
        result: ActionResult = await self.actions.run(call)
        return result


async def _to_confirmation(anna: Patient) -> None:
    await anna.says("Buonasera, vorrei prenotare una prima visita, sono Anna Rossi")
    await anna.taps("Prima possibile")
    await anna.brings(anna.sees.choices[0].payload)
    assert anna.sees.titles[0].startswith("Sì")


async def test_an_action_that_ran_before_the_power_cut_is_not_run_again(surgery: Surgery) -> None:
    turns, store = surgery.desk.turns, surgery.desk.store
    counted = turns.runs.actions = CountedActions(turns.runs.actions)
    real, cuts = store.commit, [1]

    async def commit(turn: TurnCommit) -> OutboxMessage | None:
        if cuts and counted.runs["action_find_openings"]:
            cuts.pop()
            raise ConnectionError("the machine went down before the commit")
        return await real(turn)

    store.commit = commit
    anna = surgery.patient()
    await anna.says("Buonasera, vorrei prenotare una prima visita, sono Anna Rossi")
    await anna.taps("Prima possibile")
    await surgery.until(lambda: len(anna.screen) == 2)

    assert counted.runs["action_find_openings"] == 1
    assert "Altri orari" in anna.sees.titles


async def test_without_the_ledger_the_same_power_cut_runs_it_twice(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, keep_ledger=False) as surgery:
        turns, store = surgery.desk.turns, surgery.desk.store
        counted = turns.runs.actions = CountedActions(turns.runs.actions)
        real, cuts = store.commit, [1]

        async def commit(turn: TurnCommit) -> OutboxMessage | None:
            if cuts and counted.runs["action_find_openings"]:
                cuts.pop()
                raise ConnectionError("the machine went down before the commit")
            return await real(turn)

        store.commit = commit
        anna = surgery.patient()
        await anna.says("Buonasera, vorrei prenotare una prima visita, sono Anna Rossi")
        await anna.taps("Prima possibile")
        await surgery.until(lambda: len(anna.screen) == 2)

        assert counted.runs["action_find_openings"] == 2


async def test_a_booking_that_the_database_refuses_offers_other_times(surgery: Surgery) -> None:
    anna = surgery.patient()
    await _to_confirmation(anna)
    turns = surgery.desk.turns
    real = turns.runs.actions
    contact = (await surgery.desk.staff.desk.turns("393331234567"))[0]
    assert contact.text

    class HoldLost:
        """Somebody else gets the hold's time between the action and the commit."""

        async def run(self, call: ActionCall) -> ActionResult:
            result: ActionResult = await real.run(call)
            if call.name == "action_book" and result.writes:
                await surgery.desk.diary.release(contact=call.contact, at=call.at)
            return result

    turns.runs.actions = HoldLost()
    await anna.taps("Sì")

    assert [row["status"] for row in await surgery.diary()] == []
    assert any(":" in title for title in anna.sees.titles)
    assert "prenotata" not in anna.sees.text


async def test_taps_twenty_times_on_the_same_yes_book_once(surgery: Surgery) -> None:
    anna = surgery.patient()
    await _to_confirmation(anna)
    yes = anna.sees.choices[0].payload
    for _ in range(20):
        await anna.brings(yes)

    assert [row["status"] for row in await surgery.diary()] == ["booked"]


async def test_a_message_that_cannot_be_answered_goes_to_a_person(
    surgery: Surgery, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake of ours")

    surgery.desk.turns.listening.hear = broken  # type: ignore[method-assign, assignment]
    anna = surgery.patient()
    await anna.says("Buonasera")
    await surgery.until(lambda: len(anna.screen) == 1)
    await surgery.settled()
    waiting = await surgery.desk.staff.desk.handoffs()

    assert "collega" in anna.sees.text
    assert [(row.reason, row.owner) for row in waiting] == [("error", "queue")]


async def test_a_person_takes_over_and_gives_back_at_the_exact_step(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("Buonasera, vorrei prenotare una prima visita, sono Anna Rossi")
    question = anna.sees.text
    await anna.says("operatore")
    (waiting,) = await desk.handoffs()
    (told,) = await anna.says("c'è qualcuno?")
    before = len(anna.screen)
    await desk.take(waiting.id, "Giulia")
    await desk.reply(waiting.id, "Buonasera, sono Giulia.", who="Giulia", client_message_id="1")
    await desk.reply(waiting.id, "Buonasera, sono Giulia.", who="Giulia", client_message_id="1")
    await surgery.settled()
    from_giulia = [seen.text for seen in anna.screen[before:]]
    await desk.give_back(waiting.id, "Giulia")
    await surgery.settled()

    assert "collega" in told.text
    assert from_giulia == ["Buonasera, sono Giulia."]
    assert "assistente" in anna.sees.text
    assert question.rsplit("\n", 1)[-1] in anna.sees.text
    assert await desk.handoffs() == ()
    await anna.taps("Prima possibile")
    assert any(":" in title for title in anna.sees.titles)


async def test_an_emergency_is_told_the_number_even_while_a_person_owns_the_chat(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("operatore")
    (waiting,) = await desk.handoffs()
    await desk.take(waiting.id, "Giulia")
    seen = await anna.says("non riesco a respirare, ho la gola gonfia")
    (urgent,) = await desk.handoffs()

    assert len(seen) == 1
    assert "112" in seen[0].text
    assert urgent.urgent


async def test_a_turn_under_way_says_nothing_after_a_person_took_over(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("Buonasera, vorrei prenotare una prima visita, sono Anna Rossi")
    turns = surgery.desk.turns
    real = turns.runs.actions
    conversation = surgery.contact(anna)

    class Slow:
        """Staff take over while openings are being looked up."""

        async def run(self, call: ActionCall) -> ActionResult:
            result: ActionResult = await real.run(call)
            await desk.take(conversation, "Giulia")
            return result

    turns.runs.actions = Slow()

    assert await anna.taps("Prima possibile") == []


async def test_the_notice_is_given_once_and_kept_as_a_fact(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("Buonasera")
    await anna.says("vorrei prenotare")
    notices = [seen for seen in anna.screen if "assistente automatico" in seen.text]
    snapshot = await surgery.desk.store.load(surgery.contact(anna), worker="test")

    assert len(notices) == 1
    assert snapshot is not None
    assert snapshot.contact.informed_at == surgery.clock.now()


async def test_a_name_said_at_the_offer_changes_who_is_offered(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("Prima visita giovedì mattina, sono Anna Rossi")
    before = {choice.description for choice in anna.sees.choices if ":" in choice.title}
    await anna.says("con la dottoressa Bianchi, per favore")
    after = {choice.description for choice in anna.sees.choices if ":" in choice.title}

    assert len(before) == 2
    assert after == {"dott.ssa Laura Bianchi"}


async def test_a_second_tap_after_the_booking_does_not_sound_like_a_failure(surgery: Surgery) -> None:
    anna = surgery.patient()
    await _to_confirmation(anna)
    yes = anna.sees.choices[0].payload
    await anna.brings(yes)
    (again,) = await anna.brings(yes)

    assert "confermato" in again.text
    assert [row["status"] for row in await surgery.diary()] == ["booked"]


@pytest.mark.parametrize("owner", ["bot", "staff"])
async def test_an_emergency_beneath_a_photo_is_told_the_number(surgery: Surgery, owner: str) -> None:
    """What somebody writes under a picture of their face is words as well."""
    anna = surgery.patient()
    await anna.says("Buonasera" if owner == "bot" else "operatore")
    if owner == "staff":
        await surgery.desk.staff.desk.take(surgery.contact(anna), "Marta")
    await anna.sends(InboundKind.IMAGE, text="ecco la foto del dente")
    before = await surgery.desk.staff.desk.handoffs()
    heard = await anna.sends(InboundKind.IMAGE, text="non riesco a respirare e la faccia si gonfia")

    assert not any(one.urgent for one in before)
    assert any("112" in seen.text for seen in heard)
    assert [one.urgent for one in await surgery.desk.staff.desk.handoffs()] == [True]
