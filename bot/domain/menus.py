"""What patients can tap before they write: menus and first questions, made of the flows that patients start.

An item is a flow's own name, with which understanding starts that flow; a tap on it is read as if it had
been typed. So a payload sets nothing and proves nothing: it may come from anywhere, and a menu that Meta
still shows after the flows were changed is only a sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass

MENU = "menu:"
START = "menu:start"

_HELLO: Mapping[str, str] = {"en": "Hello", "it": "Buongiorno", "ru": "Здравствуйте", "de": "Guten Tag"}
#: https://developers.facebook.com/documentation/business-messaging/messenger-platform/messenger-profile
MENU_TITLE, QUESTION, MOST_ITEMS, MOST_QUESTIONS = 30, 80, 20, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """`titles`: language -> what patients tap."""

    flow: str
    titles: Mapping[str, str]

    @property
    def payload(self) -> str:
        return f"{MENU}{self.flow}"


def item_of(flow: str, names: Mapping[str, str]) -> MenuItem | None:
    """None for a flow whose name does not fit into a menu in every language."""
    titles = {language: name[:1].upper() + name[1:] for language, name in names.items()}
    fits = all(0 < len(title) <= MENU_TITLE for title in titles.values())
    return MenuItem(flow=flow, titles=titles) if fits else None


def typed_as(payload: str, title: str, *, house: str) -> str | None:
    """What a tap on a menu says in words; None when it is none. The button before the first message says
    nothing that was meant: it stands for a greeting in the language of the house."""
    if payload in (START, "GET_STARTED"):
        return _HELLO.get(house, _HELLO["en"])
    return title if payload.startswith(MENU) and title else None
