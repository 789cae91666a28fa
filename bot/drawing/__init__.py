"""Flows as pictures: what there is to draw, where it goes on the page, and the page as Mermaid or SVG."""

from bot.drawing.graph import FlowGraph, flow_graph
from bot.drawing.mermaid import to_mermaid
from bot.drawing.svg import to_svg

__all__ = ["FlowGraph", "flow_graph", "to_mermaid", "to_svg"]
