"""A front desk whose messages go out when a test says so."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from outreach_kit import with_surgery

from bot.bootstrap import OutreachContent
from bot.domain.outreach import Rule
from bot.testing import Surgery
from nlu.understanding import Interpreter


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    """Monday 2 March 2026, eight in the morning."""
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        yield surgery


@pytest.fixture
async def treating(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    async with Surgery.open(tmp_path, interpreter=interpreter, change=with_surgery) as surgery:
        yield surgery


@pytest.fixture
async def two_a_day(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    """Recalls no more than two people a day."""

    def capped(content: OutreachContent) -> OutreachContent:
        return _with(content, lambda rule: replace(rule, when=replace(rule.when, cap=rule.when.cap and 2)))

    async with Surgery.open(
        tmp_path, interpreter=interpreter, change=with_surgery, outreach=capped
    ) as surgery:
        yield surgery


@pytest.fixture
async def asking(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    """Asks everybody how it was."""

    def all_on(content: OutreachContent) -> OutreachContent:
        return _with(content, lambda rule: replace(rule, is_on=True))

    async with Surgery.open(
        tmp_path, interpreter=interpreter, change=with_surgery, outreach=all_on
    ) as surgery:
        yield surgery


def _with(content: OutreachContent, change: Callable[[Rule], Rule]) -> OutreachContent:
    return replace(content, rules=tuple(change(rule) for rule in content.rules))
