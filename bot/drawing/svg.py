"""A flow as SVG: with an outline in words, colours for day and night, and the ids of its steps."""

from __future__ import annotations

import textwrap
from itertools import pairwise
from xml.etree import ElementTree

from bot.drawing.graph import FlowGraph, Node, shorten
from bot.drawing.layout import Arc, Layout, Place, Size, lay_out

_TITLE_CHARACTERS = 30
_TEXT_CHARACTERS = 34
_TEXT_LINES = 2
_LABEL_CHARACTERS = 28
_LABEL_LINES = 3
_WIDE, _NARROW = 7.4, 6.5  # what a character takes, at 13 and 12 pixels
_LINE = 16.0

_STYLE = """
svg { --paper: #ffffff; --ink: #14211e; --soft: #4b5c58; --line: #8b9c98; --box: #f3f6f5; --ask: #fdf0d7;
  --ask-edge: #b45309; --act: #dde9fb; --act-edge: #1d6fd1; --edge: #c9d5d1; --accent: #0f766e;
  --on-accent: #ffffff; --bad: #b42318; background: var(--paper); }
@media (prefers-color-scheme: dark) {
  svg { --paper: #141c1b; --ink: #e7efed; --soft: #b0c0bc; --line: #6b7b77; --box: #1b2524; --ask: #35280f;
    --ask-edge: #f2b458; --act: #1d3356; --act-edge: #5fb2ff; --edge: #354542; --accent: #2bb5a4;
    --on-accent: #04211d; --bad: #ff8a7e; }
}
text { font: 13px/1.2 system-ui, sans-serif; fill: var(--ink); text-anchor: middle; }
.text, .note, .label { font-size: 12px; fill: var(--soft); }
.label { paint-order: stroke; stroke: var(--paper); stroke-width: 6px; stroke-linejoin: round; }
.text { font-style: italic; }
.node rect { fill: var(--box); stroke: var(--edge); stroke-width: 1.25; }
.ask rect { fill: var(--ask); stroke: var(--ask-edge); }
.act rect, .call rect, .link rect { fill: var(--act); stroke: var(--act-edge); }
.start rect { fill: var(--accent); stroke: var(--accent); }
.start text { fill: var(--on-accent); }
.covered rect { stroke: var(--accent); stroke-width: 3; }
.missing rect { stroke: var(--bad); stroke-width: 3; stroke-dasharray: 6 4; }
.way { fill: none; stroke: var(--line); stroke-width: 1.5; }
.arrow { fill: var(--line); }
"""


def to_svg(graph: FlowGraph, *, styled: bool = True) -> str:
    """A document of its own; `styled=False` leaves the colours to the page that it stands in.

    Each step is a group with its id in `data-step` and its whole text in `title`.
    """
    boxes = {node.id: _Box(node) for node in graph.nodes}
    labels = [_wrapped(edge.label, _LABEL_CHARACTERS, _LABEL_LINES) for edge in graph.edges]
    arcs = [
        Arc(source=edge.source, target=edge.target, label=_label_size(lines) if lines else None)
        for edge, lines in zip(graph.edges, labels, strict=True)
    ]
    layout = lay_out({name: box.size for name, box in boxes.items()}, arcs)
    svg = _frame(graph, layout, styled=styled)
    for edge, line in zip(graph.edges, layout.lines, strict=True):
        way = _add(svg, "g", {"class": "edge", "data-from": edge.source, "data-to": edge.target})
        path = {
            "class": "way",
            "d": _bow(line) if edge.source == edge.target else _path(line),
            "marker-end": f"url(#arrow-{graph.flow})",
        }
        _add(way, "path", path)
        if edge.label:
            _add(way, "title").text = edge.label
    for edge, lines, place in zip(graph.edges, labels, layout.labels, strict=True):
        if place is not None:
            told = _add(svg, "g", {"data-from": edge.source, "data-to": edge.target})
            _lines(told, place.x, place.top + 12, [("label", line) for line in lines])
    for name, box in boxes.items():
        box.draw(svg, layout.places[name])
    return ElementTree.tostring(svg, encoding="unicode") + "\n"


def outline(graph: FlowGraph) -> str:
    """The flow in words, a line a step."""
    titles = {node.id: node.title for node in graph.nodes}
    told = [f"{graph.description}"] if graph.description else []
    for node in graph.nodes:
        if node.kind == "end":
            continue
        ways = [f"{edge.label or '→'}: {titles[edge.target]}" for edge in graph.edges_from(node.id)]
        said = f" “{node.text}”" if node.text else ""
        told.append("; ".join([f"{node.title}{said}", *node.notes, *ways]) + ".")
    return "\n".join(told)


