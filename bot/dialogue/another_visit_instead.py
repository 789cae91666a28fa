"""Who comes, with whom and what for: of a visit that stands a colleague changes that.

Only its time is moved here. So "can my husband come instead of me" moves nothing and books no other visit.
"""

from __future__ import annotations

import re

from bot.dialogue.asking import was_just_fixed
from bot.dialogue.gist import TIMES
from bot.dialogue.message import Message

OTHERWISE = "visit_otherwise"
_MEANS_ELSE = frozenset({"stop", "urgent_pain", "my_data", "invoices", "clinical_question", "complaint"})

_INSTEAD_OF_ME = re.compile(
    r"\b(?:instead of (?:me|him|her)|in (?:my|his|her) place"
    r"|(?:take|use) (?:my|over my) (?:appointment|appt|slot|visit|place|turn)"
    r"|(?:give|pass|transfer) (?:my|the) (?:appointment|appt|slot|visit|place) (?:on )?to (?:my|his|her)\b"
    r"|al posto (?:mio|suo)|al mio posto|invece (?:di me|mia)|in vece mia"
    r"|(?:cedere|dare|passare) (?:il mio|la mia) (?:posto|appuntamento|visita)"
    r"|вместо (?:меня|него|не[её])"
    r"|(?:отдать|передать|уступить|переписать|перепишите) (?:мо[юйеё]|сво[юйеё]|запись|визит|при[её]м)\b)",
    re.IGNORECASE,
)
_DENTIST = (
    r"(?:dentist\w*|doctor\w*|hygienist\w*|dottor\w*|medic[oi]|igienist\w+"
    r"|врач\w*|доктор\w*|стоматолог\w*|гигиенист\w*)"
)
_ANOTHER_DENTIST = re.compile(
    rf"\b(?:(?:another|(?:a )?different|other|some other) {_DENTIST}"
    rf"|(?:change|switch|swap) (?:(?:my|the|to another) )?{_DENTIST}"
    rf"|(?:un['’] ?altr[oa]|un altr[oa]|altr[oa]|divers[oa]) {_DENTIST}"
    rf"|{_DENTIST} divers[oa]|cambi\w+ (?:(?:il|la|mio|di) ){{0,2}}{_DENTIST}"
    rf"|(?:друг\w+|ин\w+) {_DENTIST}|(?:по|с|за)?мен\w+ (?:мне )?{_DENTIST}|смен\w+ {_DENTIST})\b",
    re.IGNORECASE,
)
_ASKS_FOR_IT = re.compile(
    r"\b(?:can|could|may|like|want|prefer|rather|please|possible|change|switch|swap"
    r"|posso|potrei|vorrei|voglio|preferi\w+|possibile|si può|cambi\w+"
    r"|можно|могу|хочу|хотел\w*|лучше|нельзя ли|помен\w+|смен\w+|замен\w+)\b",
    re.IGNORECASE,
)
#: Of somebody who has been there, or leaves: no wish about a visit here.
_ELSEWHERE = re.compile(
    r"\b(?:told|said|says|did|made|went|was|been|opinion|elsewhere|leav\w+|moving to"
    r"|detto|dice|fatto|stat[oa]|andat[oa]|parere|altrove"
    r"|сказал\w*|говорит|делал\w*|сделал\w*|был\w*|ходил\w*|мнени\w+)\b",
    re.IGNORECASE,
)
_ANOTHER_KIND = re.compile(
    r"\b(?:instead of|rather than|(?:change|switch|turn|convert|make) (?:it|this|that|(?:my|the) [\w-]{1,20})"
    r" (?:in)?to|make (?:it|that|this) (?:a|an)"
    r"|invece (?:del|di)\w*|al posto (?:del|di)\w*|anzich[eé]|(?:cambi|trasform)\w+ .{0,30}(?:in|con)"
    r"|вместо|(?:помен|замен|измен|переделай)\w* .{0,30}на)\b",
    re.IGNORECASE,
)
#: Alone it says enough only right behind "You're booked".
_INSTEAD = re.compile(r"\b(?:instead|invece|лучше)\W*$", re.IGNORECASE)
_BOOKS = re.compile(r"\b(?:book|schedule|prenot\w+|fissar\w*|запишите|записаться|запиши)\b", re.IGNORECASE)
_MINE = re.compile(
    r"\b(?:(?:my|the) (?:\w+ )?(?:visit|appointment|appt|booking)|mi[oa] (?:visita|appuntamento|prenotazione)"
    r"|(?:мой|моей|моя|мою|моём|моем) (?:визит\w*|запис\w+|при[её]м\w*))\b",
    re.IGNORECASE,
)


def wants_the_visit_otherwise(message: Message) -> bool:
    """ "Can my husband come instead of me", "another dentist for my visit", "a cleaning instead"."""
    said = message.understanding.text
    if message.active or message.asked_slot or message.intent in _MEANS_ELSE or message.names(*TIMES):
        return False
    if _BOOKS.search(said) and not _MINE.search(said):
        return False
    if _INSTEAD_OF_ME.search(said):
        return True
    if _ANOTHER_DENTIST.search(said) and _ASKS_FOR_IT.search(said):
        of_one = _MINE.search(said) is not None or not message.names("visit_type")
        return of_one and not _ELSEWHERE.search(said)
    if not message.names("visit_type"):
        return False
    behind = was_just_fixed(message.conversation) and _INSTEAD.search(said) is not None
    return behind or _ANOTHER_KIND.search(said) is not None
