"""Suggest mode: the assistant drafts, a person sends."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.drafts import Fate, is_ready
from bot.domain.handoff import AlertKind, Outcome
from bot.service.clock import FrozenClock
from bot.service.inbox.desk import AlreadyTaken, Author, ConversationView, DraftGone, Owner
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter

MONDAY_TEN = "2026-03-02T10:00+01:00"


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    """A practice that reads everything before patients do."""
    async with Surgery.open(
        tmp_path, interpreter=interpreter, at=MONDAY_TEN, change=lambda p: replace(p, suggest=None)
    ) as surgery:
        yield surgery


async def _view(surgery: Surgery, patient: Patient) -> ConversationView:
    return await surgery.desk.staff.desk.conversation(surgery.contact(patient))


async def _draft(surgery: Surgery, patient: Patient) -> str:
    view = await _view(surgery, patient)
    assert view.draft is not None
    return view.draft.id


async def _send(surgery: Surgery, patient: Patient, text: str | None = None) -> None:
    draft = await _draft(surgery, patient)
    await surgery.desk.staff.suggestions.send(surgery.contact(patient), draft, who="Giulia", text=text)
    await surgery.settled()


async def test_nothing_goes_out_until_a_person_sends_it(surgery: Surgery) -> None:
    anna = surgery.patient()
    heard = await anna.says("Buonasera, vorrei prenotare una prima visita")
    view = await _view(surgery, anna)
    (row,) = await surgery.desk.staff.desk.handoffs()
    await _send(surgery, anna)
    after = await _view(surgery, anna)

    assert heard == []
    assert view.draft is not None
    assert (view.owner, view.draft.flow, row.reason) == (Owner.BOT, "new_patient_consult", "draft")
    assert (row.has_draft, row.due_at is not None) == (True, True)
    assert [seen.text for seen in anna.screen] == [view.draft.text]
    assert (after.draft, after.messages[-1].author) == (None, Author.ASSISTANT)
    assert after.messages[-1].by == "Giulia"
    assert await surgery.desk.staff.desk.handoffs() == ()


async def test_a_visit_is_booked_from_suggestions_alone_step_by_step(surgery: Surgery) -> None:
    """A sent suggestion goes on at the flow's very step, taps included."""
    anna = surgery.patient()
    for words in ("Buonasera, vorrei prenotare una prima visita", "Anna Rossi", "domani mattina"):
        await anna.says(words)
        await _send(surgery, anna)
    await anna.brings(anna.sees.choices[0].payload, title=anna.sees.titles[0])
    for _ in range(3):
        await _send(surgery, anna)
        if "prenotat" in anna.sees.text.lower() and not anna.sees.choices:
            break
        await anna.taps("Sì")
    visits = [row for row in await surgery.diary() if row["status"] == "booked"]

    assert len(visits) == 1
    assert (await _view(surgery, anna)).draft is None


async def test_a_suggestion_in_other_words_keeps_its_buttons(surgery: Surgery) -> None:
    anna = surgery.patient()
    for words in ("Buonasera, vorrei prenotare una prima visita", "Anna Rossi"):
        await anna.says(words)
        await _send(surgery, anna)
    await anna.says("domani mattina")
    titles = (await _view(surgery, anna)).draft.choices  # type: ignore[union-attr]
    await _send(surgery, anna, "Cara Anna, ecco gli orari:")
    (_, _, opening) = await surgery.desk.staff.suggestions.acceptance(), anna.sees.text, anna.sees
    accepted = {one.flow: one for one in await surgery.desk.staff.suggestions.acceptance()}[
        "new_patient_consult"
    ]

    assert opening.text == "Cara Anna, ecco gli orari:"
    assert opening.titles == titles
    assert (accepted.unchanged, accepted.changed, accepted.discarded) == (2, 1, 0)


