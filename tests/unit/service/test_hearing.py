"""What a message means that is more than its words."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.dialogue.commands import CannotHandle, Command, KnowledgeAnswer, SetSlot, StaleTap, StartFlow
from bot.domain.conversation import Choice, InboundKind
from bot.domain.heard import Beside, Quoted
from bot.domain.pipeline import InboxMessage
from bot.service.hearing.meaning_of import about_something_older, as_said, with_beginning
from nlu.understanding import Intent, Understanding

AT = datetime(2026, 3, 2, 7, tzinfo=UTC)
DAYS = (Choice(title="Martedì", payload="c1.tue"), Choice(title="Mercoledì", payload="c1.wed"))


def message(text: str | None = None, kind: InboundKind = InboundKind.TEXT, **beside: object) -> InboxMessage:
    return InboxMessage(
        id=1,
        kind=kind,
        text=text,
        payload=None,
        sent_at=AT,
        received_at=AT,
        beside=Beside(**beside),  # type: ignore[arg-type]
    )


def said(given: InboxMessage) -> tuple[InboundKind | str, str | None, str | None]:
    [found] = as_said([given])
    return found.kind, found.text, found.payload


def test_a_number_in_answer_to_a_list_is_a_tap_on_that_list() -> None:
    quoted = Quoted(is_ours=True, text="Quando?", choices=DAYS, is_latest=False)

    assert said(message("2", quoted=quoted)) == (InboundKind.CHOICE, "Mercoledì", "c1.wed")
    assert said(message("n. 1!", quoted=quoted)) == (InboundKind.CHOICE, "Martedì", "c1.tue")
    assert said(message("mercoledì", quoted=quoted)) == (InboundKind.CHOICE, "Mercoledì", "c1.wed")
    assert said(message("3", quoted=quoted)) == (InboundKind.TEXT, "3", None)
    assert said(message("alle 2", quoted=quoted)) == (InboundKind.TEXT, "alle 2", None)


def test_nothing_but_signs_in_answer_to_ones_own_message_asks_it_again() -> None:
    quoted = Quoted(is_ours=False, text="Siete aperti sabato?")

    assert said(message("??", quoted=quoted)) == (InboundKind.TEXT, "Siete aperti sabato?", None)
    assert said(message("e domenica", quoted=quoted)) == (InboundKind.TEXT, "e domenica", None)


def test_the_answers_of_a_form_are_words() -> None:
    answers = {"form": "flow", "answers.day": "2026-03-05", "answers.name": "Anna Rossi"}

    assert said(message(kind=InboundKind.FLOW_REPLY, details=answers)) == (
        InboundKind.TEXT,
        "2026-03-05\nAnna Rossi",
        None,
    )
    assert said(message(kind=InboundKind.FLOW_REPLY, details={"form": "flow"}))[0] is InboundKind.FLOW_REPLY


def test_a_number_counts_as_the_patients_own_only_where_we_asked_for_it() -> None:
    asked = {"origin": "contact_request", "phones": "+393331234567"}
    card = {"phones": "+393331234567", "names": "Bo Example"}

    assert said(message(kind=InboundKind.CONTACTS, details=asked))[:2] == (InboundKind.TEXT, "+393331234567")
    assert said(message(kind=InboundKind.CONTACTS, details=card))[0] is InboundKind.CONTACTS


def test_words_that_came_by_a_link_count_before_it_unless_they_say_next_to_nothing() -> None:
    greeting: tuple[Command, ...] = (KnowledgeAnswer(topic="greet"),)
    other: tuple[Command, ...] = (StartFlow("cancel_visit"),)
    price: tuple[Command, ...] = (KnowledgeAnswer(topic="prices"),)

    assert with_beginning(greeting, "book") == (StartFlow("book"),)
    assert with_beginning((CannotHandle(),), "book") == (StartFlow("book"),)
    assert with_beginning(other, "book") == other
    assert with_beginning(price, "book") == price
    assert with_beginning(greeting, None) == greeting


def test_a_yes_to_an_older_message_is_no_answer_to_what_is_asked_now() -> None:
    yes = Understanding(text="sì", language="it", intent=Intent(name="affirm", confidence=0.9))
    commands: tuple[Command, ...] = (SetSlot("confirm", "yes"),)
    older = message("sì", quoted=Quoted(is_ours=True, text="?", is_latest=False))
    latest = replace(older, beside=Beside(quoted=Quoted(is_ours=True, text="?")))

    assert about_something_older([older], yes, commands) == (StaleTap(),)
    assert about_something_older([latest], yes, commands) == commands
    assert about_something_older([message("sì")], yes, commands) == commands
