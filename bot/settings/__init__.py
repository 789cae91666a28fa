"""practice.yml -> Practice. Every mistake is reported at once, with its place, the remedy and the nearest
spelling; nothing of a secret is ever part of a message.
"""

from bot.settings.load import GATHER_SECONDS, load_practice

__all__ = ["GATHER_SECONDS", "load_practice"]
