"""Whether "stop" is said to the messages that we begin, or to what is being arranged just now.

"STOP" by itself, and whoever speaks of being written to, wants no more messages. "Stop, wrong name", "basta"
and "мне хватит" in the middle of a booking are about the booking: it would be lost, and every reminder too.
"""

from __future__ import annotations

import re

from bot.dialogue.commands import DEATH, SOMEBODY_ELSE
from bot.dialogue.message import Message
from nlu.turns_of_speech import ON_SECOND_THOUGHTS

STOP, OPT_IN = "stop", "opt_in"
#: What is said where nobody is there to be written to; else the first.
_OPTED_OUT = "utter_opted_out"
_SAID_OF = {DEATH: "utter_condolences", SOMEBODY_ELSE: "utter_not_for_them"}
#: Each confirmation that no more messages are begun.
OPT_OUT_TEXTS = frozenset({_OPTED_OUT, *_SAID_OF.values()})

_ALL = re.IGNORECASE | re.VERBOSE
_POLITE = (
    r"please|pls|plz|thanks|thank\syou|now|all|ok|okay|per\sfavore|grazie|tutto|пожалуйста|спасибо|вс[её]|sms"
)
#: The word that every channel has for it, and nothing besides.
_KEYWORD = re.compile(
    rf"""\W*(?:(?:{_POLITE})\W+)*
    (?:stopp?|unsubscribe|unsub|opt[\s-]?out|стоп|отпи[сш]\w+|disiscriv\w+|disiscrizione)
    (?:\W+(?:stop|стоп|{_POLITE}))*\W*""",
    _ALL,
)
#: What is written to somebody, and how it is written.
_WRITING = re.compile(
    r"""(?<!\w)(?:
      text(?:s|ing|ed)? | mess?ag\w* | massage\w* | msgs? | messging | writ(?:e|es|ing)
      | whats?app\w* | sms | e-?mail\w*
    | mailing\w* | remind\w* | newsletter\w* | notif\w* | promo\w* | advert\w* | ads | spam\w*
    | marketing | offers
    | (?:un)?subscri\w* | unsub\w* | contact(?:ing|ed|s)? | ping\w* | nudg\w* | greetings? | recalls?
    | surveys?
    | opt(?:ed)?\s(?:me\s)?out | (?:mailing|broadcast|your|off|from)\s(?:\w+\s)?list | my\snumber
    | send\w* | (?:bother|disturb)\w*\s(?:me|us) | leave\s(?:me|us)\s(?:alone|be|in\speace)
    | scriv\w* | scritt\w* | messagg\w* | promemoria | notific\w* | pubblicit\w* | invi[aio]\w*
    | contatt\w* | disturba(?:r|t|n)\w* | disturbi(?:ate|no) | lascia\w*\s(?:in\space|stare)
    | offert\w* | auguri | richiam[oi] | (?:dis)?iscri\w* | consenso | mand\w+
    | dall[ae]\s(?:\w+\s)?list\w+
    | пиш\w+ | писать | писан\w+ | сообщен\w* | смс\w* | эсэмэс\w* | в[ао][тц]сап\w* | напомин\w*
    | уведом\w*
    | рассыл\w* | реклам\w* | акци[яийю] | спам\w* | подпис\w* | отпи[сш]\w* | шл[иёею]\w* | слать
    | присыла\w*
    | пришл\w+ | беспоко\w* | тревож\w* | поздравл\w* | опрос\w* | приглаш\w* | в\sпокое
    | из\s(?:\w+\s)?спис\w+
    )(?!\w)""",
    _ALL,
)
_REFUSING = re.compile(
    r"""(?<!\w)(?:
      stop\w* | don['’]?t | do\snot | no | not | never | quit\w* | ceas\w* | off | enough | remov\w*
      | unsub\w*
    | opt | end | leave | mute | without | delete | cancel
    | non | nient[e] | basta | smett\w* | togli\w* | cancell\w* | rimuov\w* | disattiv\w*
    | disiscri\w* | revoc\w*
    | mai | senza | ferm\w* | in\space
    | не | нет | ни | хватит | стоп | прекрат\w* | перестан\w* | отключ\w* | выключ\w* | уберите
    | убери | удалите
    | отпи[сш]\w* | больше | никаких | без | кончай\w* | хорош | достали | надоели | отзыва\w* | в\sпокое
    )(?!\w)""",
    _ALL,
)
#: What is shown and asked while something is arranged. "Stop sending lists" wants the earliest time.
_SHOWN = re.compile(
    r"""(?<!\w)(?:
      (?<!mailing\s)(?<!your\s)lists? | times? | options? | slots? | choices | menus? | questions?
      | buttons?
    | (?<!dalla\s)list[ae] | orari\w* | opzion\w* | domand\w* | elenc\w* | pulsant\w* | proposte
    | (?<!из\s)спис\w+ | врем\w+ | вариант\w* | вопрос\w* | кноп\w+ | окошк\w*
    )(?!\w)""",
    _ALL,
)
#: "... write to me": not to somebody else, but to me.
_BUT_TO_ME = re.compile(
    r"""[,.;:!—–-]\s*(?:\w+\s){0,2}?(?:
      (?:write|text|message|send|contact)\w*\s(?:it\s|them\s)?(?:only\s|just\s)?(?:to\s)?me
    | (?:scriv|mand|invi|contatt|avvis)\w+\s(?:\w+\s)?a\sme | (?:scriv|mand|invi|contatt|avvis)\w*mi
    | (?:пиш|присыла|шл|отправля)\w*\s(?:\w+\s)?мне | мне\s(?:пиш|присыла|шл|отправля)\w*
    )(?!\w)""",
    _ALL,
)
_NEVER_STOP = re.compile(
    r"""(?<!\w)(?:(?:don['’]?t|do\snot|never)\s(?:you\s)?stop | non\s(?:\w+\s)?smett\w*
    | не\s(?:останавлив|прекраща|переста)\w*)""",
    _ALL,
)
#: Said of what is going on, whatever it is.
_ENOUGH = re.compile(
    rf"""\W*(?:(?:{_POLITE}|i\shave|i['’]ve|had|that['’]?s|так|мне|с\sменя|ora|adesso|mi)\W+)*
    (?:stop(?:\sit)?|enough|end(?:\sit)?|off|leave\sit|basta\w*|smett\w+|хватит|довольно|прекрат\w+|стоп)
    (?:\W+(?:stop|basta|хватит|стоп|così|it|мне|уже|это|now|{_POLITE}))*\W*""",
    _ALL,
)
_THOUGHT_AGAIN = re.compile(
    rf"""\W*(?:{ON_SECOND_THOUGHTS}|on\ssecond\sthoughts?|а|впрочем|вернее)
    (?:\W+(?:{ON_SECOND_THOUGHTS}|лучше))*\W+""",
    _ALL,
)
_OURS = re.compile(
    r"(?<!\w)(?:them|it|messages|texts|reminders?|messaggi|promemoria|notifiche|li|\w+(?:teli|meli|ali)"
    r"|сообщени[яй]|напомина\w+|уведомлени[яй]|рассылк\w+|их)(?!\w)",
    re.IGNORECASE,
)
_BARELY = re.compile(
    r"""\W*(?:(?:please|do|you|can|may|keep|just|go\son|and|pure|potete|può|mi|continu\w+|a|ma|per\sfavore
      |прошу|пожалуйста|можете|можно|вс[её]-?таки|лучше|мне|но|да)\W+){0,6}
    (?:(?:text|messag|writ|send|contact)\w* | (?:scriv|mand|invi|contatt)\w+
      | (?:пиш|писа|присыла|шли|слать|отправля)\w*)
    (?:\W+(?:to|me|us|again|please|pure|ancora|lo\sstesso|per\sfavore|grazie|мне|дальше|снова|и|пожалуйста
      |спасибо|thanks)){0,6}\W*""",
    _ALL,
)
_BEGINS = re.compile(r"\W*(?:please\s+|no\W+)?(?:stop|basta|стоп|хватит|ferm\w+)(?!\w)", re.IGNORECASE)
_NAMED = ("wish", "time", "part_of_day", "visit_type", "practitioner", "site", "person", "relative")
_AFTER_ALL = re.compile(
    rf"""\W*(?:(?:{ON_SECOND_THOUGHTS}|ok|please|извините|простите|but|ma|но)\W+){{0,6}}
    (?P<yes>yes|yeah|yep|sì|si(?=\s*(?:[,.!]|$)|\s(?:conferm|prenoti|continu|grazie|va\s))|да
    | (?:i\s)?confirm\w* | conferm\w+ | подтвержд\w+ | (?:let['’]?s\s)?go\son
    | continue | carry\son
    | (?:do\s)?book\s(?:it|that|me) | (?:la\s|lo\s|mi\s)?prenot[aio]\w* | continu\w+
    | andiamo\savanti | vada\spure
    | запи[шс]\w+ | продолж\w+ | давайте)(?!\w)""",
    _ALL,
)
#: Behind such a yes: it is none, or is for another day.
_NOT_NOW = re.compile(
    r"(?<!\w)(?:нет|no(?!\s(?:problem|worr|doubt))|друг(?:ой|ую|ое)|an?other|altr[ao]|s[iì]\spu[oò]"
    r"|domani|tomorrow|завтра|later|dopo|pi[uù]\stardi|потом|позже)(?!\w)",
    re.IGNORECASE,
)
_NOT_AT_ALL = re.compile(
    r"\b(cancel|drop|forget|disdi\w*|annull\w*|lasci\w*|отмен\w*|забуд\w*|не|non|not|don['’]?t|thanks?"
    r"|grazie|спасибо|bye|ciao)\b",
    re.IGNORECASE,
)
_OF_A_NAME = re.compile(r"\b((sur)?names?|(cog)?nome|имя|фамили\w+)\b", re.IGNORECASE)
_PLAINLY = re.compile(
    r"""\W*(?:(?:please|pls|just|and|ok|hey|stop|no|per\sfavore|basta|smettetela|la\sprego|vi\sprego|пожалуйста|вс[её]
      |хватит|перестаньте|прошу)\W+){0,6}(?:
      (?:don['’]?t|do\snot|never|stop|quit)\s(?:ever\s)?
        (?:(?:text|messag|writ|contact|whatsapp|email|sms)\w*(?:\s(?:to\s)?(?:me|us|this\snumber))?
        |(?:bother|disturb)\w*\s(?:me|us))
    | (?:leave|let)\s(?:me|us)\s(?:alone|be|in\speace)
    | non\s(?:mi\s|ci\s)?disturba(?:te\w*|r\w+) | smett\w+\sdi\sdisturba\w+
    | lascia(?:temi|teci|mi|ci)\s(?:in\space|stare) | (?:mi|ci)\slasci(?:no|ate|a)?\s(?:in\space|stare)
    | не\s(?:надо\s)?беспоко(?:й|йте|ить)(?:\s(?:меня|нас))?
    | (?:меня|нас)\s(?:не\s(?:надо\s)?)?беспоко(?:й|йте|ить)
    | оставьте?\s(?:меня|нас)\s(?:уже\s)?в\sпокое
    )(?:\W+(?:again|any\s?more|ever|please|pls|thanks|thank\syou|any\slonger|più|mai|per\sfavore|grazie
      |больше|никогда|пожалуйста|спасибо)){0,6}\W*""",
    _ALL,
)

