"""The composition root: from settings to a running front desk. The only place that knows every class."""

from bot.bootstrap.action_server import ActionServer
from bot.bootstrap.books import (
    Books,
    audit_of,
    desk_facts,
    only_one,
    reports,
    requests_of,
    rights_of,
    switches_of,
)
from bot.bootstrap.content import (
    DEMO_ENVIRONMENT,
    Configuration,
    kept_content,
    place_of,
    read_assistant,
    read_own_actions,
    read_practice,
    remote_actions,
)
from bot.bootstrap.deployment import Deployment
from bot.bootstrap.front_desk import FrontDesk
from bot.bootstrap.outreach import OutreachContent, read_outreach
from bot.bootstrap.server import Server

__all__ = [
    "DEMO_ENVIRONMENT",
    "ActionServer",
    "Books",
    "Configuration",
    "Deployment",
    "FrontDesk",
    "OutreachContent",
    "Server",
    "audit_of",
    "desk_facts",
    "kept_content",
    "only_one",
    "place_of",
    "read_assistant",
    "read_outreach",
    "read_own_actions",
    "read_practice",
    "remote_actions",
    "reports",
    "requests_of",
    "rights_of",
    "switches_of",
]
