"""Templates: what may be created, who judges them, and what a call of one is refused for."""

from typing import Any

import pytest
from stand_in_bench import APP_SECRET, PSID, TOKEN, Bench, StartBench

from bot.stand_in import KnownTemplate

WABA = "100200300400500"
BODY = "Gentile {{name}}, La aspettiamo {{day}} alle nove in studio, a presto."
EXAMPLES = [{"param_name": "name", "example": "Giulia"}, {"param_name": "day", "example": "lunedì"}]


def reminder(body: str = BODY, **changes: object) -> dict[str, Any]:
    named = {"body_text_named_params": EXAMPLES}
    buttons = [{"type": "QUICK_REPLY", "text": "Confermo"}, {"type": "QUICK_REPLY", "text": "Sposto"}]
    return {
        "name": "reminder",
        "language": "it",
        "category": "UTILITY",
        "parameter_format": "NAMED",
        "components": [
            {"type": "BODY", "text": body, "example": named},
            {"type": "BUTTONS", "buttons": buttons},
        ],
        **changes,
    }


def call(*body: tuple[str, str], payloads: tuple[str, ...] = (), **changes: object) -> dict[str, Any]:
    parameters = [{"type": "text", "parameter_name": name, "text": text} for name, text in body]
    components: list[dict[str, Any]] = [{"type": "body", "parameters": parameters}] if body else []
    for place, payload in enumerate(payloads):
        parameter = [{"type": "payload", "payload": payload}]
        button = {"type": "button", "sub_type": "quick_reply", "index": place, "parameters": parameter}
        components.append(button)
    template = {"name": "reminder", "language": {"code": "it"}, "components": components, **changes}
    return {
        "messaging_product": "whatsapp",
        "to": "+393331234567",
        "type": "template",
        "template": template,
    }


GOOD = call(("name", "Giulia"), ("day", "lunedì"))


async def approved(bench: Bench) -> None:
    await bench.manage("post", f"{WABA}/message_templates", json=reminder())
    await bench.stand_in.settled()


async def test_a_template_is_created_judged_and_called(bench: Bench) -> None:
    created = await bench.manage("post", f"{WABA}/message_templates", json=reminder())
    await bench.stand_in.settled()
    status, listed = await bench.manage("get", f"{WABA}/message_templates?name=remind")
    [told] = [value for value in bench.receiver.values if "event" in value]

    assert created == (200, {"id": listed["data"][0]["id"], "status": "PENDING", "category": "UTILITY"})
    assert (status, listed["data"][0]["status"], told["event"]) == (200, "APPROVED", "APPROVED")
    assert (await bench.send(GOOD)).status == 200


async def test_a_tap_on_a_template_says_what_the_button_said(bench: Bench) -> None:
    await approved(bench)
    sent = await (await bench.send(call(("name", "Giulia"), ("day", "lunedì"), payloads=("yes",)))).json()
    bench.stand_in.taps("393331234567", sent["messages"][0]["id"], "yes")
    bench.stand_in.taps("393331234567", sent["messages"][0]["id"], "Sposto")
    await bench.stand_in.settled()

    assert [message["button"] for message in bench.receiver.messages] == [
        {"payload": "yes", "text": "Confermo"},
        {"payload": "Sposto", "text": "Sposto"},
    ]


@pytest.mark.parametrize(
    ("status", "code"),
    [("PENDING", 132001), ("REJECTED", 132001), ("PAUSED", 132015), ("DISABLED", 132016)],
)
async def test_a_template_out_of_favour_is_not_sent(bench: Bench, status: str, code: int) -> None:
    await approved(bench)
    judged = await bench.control(
        "templates", {"name": "reminder", "language": "it", "status": status, "reason": "SPAM"}
    )
    await bench.stand_in.settled()
    answer = await bench.send(GOOD)
    told = [value["event"] for value in bench.receiver.values if "event" in value]

    assert (judged[0], judged[1]["status"], told[-1]) == (200, status, status)
    assert (await answer.json())["error"]["code"] == code


CALLS = {
    "a parameter too few": (call(("name", "Giulia")), 132000),
    "a parameter of another name": (call(("name", "Giulia"), ("time", "nove")), 132018),
    "another language": (call(("name", "G"), ("day", "d"), language={"code": "en"}), 132001),
    "a button that takes nothing": (call(("name", "G"), ("day", "d"), payloads=("a", "b", "c")), 132018),
    "more than fits": (call(("name", "G" * 600), ("day", "d" * 600)), 132005),
}


@pytest.mark.parametrize(("payload", "code"), CALLS.values(), ids=CALLS)
async def test_a_call_that_does_not_fit_is_refused(bench: Bench, payload: object, code: int) -> None:
    await approved(bench)
    answer = await bench.send(payload)

    assert (await answer.json())["error"]["code"] == code


async def test_a_name_is_needed_where_parameters_have_names(bench: Bench) -> None:
    await approved(bench)
    parameters = [{"type": "text", "text": "Giulia"}, {"type": "text", "text": "lunedì"}]
    answer = await bench.send(call(components=[{"type": "body", "parameters": parameters}]))

    assert (await answer.json())["error"]["code"] == 100


