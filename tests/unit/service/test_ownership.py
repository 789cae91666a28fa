"""One owner a conversation: whoever takes it has it, and the assistant does not talk into it."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.conversation import FateUnknown, InboundEvent, InboundKind, Refused, SendAction
from bot.domain.handoff import Outcome
from bot.service.clock import FrozenClock
from bot.service.inbox.desk import AlreadyTaken, Author, MessageState, NothingAnswered, Owner
from bot.testing import Patient, Surgery


def _echo(anna: Patient, text: str, *, id: str = "echo.1", later: float = 0.0) -> InboundEvent:
    """Staff write to this patient from the phone app, or from the page's own inbox."""
    return InboundEvent(
        kind=InboundKind.ECHO,
        channel=anna.channel,
        account=anna.account,
        id=id,
        sender=anna.wa_id,
        at=anna.surgery.clock.now() + timedelta(seconds=later),
        text=text,
    )


async def _owner(surgery: Surgery, anna: Patient) -> tuple[Owner, str | None]:
    view = await surgery.desk.staff.desk.conversation(surgery.contact(anna))
    return view.owner, view.owned_by


def _pass(surgery: Surgery, **by: float) -> None:
    assert isinstance(surgery.clock, FrozenClock)
    surgery.clock.move(**by)


async def test_twenty_people_click_at_once_and_one_has_it(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("operatore")
    people = [f"person {number}" for number in range(20)]
    came = await asyncio.gather(
        *[desk.take(surgery.contact(anna), who) for who in people], return_exceptions=True
    )
    winners = [who for who, outcome in zip(people, came, strict=True) if outcome is None]
    told = {outcome.by for outcome in came if isinstance(outcome, AlreadyTaken)}

    assert len(winners) == 1
    assert told == set(winners)
    assert await _owner(surgery, anna) == (Owner.STAFF, winners[0])


async def test_a_colleagues_conversation_is_taken_over_only_by_naming_the_colleague(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("operatore")
    await desk.take(surgery.contact(anna), "Giulia")
    with pytest.raises(AlreadyTaken):
        await desk.take(surgery.contact(anna), "Marco")
    with pytest.raises(AlreadyTaken):
        await desk.take(surgery.contact(anna), "Marco", instead_of="Sara")
    await desk.take(surgery.contact(anna), "Marco", instead_of="Giulia")

    assert await _owner(surgery, anna) == (Owner.STAFF, "Marco")


async def test_a_conversation_is_assigned_and_put_back_into_the_queue(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("operatore")
    await desk.take(surgery.contact(anna), "Giulia")
    await desk.assign(surgery.contact(anna), "Marco", who="Giulia")
    with pytest.raises(AlreadyTaken):
        await desk.assign(surgery.contact(anna), "Sara", who="Giulia")
    assigned = await _owner(surgery, anna)
    await desk.put_back(surgery.contact(anna), "Marco")
    (waiting,) = await desk.handoffs()

    assert assigned == (Owner.STAFF, "Marco")
    assert (waiting.owner, waiting.owned_by) == (Owner.QUEUE, None)


async def test_a_reply_that_has_not_gone_is_withdrawn_and_shown_so(surgery: Surgery) -> None:
    surgery.channel.outcomes = [Refused(action=SendAction.RETRY, code=130429)]
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await surgery.desk.intake.accept([anna._event(InboundKind.TEXT, text="Buonasera")])
    await surgery.until(lambda: len(surgery.channel.ids) == 1)
    await desk.take(surgery.contact(anna), "Giulia")
    await desk.reply(surgery.contact(anna), "Eccomi.", who="Giulia", client_message_id="1")
    surgery.desk.delivery.look_again()
    await surgery.settled()
    view = await desk.conversation(surgery.contact(anna))

    assert [seen.text for seen in anna.screen] == ["Eccomi."]
    assert [(m.author, m.state) for m in view.messages] == [
        (Author.PATIENT, None),
        (Author.ASSISTANT, MessageState.WITHDRAWN),
        (Author.STAFF, MessageState.SENT),
    ]


async def test_what_may_have_arrived_is_not_sent_again_after_a_take_over(surgery: Surgery) -> None:
    surgery.channel.outcomes = [FateUnknown(reason="no answer")]
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    surgery.desk.delivery._wait_for_status = 60.0
    await surgery.desk.intake.accept([anna._event(InboundKind.TEXT, text="Buonasera")])
    await surgery.until(lambda: len(surgery.channel.ids) == 1)
    await desk.take(surgery.contact(anna), "Giulia")
    for _ in range(20):  # in steps: a jump is time in which no status could have reached us
        _pass(surgery, seconds=4)
        surgery.desk.reachability.tick()
    surgery.desk.delivery.look_again()
    await surgery.settled()

    assert len(surgery.channel.ids) == 1
    assert anna.screen == []


async def test_who_answers_from_the_phone_takes_over(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    await surgery.desk.intake.accept([_echo(anna, "Buonasera Anna, La chiamo io.")])
    silence = await anna.says("grazie")
    view = await desk.conversation(surgery.contact(anna))

    assert silence == []
    assert (view.owner, view.owned_by) == (Owner.STAFF, "WhatsApp app")
    assert [(m.author, m.by, m.text) for m in view.messages[-2:]] == [
        (Author.STAFF, "WhatsApp app", "Buonasera Anna, La chiamo io."),
        (Author.PATIENT, None, "grazie"),
    ]


async def test_who_answers_from_the_page_s_own_inbox_takes_over(surgery: Surgery) -> None:
    anna = surgery.patient("9001", channel="messenger")
    await anna.says("Buonasera")
    await surgery.desk.intake.accept([_echo(anna, "Buonasera!")])

    assert await _owner(surgery, anna) == (Owner.STAFF, "Page inbox")


async def test_our_own_echo_is_nobody_s_take_over(surgery: Surgery) -> None:
    anna = surgery.patient("9001", channel="messenger")
    await anna.says("Buonasera")
    ours = f"wamid.{surgery.channel.ids[-1]}"
    await surgery.desk.intake.accept([_echo(anna, anna.sees.text, id=ours)])
    view = await surgery.desk.staff.desk.conversation(surgery.contact(anna))

    assert view.owner is Owner.BOT
    assert len(view.messages) == 2


async def test_an_echo_from_before_the_giving_back_takes_nothing_over(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("Buonasera")
    await desk.take(surgery.contact(anna), "Giulia")
    _pass(surgery, minutes=5)
    await desk.give_back(surgery.contact(anna), "Giulia")
    await surgery.settled()
    await surgery.desk.intake.accept([_echo(anna, "Scusi il ritardo", later=-120)])

    assert await _owner(surgery, anna) == (Owner.BOT, None)


async def test_staff_take_over_in_the_inbox_what_was_begun_on_the_phone(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("Buonasera")
    await surgery.desk.intake.accept([_echo(anna, "Buonasera Anna")])
    await desk.take(surgery.contact(anna), "Giulia")

    assert await _owner(surgery, anna) == (Owner.STAFF, "Giulia")


async def test_a_settled_conversation_begins_anew_when_the_patient_writes(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    await desk.reply(surgery.contact(anna), "Ci vediamo!", who="Giulia", client_message_id="1")
    await desk.close(surgery.contact(anna), "Giulia", outcome=Outcome.ANSWERED)
    closed = await _owner(surgery, anna)
    seen = await anna.says("Buonasera")

    assert closed == (Owner.CLOSED, None)
    assert await _owner(surgery, anna) == (Owner.BOT, None)
    assert await desk.handoffs() == ()
    assert "assistente automatico" in "\n".join(each.text for each in seen)


async def test_nobody_closes_as_answered_what_nobody_answered(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("operatore")
    with pytest.raises(NothingAnswered):
        await desk.close(surgery.contact(anna), "Giulia", outcome=Outcome.ANSWERED)
    await desk.close(surgery.contact(anna), "Giulia", outcome=Outcome.PHONED)

    assert await _owner(surgery, anna) == (Owner.CLOSED, None)


async def test_an_emergency_in_a_settled_conversation_goes_to_the_queue(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("Buonasera")
    await desk.close(surgery.contact(anna), "Giulia", outcome=Outcome.NO_REPLY_NEEDED)
    seen = await anna.says("non riesco a respirare, ho la gola gonfia")
    (waiting,) = await desk.handoffs()

    assert "112" in seen[0].text
    assert (waiting.owner, waiting.urgent) == (Owner.QUEUE, True)


async def test_who_takes_again_before_the_assistant_is_back_keeps_it(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("operatore")
    conversation = surgery.contact(anna)
    await desk.take(conversation, "Giulia")
    before = len(anna.screen)
    await asyncio.gather(desk.give_back(conversation, "Giulia"), desk.take(conversation, "Giulia"))
    await surgery.settled()
    kept = await _owner(surgery, anna)
    _pass(surgery, seconds=1)
    await desk.give_back(conversation, "Giulia")
    await surgery.settled()

    assert kept == (Owner.STAFF, "Giulia")
    assert len(anna.screen) == before + 1
    assert await _owner(surgery, anna) == (Owner.BOT, None)


async def test_a_person_who_wrote_just_now_deals_with_the_emergency(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("operatore")
    await desk.reply(surgery.contact(anna), "Mi dica.", who="Giulia", client_message_id="1")
    await surgery.settled()
    at_once = await anna.says("non riesco a respirare, ho la gola gonfia")
    _pass(surgery, minutes=3)
    later = await anna.says("non riesco a respirare, ho la gola gonfia")

    assert at_once == []
    assert "112" in later[0].text


async def test_an_opt_out_is_confirmed_whoever_owns_the_conversation(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("operatore")
    await desk.take(surgery.contact(anna), "Giulia")
    (seen,) = await anna.says("STOP")

    assert "non riceverà più messaggi" in seen.text