_DIED = re.compile(
    r"""(?<!\w)(?:
      died | passed\saway | is\sdead | (?:is\s)?deceased | no\slonger\s(?:alive|with\sus)
    | (?:è|e['’]|era)\s(?:purtroppo\s)?(?:mort[oa]|decedut[oa])\b | venut[oa]\sa\smancare
    | умер(?:ла|ли)? | скончал\w+ | нет\sв\sживых | ушла?\sиз\sжизни | погиб(?:ла)?
    )(?!\w)""",
    _ALL,
)
_NAME = r"(?-i:[A-ZÀ-Ö][\w'’-]{2,}|[А-ЯЁ][\w-]{2,})"
_SOMEBODY = rf"""(?:
      mother | mum | mom | father | dad | wife | husband | son | daughter | brother | sister | grand\w+
    | uncle | aunt | patient | he | she
    | madre | mamma | padre | papà | babbo | moglie | marito | figli[oa] | fratello | sorella | nonn[oa]
    | zi[oa] | suocer[oa] | signora? | paziente | lui | lei
    | мам\w | матери | пап\w | отца | жены | муж\w? | сына | дочери | брата | сестры | бабушки | дедушки
    | дяди | т[её]ти | супруг\w | пациент\w* | его | е[её]
    | (?!(?:They|После|Потом|Больше|Tutto|Poi|Ora|Adesso|Purtroppo)\b){_NAME}
    )"""
