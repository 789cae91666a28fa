"""The command that runs conversation tests: test."""

import asyncio
import json
import logging
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import structlog
import typer
from typer.core import TyperCommand

from bot.commands.shared import ActionsModule, ContentFolder, beside, moment
from bot.dialogue import Assistant
from bot.errors import ChairsideError
from bot.service.clock import FrozenClock
from bot.workshop.assertions import BotSaid
from bot.workshop.cases import Cases, read_cases
from bot.workshop.coverage import coverage, coverage_json, coverage_text
from bot.workshop.report import failure_text, junit, summary
from bot.workshop.running import CaseResult, OpenVenue, run_cases
from bot.workshop.updating import corrections, rewrite
from bot.workshop.venues import MONDAY_MORNING, open_place

Timed = list[tuple[CaseResult, float]]


class WithOptionalFile(TyperCommand):
    """`--coverage`, `--coverage FILE.json` and `--coverage=FILE.json`: the file may be left out."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        spread: list[str] = []
        for argument in args:
            option, given, value = argument.partition("=")
            if option == "--coverage" and given:
                spread += ["--coverage", "--coverage-file", value]
            elif spread and spread[-1] == "--coverage" and argument.endswith(".json"):
                spread += ["--coverage-file", argument]
            else:
                spread.append(argument)
        return super().parse_args(ctx, spread)


def test(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Files of test cases, folders of them, or FILE::NAME.", show_default=False),
    ] = None,
    content: ContentFolder = None,
    actions: ActionsModule = None,
    junit_file: Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML here.")] = None,
    with_coverage: Annotated[
        bool,
        typer.Option("--coverage", help="Tell which steps ran; with FILE.json behind it, write that."),
    ] = False,
    coverage_file: Annotated[Path | None, typer.Option("--coverage-file", hidden=True)] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Rewrite what `bot:` steps expect to what is said now.")
    ] = False,
    strict_render: Annotated[
        bool, typer.Option("--strict-render", help="A text that shows an empty slot is an error.")
    ] = False,
    now: Annotated[str | None, typer.Option(help="Where the clock stands: 2026-03-02T08:00+01:00")] = None,
) -> None:
    """Talks through conversations written in YAML and says where one goes otherwise; status 1 if any."""
    _log_to_stderr()
    at = moment(now) or MONDAY_MORNING
    started = time.perf_counter()
    assistant, results = asyncio.run(
        _test(files or [], content, actions, at, update=update, strict_render=strict_render)
    )
    if with_coverage or coverage_file is not None:
        _tell_coverage(assistant, [result for result, _ in results], coverage_file)
    if junit_file is not None:
        _write(junit_file, junit(results))
    print(summary([result for result, _ in results], time.perf_counter() - started))
    if not all(result.passed for result, _ in results):
        raise SystemExit(1)


async def _test(
    files: Sequence[Path],
    content: Path | None,
    actions: str | None,
    at: datetime,
    *,
    update: bool,
    strict_render: bool,
) -> tuple[Assistant, Timed]:
    if not files and content is None:
        raise ChairsideError("name the test files, or a folder of them: chairside test tests/conversations")
    clock = FrozenClock(at)
    async with open_place(content, actions, configuration=beside(), clock=clock) as place:
        paths = list(files) or [content or Path()]
        cases = _read(paths, place.assistant)
        if update:
            await _update(cases, place.opened)
            cases = read_cases(paths, place.assistant)
        results: Timed = []
        begun = time.perf_counter()
        async for result in run_cases(cases.cases, place.opened, strict_render=strict_render):
            results.append((result, time.perf_counter() - begun))
            begun = time.perf_counter()
            _tell(result)
        return place.assistant, results


def _read(paths: Sequence[Path], assistant: Assistant) -> Cases:
    cases = read_cases(paths, assistant)
    for warning in cases.warnings:
        print(warning, file=sys.stderr)
    return cases


async def _update(cases: Cases, open_venue: OpenVenue) -> None:
    changes: dict[BotSaid, str] = {}
    async for result in run_cases(cases.cases, open_venue, correct=corrections):
        changes.update(result.corrections)
    for change in rewrite(changes):
        print(change)
    print(f"{len(changes)} expectations rewritten." if changes else "Nothing to rewrite.")


def _tell(result: CaseResult) -> None:
    if result.failure is None:
        return
    what = "ERROR" if result.is_error else "FAILED"
    print(f"{what} {result.case.name}\n{failure_text(result.failure)}\n")


def _tell_coverage(assistant: Assistant, results: Sequence[CaseResult], file: Path | None) -> None:
    passed, failed = coverage(assistant, results)
    print(coverage_text(passed, failed))
    if file is not None:
        told = json.dumps(coverage_json(passed, failed), indent=2, ensure_ascii=False)
        _write(file, f"{told}\n".encode())


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise ChairsideError(f"{file} cannot be written: {error.strerror}") from error


def _log_to_stderr() -> None:
    """What an action did wrong is told beside the results, not among them."""
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.dev.ConsoleRenderer(colors=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is then, not now
    )
