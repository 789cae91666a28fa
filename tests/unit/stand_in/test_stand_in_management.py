"""Subscriptions, profiles, numbers, and the phone that a practice kept."""

from typing import Any

import pytest
from stand_in_bench import APP_SECRET, NUMBER_ID, PATIENT, PSID, TOKEN, Bench

WABA = "100200300400500"
PAGE, INSTAGRAM = "200000000000001", "300000000000001"
APP = "300300300300300"


async def test_a_lost_subscription_delivers_nothing_until_it_is_made_again(bench: Bench) -> None:
    await bench.manage("delete", f"{WABA}/subscribed_apps")
    bench.stand_in.says(PATIENT, "Buongiorno")
    await bench.stand_in.settled()
    lost = len(bench.receiver.posts)
    gone = await bench.manage("get", f"{WABA}/subscribed_apps")
    await bench.manage("post", f"{WABA}/subscribed_apps")
    bench.stand_in.says(PATIENT, "C'è qualcuno?")
    await bench.stand_in.settled()

    assert (lost, gone[1], len(bench.receiver.messages)) == (0, {"data": []}, 1)


async def test_a_page_delivers_the_fields_that_it_is_subscribed_to(bench: Bench) -> None:
    fields = "subscribed_fields=messages,messaging_postbacks"
    done = await bench.manage("post", f"{PAGE}/subscribed_apps?{fields}")
    unknown = await bench.manage("post", f"{PAGE}/subscribed_apps?subscribed_fields=gossip")
    await bench.open_thread("messenger")
    await bench.reply_on("messenger")
    await bench.stand_in.settled()
    _, shown = await bench.manage("get", f"{PAGE}/subscribed_apps")

    assert (done[0], unknown[0]) == (200, 400)
    assert shown["data"][0]["subscribed_fields"] == ["messages", "messaging_postbacks"]
    assert len(bench.receiver.posts) == 1  # neither echo nor delivery


async def test_an_app_subscribes_when_its_webhook_answers(bench: Bench) -> None:
    wish = {
        "object": "whatsapp_business_account",
        "callback_url": bench.receiver.url,
        "fields": "messages,message_template_status_update",
        "verify_token": "a verify token",
    }
    app = f"{APP}|{APP_SECRET}"
    done = await bench.manage("post", f"{APP}/subscriptions", data=wish, token=app)
    wrong = await bench.manage(
        "post", f"{APP}/subscriptions", data={**wish, "verify_token": "guess"}, token=app
    )
    _, shown = await bench.manage("get", f"{APP}/subscriptions", token=app)
    mine = next(each for each in shown["data"] if each["object"] == "whatsapp_business_account")

    assert (done, wrong[0], wrong[1]["error"]["code"]) == ((200, {"success": True}), 400, 2200)
    assert [each["name"] for each in mine["fields"]] == ["message_template_status_update", "messages"]
    assert (await bench.manage("get", f"{APP}/subscriptions"))[0] == 400  # not with the token of a user


async def test_a_worn_out_token_is_told_apart(bench: Bench) -> None:
    await bench.control("account", {"is_token_valid": False})
    refused = await bench.manage("get", NUMBER_ID)

    assert (refused[0], refused[1]["error"]["error_subcode"]) == (401, 463)


async def test_a_number_shows_how_it_is_rated_and_the_webhook_hears(bench: Bench) -> None:
    await bench.control("account", {"quality_rating": "RED", "messaging_limit_tier": "TIER_250"})
    await bench.stand_in.settled()
    fields = "quality_rating,messaging_limit_tier,throughput,is_on_biz_app,name_status"
    _, shown = await bench.manage("get", f"{NUMBER_ID}?fields={fields}")

    assert shown == {
        "id": NUMBER_ID,
        "quality_rating": "RED",
        "messaging_limit_tier": "TIER_250",
        "throughput": {"level": "STANDARD"},
        "is_on_biz_app": False,
        "name_status": "APPROVED",
    }
    assert [value["event"] for value in bench.receiver.values] == ["DOWNGRADE"]


BREAKERS = [{"call_to_actions": [{"question": "Orari?", "payload": "hours"}], "locale": "default"}]
MENU = [
    {
        "locale": "default",
        "call_to_actions": [{"type": "postback", "title": "Prenota", "payload": "book"}],
    }
]


async def test_a_profile_is_set_shown_and_deleted(bench: Bench) -> None:
    wish = {"get_started": {"payload": "GO"}, "ice_breakers": BREAKERS, "persistent_menu": MENU}
    done = await bench.manage("post", f"{PAGE}/messenger_profile", json=wish)
    _, shown = await bench.manage("get", f"{PAGE}/messenger_profile?fields=get_started,ice_breakers")
    deleted = await bench.manage("delete", f"{PAGE}/messenger_profile?fields=ice_breakers")
    _, left = await bench.manage("get", f"{PAGE}/messenger_profile?fields=get_started,ice_breakers")

    assert done == (200, {"result": "success"})
    assert shown == {"data": [{"get_started": {"payload": "GO"}, "ice_breakers": BREAKERS}]}
    assert (deleted[0], left) == (200, {"data": [{"get_started": {"payload": "GO"}}]})


def breakers(*questions: str) -> list[dict[str, Any]]:
    return [{"question": question, "payload": question} for question in questions]


