"""What is said in passing while a visit is arranged: it is for staff, and what is under way goes on.

Told by its words, since nobody learnt these from examples. Where nothing is under way they are what they
always were.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.dialogue.gist import PLAIN, STRONG
from bot.dialogue.message import Message
from nlu.turns_of_speech import LATE as SAID_LATE

#: Intents of flows that pass on what was said (flows/in_passing.yml).
CALL_ME, SLOW_SERVICE, HEALTH_NOTE = "call_me", "slow_service", "health_note"
LATE, PAPERS = "running_late", "invoices"
#: Beside a yes they leave it one.
BESIDE_A_YES = frozenset({CALL_ME, SLOW_SERVICE, HEALTH_NOTE, PAPERS})
_COMPLAINING = frozenset({"complaint", "chitchat", "out_of_scope", "faq/duration", ""})

_CALL_ME = re.compile(
    r"\b(call|ring|phone|contact)(ing)? me\b|\b(give|giving) me (back )?a (call|ring)\b|\bcall me back\b"
    r"|\bmi (può |puo |potete |possono |potrebbe |faccia |fate )?"
    r"(chiam(ate|i|ino|a|are)|richiam\w+|ritelefon\w+|telefon\w+|contatt\w+)\b"
    r"|\b(farmi|essere) (ri)?(chiam|contatt)\w+|\b(chiamar|richiamar|telefonar|contattar)mi\b"
    r"|\b(пере|по)?звон(ите|ит|ят|ить) мне\b|\bмне (\w+ ){0,2}(пере|по)?звон(ите|ит|ят|ить)\b"
    r"|\b(пере|по)звон(ите|ит|ят|ить)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(about|regarding|concerning|to (explain|discuss|talk))\b"
    r"|\b(per (il|la|lo|i|le|un|una|sapere|capire|parlare|spiegar\w+)|riguardo|circa|a proposito"
    r"|su(l|llo|lla|i|gli|lle)|del (prezzo|costo|preventivo))\b|\bper l'|\bsull'"
    r"|\b(насч[её]т|по поводу|об?|обо|про|относительно|по (цене|ценам|стоимости|оплате|счету|счёту)|чтобы)\b",
    re.IGNORECASE,
)
_SLOW = re.compile(
    r"\b(slow|so long|too long|forever|ages|lent[oaie]|lentezza|lentissim\w+|così tanto|troppo tempo"
    r"|un'?eternità|una vita|медленн\w+|долго|вечность|тормоз\w*|сколько можно)\b",
    re.IGNORECASE,
)
_LATE = re.compile(rf"\b{SAID_LATE}", re.IGNORECASE)
_HEALTH = re.compile(
    r"\b(i'?m|i am|she'?s|he'?s|is|have an?|has an?) (\w+ ){0,2}(allerg\w+|pregnant|breastfeeding|diabetic)"
    r"|\b(have|had) (\w+ ){0,2}(pacemaker|allerg\w+)|\bi'?m on (blood thinners|warfarin|anticoagulants)"
    r"|\b(sono|è) (\w+ ){0,2}(allergic[oa]|incinta|diabetic[oa])|\b(ho|ha) (\w+ ){0,2}(allergi\w+|pacemaker)"
    r"|\bin gravidanza|\bin dolce attesa|\ballatto\b|\bprendo (\w+ ){0,2}(anticoagulant\w+|cardioaspirin\w*)"
    r"|\b(у|есть|на) (\w+ ){0,3}аллерги\w+|\bаллергия на\b|\bаллерги[кч]\w*|\bя (\w+ )?беремен\w+"
    r"|\bбеременна\b"
    r"|\bкормлю грудью|\bкардиостимулятор\w*|\bдиабетик\b",
    re.IGNORECASE,
)
#: Words that put one time in the place of another: then a time that is named is meant for the visit.
_INSTEAD = re.compile(
    r"\b(but|instead|rather|make it|better|change|ma|però|invece|meglio|anzi|piuttosto|но|лучше"
    r"|вместо|давайте"
    r"|перен\w+|spost\w+|move)\b",
    re.IGNORECASE,
)


def asks_for_a_call(message: Message) -> bool:
    """ "Can somebody call me about the price?", "yes, and please call me": no wish to stop here."""
    said = message.understanding.text
    if not _passes(message, CALL_ME) or message.names("phone") or not _CALL_ME.search(said):
        return False
    return _ABOUT.search(said) is not None or _answers(message)


def grumbles(message: Message) -> bool:
    """ "What a slow service": no more than that it takes too long."""
    said = message.understanding
    slow = message.intent in _COMPLAINING and _SLOW.search(said.text) is not None
    return slow and "?" not in said.text and not said.entities and _passes(message, SLOW_SERVICE)


def is_late_for_another(message: Message) -> bool:
    """ "Oh, and I'm running 10 minutes late today": no wish to come today after ten."""
    said = message.understanding
    late = message.names("minutes") and _LATE.search(said.text) is not None and "?" not in said.text
    likely = any(i.name == LATE and i.confidence >= STRONG for i in said.intent_ranking)
    return bool(late) and likely and _passes(message, LATE)


def tells_of_health(message: Message) -> bool:
    """ "I'm allergic to latex", "sono incinta": whatever else it resembles, the dentist should know."""
    told = _HEALTH.search(message.understanding.text) is not None
    return told and _passes(message, HEALTH_NOTE) and message.intent != "urgent_pain"


def asks_for_papers(message: Message) -> bool:
    """ "And the invoice of January": a month alone makes no wish of it."""
    likely = message.understanding.intent_ranking[:1]
    papers = any(i.name == PAPERS and i.confidence >= PLAIN for i in likely)
    return papers and not message.intent and _passes(message, PAPERS)


def is_of_what_is_passed_on(message: Message) -> bool:
    """ "Yes, and the invoice of January, please": the month is of the invoice, not of the visit."""
    if is_late_for_another(message):
        return True
    wish = message.understanding.first("wish")
    doubtful = wish is not None and isinstance(wish.value, Mapping) and bool(wish.value.get("in_doubt"))
    if doubtful and message.asked_kind != "time" and not _INSTEAD.search(message.understanding.text):
        return True
    return _answers(message) and not _INSTEAD.search(message.understanding.text)


def _answers(message: Message) -> bool:
    if message.asked_kind == "yes_no":
        return any(e.entity in ("yes_no", "choice") for e in message.understanding.entities)
    return message.asked_kind == "opening" and message.names("choice")


def _passes(message: Message, intent: str) -> bool:
    """Whether something is under way that goes on, where the project has a flow for that."""
    return bool(message.active) and intent in message.assistant.triggers
