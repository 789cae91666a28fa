"""Templates are refused while they are written, not a day later by Meta's review."""

from pathlib import Path

import pytest

from bot.dialogue.template_reading import load_templates
from bot.domain.conversation import Choice, Reply, TemplateCall
from bot.domain.templates import TemplateUnfit
from bot.errors import ContentRefused

GOOD = """\
templates:
  visit_soon:
    category: utility
    channels: [whatsapp, messenger]
    parameters:
      first_name: Anna
      visit_day: {en: Tuesday, it: martedì}
    header: {en: Your visit, it: La Sua visita}
    body:
      en: Hello {first_name}, we expect you on {visit_day} as agreed.
      it: Buongiorno {first_name}, La aspettiamo {visit_day} come d'accordo.
    buttons:
      - {reply: /confirm_visit, title: {en: Fine, it: Va bene}}
      - {link: "https://studio.example/v/{first_name}", title: {en: Look, it: Guarda}}
"""
EN, IT = "en: Hello {first_name}, we expect you on {visit_day} as agreed.", "it: Buongiorno"
WRONG = [
    ("category: utility", "category: service", "visit_soon.yml:3:15: E-VALUE a category is one of"),
    ("category: utility", "category: marketing", "Messenger has utility templates only"),
    ("[whatsapp, messenger]", "[instagram]", "instagram has no templates"),
    ("visit_soon:", "Visit-Soon:", "lower-case letters, digits and underscores"),
    (EN, "de: Guten Tag {first_name}, wir erwarten Sie am {visit_day} wie besprochen.", 'no words in "en"'),
    (EN, "en: Hello {first_nam}, we expect you on {visit_day} as agreed.", 'did you mean "first_name"?'),
    (EN, "en: '{first_name}, we expect you on {visit_day} as agreed.'", "begins or ends with a parameter"),
    (EN, "en: Hello {first_name}, we expect you on {visit_day}", "begins or ends with a parameter"),
    (EN, "en: Hello and welcome {first_name}{visit_day} as agreed.", "two parameters side by side"),
    (EN, "en: Hello {first_name}, on {visit_day} then.", "too few words for 2 parameters"),
    (EN, "en: Hello {first name}, we expect you on {visit_day} as agreed.", "brace that is no parameter"),
    (EN, 'en: "Hello {first_name},\\n\\n\\nwe expect you on {visit_day} as agreed."', "three line breaks"),
    (EN, f"en: {'Hello ' * 200} {{first_name}}, on {{visit_day}} as agreed.", "of 1024 characters"),
    (
        "      first_name: Anna\n",
        "      first_name: Anna\n      room: '2'\n",
        'nothing fills parameter "room"',
    ),
    (
        "{en: Your visit, it",
        "{en: Your visit to us as it was agreed between you and all of us here, it",
        "of 60",
    ),
    ("title: {en: Fine, it: Va bene}", "title: {en: Fine}", 'button 1 has no words in "it"'),
    ("en: Fine, it: Va", "en: Yes I will certainly come, it: Va", "of 20 characters"),
    ("en: Fine, it: Va", "en: Look, it: Va", 'two of its buttons say the same in "en"'),
    ("https://studio.example/v/{first_name}", "https://{first_name}.example/", "only at its end"),
    ("https://studio", "http://studio", 'must begin with "https://"'),
    (
        "      - {link",
        "      - {link: x, phone: '1', title: {en: a, it: b}}\n      - {link",
        "exactly one of",
    ),
    (
        "    body:",
        "    footer: {en: 'Ask {first_name}', it: Chieda}\n    body:",
        "a footer takes no parameters",
    ),
]


def loaded(text: str, folder: Path) -> object:
    (folder / "visit_soon.yml").write_text(text, encoding="utf-8")
    return load_templates([folder], languages=("en", "it"), known={"first_name", "visit_day"})


def test_a_template_says_in_every_language_what_it_was_approved_for(tmp_path: Path) -> None:
    (tmp_path / "visit_soon.yml").write_text(GOOD, encoding="utf-8")
    template = load_templates([tmp_path], languages=("en", "it"), known={"first_name", "visit_day"})[
        "visit_soon"
    ]

    assert template.reply("it", {"first_name": "Ada\n Rossi", "visit_day": "martedì"}) == Reply(
        text="La Sua visita\n\nBuongiorno Ada Rossi, La aspettiamo martedì come d'accordo.\n\n"
        "Guarda: https://studio.example/v/Ada Rossi",
        choices=(Choice(title="Va bene", payload="/confirm_visit"),),
        template=TemplateCall(
            name="visit_soon",
            language="it",
            category="utility",
            body={"first_name": "Ada Rossi", "visit_day": "martedì"},
            replies=(0,),
            links=((1, "Ada Rossi"),),
        ),
    )


def test_a_template_without_a_value_does_not_go_out(tmp_path: Path) -> None:
    (tmp_path / "visit_soon.yml").write_text(GOOD, encoding="utf-8")
    template = load_templates([tmp_path], languages=("en", "it"), known={"first_name", "visit_day"})[
        "visit_soon"
    ]

    with pytest.raises(TemplateUnfit, match="needs a value for visit_day"):
        template.reply("en", {"first_name": "Ada", "visit_day": " \n"})


@pytest.mark.parametrize(("good", "wrong", "told"), WRONG, ids=[told for _, _, told in WRONG])
def test_what_meta_would_refuse_is_told_where_it_stands(
    good: str, wrong: str, told: str, tmp_path: Path
) -> None:
    assert good in GOOD
    with pytest.raises(ContentRefused) as refused:
        loaded(GOOD.replace(good, wrong, 1), tmp_path)

    assert told in str(refused.value)
