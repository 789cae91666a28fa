"""What a phone of the sandbox shows of what the Graph API stand-in saw."""

from typing import Any

from bot.web.sandbox.bubbles import Bubble, Menu, Tap
from bot.web.sandbox.phones import Phones

ANNA, ANNA_ID = "393331234567", "IT.anna"


def saw(*events: tuple[str, dict[str, Any]]) -> Phones:
    phones = Phones()
    for number, (name, facts) in enumerate(events, start=1):
        phones.see({"seq": number, "at": f"2026-11-16T09:20:{number:02}+00:00", "event": name, **facts})
    return phones


def bubbles(phones: Phones, digits: str = ANNA) -> list[Bubble]:
    return list(phones.chat(digits).bubbles)


def wrote(id: str, kind: str = "text", **content: Any) -> tuple[str, dict[str, Any]]:
    content = content or {"text": {"body": "Buonasera"}}
    entry = {"from": ANNA, "from_user_id": ANNA_ID, "id": id, "timestamp": "1", "type": kind, **content}
    return "patient_wrote", {"from": ANNA, "messages": [entry]}


def sent(id: str, payload: dict[str, Any] | None = None, *, to: str = ANNA) -> tuple[str, dict[str, Any]]:
    payload = payload or {"type": "text", "text": {"body": "Buonasera!"}}
    return "message_accepted", {"to": to, "message_id": id, "payload": payload}


def offered(**buttons: str) -> dict[str, Any]:
    action = {"buttons": [{"type": "reply", "reply": {"id": i, "title": t}} for i, t in buttons.items()]}
    return {
        "type": "interactive",
        "interactive": {"type": "button", "body": {"text": "Quale?"}, "action": action},
    }


def status(id: str, word: str) -> tuple[str, dict[str, Any]]:
    return "status_changed", {"message_id": id, "status": word, "copies": 1, "entry": {}}


def test_both_sides_of_a_chat_appear_in_the_order_they_came() -> None:
    phones = saw(wrote("in-1"), sent("out-1"))

    assert bubbles(phones) == [
        Bubble(id="in-1", by_patient=True, at="2026-11-16T09:20:01+00:00", text="Buonasera"),
        Bubble(id="out-1", by_patient=False, at="2026-11-16T09:20:02+00:00", text="Buonasera!"),
    ]
    assert phones.last_event == 2


def test_an_answer_to_a_user_id_reaches_the_phone_of_that_user() -> None:
    phones = saw(wrote("in-1"), sent("out-1", to=ANNA_ID))

    assert [bubble.id for bubble in bubbles(phones)] == ["in-1", "out-1"]


def test_reply_buttons_can_be_tapped_and_show_which_was() -> None:
    tap = {"type": "button_reply", "button_reply": {"id": "b", "title": "Alle 16"}}
    phones = saw(
        sent("out-1", offered(a="Alle 15", b="Alle 16")),
        wrote("in-1", "interactive", context={"id": "out-1"}, interactive=tap),
    )
    offer, answer = bubbles(phones)

    assert (offer.text, offer.buttons, offer.tapped) == (
        "Quale?",
        (Tap(id="a", title="Alle 15"), Tap(id="b", title="Alle 16")),
        "b",
    )
    assert (answer.kind, answer.text) == ("text", "Alle 16")


def test_a_list_keeps_its_label_sections_and_descriptions() -> None:
    rows = [
        {"id": "x", "title": "ven 20 · 09:00", "description": "dott. Rossi"},
        {"id": "y", "title": "Altro"},
    ]
    interactive = {
        "type": "list",
        "header": {"type": "text", "text": "Orari"},
        "body": {"text": "Scelga"},
        "footer": {"text": "fino a venerdì"},
        "action": {"button": "Vedi", "sections": [{"title": "Venerdì", "rows": rows}]},
    }
    [bubble] = bubbles(saw(sent("out-1", {"type": "interactive", "interactive": interactive})))

    assert (bubble.header, bubble.text, bubble.footer) == ("Orari", "Scelga", "fino a venerdì")
    assert bubble.menu == Menu(
        label="Vedi",
        sections=(
            (
                "Venerdì",
                (
                    Tap(id="x", title="ven 20 · 09:00", description="dott. Rossi"),
                    Tap(id="y", title="Altro"),
                ),
            ),
        ),
    )


