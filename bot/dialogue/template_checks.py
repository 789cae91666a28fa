"""What Meta refuses in a template, found before it is submitted: a review takes up to a day.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from bot.dialogue.reading import Ledger, nearest
from bot.domain.channels import MESSENGER, WHATSAPP
from bot.domain.templates import PARAMETER, ButtonKind, Category, Template, TemplateButton, fill

_NAME = re.compile(r"[a-z0-9_]{1,512}")
_PARAMETER_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LIMITS: Mapping[str, int] = {"header": 60, "body": 1024, "footer": 60}
_TITLE = {WHATSAPP: 25, MESSENGER: 20}
_BUTTONS = {WHATSAPP: 10, MESSENGER: 3}
_LINK = 2000

_Found = Iterator[tuple[str, str]]


def check_template(
    template: Template, ledger: Ledger, *, languages: Sequence[str], known: Collection[str]
) -> None:
    checks = (
        _head(template),
        _languages(template, languages),
        _parameters(template, known),
        _texts(template),
        _buttons(template),
    )
    for found in checks:
        for code, message in found:
            ledger.add(template.position, code, f'template "{template.name}": {message}')


def _head(template: Template) -> _Found:
    if not _NAME.fullmatch(template.name):
        yield "E-ID", "a name has lower-case letters, digits and underscores; rename it"
    for channel in sorted(template.channels - {WHATSAPP, MESSENGER}):
        yield "E-VALUE", f"{channel} has no templates; name whatsapp, messenger, or both"
    if not template.channels:
        yield "E-VALUE", "it is for no channel; name whatsapp, messenger, or both"
    if MESSENGER in template.channels and template.category is not Category.UTILITY:
        yield "E-VALUE", f"Messenger has utility templates only, and this is {template.category}"
    if template.category is Category.AUTHENTICATION:
        parts = [part for part, texts in (("header", template.header), ("footer", template.footer)) if texts]
        parts += ["buttons"] if any(b.kind is not ButtonKind.CODE for b in template.buttons) else []
        for part in parts:
            yield "E-KEY", f'Meta writes the words of authentication templates; delete "{part}"'


def _languages(template: Template, languages: Sequence[str]) -> _Found:
    texts = {"body": template.body, "header": template.header, "footer": template.footer}
    texts |= {
        f"button {number}": button.titles
        for number, button in enumerate(template.buttons, start=1)
        if button.kind in _TITLED
    }
    for part, by_language in texts.items():
        if part in ("header", "footer") and not by_language:
            continue
        for language in languages:
            if language not in by_language:
                yield "E-LANG", f'its {part} has no words in "{language}", a language of this practice'
    for name, examples in template.parameters.items():
        for language in languages:
            if "" not in examples and language not in examples:
                yield "E-LANG", f'parameter "{name}" has no example in "{language}"'


_TITLED = (ButtonKind.REPLY, ButtonKind.LINK, ButtonKind.PHONE)


def _parameters(template: Template, known: Collection[str]) -> _Found:
    for name in sorted(template.used - template.parameters.keys()):
        hint = nearest(name, template.parameters) or "; give it an example under parameters"
        yield "E-REF", f'"{{{name}}}" is not declared{hint}'
    for name in template.parameters:
        if name not in template.used:
            yield "E-REF", f'parameter "{name}" is used nowhere; delete it'
        if not _PARAMETER_NAME.fullmatch(name):
            yield "E-ID", f'parameter "{name}" must be lower-case letters, digits and underscores'
        elif name not in known:
            yield "E-REF", f'nothing fills parameter "{name}"{nearest(name, known)}'


def _texts(template: Template) -> _Found:
    for part in ("header", "body", "footer"):
        texts: Mapping[str, str] = getattr(template, part)
        for language, text in texts.items():
            shown = fill(text, template.examples(language))
            if len(shown) > _LIMITS[part]:
                yield "E-VALUE", f'its {part} in "{language}" has {len(shown)} of {_LIMITS[part]} characters'
            places = [found.span() for found in PARAMETER.finditer(text)]
            if re.search(r"[{}]", PARAMETER.sub("", text)):
                yield "E-PLACEHOLDER", f'its {part} in "{language}" has a brace that is no parameter'
            if part == "footer" and places:
                yield "E-VALUE", "a footer takes no parameters"
            if part == "header" and len(places) > 1:
                yield "E-VALUE", "a header takes one parameter"
            if part == "header" and "\n" in text:
                yield "E-VALUE", "a header is one line"
            if part == "body" and template.category is not Category.AUTHENTICATION:
                yield from _body(text, places, language)


def _body(text: str, places: Sequence[tuple[int, int]], language: str) -> _Found:
    where = f'its body in "{language}"'
    words = re.findall(r"\w+", PARAMETER.sub(" ", text))
    if places and (not re.search(r"\w", text[: places[0][0]]) or not re.search(r"\w", text[places[-1][1] :])):
        yield "E-VALUE", f"{where} begins or ends with a parameter; Meta wants words around it"
    for (_, end), (begin, _) in pairwise(places):
        if not text[end:begin].strip():
            yield "E-VALUE", f"{where} has two parameters side by side; write a word between them"
    if len(words) < 2 * len(places) + 1:
        yield "E-VALUE", f"{where} has too few words for {len(places)} parameters; write more around them"
    if "\t" in text or re.search(r" {5,}|\n{3,}", text):
        yield "E-VALUE", f"{where} has tabs, five spaces or three line breaks in a row"


def _buttons(template: Template) -> _Found:
    counted = [button.kind for button in template.buttons]
    for channel in sorted(template.channels & _BUTTONS.keys()):
        if len(counted) > _BUTTONS[channel]:
            yield "E-VALUE", f"it has {len(counted)} buttons, {channel} takes {_BUTTONS[channel]}"
    for kind, most in ((ButtonKind.LINK, 2), (ButtonKind.PHONE, 1), (ButtonKind.CONTACT, 1)):
        if counted.count(kind) > most:
            yield "E-VALUE", f"it has {counted.count(kind)} buttons of kind {kind}, {most} at most"
    if MESSENGER in template.channels and ButtonKind.CONTACT in counted:
        yield "E-VALUE", 'Messenger has no button "contact"'
    is_reply = [kind is ButtonKind.REPLY for kind in counted]
    if sum(one != two for one, two in pairwise(is_reply)) > 1:
        yield "E-VALUE", "buttons that are answers must stand together"
    titled = [button for button in template.buttons if button.kind in _TITLED]
    for language in template.body:
        titles = [button.titles.get(language, "") for button in titled]
        if len({title.casefold() for title in titles if title}) < len([title for title in titles if title]):
            yield "E-VALUE", f'two of its buttons say the same in "{language}"'
    for button in titled:
        yield from _button(button, template.channels)


def _button(button: TemplateButton, channels: Collection[str]) -> _Found:
    most = min((_TITLE[channel] for channel in channels if channel in _TITLE), default=25)
    for language, title in button.titles.items():
        if len(title) > most:
            yield "E-VALUE", f'button "{title}" ({language}) has {len(title)} of {most} characters'
        if PARAMETER.search(title):
            yield "E-VALUE", f'button "{title}" ({language}): a title takes no parameters'
    if button.kind is ButtonKind.LINK:
        named = PARAMETER.findall(button.value)
        if not button.value.startswith("https://") or len(button.value) > _LINK:
            yield "E-VALUE", f'link "{button.value}" must begin with "https://"'
        if len(named) > 1 or (named and not button.value.endswith("{" + named[0] + "}")):
            yield "E-VALUE", f'link "{button.value}": one parameter, and only at its end'
    if button.kind is ButtonKind.PHONE and not (button.value.startswith("+") or _is_fact(button.value)):
        yield "E-VALUE", f'number "{button.value}" must begin with "+", or be {{practice_phone}}'


def _is_fact(value: str) -> bool:
    return value == "{practice_phone}"
