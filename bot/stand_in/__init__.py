"""A hostile stand-in of Meta's Graph API: one WhatsApp number, one Page on Messenger and one account on
Instagram, with the patients' phones behind them.

It shares nothing with the rest of the project, so that it can contradict it.
"""

from bot.stand_in.faults import Fault, FaultKind
from bot.stand_in.graph import GraphStandIn
from bot.stand_in.messages import NotOffered, UnknownMessage
from bot.stand_in.messenger_webhooks import PageAccount
from bot.stand_in.options import KnownTemplate, StandInOptions, read_options
from bot.stand_in.pages import PageSide
from bot.stand_in.refusals import GraphRefused, Refused
from bot.stand_in.serving import run_stand_in

__all__ = [
    "Fault",
    "FaultKind",
    "GraphRefused",
    "GraphStandIn",
    "KnownTemplate",
    "NotOffered",
    "PageAccount",
    "PageSide",
    "Refused",
    "StandInOptions",
    "UnknownMessage",
    "read_options",
    "run_stand_in",
]
