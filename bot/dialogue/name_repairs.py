"""A name that was told before, told better: a surname added, or changed alone; or the diary has it wrong."""

from __future__ import annotations

import re
from typing import Any

from bot.dialogue.asking import kind_of
from bot.dialogue.message import Message
from bot.dialogue.model import Slot
from nlu.names import written_as_name

_WORD = r"[^\W\d_]+(?:['’ʼ`\-][^\W\d_]+)*"
_ONLY_WORDS = re.compile(
    rf"\W*(?:(?:it's|sono|è|это|я|i'm)\s+)?(?P<name>{_WORD}(?:\s+{_WORD}){{1,3}})\s*[.!]*\W*", re.I
)
_OF_THE_SURNAME = re.compile(r"\b(surname|last name|family name|cognome|фамили\w+)\b", re.I)
_OF_THE_FIRST_NAME = re.compile(r"\b(first name|nome e cognome|имя)\b", re.I)
_SURNAME_IS = re.compile(
    r"\b(?:surname|last name|family name|cognome|фамилия)\s*(?:(?:is|è|это)\s+|[:—–,-]\s*)?"
    rf"(?P<surname>[^\W\d_a-zа-яё]{_WORD}(?:\s+[^\W\d_a-zа-яё]{_WORD})?)\W*$"
)
_NAME_IS_WRONG = re.compile(
    r"\b(spel\w*|wrote|written|typed|put|got|have|has)\b.{0,25}\b(sur)?names?\b.{0,25}"
    r"\b(wrong\w*|incorrect\w*|badly)"
    r"|\b(sur)?name('s| is| was)?\s+(been )?(spel\w* |written )?"
    r"(wrong\w*|incorrect\w*|mis-?spel\w*|not right|not correct)"
    r"|\bmis-?spel\w*\b.{0,15}\b(sur)?name"
    r"|\b(typo|mistake|error) (in|with) (my|her|his|the|our) (\w+ )?(sur)?name"
    r"|\b(sbagliat\w+|scritto male|errat\w+|errore|storpiat\w+)\b.{0,25}\b(cog)?nome\b"
    r"|\b(cog)?nome\b.{0,25}\b(sbagliat\w+|scritto male|errat\w+|non è (giusto|corretto))"
    r"|\b(имя|фамили[яюи]|отчество)\b.{0,25}"
    r"\b(неправильн\w+|неверн\w+|не та|не то|с ошибкой|ошибк\w+|перепут\w+)\b"
    r"|\b(неправильн\w+|неверн\w+|ошибл\w+|ошибк\w+|перепутал\w*)\b.{0,25}\b(имя|имени|фамили\w+|отчеств\w+)\b",
    re.I | re.S,
)


def says_name_is_wrong(message: Message) -> bool:
    return _NAME_IS_WRONG.search(message.understanding.text) is not None


def completes_name(message: Message) -> bool:
    """ "Bob Marley", after "Bob"; "my surname is Green": nothing else was said."""
    slots = message.assistant.slots
    flows = message.active[:1]
    names = {
        name for flow in flows for name in message.assistant.fills[flow] if kind_of(slots[name]) == "name"
    }
    return any(told_better(message, slots[name], None) is not None for name in names)


def told_better(message: Message, slot: Slot, value: Any) -> Any:
    """What a slot for a name is filled with: `value`, unless what it holds tells the rest."""
    before = message.conversation.slots.get(slot.name)
    if (
        kind_of(slot) != "name"
        or slot.name == message.asked_slot
        or not isinstance(before, str)
        or not before
    ):
        return value
    text, first = message.understanding.text, before.split()[0]
    surname = value if isinstance(value, str) else None
    if surname is None:
        stated = _SURNAME_IS.search(text)
        surname = written_as_name(stated["surname"]) if stated else None
        if surname is None:
            return _completed(message, slot)
    only = _OF_THE_SURNAME.search(text) and not _OF_THE_FIRST_NAME.search(text)
    if only and first.casefold() not in surname.casefold().split():
        return f"{first} {surname}"
    return surname if value is None else value


def _completed(message: Message, slot: Slot) -> str | None:
    before = message.conversation.slots.get(slot.name)
    said = _ONLY_WORDS.fullmatch(message.understanding.text)
    if said is None or slot.name == message.asked_slot or not isinstance(before, str) or " " in before:
        return None
    words = said["name"].split()
    others = {"person", "practitioner"}
    taken = [e for e in message.understanding.entities if e.entity not in others and e.value is not True]
    if words[0].casefold() != before.casefold() or any(e.end > said.start("name") for e in taken):
        return None
    return written_as_name(said["name"])
