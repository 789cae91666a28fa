"""Menus and first questions as Meta wants them. Pure.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/messenger-profile
https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/conversational-components
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.menus import MOST_ITEMS, MOST_QUESTIONS, QUESTION, START, MenuItem

#: Meta's locales for our languages; the house's language is also "default".
_LOCALES: Mapping[str, str] = {"en": "en_US", "it": "it_IT", "ru": "ru_RU", "de": "de_DE"}


def page_profile(
    items: Sequence[MenuItem], languages: Sequence[str], *, is_instagram: bool
) -> dict[str, Any]:
    """The body of a POST to /{page}/messenger_profile. Instagram has no button to get started."""
    if not items:
        return {} if is_instagram else {"get_started": {"payload": START}}
    profile: dict[str, Any] = {
        "ice_breakers": [
            {"call_to_actions": _questions(items, language), "locale": locale}
            for locale, language in _locales(languages)
        ],
        "persistent_menu": [
            {
                "locale": locale,
                "composer_input_disabled": False,
                "call_to_actions": [
                    {"type": "postback", "title": item.titles[language], "payload": item.payload}
                    for item in items[:MOST_ITEMS]
                ],
            }
            for locale, language in _locales(languages)
        ],
    }
    if is_instagram:
        return {"platform": "instagram", **profile}
    return {"get_started": {"payload": START}, **profile}


def number_prompts(items: Sequence[MenuItem], language: str) -> dict[str, Any]:
    """The body of a POST to /{number}/conversational_automation: WhatsApp knows one language, no payloads and
    no emojis. What is tapped comes as text."""
    titles = [_without_emojis(item.titles[language])[:QUESTION] for item in items[:MOST_QUESTIONS]]
    return {"enable_welcome_message": False, "prompts": [title for title in titles if title]}


def _questions(items: Sequence[MenuItem], language: str) -> list[dict[str, str]]:
    return [{"question": item.titles[language], "payload": item.payload} for item in items[:MOST_QUESTIONS]]


def _locales(languages: Sequence[str]) -> list[tuple[str, str]]:
    known = [(_LOCALES[language], language) for language in languages if language in _LOCALES]
    return [("default", languages[0]), *known]


def _without_emojis(text: str) -> str:
    return "".join(each for each in text if unicodedata.category(each) != "So").strip()