class _Box:
    """A step with its lines of text."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._title = _wrapped(node.title, _TITLE_CHARACTERS, 2)
        self._more = [("text", line) for line in _quoted(node.text)]
        self._more += [("note", shorten(note, _TEXT_CHARACTERS)) for note in node.notes]

    @property
    def size(self) -> Size:
        widths = [len(line) * _WIDE for line in self._title]
        widths += [len(line) * _NARROW for _, line in self._more]
        rows = len(self._title) + len(self._more)
        return Size(width=max(64.0, max(widths) + 28), height=rows * _LINE + 16)

    def draw(self, svg: ElementTree.Element, place: Place) -> None:
        node = self.node
        coverage = {None: "", True: " covered", False: " missing"}[node.is_covered]
        group = _add(svg, "g", {"class": f"node {node.kind}{coverage}", "data-step": node.id})
        whole = " – ".join(part for part in (node.id, node.title, node.text, *node.notes) if part)
        _add(group, "title").text = whole
        width, height = self.size.width, self.size.height
        corner = height / 2 if node.kind in ("start", "end", "noop") else 8
        _add(
            group,
            "rect",
            {
                "x": f"{place.x - width / 2:.1f}",
                "y": f"{place.top:.1f}",
                "width": f"{width:.1f}",
                "height": f"{height:.1f}",
                "rx": f"{min(corner, 20):.1f}",
            },
        )
        lines = [("name", line) for line in self._title] + self._more
        _lines(group, place.x, place.top + 20, lines)


def _frame(graph: FlowGraph, layout: Layout, *, styled: bool) -> ElementTree.Element:
    name = f"flow-{graph.flow}"
    svg = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "flow-drawing",
            "viewBox": f"0 0 {layout.width:.0f} {layout.height:.0f}",
            "width": f"{layout.width:.0f}",
            "height": f"{layout.height:.0f}",
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-outline",
        },
    )
    _add(svg, "title", {"id": f"{name}-title"}).text = graph.name
    _add(svg, "desc", {"id": f"{name}-outline"}).text = outline(graph)
    if styled:
        _add(svg, "style").text = _STYLE
    marker = {
        "id": f"arrow-{graph.flow}",
        "viewBox": "0 0 8 8",
        "refX": "7",
        "refY": "4",
        "markerWidth": "10",
        "markerHeight": "10",
        "markerUnits": "userSpaceOnUse",
        "orient": "auto",
    }
    arrow = _add(_add(svg, "defs"), "marker", marker)
    _add(arrow, "path", {"class": "arrow", "d": "M0 0.5 8 4 0 7.5Z"})
    return svg


def _lines(parent: ElementTree.Element, x: float, y: float, lines: list[tuple[str, str]]) -> None:
    for number, (kind, text) in enumerate(lines):
        at = {"class": kind, "x": f"{x:.1f}", "y": f"{y + number * _LINE:.1f}", "text-anchor": "middle"}
        _add(parent, "text", at).text = text


def _path(line: tuple[tuple[float, float], ...]) -> str:
    """Curves that leave and arrive upright."""
    x, y = line[0]
    parts = [f"M{x:.1f} {y:.1f}"]
    for (from_x, from_y), (to_x, to_y) in pairwise(line):
        if abs(from_x - to_x) < 0.5:
            parts.append(f"L{to_x:.1f} {to_y:.1f}")
        else:
            half = (from_y + to_y) / 2
            parts.append(f"C{from_x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}")
    return "".join(parts)


def _bow(line: tuple[tuple[float, float], ...]) -> str:
    """From a step to itself."""
    (x, y), (side, _), (_, last) = line
    return f"M{x:.1f} {y:.1f}C{side:.1f} {y:.1f} {side:.1f} {last:.1f} {x:.1f} {last:.1f}"


def _quoted(text: str) -> list[str]:
    return _wrapped(f"“{text}”", _TEXT_CHARACTERS, _TEXT_LINES) if text else []


def _wrapped(text: str, width: int, most: int) -> list[str]:
    return textwrap.wrap(text, width, max_lines=most, placeholder=" …")


def _label_size(lines: list[str]) -> Size:
    return Size(width=max(len(line) for line in lines) * _NARROW + 8, height=len(lines) * _LINE)


def _add(
    parent: ElementTree.Element, tag: str, attributes: dict[str, str] | None = None
) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, attributes or {})
