"""Commands about what is understood: train, evaluate, understand."""

import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, cast, get_args

import typer

from bot import bootstrap
from bot.commands.shared import beside
from bot.domain.practice_time import PracticeTime
from bot.errors import ChairsideError
from bot.service.clock import SystemClock
from bot.service.hearing.understanding import practice_context
from nlu.intent_model import BadModel, IntentModel
from nlu.interpreter import OfflineInterpreter, load_interpreter
from nlu.lexicon import known_languages
from nlu.shipped import Teacher, learn
from nlu.slips import with_slips
from nlu.suggesting import is_understood, suggestions
from nlu.training_examples import BadExamples, Example, read_examples
from nlu.understanding import AskedKind, Context, Intent, Understanding

_NLU = re.compile(r"^nlu:", re.MULTILINE)
_UNSAID: dict[str, Any] = {"name": None, "confidence": 0.0}  # as Rasa says that nothing was understood

Model = Annotated[
    Path | None, typer.Option(help="A model of `chairside train --nlu`, instead of the practice's own.")
]
PracticeFile = Annotated[
    Path | None, typer.Option("--practice", help="practice.yml; else the one configured, else the demo's.")
]
Sentences = Annotated[
    bool | None,
    typer.Option(
        "--sentences/--no-sentences", help="With or without sentence embeddings; else if installed."
    ),
]


def train(
    nlu: Annotated[
        list[Path] | None, typer.Option("--nlu", help="nlu.yml or a folder of them; may be repeated.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where the model of --nlu goes.")] = None,
    practice: PracticeFile = None,
    sentences: Sentences = None,
) -> None:
    """Learns intents: the practice's from nlu/examples, or a model of any nlu.yml with --nlu and --out."""
    begun = time.perf_counter()
    if (nlu is None) != (out is None):
        raise ChairsideError("--nlu FILES and --out MODEL go together: what to learn from, where to keep it")
    if nlu is not None and out is not None:
        examples = _examples(nlu)
        if len({example.intent for example in examples}) < 2:
            raise ChairsideError("a model tells intents apart: the files need examples of two or more")
        model = IntentModel.train(examples, sentences=sentences)
        try:
            model.save(out)
        except OSError as error:
            raise ChairsideError(f"{out} cannot be written: {error.strerror}") from error
        engine, count = model.engine, len(examples)
    else:
        configuration = _configuration(practice)
        if not Teacher(configuration.nlu_cache).is_current:
            learn(configuration.nlu_cache)
        interpreter = _interpreter(practice, sentences)
        engine, count = interpreter.engine, interpreter.taught
    print(f"Learnt from {count} examples in {time.perf_counter() - begun:.1f} s; engine: {engine}.")


