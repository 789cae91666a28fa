"""Who we are, whom we take, and who is near: small questions before any wish, near the words of strangers.

"Who is this?" under a reminder comes from a patient and means no wrong number; "are you taking new patients?"
asks for no list of services; and who works nearby is looking for no work.
"""

from __future__ import annotations

import re

from bot.dialogue.gist import TIMES
from bot.dialogue.message import Message

WHO_WRITES = "who_writes"
NEW_PATIENTS, NEW_PATIENTS_OF_FUND = "faq/new_patients", "faq/new_patients_of_fund"
NEARBY = "faq/works_nearby"
#: Not "who_are_you": so a reminder is asked, which goes on waiting for its answer.
_OUGHT_TO_KNOW = frozenset({"faq/wrong_number", "bot_challenge", "greet", "chitchat", ""})
_ABOUT_A_VISIT = ("/confirm_visit", "/reschedule_visit", "/cancel_visit")

_HELLO = (
    r"\W*(?:(?:hi|hello|hey|sorry|excuse me|good (?:morning|evening)|ok|and|but|um"
    r"|buongiorno|buonasera|ciao|salve|scusi|scusate|ma|e|здравствуйте|привет|простите|извините"
    r"|добрый день|добрый вечер|а)\W+){0,3}"
)
_WHO = re.compile(
    _HELLO + r"(?:who['’]?s (?:this|that|you|it|writing)|whos this|who dis|who (?:is|was) (?:this|that|you|it"
    r"|writing)(?: (?:please|from))?"
    r"|who are (?:this|that|you|it|writing)|who am i (?:talking|speaking|writing) (?:to|with)|what is this"
    r"|whose number is (?:this|it)"
    r"|chi (?:è|e['’`]?|sei|siete|scrive|parla|mi scrive)(?: (?:lei|voi|questo))?|con chi (?:parlo"
    r"|sto parlando)"
    r"|di chi è (?:questo|il) numero"
    r"|(?:вы )?кто (?:это|вы|вы такие|пишет|говорит|мне пишет)|это кто|вы кто|кто|с кем (?:я )?(?:говорю"
    r"|общаюсь|переписываюсь)"
    r"|(?:а )?чей это номер)\W*(?:please|pls|scusi|пожалуйста)?\W*",
    re.IGNORECASE,
)
_NEW_PATIENTS = re.compile(
    r"\b(?:(?:tak|accept|see|seeing|welcom|register|regist|enrol|have (?:room|space|places) for"
    r"|open to|admit)\w*"
    r".{0,20}\bnew (?:\w+ )?(?:patients?|clients?)|new (?:\w+ )?(?:patients?"
    r"|clients?) (?:being )?(?:accepted|welcome|taken)"
    r"|(?:prend|accett|acquisi|accogli|ricev|segui|vis?it)\w+.{0,20}\bnuov[ie] (?:pazient|client)\w+"
    r"|(?:принима|бер[её]|возьм|набира)\w*.{0,20}\bнов\w+ (?:пациент|клиент)\w*"
    r"|нов\w+ (?:пациент|клиент)\w*.{0,20}\b(?:принима|бер[её]|возьм)\w*)\b",
    re.IGNORECASE,
)
#: "I'd like to register as a new patient" is a wish.
_AS_ONE = re.compile(r"\b(?:as (?:an? )?new|come nuov\w+|как нов\w+)\b", re.IGNORECASE)
_OF_A_FUND = re.compile(
    r"\b(?:nhs|medicaid|medicare|insur\w+|ssn|asl|mutua|convenzion\w+|fond[oi]|assicura\w+|омс|дмс"
    r"|полис\w*|страхов\w+)\b",
    re.IGNORECASE,
)
_NEARBY = re.compile(
    r"\W*(?:(?:i|we) (?:\w+ )?work (?:\w+ ){0,2}(?:near|nearby|close|around|round|local\w*|next door"
    r"|in the (?:area|neighbou?rhood))\b"
    r"[^?]{0,40}"
    r"|(?:io )?(?:lavoro|lavoriamo) (?:\w+ ){0,2}(?:in zona|vicino|vicin[oa]|nei paraggi"
    r"|nei dintorni|accanto|a due passi)\b[^?]{0,40}"
    r"|(?:я |мы )?работа(?:ю|ем) (?:\w+ ){0,2}(?:рядом|недалеко|поблизости|неподалёку|неподалеку"
    r"|близко|по соседству)\b[^?]{0,40})\W*",
    re.IGNORECASE,
)


def asks_who_it_is(text: str) -> bool:
    """ "Hello, who is this?", and nothing else."""
    return _WHO.fullmatch(text) is not None


def asks_who_writes(message: Message) -> bool:
    """ "Hello, who is this?", right behind what we wrote about a visit."""
    if message.active or message.asked_slot or message.intent not in _OUGHT_TO_KNOW:
        return False
    offered = message.conversation.offered
    about = any(button.payload.startswith(_ABOUT_A_VISIT) for button in offered)
    return about and asks_who_it_is(message.understanding.text)


def asks_whom_it_is_that_answers(message: Message) -> bool:
    """ "Who is this?", of nobody's message: who asks has not said that the number is wrong."""
    told = message.intent == "faq/wrong_number"
    return told and asks_who_it_is(message.understanding.text)


def asks_for_new_patients(message: Message) -> bool:
    """ "Are you taking new patients?", "prendete nuovi pazienti", "берёте новых пациентов?". Who says beside
    it what they need, and when, is booked."""
    said = message.understanding.text
    asked = _NEW_PATIENTS.search(said)
    if asked is None or _AS_ONE.search(said) or message.names(*TIMES):
        return False
    kinds = [e for e in message.understanding.entities if e.entity == "visit_type"]
    return all(asked.start() <= kind.start < asked.end() for kind in kinds)  # "new patients" may be one


def asks_for_new_patients_of_a_fund(message: Message) -> bool:
    """ "Do you accept NHS new patients": whom we take is known, what a fund pays is not."""
    return _OF_A_FUND.search(message.understanding.text) is not None and asks_for_new_patients(message)


def works_nearby(message: Message) -> bool:
    """ "Lavoro in zona", and nothing else: no application, no delay."""
    return not message.names("minutes") and _NEARBY.fullmatch(message.understanding.text) is not None
