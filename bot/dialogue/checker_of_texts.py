"""What patients read: every language there, the same values in each, buttons that mean something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.dialogue.builtin_actions import BUILT_IN_ACTIONS
from bot.dialogue.model import ActionStep, Assistant, CollectStep, Response, Slot, Variation
from bot.dialogue.payloads import IntentPayload, SlotsPayload, read_payload
from bot.dialogue.reading import Ledger, nearest
from bot.dialogue.values import WrongValue, coerce, shown
from bot.dialogue.wording import placeholders, template_faults


def check_texts(assistant: Assistant, ledger: Ledger, *, for_practice: bool) -> None:
    in_steps = set(uttered_by_steps(assistant))
    in_flows = {
        step.action
        for flow in assistant.flows.values()
        for step in flow.steps.values()
        if isinstance(step, ActionStep) and not flow.is_pattern
    }
    for response in (*assistant.responses.values(), *assistant.answers.values()):
        for variation in response.variations:
            if for_practice or not response.is_built_in:
                _check_languages(response, variation, assistant, ledger)
            _check_placeholders(response, variation, assistant, ledger, known=response.name in in_steps)
            if not response.is_built_in:
                _check_buttons(response, variation, assistant, ledger)
            if variation.is_template and response.name in in_flows:
                ledger.add(
                    variation.position,
                    "E-PLACEHOLDER",
                    f'"{response.name}" is a template, but only patterns have a context; use {{slot}}',
                )


def _check_languages(response: Response, variation: Variation, assistant: Assistant, ledger: Ledger) -> None:
    written = [variation.texts] if variation.texts else []
    for texts in (*written, *(button.titles for button in variation.buttons)):
        for language in assistant.languages:
            if language not in texts and language.split("-")[0] not in texts:
                where = "; write it in your flows" if response.is_built_in else "; add it under `translation`"
                ledger.add(
                    variation.position, "E-LANG", f'"{response.name}" is not written in "{language}"{where}'
                )
        if variation.is_template:
            for text in texts.values():
                fault = template_faults(text)
                if fault:
                    ledger.add(
                        variation.position, "E-PLACEHOLDER", f'"{response.name}": {fault} is not allowed here'
                    )


def _check_placeholders(
    response: Response, variation: Variation, assistant: Assistant, ledger: Ledger, *, known: bool
) -> None:
    if variation.is_template:
        return
    for texts in (variation.texts, *(button.titles for button in variation.buttons)):
        by_language = {language: placeholders(text) for language, text in texts.items()}
        first = next(iter(by_language.values()), frozenset())
        for language, names in by_language.items():
            if names != first:
                odd = ", ".join("{" + name + "}" for name in sorted(names ^ first))
                ledger.add(
                    variation.position,
                    "E-PLACEHOLDER",
                    f'"{response.name}" in "{language}" differs from the others in {odd}',
                )
    used = frozenset[str]().union(*(placeholders(text) for text in texts_of(variation)))
    for name in sorted(used):
        if known and name not in assistant.slots and not (response.is_built_in or name == "value"):
            ledger.add(
                variation.position,
                "E-PLACEHOLDER",
                f'"{response.name}" shows {{{name}}}, which is no slot{nearest(name, assistant.slots)}',
            )


def texts_of(variation: Variation) -> Iterator[str]:
    """Everything that is filled in: texts, titles, payloads."""
    yield from variation.texts.values()
    for button in variation.buttons:
        yield from (*button.titles.values(), button.payload)


def _check_buttons(response: Response, variation: Variation, assistant: Assistant, ledger: Ledger) -> None:
    for button in variation.buttons:
        read = read_payload(button.payload.replace("{{", "{").replace("}}", "}"))
        if isinstance(read, SlotsPayload):
            for name, value in read.pairs:
                if name not in assistant.slots:
                    ledger.add(
                        variation.position,
                        "E-REF",
                        f'a button of "{response.name}" sets slot "{name}", which does not exist'
                        f"{nearest(name, assistant.slots)}",
                    )
                elif value is not None and "{" not in value:
                    _check_value(response, variation, assistant.slots[name], value, ledger)
        elif isinstance(read, IntentPayload) and read.intent not in assistant.intents:
            ledger.add(
                variation.position,
                "E-REF",
                f'a button of "{response.name}" means intent "{read.intent}", which does not exist'
                f"{nearest(read.intent, assistant.intents)}",
            )
        elif read is None and button.payload.startswith("/"):
            ledger.add(
                variation.position,
                "E-VALUE",
                f'a button of "{response.name}" has a payload that is neither slots nor intent',
            )


def _check_value(response: Response, variation: Variation, slot: Slot, value: str, ledger: Ledger) -> None:
    try:
        coerce(slot, value)
    except WrongValue as error:
        ledger.add(
            variation.position,
            "E-VALUE",
            f'a button of "{response.name}" sets slot "{slot.name}" to "{value}", which is {error}'
            f"{nearest(value, [shown(known) for known in slot.values])}",
        )


def uttered_by_steps(assistant: Assistant) -> Iterable[str]:
    for flow in assistant.flows.values():
        for step in flow.steps.values():
            if isinstance(step, ActionStep) and step.action not in BUILT_IN_ACTIONS:
                yield step.action
            elif isinstance(step, CollectStep):
                if step.utter is not None:
                    yield step.utter
                yield from (rejection.utter for rejection in step.rejections)
    for slot in assistant.slots.values():
        yield from (rejection.utter for rejection in slot.rejections)
        if slot.refill_utter is not None:
            yield slot.refill_utter
