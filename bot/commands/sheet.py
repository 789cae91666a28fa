"""`chairside sheet`: the morning's list on paper, for practices whose software is entered by hand."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Annotated

import typer

from bot import bootstrap
from bot.commands.shared import DEFAULT_DATA, Data, beside
from bot.domain.diary import Opening, PatientDetails
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.service.inbox.requests import Sheet, morning_sheet
from bot.service.turns.facts import day_in_words
from bot.web.wording import wording

Line = tuple[str, str, str]  # when, what and with whom, who

_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<style>
@page {{ size: A4; margin: 14mm; }}
body {{ font: 12pt/1.4 sans-serif; color: #000; }}
h1 {{ font-size: 16pt; margin: 0; }} h2 {{ font-size: 13pt; margin: 8mm 0 2mm; }}
table {{ width: 100%; border-collapse: collapse; }}
td {{ padding: 2mm 2mm 2mm 0; border-bottom: 0.3mm solid #999; vertical-align: top; }}
tr {{ break-inside: avoid; }} td:first-child {{ width: 8mm; }}
</style></head><body>
<h1>{title}</h1><p>{practice} · {printed}</p>
{parts}
</body></html>
"""


def sheet(
    data: Data = DEFAULT_DATA,
    to: Annotated[Path | None, typer.Option(help="A page to print (.html); as text without it.")] = None,
) -> None:
    """Lists what patients asked for and what they cancelled since last evening, to be entered by hand. For
    eight in the morning: it names patients."""
    books = bootstrap.Books.open(beside(data))
    try:
        at = books.now()
        found = asyncio.run(morning_sheet(books.practice, bootstrap.requests_of(books), at=at))
        if to is None:
            print(as_text(found, books.practice))
            return
        to.touch(mode=0o600)
        to.write_text(as_page(found, books.practice), encoding="utf-8")
        print(f"{to} is written. It names patients: keep it where only the practice can read it.")
    finally:
        books.database.close()


def as_text(found: Sheet, practice: Practice) -> str:
    """In the house's language."""
    words = wording(practice.languages[0])
    lines = [f"{words['requests_sheet']}: {_day(found, practice)}", ""]
    for heading, none, rows in _parts(found, practice):
        lines += [
            f"{heading} ({len(rows)})",
            *(f"[ ] {when}\n    {what}\n    {who}" for when, what, who in rows),
        ]
        lines += ["", *([] if rows else [none, ""])]
    return "\n".join(lines).rstrip()


def as_page(found: Sheet, practice: Practice) -> str:
    """One page of HTML that needs nothing else, for paper."""
    language = practice.languages[0]
    parts = []
    for heading, none, rows in _parts(found, practice):
        cells = "".join(
            f"<tr><td>☐</td>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
        )
        body = f"<table>{cells}</table>" if rows else f"<p>{escape(none)}</p>"
        parts.append(f"<h2>{escape(heading)} ({len(rows)})</h2>{body}")
    return _PAGE.format(
        language=language,
        title=escape(f"{wording(language)['requests_sheet']}: {_day(found, practice)}"),
        practice=escape(practice.name),
        printed=f"{PracticeTime(practice.time_zone).wall(found.at):%H:%M}",
        parts="\n".join(parts),
    )


def _parts(found: Sheet, practice: Practice) -> list[tuple[str, str, list[Line]]]:
    language = practice.languages[0]
    words = wording(language)
    asked, withdrawn = [], []
    for one in found.requests:
        when = _when(one.visit.opening, practice, language)
        if one.replaces is not None:
            instead = _when(one.replaces.opening, practice, language)
            when += f" ({words['requests_instead_of']} {instead})"
        asked.append((when, _what(one.visit.opening, practice, language), _who(one.patient, words)))
    for gone in found.withdrawn:
        opening = gone.visit.opening
        withdrawn.append(
            (
                _when(opening, practice, language),
                _what(opening, practice, language),
                _who(gone.patient, words),
            )
        )
    confirmed = [
        (
            _when(one.visit.opening, practice, language),
            _what(one.visit.opening, practice, language),
            _who(one.patient, words),
        )
        for one in found.confirmed
    ]
    return [
        (words["requests_to_enter"], words["requests_none"], asked),
        (words["requests_to_remove"], words["requests_none_removed"], withdrawn),
        (words["requests_confirmed"], words["requests_none_confirmed"], confirmed),
    ]


def _day(found: Sheet, practice: Practice) -> str:
    return day_in_words(found.day, practice.languages[0])


def _when(opening: Opening, practice: Practice, language: str) -> str:
    start: datetime = PracticeTime(practice.time_zone).wall(opening.start)
    return f"{day_in_words(start.date(), language)}, {start:%H:%M}"


def _what(opening: Opening, practice: Practice, language: str) -> str:
    visit_type, person = practice.visit_type(opening.visit_type), practice.practitioner(opening.practitioner)
    kind = visit_type.name(language) if visit_type else opening.visit_type
    return f"{kind}, {person.name if person else opening.practitioner}"


def _who(patient: PatientDetails | None, words: Mapping[str, str]) -> str:
    if patient is None:
        return words["requests_nobody"]
    born = patient.birth_date.isoformat() if patient.birth_date else None
    return ", ".join(part for part in (patient.name, patient.phone, born) if part)
