"""Every way in which Graph says no: HTTP status, code, details and the exact shape of the answer."""

from datetime import timedelta
from typing import Any

import pytest
from stand_in_bench import Bench, StartBench, buttons, interactive, listing, rows, text

from bot.stand_in import KnownTemplate

INVALID = "(#100) Invalid parameter"
BAD_VALUE = "(#131009) Parameter value is not valid"
MISSING = "(#131008) Required parameter is missing"


def without(payload: dict[str, object], key: str) -> dict[str, object]:
    return {name: value for name, value in payload.items() if name != key}


def reply(identity: str, title: str) -> dict[str, object]:
    return {"type": "reply", "reply": {"id": identity, "title": title}}


def with_buttons(*replies: dict[str, object]) -> dict[str, object]:
    return interactive(type="button", action={"buttons": list(replies)})


def with_row(**row: object) -> dict[str, object]:
    return listing({"rows": [{"id": "a", "title": "Ore 9", **row}]})


def template(
    *components: dict[str, object], name: str = "reminder", language: str = "it"
) -> dict[str, object]:
    return {
        "messaging_product": "whatsapp",
        "to": "+393331234567",
        "type": "template",
        "template": {"name": name, "language": {"code": language}, "components": list(components)},
    }


def body_of(*values: str) -> dict[str, object]:
    return {"type": "body", "parameters": [{"type": "text", "text": value} for value in values]}


def media(kind: str, **content: object) -> dict[str, object]:
    return {"messaging_product": "whatsapp", "to": "+393331234567", "type": kind, kind: content}


async def refusal(bench: Bench, payload: object) -> tuple[int, dict[str, Any]]:
    """HTTP status and the whole answer; the trace id, which is fresh each time, is only looked at."""
    answer = await bench.send(payload)
    body = await answer.json()
    trace_id = body["error"].pop("fbtrace_id")
    assert trace_id.startswith("A") and len(trace_id) == 23
    return answer.status, body


def refused(code: int, message: str, details: str) -> dict[str, Any]:
    return {
        "error": {
            "message": message,
            "type": "OAuthException",
            "code": code,
            "error_data": {"messaging_product": "whatsapp", "details": details},
        }
    }


MALFORMED = {
    "a list instead of an object": ([], "Param body must be a JSON object"),
    "another product": (
        text() | {"messaging_product": "sms"},
        "Param messaging_product must be one of {WHATSAPP}",
    ),
    "an unknown key": (text(priority="high"), 'Unexpected key "priority".'),
    "an unknown key of the text": (
        text() | {"text": {"body": "Ciao", "bold": True}},
        'Unexpected key "bold" on param "text".',
    ),
    "an unknown key of a button": (
        with_buttons({"type": "reply", "reply": {"id": "a", "title": "A", "icon": "x"}}),
        'Unexpected key "icon" on param "interactive.action.buttons[0].reply".',
    ),
    "the object of another type": (text(image={"id": "1"}), 'Unexpected key "image".'),
    "a text that is a number": (text(5), "Param text.body must be a string"),
    "a text that is null": (text(None), "Param text.body must be a string"),
    "a preview that is a word": (
        text() | {"text": {"body": "Ciao", "preview_url": "yes"}},
        "Param text.preview_url must be a boolean",
    ),
    "buttons that are no list": (
        interactive(type="button", action={"buttons": {}}),
        "Param interactive.action.buttons must be an array",
    ),
    "an image from two places": (
        media("image", id="1", link="https://example.org/a.jpg"),
        "Exactly one of the params id and link is required",
    ),
    "a latitude that is a word": (
        media("location", latitude="north", longitude=9),
        "Param location.latitude must be a number",
    ),
    "a template value over two lines": (
        template(body_of("lunedì\nalle 9")),
        "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
    ),
}


@pytest.mark.parametrize(("payload", "details"), MALFORMED.values(), ids=MALFORMED)
async def test_what_has_the_wrong_shape_is_an_invalid_parameter(
    bench: Bench, payload: object, details: str
) -> None:
    assert await refusal(bench, payload) == (400, refused(100, INVALID, details))


