"""A bank in the published format: calls within calls, patterns of its own, forced answers, every kind of
interruption. What its conversations expect was written from the format alone (bank/conversations.yml)."""

from pathlib import Path

from kitchen import NOON

from bot.service.clock import FrozenClock
from bot.workshop.cases import read_cases
from bot.workshop.content import open_content
from bot.workshop.running import run_cases
from bot.workshop.venues import ContentVenue

BANK = Path(__file__).parent / "bank"


async def test_the_bank_talks_as_the_format_says() -> None:
    content = open_content(BANK, actions=str(BANK / "bank_actions.py"))
    venue = ContentVenue(content=content, clock=FrozenClock(NOON))
    cases = read_cases([BANK / "conversations.yml"], content.assistant).cases

    results = [result async for result in run_cases(cases, venue.opened)]

    assert len(results) == 32
    assert [result.case.name for result in results if not result.passed] == []
