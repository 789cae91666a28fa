"""Whether somebody calls a visit off in one word, or says that they will not manage it.

Short and everyday: so short that they are near to anything, a no, a goodbye, a fear.
"""

from __future__ import annotations

import re

from bot.dialogue.gist import CANCEL, STRONG
from bot.dialogue.message import Message

_IN_A_WORD = re.compile(
    r"""\W*(?:(?:please|pls|no|per\sfavore|no\sgrazie|пожалуйста|нет)\W{1,3})?(?:
      cancel(?:\sit|\sthat|\sthis)? | call\sit\soff
    | (?:disdi(?:ci|co|ca|re|te|camo|ciamo|tela|cila|cela|cala)|disdetta|annulla(?:re|te|mo|la|tela)?
      |annulli|annullo|cancella(?:re|te|la|tela)?|cancelli|cancello)
    | отмен(?:а|и|ите|ить|яй|яйте|яем|яю|ите\sеё|ите\sего|им) | снимите\sзапись | уберите\sзапись
    )(?:\W{1,3}(?:please|pls|thanks|per\sfavore|grazie|pure|tutto|пожалуйста|плиз|спасибо))?\W*""",
    re.IGNORECASE | re.VERBOSE,
)
_NOT_MANAGED = re.compile(
    r"""(?<!\w)(?:
      non\s(?:credo\s(?:di\s|che\s)?)?ce\sla\s(?:f(?:o|accio|acciamo|ar[òo'’]|aremo|arei|aremmo)\b
        |poss(?:o|iamo)\sfare|riesc[oe]) (?!\s(?:pi[ùu]|a\s(?:masticare|mangiare|dormire|aprire|parlare)))
    | (?:i|we)\s(?:can|wo|could)(?:['’]?t|\snot|not)\s(?:manage|make)\s(?:it|that|this)\b
    | не\s(?:выберусь|вырвусь|доберусь|осилю\sприйти|успеваю\sприйти|получится\sприйти)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_PAINED = re.compile(r"\b(pain|hurts?|ache\w*|dolor\w*|male\b|mal d|бол[иье]\w*)", re.IGNORECASE)
#: What such words are taken for, and are not.
_MISTAKEN_FOR = frozenset(
    {"", "deny", "cancel_flow", "out_of_scope", "skip", "chitchat", "goodbye", "faq/fear", "greet"}
)


def calls_off_in_a_word(message: Message) -> bool:
    """ "Disdici", "отмена": as our own buttons say it, where nothing is under way that it may mean."""
    if message.active or message.asked_slot or message.intent not in _MISTAKEN_FOR | {CANCEL}:
        return False
    mistaken = message.intent in ("", CANCEL) or message.confidence < STRONG
    return mistaken and _IN_A_WORD.fullmatch(message.understanding.text) is not None


def says_so(message: Message) -> bool:
    """ "Non ce la faccio", "I won't manage it Thursday", with no word of another time that would do."""
    said = message.understanding.text
    if message.active or message.asked_slot or _NOT_MANAGED.search(said) is None or _PAINED.search(said):
        return False
    days = {(e.start, e.end) for e in message.understanding.entities if e.entity == "time"}
    return message.intent in _MISTAKEN_FOR and len(days) <= 1 and "?" not in said
