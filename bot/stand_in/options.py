"""What a stand-in may be asked to do: its limits, its delays, and the ways in which it misbehaves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter

from bot.stand_in.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTemplate:
    """A template that the business account has, and how many parameters its body takes."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: str
    language: str
    body_parameters: int = 0
    status: str = "APPROVED"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandInOptions:
    """Everything that can be tuned. The defaults are Meta's limits and no misbehaviour."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    seed: int = 0  # drives delays and reordering; message ids are unique across restarts all the same
    business_account_id: str = "100200300400500"
    country: str = "IT"  # prefix of the business-scoped user ids that are made up for phone numbers
    oldest_version: int = 22
    newest_version: int = 26

    # What a send is held against.
    allowed_recipients: frozenset[str] | None = None  # digits or user ids; None allows everybody
    unreachable: frozenset[str] = frozenset()  # accepted, then `failed` with 131026
    templates: tuple[KnownTemplate, ...] | None = None  # None knows every template, until one is created
    template_review: Literal["approve", "hold", "reject"] = "approve"  # of those that are created
    template_review_delay: float = 0.2  # seconds
    stopped_marketing: frozenset[str] = frozenset()  # marketing templates `failed` with 131050
    enforce_window: bool = False  # also refuse free text to people who never wrote
    window: timedelta = timedelta(hours=24)
    window_refusal_by_status: bool = False  # 131047 as a `failed` status instead of an answer
    pair_interval: float = 6.0  # seconds a message to one person costs; 0 switches the limit off
    pair_burst: int = 45
    throughput: int = 80  # messages in and out within one second; 0 switches the limit off
    page_throughput: int = 300  # messages of a Page within one second; 0 switches the limit off
    page_sends_per_person: int = 200  # of a Page in 24 hours, for each who wrote in them; 0 switches it off
    is_behind_provider: bool = False  # plays 360dialog's door before the number, see bot/stand_in/provider.py
    is_coexistent: bool = False  # the number stays in the Business app: 20 messages a second, whatever is set

    # Statuses; on Messenger, echoes and deliveries.
    status_delay: tuple[float, float] = (0.1, 0.4)  # seconds before each status, drawn from this range
    read_by_itself: bool = False  # otherwise `read` comes when the patient looks
    lose_status_every: int = 0  # every n-th status is never posted
    double_status_every: int = 0  # every n-th status is posted twice
    reorder_statuses: bool = False  # the statuses of a message come in a random order
    echoes_without_metadata: bool = False  # an echo tells the message id and the app, not what we wrote along

    # Webhooks.
    retry_delays: tuple[float, ...] = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0)
    webhook_timeout: float = 20.0  # seconds
    parallel_webhooks: int = 32
    webhook_delay: tuple[float, float] = (0.0, 0.0)  # seconds before the first attempt, from this range
    keep_order: bool = True  # first attempts for one patient in order; without, delays may reorder them
    batch_within: float = 0.0  # seconds: whatever happens within travels in one body, up to 1000 updates
    double_inbound_every: int = 0  # every n-th patient's webhook is posted twice, also after a 200

    faults: tuple[Fault, ...] = ()
    profile_names: Mapping[str, str] = field(default_factory=dict)  # by patient; others get a made-up one

    keep: int = 5000  # messages, events and patients kept in memory, each
    history: Path | None = None  # JSON lines of everything in and out, flushed at each


def read_options(text: str) -> StandInOptions:
    """Options from a JSON object, such as {"pair_interval": 0, "faults": [{"kind": "drop", "nth": 3}]}.
    Raises ValueError, which names every key that is unknown or wrong."""
    return TypeAdapter(StandInOptions).validate_json(text)
