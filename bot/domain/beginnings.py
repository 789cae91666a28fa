"""What begins without a word: a link's `ref`, or an advert's id, begins the flow that practice.yml names for
it under `links`; who opens the chat for the first time is greeted. Menus: `bot.domain.menus`.
"""

from collections.abc import Iterable, Mapping

_BEGIN = "begin:"


def mark(flow: str = "") -> str:
    """What an arrival carries through the inbox: the flow that it begins; "" for a greeting."""
    return _BEGIN + flow


def marked_flow(payload: str | None) -> str | None:
    """The flow of such a mark, "" for a greeting; None for anything else."""
    return payload.removeprefix(_BEGIN) if payload is not None and payload.startswith(_BEGIN) else None


def flow_of_link(came_by: Iterable[str], links: Mapping[str, str]) -> str | None:
    """What a link or an advert begins, by the first of its words that practice.yml knows."""
    return next((links[word] for word in came_by if word in links), None)
