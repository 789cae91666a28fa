"""What patients get to see on Messenger, always within Meta's limits."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.messenger import render
from bot.domain.conversation import Address, Choice, Rendered, Reply
from bot.stand_in.messenger_requests import PageSend, read_page_request

ADA = Address(channel="messenger", account="105554443332221", recipient="7000000000000001")


def choices(*titles: str) -> tuple[Choice, ...]:
    return tuple(Choice(title=title, payload=f"tok_{number}") for number, title in enumerate(titles))


def shown(reply: Reply) -> Rendered:
    return render(reply, ADA, outbox_id="out_1")


def form(rendered: Rendered) -> str:
    message = rendered.body["message"]
    return "buttons" if "attachment" in message else "quick replies" if "quick_replies" in message else "text"


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_words_alone_are_a_text_that_brings_our_outbox_id_back() -> None:
    assert shown(Reply(text="Buongiorno")) == Rendered(
        body={
            "recipient": {"id": "7000000000000001"},
            "messaging_type": "RESPONSE",
            "message": {"text": "Buongiorno", "metadata": "out_1"},
        }
    )


def test_up_to_three_choices_are_buttons_that_stay_in_the_chat() -> None:
    assert shown(Reply(text="Confermo?", choices=choices("Sì", "No", "Altri orari"))) == Rendered(
        body={
            "recipient": {"id": "7000000000000001"},
            "messaging_type": "RESPONSE",
            "message": {
                "attachment": {
                    "type": "template",
                    "payload": {
                        "template_type": "button",
                        "text": "Confermo?",
                        "buttons": [
                            {"type": "postback", "title": "Sì", "payload": "tok_0"},
                            {"type": "postback", "title": "No", "payload": "tok_1"},
                            {"type": "postback", "title": "Altri orari", "payload": "tok_2"},
                        ],
                    },
                },
                "metadata": "out_1",
            },
        }
    )


def test_more_choices_are_quick_replies_and_their_descriptions_become_lines() -> None:
    offered = (
        Choice(title="Tue 3 Mar 09:00", payload="tok_0", description="dott. Rossi"),
        Choice(title="Tue 3 Mar 10:00", payload="tok_1", description="dott.ssa Bianchi"),
        Choice(title="Wed 4 Mar 15:30", payload="tok_2"),
        Choice(title="Other times", payload="tok_3"),
    )

    assert shown(Reply(text="When?", choices=offered)) == Rendered(
        body={
            "recipient": {"id": "7000000000000001"},
            "messaging_type": "RESPONSE",
            "message": {
                "text": "When?\n\nTue 3 Mar 09:00: dott. Rossi\nTue 3 Mar 10:00: dott.ssa Bianchi",
                "quick_replies": [
                    {"content_type": "text", "title": "Tue 3 Mar 09:00", "payload": "tok_0"},
                    {"content_type": "text", "title": "Tue 3 Mar 10:00", "payload": "tok_1"},
                    {"content_type": "text", "title": "Wed 4 Mar 15:30", "payload": "tok_2"},
                    {"content_type": "text", "title": "Other times", "payload": "tok_3"},
                ],
                "metadata": "out_1",
            },
        }
    )


def test_fourteen_choices_are_numbered() -> None:
    rendered = shown(Reply(text="When?", choices=choices(*"abcdefghijklmn")))

    assert rendered.body["message"]["text"].startswith("When?\n\n1. a\n2. b\n")
    assert rendered.body["message"]["text"].endswith("\n14. n")
    assert rendered.fallback == "14 choices, a message of quick replies has 13; shown as numbered text"


@pytest.mark.parametrize(
    ("reply", "expected", "fallback"),
    [
        (Reply(text="?", choices=choices("x" * 20)), "buttons", None),
        (
            Reply(text="?", choices=choices("ok", "x" * 21)),
            "text",
            "button 2's title has 21 of 20 characters; quick reply 2's title has 21 of 20 characters; "
            "shown as numbered text",
        ),
        (
            Reply(text="?", choices=choices("🦷" * 11)),
            "text",
            "button 1's title has 22 of 20 characters; quick reply 1's title has 22 of 20 characters; "
            "shown as numbered text",
        ),
        (Reply(text="x" * 640, choices=choices("ok")), "buttons", None),
        (
            Reply(text="x" * 641, choices=choices("ok")),
            "quick replies",
            "the text above buttons has 641 of 640 characters; shown as quick replies",
        ),
        (Reply(text="x" * 1999, choices=choices(*"abcd")), "quick replies", None),
        (
            Reply(text="x" * 1990, choices=(Choice(title="Monday", payload="t", description="Rossi"),)),
            "text",
            "the text above buttons has 2005 of 640 characters; "
            "the text above quick replies has 2005 of 1999 characters; "
            "shown as numbered text; 2009 of 1999 characters, shortened",
        ),
        (
            Reply(text="x" * 633, choices=(Choice(title="a", payload="t", description="bc"),)),
            "buttons",
            None,
        ),
        (
            Reply(text="x" * 634, choices=(Choice(title="a", payload="t", description="bcd"),)),
            "quick replies",
            "the text above buttons has 642 of 640 characters; shown as quick replies",
        ),
        (Reply(text="?", choices=(Choice(title="a", payload="x" * 1000),)), "buttons", None),
        (
            Reply(text="?", choices=(Choice(title="a", payload="x" * 1001),)),
            "text",
            "button 1's id has 1001 of 1000 characters; quick reply 1's id has 1001 of 1000 characters; "
            "shown as numbered text",
        ),
        (
            Reply(text="?", choices=choices("09:00", "09:00 ")),
            "text",
            "buttons need different titles; quick replies need different titles; shown as numbered text",
        ),
        (
            Reply(text="?", choices=(Choice(title="a", payload="t"), Choice(title="b", payload="t"))),
            "text",
            "buttons need different ids; quick replies need different ids; shown as numbered text",
        ),
        (
            Reply(text=" ", choices=choices("a")),
            "text",
            "no text above buttons; no text above quick replies; shown as numbered text",
        ),
        (Reply(text="\0 "), "text", "an empty text"),
    ],
)
def test_what_does_not_fit_takes_the_next_form_and_says_so(
    reply: Reply, expected: str, fallback: str | None
) -> None:
    rendered = shown(reply)

    assert (form(rendered), rendered.fallback) == (expected, fallback)


def test_choices_that_cannot_be_told_apart_by_title_are_numbered_with_their_descriptions() -> None:
    twins = (
        Choice(title="09:00", payload="tok_0", description="dott. Rossi"),
        Choice(title="09:00", payload="tok_1", description="dott.ssa Bianchi"),
    )

    assert shown(Reply(text="When?", choices=twins)).body["message"]["text"] == (
        "When?\n\n1. 09:00 — dott. Rossi\n2. 09:00 — dott.ssa Bianchi"
    )


def test_a_text_too_long_ends_at_a_word_with_an_ellipsis() -> None:
    rendered = shown(Reply(text="parole " * 300))

    assert rendered.body["message"]["text"] == "parole " * 284 + "parole…"
    assert rendered.fallback == "2099 of 1999 characters, shortened"


@pytest.mark.parametrize("family", ["👨‍👩‍👧‍👦", "🇮🇹", "👋🏽", "e\u0301"])
def test_a_character_that_a_reader_sees_as_one_is_never_cut(family: str) -> None:
    said = shown(Reply(text=family * 2000)).body["message"]["text"]

    assert said == family * said.count(family) + "…"
    assert 1999 - units(family) <= units(said) <= 1999


text = st.text(max_size=40) | st.builds(
    lambda part, times: part * times, st.text(max_size=12), st.integers(0, 400)
)
replies = st.builds(
    Reply,
    text=text,
    choices=st.lists(st.builds(Choice, title=text, payload=text, description=text), max_size=15).map(tuple)
    | st.lists(
        st.builds(
            Choice,
            title=st.text(min_size=1, max_size=22),
            payload=st.uuids().map(str),
            description=st.text(max_size=30),
        ),
        max_size=15,
    ).map(tuple),
)


@given(replies)
def test_any_reply_renders_within_every_limit(reply: Reply) -> None:
    rendered = shown(reply)

    assert isinstance(read_page_request(json.loads(json.dumps(rendered.body))), PageSend)
    check(copy.deepcopy(dict(rendered.body)))


@given(replies)
def test_no_choice_is_lost_without_being_said(reply: Reply) -> None:
    rendered = shown(reply)
    message = rendered.body["message"]
    template = message.get("attachment", {}).get("payload", {})
    tapped = template.get("buttons") or message.get("quick_replies") or []

    assert len(tapped) == len(reply.choices) or rendered.fallback


@given(st.lists(st.integers(0, 60), min_size=1, max_size=15))
def test_a_fallback_tells_lengths_and_no_words(lengths: list[int]) -> None:
    """It goes into the log."""
    rendered = shown(Reply(text="Q" * 2100, choices=choices(*("Q" * each for each in lengths))))

    assert "Q" not in (rendered.fallback or "")


def check(body: Any) -> None:
    """Meta's limits once more, written down apart from the renderer's."""
    message = body.pop("message")
    assert body == {"recipient": {"id": "7000000000000001"}, "messaging_type": "RESPONSE"}
    assert message.pop("metadata") == "out_1"
    offered: list[dict[str, str]] = []
    if "attachment" in message:
        template = message["attachment"]["payload"]
        offered = template["buttons"]
        assert (message["attachment"]["type"], template["template_type"]) == ("template", "button")
        assert within(template["text"], 640)
        assert 1 <= len(offered) <= 3
        assert {each["type"] for each in offered} == {"postback"}
    elif "quick_replies" in message:
        offered = message["quick_replies"]
        assert within(message["text"], 1999)
        assert 1 <= len(offered) <= 13
        assert {each["content_type"] for each in offered} == {"text"}
    else:
        assert set(message) == {"text"}
        assert within(message["text"], 1999)
    assert all(within(each["title"], 20) and within(each["payload"], 1000) for each in offered)
    assert len({each["payload"] for each in offered}) == len(offered)
    assert len({each["title"] for each in offered}) == len(offered)


def within(said: str, limit: int) -> bool:
    return 1 <= units(said) <= limit and said == said.strip() and "\0" not in said
