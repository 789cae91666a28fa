"""What events of a channel mean for a patient and the practice, beside messages and taps."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.consent import Consent
from bot.domain.conversation import InboundEvent, InboundKind, Referral, SendStatus
from bot.domain.handoff import AlertKind
from bot.domain.practice import Practice
from bot.service.inbox.desk import Owner
from bot.storage.events.arrivals import Source, SqlArrivals
from bot.storage.events.consents import SqlConsents
from bot.storage.events.tables import ARRIVAL
from bot.storage.events.unread_events import Unread, UnreadShelf
from bot.storage.sealing.rows import SealedRows
from bot.testing import ACCOUNT, Patient, Surgery

KINDS = InboundKind


def linked(practice: Practice) -> Practice:
    return replace(practice, links={"flyer": "new_patient_consult", "120": "new_patient_consult"})


@pytest.fixture
async def studio(tmp_path: Path, interpreter: Any) -> AsyncIterator[Surgery]:
    async with Surgery.open(tmp_path, interpreter=interpreter, change=linked) as surgery:
        yield surgery


def event(patient: Patient, kind: InboundKind, id: str, **said: Any) -> InboundEvent:
    return replace(patient._event(kind), id=id, **said)


async def comes(surgery: Surgery, *events: InboundEvent) -> None:
    await surgery.desk.intake.accept(events)
    await surgery.settled()


async def shown(surgery: Surgery, patient: Patient) -> list[tuple[str, str]]:
    """(kind, text) of what the patient wrote, as staff see it."""
    view = await surgery.desk.staff.desk.conversation(surgery.contact(patient))
    return [(each.kind, each.text) for each in view.messages if each.author == "patient"]


ANSWERED = (
    *(KINDS.IMAGE, KINDS.AUDIO, KINDS.VIDEO, KINDS.DOCUMENT, KINDS.STICKER, KINDS.LOCATION, KINDS.CONTACTS),
    *(KINDS.UNSUPPORTED, KINDS.FLOW_REPLY, KINDS.ORDER, KINDS.CALL, KINDS.OTHER),
)


async def test_whoever_sends_anything_that_waits_for_an_answer_gets_one(studio: Surgery) -> None:
    rings = {"event": "connect", "direction": "USER_INITIATED"}
    replies = {}
    for number, kind in enumerate(ANSWERED):
        patient = studio.patient(f"39347000001{number:02d}")
        await comes(studio, event(patient, kind, f"a{number}", details=rings if kind is KINDS.CALL else {}))
        replies[kind] = len(patient.screen)

    assert replies == dict.fromkeys(ANSWERED, 1)


async def test_what_waits_for_no_answer_gets_none(studio: Surgery) -> None:
    anna = studio.patient()
    silent = set(KINDS) - {*ANSWERED, KINDS.TEXT, KINDS.CHOICE, KINDS.STATUS, KINDS.READ}
    for number, kind in enumerate(sorted(silent)):
        await comes(studio, event(anna, kind, f"s{number}"))
    await comes(studio, event(anna, KINDS.CALL, "c1", details={"event": "terminate"}))

    assert anna.screen == []


# -- edits and deletions ----------------------------------------------------------------------------------


async def test_an_edit_before_the_turn_began_replaces_the_words(studio: Surgery) -> None:
    anna = studio.patient()
    await comes(
        studio,
        event(anna, KINDS.TEXT, "m1", text="Siete aperti domenica?"),
        event(anna, KINDS.EDIT, "m1:e1", text="Quanto costa una pulizia?", about="m1"),
    )

    assert len(anna.screen) == 1
    assert "80" in anna.sees.text
    assert await shown(studio, anna) == [("text", "Quanto costa una pulizia?")]


async def test_an_edit_that_arrives_before_its_message_counts_too(studio: Surgery) -> None:
    anna = studio.patient()
    later = studio.clock.now() + timedelta(seconds=5)
    await comes(
        studio,
        event(anna, KINDS.EDIT, "m1:e2", text="Quanto costa una pulizia?", about="m1", at=later),
        event(anna, KINDS.EDIT, "m1:e1", text="Dove siete?", about="m1"),
    )
    await comes(studio, event(anna, KINDS.TEXT, "m1", text="Siete aperti domenica?"))

    assert len(anna.screen) == 1
    assert "80" in anna.sees.text


async def test_an_edit_of_what_was_answered_is_shown_to_staff_and_answered_as_well(studio: Surgery) -> None:
    anna = studio.patient()
    await comes(studio, event(anna, KINDS.TEXT, "m1", text="Dove siete?"))
    await comes(studio, event(anna, KINDS.EDIT, "m1:e1", text="Dove parcheggio?", about="m1"))

    assert len(anna.screen) == 2
    assert await shown(studio, anna) == [("text", "Dove siete?"), ("edit", "Dove parcheggio?")]


async def test_a_message_deleted_before_it_is_answered_is_not(studio: Surgery) -> None:
    anna = studio.patient()
    await comes(
        studio,
        event(anna, KINDS.TEXT, "m1", text="Dove siete?"),
        event(anna, KINDS.DELETION, "m1:d", about="m1"),
    )

    assert anna.screen == []
    assert await shown(studio, anna) == [("deleted", "")]


async def test_the_words_of_a_deleted_message_go_wherever_they_are_stored(studio: Surgery) -> None:
    anna = studio.patient()
    words = "Dove siete? Mi chiamo Girasole"
    await comes(studio, event(anna, KINDS.TEXT, "m1", text=words))
    await comes(studio, event(anna, KINDS.EDIT, "m1:e", text=words + "!", about="m1"))
    await comes(studio, event(anna, KINDS.DELETION, "m1:d", about="m1"))
    traces = await studio.desk.staff.desk.turns(anna.wa_id)

    assert await shown(studio, anna) == [("deleted", "")]
    assert [trace.text for trace in traces] == [""]
    assert "Girasole" not in repr(traces)


async def test_a_deletion_that_arrives_before_its_message_deletes_it_all_the_same(studio: Surgery) -> None:
    anna = studio.patient()
    await comes(studio, event(anna, KINDS.DELETION, "m1:d", about="m1"))
    await comes(studio, event(anna, KINDS.TEXT, "m1", text="Dove siete?"))

    assert anna.screen == []


async def test_nobody_edits_or_deletes_what_somebody_else_wrote(studio: Surgery) -> None:
    anna, boris = studio.patient(), studio.patient("393470000002")
    await comes(
        studio,
        event(anna, KINDS.TEXT, "m1", text="Dove siete?"),
        event(boris, KINDS.DELETION, "b:d", about="m1"),
        event(boris, KINDS.EDIT, "b:e", text="operatore", about="m1"),
    )

    assert len(anna.screen) == 1
    assert (await shown(studio, anna))[0] == ("text", "Dove siete?")


# -- quotes, forms, numbers shared ------------------------------------------------------------------------


async def test_staff_see_what_a_message_answers_to(studio: Surgery) -> None:
    anna = studio.patient()
    await comes(studio, event(anna, KINDS.TEXT, "m1", text="Dove siete?"))
    await comes(studio, event(anna, KINDS.TEXT, "m2", text="grazie mille", about="m1"))
    view = await studio.desk.staff.desk.conversation(studio.contact(anna))

    assert [each.quoted for each in view.messages if each.text == "grazie mille"] == ["Dove siete?"]


async def test_a_number_in_answer_to_an_older_list_chooses_from_that_list(studio: Surgery) -> None:
    anna = studio.patient()
    await anna.says("Buongiorno")
    offered = next(seen for seen in anna.screen if seen.choices)
    ids = studio.channel.ids[-1]
    await anna.says("Quanto costa una pulizia?")
    before = await shown(studio, anna)
    await comes(studio, event(anna, KINDS.TEXT, "m9", text="1", about=f"wamid.{ids}"))

    assert offered.choices
    assert len(await shown(studio, anna)) == len(before) + 1
    assert (await studio.desk.staff.desk.turns(anna.wa_id))[-1].text == offered.choices[0].title


async def test_an_order_calls_a_person(studio: Surgery) -> None:
    anna = studio.patient()
    await comes(studio, event(anna, KINDS.ORDER, "o1", details={"product_items.0.quantity": "2"}))
    view = await studio.desk.staff.desk.conversation(studio.contact(anna))

    assert (view.owner, view.reason) == (Owner.QUEUE, "order")


# -- where people come from -------------------------------------------------------------------------------


async def arrivals(surgery: Surgery) -> list[tuple[str | None, str | None, bool]]:
    rows = await surgery.desk.books.database.read(
        lambda c: c.execute(select(ARRIVAL).order_by(ARRIVAL.c.id)).all()
    )
    return [(row.ref, row.advert, row.is_new) for row in rows]


async def test_a_link_begins_its_flow_and_is_noted(studio: Surgery) -> None:
    anna, boris = studio.patient(), studio.patient("393470000002")
    await boris.says("Vorrei prenotare")
    await comes(studio, event(anna, KINDS.REFERRAL, "r1", referral=Referral(ref="flyer", source="SHORTLINK")))

    assert anna.sees.text.splitlines()[-1] == boris.sees.text.splitlines()[-1]
    assert await arrivals(studio) == [("flyer", None, True)]


async def test_the_report_says_how_many_a_link_brought_and_how_many_booked(studio: Surgery) -> None:
    anna, boris = studio.patient(), studio.patient("393470000002")
    flyer = Referral(ref="flyer", source="SHORTLINK")
    for patient, id in ((anna, "r1"), (anna, "r2"), (boris, "r3")):
        await comes(studio, event(patient, KINDS.REFERRAL, id, referral=flyer))
    now = studio.clock.now()
    report = SqlArrivals(studio.desk.books.database, studio.desk.practice.id)

    assert report.sources(start=now - timedelta(days=1), end=now + timedelta(seconds=1)) == (
        Source(
            channel="whatsapp",
            source="SHORTLINK",
            ref="flyer",
            advert="",
            headline="",
            came=2,
            new=2,
            booked=0,
        ),
    )


async def test_a_link_that_begins_nothing_is_noted_and_left_alone(studio: Surgery) -> None:
    anna = studio.patient()
    await comes(studio, event(anna, KINDS.REFERRAL, "r1", referral=Referral(ref="poster")))

    assert anna.screen == []
    assert await arrivals(studio) == [("poster", None, True)]


async def test_a_greeting_after_an_advert_begins_what_the_advert_is_about(studio: Surgery) -> None:
    anna, boris = studio.patient(), studio.patient("393470000002")
    await boris.says("Vorrei prenotare")
    await comes(studio, event(anna, KINDS.TEXT, "a1", text="Buongiorno", referral=Referral(advert="120")))

    assert anna.sees.text.splitlines()[-1] == boris.sees.text.splitlines()[-1]
    assert await arrivals(studio) == [(None, "120", True)]


async def test_a_question_after_an_advert_is_answered_first(studio: Surgery) -> None:
    anna = studio.patient()
    asked = event(anna, KINDS.TEXT, "a1", text="Quanto costa una pulizia?", referral=Referral(advert="120"))
    await comes(studio, asked)

    assert "80" in anna.sees.text


async def test_get_started_by_a_link_begins_its_flow_and_a_forged_beginning_none(studio: Surgery) -> None:
    anna, boris = studio.patient(), studio.patient("393470000002")
    await boris.says("Vorrei prenotare")
    asked = boris.sees.text.splitlines()[-1]
    await boris.brings("begin:pattern_emergency")
    started = event(anna, KINDS.CHOICE, "g1", text="Start", payload="GET_STARTED")
    await comes(studio, replace(started, referral=Referral(ref="flyer")))

    assert "112" not in boris.sees.text
    assert anna.sees.text.splitlines()[-1] == asked


# -- who they are -----------------------------------------------------------------------------------------


async def test_a_patient_whose_number_changed_goes_on_where_they_were(studio: Surgery) -> None:
    anna = studio.patient("393331234567")
    await anna.says("Dove siete?")
    contact = studio.contact(anna)
    moved = {"type": "user_changed_number", "moved_to": "393470009999"}
    await comes(studio, event(anna, KINDS.SYSTEM, "s1", details=moved))
    again = studio.patient("393470009999")
    await again.says("Grazie")
    stranger = studio.patient("393331234567")
    await stranger.says("Dove siete?")
    view = await studio.desk.staff.desk.conversation(contact)

    assert [each.text for each in view.messages if each.author == "patient"] == ["Dove siete?", "Grazie"]


async def test_a_number_that_passed_to_somebody_else_brings_no_history_along(studio: Surgery) -> None:
    anna = studio.patient("IT.1111", name="Anna")
    first = event(anna, KINDS.TEXT, "m1", text="Dove siete?", aliases=("393331234567",))
    await comes(studio, first)
    bruno = studio.patient("IT.2222", name="Bruno")
    await comes(studio, event(bruno, KINDS.TEXT, "m2", text="Dove siete?", aliases=("393331234567",)))

    assert await shown(studio, anna) == [("text", "Dove siete?")]
    assert await shown(studio, bruno) == [("text", "Dove siete?")]
    assert studio.contact(anna) != studio.contact(bruno)


# -- wishes, threads, receipts, accounts ------------------------------------------------------------------


async def test_who_stops_promotions_on_the_channel_is_known_to_have(studio: Surgery) -> None:
    anna = studio.patient()
    stop = {"category": "marketing_messages", "value": "stop"}
    await comes(studio, event(anna, KINDS.PREFERENCES, "p1", details=stop))
    consents = SqlConsents(studio.desk.books.database, studio.desk.practice.id)

    assert await consents.of(studio.contact(anna)) == Consent(
        promotions=False, promotions_at=studio.clock.now()
    )
    assert anna.screen == []


INBOX_APP = "263902037430900"


async def test_the_inbox_takes_a_thread_and_gives_it_back(studio: Surgery) -> None:
    anna = studio.patient("7001", channel="messenger")
    await anna.says("Dove siete?")
    taken = {"new_owner_app_id": INBOX_APP, "previous_owner_app_id": "1"}
    given = {"new_owner_app_id": "1", "previous_owner_app_id": INBOX_APP}
    owners = []
    for id, details in (("h1", taken), ("h2", given)):
        await comes(studio, event(anna, KINDS.HANDOVER, id, details=details))
        view = await studio.desk.staff.desk.conversation(studio.contact(anna))
        owners.append((view.owner, view.owned_by))

    assert owners == [(Owner.STAFF, "Page inbox"), (Owner.BOT, None)]


async def test_what_was_read_until_a_moment_is_marked_and_never_unmarked(studio: Surgery) -> None:
    anna = studio.patient("7001", channel="messenger")
    await anna.says("Dove siete?")
    states = []
    for state in ("read", "delivered"):
        status = SendStatus(state=state, message_id="", until=studio.clock.now())
        kind = KINDS.READ if state == "read" else KINDS.STATUS
        await comes(studio, event(anna, kind, state, status=status))
        view = await studio.desk.staff.desk.conversation(studio.contact(anna))
        states.append([each.state for each in view.messages if each.author == "assistant"])

    assert states == [["read"], ["read"]]


def notice(**details: str) -> InboundEvent:
    return InboundEvent(
        kind=KINDS.ACCOUNT, channel="whatsapp", account=None, id="n1", sender=None, details=details
    )


async def test_staff_hear_once_that_the_account_is_restricted(studio: Surgery) -> None:
    restricted = notice(field="account_update", event="ACCOUNT_RESTRICTION")
    for _ in range(3):
        await comes(studio, restricted)
    await studio.until(lambda: bool(studio.staff.told))

    assert [(alert.kind, alert.reason) for alert in studio.staff.told] == [
        (AlertKind.ACCOUNT, "whatsapp account_update ACCOUNT_RESTRICTION")
    ]


async def test_good_news_of_the_account_calls_nobody(studio: Surgery) -> None:
    await comes(studio, notice(field="account_update", event="VERIFIED_ACCOUNT"))
    await studio.desk.alerts.look()

    assert studio.staff.told == []


# -- what nobody knows ------------------------------------------------------------------------------------


def shelf(surgery: Surgery) -> UnreadShelf:
    books = surgery.desk.books
    return UnreadShelf(books.database, SealedRows(surgery.desk.practice.id, books.keyring))


async def test_what_we_do_not_know_is_counted_and_kept_for_a_week(studio: Surgery) -> None:
    anna = studio.patient()
    raw = '{"type": "hologram", "hologram": {"text": "Girasole"}}'
    await comes(studio, event(anna, KINDS.OTHER, "x1", raw=raw), event(anna, KINDS.OTHER, "x2", raw=raw))
    await studio.desk.intake.keep_unread("whatsapp", b"<xml/>")
    at = studio.clock.now()
    kept = list(shelf(studio).raw())
    counted = shelf(studio).counts()
    studio.clock.move(days=9)  # type: ignore[attr-defined]
    await studio.desk.intake.keep_unread("whatsapp", b"<new/>")

    assert kept == [("whatsapp", raw), ("whatsapp", raw), ("whatsapp", "<xml/>")]
    assert counted == (
        Unread(channel="whatsapp", shape="hologram type", count=2, last_at=at),
        Unread(channel="whatsapp", shape="no JSON object", count=1, last_at=at),
    )
    assert list(shelf(studio).raw()) == [("whatsapp", "<new/>")]


async def test_an_account_that_is_not_ours_leaves_nothing(studio: Surgery) -> None:
    anna = studio.patient()
    foreign = replace(event(anna, KINDS.DELETION, "m1:d", about="m1"), account="999")
    await comes(studio, event(anna, KINDS.TEXT, "m1", text="Dove siete?"), foreign)

    assert ACCOUNT != "999"
    assert len(anna.screen) == 1
