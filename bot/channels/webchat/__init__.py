"""The chat on the practice's own site, as a Channel: there is no provider, visitors fetch what is theirs."""

from bot.channels.webchat.channel import WebChannel

__all__ = ["WebChannel"]
