"""What patients get to see on WhatsApp, always within Meta's limits."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.whatsapp import render
from bot.domain.conversation import Address, Choice, Rendered, Reply
from bot.stand_in.whatsapp_requests import SendRequest, read_request

BY_PHONE = Address(channel="whatsapp", account="1", recipient="GB.1111111111", phone="+447700900101")
BY_USER_ID = Address(channel="whatsapp", account="1", recipient="GB.1111111111")


def choices(*titles: str) -> tuple[Choice, ...]:
    return tuple(Choice(title=title, payload=f"tok_{number}") for number, title in enumerate(titles))


def shown(reply: Reply) -> Rendered:
    return render(reply, BY_PHONE, outbox_id="out_1")


def form(rendered: Rendered) -> str:
    return str(rendered.body["interactive"]["type"] if "interactive" in rendered.body else "text")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_words_alone_are_a_text() -> None:
    assert shown(Reply(text="Buongiorno")) == Rendered(
        body={
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "+447700900101",
            "biz_opaque_callback_data": "out_1",
            "type": "text",
            "text": {"body": "Buongiorno"},
        }
    )


def test_three_short_choices_are_buttons() -> None:
    assert shown(Reply(text="Confermo?", choices=choices("Sì", "No", "Altri orari"))) == Rendered(
        body={
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "+447700900101",
            "biz_opaque_callback_data": "out_1",
            "type": "interactive",
            "interactive": {
                "type": "button",
                "body": {"text": "Confermo?"},
                "action": {
                    "buttons": [
                        {"type": "reply", "reply": {"id": "tok_0", "title": "Sì"}},
                        {"type": "reply", "reply": {"id": "tok_1", "title": "No"}},
                        {"type": "reply", "reply": {"id": "tok_2", "title": "Altri orari"}},
                    ]
                },
            },
        }
    )


def test_four_choices_are_a_list() -> None:
    four = (*choices("Mon", "Tue", "Wed"), Choice(title="Thu", payload="tok_3", description="dott. Verdi"))

    assert shown(Reply(text="When?", choices=four)) == Rendered(
        body={
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "+447700900101",
            "biz_opaque_callback_data": "out_1",
            "type": "interactive",
            "interactive": {
                "type": "list",
                "body": {"text": "When?"},
                "action": {
                    "button": "☰ …",
                    "sections": [
                        {
                            "rows": [
                                {"id": "tok_0", "title": "Mon"},
                                {"id": "tok_1", "title": "Tue"},
                                {"id": "tok_2", "title": "Wed"},
                                {"id": "tok_3", "title": "Thu", "description": "dott. Verdi"},
                            ]
                        }
                    ],
                },
            },
        }
    )


def test_a_practice_may_name_its_lists() -> None:
    reply = Reply(text="When?", choices=choices(*"abcd"))

    body = render(reply, BY_PHONE, outbox_id="o", list_label="Orari").body

    assert body["interactive"]["action"]["button"] == "Orari"


@pytest.mark.parametrize(
    ("menu", "button"),
    [("Vedi le\nopzioni", "Vedi le opzioni"), ("Показать все варианты", "Orari"), ("", "Orari")],
)
def test_a_reply_may_name_its_own_list_as_far_as_it_fits(menu: str, button: str) -> None:
    reply = Reply(text="When?", choices=choices(*"abcd"), menu=menu)

    body = render(reply, BY_PHONE, outbox_id="o", list_label="Orari").body

    assert body["interactive"]["action"]["button"] == button


def test_eleven_choices_are_numbered() -> None:
    eleven = Reply(text="When?", choices=choices(*"abcdefghijk"))

    rendered = shown(eleven)

    assert rendered.body["text"]["body"] == (
        "When?\n\n1. a\n2. b\n3. c\n4. d\n5. e\n6. f\n7. g\n8. h\n9. i\n10. j\n11. k"
    )
    assert rendered.fallback == "11 choices, a list has 10; shown as numbered text"


@pytest.mark.parametrize(
    ("reply", "expected", "fallback"),
    [
        (Reply(text="?", choices=choices("x" * 20)), "button", None),
        (
            Reply(text="?", choices=choices("x" * 21)),
            "list",
            "button 1's title has 21 of 20 characters; shown as a list",
        ),
        (
            Reply(text="?", choices=choices("ok", "x" * 25)),
            "text",
            "button 2's title has 25 of 20 characters; row 2's title has 25 of 24 characters; "
            "shown as numbered text",
        ),
        (
            Reply(text="?", choices=choices("🦷" * 11)),
            "list",
            "button 1's title has 22 of 20 characters; shown as a list",
        ),
        (
            Reply(text="?", choices=choices("same", "same ")),
            "list",
            "buttons need different titles; shown as a list",
        ),
        (Reply(text="x" * 1024, choices=choices("ok")), "button", None),
        (
            Reply(text="x" * 1025, choices=choices("ok")),
            "list",
            "the text above buttons has 1025 of 1024 characters; shown as a list",
        ),
        (Reply(text="x" * 4096, choices=choices(*"abcd")), "list", None),
        (Reply(text="?", choices=(Choice(title="a", payload="x" * 256),)), "button", None),
        (
            Reply(text="?", choices=(Choice(title="a", payload="x" * 257),)),
            "text",
            "button 1's id has 257 of 256 characters; row 1's id has 257 of 200 characters; "
            "shown as numbered text",
        ),
        (
            Reply(text="?", choices=(Choice(title="a", payload="t", description="d" * 72),)),
            "list",
            "buttons have no descriptions; shown as a list",
        ),
        (
            Reply(text="?", choices=(Choice(title="a", payload="t", description="d" * 73),)),
            "text",
            "buttons have no descriptions; row 1's description has 73 of 72 characters; "
            "shown as numbered text",
        ),
        (
            Reply(text="?", choices=(Choice(title="a", payload="t"), Choice(title="b", payload="t"))),
            "text",
            "buttons need different ids; rows need different ids; shown as numbered text",
        ),
        (
            Reply(text=" ", choices=choices("a")),
            "text",
            "no text above buttons; no text above a list; shown as numbered text",
        ),
        (Reply(text="\0 "), "text", "an empty text"),
    ],
)
def test_what_does_not_fit_takes_the_next_form_and_says_so(
    reply: Reply, expected: str, fallback: str | None
) -> None:
    rendered = shown(reply)

    assert (form(rendered), rendered.fallback) == (expected, fallback)


def test_a_text_too_long_ends_at_a_word_with_an_ellipsis() -> None:
    rendered = shown(Reply(text="parole " * 600))

    assert rendered.body["text"]["body"] == "parole " * 584 + "parole…"
    assert rendered.fallback == "4199 of 4096 characters, shortened"


def test_the_words_are_shortened_before_the_choices() -> None:
    rendered = shown(Reply(text="parole " * 600, choices=choices("Sì", "No")))

    body = rendered.body["text"]["body"]
    assert body.endswith("parole…\n\n1. Sì\n2. No")
    assert 4000 < units(body) <= 4096


def test_a_number_always_carries_its_plus() -> None:
    """Without it Meta may prepend the business's own country code and write to a stranger."""
    bare = Address(channel="whatsapp", account="1", recipient="447700900101")

    assert render(Reply(text="x"), bare, outbox_id="o").body["to"] == "+447700900101"


