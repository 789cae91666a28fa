"""The pages behind the desk: figures, the trail of who did what, and the people who sign in."""

from dataclasses import dataclass

from aiohttp import web

from bot.domain.practice import Practice
from bot.ports import Clock
from bot.service.desk import Desk
from bot.service.figures import Reports
from bot.web.access import add_handlers
from bot.web.figures_page import FiguresPage
from bot.web.frame import offer_pages
from bot.web.trail import Trail


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeParts:
    """What stands behind these pages."""

    desk: Desk
    practice: Practice
    clock: Clock
    reports: Reports
    trail: Trail | None = None


def add_office(app: web.Application, parts: OfficeParts) -> None:
    """Register the pages beside the inbox (`add_inbox`), whose table of roles holds for them too."""
    offer_pages(app)
    figures = FiguresPage(
        parts.reports, desk=parts.desk, practice=parts.practice, clock=parts.clock, trail=parts.trail
    )
    add_handlers(app, figures.handlers().items())
