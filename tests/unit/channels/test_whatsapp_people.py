"""One person keeps one identity, whatever of them a webhook carries."""

import json
from typing import Any

from bot.channels.whatsapp import parse
from bot.domain.conversation import InboundEvent, InboundKind, SendStatus

ADA, NEW_NUMBER = "447700900101", "447700900303"
USER, PARENT = "GB.1111111111", "GB.ENT.99999"


def read(field: str = "messages", **value: Any) -> InboundEvent:
    value = {"metadata": {"phone_number_id": "1"}} | value
    body = {"entry": [{"changes": [{"field": field, "value": value}]}]}
    (event,) = parse(json.dumps(body).encode())
    return event


def message(**ids: str) -> dict[str, Any]:
    return {"id": "wamid.1", "timestamp": "1795082400", "type": "text", "text": {"body": "Hello"}} | ids


def person(event: InboundEvent) -> tuple[str | None, tuple[str, ...], str | None, str | None]:
    return event.sender, event.aliases, event.phone, event.profile_name


def test_a_number_alone_is_the_person() -> None:
    contacts = [{"wa_id": ADA, "profile": {"name": "Ada\0 Sample"}}]

    assert person(read(messages=[message(**{"from": ADA})], contacts=contacts)) == (
        ADA,
        (),
        f"+{ADA}",
        "Ada Sample",
    )


def test_a_user_id_comes_before_the_number_and_the_number_is_an_alias() -> None:
    contacts = [{"wa_id": ADA, "user_id": USER, "parent_user_id": PARENT, "profile": {"name": "Ada"}}]

    assert person(read(messages=[message(**{"from": ADA})], contacts=contacts)) == (
        USER,
        (PARENT, ADA),
        f"+{ADA}",
        "Ada",
    )


def test_somebody_with_a_username_has_no_number() -> None:
    contacts = [{"user_id": USER, "profile": {"name": "Ada", "username": "ada"}}]

    assert person(read(messages=[message(from_user_id=USER)], contacts=contacts)) == (USER, (), None, "Ada")


def test_a_number_that_was_rewritten_is_one_more_alias() -> None:
    contacts = [{"wa_id": "5511990000001", "user_id": "BR.7"}]
    sent = message(**{"from": "551190000001", "from_user_id": "BR.7"})

    assert person(read(messages=[sent], contacts=contacts)) == (
        "BR.7",
        ("551190000001", "5511990000001"),
        "+551190000001",
        None,
    )


def test_a_contact_of_the_same_number_but_another_user_id_is_somebody_else() -> None:
    contacts = [{"wa_id": ADA, "user_id": "GB.2222222222", "profile": {"name": "Bo"}}]
    sent = message(**{"from": ADA, "from_user_id": USER})

    assert person(read(messages=[sent], contacts=contacts)) == (USER, (ADA,), f"+{ADA}", None)


def test_a_message_that_names_nobody_is_not_given_to_the_only_contact() -> None:
    contacts = [{"wa_id": ADA, "user_id": USER, "profile": {"name": "Ada"}}]

    assert person(read(messages=[message()], contacts=contacts)) == (None, (), None, None)


def test_what_is_no_plausible_number_is_no_phone() -> None:
    assert person(read(messages=[message(**{"from": "0123"})])) == ("0123", (), None, None)
    assert person(read(messages=[message(**{"from": "x" * 257})])) == (None, (), None, None)


def test_a_new_number_is_not_taken_for_the_same_person() -> None:
    """Numbers pass from one person to another: who has the new one may already be a patient of ours."""
    system = {"type": "user_changed_number", "wa_id": NEW_NUMBER, "user_id": "GB.2"}
    event = read(messages=[message(**{"from": ADA}) | {"type": "system", "system": system}])

    assert event.kind is InboundKind.SYSTEM
    assert person(event) == (ADA, (), f"+{ADA}", None)


def test_a_new_user_id_is_linked_to_the_previous_one() -> None:
    update = {"wa_id": ADA, "user_id": {"previous": "GB.1", "current": "GB.2"}}
    moved = {"type": "user_changed_user_id", "user_id": "GB.2", "previous_user_id": "GB.1"}

    assert person(read("user_id_update", user_id_update=[update])) == ("GB.2", ("GB.1", ADA), f"+{ADA}", None)
    assert person(read("user_id_update", user_id_update=[{"user_id": {"previous": "GB.1"}}])) == (
        "GB.1",
        (),
        None,
        None,
    )
    same = {"user_id": {"previous": "GB.1", "current": "GB.1"}}
    assert person(read("user_id_update", user_id_update=[same])) == ("GB.1", (), None, None)
    assert person(read(messages=[message() | {"type": "system", "system": moved}])) == (
        "GB.2",
        ("GB.1",),
        None,
        None,
    )


def test_a_status_is_about_whom_we_wrote_to() -> None:
    status = {
        "id": "wamid.out",
        "status": "failed",
        "timestamp": "1795082400",
        "recipient_id": ADA,
        "recipient_user_id": USER,
        "biz_opaque_callback_data": "out_1",
        "errors": [{"code": "131047", "title": "Re-engagement message"}, {"code": 1}],
    }

    event = read(statuses=[status])

    assert person(event) == (USER, (ADA,), f"+{ADA}", None)
    assert event.status == SendStatus(
        state="failed", message_id="wamid.out", outbox_id="out_1", error_code=131047
    )


def test_a_failure_with_an_absurd_code_is_a_failure_without_one() -> None:
    status = {"id": "wamid.out", "status": "failed", "errors": [{"code": 10**30}]}

    assert read(statuses=[status]).status == SendStatus(state="failed", message_id="wamid.out")


def test_an_echo_is_about_whom_staff_wrote_to() -> None:
    echo = message(**{"from": "15550783881", "to": ADA, "to_user_id": USER})

    assert person(read("smb_message_echoes", message_echoes=[echo])) == (USER, (ADA,), f"+{ADA}", None)


def test_the_same_message_without_an_id_keeps_one_id_when_meta_repeats_it() -> None:
    once = read(messages=[{"from": ADA, "type": "text", "text": {"body": "Hello"}, "timestamp": "1"}])
    again = read(messages=[{"timestamp": "1", "text": {"body": "Hello"}, "type": "text", "from": ADA}])
    later = read(messages=[{"from": ADA, "type": "text", "text": {"body": "Hello"}, "timestamp": "2"}])

    assert once.id is not None
    assert once.id == again.id
    assert once.id != later.id


def test_an_id_too_long_for_a_database_index_is_replaced() -> None:
    event = read(messages=[message() | {"id": "w" * 3000}])
    status = read(statuses=[{"id": "w" * 250, "status": "sent", "timestamp": "1795082400"}])

    assert [len(each.id or "") for each in (event, status)] == [71, 71]