def test_ticks_go_from_sent_to_delivered_to_read() -> None:
    events = [
        wrote("in-1"),
        wrote("in-2"),
        ("webhook_delivered", {"message_ids": ["in-1"], "attempts": 1, "http_status": 200}),
        ("business_read", {"message_id": "in-2", "is_typing": False}),
    ]
    states = [[bubble.state for bubble in bubbles(saw(*events[:count]))] for count in range(2, 5)]

    assert states == [["sent", "sent"], ["delivered", "sent"], ["read", "read"]]


def test_a_webhook_that_nobody_took_is_a_message_that_failed() -> None:
    [bubble] = bubbles(saw(wrote("in-1"), ("webhook_dropped", {"message_ids": ["in-1"], "attempts": 7})))

    assert bubble.state == "failed"


def test_statuses_in_any_order_never_go_back() -> None:
    [bubble] = bubbles(
        saw(sent("out-1"), status("out-1", "read"), status("out-1", "delivered"), status("out-1", "sent"))
    )

    assert bubble.state == "read"


def test_a_delivery_status_of_the_practice_is_no_tick_of_the_patient() -> None:
    [bubble] = bubbles(saw(wrote("in-1"), status("in-1", "read")))

    assert bubble.state == "sent"


def test_typing_shows_until_the_answer_comes() -> None:
    events = [wrote("in-1"), ("business_read", {"message_id": "in-1", "is_typing": True}), sent("out-1")]
    typing = [saw(*events[:count]).chat(ANNA).typing_since for count in (1, 2, 3)]

    assert typing == [None, "2026-11-16T09:20:02+00:00", None]


def test_a_redelivered_message_is_one_bubble() -> None:
    assert len(bubbles(saw(wrote("in-1"), wrote("in-1")))) == 1


def test_photos_voice_and_shapes_of_tomorrow_are_shown_as_what_they_are() -> None:
    phones = saw(
        wrote("in-1", "image", image={"id": "1", "caption": "il dente"}),
        wrote("in-2", "audio", audio={"id": "2", "voice": True}),
        wrote("in-3", "unsupported", errors=[], unsupported={"type": "poll"}),
        wrote("in-4", "hologram", hologram=["?"]),
        wrote("in-5", "reaction", reaction={"message_id": "x"}),
    )

    assert [(bubble.kind, bubble.text) for bubble in bubbles(phones)] == [
        ("image", "il dente"),
        ("audio", ""),
        ("unsupported", ""),
        ("hologram", ""),
        ("reaction", ""),
    ]


def test_what_no_phone_shows_changes_nothing() -> None:
    phones = saw(("subscribed", {"is_verified": True}), ("message_refused", {"code": 100}))

    assert phones.last_event == 2
    assert bubbles(phones) == []


PSID = "7204918365027741"


def visitor_wrote(mid: str, **content: Any) -> tuple[str, dict[str, Any]]:
    content = content or {"message": {"mid": mid, "text": "Здравствуйте"}}
    event = {"sender": {"id": PSID}, "recipient": {"id": "2"}, "timestamp": 1, **content}
    return "messenger_patient_wrote", {"from": PSID, "events": [event]}


def page_sent(mid: str, **message: Any) -> tuple[str, dict[str, Any]]:
    payload = {"recipient": {"id": PSID}, "messaging_type": "RESPONSE", "message": message}
    return "messenger_message_accepted", {"to": PSID, "message_id": mid, "payload": payload}


def quick_replies(**titles: str) -> list[dict[str, str]]:
    return [{"content_type": "text", "title": title, "payload": id} for id, title in titles.items()]


def template(text: str, **titles: str) -> dict[str, Any]:
    buttons = [{"type": "postback", "title": title, "payload": id} for id, title in titles.items()]
    payload = {"template_type": "button", "text": text, "buttons": buttons}
    return {"type": "template", "payload": payload}


def test_both_sides_of_a_messenger_chat_appear_in_the_order_they_came() -> None:
    phones = saw(visitor_wrote("m_1"), page_sent("m_2", text="Здравствуйте!"), status("m_2", "delivered"))

    assert bubbles(phones, PSID) == [
        Bubble(id="m_1", by_patient=True, at="2026-11-16T09:20:01+00:00", text="Здравствуйте"),
        Bubble(
            id="m_2",
            by_patient=False,
            at="2026-11-16T09:20:02+00:00",
            text="Здравствуйте!",
            state="delivered",
        ),
    ]


