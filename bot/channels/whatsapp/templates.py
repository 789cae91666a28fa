"""Templates as the Cloud API wants them: called in a message, and submitted for approval.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
"""

from collections.abc import Mapping
from typing import Any

from bot.channels.approval import text_component, value_of
from bot.domain.conversation import Choice, TemplateCall
from bot.domain.templates import (
    PARAMETER,
    ButtonKind,
    Category,
    Template,
    TemplateButton,
    fill,
    their_language,
)


def called(call: TemplateCall, choices: tuple[Choice, ...]) -> dict[str, Any]:
    """The part of a message that calls a template. A code is no named parameter: Meta's own words have it."""
    is_code = call.category == Category.AUTHENTICATION
    components = [
        {
            "type": part,
            "parameters": [_parameter(name, value, named=not is_code) for name, value in values.items()],
        }
        for part, values in (("header", call.header), ("body", call.body))
        if values
    ]
    components += [
        _button("quick_reply", place, {"type": "payload", "payload": choice.payload})
        for place, choice in zip(call.replies, choices, strict=False)
    ]
    components += [_button("url", place, {"type": "text", "text": value}) for place, value in call.links]
    return {
        "type": "template",
        "template": {
            "name": call.name,
            "language": {"code": their_language(call.language)},
            **({"components": components} if components else {}),
        },
    }


def _parameter(name: str, value: str, *, named: bool) -> dict[str, str]:
    return {"type": "text", **({"parameter_name": name} if named else {}), "text": value_of(value)}


def _button(kind: str, place: int, parameter: Mapping[str, str]) -> dict[str, Any]:
    return {"type": "button", "sub_type": kind, "index": place, "parameters": [dict(parameter)]}


def submission(template: Template, language: str, facts: Mapping[str, str]) -> dict[str, Any]:
    """The body of a POST to /{business account}/message_templates. `facts` fill what Meta takes no parameter
    for: the number on a button."""
    body = {
        "name": template.name,
        "language": their_language(language),
        "category": template.category.upper(),
    }
    if template.category is Category.AUTHENTICATION:
        return {**body, "components": _components_of_a_code()}
    return {**body, "parameter_format": "NAMED", "components": _components(template, language, facts)}


def _components(template: Template, language: str, facts: Mapping[str, str]) -> list[dict[str, Any]]:
    examples = template.examples(language)
    components: list[dict[str, Any]] = []
    header = template.header.get(language)
    if header:
        components.append(text_component("HEADER", header, examples) | {"format": "TEXT"})
    components.append(text_component("BODY", template.body[language], examples))
    footer = template.footer.get(language)
    if footer:
        components.append({"type": "FOOTER", "text": footer})
    if template.buttons:
        made = [_submitted_button(button, language, examples, facts) for button in template.buttons]
        components.append({"type": "BUTTONS", "buttons": made})
    return components


def _components_of_a_code() -> list[dict[str, Any]]:
    return [
        {"type": "BODY", "add_security_recommendation": True},
        {"type": "FOOTER", "code_expiration_minutes": 10},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]},
    ]


def _submitted_button(
    button: TemplateButton, language: str, examples: Mapping[str, str], facts: Mapping[str, str]
) -> dict[str, Any]:
    title = button.titles.get(language, "")
    match button.kind:
        case ButtonKind.REPLY:
            return {"type": "QUICK_REPLY", "text": title}
        case ButtonKind.LINK:
            made: dict[str, Any] = {"type": "URL", "text": title, "url": PARAMETER.sub("{{1}}", button.value)}
            if PARAMETER.search(button.value):
                made["example"] = [fill(button.value, examples)]
            return made
        case ButtonKind.PHONE:
            return {"type": "PHONE_NUMBER", "text": title, "phone_number": fill(button.value, facts)}
        case ButtonKind.CONTACT:
            return {"type": "REQUEST_CONTACT_INFO"}
        case ButtonKind.CODE:
            return {"type": "OTP", "otp_type": "COPY_CODE"}
