"""Spans for OpenTelemetry, where somebody collects them (`pip install 'chairside[traces]'`); else nothing.

A span carries ids of ours and names of steps, never what a patient wrote or who they are.
"""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from bot.errors import SetupError

_NOTHING = nullcontext()


class Spans:
    """Gives spans to whoever times a stage. Without a tracer they are nothing, and cost nothing."""

    def __init__(self, tracer: Any = None) -> None:
        self._tracer = tracer

    def span(self, name: str, practice: str, ids: Mapping[str, str]) -> Any:
        if self._tracer is None:
            return _NOTHING
        attributes = {"chairside.practice": practice, **{f"chairside.{k}": v for k, v in ids.items()}}
        # What went wrong may be told in a patient's words: the span says that it did, not what.
        return self._tracer.start_as_current_span(
            f"chairside.{name}", attributes=attributes, record_exception=False, set_status_on_exception=False
        )


NO_SPANS = Spans()


def spans_to(endpoint: str | None, *, version: str) -> Spans:
    """To the collector at OTEL_EXPORTER_OTLP_ENDPOINT, in batches, by a thread of their own."""
    if not endpoint:
        return NO_SPANS
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError as error:
        raise SetupError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set and nothing can send spans: pip install 'chairside[traces]'"
        ) from error
    resource = Resource.create({"service.name": "chairside", "service.version": version})
    provider = TracerProvider(resource=resource)
    exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + "/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Spans(provider.get_tracer("chairside"))