#: Said of pain and messages as well: only somebody has died of whom it is said.
_GONE = re.compile(
    rf"""(?<!\w)(?:
      {_SOMEBODY}\s(?:(?:has|had|sadly|recently|just|unfortunately)\s){{0,2}}passed\son
        (?!\s(?:the|a|an|my|your|it|this|that|these|to|her|his)\b)
    | {_SOMEBODY}\s(?:purtroppo\s|ormai\s)?(?:è|e['’])\s(?:purtroppo\s)?(?:scompars[oa]|mancat[oa])
    | {_SOMEBODY}\s(?:purtroppo\s|ormai\s)?(?:non\sc['’]è\spiù|ci\sha\s(?:purtroppo\s)?lasciat[oi])
        (?=\s*(?:$|[,.;:!…])|\s(?:da|dal|dall\w*|purtroppo|ieri|la\ssettimana|il\smese|nel|due|tre|un|\d))
    | {_SOMEBODY}\s(?:(?:уже|больше|вчера|недавно|внезапно|сегодня)\s){{0,2}}не\sстало
    | не\sстало\s(?:мо\w+\s|наш\w+\s)?{_SOMEBODY}
    )(?!\w)""",
    _ALL,
)
#: What is gone when somebody is better, and how they are.
_TROUBLE = re.compile(
    r"\b(pain|swelling|bleeding|fever|dolor\w*|gonfi\w*|fastidi\w*|sangu\w*|febbre|bruciore|sensibilit\w*"
    r"|ascesso|pus|infezione|боль|боли|болей|от[её]к\w*|кров\w*|температур\w*|чувствительн\w*"
    r"|лучше|легче|хуже|больнее|полегче|получше|меньше)\b",
    re.IGNORECASE,
)
#: What dies without anybody's dying; and who tells of a death to change a visit of their own.
_NO_DEATH = re.compile(
    r"""(?<!\w)(?:
      tooth | teeth | nerve | crown | phone | battery | laugh\w* | almost | nearly | bored\w*
      | embarrass\w*
    | dent[ei] | nervo | telefono | batteria | cellulare | risat\w* | ridere | quasi | vergogna
    | зуб\w* | нерв\w* | телефон\w* | батаре\w* | чуть | смех\w* | стыд\w*
    | i\s(?:can['’]?t|cannot|have\sto|need|must|want|would|won['’]?t) | can\s(?:i|we)
    | could\s(?:i|we) | my\s(?:visit|appointment)
    | (?:non\s)?(?:posso|riesco|devo|vorrei|possiamo) | il\smio\sappuntamento | la\smia\svisita
    | (?:не\s)?(?:смогу|могу|приду|хочу|хотел\w*) | можно | мой\s(?:при[её]м|визит) | мою\sзапись
    )(?!\w)""",
    _ALL,
)


