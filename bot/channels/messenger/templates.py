"""Utility templates as Messenger wants them: called in a message, and submitted for approval.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages
"""

from collections.abc import Mapping
from typing import Any

from bot.channels.approval import text_component, value_of
from bot.domain.conversation import Choice, TemplateCall
from bot.domain.templates import PARAMETER, ButtonKind, Template, TemplateButton, fill, their_language


def called(call: TemplateCall, choices: tuple[Choice, ...]) -> dict[str, Any]:
    """`message.template`. Buttons that take a value share one component, in their order."""
    components: list[dict[str, Any]] = [
        {
            "type": part,
            "parameters": [
                {"type": "text", "parameter_name": name, "text": value_of(value)}
                for name, value in values.items()
            ],
        }
        for part, values in (("header", call.header), ("body", call.body))
        if values
    ]
    taps: list[tuple[int, dict[str, str]]] = [
        (place, {"type": "POSTBACK", "payload": choice.payload})
        for place, choice in zip(call.replies, choices, strict=False)
    ]
    taps += [(place, {"type": "URL", "url": value}) for place, value in call.links]
    if taps:
        components.append({"type": "buttons", "parameters": [tap for _, tap in sorted(taps, key=_place)]})
    return {
        "name": call.name,
        "language": {"code": their_language(call.language)},
        **({"components": components} if components else {}),
    }


def _place(tap: tuple[int, Mapping[str, str]]) -> int:
    return tap[0]


def submission(template: Template, language: str, facts: Mapping[str, str]) -> dict[str, Any]:
    """The body of a POST to /{page}/message_templates. Payloads are given with each message."""
    examples = template.examples(language)
    components = [text_component("BODY", template.body[language], examples)]
    header = template.header.get(language)
    if header:
        components.insert(0, text_component("HEADER", header, examples) | {"format": "TEXT"})
    if template.buttons:
        made = [_submitted_button(button, language, examples, facts) for button in template.buttons]
        components.append({"type": "BUTTONS", "buttons": made})
    return {
        "name": template.name,
        "language": their_language(language),
        "category": template.category.upper(),
        "parameter_format": "NAMED",
        "components": components,
    }


def _submitted_button(
    button: TemplateButton, language: str, examples: Mapping[str, str], facts: Mapping[str, str]
) -> dict[str, Any]:
    title = button.titles.get(language, "")
    if button.kind is ButtonKind.LINK:
        made: dict[str, Any] = {"type": "URL", "text": title, "url": PARAMETER.sub("{{1}}", button.value)}
        if PARAMETER.search(button.value):
            made["example"] = {"url_suffix_example": fill(button.value, examples)}
        return made
    if button.kind is ButtonKind.PHONE:
        return {"type": "PHONE_NUMBER", "text": title, "phone_number": fill(button.value, facts)}
    return {"type": "POSTBACK", "text": title, "payload": "{{1}}"}
