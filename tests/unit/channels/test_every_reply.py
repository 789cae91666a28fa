"""Every reply that the service can make goes through on every channel, whatever its shape."""

from collections.abc import Mapping

import pytest

from bench.replies import DOORS, LANGUAGES, OUTBOX, judge, shipped_templates
from bot.channels import instagram, messenger, whatsapp
from bot.channels.messenger.templates import submission as for_a_page
from bot.channels.whatsapp.templates import submission as for_a_number
from bot.domain.conversation import Address, Choice, LinkButton, Media, MediaKind, Place, Reply
from bot.domain.templates import Template
from bot.stand_in.template_texts import read_template

BY_PHONE = Address(channel="whatsapp", account="1", recipient="IT.1111111111", phone="+393330000001")
PSID = Address(channel="messenger", account="2", recipient="7000000000000001")
SUBMIT = {"whatsapp": for_a_number, "messenger": for_a_page}
VALUES = {
    "first_name": "Ada",
    "practice_name": "Studio Aurora",
    "practice_address": "Via Roma 1",
    "visit_type_name": "check-up",
    "visit_day": "Tuesday 12 May",
    "visit_time": "10:30",
}


@pytest.fixture(scope="module")
def templates() -> Mapping[str, Template]:
    return shipped_templates()


def test_replies_of_every_shape_and_language_are_accepted_everywhere(
    templates: Mapping[str, Template],
) -> None:
    tally = judge(seed=20261122, count=270, templates=templates)

    assert (tally.faults, set(tally.rendered)) == ([], set(DOORS))


def test_a_reminder_on_whatsapp_calls_the_approved_template(templates: Mapping[str, Template]) -> None:
    reply = templates["visit_in_three_days"].reply("en", VALUES)

    assert whatsapp.render(reply, BY_PHONE, outbox_id=OUTBOX).body["template"] == {
        "name": "visit_in_three_days",
        "language": {"code": "en"},
        "components": [
            {
                "type": "body",
                "parameters": [
                    {"type": "text", "parameter_name": "first_name", "text": "Ada"},
                    {"type": "text", "parameter_name": "practice_name", "text": "Studio Aurora"},
                    {"type": "text", "parameter_name": "visit_type_name", "text": "check-up"},
                    {"type": "text", "parameter_name": "visit_day", "text": "Tuesday 12 May"},
                    {"type": "text", "parameter_name": "visit_time", "text": "10:30"},
                ],
            },
            *(
                {
                    "type": "button",
                    "sub_type": "quick_reply",
                    "index": place,
                    "parameters": [{"type": "payload", "payload": payload}],
                }
                for place, payload in enumerate(("/confirm_visit", "/reschedule_visit", "/cancel_visit"))
            ),
        ],
    }


def test_a_reminder_on_messenger_is_a_utility_message(templates: Mapping[str, Template]) -> None:
    reply = templates["visit_tomorrow"].reply("it", VALUES)
    body = messenger.render(reply, PSID, outbox_id=OUTBOX).body

    assert (body["messaging_type"], body["message"]["template"]["components"][1]) == (
        "UTILITY",
        {
            "type": "buttons",
            "parameters": [
                {"type": "POSTBACK", "payload": "/confirm_visit"},
                {"type": "POSTBACK", "payload": "/reschedule_visit"},
                {"type": "POSTBACK", "payload": "/cancel_visit"},
            ],
        },
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_shipped_templates_can_be_submitted(language: str, templates: Mapping[str, Template]) -> None:
    facts = {"practice_phone": "+390110000000"}
    wanted = [(each.name, channel) for each in templates.values() for channel in sorted(each.channels)]
    read = [
        (
            read_template(
                SUBMIT[channel](templates[name], language, facts), for_page=channel == "messenger"
            ).name,
            channel,
        )
        for name, channel in wanted
    ]

    assert read == wanted


def test_an_x_ray_with_two_choices_is_one_message_on_whatsapp() -> None:
    image = Media(kind=MediaKind.IMAGE, link="https://studio.example/a.jpg")
    reply = Reply(text="Va bene?", media=image, choices=(Choice(title="Sì", payload="1"),))

    assert whatsapp.render(reply, BY_PHONE, outbox_id=OUTBOX).body["interactive"]["header"] == {
        "type": "image",
        "image": {"link": "https://studio.example/a.jpg"},
    }


def test_a_place_that_comes_with_words_is_a_link_in_them() -> None:
    reply = Reply(text="We are here.", place=Place(latitude=45.07, longitude=7.68, name="Studio Aurora"))

    assert whatsapp.render(reply, BY_PHONE, outbox_id=OUTBOX).body["text"]["body"] == (
        "We are here.\n\nStudio Aurora\nhttps://www.google.com/maps/search/?api=1&query=45.070000,7.680000"
    )


def test_a_payment_link_is_a_button_everywhere() -> None:
    reply = Reply(text="Your statement.", link=LinkButton(label="Pay", url="https://pay.example/1"))

    assert (
        whatsapp.render(reply, BY_PHONE, outbox_id=OUTBOX).body["interactive"]["action"],
        messenger.render(reply, PSID, outbox_id=OUTBOX).body["message"]["attachment"]["payload"]["buttons"],
        instagram.render(reply, PSID, outbox_id=OUTBOX).body["message"]["attachment"]["payload"]["buttons"],
    ) == (
        {"name": "cta_url", "parameters": {"display_text": "Pay", "url": "https://pay.example/1"}},
        [{"type": "web_url", "title": "Pay", "url": "https://pay.example/1"}],
        [{"type": "web_url", "title": "Pay", "url": "https://pay.example/1"}],
    )


def test_cyrillic_on_instagram_is_cut_by_bytes_at_a_word() -> None:
    body = instagram.render(Reply(text="слово " * 200), PSID, outbox_id=OUTBOX).body["message"]["text"]

    assert (len(body.encode()) <= 1000, body.endswith("слово…"), len(body)) == (True, True, 540)


def test_a_persons_late_answer_is_marked_as_one() -> None:
    reply = Reply(text="Scusi il ritardo.", by_human_agent=True)

    assert {
        key: messenger.render(reply, PSID, outbox_id=OUTBOX).body[key] for key in ("messaging_type", "tag")
    } == {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
