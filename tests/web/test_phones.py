"""What a phone of the sandbox shows of what the Graph API stand-in saw."""

from typing import Any

from bot.web.phones import Bubble, Menu, Phones, Tap

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
