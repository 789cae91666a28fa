"""`chairside graph`: flows drawn from the loaded content, with the steps that tests missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pydantic

from bot.dialogue import Assistant
from bot.dialogue.loader import BUILT_IN
from bot.dialogue.model import Flow
from bot.dialogue.reading import nearest
from bot.drawing import FlowGraph, flow_graph, to_mermaid, to_svg
from bot.errors import ChairsideError

ENDINGS = {"mermaid": "mmd", "svg": "svg"}


def chosen_flows(assistant: Assistant, names: Sequence[str]) -> list[Flow]:
    """Those named, in that order; without names all but the built-in ones. Raises ChairsideError."""
    if not names:
        return [flow for flow in assistant.flows.values() if flow.position.path != BUILT_IN.name]
    unknown = [name for name in names if name not in assistant.flows]
    if unknown:
        hint = nearest(unknown[0], assistant.flows)
        raise ChairsideError(f'there is no flow "{unknown[0]}"{hint}; `chairside graph` draws all of them')
    return [assistant.flows[name] for name in names]


def draw(
    assistant: Assistant,
    flows: Sequence[Flow],
    *,
    language: str,
    missing: Mapping[str, Sequence[str]] | None = None,
) -> list[FlowGraph]:
    """`missing`: steps that no passed test went through; a flow that is not there was not counted."""
    graphs = []
    for flow in flows:
        counted = missing is not None and flow.id in missing
        covered = flow.steps.keys() - set(missing[flow.id]) if missing and counted else None
        graphs.append(flow_graph(assistant, flow, language=language, covered=covered))
    return graphs


def language_for(assistant: Assistant, wished: str | None) -> str:
    """The content's first, or the one wished for. Raises ChairsideError."""
    if wished is None:
        return assistant.languages[0]
    if wished not in assistant.languages:
        raise ChairsideError(
            f'content has no texts in "{wished}"; --language is one of {", ".join(assistant.languages)}'
        )
    return wished


class _FlowCoverage(pydantic.BaseModel):
    flow: str
    missing: list[str]


class _Coverage(pydantic.BaseModel):
    flows: list[_FlowCoverage]


class _CoverageFile(pydantic.BaseModel):
    passed: _Coverage


def read_missing(file: Path) -> dict[str, list[str]]:
    """From the file that `chairside test --coverage FILE.json` writes: what passed tests did not go through.

    Raises ChairsideError.
    """
    try:
        told = _CoverageFile.model_validate_json(file.read_bytes())
    except OSError as error:
        raise ChairsideError(f"{file} cannot be read: {error.strerror}") from error
    except pydantic.ValidationError as error:
        raise ChairsideError(
            f"{file} tells no coverage; make it with: chairside test tests/conversations --coverage {file}"
        ) from error
    return {each.flow: each.missing for each in told.passed.flows}


def write_graphs(graphs: Sequence[FlowGraph], folder: Path, *, form: str) -> list[Path]:
    """A file for each flow, named after it. Raises ChairsideError."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for graph in graphs:
            path = folder / f"{graph.flow}.{ENDINGS[form]}"
            path.write_text(to_svg(graph) if form == "svg" else to_mermaid([graph]), encoding="utf-8")
            written.append(path)
    except OSError as error:
        raise ChairsideError(f"{error.filename} cannot be written: {error.strerror}") from error
    return written
