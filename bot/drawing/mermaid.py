"""Mermaid flowcharts. Every label is quoted, and what Mermaid reads as syntax is written as an entity."""

from __future__ import annotations

from collections.abc import Sequence

from bot.drawing.graph import FlowGraph, Kind, Node, shorten

_SHAPES: dict[Kind, tuple[str, str]] = {
    "start": ("([", "])"),
    "end": ("([", "])"),
    "ask": ("[/", "/]"),
    "say": ("[", "]"),
    "act": ("[[", "]]"),
    "set": ("[", "]"),
    "noop": ("(", ")"),
    "call": ("[[", "]]"),
    "link": (">", "]"),
}
#: "#" first: it begins every entity. A "`" would begin Markdown, "<" a tag; in names "[" or "]" only confuse.
_ENTITIES = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "\\": "#92;"}
_CLASSES = (
    "classDef start fill:#0f766e,color:#ffffff,stroke:#0b5e57",
    "classDef ask fill:#fdf0d7,color:#14211e,stroke:#b45309",
    "classDef act fill:#dde9fb,color:#14211e,stroke:#1d6fd1",
    "classDef covered stroke:#0f766e,stroke-width:3px",
    "classDef missing stroke:#b42318,stroke-width:3px,stroke-dasharray:5 3",
)
_TEXT = 60
_LABEL = 70


def to_mermaid(graphs: Sequence[FlowGraph]) -> str:
    """One flow as a chart; several as one with boxes, and dotted lines where one calls another."""
    lines = ["flowchart TD"]
    if len(graphs) == 1:
        lines += [f"  {line}" for line in _lines(graphs[0], "n")]
    else:
        for number, graph in enumerate(graphs):
            lines.append(f'  subgraph f{number} ["{_escaped(graph.name)}"]')
            lines += [f"    {line}" for line in _lines(graph, f"f{number}n")]
            lines.append("  end")
        lines += [f"  {line}" for line in _between(graphs)]
    lines += [f"  {line}" for line in _CLASSES]
    return "\n".join(lines) + "\n"


def _lines(graph: FlowGraph, prefix: str) -> list[str]:
    names = {node.id: f"{prefix}{number}" for number, node in enumerate(graph.nodes)}
    lines = []
    for node in graph.nodes:
        opens, closes = _SHAPES[node.kind]
        lines.append(f'{names[node.id]}{opens}"{_label(node)}"{closes}')
    for edge in graph.edges:
        label = f'|"{_escaped(shorten(edge.label, _LABEL))}"|' if edge.label else ""
        lines.append(f"{names[edge.source]} -->{label} {names[edge.target]}")
    for name in ("start", "ask", "act"):
        members = [names[node.id] for node in graph.nodes if node.kind == name]
        if members:
            lines.append(f"class {','.join(members)} {name}")
    for name, wanted in (("covered", True), ("missing", False)):
        members = [names[node.id] for node in graph.nodes if node.is_covered is wanted]
        if members:
            lines.append(f"class {','.join(members)} {name}")
    return lines


def _between(graphs: Sequence[FlowGraph]) -> list[str]:
    numbers = {graph.flow: number for number, graph in enumerate(graphs)}
    return [
        f"f{number}n{place} -.-> f{numbers[node.flow]}n0"
        for number, graph in enumerate(graphs)
        for place, node in enumerate(graph.nodes)
        if node.flow in numbers
    ]


def _label(node: Node) -> str:
    said = [node.title]
    if node.text:
        said.append(f"“{shorten(node.text, _TEXT)}”")
    said += [shorten(note, _LABEL) for note in node.notes]
    return "<br/>".join(map(_escaped, said))


def _escaped(text: str) -> str:
    return "".join(_ENTITIES.get(character, character) for character in text)