PROFILES = {
    "a menu without a button to start": (PAGE, {"persistent_menu": MENU}),
    "five ice breakers": (PAGE, {"ice_breakers": breakers(*"abcde")}),
    "a long title": (
        PAGE,
        {
            "get_started": {"payload": "GO"},
            "persistent_menu": [
                {
                    "locale": "default",
                    "call_to_actions": [{"type": "postback", "title": "x" * 31, "payload": "a"}],
                }
            ],
        },
    ),
    "no default locale": (PAGE, {"greeting": [{"locale": "it_IT", "text": "Ciao"}]}),
    "a greeting on Instagram": (INSTAGRAM, {"greeting": [{"locale": "default", "text": "Ciao"}]}),
}


@pytest.mark.parametrize(("page", "wish"), PROFILES.values(), ids=PROFILES)
async def test_a_profile_that_meta_would_not_show_is_refused(bench: Bench, page: str, wish: object) -> None:
    status, answer = await bench.manage("post", f"{page}/messenger_profile", json=wish)

    assert (status, answer["error"]["code"]) == (400, 100)


async def test_whatsapp_has_prompts_and_commands(bench: Bench) -> None:
    path = f"{NUMBER_ID}/conversational_automation"
    good = {"prompts": ["Prenota"], "commands": [{"command_name": "book", "command_description": "Prenota"}]}
    done = await bench.manage("post", path, json=good)
    emoji = await bench.manage("post", path, json={"prompts": ["Prenota 🦷"]})
    five = await bench.manage("post", path, json={"prompts": list("abcde")})
    _, shown = await bench.manage("get", f"{NUMBER_ID}?fields=conversational_automation")

    assert [done[0], emoji[0], five[0]] == [200, 400, 400]
    assert shown["conversational_automation"] == {"id": NUMBER_ID, **good}


async def test_a_business_profile_is_changed(bench: Bench) -> None:
    wish = {"messaging_product": "whatsapp", "about": "Studio", "vertical": "HEALTH"}
    await bench.manage("post", f"{NUMBER_ID}/whatsapp_business_profile", json=wish)
    _, shown = await bench.manage("get", f"{NUMBER_ID}/whatsapp_business_profile?fields=about")

    assert shown == {"data": [wish]}


async def test_what_is_written_on_the_phone_is_echoed(bench: Bench) -> None:
    _, told = await bench.control(f"patients/{PATIENT}/hears", {"text": "Sono Anna"})
    await bench.stand_in.settled()
    [value] = bench.receiver.values

    assert [echo["id"] for echo in value["message_echoes"]] == told["message_ids"]
    assert (value["message_echoes"][0]["to"], value["message_echoes"][0]["text"]) == (
        PATIENT,
        {"body": "Sono Anna"},
    )


async def test_what_was_on_the_phone_before_comes_as_history(bench: Bench) -> None:
    texts = ["Ieri", {"ours": "Prego"}, ""]
    await bench.control("history", {"threads": [{"who": PATIENT, "texts": texts}]})
    await bench.stand_in.settled()
    [value] = bench.receiver.values
    [thread] = value["history"][0]["threads"]

    assert [
        (message["from"] == PATIENT, message.get("text", {}).get("body"), message["type"])
        for message in thread["messages"]
    ] == [(True, "Ieri", "text"), (False, "Prego", "text"), (True, None, "media_placeholder")]


async def test_the_names_on_the_phone_come_as_contacts(bench: Bench) -> None:
    await bench.control("phone-book", {"contacts": [{"who": PATIENT, "name": "Anna Prova"}]})
    await bench.control("phone-book", {"contacts": [{"who": PATIENT}], "action": "remove"})
    await bench.stand_in.settled()

    assert [
        (each["contact"], each["action"]) for value in bench.receiver.values for each in value["state_sync"]
    ] == [
        ({"full_name": "Anna Prova", "phone_number": PATIENT}, "add"),
        ({"phone_number": PATIENT}, "remove"),
    ]


async def test_a_patient_stops_marketing(bench: Bench) -> None:
    await bench.control(f"patients/{PATIENT}/prefers", {"value": "stop"})
    await bench.stand_in.settled()
    [value] = bench.receiver.values

    assert [(wish["wa_id"], wish["value"]) for wish in value["user_preferences"]] == [(PATIENT, "stop")]


async def test_whoever_wrote_has_a_public_name(bench: Bench) -> None:
    await bench.open_thread("instagram")

    assert await bench.manage("get", f"{PSID}?fields=name,username") == (
        200,
        {"id": PSID, "name": "Patient 0001", "username": "patient.0001"},
    )
    assert (await bench.manage("get", "7000000000000009"))[0] == 400


async def test_management_fails_when_asked(bench: Bench) -> None:
    await bench.control("faults", {"kind": "refuse", "code": 4, "on": "management"})
    await bench.control("faults", {"kind": "server_error", "nth": 2, "on": "management"})
    codes = [(await bench.manage("get", NUMBER_ID))[0] for _ in range(3)]

    assert codes == [400, 500, 200]


async def test_a_stranger_sees_nothing(bench: Bench) -> None:
    assert (await bench.manage("get", WABA, token="guess"))[0] == 401
    assert (await bench.manage("get", "42", token=TOKEN))[0] == 400
