"""A name that was told before, told better: a surname added, or changed alone; or the diary has it wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.dialogue.asking import kind_of
from bot.dialogue.gist import STRONG
from bot.dialogue.message import Message
from bot.dialogue.model import Slot
from bot.dialogue.name_mending import (
    OF_THE_SURNAME,
    WORD,
    keeps_surname,
    mended_name,
    names_another,
    spells_out,
)
from nlu.name_words import plain_name
from nlu.names import written_as_name
from nlu.turns_of_speech import SURNAME

_ONLY_WORDS = re.compile(
    rf"\W*(?:(?:it's|sono|è|это|я|i'm)\s+)?(?P<name>{WORD}(?:\s+{WORD}){{1,3}})\s*[.!]*\W*", re.I
)
_OF_THE_FIRST_NAME = re.compile(r"\b(first name|nome e cognome|имя)\b", re.I)
_SURNAME_IS = re.compile(
    rf"\b{SURNAME}\s*(?:(?:is|è|это)\s+|[:—–,-]\s*)?"
    rf"(?P<surname>[^\W\d_a-zа-яё]{WORD}(?:\s+[^\W\d_a-zа-яё]{WORD})?)\W*$"
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
    r"|\bwrong (sur|first |last |family )?name\b|\bnot my (sur|first |last )?name\b"
    r"|\b(sur)?name (should|ought to) (be|read)\b"
    r"|\bnome (giusto|corretto|esatto) (è|sarebbe)\b|\bnon è il mio (cog)?nome\b"
    r"|\bправильн\w+ (имя|фамилия)\b|\b(имя|фамили[яюи])\b.{0,30}\bопечат\w+"
    r"|\bопечат\w+\b.{0,25}\b(имени|фамили\w+)\b"
    r"|\bне то имя\b|\bне та фамилия\b"
    r"|\b(имя|фамили[яюи]|отчество)\b.{0,25}"
    r"\b(неправильн\w+|неверн\w+|не та|не то|с ошибкой|ошибк\w+|перепут\w+)\b"
    r"|\b(неправильн\w+|неверн\w+|ошибл\w+|ошибк\w+|перепутал\w*)\b.{0,25}\b(имя|имени|фамили\w+|отчеств\w+)\b",
    re.I | re.S,
)


_NEGATED = re.compile(r"\b(?:not|isn't|non|не|instead of|invece di|anzich[eé]|вместо)\b", re.I)
#: Intents of words that answer, and are nobody's name.
_ANSWERS = frozenset(
    {"affirm", "deny", "thanks", "goodbye", "human", "repeat", "cancel_flow", "other_openings"}
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


def name_to_ask_again(message: Message) -> str | None:
    """The slot whose name was said to be wrong, where nothing was named instead: "no wait, wrong name"."""
    if not message.is_booking() or not says_name_is_wrong(message) or message.names("person", "relative"):
        return None
    slots, held = message.assistant.slots, message.conversation.slots
    names = [n for n in message.assistant.fills[message.active[0]] if kind_of(slots[n]) == "name"]
    told = [n for n in names if isinstance(held.get(n), str) and n != message.asked_slot]
    if len(told) != 1 or told_better(message, slots[told[0]], None) is not None:
        return None
    return told[0]


def puts_name_right(message: Message) -> bool:
    """ "It's Joseph, not Joe", said to what was just booked for Joe."""
    if message.active or message.asked_slot:
        return False
    return any(names_another(message.understanding.text, said.text) for said in message.conversation.said)


def spells_name(message: Message) -> bool:
    """ "Лисс с двумя с": what looks like an hour is a letter of the name."""
    return spells_out(message.understanding.text) and completes_name(message)


def _tells_else(message: Message) -> bool:
    if spells_out(message.understanding.text):
        return False
    answers = message.intent in _ANSWERS and message.confidence >= STRONG and not message.names("person")
    if message.intent == "deny" and message.understanding.unread:
        answers = False  # "no, Jane Foxx"
    mends = says_name_is_wrong(message) or _NEGATED.search(message.understanding.text)
    agrees = any(e.entity == "yes_no" and e.value for e in message.understanding.entities)
    taken = agrees or message.names("wish", "visit_type", "practitioner", "choice", "phone")
    return taken or (answers and not mends)


def _is_small(message: Message) -> Callable[[str], bool]:
    """Everyday words, and whatever was read as something else: a day, an hour, a visit."""
    said = message.understanding
    strange = {plain_name(word) for word in re.findall(WORD, said.unread)}
    people = [e for e in said.entities if e.entity in ("person", "companion")]
    strange |= {plain_name(word) for e in people for word in e.text.split()}
    return lambda word: word not in strange


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
    if not message.names("relative"):
        mended = None if _tells_else(message) else mended_name(text, before, is_small=_is_small(message))
        if mended is not None and mended != before:
            return mended
        if isinstance(value, str) and " " not in value and not OF_THE_SURNAME.search(text):
            value = keeps_surname(value, before, text)
    surname = value if isinstance(value, str) else None
    if surname is None:
        stated = _SURNAME_IS.search(text)
        surname = written_as_name(stated["surname"]) if stated else None
        if surname is None:
            return _completed(message, slot)
    only = OF_THE_SURNAME.search(text) and not _OF_THE_FIRST_NAME.search(text)
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
