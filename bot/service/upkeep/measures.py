"""What is measured while the desk works, for Prometheus: numbers with a few fixed labels, no patient's data.

One registry a process; a practice's `Measures` carries its name. Stages of a turn: `wait` (from the webhook
to the turn's begin), `understanding`, `action`, `commit`, `turn` (all of it), `send` (one request).
"""

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from bot.service.upkeep.tracing import NO_SPANS, Spans

STAGES = ("wait", "understanding", "action", "commit", "turn", "send")
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0)


class Instruments:
    """A process's: what `/metrics` shows."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)

        def counter(name: str, told: str, *labels: str) -> Counter:
            return Counter(f"chairside_{name}", told, ("practice", *labels), registry=registry)

        def gauge(name: str, told: str, *labels: str) -> Gauge:
            return Gauge(f"chairside_{name}", told, ("practice", *labels), registry=registry)

        def histogram(name: str, told: str, *labels: str) -> Histogram:
            given = ("practice", *labels)
            return Histogram(f"chairside_{name}", told, given, registry=registry, buckets=_SECONDS)

        self.stages = histogram("stage_seconds", "Time that a stage of a turn takes.", "stage")
        self.webhooks = histogram("webhook_seconds", "From a webhook to its 200.", "channel")
        self.webhook_ends = counter("webhooks", "Webhooks by what was answered.", "channel", "outcome")
        self.sends = counter("sends", "Requests to a channel by their fate.", "channel", "fate")
        self.reconciled = counter("reconciliations", "Uncertain sends by how they were settled.", "outcome")
        self.turns_failed = counter("turns_failed", "Attempts at a turn that ended with an error.")
        self.shed = counter("shed_events", "Events that were not taken for want of room.", "kind")
        self.queue_age = gauge("queue_age_seconds", "Age of the oldest message that waits for a turn.")
        self.queued = gauge("queue_messages", "Messages that wait for a turn.")
        self.outbox_age = gauge("outbox_age_seconds", "Age of the oldest message of ours that is not sent.")
        self.outbox = gauge("outbox_messages", "Messages of ours that are not sent.", "state")
        self.handoffs = gauge("handoffs_waiting", "Patients who wait for a person.", "urgent")
        self.set_aside = gauge("set_aside_messages", "Messages that could not be answered.")
        self.subscription_lost = gauge(
            "subscription_lost", "1 where messages go out and no status of any comes back.", "channel"
        )
        self.loop_silence = gauge("loop_silence_seconds", "Since a background loop did its work.", "loop")
        self.loop_restarts = gauge("loop_restarts", "How often a background loop was begun again.", "loop")
        self.build = Gauge("chairside_build_info", "1.", ("version",), registry=registry)


class Timed:
    """Around something that takes time."""

    __slots__ = ("_began", "_observer", "_span")

    def __init__(self, observer: "Observer", span: "Span") -> None:
        self._observer = observer
        self._span = span
        self._began = 0.0

    def __enter__(self) -> Self:
        self._span.__enter__()
        self._began = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._observer.observe(time.perf_counter() - self._began)
        self._span.__exit__(kind, error, trace)


class Observer(Protocol):
    def observe(self, amount: float) -> None: ...


class Span(Protocol):
    def __enter__(self) -> object: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> object: ...


class Measures:
    """One practice's."""

    def __init__(
        self, practice: str, instruments: Instruments | None = None, spans: Spans = NO_SPANS
    ) -> None:
        self.practice = practice
        self.instruments = instruments or Instruments()
        self._spans = spans
        self._stages = {name: self.instruments.stages.labels(practice, name) for name in STAGES}

    def timed(self, stage: str, **ids: str) -> Timed:
        """Around a stage; `ids` (ours, never a patient's) go with its span."""
        return Timed(self._stages[stage], self._spans.span(stage, self.practice, ids))

    def took(self, stage: str, seconds: float) -> None:
        self._stages[stage].observe(max(0.0, seconds))

    def webhook(self, channel: str, outcome: str, seconds: float) -> None:
        """`outcome`: stored | refused | shed | not_stored."""
        self.instruments.webhooks.labels(self.practice, channel).observe(seconds)
        self.instruments.webhook_ends.labels(self.practice, channel, outcome).inc()

    def send(self, channel: str, fate: str) -> None:
        """`fate`: sent | uncertain | refused."""
        self.instruments.sends.labels(self.practice, channel, fate).inc()

    def reconciled(self, outcome: str) -> None:
        """How a send of unknown fate was settled: by_status | sent_again | given_up."""
        self.instruments.reconciled.labels(self.practice, outcome).inc()

    def turn_failed(self) -> None:
        self.instruments.turns_failed.labels(self.practice).inc()

    def read(self, readings: "Readings") -> None:
        """What the database says, now and then."""
        all_of, practice = self.instruments, self.practice
        all_of.queue_age.labels(practice).set(readings.queue_age)
        all_of.queued.labels(practice).set(readings.queued)
        all_of.outbox_age.labels(practice).set(readings.outbox_age)
        for state, count in readings.outbox.items():
            all_of.outbox.labels(practice, state).set(count)
        all_of.handoffs.labels(practice, "yes").set(readings.urgent_handoffs)
        all_of.handoffs.labels(practice, "no").set(readings.handoffs - readings.urgent_handoffs)
        all_of.set_aside.labels(practice).set(readings.set_aside)
        for channel, is_lost in readings.lost.items():
            all_of.subscription_lost.labels(practice, channel).set(is_lost)


class Readings(Protocol):
    """What is counted in the database. Ages in seconds; 0 where nothing waits."""

    @property
    def queue_age(self) -> float: ...

    @property
    def queued(self) -> int: ...

    @property
    def outbox_age(self) -> float: ...

    @property
    def outbox(self) -> Mapping[str, int]: ...

    @property
    def handoffs(self) -> int: ...

    @property
    def urgent_handoffs(self) -> int: ...

    @property
    def set_aside(self) -> int: ...

    @property
    def lost(self) -> Mapping[str, bool]: ...
