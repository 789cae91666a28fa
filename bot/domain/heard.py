"""What a patient's message says beside its words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.conversation import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """The message that another one answers to. `is_latest`: nothing of ours came after it."""

    is_ours: bool
    text: str = ""
    choices: tuple[Choice, ...] = ()  # with the tokens that went out
    is_latest: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """`came_by` are the words by which a link or an advert is known, the most telling first. `details` are
    those of InboundEvent."""

    quoted: Quoted | None = None
    came_by: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)


NOTHING_BESIDE = Beside()
