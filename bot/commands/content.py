"""Commands for whoever writes flows: check, chat."""

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot import bootstrap
from bot.commands.shared import ActionsModule, ContentFolder, beside, moment
from bot.dialogue import Assistant
from bot.dialogue.schema import schema_text
from bot.diaries import refuse_what_cannot_open
from bot.domain.practice import Practice
from bot.errors import ContentRefused, Problem, SetupError
from bot.practice_systems.misset import SystemMisset, key_of
from bot.service.clock import StartedClock, SystemClock
from bot.service.inbox.notes import gaps
from bot.service.turns.facts import practice_facts
from bot.settings.spelling import did_you_mean
from bot.workshop.checking import check_content


def check(
    content: ContentFolder = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    explore: Annotated[
        bool, typer.Option("--explore/--no-explore", help="Also walk every conversation that can arise.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="A list for editors, and nothing else.")] = False,
    as_schema: Annotated[
        bool, typer.Option("--schema", help="Prints the JSON Schema of content files, and checks nothing.")
    ] = False,
) -> None:
    """Reads practice.yml and all flows; prints every mistake as file:line:column and what to do."""
    if as_schema:
        print(schema_text(), end="")
        return
    checked = check_content(lambda: _content(content), explores=explore)
    if as_json:
        print(checked.to_json())
    else:
        print("\n".join(checked.lines()))
    here, read = Path("practice.yml").absolute(), beside().practice_file
    is_told = content is not None or "CHAIRSIDE_PRACTICE" in os.environ
    if not is_told and here.exists() and not read.samefile(here):
        print(f"{here} was not read; for that, set CHAIRSIDE_PRACTICE to its path.", file=sys.stderr)
    if checked.fails(strict=strict):
        raise SystemExit(1)


def chat(
    content: ContentFolder = None,
    actions: ActionsModule = None,
    trace: Annotated[
        bool, typer.Option("--trace", help="Tell what each message was taken for, and what ran.")
    ] = False,
    language: Annotated[str | None, typer.Option(help="en, it or ru; else as you write.")] = None,
    now: Annotated[str | None, typer.Option(help="Where the clock starts: 2026-03-02T08:00+01:00")] = None,
) -> None:
    """Be the patient in this terminal: the same engine, diary and words, nothing over the network."""
    from bot.workshop.terminal import chat_at_the_bench, chat_in_terminal
    from bot.workshop.venues import open_place

    if content is None and actions is None and not trace:
        asyncio.run(chat_in_terminal(beside(), now=moment(now), language=language))
        return

    async def at_the_bench() -> None:
        clock = StartedClock(moment(now) or SystemClock().now())
        async with (
            open_place(content, actions, configuration=beside(), clock=clock) as place,
            place.opened() as venue,
        ):
            await chat_at_the_bench(venue, language=language, trace=trace)

    asyncio.run(at_the_bench())


def _content(folder: Path | None) -> tuple[str, Assistant]:
    """Whose content it is, and the content: the practice's own, or any folder's."""
    if folder is not None:
        from bot.workshop.content import read_content

        return folder.name or str(folder), read_content(folder)
    configuration = beside()
    practice = bootstrap.read_practice(configuration)
    problems = [*_unopenable(configuration, practice), *_unsendable(configuration, practice)]
    try:
        assistant = bootstrap.read_assistant(configuration, practice)
        bootstrap.read_outreach(configuration, practice, assistant)
    except ContentRefused as refused:
        raise ContentRefused((*problems, *refused.problems)) from refused
    if problems:
        raise ContentRefused(tuple(problems))
    return f"{practice.name} ({configuration.practice_file})", assistant


def _unopenable(configuration: bootstrap.Configuration, practice: Practice) -> Iterator[Problem]:
    """What lets the practice's own software not be opened; if it answers, `practice-system verify` shows."""
    try:
        asyncio.run(refuse_what_cannot_open(practice, now=SystemClock().now))
    except SetupError as error:
        for mistake in error.mistakes if isinstance(error, SystemMisset) else (str(error),):
            place = bootstrap.place_of(configuration, *key_of(mistake))
            yield Problem(place, "E-VALUE", mistake)


def _unsendable(configuration: bootstrap.Configuration, practice: Practice) -> Iterator[Problem]:
    """Prepared answers that fill in what the practice does not tell: staff would find out with a patient."""
    for name, texts in practice.canned_answers.items():
        for language, text in texts.items():
            facts = practice_facts(practice, language)
            for fact in gaps(text, facts):
                near = did_you_mean(fact, facts) or f"; there are: {', '.join(sorted(facts))}"
                place = bootstrap.place_of(configuration, "canned_answers", name, language)
                yield Problem(place, "E-REF", f'"{fact}" is nothing that this file tells{near}')
