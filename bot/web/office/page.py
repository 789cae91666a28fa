"""The pages behind the desk: figures, the trail of who did what, and the people who sign in."""

from dataclasses import dataclass

from aiohttp import web

from bot.domain.practice import Practice
from bot.ports import Clock
from bot.service.inbox.desk import Desk
from bot.service.inbox.figures import Reports
from bot.service.inbox.staff import StaffBook
from bot.service.inbox.trail import TrailBook
from bot.web.access import add_handlers
from bot.web.frame import offer_pages
from bot.web.office.figures import FiguresPage
from bot.web.office.team import TeamPage
from bot.web.office.trail import TrailPage


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeParts:
    """What stands behind these pages."""

    desk: Desk
    practice: Practice
    clock: Clock
    reports: Reports
    trail: TrailBook
    staff: StaffBook


def add_office(app: web.Application, parts: OfficeParts) -> None:
    """Register the pages beside the inbox (`add_inbox`), whose table of roles holds for them too."""
    offer_pages(app)
    figures = FiguresPage(
        parts.reports, desk=parts.desk, practice=parts.practice, clock=parts.clock, trail=parts.trail
    )
    trail = TrailPage(parts.trail, staff=parts.staff, practice=parts.practice)
    team = TeamPage(parts.staff, practice=parts.practice, clock=parts.clock, trail=parts.trail)
    for page in (figures, trail, team):
        add_handlers(app, page.handlers().items())