async def test_who_writes_again_first_is_answered_anew_as_a_whole(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    stale = await _draft(surgery, anna)
    await anna.says("sono Anna Rossi")
    view = await _view(surgery, anna)
    with pytest.raises(DraftGone):
        await surgery.desk.staff.suggestions.send(surgery.contact(anna), stale, who="Giulia")
    await _send(surgery, anna)
    turns = await surgery.desk.staff.desk.turns(surgery.contact(anna))

    assert view.draft is not None
    assert "nome e cognome" not in view.draft.text
    assert len(anna.screen) == 1
    assert [turn.text for turn in turns] == ["Buonasera, vorrei prenotare una prima visita\nsono Anna Rossi"]


async def test_a_tap_after_an_unread_suggestion_is_suggested_besides(surgery: Surgery) -> None:
    anna = surgery.patient()
    for words in ("Buonasera, vorrei prenotare una prima visita", "Anna Rossi", "domani mattina"):
        await anna.says(words)
        await _send(surgery, anna)
    choice = anna.sees.choices[0]
    await anna.says("dove siete?")
    await anna.brings(choice.payload, title=choice.title)
    before = len(anna.screen)
    view = await _view(surgery, anna)
    await _send(surgery, anna)

    assert view.draft is not None
    assert "Via dell'Esempio" in view.draft.text
    assert len(anna.screen) > before + 1
    assert (await _view(surgery, anna)).draft is None


async def test_a_discarded_suggestion_is_the_person_s_to_answer(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    await surgery.desk.staff.suggestions.discard(
        surgery.contact(anna), await _draft(surgery, anna), who="Giulia"
    )
    view = await _view(surgery, anna)
    await surgery.desk.staff.desk.give_back(view.id, "Giulia")
    await surgery.settled()
    again = await _view(surgery, anna)

    assert (view.owned_by, view.draft, anna.screen) == ("Giulia", None, [])
    assert again.draft is not None
    assert "nome e cognome" in again.draft.text


async def test_whoever_takes_the_conversation_discards_what_was_suggested(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    draft = await _draft(surgery, anna)
    await surgery.desk.staff.desk.reply(
        surgery.contact(anna), "Eccomi", who="Giulia", client_message_id="0123456789abcdef"
    )
    with pytest.raises(AlreadyTaken):
        await surgery.desk.staff.suggestions.send(surgery.contact(anna), draft, who="Paolo")
    await surgery.settled()
    accepted = {one.flow: one for one in await surgery.desk.staff.suggestions.acceptance()}[
        "new_patient_consult"
    ]

    assert [seen.text for seen in anna.screen] == ["Eccomi"]
    assert (accepted.discarded, accepted.waiting) == (1, 0)


async def test_an_emergency_and_a_call_for_a_person_go_out_at_once(surgery: Surgery) -> None:
    anna, bruno = surgery.patient(), surgery.patient("393330000001")
    what_to_do, *_ = await anna.says("non riesco a respirare, ho la gola gonfia")
    (handed,) = await bruno.says("operatore")

    assert "112" in what_to_do.text
    assert "al più presto" in handed.text
    assert {row.owner for row in await surgery.desk.staff.desk.handoffs()} == {Owner.QUEUE}


async def test_while_nobody_is_there_to_read_it_the_patient_hears_when(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(
        tmp_path,
        interpreter=interpreter,
        at="2026-03-02T20:00+01:00",
        change=lambda practice: replace(practice, suggest=None),
    ) as surgery:
        anna = surgery.patient()
        (received,) = await anna.says("Buonasera, vorrei prenotare una prima visita")
        again = await anna.says("sono Anna Rossi")

    assert "Le risponderemo qui domani dalle 9:00" in received.text
    assert again == []


async def test_a_suggestion_that_nobody_reads_ends_in_an_apology_and_can_still_be_sent(
    surgery: Surgery,
) -> None:
    anna = surgery.patient()
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    assert isinstance(surgery.clock, FrozenClock)
    surgery.clock.move(minutes=3)
    await surgery.desk.alerts.look()
    surgery.clock.move(minutes=13)
    await surgery.desk.staff.promises.look()
    await surgery.settled()
    sorry = anna.sees
    thanks = await anna.taps("Aspetto")
    await _send(surgery, anna)

    assert [alert.kind for alert in surgery.staff.told][:1] == [AlertKind.WAITING]
    assert "nessuno è ancora riuscito" in sorry.text
    assert sorry.titles == ("Aspetto ancora", "Preferisco chiamare")
    assert len(thanks) == 1
    assert "nome e cognome" in anna.sees.text


async def test_only_the_flows_that_were_named_are_suggested(tmp_path: Path, interpreter: Interpreter) -> None:
    async with Surgery.open(
        tmp_path,
        interpreter=interpreter,
        at=MONDAY_TEN,
        change=lambda practice: replace(practice, suggest=frozenset({"new_patient_consult"})),
    ) as surgery:
        anna = surgery.patient()
        address = await anna.says("dove siete?")
        booking = await anna.says("vorrei prenotare una prima visita")
        await surgery.desk.switches.turn("suggest:new_patient_consult", False, by="Giulia")
        bruno = surgery.patient("393330000001")
        alone = await bruno.says("vorrei prenotare una prima visita")
        await anna.says("sono Anna Rossi")

        assert "Via dell'Esempio" in address[0].text
        assert (booking, len(alone)) == ([], 1)
        assert len(anna.screen) == 2
        assert await surgery.desk.staff.desk.handoffs() == ()


async def test_the_owner_hears_once_that_a_flow_may_go_alone(surgery: Surgery) -> None:
    for number in range(22):
        patient = surgery.patient(f"39333100{number:04d}")
        await patient.says("dove siete?")
        await _send(surgery, patient, "Siamo in centro." if number == 3 else None)
    await surgery.desk.alerts.look()
    ready = [one for one in await surgery.desk.staff.suggestions.acceptance() if one.is_ready]
    told = [(alert.kind, alert.reason) for alert in surgery.staff.told]

    assert [(one.unchanged, one.changed) for one in ready] == [(21, 1)]
    assert told == [(AlertKind.READY, ready[0].flow)]


@pytest.mark.parametrize(
    ("latest", "ready"),
    [
        ([Fate.UNCHANGED] * 19, False),
        ([Fate.UNCHANGED] * 20, True),
        ([Fate.CHANGED] + [Fate.UNCHANGED] * 19, True),
        ([Fate.CHANGED, Fate.DISCARDED] + [Fate.UNCHANGED] * 18, False),
        ([Fate.STALE] * 5 + [Fate.UNCHANGED] * 20, True),
        ([Fate.UNCHANGED] * 20 + [Fate.DISCARDED] * 9, True),
    ],
)
def test_twenty_in_a_row_of_which_nineteen_unchanged_are_enough(latest: list[Fate], ready: bool) -> None:
    assert is_ready(latest) is ready


async def test_no_suggestion_is_without_an_outcome(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    await _send(surgery, anna)
    (fact,) = surgery.desk.staff.facts.handoffs(
        start=surgery.clock.now().replace(hour=0), end=surgery.clock.now().replace(hour=23)
    )

    assert (fact.outcome, fact.answered_by) == (Outcome.ANSWERED, "Giulia")
    assert surgery.desk.staff.facts.without_outcome(at=surgery.clock.now()) == ()
