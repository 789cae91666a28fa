"""Fetches the files that patients send, from the channels' own hosts alone, and makes them safe to see."""

from bot.channels.media.fetching import Fetcher
from bot.channels.media.safety import made_safe
from bot.channels.media.sources import MetaFiles

__all__ = ["Fetcher", "MetaFiles", "made_safe"]
