"""What is said around a visit: at the door, late perhaps, missed, and whether there is nothing sooner.

Their words are near to others': "nobody opens" to the opening hours, "what if I'm late" to somebody who is.
So each of them has to show in the words.
"""

from __future__ import annotations

import re

from bot.dialogue.gist import BOOK, MOVE, PLAIN, STRONG, TIMES
from bot.dialogue.message import Message
from nlu.turns_of_speech import LATE

AT_THE_DOOR, SOONER = "at_the_door", "something_sooner"
MISSED, MISSED_FEE = "missed_visit", "missed_visit_fee"
LATE_PERHAPS = "faq/late_arrival"

_MEANS_ELSE = frozenset({"stop", "urgent_pain", "my_data", "invoices", "clinical_question"})

_NOBODY_OPENS = re.compile(
    r"""(?<!\w)(?:
      (?:(?:nobody|no\W?one|none\sof\syou)(?:['’]s|\sis|\sare|\swill|['’]ll)?
          |they(?:['’]re|\sare|\sdo|\swill)?\s?(?:not|n['’]?t|wo\s?n['’]?t))
        \s(?:(?:not|n['’]t|here|there|coming|even|ever)\s){0,6}
        (?:open(?!\s(?:on|at|until|till|before|after|every)\b)
            |answer(?!\w*\s(?:the\s|my\s|your\s|our\s)?(?:\w{1,20}\s)?(?:phone|call|e-?mail|mail|message
            |text|question))|lets?\b(?!\s\w+\sknow)|com(?:es|ing)\b|here\b|there\b|at\s(?:the\s)?(?:desk|reception))
    | (?:open|unlock)\s(?:the\s|your\s)?(?:(?:front\s|main\s)?(?:door|gate)
            |up(?:\s(?:please|pls|for\s(?:me|us)))?(?=\W*$)) | let\s(?:me|us)\sin\b
    | (?:rang|ringing|ring|buzz(?:ed|ing)?|knock(?:ed|ing)?
            |press(?:ed|ing)?\s(?:on\s)?(?:the\s|your\s)?(?:door)?(?:bell|buzzer|intercom))\b.{0,30}(?:no\W?(?:one|body)
        |nobody|no\s(?:answer|reply|response)|twice|times|bell|door|intercom)
    | (?:door(?:bell)?|gate|entrance|intercom|buzzer)(?:['’]?s|\sis|\sseems)?\s(?:still\s)?(?:locked|closed
        |shut|broken|not\s(?:open|work)\w*|won['’]?t)
    | (?:nessuno|non)\s(?:ci\s|mi\s|vi\s|c['’]\s?)?(?:sta\s)?(?:apr\w+|è\s(?:in|alla)\sreception
        |viene\sad\saprir\w+)
    | nessuno\s(?:mi\s|ci\s)?(?:chiama|viene|arriva|risponde\sal\s(?:citofono|campanello))
        | non\sc['’]è\snessuno(?!\s(?:di\b|d['’]|che\b|con\b|libero))
    | (?:mi|ci)\s(?:apr(?:a|ite|i|ono)|può\saprire|potete\saprire) | apritemi | apriteci
    | (?:suono|suonando|suonato|citofono|citofonato|busso|bussato|bussando)\b.{0,30}(?:ma\b|e\snon|non
        |nessuno|volte|campanello|citofono)
    | (?:porta|portone|cancello|ingresso)\s(?:è\s|ancora\s)*(?:chius\w|bloccat\w)
    | никто\s(?:мне\s|нам\s|ещё\s|еще\s|так\sи\s)?не\s(?:откр\w+|выход\w+|выш\w+|подход\w+|встреч\w+|впус\w+
        |пуска\w+|вызыва\w+|пригла\w+|отвечает\s(?:в|на|по)\sдомофон\w*)
    | не\sоткрыва(?:ют|ете|ет) | никого\s(?:здесь\s|тут\s|на\s\w+\s)?нет | откройте | впустите
    | (?:звон(?:ю|им|или|ил|ила)|стуч\w+)\s(?:уже\s)?(?:в|по)\s(?:домофон|двер|звонок)\w*
    | (?:дверь|калитка|вход|подъезд|клиника(?!.{0,80}(?:\?|\b(?:по|в|во|на)
          \s(?:поне|втор|сред|четв|пятн|субб|воскр|выход|праздн))))
          \s(?:\w+\s)?(?:заперт\w?|закрыт\w?|не\sоткрыва\w+)
        | домофон\sне\s\w+
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_IS_THERE = re.compile(
    r"""(?<!\w)(?:
      (?:i\W?a?m|we\W?(?:a?re)|i['’]?ve\sbeen|we['’]?ve\sbeen|been|still|sitting|stood|standing|waiting
          |stuck)\s(?:\w+\s){0,3}?
        (?:(?:outside|downstairs)(?!\s(?:of|the|italy|milan|in)\b)|outside\sthe\s(?:door|practice|clinic
            |building|entrance|gate|surgery)
          |(?:at|by|in\sfront\sof|near)\s(?:the\s|your\s)(?:door|entrance|gate|reception|front\sdesk
              |building)
          |in\s(?:the\s|your\s)?(?:waiting\sroom|lobby|hallway|corridor|reception))
    | (?:sono|siamo|sto|stiamo|aspetto|aspettiamo|attendo|seduta|seduto|qui
        |da\s\d+\sminuti)\s(?:\w+\s){0,3}?
        (?:in\ssala\sd?['’]?\s?(?:di\s)?attesa|nella\ssala\sd['’]?\s?attesa|in\scorridoio
            |(?:qui\s)?(?:davanti|fuori)\s(?:alla|dalla|al|dal|allo|dallo)\s(?:porta|portone|studio|ingresso
            |cancello)
          |alla\sporta|al\sportone|in\sreception|qui\s(?:sotto|fuori|davanti)|(?:giù\s)?di\ssotto)
    | (?:сижу|сидим|стою|стоим|жду|ждём|ждем|торчу|мы|я|уже)\s(?:\w+\s){0,3}?
        (?:в\s(?:коридоре|при[её]мной|холле|зале\sожидания|регистратуре)|(?:у|под|перед|возле)\s(?:вашей\s
            |вашим\s|самой\s)?(?:двер\w+|вход\w*|клиник\w+|подъезд\w*|домофон\w*|калитк\w+)
          |на\s(?:ресепшене|ресепшн|регистратуре|улице\sу)|внизу)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
#: Nothing else in the message: else "I'm here" means many things.
_HAS_ARRIVED = re.compile(
    r"""\W*(?:(?:hi|hello|ok|buongiorno|ciao|salve|здравствуйте|привет)\W+)?(?:
      (?:(?:i['’]?\s?a?m|we['’]?\s?(?:a?re))\s(?:already\s|now\s)?(?:here|in\sthe\sbuilding)|(?:i['’]?ve
          |we['’]?ve|i\shave|we\shave|i|we|just)\s(?:just\s|already\s)?arrived)
    | (?:(?:sono|siamo)\s(?:già\s|appena\s)?(?:arrivat\w|qui|qua|sul\sposto|in\sstudio))
    | (?:я|мы)\s(?:уже\s)?(?:на\sместе|тут|здесь|пришл[аи]|приш[её]л|приехал[аи]?|подош[её]л|подошл[аи])
        |(?:уже\s)?на\sместе
    )(?:\W+(?:now|already|adesso|ora|уже))?\W*""",
    re.IGNORECASE | re.VERBOSE,
)
#: Somebody who asks the way, tells of another day, or only imagines it, is at no door.
_NOT_NOW = re.compile(
    r"\b(if|what if|when i (come|arrive)|will|would|which|where|how do|last (time|week|month|year)"
    r"|yesterday|was|were"
    r"|se|quando (arrivo|vengo)|quale|che citofono|dove|come (faccio|si)|ieri|scors[ao]|l'altra volta|ero"
    r"|c'era"
    r"|если|какой|какая|где|куда|как (войти|пройти|попасть)|вчера|прошл\w+|в тот раз|был[аи]?)\b",
    re.IGNORECASE,
)

#: "Is the door locked after six?"
_ASKS_THE_RULE = re.compile(
    r"\W*(is|are|do|does|until|what time|at what|è|sono|siete|a che ora|fino a|до скольки|во сколько"
    r"|с какого)\b.*\?",
    re.IGNORECASE | re.DOTALL,
)

_LATE = (
    rf"(?<!\w)(?:(?!late\s(?:afternoon|morning|evening|night|cancel)){LATE}|tardi\b"
    r"|не\sуспе\w+|(?:not|n['’]?t)\s(?:\w+\s){0,4}(?:on|in)\stime\b|non\s(?:\w+\s){0,4}in\s(?:tempo|orario)\b"
    r"|не\s(?:\w+\s){0,4}вовремя)"
)
_IF_LATE = re.compile(
    rf"""(?<!\w)(?:if|in\scase|suppose|what\s(?:happens\s)?when|se|nel\scaso|qualora|если|ежели
        |вдруг)\b(?!\W*$).{{0,50}}?{_LATE}""",
    re.IGNORECASE | re.VERBOSE,
)
_SUPPOSES = re.compile(
    r"\W*((and|but|so|ok|e|ma|а|и|но|hi|ciao|scusi)\W+)*"
    r"(what( happens| do i do)?,? (if|when)|suppose|(che )?cosa (succede|faccio),? se|che succede,? se|e se"
    r"|se\b|что( будет)?,? если"
    r"|а (если|вдруг)|если|if)\b",
    re.IGNORECASE,
)
#: "Is it ok if I'm ten minutes late?" asks leave: staff are told, as of any delay.
_ASKS_LEAVE = re.compile(
    r"\b((is|would) (it|that) (be )?(ok|okay|fine|alright|all right|a problem)|is it possible|(do"
    r"|would) you mind|sorry if|scus\w+ se|va bene (anche )?se"
    r"|è un problema se|posso|ничего,? если|можно|не страшно,? если|нормально,? если|извините,? если)\b",
    re.IGNORECASE,
)

_CANCELS = re.compile(r"\b(cancel|disd|annull|отмен|отказ|перен|spost|resched|mov(e|ing)\b)", re.IGNORECASE)
_MISSED = re.compile(
    r"""(?<!\w)(?:
      missed\s(?:it\b|(?:my|the|our|an|his|her|yesterday['’]?s|today['’]?s
          |this\smorning['’]?s)\s(?:\w+\s)?(?:appointment|appt|visit|slot|check|cleaning|dentist))
    | (?:forgot|overslept|slept\s(?:through|in))(?:\s(?:about|through|for))?(?:\s(?:my|the
        |our))?(?:\s(?:appointment|appt|visit|check|cleaning|and\smissed)|
        (?:\sit)?(?:\s(?:yesterday|today|this\smorning))?\W*$|\W{1,3}sorry\W*$)
    | (?:did\s?n['’]?o?t|could\s?n['’]?o?t|was\s?n['’]?o?t)\s(?:make\sit|show\sup|turn\sup
        |able\sto\smake\sit)\b | no\W?show
    | (?:ho|abbiamo|avevo|ha|mi\ssono)\s(?:saltat\w|pers\w|mancat\w|dimenticat\w|scordat\w)\s(?:(?:l['’]|il
        |la|un|dell['’]?|del|della|di)\s?(?:mi[oa]\s)?)?(?:appuntament|visit|controll|puliz|seduta|ieri)
    | non\s(?:sono|siamo)\s(?:più\s)?(?:venut\w(?!\s(?:in|con\sl[ao']|a\spiedi|da\ssol\w)\b)
          |riuscit\w\sa\svenire|potut\w\svenire|mi\ssono\spresentat\w)
        | non\smi\ssono\spresentat\w
    | (?:пропустил|проспал|прозевал|забыл|проворонил)[аи]?\s(?:\w+\s){0,3}?(?:при[её]м|визит|запись|осмотр
        |чистк|встреч|при[её]ма)\w*
    | не\s(?:приш[её]л|пришл[аи]|смогл?[аи]?\sприйти|явил\w+|попал[аи]?\sна\sпри[её]м)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
#: "Мне не пришла ссылка": it is not the patient who did not come.
_NOT_RECEIVED = re.compile(
    r"\b(мне|нам|сч[её]т\w*|ссылк\w+|смс|код\w*|письм\w+|результат\w*|ответ\w*|анализ\w*|сообщени\w+"
    r"|напоминани\w+|снимк\w+|снимок|чек\w*)\b",
    re.IGNORECASE,
)
_WE_DID_NOT_COME = re.compile(r"\b(я|мы)\s(\w+\s){0,3}не\sпри", re.IGNORECASE)
_ASKS_PRICE = re.compile(
    r"\b(pay|paid|fees?|charged?|cost|fine|penalt\w+|owe)\b|\b(pag\w+|penal\w+|addebit\w+|cost\w+"
    r"|mult\w+)\b"
    r"|плат\w+|заплат\w+|штраф\w*|стоит|оплат\w+|деньг\w+|спишут|взима\w+",
    re.IGNORECASE,
)

_ON_A_LIST = re.compile(
    r"\b(wait(ing|ing-|-)?\W?list|cancell?ations? list|stand-?by( list)?|list[ae] d['’i]? ?attesa"
    r"|lista cancellazioni"
    r"|лист\w* ожидания|список ожидания|в очередь)\b",
    re.IGNORECASE,
)
_FREES_UP = re.compile(
    r"""(?<!\w)(?:
      (?:open|free)s?\sup | becomes?\s(?:free|available) | (?:if|when)\s(?!i\b
          |we\b).{0,30}(?:cancels|drops\sout
          |cancel{1,2}ation|gets\sfree)
    | si\s(?:dovesse(?:ro)?\s)?liber(?:a|ano|asse|assero|are|i)\b | (?:se|quando|qualora)\s.{0,30}(?:disdice
        |disdicono|disdicesse|rinuncia|annulla|si\sritira)
    | (?:если|когда|вдруг)\s(?!я\b|мы\b).{0,30}(?:освобо\w+|появ\w+|откаж\w+|отмен\w+\s(?:запись
          |визит|при[её]м)
        |отменит\w*)
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_MINUTES = re.compile(r"\bmin(s|utes?|ut[io])\b|\bминут", re.IGNORECASE)
_SOONER = re.compile(
    r"""(?<!\w)(?:
      (?:any(?:thing|\w*)?|something|nothing|chance|spot|slot|appointment|visit|time|date|opening|seen)
          \s(?:(?!told|said|gave|wrote|sent|offered|mentioned)\w+\s){0,4}?
          (?:earlier|sooner|closer)\b(?!\s(?:today|i\s))
    | (?:earlier|sooner)\s(?:appointment|appt|slot|time|date|visit|opening|spot|one|than\s(?:that|mine|my))
    | (?:qualcosa|niente|nulla|post[oi]|appuntament[oi]|data|orari[oi]|disponibilità|venire|visita
        |buco)\s(?:\w+\s){0,3}?(?:prima(?!\s(?:visita|volta|possibile|del\w*|di)\b)
          |più\s(?:vicin\w|presto)|anteriore)
    | (?:prima|più\s(?:vicin\w|presto))\s(?:non\s)?(?:c['’]è|avete|ha|ci\ssono)\s(?:\w+\s)?(?:niente|nulla
        |qualcosa|post[oi])
    | (?:пораньше|раньше(?!\s(?:\w+\s){0,4}был[аио]?\b)|поближе|поскорее|ближе)
        \s(?:\w+\s){0,3}?(?:нет|есть|ничего|что|мест\w+|врем\w+
        |окош\w+|окн\w+|можно|нельзя|никак)
    | (?:нет|есть|ничего|что-?\s?(?:нибудь|то)|мест\w+|врем\w+|окош\w+|окн\w+|можно
        |нельзя)\s(?:\w+\s){0,3}?(?:пораньше|раньше|поближе|поскорее|ближе)
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def is_at_the_door(message: Message) -> bool:
    """ "I'm outside, nobody opens", "sono in sala d'attesa da venti minuti": somebody has to go and look."""
    said = message.understanding.text
    if message.intent in _MEANS_ELSE or message.names("visit_type") or _NOT_NOW.search(said):
        return False
    if _IS_THERE.search(said) or (_NOBODY_OPENS.search(said) and not _ASKS_THE_RULE.match(said)):
        return True
    return not message.active and not message.asked_slot and _HAS_ARRIVED.fullmatch(said) is not None


def asks_what_if_late(message: Message) -> bool:
    """ "What if I'm late?" asks for a rule; nobody is late."""
    said = message.understanding.text
    if LATE_PERHAPS.removeprefix("faq/") not in message.assistant.answers or _ASKS_LEAVE.search(said):
        return False
    if _CANCELS.search(said):
        return False
    asks = "?" in said or _SUPPOSES.match(said) is not None
    return asks and message.intent not in _MEANS_ELSE and _IF_LATE.search(said) is not None


def has_missed_a_visit(message: Message) -> bool:
    """ "Sorry, I missed my appointment yesterday": nothing stands any more that could be moved."""
    if message.active or message.asked_slot or message.intent in _MEANS_ELSE or _wants_a_person(message):
        return False
    books = message.names("visit_type") and message.intent == BOOK and message.confidence >= STRONG
    said = message.understanding.text
    found = _MISSED.search(said)
    if found is None or books or message.names("wish"):
        return False
    not_received = _NOT_RECEIVED.search(said) is not None and _WE_DID_NOT_COME.search(said) is None
    return not (not_received and found[0].lower().startswith("не при"))


def asks_what_missing_costs(message: Message) -> bool:
    return has_missed_a_visit(message) and _ASKS_PRICE.search(message.understanding.text) is not None


def wants_something_sooner(message: Message) -> bool:
    """ "Let me know if anything earlier opens up", where nothing is under way: sooner than what is booked."""
    elsewhere = message.active or message.asked_slot or message.names("visit_type")
    if elsewhere or message.intent in _MEANS_ELSE or _wants_a_person(message):
        return False
    said = message.understanding.text
    if _ON_A_LIST.search(said):
        return True
    names_when = any(e.entity in ("time", "part_of_day") for e in message.understanding.entities)
    if names_when or _MINUTES.search(said):  # "we'll come ten minutes earlier"
        return False
    return _FREES_UP.search(said) is not None or (
        _SOONER.search(said) is not None and not _plainly_books(message)
    )


def takes_what_frees_up(message: Message) -> bool:
    """ "If tomorrow frees up I'll take it": nothing is cancelled, the visit that stands may move there."""
    idle = not message.active and not message.asked_slot and MOVE in message.assistant.triggers
    if not idle or not message.names(*TIMES) or message.names("visit_type") or _plainly_books(message):
        return False
    if message.intent in _MEANS_ELSE or _wants_a_person(message) or wants_something_sooner(message):
        return False
    return _FREES_UP.search(message.understanding.text) is not None


def _plainly_books(message: Message) -> bool:
    return message.intent == BOOK and message.confidence >= PLAIN


def _wants_a_person(message: Message) -> bool:
    return message.intent == "human" and message.confidence >= PLAIN