WRONG = {
    "a name in capitals": (reminder(name="Reminder"), None),
    "a category that is none": (reminder(category="SERVICE"), None),
    "a variable at the end": (reminder("La aspettiamo in studio da noi il giorno {{day}}"), 2388299),
    "a variable at the start": (reminder("{{name}} La aspettiamo in studio da noi domani."), 2388299),
    "no example": (reminder("La aspettiamo in studio, {{other}}, alle nove di domani."), 2388043),
    "too many variables": (reminder("Ciao {{name}} {{day}} ciao."), 2388293),
    "a long body": (reminder("a" * 1025), 2388040),
    "a variable that is counted": (reminder("Gentile {{Name}}, La aspettiamo alle nove in studio."), 2388293),
    "no body": (reminder(components=[{"type": "FOOTER", "text": "Studio"}]), None),
    "a footer with a variable": (
        reminder(components=[{"type": "BODY", "text": "Ciao"}, {"type": "FOOTER", "text": "{{a}}"}]),
        None,
    ),
    "a long button": (
        reminder(
            components=[
                {"type": "BODY", "text": "Ciao"},
                {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "x" * 26}]},
            ]
        ),
        2388040,
    ),
    "an unknown key": (reminder(colour="red"), None),
}


@pytest.mark.parametrize(("body", "subcode"), WRONG.values(), ids=WRONG)
async def test_what_is_no_template_is_not_created(bench: Bench, body: object, subcode: int | None) -> None:
    status, answer = await bench.manage("post", f"{WABA}/message_templates", json=body)

    assert (status, answer["error"]["code"], answer["error"].get("error_subcode")) == (400, 100, subcode)


async def test_the_same_name_and_language_come_once_and_not_again_for_a_month(bench: Bench) -> None:
    await approved(bench)
    twice = await bench.manage("post", f"{WABA}/message_templates", json=reminder())
    gone = await bench.manage("delete", f"{WABA}/message_templates?name=reminder")
    again = await bench.manage("post", f"{WABA}/message_templates", json=reminder())
    bench.clock.advance(days=30)

    assert twice[1]["error"]["error_subcode"] == 2388024
    assert (gone, again[1]["error"]["error_subcode"]) == ((200, {"success": True}), 2388023)
    assert (await bench.manage("post", f"{WABA}/message_templates", json=reminder()))[0] == 200


async def test_meta_may_call_a_template_marketing_and_whoever_stopped_that_gets_none(
    start: StartBench,
) -> None:
    bench = await start(stopped_marketing=frozenset({"393331234567"}))
    await approved(bench)
    await bench.control("templates", {"name": "reminder", "language": "it", "category": "MARKETING"})
    await bench.send(GOOD)
    await bench.stand_in.settled()

    assert [value["new_category"] for value in bench.receiver.values if "new_category" in value] == [
        "MARKETING"
    ]
    assert [status["errors"][0]["code"] for status in bench.receiver.statuses] == [131050]


async def test_reviews_may_reject_or_take_their_time(start: StartBench) -> None:
    states = {}
    for review in ("reject", "hold"):
        bench = await start(template_review=review)
        await approved(bench)
        _, listed = await bench.manage("get", f"{WABA}/message_templates")
        states[review] = listed["data"][0]["status"]

    assert states == {"reject": "REJECTED", "hold": "PENDING"}


async def test_lists_of_templates_come_in_pages(start: StartBench) -> None:
    known = tuple(KnownTemplate(name=f"t{number}", language="it") for number in range(5))
    bench = await start(templates=known)
    _, first = await bench.manage("get", f"{WABA}/message_templates?limit=3")
    after = first["paging"]["cursors"]["after"]
    _, second = await bench.manage("get", f"{WABA}/message_templates?limit=3&after={after}")

    assert [len(first["data"]), len(second["data"]), "paging" in second] == [3, 2, False]


async def test_messenger_has_utility_templates_outside_of_the_window(bench: Bench) -> None:
    body = reminder(
        components=[{"type": "BODY", "text": BODY, "example": {"body_text_named_params": EXAMPLES}}]
    )
    created = await bench.manage("post", "200000000000001/message_templates", json=body)
    await bench.open_thread("messenger")
    bench.clock.advance(days=3)
    parameters = [
        {"type": "text", "parameter_name": "name", "text": "Giulia"},
        {"type": "text", "parameter_name": "day", "text": "lunedì"},
    ]
    template = {
        "name": "reminder",
        "language": {"code": "it"},
        "components": [{"type": "body", "parameters": parameters}],
    }
    late = await bench.page_send("messenger", {"text": "Buongiorno"})
    sent = await bench.page_send("messenger", {"template": template}, messaging_type="UTILITY")
    unknown = await bench.page_send(
        "messenger", {"template": {**template, "name": "other"}}, messaging_type="UTILITY"
    )

    assert (created[1]["status"], late.status, sent.status, unknown.status) == ("APPROVED", 400, 200, 400)


async def test_instagram_has_none(bench: Bench) -> None:
    await bench.open_thread("instagram")
    status, _ = await bench.manage("post", "300000000000001/message_templates", json=reminder())
    sent = await bench.page_send("instagram", {"text": "Ciao"}, messaging_type="UTILITY")

    assert (status, sent.status) == (400, 400)


async def test_an_app_token_is_the_id_and_the_secret_of_the_app(bench: Bench) -> None:
    token = f"300300300300300|{APP_SECRET}"
    path = f"debug_token?input_token={TOKEN}&access_token={token}"
    _, answer = await bench.manage("get", path, token="")
    scopes = {each["scope"]: each["target_ids"] for each in answer["data"]["granular_scopes"]}

    assert (answer["data"]["is_valid"], scopes["whatsapp_business_management"]) == (True, [WABA])
    assert PSID not in str(answer)
