"""A rule that cannot work does not load: where it stands, and what to do."""

from pathlib import Path

import pytest

from bot.dialogue import Assistant, load_assistant
from bot.dialogue.names import FACTS
from bot.dialogue.outreach_reading import load_outreach
from bot.dialogue.template_reading import load_templates
from bot.domain.outreach import PARAMETERS, Kind, Rule, Span, Who
from bot.domain.templates import KNOWN_PARAMETERS, Template
from bot.errors import ContentRefused
from bot.source import content

FLOWS = content("flows")

GOOD = """
outreach:
  tomorrow:
    for: upcoming_visit
    kind: service
    template: visit_tomorrow
    settled_by: [confirm_visit]
    no: cannot_come
    send: {before: 24 hours, between: "08:30-20:00", lead: 12 hours, a_day: 40}
    call:
      before: 4 hours
      script: {en: Call, it: Chiami, ru: Звоните}
"""


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return load_assistant([FLOWS], languages=("it", "en", "ru"))


@pytest.fixture(scope="module")
def templates(assistant: Assistant) -> dict[str, Template]:
    known = KNOWN_PARAMETERS | PARAMETERS | FACTS | assistant.slots.keys()
    return load_templates([FLOWS], languages=assistant.languages, known=known)


def read(text: str, tmp_path: Path, assistant: Assistant, templates: dict[str, Template]) -> tuple[Rule, ...]:
    path = tmp_path / "outreach.yml"
    path.write_text(text, encoding="utf-8")
    return load_outreach([path], assistant=assistant, templates=templates)


def test_a_rule_is_read_as_it_is_written(
    tmp_path: Path, assistant: Assistant, templates: dict[str, Template]
) -> None:
    [rule] = read(GOOD, tmp_path, assistant, templates)

    assert (rule.id, rule.who, rule.kind) == ("tomorrow", Who.UPCOMING_VISIT, Kind.SERVICE)
    assert (rule.when.offset, rule.when.cap) == (Span.parse("24 hours"), 40)
    assert (rule.call, rule.script["it"]) == (Span.parse("4 hours"), "Chiami")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "template: visit_tomorrow",
            "template: visit_tomorow",
            'no template "visit_tomorow"; did you mean "vis',
        ),
        ("no: cannot_come", "no: cannot_cme", 'no flow "cannot_cme"; did you mean "cannot_come"?'),
        ("for: upcoming_visit", "for: next_visit", '"for" must be one of'),
        ("kind: service", "kind: promotion", "is utility, and the rule is promotion"),
        ("before: 24 hours,", "after: 24 hours,", 'is sent "before", not "after"'),
        ("before: 24 hours,", "before: a day,", 'a span is written as "24 hours"'),
        ('"08:30-20:00"', '"06:00-23:00"', "nobody is written to at night"),
        ("script: {en: Call, it: Chiami, ru: Звоните}", "script: {en: Call}", 'no words in "it"'),
        ("    no: cannot_come\n", "    no: cannot_come\n    promo: true\n", 'has no key "promo"'),
        ("for: upcoming_visit", "for: birthday", "names {practitioner_name}|names {visit"),
        ("    no: cannot_come\n", "    flow: reschedule_visit\n", 'its first step must be a "collect"'),
        ("    no: cannot_come\n", "    channels: [whatsapp, telegramm]\n", 'no channel "telegramm"'),
    ],
)
def test_a_mistake_is_told_where_it_stands(
    before: str, after: str, told: str, tmp_path: Path, assistant: Assistant, templates: dict[str, Template]
) -> None:
    assert before in GOOD
    with pytest.raises(ContentRefused) as refused:
        read(GOOD.replace(before, after), tmp_path, assistant, templates)

    messages = str(refused.value)
    assert any(part in messages for part in told.split("|"))
    assert all(problem.position.path == "outreach.yml" for problem in refused.value.problems)


def test_everything_that_is_shipped_is_sound(assistant: Assistant, templates: dict[str, Template]) -> None:
    rules = {rule.id for rule in load_outreach([FLOWS], assistant=assistant, templates=templates)}

    assert {"visit_in_three_days", "visit_tomorrow"} <= rules