INCOMPLETE = {
    "nobody to send to": (without(text(), "to"), "to"),
    "no text object": (without(text(), "text"), "text"),
    "no body in the text": (text() | {"text": {}}, "text.body"),
    "no interactive object": (without(buttons("Sì"), "interactive"), "interactive"),
    "no body above buttons": (
        {**buttons("Sì"), "interactive": {"type": "button", "action": {"buttons": [reply("a", "A")]}}},
        "interactive.body",
    ),
    "no action": (interactive(type="button"), "interactive.action"),
    "no id of a button": (
        with_buttons({"type": "reply", "reply": {"title": "A"}}),
        "interactive.action.buttons[0].reply.id",
    ),
    "no label on the list's button": (
        interactive(type="list", action={"sections": [rows(1)]}),
        "interactive.action.button",
    ),
    "no title of a section among several": (
        listing(rows(1), rows(1, first=1)),
        "interactive.action.sections[0].title",
    ),
    "no language of a template": (
        text() | {"type": "template", "template": {"name": "reminder"}},
        "template.language",
    ),
}


@pytest.mark.parametrize(("payload", "parameter"), INCOMPLETE.values(), ids=INCOMPLETE)
async def test_what_lacks_a_part_is_told_which(bench: Bench, payload: object, parameter: str) -> None:
    details = f"Parameter '{parameter}' is required"

    assert await refusal(bench, payload) == (400, refused(131008, MISSING, details))


def length(parameter: str, longest: int) -> str:
    return f"{parameter} length invalid. Min length: 1, Max length: {longest}"


def count(parameter: str, most: int) -> str:
    return f"{parameter} count invalid. Min: 1, Max: {most}"


