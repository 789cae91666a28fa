"""practice.yml -> Practice. Every mistake is reported at once, with its place, the remedy and the nearest
spelling; nothing of a secret is ever part of a message.
"""

from bot.settings.kinds import is_loopback
from bot.settings.load import GATHER_SECONDS, load_practice, secret

__all__ = ["GATHER_SECONDS", "is_loopback", "load_practice", "secret"]
