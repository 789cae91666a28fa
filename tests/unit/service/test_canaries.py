"""Fifty things that patients tell in every flow and hand-off: none where anybody but staff reads."""

import json
import logging
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import structlog
from prometheus_client import generate_latest

from bot import bootstrap
from bot.domain.conversation import InboundKind
from bot.domain.deeds import Deed
from bot.domain.handoff import Outcome
from bot.domain.spreadsheet import as_csv, trail_as_csv
from bot.service.upkeep.tracing import Spans
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter

FIRST = (
    "Zebedea",
    "Quirina",
    "Ondina",
    "Ermete",
    "Fosca",
    "Lindoro",
    "Ефросинья",
    "Аристарх",
    "Thaddeus",
    "Winifred",
)
LAST = (
    "Quagliarini",
    "Strazzabosco",
    "Pappagallo",
    "Mezzanotte",
    "Zwickelbauer",
    "Доброхотова",
    "Wolstenholme",
)
#: One number as people write it, in six ways.
NUMBER = ("393477123456", "+393477123456", "+39 347 712 3456", "347 712 3456", "347-712-3456", "3477123456")
MAILS = ("zebedea@example.org", "q.strazzabosco@example.net", "ermete+dente@example.org", "fosca@example.it")
BORN = ("14/03/1961", "14.03.1961", "1961-03-14", "14 marzo 1961", "March 14, 1961", "14 марта 1961")
WORDS = (
    *("ascesso purulento", "sanguinamento", "epatite", "gravidanza", "anticoagulanti", "chemioterapia"),
    *(
        "my divorce",
        "HIV positive",
        "pacemaker",
        "sciatica",
        "флюс огромный",
        "диабет",
        "аллергия на лидокаин",
    ),
    *("parola-segreta-9981", "IT60X0542811101000000123456", "RSSMRA61C54F205X", "via Nascosta 77"),
)
CANARIES = (*FIRST, *LAST, *NUMBER, *MAILS, *BORN, *WORDS)

#: The beginning of each flow, as patients begin it.
BEGINNINGS = (
    *("vorrei prenotare una prima visita", "vorrei spostare il mio appuntamento", "devo disdire la visita"),
    *("quando è il mio appuntamento?", "sono in ritardo di dieci minuti", "ho molto male a un dente"),
    *("quanto costa una pulizia?", "mi serve la fattura", "voglio cancellare i miei dati", "siete terribili"),
    *(
        "I'd like to book a check-up",
        "I need to cancel my appointment",
        "I can't breathe, my throat is closing",
    ),
    *("хочу записаться на приём", "перенесите мой приём", "asdf qwer zxcv", "asdf qwer zxcv again", "stop"),
)


async def _tells_everything(surgery: Surgery, number: int, beginning: str) -> Patient:
    """Begins a flow, says too much in every answer, and asks for a person."""
    first, last = FIRST[number % len(FIRST)], LAST[number % len(LAST)]
    patient = surgery.patient(f"3934771234{56 + number}", name=f"{first} {last}")
    await patient.says(f"{beginning}, {WORDS[number % len(WORDS)]}")
    await patient.says(f"{first} {last}")
    await patient.says(f"{NUMBER[number % len(NUMBER)]} {MAILS[number % len(MAILS)]}")
    await patient.says(BORN[number % len(BORN)])
    if patient.screen and patient.sees.choices:
        await patient.brings(patient.sees.choices[0].payload, title=WORDS[-1])
    await patient.brings(f"c1.{WORDS[-2]}", title=first)
    await patient.sends(InboundKind.IMAGE)
    await patient.says("operatore")
    return patient


def test_fifty_things_are_planted_and_each_would_be_seen() -> None:
    assert len(set(CANARIES)) == len(CANARIES) == 50
    assert [_seen(f"said: {one}") for one in MAILS] == [[one] for one in MAILS]
    assert _seen(json.dumps({"said": FIRST[6]})) == [FIRST[6]]


class RecordedSpans(Spans):
    """Whatever a trace would carry."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def span(self, name: str, practice: str, ids: Mapping[str, str]) -> Any:
        self.told.append(f"{name} {practice} {dict(ids)}")
        return nullcontext()


async def test_nothing_that_a_patient_tells_is_in_a_log_an_alert_a_metric_a_trace_the_trail_or_a_figure(
    tmp_path: Path,
    interpreter: Interpreter,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    with structlog.testing.capture_logs() as logged:
        async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
            measures, spans = surgery.desk.measures, RecordedSpans()
            measures._spans = spans
            for number, beginning in enumerate(BEGINNINGS):
                patient = await _tells_everything(surgery, number, beginning)
                conversation = surgery.contact(patient)
                desk = surgery.desk.staff.desk
                await desk.take(conversation, "Giulia")
                said = f"Buongiorno {FIRST[number % 10]}"
                await desk.reply(conversation, said, who="Giulia", client_message_id=f"m-{number}")
                await surgery.desk.staff.notes.add_note(
                    conversation, f"richiamare {LAST[0]} {NUMBER[3]}", by="Giulia"
                )
                await surgery.desk.audit.note_now(Deed.VIEWED, by="Giulia", conversation=conversation)
                await desk.close(conversation, "Giulia", outcome=Outcome.ANSWERED)
                await surgery.settled()
            await surgery.desk.alerts.look()
            trail = trail_as_csv(await surgery.desk.audit.trail(limit=5_000))
            report = await bootstrap.reports(surgery.desk.books).report(date(2026, 3, 1), date(2026, 3, 3))
            alerts = [str(alert) for alert in surgery.staff.told]
            await surgery.desk.staff.finder.find(FIRST[0], who="Giulia")
            trail += trail_as_csv(await surgery.desk.audit.trail(deed=Deed.SEARCHED))
            metrics = generate_latest(measures.instruments.registry).decode()
            known = [surgery.contact(patient) for patient in surgery.patients.values()]
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("chairside.db*"))
    printed = capsys.readouterr()
    told = {
        "log": f"{logged}{caplog.text}{printed.out}{printed.err}",
        "alerts": "\n".join(alerts),
        "trail": trail,
        "metrics": metrics,
        "traces": "\n".join(spans.told),
        "figures": as_csv(report.desk, report.chats),
    }

    assert len(known) == len(BEGINNINGS) and len(alerts) > 0 and report.chats.total.chats == len(BEGINNINGS)
    assert 'stage="turn"' in metrics and len(spans.told) > len(BEGINNINGS)
    assert {where: _seen(text) for where, text in told.items()} == {where: [] for where in told}
    assert [canary for canary in CANARIES if canary.encode() in stored] == []


def _seen(text: str) -> list[str]:
    """Also as JSON writes them."""
    return [one for one in CANARIES if one in text or json.dumps(one)[1:-1] in text]