_BUTTON = "interactive.action.buttons[0].reply"
_ROW = "interactive.action.sections[0].rows[0]"
WRONG_VALUES = {
    "a number without plus": (
        text(to="393331234567"),
        'Param to must begin with "+" and the country code: without it the country code of the sender is '
        "prepended and the message may reach a stranger",
    ),
    "a number with spaces": (text(to="+39 333 1234567"), "Param to is not a phone number in E.164 format"),
    "a number that begins with 0": (
        text(to="+0393331234567"),
        "Param to is not a phone number in E.164 format",
    ),
    "a user id that is none": (
        without(text(), "to") | {"recipient": "somebody"},
        "Param recipient is not a business-scoped user id",
    ),
    "a group": (text(recipient_type="group"), "Param recipient_type must be one of {individual}"),
    "an empty text": (text(""), length("text.body", 4096)),
    "a blank text": (text(" \n"), length("text.body", 4096)),
    "a text too long": (text("è" * 4097), length("text.body", 4096)),
    "callback data too long": (
        text(biz_opaque_callback_data="x" * 513),
        length("biz_opaque_callback_data", 512),
    ),
    "an unknown interactive": (
        interactive(type="contact_request", action={}),
        "Param interactive.type must be one of "
        "{button, cta_url, flow, list, location_request_message, request_contact_info}",
    ),
    "no buttons": (with_buttons(), count("interactive.action.buttons", 3)),
    "four buttons": (buttons("A", "B", "C", "D"), count("interactive.action.buttons", 3)),
    "an empty button": (with_buttons(reply("a", "")), length(f"{_BUTTON}.title", 20)),
    "a button too long": (buttons("x" * 21), length(f"{_BUTTON}.title", 20)),
    "a button id too long": (with_buttons(reply("x" * 257, "A")), length(f"{_BUTTON}.id", 256)),
    "a button id with a space": (
        with_buttons(reply("a ", "A")),
        "Button id must not begin or end with a space",
    ),
    "twin titles": (with_buttons(reply("a", "Sì"), reply("b", "Sì")), "Button titles must be unique"),
    "twin button ids": (with_buttons(reply("a", "Sì"), reply("a", "No")), "Button ids must be unique"),
    "a body too long for buttons": (
        buttons("A", body={"text": "x" * 1025}),
        length("interactive.body.text", 1024),
    ),
    "a footer too long": (buttons("A", footer={"text": "x" * 61}), length("interactive.footer.text", 60)),
    "a header too long": (
        buttons("A", header={"type": "text", "text": "x" * 61}),
        length("interactive.header.text", 60),
    ),
    "a picture above a list": (
        listing(rows(1), header={"type": "image", "image": {"id": "1"}}),
        "Param interactive.header.type must be one of {text}",
    ),
    "a list's label too long": (listing(rows(1), button="x" * 21), length("interactive.action.button", 20)),
    "a list's body too long": (
        listing(rows(1), body={"text": "x" * 4097}),
        length("interactive.body.text", 4096),
    ),
    "eleven sections": (
        listing(*(rows(1, section="S", first=n) for n in range(11))),
        count("interactive.action.sections", 10),
    ),
    "eleven rows in one section": (listing(rows(11)), count("interactive.action.sections[0].rows", 10)),
    "eleven rows in all": (
        listing(rows(6, section="Mattina"), rows(5, section="Pomeriggio", first=6)),
        "Total row count exceeds the maximum allowed count: 10",
    ),
    "a section's title too long": (
        listing(rows(1, section="x" * 25)),
        length("interactive.action.sections[0].title", 24),
    ),
    "a row's title too long": (with_row(title="x" * 25), length(f"{_ROW}.title", 24)),
    "a row's description too long": (with_row(description="x" * 73), length(f"{_ROW}.description", 72)),
    "an empty description": (with_row(description=""), length(f"{_ROW}.description", 72)),
    "a row's id too long": (with_row(id="x" * 201), length(f"{_ROW}.id", 200)),
    "twin rows": (listing(rows(1, section="A"), rows(1, section="B")), "Row ids must be unique"),
    "a link that is none": (media("image", link="ftp://example.org/a.jpg"), "Param link is not a valid URL"),
    "a place off the map": (
        media("location", latitude=91, longitude=9),
        "Param location.latitude must be between -90 and 90",
    ),
    "a caption too long": (media("image", id="1", caption="x" * 1025), length("image.caption", 1024)),
    "a message to read that nobody wrote": (
        {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.nobody"},
        "Param message_id is not a message of this business's patients",
    ),
}


@pytest.mark.parametrize(("payload", "details"), WRONG_VALUES.values(), ids=WRONG_VALUES)
async def test_a_value_beyond_its_limits_is_refused(bench: Bench, payload: object, details: str) -> None:
    assert await refusal(bench, payload) == (400, refused(131009, BAD_VALUE, details))


AT_THE_LIMIT = {
    "a text": text("è" * 4096),
    "three buttons": buttons("a" * 20, "b" * 20, "c" * 20, body={"text": "x" * 1024}),
    "a button id": with_buttons(reply("x" * 256, "A")),
    "a frame": buttons("A", header={"type": "text", "text": "x" * 60}, footer={"text": "x" * 60}),
    "ten rows": listing(rows(6, section="x" * 24), rows(4, section="y", first=6), button="z" * 20),
    "a row": with_row(id="x" * 200, title="x" * 24, description="x" * 72),
    "a list's body": listing(rows(1), body={"text": "x" * 4096}),
    "callback data": text(biz_opaque_callback_data="x" * 512),
}


@pytest.mark.parametrize("payload", AT_THE_LIMIT.values(), ids=AT_THE_LIMIT)
async def test_what_just_fits_is_accepted(bench: Bench, payload: object) -> None:
    answer = await bench.send(payload)

    assert answer.status == 200


async def test_the_product_must_be_named(bench: Bench) -> None:
    message = "(#100) The parameter messaging_product is required."
    details = "The parameter messaging_product is required"

    assert await refusal(bench, without(text(), "messaging_product")) == (400, refused(100, message, details))


async def test_an_unknown_type_is_unsupported(bench: Bench) -> None:
    known = "audio, document, image, interactive, location, reaction, sticker, template, text, video"

    assert await refusal(bench, text() | {"type": "poll"}) == (
        400,
        refused(131051, "(#131051) Unsupported message type", f"Message type is not one of {{{known}}}"),
    )


@pytest.mark.parametrize("header", ["", "Bearer", "Basic YTpi", "Bearer another token"])
async def test_without_the_access_token_nothing_is_sent(bench: Bench, header: str) -> None:
    path = "/v25.0/106540352242922/messages"
    answer = await bench.client.post(path, json=text(), headers={"Authorization": header})
    error = (await answer.json())["error"]

    assert answer.status == 401
    assert (error["type"], error["code"], "error_data" in error) == ("OAuthException", 190, False)
    assert bench.stand_in.messages() == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v25.0/1/messages", 100),
        ("/v21.0/106540352242922/messages", 2635),
        ("/v99.0/106540352242922/messages", 2500),
        ("/latest/106540352242922/messages", 2500),
        ("/106540352242922/messages", 2500),
    ],
)
async def test_another_number_or_version_does_not_exist(bench: Bench, path: str, code: int) -> None:
    headers = {"Authorization": "Bearer an access token"}
    answer = await bench.client.post(path, json=text(), headers=headers)

    assert (answer.status, (await answer.json())["error"]["code"]) == (400, code)


@pytest.mark.parametrize(
    ("content_type", "details"),
    [
        ("text/plain", "Content-Type must be application/json"),
        ("application/json", "The request body is not valid JSON"),
    ],
)
async def test_what_is_no_json_is_refused(bench: Bench, content_type: str, details: str) -> None:
    headers = {"Authorization": "Bearer an access token", "Content-Type": content_type}
    path = "/v25.0/106540352242922/messages"
    answer = await bench.client.post(path, data=b"{no json", headers=headers)
    error = (await answer.json())["error"]

    assert (answer.status, error["code"], error["error_data"]["details"]) == (400, 100, details)


