"""What is said in the middle of a booking and decides nothing: a question about what is on offer, a cry for
help, "stop asking".

It is answered, or passed over, and the booking goes on as it stood: what such words name is asked about.
"""

from __future__ import annotations

import re

from bot.dialogue.gist import PLAIN, STRONG, TIMES
from bot.dialogue.half_yes import repeats_the_day
from bot.dialogue.message import Message
from nlu.turns_of_speech import SEE_YOU

OF_WHOM, WHETHER_BOOKED, WHAT_HELP = "faq/offer_whom", "faq/not_booked_yet", "faq/what_help"
WHILE_FREE = "faq/offer_free"
EATING = "faq/eating_before"
_HOURS, _REMINDERS, _ACCESS = "faq/hours", "faq/reminders", "faq/accessibility"

_QUESTION_OF_WHOM = re.compile(
    r"\b(with whom|with who\b|who(m|'s| is| are| will| would)? .{0,30}\bwith\b|con chi\b|da chi\b|"
    r"с кем\b|к кому\b|у кого\b|к какому (врачу|доктору)|у какого (врача|доктора))",
    re.IGNORECASE,
)
_EAT = (
    r"(?:eat|drink|have\s(?:breakfast|lunch|something\sto\seat)|mangiare|bere|far\w*\scolazione|pranzare"
    r"|(?:по)?есть|(?:по)?кушать|пить|(?:по)?завтракать|обедать)"
)
_EATS_BEFORE = re.compile(
    rf"(?<!\w)(?:{_EAT}\b[^?]{{0,30}}\b(?:before|beforehand|prima|перед"
    r"|до (?:при[её]ма|визита|этого|чистки|осмотра))\b"
    rf"|(?:before|prima|перед|до)\s[^?]{{0,25}}\b{_EAT}\b[^?]{{0,12}}\?"
    r"|(?:empty stomach|a digiuno|a stomaco vuoto|натощак"
    r"|на голодный желудок)\b)",
    re.IGNORECASE,
)
_OF_A_TREATMENT = re.compile(
    r"(?<!\w)(?:how long|how soon|how many hours|when can|tablets?|pills?|medic\w+|antibiotic\w*|ibuprofen"
    r"|paracetamol|aspirin|amoxicillin\w*|alcohol|pulled|extract\w+|remov\w+|surgery|implant\w*|sedat\w+|numb|after"
    r"|an(?:a|e)sthe\w+"
    r"|quanto (?:tempo )?(?:prima|dopo)|quante ore|dopo quanto|fra quanto|tra quanto|farmac\w+|medicin\w+"
    r"|pastigli\w+|compress\w+|ibuprofene|paracetamolo|alcol\w*|estra\w+|interven\w+|impiant\w+|sedazion\w+|anestesi\w+"
    r"|антибиотик\w*|лекарств\w+|таблет\w+|ибупрофен\w*|алкогол\w+|удал\w+|вырва\w+|операци\w+|имплант\w*"
    r"|наркоз\w*|седаци\w+|анестези\w+|через сколько|сколько часов|за сколько|после)(?!\w)",
    re.IGNORECASE,
)
_SPEAKING = re.compile(r"\b(speak|talk|chat|writ|parl|scriv|говор|разговар|обща|пиш)\w*", re.IGNORECASE)
_WHICH = re.compile(
    r"\W*((and|but|so|e|ma|а|и|но|sorry|scusi|простите|скажите)\W+){0,2}"
    r"(which|who|whose|what|quale|quali|qual|chi|какое|какие|какой|какая|какую|кто|у кого)\b",
    re.IGNORECASE,
)
_IS_IT_WITH = re.compile(
    r"\W*((and|so|e|а|и|sorry|scusi|простите)\W+){0,2}((is|are|would|will)\W+(it|this|that|these|those|they|the)\b"
    r".{0,25}\bwith|(ma\W+)?(è|sono|sarebbe|sarà|quest[aoei])\b.{0,25}\bcon\b|"
    r"(это|они|оно|он|эти)\b.{0,20}\b(к|у|с)\b)",
    re.IGNORECASE,
)
_WHETHER_FREE = re.compile(
    r"\b(still|available|free|taken|gone|ancora|liber[aoie]|disponibil[ei]|pres[aoei]|occupat[aoei]|"
    r"ещ[её]|свободн\w*|доступн\w*|занят\w*)\b",
    re.IGNORECASE,
)
_WHETHER_BOOKED = re.compile(
    r"(\b((am|are|is) (i|we|it|that|this|she|he|(my|our|the) \w+)|i'?m|we'?re|it'?s|(have|did) (i|we|you))\b"
    r".{0,20}"
    r"\b(booked|confirmed|reserved|fixed|arranged|scheduled|set|done|signed up|book(ed)? (it|me|us))\b|"
    r"\bdid (it|that|you) (go through|book)\b|\byou('ve)? booked\b|\b(è|sono|siamo) (tutto )?a posto\b|"
    r"\b(sono|siamo|è|risult\w+|ho|abbiamo|quindi|allora|ha|avete)\b.{0,20}"
    r"\b(prenotat[aoie]|confermat[aoie]|fissat[aoie]|segnat[aoie]|registrat[aoie])\b|"
    r"\b(записал[аи]?(сь)?|записан[аоы]?|забронирован[аоы]?|подтвержд[её]н[аоы]?|забронировал[аи]?)\b|"
    r"\bзапись (есть|готова|прошла)\b)",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\b(when|what|which|where|who|quando|che (ora|giorno)|dove|con chi|когда|сколько|как\w+|где|к кому"
    r"|куда)\b",
    re.IGNORECASE,
)
_SO = re.compile(
    r"\W*((ok|okay|okey|ок|окей|va bene|хорошо)\W+)?"
    r"(so|then|am i|is it|are we|did it|quindi|allora|dunque|так|то есть|значит|выходит)\b",
    re.IGNORECASE,
)
_STILL_FREE = re.compile(
    r"\W*((and|e|а|sorry|scusi|but|ma|но)\W+){0,2}(is|are|sono|è|они|это|эти|все|all)?\b.{0,25}\b"
    r"(still|ancora|ещ[её]|all|tutt[ie]|все|вс[её])\b.{0,12}"
    r"\b(free|available|liber[aoie]|disponibil[ei]|свободн\w*|доступн\w*)\W*",
    re.IGNORECASE,
)
_HELP = re.compile(
    r"\W*((please|pls|per favore|пожалуйста|hi|ciao|hello|ok|scusi|sorry)\W+)?"
    r"(help( me)?|(i )?need( some| your)? help|can you help( me)?|could you help( me)?|"
    r"(mi )?(può |puoi |potete )?aiut(o|ami|atemi|armi|are|i)|(ho bisogno|mi serve|serve)( di)?( un)? aiuto|"
    r"на помощь|помощь|помоги(те)?( мне)?|(мне )?нужна помощь|можете помочь)"
    r"( with (this|it|that)| here| con quest[oa]| qui| с этим| тут)?"
    r"\W*((please|pls|per favore|пожалуйста|grazie|thanks|спасибо)\W*)?",
    re.IGNORECASE,
)
_NO_MORE_QUESTIONS = re.compile(
    r"\b(stop|quit|enough|too many)\b.{0,25}\b(ask\w*|questions?|questioning)\b|"
    r"\b(smett\w+|basta|piantala|troppe)\b.{0,25}\b(domand\w+|chied\w+)\b|"
    r"\b(хватит|перестань\w*|прекрати\w*|довольно|меньше|слишком много|не задавай\w*)\b.{0,25}"
    r"\b(вопрос\w*|спраш\w*|расспр\w*)",
    re.IGNORECASE,
)
#: Single words, of which one is enough: whoever says none of them has reached the right number.
_WRONG_NUMBER = re.compile(
    r"\b(wrong|number|mistake|mistaken\w*|dialled|dialed|misdial\w*|who is this|who are you|don'?t know you|"
    r"sbagli\w*|numero|errore|non (vi|la) conosco|chi (è|siete)|"
    r"ошиб\w*|номер\w*|не туда|не тем|не по адресу|кто (это|вы)|не знаю вас|вас не знаю)\b",
    re.IGNORECASE,
)
_SEE_YOU = re.compile(
    r"\W*((ok|okay|great|perfect|super|good|thanks|thank you|lovely|brilliant|all right|alright|fine|then|so|"
    r"ottimo|perfetto|bene|va bene|grazie|allora|benissimo|d'accordo|"
    r"супер|отлично|хорошо|ок|окей|спасибо|прекрасно|договорились|ладно|здорово|класс|замечательно|тогда|ну|"
    r"вс[её])\W+){0,3}"
    rf"({SEE_YOU}( then| on| во?)?|a(?=\s\w+\W*!)|до|ждите( меня| нас)? во?)\s+"
    r"(\w+\W*){1,2}",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"\b(never|haven'?t|not|new|mai|nuov[oaie]|никогда|ни разу|не|новеньк\w+)\b", re.IGNORECASE
)
_UNTIL = re.compile(r"\W*до\s", re.IGNORECASE)
_TOO_SOON = re.compile(r"\b(too|troppo|слишком) (soon|presto|скоро|быстро|рано)\b", re.IGNORECASE)
_FLOOR = re.compile(
    r"\b(floor|storey|lift|elevator|stairs?|steps|piano|ascensore|scale|gradini|"
    r"этаж\w*|лифт\w*|лестниц\w*|ступен\w*)\b",
    re.IGNORECASE,
)
_ON_THE_STAIRS = ("faq/address", "faq/parking", _ACCESS, "")
_SMALL_CHILD = re.compile(
    r"(?<![\w.,:-])([0-3]|one|two|three|un|uno|due|tre|один|два|три)[ -]?(and a half[ -])?"
    r"(years?[ -]?old|y/?o\b|yrs? old|anni\b(?! fa)|anno\b(?! fa)|год(а|ик\w*)?\b(?! назад))|"
    r"(?<![\w.,:-])\d{1,2}[ -](months?[ -]?old|mesi\b(?! fa)|месяц\w*\b(?! назад))|"
    r"\b(newborn|toddler|neonat[ao]|lattante|новорожд[её]нн\w*|грудничк\w*|младен\w*)\b",
    re.IGNORECASE,
)
_CHILD = re.compile(
    r"\b(son|daughter|child|kid|baby|boy|girl|toddler|newborn|nephew|niece|grandson|granddaughter|"
    r"figli[oa]|bambin[oa]|bimb[oa]|neonat[ao]|lattante|nipot\w+|piccol[oa]|"
    r"сын\w*|доч\w*|дет\w*|реб[её]н\w*|малыш\w*|внук\w*|внуч\w*|мальчик\w*|девочк\w*|"
    r"новорожд[её]нн\w*|грудничк\w*|младен\w*)\b",
    re.IGNORECASE,
)


def asks_whether_free(message: Message) -> bool:
    """ "Is the first still free?": whoever names it gets it kept, and that says whether it is."""
    on_offer = message.asked_kind == "opening" and message.names("choice")
    return on_offer and _is_question(message) and bool(_WHETHER_FREE.search(message.understanding.text))


def asks_whether_all_are_free(message: Message) -> bool:
    """ "Are these still free?", of everything on offer."""
    if message.asked_kind != "opening" or not _is_question(message) or not _has_answer(message, WHILE_FREE):
        return False
    named = message.names("choice", "visit_type", "practitioner", *TIMES)
    return not named and _STILL_FREE.fullmatch(message.understanding.text) is not None


def asks_whether_to_eat(message: Message) -> bool:
    """ "Can I eat before?", "devo venire a digiuno?": not what to bring, and no visit is wished for."""
    said = message.understanding.text
    if _OF_A_TREATMENT.search(said):
        return False  # a dentist's to answer
    return _has_answer(message, EATING) and _EATS_BEFORE.search(said) is not None


def asks_with_whom(message: Message) -> bool:
    """ "Which of those is with Rossi?", "con chi è?", of times on offer, or of one that waits for a yes."""
    said = message.understanding.text
    on_offer = message.asked_kind == "opening" or message.is_on_offer()
    if not on_offer or not _is_question(message) or not _has_answer(message, OF_WHOM):
        return False
    if message.intent == "human" and message.confidence >= STRONG:
        return False
    if _QUESTION_OF_WHOM.search(said):
        return _SPEAKING.search(said) is None
    return message.names("practitioner") and bool(_WHICH.match(said) or _IS_IT_WITH.match(said))


def asks_whether_booked(message: Message) -> bool:
    """ "Am I booked now?", "супер, до четверга!", while nothing is."""
    if not message.is_booking() or not _has_answer(message, WHETHER_BOOKED):
        return False
    said = message.understanding.text
    of_a_visit = message.names(*TIMES, "relative") or _WHEN.search(said)  # one that may stand already
    asks = _is_question(message) or _SO.match(said)
    if asks and _WHETHER_BOOKED.search(said) and not of_a_visit:
        return True
    until = message.asked_kind == "opening" and _UNTIL.match(said)  # "before Thursday" may be a wish there
    takes_leave = message.asked_kind in ("yes_no", "opening") and message.names(*TIMES) and not until
    if not takes_leave or "?" in said or _SEE_YOU.fullmatch(said) is None:
        return False
    return not sees_us_then(message)


def sees_us_then(message: Message) -> bool:
    """ "Отлично, до четверга", where a visit on Thursday waits for a yes: no wish for the days before."""
    is_final = message.asked is not None and message.asked.is_final
    return (
        is_final and _SEE_YOU.fullmatch(message.understanding.text) is not None and repeats_the_day(message)
    )


def says_too_soon(message: Message) -> bool:
    """ "Too soon", of what is on offer: no wish for the soonest."""
    return message.is_on_offer() and _TOO_SOON.search(message.understanding.text) is not None


def cries_for_help(message: Message) -> bool:
    """A bare "help" in the middle of something: what with is the question. Pain has words of its own."""
    in_the_middle = bool(message.active) and _has_answer(message, WHAT_HELP)
    return in_the_middle and _HELP.fullmatch(message.understanding.text) is not None


def is_tired_of_questions(message: Message) -> bool:
    """ "Stop asking": neither the visit nor our messages are meant."""
    if not message.is_booking() or message.intent in ("human", "complaint"):
        return False
    return _NO_MORE_QUESTIONS.search(message.understanding.text) is not None


def is_tired_and_answers(message: Message) -> bool:
    """ "Stop asking, just book 10"."""
    return is_tired_of_questions(message) and message.names(
        *TIMES, "choice", "person", "phone", "birth_date", "visit_type", "yes_no"
    )


def asks_to_be_reminded(message: Message) -> bool:
    """ "Mi avvisate prima?": whoever asks, or is booking, has not opted out and takes nothing back."""
    if message.intent != "opt_in" or not _has_answer(message, _REMINDERS):
        return False
    return "?" in message.understanding.text or message.is_booking()


def meant_no_number(message: Message) -> bool:
    """ "Oh dear" in the middle of a booking is no wrong number: that is said in words."""
    if message.intent != "faq/wrong_number" or not message.active:
        return False
    return _WRONG_NUMBER.search(message.understanding.text) is None


def is_new_here(message: Message) -> bool:
    """ "Never been before": a no that tells which visit it is to be."""
    tells = message.asked_kind == "visit_type" or not (message.active or message.asked_slot)
    mistaken = message.intent in (
        "deny",
        "faq/wrong_number",
        "complaint",
        "faq/first_visit",
        "goodbye",
        "greet",
    )
    only = message.names_only("visit_type", "yes_no") or message.intent == "deny"
    return (
        tells
        and mistaken
        and only
        and message.names("visit_type")
        and _NEVER.search(message.understanding.text) is not None
    )


def tells_somebodys_number(message: Message) -> bool:
    """ "For my mother, call her on ...": a number to be reached on, and no wish for a person."""
    somebodys = message.names("relative") or message.conversation.slots.get("for_somebody_else") is True
    books = message.is_booking() or message.names("wish", "visit_type")
    mistaken = message.intent in ("human", "my_appointments") and message.confidence < PLAIN
    return mistaken and message.names("phone") and somebodys and books


def asks_for_the_floor(message: Message) -> bool:
    """Where the practice says how one gets in, that tells the floor, too."""
    known = bool(message.conversation.slots.get("answer_accessibility")) and _has_answer(message, _ACCESS)
    asks = message.intent in _ON_THE_STAIRS and _is_question(message)
    return known and asks and _FLOOR.search(message.understanding.text) is not None


def asks_whether_open(message: Message) -> bool:
    """ "Are you open on Easter Monday?", while other days are looked for: a fact, and no wish."""
    if message.intent != _HOURS or message.confidence < PLAIN or message.asked_kind == "time":
        return False
    return bool(message.active) and message.names("wish") and "?" in message.understanding.text


def tells_of_small_child(message: Message) -> bool:
    """Whether the visit is for somebody so small that practices tell from which age they see children."""
    said = message.understanding.text
    if not _has_answer(message, "children"):
        return False
    books = message.is_booking() or message.is_of_a_booking("patient_name")
    of_child = message.names("relative") or _CHILD.search(said) is not None
    return books and of_child and _SMALL_CHILD.search(said) is not None


def _has_answer(message: Message, intent: str) -> bool:
    return intent.removeprefix("faq/") in message.assistant.answers


def _is_question(message: Message) -> bool:
    said = message.understanding.text
    return "?" in said or _WHICH.match(said) is not None or _IS_IT_WITH.match(said) is not None
