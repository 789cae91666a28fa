"""Second thoughts about a visit that was just cancelled, booked or moved, or is about to be cancelled.

Nothing is undone behind anybody's back: what is regretted leads to a question of ours, and only a yes counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.dialogue.gist import BOOK, CANCEL, MOVE, STRONG, TIMES
from bot.dialogue.message import Message
from bot.dialogue.slot_values import last_value
from nlu.turns_of_speech import BY_MISTAKE

TAKE_BACK = "take_it_back"

_CANCELLED = frozenset({"utter_visit_cancelled", "utter_thanks_for_the_reason"})
_BOOKED, _MOVED = "utter_booked", "utter_visit_moved"
#: Intents whose words have another time in them.
_OF_ANOTHER_TIME = frozenset({BOOK, MOVE, "other_openings"})
_YES_OR_NO = frozenset({"affirm", "deny", "thanks", "greet", "opt_in"})
#: Whoever means one of these has not thought again.
_MEANS_ELSE = frozenset({"human", "stop", "urgent_pain", "complaint", "my_data", "invoices", "running_late"})

_BY_MISTAKE = re.compile(
    rf"""(?<!\w)(?:
      {BY_MISTAKE} | mis-?(?:click|tap|type|press)\w* | (?:in|my)\s(?:mistake|accident|error) | by\serror
    | accidental
    | (?:was|made|is)\s(?:a|an)\s(?:mistake|accident|error) | wrong\s(?:button|one|tap|key|option|choice
        |thing)
    | did(?:n['’]?t|\snot)\smean\s(?:to|that|it) | fat\sfingers? | pressed\sthe\swrong | (?:oops|whoops)\W*$
    | ho\ssbagliato | mi\ssono\ssbagliat\w | è\sstato\sun\s(?:errore|sbaglio)
        | non\svolevo
    | (?:tasto|bottone|pulsante)\ssbagliato | errore\smio | colpa\sdel\sdito
    | ошиб(?:ся|лась|лись|ка) | промах\w+ | не\s(?:туда|то)\s(?:нажал
        |ткнул|тыкнул)\w*
    | не\s(?:та|ту)\sкнопк\w+ | (?:нажал|ткнул|тыкнул)\w*\sне\s(?:туда|то|ту) | не\sхотел[аи]?
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_KEEPS = re.compile(
    r"""(?<!\w)(?:
      (?:keep|leave|restore|reinstate|un-?cancel)(?:\s(?:it|that|this|my|the|mine)\b|\W*$) | undo | revert
    | (?:have|want|get|take|put|give)\s(?:it|that|this|mine|(?:my|the|that)\s\w+)(?:\sto\sme)?\sback
    | (?:want|need|like|have)\s(?:it|that|mine)(?:\sback)?\safter\sall | still\s(?:want|need|coming|come
        |like)
    | do(?:n['’]?t|\snot)\scancel | (?:can|will|['’]ll)\s(?:make\sit|come|be\sthere)(?:\s(?:after\sall
        |then))?
    | (?:la|lo)\s(?:tengo|tenga|tenete|teniamo|riprendo|rivoglio|rivorrei|rimetta|rimettete|lasci|lasciate)
    | tenga\s(?:la|il|l['’]) | (?:rimett|ripristin|riprend|rivogli|rivorr)\w+ | ri?averl[ao](?:\sindietro)?
    | annull\w+\s(?:la|questa)\sdisdetta | non\s(?:la\s|lo\s)?disd\w+ | indietro | come\sprima
        | invece\svengo
    | (?:ce\sla|lo)\sfaccio | riesco\sa\s(?:venire|esserci) | posso\svenire | (?:anzi|alla\sfine
        |però)\svengo | ci\ssarò
    | (?:верни|верну|восстанов|оставь|оставл|остав[ия]т)\w* | назад | обратно | не\s(?:надо\s
        |нужно\s)?отмен\w+
    | (?:вс[её]\W?таки|вс[её]\sже|смогу|получится)(?:\s(?:приду|прийти|смогу|подойти))? | приду | верните
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_CHANGED_MIND = re.compile(
    r"\b(chang\w+ my mind|ripensat\w|ripensandoci|cambiato idea|передумал\w*|never ?mind|non importa"
    r"|неважно)\b",
    re.IGNORECASE,
)
_ANOTHER_TIME = re.compile(
    r"\b((an)?other|next time|different|instead|un['’]?\s?altr[ao]|altr[ao] (giorno|volta|data)"
    r"|prossim[ao] volta|друг(ой|ое|ую)|потом)\b",
    re.IGNORECASE,
)
_WRONG_TIME = re.compile(
    r"""(?<!\w)(?:
      (?:wrong|incorrect)\s(?:day|date|time|hour|slot|week|month) | (?:day|date|time|hour)(?:['’]?s|\sis
          |\swas)\swrong
    | (?:(?:giorno|data|ora|orario|settimana)\s(?:è\s)?sbagliat\w)
    | sbagliato\s(?:il\s|la\s|l['’]\s?)?(?:giorno|data|ora|orario|settimana)
    | non\s(?:è|era)\s(?:quello\s)?(?:il\s|la\s|l['’])(?:giorno|data|ora|orario)\s(?:giust\w|che)
    | не\s(?:тот|та|то|ту)\s(?:день|дату?|время|час|недел\w) | (?:дн[её]м|дат[ао]й|временем|часом
        |недел[ея]й)\sошиб\w+
    | (?:ошиб\w+|перепутал\w*|напутал\w*)\s(?:с\s|в\s)?(?:дн[её]м|дне|день|дат\w+|врем\w+|час\w*|недел\w+)
    | (?:mixed\sup|got)\sthe\s(?:wrong\s)?(?:days?|dates?|times?)(?:\swrong)?
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
#: A mistake in one of these is no mistake about the visit itself.
_OF_SOMETHING_ELSE = re.compile(
    r"\b(sur)?names?\b|spell|number|phone|dentist|doctor|birth|nome|cognome|numero|telefono|medico|dottor"
    r"|dentista|nascita"
    r"|имя|имен|фамили|номер|телефон|врач|доктор|рожден",
    re.IGNORECASE,
)


def takes_back_what_was_cancelled(message: Message) -> bool:
    """ "No wait, keep it", "ho sbagliato tasto", right after "your visit is cancelled"."""
    if not _is_right_after(message, *_CANCELLED) or TAKE_BACK not in message.assistant.triggers:
        return False
    said = message.understanding.text
    if message.intent in _MEANS_ELSE or message.names("visit_type", "practitioner", "relative"):
        return False
    if message.names(*TIMES) and message.intent in (*_OF_ANOTHER_TIME, ""):
        return True  # "book me for Friday instead": the same visit at another time
    if _OF_SOMETHING_ELSE.search(said) or _ANOTHER_TIME.search(said):
        return False
    if _BY_MISTAKE.search(said) or _KEEPS.search(said):
        return True
    drops = message.intent == "cancel_flow" and message.confidence >= STRONG
    return not message.names(*TIMES) and (drops or _CHANGED_MIND.search(said) is not None)


def regrets_the_time(message: Message) -> bool:
    """ "Oops, wrong day", right after "You're booked": it is to be moved. So is what was moved by mistake."""
    if not _is_right_after(message, _BOOKED, _MOVED) or MOVE not in message.assistant.triggers:
        return False
    said = message.understanding.text
    moved = _is_right_after(message, _MOVED) and _is_mistake(said)
    return not message.names("visit_type", "relative") and (moved or _WRONG_TIME.search(said) is not None)


def regrets_the_visit(message: Message) -> bool:
    """ "I tapped by mistake", right after "You're booked": whether it is to be cancelled has to be asked."""
    right_after = _is_right_after(message, _BOOKED) and CANCEL in message.assistant.triggers
    if not right_after or message.names(*TIMES, "visit_type", "relative"):
        return False
    return message.intent not in _MEANS_ELSE and _is_mistake(message.understanding.text)


def _is_mistake(said: str) -> bool:
    return _BY_MISTAKE.search(said) is not None and not _OF_SOMETHING_ELSE.search(said)


def _is_right_after(message: Message, *responses: str) -> bool:
    if message.active or message.asked_slot:
        return False
    return any(said.response in responses for said in message.conversation.said)


def wants_another_time_instead(message: Message) -> bool:
    """ "Do you have Friday instead?", "yes, and book me for Friday", where a visit waits to be cancelled: it
    is moved. Only questions that take that for an answer are answered by it."""
    slot = message.assistant.slots[message.asked_slot] if message.asked_slot else None
    if slot is None or not any(MOVE in mapping.intents for mapping in slot.mappings):
        return False
    said = message.understanding
    if said.first("choice") is not None or message.intent in _MEANS_ELSE:
        return False
    answer = last_value(said.entities, "yes_no")
    if (answer is None and message.intent == "affirm") or is_of_that_time(message):
        return False  # "the first", which names nothing here; "yes, I'm away on Thursday"
    if answer is True and message.names(*TIMES) and message.names_only(*TIMES, "yes_no"):
        return True  # "ok Friday"
    likely = next((i for i in said.intent_ranking if i.name not in _YES_OR_NO), None)
    of_time = likely is not None and likely.name in _OF_ANOTHER_TIME
    if answer is None:
        plain = message.intent in _OF_ANOTHER_TIME and message.confidence >= STRONG
        return plain or (message.names(*TIMES) and (message.names_only(*TIMES) or of_time))
    if not of_time:
        return False
    if answer is True and message.intent in _OF_ANOTHER_TIME:
        return True  # "ok, and when could I come?"
    # "No, I'll come on Thursday" keeps it.
    other = _ANOTHER_TIME.search(said.text) is not None
    return other or (
        message.names(*TIMES) and (answer is True or (likely is not None and likely.name != BOOK))
    )


def is_of_that_time(message: Message) -> bool:
    """Whether the day or hour that is named, or said not to suit, is that of the visit which is spoken of."""
    stands = message.conversation.slots.get("visit_start")
    wishes = [e.value for e in message.understanding.entities if e.entity == "wish"]
    named = [
        span[:2]
        for wish in wishes
        if isinstance(wish, Mapping)
        for span in wish.get("without") or wish.get("windows") or ()
    ]
    return isinstance(stands, str) and any(
        begin is not None and begin <= stands and (stands < end if end else stands == begin)
        for begin, end in named
    )