def test_quick_replies_are_chips_and_the_tapped_one_is_known() -> None:
    reply = {"mid": "m_2", "text": "в 16:00", "quick_reply": {"payload": "b"}}
    phones = saw(
        page_sent("m_1", text="Когда?", quick_replies=quick_replies(a="в 15:00", b="в 16:00")),
        visitor_wrote("m_2", message=reply),
    )
    offer, answer = bubbles(phones, PSID)

    assert (offer.chips, offer.buttons, offer.tapped) == (
        (Tap(id="a", title="в 15:00"), Tap(id="b", title="в 16:00")),
        (),
        "b",
    )
    assert (answer.text, answer.chips) == ("в 16:00", ())


def test_a_button_template_stays_and_its_tap_is_a_message() -> None:
    postback = {"mid": "m_2", "title": "Да", "payload": "yes"}
    phones = saw(
        page_sent("m_1", attachment=template("Записать?", yes="Да", no="Нет")),
        visitor_wrote("m_2", postback=postback),
    )
    question, answer = bubbles(phones, PSID)

    assert (question.text, question.buttons, question.tapped) == (
        "Записать?",
        (Tap(id="yes", title="Да"), Tap(id="no", title="Нет")),
        "yes",
    )
    assert (answer.by_patient, answer.text) == (True, "Да")


def test_photos_voice_and_cards_on_messenger_are_shown_as_what_they_are() -> None:
    def attached(kind: str, mid: str) -> tuple[str, dict[str, Any]]:
        return visitor_wrote(mid, message={"mid": mid, "attachments": [{"type": kind, "payload": {}}]})

    card = {
        "title": "Studio",
        "subtitle": "Milano",
        "buttons": [{"type": "web_url", "title": "Map", "url": "x"}],
    }
    cards = {"type": "template", "payload": {"template_type": "generic", "elements": [card]}}
    phones = saw(
        attached("image", "m_1"),
        attached("audio", "m_2"),
        attached("file", "m_3"),
        visitor_wrote("m_4", message={"mid": "m_4", "is_unsupported": True}),
        page_sent("m_5", attachment=cards),
        page_sent("m_6", attachment={"type": "image", "payload": {"url": "x"}}),
    )

    assert [(bubble.kind, bubble.header, bubble.text) for bubble in bubbles(phones, PSID)] == [
        ("image", "", ""),
        ("audio", "", ""),
        ("document", "", ""),
        ("unsupported", "", ""),
        ("text", "Studio", "Milano"),
        ("image", "", ""),
    ]


def test_what_is_no_message_on_messenger_is_no_bubble() -> None:
    phones = saw(
        visitor_wrote("m_1"),
        visitor_wrote("", reaction={"mid": "m_1", "action": "react"}),
        visitor_wrote("", message={"mid": "m_1", "is_deleted": True}),
        visitor_wrote("m_1"),
    )

    assert [bubble.id for bubble in bubbles(phones, PSID)] == ["m_1"]


def test_a_page_types_and_sees_and_staff_write_from_its_own_inbox() -> None:
    def acted(action: str) -> tuple[str, dict[str, Any]]:
        return "sender_acted", {"channel": "messenger", "to": PSID, "action": action}

    events = [visitor_wrote("m_1"), acted("mark_seen"), acted("typing_on"), acted("typing_off")]
    typing = [saw(*events[:count]).chat(PSID).typing_since for count in (2, 3, 4)]
    phones = saw(*events, ("staff_wrote", {"channel": "messenger", "to": PSID, "text": "Это Анна"}))

    assert typing == [None, "2026-11-16T09:20:03+00:00", None]
    assert [(b.by_patient, b.text, b.state) for b in bubbles(phones, PSID)] == [
        (True, "Здравствуйте", "read"),
        (False, "Это Анна", "sent"),
    ]


def test_what_is_said_of_a_message_that_is_no_longer_shown_changes_nothing() -> None:
    shown = [wrote("in-1"), *[sent(f"out-{n}") for n in range(300)]]
    read = ("business_read", {"message_id": "in-1"})

    assert bubbles(saw(*shown, ("webhook_delivered", {"message_ids": ["in-1"]}), read)) == bubbles(
        saw(*shown)
    )