def evaluate(
    files: Annotated[list[Path], typer.Argument(help="nlu.yml with held-apart sentences, or folders.")],
    model: Model = None,
    practice: PracticeFile = None,
    lang: Annotated[
        str | None, typer.Option(help="Of files whose path names no language (it/..., it.yml).")
    ] = None,
    typos: Annotated[
        float, typer.Option(min=0, max=1, help="A slip in this share of the words: 0.25 is a quarter.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="Of the slips.")] = 20260302,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    sentences: Sentences = None,
) -> None:
    """Measures how well intents are found: accuracy, out of scope, calibration, latency."""
    from bot.workshop.evaluating import evaluate as evaluate_engine
    from bot.workshop.evaluating import evaluation_lines

    examples = _examples(files, language=lang)
    if not examples:
        raise ChairsideError("the files have no examples: nothing to measure")
    if typos:
        examples = with_slips(examples, share=typos, seed=seed)
    if model is not None:
        known = _model(model)
        result = evaluate_engine(
            examples, lambda some: known.rank([each.text for each in some]), engine=known.engine
        )
    else:
        interpreter = _interpreter(practice, sentences)
        context = _context(practice, now=None, language=lang, asking=None)

        def rank(some: Sequence[Example]) -> list[tuple[tuple[str, float], ...]]:
            read = interpreter.understand_many([(each.text, context) for each in some])
            return [tuple((i.name, i.confidence) for i in each.intent_ranking) for each in read]

        result = evaluate_engine(examples, rank, engine=interpreter.engine)
    if as_json:
        print(json.dumps(result.to_json(), ensure_ascii=False))
    else:
        print("\n".join(evaluation_lines(result)))


def understand(
    practice: PracticeFile = None,
    lang: Annotated[str | None, typer.Option(help="Of the conversation so far: en, it, ru ...")] = None,
    now: Annotated[
        str | None, typer.Option(help="The moment: 2026-03-02T08:00, the practice's wall clock.")
    ] = None,
    asking: Annotated[
        str | None, typer.Option(help="The slot that is being asked for, such as patient_name.")
    ] = None,
    model: Model = None,
    sentences: Sentences = None,
) -> None:
    """Reads messages, one a line, from standard input; prints what each means, one JSON line each."""
    context = _context(practice, now=now, language=lang, asking=asking)
    interpreter = _interpreter(practice, sentences)
    intents = _model(model) if model is not None else None
    for line in sys.stdin.buffer:
        text = line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "replace")
        [read] = interpreter.understand_many([(text, context)])
        if intents is not None:
            [ranking] = intents.rank([text])
            named = tuple(Intent(name=name, confidence=confidence) for name, confidence in ranking)
            read = replace(read, intent=named[0], intent_ranking=named)
        print(json.dumps(understanding_line(read), ensure_ascii=False), flush=True)


def suggest(
    practice: PracticeFile = None,
    least: Annotated[int, typer.Option(min=2, help="Groups of fewer messages are not shown.")] = 3,
) -> None:
    """Reads messages, one a line, from standard input; groups those that are not understood.

    Prints a nlu.yml of suggestions, without anything that names a patient: choose, correct, and add what fits
    to a file of the practice's own examples. Nothing is changed.
    """
    context = _context(practice, now=None, language=None, asking=None)
    interpreter = _interpreter(practice, None)
    lines = [line.decode("utf-8", "replace").strip() for line in sys.stdin.buffer]
    read = interpreter.understand_many([(line, context) for line in lines if line])
    unread = [each for each in read if not is_understood(each)]
    found = suggestions(unread, encode=interpreter.rows, known=interpreter.known_words, least=least)
    print(f"# {len(read)} messages, {len(unread)} not understood, {len(found)} groups of {least} or more.")
    print('version: "3.1"\nnlu:' if found else "nlu: []")
    for each in found:
        likely = ", ".join(f"{name} {share:.2f}" for name, share in each.nearest)
        print(f"# {len(each.texts)} texts; nearest: {likely}")
        print(f"- intent: {each.nearest[0][0] if each.nearest else 'out_of_scope'}  # yours to decide")
        print("  examples: |")
        print("\n".join(f"    - {text}" for text in each.texts))


def understanding_line(read: Understanding) -> dict[str, Any]:
    """As `chairside understand` prints it; what is empty of an entity is left out."""
    return {
        "text": read.text,
        "language": read.language,
        "intent": _intent(read.intent) if read.intent else _UNSAID,
        "intent_ranking": [_intent(intent) for intent in read.intent_ranking],
        "entities": [
            {
                "entity": entity.entity,
                "value": entity.value,
                **{
                    name: told
                    for name in ("grain", "role", "group")
                    if (told := getattr(entity, name)) is not None
                },
                "start": entity.start,
                "end": entity.end,
                "text": entity.text,
                "confidence": entity.confidence,
            }
            for entity in read.entities
        ],
        "red_flag": {"level": read.red_flag.level, "key": read.red_flag.key} if read.red_flag else None,
    }


def _intent(intent: Intent) -> dict[str, Any]:
    return {"name": intent.name, "confidence": intent.confidence}


def _configuration(practice: Path | None) -> bootstrap.Configuration:
    configuration = beside()
    if practice is None:
        return configuration
    if not practice.is_file():
        raise ChairsideError(f"{practice} is no file; --practice names a practice.yml")
    return replace(
        configuration, environment={**configuration.environment, "CHAIRSIDE_PRACTICE": str(practice)}
    )


def _interpreter(practice: Path | None, sentences: bool | None) -> OfflineInterpreter:
    configuration = _configuration(practice)
    languages = bootstrap.read_practice(configuration).languages
    return load_interpreter(languages, cache=configuration.nlu_cache, sentences=sentences)


def _context(practice: Path | None, *, now: str | None, language: str | None, asking: str | None) -> Context:
    configuration = _configuration(practice)
    known = bootstrap.read_practice(configuration)
    if language is not None and language not in known.languages:
        raise ChairsideError(f"--lang {language}: the practice speaks {', '.join(known.languages)}")
    clock = PracticeTime(known.time_zone)
    return practice_context(
        known,
        now=_wall(now, clock),
        language=language,
        asking=_asked_kind(asking, configuration) if asking is not None else None,
    )


def _wall(given: str | None, clock: PracticeTime) -> datetime:
    """Naive practice wall time; an offset is believed."""
    if given is None:
        return clock.wall(SystemClock().now())
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise ChairsideError(f'--now "{given}" is not a moment; write 2026-03-02T08:00') from error
    return moment if moment.tzinfo is None else clock.wall(moment)


def _asked_kind(asking: str, configuration: bootstrap.Configuration) -> AskedKind:
    from bot.dialogue.asking import kind_of

    if asking in get_args(AskedKind):
        return cast(AskedKind, asking)
    assistant = bootstrap.read_assistant(configuration, bootstrap.read_practice(configuration))
    slot = assistant.slots.get(asking)
    if slot is None:
        raise ChairsideError(
            f"--asking {asking}: no flow has such a slot;"
            f" name one, or what is asked: {', '.join(get_args(AskedKind))}"
        )
    return kind_of(slot)


def _examples(files: Sequence[Path], language: str | None = None) -> list[Example]:
    """Of each file, in the language that its path names."""
    try:
        return [
            example
            for path in files
            for file in (_with_examples(path) if path.is_dir() else [path])
            for example in read_examples([file], language=_language_of(file) or language or "")
        ]
    except BadExamples as error:
        raise ChairsideError(str(error)) from error


def _with_examples(folder: Path) -> list[Path]:
    """The files of a folder that are in Rasa's format; others may stand beside them."""
    return [file for file in sorted(folder.rglob("*.y*ml")) if _NLU.search(file.read_text(encoding="utf-8"))]


def _language_of(file: Path) -> str | None:
    named = (file.stem, *(parent.name for parent in file.parents))
    return next((name for name in named if name in known_languages()), None)


def _model(path: Path) -> IntentModel:
    try:
        return IntentModel.load(path)
    except BadModel as error:
        raise ChairsideError(str(error)) from error
