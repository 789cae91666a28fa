"""Spans for whoever collects them: names of steps and ids of ours, nothing that a patient said."""

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot.service.upkeep.measures import Instruments, Measures
from bot.service.upkeep.tracing import NO_SPANS, Spans, spans_to


def test_a_span_says_which_step_of_which_turn_and_not_what_went_wrong() -> None:
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    measures = Measures("studio", Instruments(), Spans(provider.get_tracer("test")))
    with pytest.raises(ValueError), measures.timed("turn", conversation="c"):
        with measures.timed("action", turn="t", action="action_book"):
            pass
        raise ValueError("my tooth hurts")
    action, turn = kept.get_finished_spans()

    assert (turn.name, dict(turn.attributes or {})) == (
        "chairside.turn",
        {"chairside.practice": "studio", "chairside.conversation": "c"},
    )
    assert action.parent is not None and action.parent.span_id == turn.context.span_id
    assert "tooth" not in turn.to_json()


def test_without_a_collector_there_are_none() -> None:
    assert spans_to(None, version="1") is NO_SPANS
