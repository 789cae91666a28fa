"""Which flows patients find in menus: those whose own name, in every language, is understood as that flow."""

from collections.abc import Sequence
from datetime import datetime

from bot.dialogue import Assistant, Conversation, commands_for
from bot.dialogue.commands import StartFlow
from bot.domain.menus import MenuItem, item_of
from bot.domain.practice import Practice
from bot.service.hearing.understanding import Reader
from nlu.understanding import Interpreter


async def menu_items(
    assistant: Assistant, practice: Practice, interpreter: Interpreter, *, at: datetime
) -> tuple[MenuItem, ...]:
    """In the order of the flows. A name that would start something else, or nothing, is not offered."""
    reader = Reader(interpreter=interpreter, practice=practice)
    items = []
    for flow in assistant.flows.values():
        if flow.is_pattern or not flow.triggers:
            continue
        item = item_of(flow.id, {language: flow.name_in(language) for language in practice.languages})
        if item is not None and await _starts(item, assistant, practice.languages, reader, at):
            items.append(item)
    return tuple(items)


async def _starts(
    item: MenuItem, assistant: Assistant, languages: Sequence[str], reader: Reader, at: datetime
) -> bool:
    for language in languages:
        alone = Conversation.new("menu", language=language)
        heard = await reader.understand(item.titles[language], assistant, alone, at=at, known=False)
        started = [each.flow for each in commands_for(heard, alone, assistant) if isinstance(each, StartFlow)]
        if started != [item.flow] or heard.language != language:
            return False
    return True
