"""What patients see before they write: menus, ice breakers, greetings, checked as Meta checks them. Pure.

Sources: the pages messenger-profile/* and instagram/features/* of the Messenger Platform documentation;
business-phone-numbers/conversational-components and business-profiles of the Cloud API's.
"""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from bot.stand_in.messenger_requests import PAYLOAD_LIMIT, invalid, read_url
from bot.stand_in.refusals import Refused, malformed
from bot.stand_in.strict_json import StrictObject

Profile = dict[str, Any]
Check = Callable[[StrictObject], None]

_VERTICALS = (
    *("ALCOHOL", "APPAREL", "AUTO", "BEAUTY", "EDU", "ENTERTAIN", "EVENT_PLAN", "FINANCE", "GOVT", "GROCERY"),
    *("HEALTH", "HOTEL", "NONPROFIT", "ONLINE_GAMBLING", "OTC_DRUGS", "OTHER", "PHYSICAL_GAMBLING"),
    *("PROF_SERVICES", "RESTAURANT", "RETAIL", "TRAVEL"),
)


def change_page_profile(profile: Profile, body: object, *, platform: str) -> Profile:
    """The profile with the properties of a request set. Raises GraphRefused."""
    try:
        request = StrictObject(body)
        changed = dict(profile)
        if request.has("platform"):
            request.choice("platform", platform)
        for name, check in _PROPERTIES[platform].items():
            if request.has(name):
                check(request)
                changed[name] = request.anything(name)
        request.end()
    except Refused as refused:
        raise invalid(refused.details) from None
    if platform == "messenger" and "persistent_menu" in changed and "get_started" not in changed:
        raise invalid("You must set a Get Started button if you also wish to use persistent menu")
    return changed


def without(profile: Profile, names: list[str], *, platform: str) -> Profile:
    """The profile with these properties deleted. Raises GraphRefused."""
    unknown = [name for name in names if name not in _PROPERTIES[platform]]
    if unknown or not names:
        raise invalid(f"Param fields must be some of {{{', '.join(sorted(_PROPERTIES[platform]))}}}")
    left = {name for name in profile if name not in names}
    if platform == "messenger" and "get_started" in names and "persistent_menu" in left:
        raise invalid("Get Started cannot be deleted while there is a persistent menu")
    return {name: value for name, value in profile.items() if name not in names}


def change_automation(automation: Profile, body: object) -> Profile:
    """WhatsApp's ice breakers and commands. Raises Refused."""
    request = StrictObject(body)
    changed = dict(automation)
    if request.has("enable_welcome_message"):
        changed["enable_welcome_message"] = request.optional_boolean("enable_welcome_message")
    if request.has("prompts"):
        prompts = request.anything("prompts")
        if not isinstance(prompts, list) or len(prompts) > 4:
            raise malformed("Param prompts must be an array of at most 4 strings")
        for prompt in prompts:
            _plain(prompt, "prompts", 80)
        changed["prompts"] = prompts
    if request.has("commands"):
        for command in request.children("commands", low=0, high=30):
            _plain(command.text("command_name", high=32), "command_name", 32)
            _plain(command.text("command_description", high=256), "command_description", 256)
            command.end()
        changed["commands"] = request.anything("commands")
    request.end()
    return changed


def change_business_profile(profile: Profile, body: object) -> Profile:
    """What WhatsApp shows of the practice. Raises Refused."""
    request = StrictObject(body)
    request.choice("messaging_product", "whatsapp")
    changed = dict(profile)
    for name, high in (("about", 139), ("address", 256), ("description", 512), ("email", 128)):
        if request.has(name):
            changed[name] = request.text(name, low=0 if name != "about" else 1, high=high)
    if request.has("vertical"):
        changed["vertical"] = request.choice("vertical", *_VERTICALS)
    if request.has("websites"):
        websites = request.anything("websites")
        if not isinstance(websites, list) or len(websites) > 2:
            raise malformed("Param websites must be an array of at most 2 URLs")
        for website in websites:
            if not isinstance(website, str) or not website.startswith(("http://", "https://")):
                raise malformed("Param websites must be an array of at most 2 URLs")
        changed["websites"] = websites
    request.end()
    return changed


def _plain(text: object, name: str, limit: int) -> None:
    if not isinstance(text, str) or not 1 <= len(text) <= limit:
        raise malformed(f"Param {name} must be strings of 1 to {limit} characters")
    if any(unicodedata.category(each) == "So" for each in text):
        raise malformed(f"Param {name} cannot have emojis")


def _get_started(request: StrictObject) -> None:
    started = request.child("get_started")
    started.text("payload", high=PAYLOAD_LIMIT)
    started.end()


def _greeting(request: StrictObject) -> None:
    locales = []
    for greeting in request.children("greeting", low=1, high=100):
        locales.append(greeting.text("locale", high=16))
        greeting.text("text", high=160)
        greeting.end()
    _must_have_default(locales)


def _ice_breakers(request: StrictObject) -> None:
    breakers = request.children("ice_breakers", low=1, high=100)
    if not breakers[0].has("call_to_actions"):
        if len(breakers) > 4:
            raise invalid("There are at most 4 ice breakers")
        for breaker in breakers:
            _question(breaker)
        return
    locales = []
    for breaker in breakers:
        for question in breaker.children("call_to_actions", low=1, high=4):
            _question(question)
        locales.append(breaker.optional_text("locale", high=16) or "default")
        breaker.end()
    _must_have_default(locales)


def _question(question: StrictObject) -> None:
    question.text("question", high=80)
    question.text("payload", high=PAYLOAD_LIMIT)
    question.end()


def _menu(request: StrictObject) -> None:
    locales = []
    for menu in request.children("persistent_menu", low=1, high=100):
        locales.append(menu.text("locale", high=16))
        menu.optional_boolean("composer_input_disabled")
        for item in menu.children("call_to_actions", low=1, high=20):
            kind = item.choice("type", "postback", "web_url")
            item.text("title", high=30)
            if kind == "postback":
                item.text("payload", high=PAYLOAD_LIMIT)
            else:
                read_url(item, "url")
                if item.has("webview_height_ratio"):
                    item.choice("webview_height_ratio", "compact", "tall", "full")
            item.end()
        menu.end()
    _must_have_default(locales)


def _must_have_default(locales: list[str]) -> None:
    if "default" not in locales:
        raise invalid("One of the locales must be default")
    if len(set(locales)) != len(locales):
        raise invalid("Locales must differ")


def _domains(request: StrictObject) -> None:
    domains = request.anything("whitelisted_domains")
    if not isinstance(domains, list) or not 0 < len(domains) <= 50:
        raise invalid("Param whitelisted_domains must be an array of at most 50 URLs")


_PROPERTIES: Mapping[str, Mapping[str, Check]] = {
    "messenger": {
        "get_started": _get_started,
        "greeting": _greeting,
        "ice_breakers": _ice_breakers,
        "persistent_menu": _menu,
        "whitelisted_domains": _domains,
    },
    "instagram": {"ice_breakers": _ice_breakers, "persistent_menu": _menu},
}