def test_somebody_without_a_number_is_reached_by_user_id() -> None:
    body = render(Reply(text="x"), BY_USER_ID, outbox_id="o").body

    assert (body["recipient"], "to" in body) == ("GB.1111111111", False)


@pytest.mark.parametrize("family", ["👨‍👩‍👧‍👦", "🇮🇹", "👋🏽", "e\u0301", "ड्डि", "\u1100\u1161\u11a8", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
def test_a_character_that_a_reader_sees_as_one_is_never_cut(family: str) -> None:
    body = shown(Reply(text=family * 3000)).body["text"]["body"]

    assert body == family * (body.count(family)) + "…"
    assert 4096 - units(family) <= units(body) <= 4096


text = st.text(max_size=40) | st.builds(
    lambda part, times: part * times, st.text(max_size=12), st.integers(0, 900)
)
replies = st.builds(
    Reply,
    text=text,
    choices=st.lists(st.builds(Choice, title=text, payload=text, description=text), max_size=12).map(tuple)
    | st.lists(
        st.builds(Choice, title=st.text(min_size=1, max_size=26), payload=st.uuids().map(str)), max_size=12
    ).map(tuple),
)


@given(replies)
def test_any_reply_renders_within_every_limit(reply: Reply) -> None:
    rendered = shown(reply)

    check(rendered.body)
    assert isinstance(read_request(json.loads(json.dumps(rendered.body))), SendRequest)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12))
def test_a_fallback_tells_lengths_and_no_words(lengths: list[int]) -> None:
    """It goes into the log."""
    rendered = shown(Reply(text="Q" * 1100, choices=choices(*("Q" * each for each in lengths))))

    assert "Q" not in (rendered.fallback or "")


def check(body: Any) -> None:
    """Meta's limits once more, written down apart from the renderer's."""
    match body:
        case {"type": "text", "text": {"body": said}}:
            assert within(said, 4096)
        case {"interactive": {"type": "button", "body": {"text": said}, "action": {"buttons": buttons}}}:
            titles = [button["reply"]["title"] for button in buttons]
            ids = [button["reply"]["id"] for button in buttons]
            assert within(said, 1024)
            assert 1 <= len(buttons) <= 3
            assert all(within(title, 20) for title in titles) and len(set(titles)) == len(titles)
            assert all(within(each, 256) for each in ids) and len(set(ids)) == len(ids)
        case {"interactive": {"type": "list", "body": {"text": said}, "action": action}}:
            (section,) = action["sections"]
            rows = section["rows"]
            ids = [row["id"] for row in rows]
            assert within(said, 4096)
            assert within(action["button"], 20)
            assert 1 <= len(rows) <= 10
            assert all(within(row["title"], 24) for row in rows)
            assert all(within(row["description"], 72) for row in rows if "description" in row)
            assert all(within(each, 200) for each in ids) and len(set(ids)) == len(ids)
        case _:
            pytest.fail(f"no form of ours: {body}")


def within(said: str, limit: int) -> bool:
    return 1 <= units(said) <= limit and said == said.strip() and "\0" not in said
