"""Whether words speak of a visit that stands already, or of one that is still to be arranged.

"Cleaning on Wednesday or Saturday" is near to "my cleaning is on Wednesday": a bare wish has the words of a
visit that is moved, called off or looked up, and nothing more. While a visit is being arranged, and where a
message does nothing but name one, such a guess has to show in the words.
"""

from __future__ import annotations

import re

from bot.dialogue.message import Message

#: What is asked about a visit that stands.
OF_STANDING_VISITS = frozenset({"reschedule_visit", "cancel_visit", "my_appointments"})

_SPEAKS_OF_ONE = re.compile(
    r"""(?<!\w)(?:
      my\b | mine\b | our\b | appointment | appt | apt\b | book(?:ed|ing) | resched | re-?book | cancel
    | move\b | moving | postpon | bring\sforward | call\soff | (?:have|had|got|do\si\shave|am\si)\b
    | mi[oa]\b | miei\b | nostr | appunt | prenotat | prenotazion | fissat | spost | anticip | posticip
    | rimand | rinvi | disd | annull | cancell | ho\b | avevo
    | мо[йяёеи]\b | мою\b | моего\b | моей\b | наш | запис[аьи] | визит | перен | перез | отмен | сдвин
    | подвин | (?:я|у\sменя|мне)\s(?:был|есть|на\b|записан)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
#: Beside what is named, words that only hold a wish together. A no is not one of them: "cleaning Friday: no".
_SMALL = frozenset(
    word
    for words in (
        "a an and any at before after between but day days either for hello hi i im is just m me name not of",
        "on only or please pls s thanks the this with you",
        "al alle allo alla buongiorno chiamo ciao con dopo di e ed favore grazie il in la le lo ma mi nel",
        "nella non o oppure per piacere prima salve se solo sono su tra tranne un una",
        "без в вас во день добрый до здравствуйте зовут и или к ко кроме либо лучше меня можно на не но",
        "пожалуйста после привет спасибо только у через это я",
    )
    for word in words.split()
)
#: "From Wednesday to Thursday" may be how a visit is moved, wherever it stands in a wish.
_FROM = frozenset({"from", "than", "instead", "da", "dal", "dalla", "dalle", "с", "со", "вместо"})
_WORD = re.compile(r"[^\W\d_]+")
_WISHED = ("visit_type", "practitioner", "site", "wish", "time", "part_of_day", "asap", "person", "relative")
#: Words that call a visit off, or tell that nobody will come.
_CALLS_OFF = re.compile(
    r"cancel|call\soff|can'?t|cannot|won'?t|not\scoming|unable|disd|annull|cancell|non\s(?:posso|potr|ries|vengo|verr)"
    r"|impossibil|отмен|не\s(?:смо|мог|приду|получ|выйд)",
    re.IGNORECASE,
)
#: Words of somebody who looks up a visit: when it is, whether there is one.
_LOOKS_UP = re.compile(
    r"\b(?:appointments?|appt|visits?|booked|booking|check-?up|cleaning|appuntament|visit[ae]|prenota|controll|puliz"
    r"|при[её]м|визит|запис|осмотр|чистк)",
    re.IGNORECASE,
)
#: "Do you have time for me this week?", "запишите меня": whoever says so has no visit yet.
_ASKS_FOR_ONE = re.compile(
    r"""(?<!\w)(?:
      (?:have|got)\s(?:you\s)?(?:got\s)?(?:any\s|some\s)?(?:time|space|room|availability)\s(?:left\s)?for\s(?:me|us)\b
    | (?:avete|ha|hai|avreste|trova(?:te)?)\s(?:un\spo['’]\sdi\s|del\s|ancora\s)?(?:tempo|posto|spazio)
        \sper\s(?:me|noi)\b
    | (?:время|место|окошко|окно)\s(?:для|на)\s(?:меня|нас)\b | запишите\s(?:меня|нас)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_LIKELY = 0.6
_MORE_THAN_LIKELY = 0.75
_PLAIN = 0.95


def is_rather_to_be_arranged(message: Message) -> bool:
    """Whether a visit is wished for by a message that was taken for one about a visit that stands."""
    if message.intent not in OF_STANDING_VISITS:
        return False
    said = _without_relatives(message)
    if message.is_booking() and message.intent == "my_appointments" and not _LOOKS_UP.search(said):
        return True  # "who is the ten o'clock with?" asks about what is on offer
    if message.is_booking() and message.names("wish", "visit_type", "practitioner"):
        return message.confidence < _LIKELY or not _SPEAKS_OF_ONE.search(said)
    if message.visit_flow() is None or any(word.lower() in _FROM for word in _WORD.findall(said)):
        return False
    if message.intent == "my_appointments" and _ASKS_FOR_ONE.search(said):
        return True
    if message.confidence < _PLAIN and message.names("visit_type") and _only_names(message):
        return True
    is_moved = message.intent == "reschedule_visit" and message.confidence < _MORE_THAN_LIKELY
    names_both = message.names("visit_type") and message.names("wish") and not _CALLS_OFF.search(said)
    is_called_off = message.intent == "cancel_visit" and message.confidence < _MORE_THAN_LIKELY and names_both
    return (is_moved or is_called_off) and not _SPEAKS_OF_ONE.search(said)


def _without_relatives(message: Message) -> str:
    """ "My mum" speaks of no visit of mine."""
    said = message.understanding.text
    for entity in message.understanding.entities:
        if entity.entity == "relative":
            said = said[: entity.start] + " " * (entity.end - entity.start) + said[entity.end :]
    return said


def _only_names(message: Message) -> bool:
    """Whether nothing but small words is beside what is named. A question may be about what stands."""
    text = list(message.understanding.text)
    for entity in message.understanding.entities:
        if entity.entity in _WISHED:
            text[entity.start : entity.end] = " " * (entity.end - entity.start)
    left = "".join(text)
    return "?" not in left and all(word.lower() in _SMALL for word in _WORD.findall(left))
