"""Listens to voice notes: a server on the practice's own network, or a small model on this machine."""

from bot.channels.voice.server import TranscriptionServer

__all__ = ["TranscriptionServer"]
