"""Commands that show what flows do: graph, explain, replay."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.shared import ContentFolder, assistant_of
from bot.drawing import to_mermaid, to_svg
from bot.errors import ChairsideError
from bot.workshop.graph import chosen_flows, draw, language_for, read_missing, write_graphs


class Form(StrEnum):
    MERMAID = "mermaid"
    SVG = "svg"


def graph(
    flows: Annotated[
        list[str] | None,
        typer.Argument(help="Ids of flows; else all of the content's own.", show_default=False),
    ] = None,
    content: ContentFolder = None,
    form: Annotated[Form, typer.Option("--format", help="Mermaid is text, SVG a picture.")] = Form.MERMAID,
    coverage: Annotated[
        Path | None,
        typer.Option(help="Colour what tests missed, by the file of `test --coverage FILE.json`."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write a file for each flow into this folder.")] = None,
    language: Annotated[str | None, typer.Option(help="Of texts; else the content's first.")] = None,
) -> None:
    """Draws flows: steps, branches with their conditions, and where they lead."""
    assistant = assistant_of(content)
    graphs = draw(
        assistant,
        chosen_flows(assistant, flows or ()),
        language=language_for(assistant, language),
        missing=read_missing(coverage) if coverage is not None else None,
    )
    if out is not None:
        print(f"{len(write_graphs(graphs, out, form=form))} flows drawn in {out}.")
    elif form is Form.MERMAID:
        print(to_mermaid(graphs), end="")
    elif len(graphs) == 1:
        print(to_svg(graphs[0]), end="")
    else:
        raise ChairsideError("SVG is one picture a flow: name one flow, or a folder for all with --out DIR")