async def test_the_practice_cannot_write_to_itself(bench: Bench) -> None:
    assert await refusal(bench, text(to="+390255501000")) == (
        400,
        refused(
            131021, "(#131021) Recipient cannot be sender", "Sender and recipient phone number is the same"
        ),
    )


async def test_a_test_number_writes_only_to_its_list(start: StartBench) -> None:
    bench = await start(allowed_recipients=frozenset({"393330000001"}))
    answer = await bench.send(text(to="+393330000001"))

    assert answer.status == 200
    assert await refusal(bench, text(to="+393330000002")) == (
        400,
        refused(
            131030,
            "(#131030) Recipient phone number not in allowed list",
            "Recipient phone number not in allowed list",
        ),
    )


LATE = refused(
    131047,
    "(#131047) Re-engagement message",
    "Message failed to send because more than 24 hours have passed since the customer last replied",
)


async def test_a_day_after_the_patients_last_words_only_templates_go(bench: Bench) -> None:
    bench.stand_in.says("393331234567", "Buongiorno")
    bench.clock.advance(hours=24, seconds=-1)
    in_time = await bench.send(text())
    bench.clock.advance(seconds=1)
    late = await refusal(bench, text())
    bench.clock.advance(hours=1)
    by_template = await bench.send(template())

    assert (in_time.status, late, by_template.status) == (200, (400, LATE), 200)


async def test_whoever_never_wrote_gets_no_free_text_when_the_window_is_enforced(start: StartBench) -> None:
    bench = await start(enforce_window=True)

    assert await refusal(bench, text()) == (400, LATE)


async def test_a_late_message_may_be_refused_by_a_status(start: StartBench) -> None:
    bench = await start(enforce_window=True, window_refusal_by_status=True, window=timedelta(hours=24))
    answer = await bench.send(text())
    await bench.stand_in.settled()
    status = bench.receiver.statuses[0]

    assert answer.status == 200
    assert (status["status"], status["errors"][0]["code"]) == ("failed", 131047)


async def test_an_account_knows_its_templates(start: StartBench) -> None:
    known = (KnownTemplate(name="reminder", language="it", body_parameters=2),)
    bench = await start(templates=known)
    accepted = await bench.send(template(body_of("lunedì", "9:00")))

    assert (await accepted.json())["messages"][0]["message_status"] == "accepted"
    assert await refusal(bench, template(body_of("lunedì", "9:00"), language="ru")) == (
        404,
        refused(
            132001,
            "(#132001) Template does not exist",
            "Template name does not exist in the translation",
        ),
    )
    assert await refusal(bench, template(body_of("lunedì"))) == (
        400,
        refused(
            132000,
            "(#132000) Template Param Count Mismatch",
            "body: number of localizable_params (1) does not match the expected number of params (2)",
        ),
    )


PAIR = refused(
    131056,
    "(#131056) (Business Account, Consumer Account) pair rate limit hit",
    "Message failed to send because there were too many messages sent from this phone number to the same "
    "phone number in a short period of time",
)


async def test_a_burst_to_one_patient_is_paid_back_before_the_next_message(bench: Bench) -> None:
    burst = [(await bench.send(text())).status for _ in range(20)]
    bench.clock.advance(seconds=119)
    too_early = await refusal(bench, text())
    another_patient = await bench.send(text(to="+393330000002"))
    bench.clock.advance(seconds=1)
    paid_back = await bench.send(text())

    assert burst == [200] * 20
    assert (too_early, another_patient.status, paid_back.status) == ((400, PAIR), 200, 200)


async def test_a_burst_ends_after_45_messages(bench: Bench) -> None:
    burst = [(await bench.send(text())).status for _ in range(45)]

    assert burst == [200] * 45
    assert await refusal(bench, text()) == (400, PAIR)


async def test_more_than_the_throughput_in_a_second_is_refused(start: StartBench) -> None:
    bench = await start(throughput=3)
    bench.stand_in.says("393331234567", "Buongiorno")
    within = [(await bench.send(text())).status for _ in range(2)]
    over = await refusal(bench, text())
    bench.clock.advance(seconds=1)
    next_second = await bench.send(text())

    assert (within, next_second.status) == ([200, 200], 200)
    assert over == (
        400,
        refused(130429, "(#130429) Rate limit hit", "Cloud API message throughput has been reached"),
    )
