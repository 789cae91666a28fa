"""Flows for the sandbox: their names, and each as a drawing whose colours the page gives."""

from functools import cache

from aiohttp import web

from bot.dialogue import Assistant
from bot.drawing import flow_graph, to_svg
from bot.web.wording import LANGUAGES


class FlowDrawings:
    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._drawn = cache(self._draw)  # content does not change while it runs

    def names(self, language: str) -> dict[str, str]:
        """What each flow is called, by id. Patterns have no name that people know."""
        return {flow.id: flow.name_in(language) for flow in self._assistant.flows.values()}

    async def show(self, request: web.Request) -> web.Response:
        """SVG without a style: `data-step` of a group is the id of its step."""
        flow, language = request.match_info["flow"], request.query.get("language", "")
        if flow not in self._assistant.flows or language not in LANGUAGES:
            raise web.HTTPNotFound
        return web.Response(text=self._drawn(flow, language), content_type="image/svg+xml")

    def _draw(self, flow: str, language: str) -> str:
        graph = flow_graph(self._assistant, self._assistant.flows[flow], language=language)
        return to_svg(graph, styled=False)
