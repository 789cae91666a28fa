"""CalDAV: `practice_system: {kind: caldav}`. docs/practice-systems.md says what it promises."""

from bot.practice_systems.caldav.opening import open_caldav

__all__ = ["open_caldav"]