def opt_out_text(scope: object) -> str:
    """The response that confirms an opt-out of this scope."""
    return _SAID_OF.get(str(scope), _OPTED_OUT)


def tells_of_a_death(text: str) -> bool:
    """ "Anna passed away in May": whoever is written to is no more."""
    gone = _GONE.search(text) is not None and _TROUBLE.search(text) is None
    return (gone or _DIED.search(text) is not None) and _NO_DEATH.search(text) is None


def says_plainly(text: str) -> bool:
    """ "Don't text me again": no other channel is wished for."""
    return _PLAINLY.fullmatch(text) is not None or _KEYWORD.fullmatch(text) is not None


def is_told(message: Message) -> bool:
    """Whether no more messages are wanted, whatever else the words resemble."""
    return message.intent != STOP and says_plainly(message.understanding.text)


def sends_ours(text: str) -> bool:
    """ "Do send them", "do write": our messages, and not an X-ray or the address."""
    return _OURS.search(text) is not None or _BARELY.fullmatch(text) is not None


def takes_it_back(message: Message) -> bool:
    """ "Oh no, do send them", right after an opt-out."""
    if all(said.response not in OPT_OUT_TEXTS for said in message.conversation.said):
        return False
    said = message.understanding.text
    again = _THOUGHT_AGAIN.match(said)
    rest = said[again.end() :] if again else said
    sends = _WRITING.search(rest) is not None and _REFUSING.search(rest) is None
    are_ours = message.intent == OPT_IN or (again is not None and sends_ours(rest))
    return sends and "?" not in said and are_ours


