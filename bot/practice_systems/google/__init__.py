"""Google Calendar: `practice_system: {kind: google}`. docs/google-calendar.md says what it promises."""

from bot.practice_systems.google.opening import open_google

__all__ = ["open_google"]
