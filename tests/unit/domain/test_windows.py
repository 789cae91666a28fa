"""Whether a patient may be written to, by whom, when and how."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.templates import Category
from bot.domain.windows import Obstacle, Permission, Reach, Way, Writer, can_send

NOW = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)
ALL, UTILITY = frozenset(Category), frozenset({Category.UTILITY})
BOT, PERSON, OUTREACH = Writer.ASSISTANT, Writer.PERSON, Writer.OUTREACH


def wrote(hours: float, **more: bool | datetime) -> Reach:
    return Reach(wrote_at=NOW - timedelta(hours=hours), **more)  # type: ignore[arg-type]


def free(hours: float, templates: frozenset[Category]) -> Permission:
    return Permission(way=Way.FREE, until=NOW + timedelta(hours=hours), templates=templates)


def never(obstacle: Obstacle) -> Permission:
    return Permission(way=Way.NEVER, obstacle=obstacle)


TEMPLATE = Permission(way=Way.TEMPLATE, templates=ALL, obstacle=Obstacle.WINDOW_CLOSED)
LATE = NOW - timedelta(hours=30) + timedelta(days=7)
REFUSED = {"refused_at": NOW - timedelta(hours=1)}

CASES = [
    # who, channel, what is known, what is allowed
    (BOT, "whatsapp", wrote(1), free(23, ALL)),
    (PERSON, "whatsapp", wrote(23.9), free(0.1, ALL)),
    (BOT, "whatsapp", wrote(24), TEMPLATE),  # half-open: at 24 hours it is closed
    (PERSON, "whatsapp", wrote(24, human_agent=True), TEMPLATE),
    (OUTREACH, "whatsapp", wrote(100), TEMPLATE),
    (
        OUTREACH,
        "whatsapp",
        Reach(),
        Permission(way=Way.TEMPLATE, templates=ALL, obstacle=Obstacle.NEVER_WROTE),
    ),
    (OUTREACH, "whatsapp", wrote(1, opted_out=True), never(Obstacle.OPTED_OUT)),
    (BOT, "whatsapp", wrote(1, opted_out=True), free(23, ALL)),
    (PERSON, "whatsapp", wrote(30, opted_out=True), never(Obstacle.OPTED_OUT)),
    (OUTREACH, "whatsapp", wrote(1, no_promotions=True), free(23, ALL - {Category.MARKETING})),
    (BOT, "whatsapp", wrote(2, **REFUSED), never(Obstacle.UNREACHABLE)),
    (BOT, "whatsapp", wrote(0.5, **REFUSED), free(23.5, ALL)),  # they wrote since
    (
        BOT,
        "messenger",
        wrote(30),
        Permission(way=Way.TEMPLATE, templates=UTILITY, obstacle=TEMPLATE.obstacle),
    ),
    (
        PERSON,
        "messenger",
        wrote(30, human_agent=True),
        Permission(way=Way.HUMAN_AGENT, until=LATE, templates=UTILITY, obstacle=Obstacle.WINDOW_CLOSED),
    ),
    (
        BOT,
        "messenger",
        wrote(30, human_agent=True),  # the tag is for what a person typed
        Permission(way=Way.TEMPLATE, templates=UTILITY, obstacle=Obstacle.WINDOW_CLOSED),
    ),
    (
        PERSON,
        "messenger",
        wrote(169, human_agent=True),
        Permission(way=Way.TEMPLATE, templates=UTILITY, obstacle=Obstacle.WINDOW_CLOSED),
    ),
    (BOT, "instagram", wrote(23), free(1, frozenset())),
    (OUTREACH, "instagram", wrote(24), never(Obstacle.NO_TEMPLATES)),
    (PERSON, "instagram", wrote(24), never(Obstacle.NO_TEMPLATES)),
    (
        PERSON,
        "instagram",
        wrote(30, human_agent=True),
        Permission(way=Way.HUMAN_AGENT, until=LATE, obstacle=Obstacle.WINDOW_CLOSED),
    ),
    (OUTREACH, "sms", Reach(), Permission(way=Way.FREE)),
    (OUTREACH, "email", Reach(opted_out=True), never(Obstacle.OPTED_OUT)),
    (BOT, "web", wrote(25), never(Obstacle.NO_TEMPLATES)),
]


@pytest.mark.parametrize(("writer", "channel", "contact", "allowed"), CASES)
def test_what_may_be_sent(writer: Writer, channel: str, contact: Reach, allowed: Permission) -> None:
    assert can_send(writer, channel, contact, NOW) == allowed
