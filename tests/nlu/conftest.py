"""One interpreter of all languages, trained once; and a practice to read messages in."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from nlu.interpreter import OfflineInterpreter
from nlu.understanding import Context, Named, Understanding

NOW = datetime(2026, 11, 23, 10)  # a Monday
PRACTITIONERS = (
    Named(id="rossi", words=("dott. Marco Rossi",)),
    Named(id="bianchi", words=("dott.ssa Laura Bianchi",)),
    Named(id="ivanova", words=("доктор Елена Иванова", "dott.ssa Elena Ivanova")),
)
VISIT_TYPES = (
    Named(id="first", words=("prima visita", "first visit", "new patient", "первичная консультация")),
    Named(id="check", words=("visita di controllo", "controllo", "check-up", "checkup", "осмотр")),
    Named(id="hygiene", words=("igiene dentale", "pulizia dei denti", "pulizia", "cleaning", "чистка зубов")),
)

Read = Callable[..., Understanding]


def context(**changes: Any) -> Context:
    values: dict[str, Any] = {
        "now": NOW,
        "languages": ("it", "en", "ru"),
        "practitioners": PRACTITIONERS,
        "visit_types": VISIT_TYPES,
    }
    return Context(**(values | changes))


@pytest.fixture(scope="session")
def read(interpreter: OfflineInterpreter) -> Read:
    """Reads one message; keywords change the context."""

    def read_one(text: str, **changes: Any) -> Understanding:
        [understood] = interpreter.understand_many([(text, context(**changes))])
        return understood

    return read_one


def value(understood: Understanding, kind: str) -> object:
    found = understood.first(kind)
    return None if found is None else found.value
