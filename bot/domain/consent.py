"""What a patient wants to hear from us, told to the channel, to us or to staff: the last word counts.

A message that answers is always wanted. Who opted out gets nothing that we begin; who stopped promotions gets
reminders and no adverts. Silence about promotions is no yes: `bot.domain.outreach` asks `promotions`.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Of one contact. `promotions`: True said yes, False stopped them, None said nothing."""

    opted_out_at: datetime | None = None  # of whatever we begin
    promotions: bool | None = None
    promotions_at: datetime | None = None  # when that was said

    @property
    def has_opted_out(self) -> bool:
        return self.opted_out_at is not None

    def allows(self, *, promotion: bool) -> bool:
        """Whether a message that we begin may go out."""
        if self.has_opted_out:
            return False
        return self.promotions is True if promotion else True