def ends_what_is_under_way(message: Message) -> bool:
    """ "Basta", "мне хватит", in the middle of a booking."""
    said = message.understanding.text
    if message.intent != STOP or not _is_busy(message) or _KEYWORD.fullmatch(said):
        return False
    return _ENOUGH.fullmatch(said) is not None


def is_none(message: Message) -> bool:
    """Whether what was taken for an opt-out is something else that somebody wants to stop."""
    said = message.understanding.text
    if message.intent != STOP or says_plainly(said):
        return False
    if _NEVER_STOP.search(said) or _BUT_TO_ME.search(said):
        return True
    if not _is_busy(message):
        return False
    speaks_of_it = _WRITING.search(said) is not None and _REFUSING.search(said) is not None
    return not speaks_of_it or _SHOWN.search(said) is not None


def is_a_no(message: Message) -> bool:
    """ "Stop, not that one", to a question of yes or no, where nothing else is named."""
    asks = message.asked is not None and message.asked.kind == "yes_no"
    said = message.understanding.text
    if not asks or message.understanding.entities or _SHOWN.search(said) or _OF_A_NAME.search(said):
        return False
    return _BEGINS.match(said) is not None and not _ENOUGH.fullmatch(said) and is_none(message)


def wants_it_after_all(message: Message) -> bool:
    """ "Yes, book it", right after it was dropped. "Ok" only takes note."""
    if message.conversation.dropped is None or _is_busy(message) or message.names(*_NAMED):
        return False
    said = message.understanding.text
    return takes_up(said)


def takes_up(text: str) -> bool:
    """ "Yes, book it"; not "yes" to something else, or for another day."""
    begins = _AFTER_ALL.match(text)
    if begins is None or "?" in text or _NOT_AT_ALL.search(text):
        return False
    return _NOT_NOW.search(text, begins.start("yes")) is None


def _is_busy(message: Message) -> bool:
    """Something is under way, or with a person: there is much else to be stopped."""
    return bool(message.active) or message.asked_slot is not None or message.conversation.paused
