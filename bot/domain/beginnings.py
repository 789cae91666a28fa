"""What begins without a word: a link, an advert, an entry of a menu that everybody sees.

A link's `ref`, or an advert's id, begins the flow that practice.yml names for it under `links`. Menus and ice
breakers are the same for all, so what they carry is no token of one contact: it names a flow, and flows have
guards of their own.
"""

from collections.abc import Iterable, Mapping

#: What the entries of a channel's own menu carry, before a flow's id; alone, a greeting.
BEGIN = "begin:"


def menu_payload(flow: str = "") -> str:
    """Of a persistent menu's entry, an ice breaker; without a flow, of the button that gets started."""
    return BEGIN + flow


def flow_of_menu(payload: str | None) -> str | None:
    """The flow's id, "" for a greeting; None for what no menu of ours carries."""
    return payload.removeprefix(BEGIN) if payload is not None and payload.startswith(BEGIN) else None


def flow_of_link(came_by: Iterable[str], links: Mapping[str, str]) -> str | None:
    """What a link or an advert begins, by the first of its words that practice.yml knows."""
    return next((links[word] for word in came_by if word in links), None)
