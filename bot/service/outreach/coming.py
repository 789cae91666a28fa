"""What is meant by words in answer to a message about a visit, where a plain yes or no would do.

"We'll be there" comes, and is late by no minutes. "Yes, if it is Dr Bianchi" has not said yes. Whoever was
written to by mistake, or in the name of somebody who has died, is left in peace, and staff hear of it.
"""

import re
from collections.abc import Collection
from enum import Enum, auto

from nlu.turns_of_speech import LATE, SEE_YOU, WRONG_NUMBER
from nlu.understanding import Understanding

_ALL = re.IGNORECASE | re.VERBOSE
_MOST = 9  # words of somebody who does no more than say that they come


_PLAIN = 0.8  # a yes or no without a word for it


class Says(Enum):
    """Of a visit that stands."""

    COMES = auto()
    COMES_AND_BOOKS = auto()  # and somebody else wants a visit, too
    COMES_IF = auto()  # only on a condition
    AT_ANOTHER_TIME = auto()
    AT_THAT_HOUR = auto()  # comes, at an hour that is named
    CANNOT = auto()
    OPEN = auto()  # tells later


_YES = re.compile(
    r"\W*(?:yes|yea|yeah|yep|yup|ok|okay|sure|fine|s[iì]{1,4}|s[iì]\s?s[iì]|va\sbene|certo|да|ага|ок|хорошо|конечно)(?!\w)",
    _ALL,
)
_COMING = re.compile(
    rf"""(?<!\w)(?:
      coming | be\s(?:there|here) | b\sther\w* | (?:i|we)\s?(?:['’]?ll|\swill)\s(?:come|make\sit)
      | will\scome | count\sme\sin
    | {SEE_YOU} | c\s(?:you|ya|u) | (?:i['’]?m|i\sam|we['’]?re|we\sare)\scoming
    | vengo | veniamo | verr(?:ò|o|emo) | ci\s(?:sar(?:ò|o|emo)|siamo|sono)
    | arriv(?:o|iamo|er[òo]|eremo) | presente
    | conferm(?:o|iamo|ato) | confirm(?:ed)?
    | прид(?:у|[её]м) | приед(?:у|[её]м) | прибуд\w+ | буд(?:у|ем) | подтвержда\w+
    | до\s(?:завтра|встречи) | ждите
    )(?!\w)""",
    _ALL,
)
#: Words with a no in them that say none.
_NO_TROUBLE = re.compile(
    r"\b(no\s(worries|problem\w*|doubt)|nessun problema|non (si )?preoccup\w+|не вопрос|не беспоко\w+"
    r"|не волнуй\w+|не забы\w+|(won['’]?t|don['’]?t|didn['’]?t) (forget|worry)"
    r"|not forgotten|non (ho )?dimentic\w+)",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"(?<!\w)(?:not|no|never|cannot|unable|\w+n['’]?t(?<!want)|non|mica|не|нет|никак|вряд)(?!\w)",
    re.IGNORECASE,
)
_IF = re.compile(
    r"""(?<!\w)(?:
      if | unless | only | but | provided | providing | as\slong\sas | depend\w* | subject\sto
      | although | though
    | se | solo | purch[eé] | però | ma | a\spatto | a\scondizione | sempre\sche | dipende
    | если | только | но | при\sусловии | лишь | смотря | хотя
    )(?!\w)""",
    _ALL,
)
_BUT = re.compile(r"(?<!\w)(?:but|ma|però|но)(?!\w)", re.IGNORECASE)
_LATE = re.compile(
    rf"(?<!\w)(?:{LATE}|running|minut\w*|mins?|(?<!pi[uù]\s)tardi|минут\w*)(?!\w)", re.IGNORECASE
)
_OTHER_TIME = re.compile(
    r"""(?<!\w)(?:
      later | earlier | another\s(?:time|day) | other\s(?:time|day) | different\s(?:time|day)
      | resched\w* | move | postpone
    | pi[uù]\s(?:tardi|presto) | prima | dopo | altr[oa]\s(?:orario|giorno|ora|data) | spost\w+
    | anticip\w+ | posticip\w+
    | (?:по)?позже | (?:по)?раньше | друг(?:ое|ой)\s(?:время|день) | на\sдругой | перен\w+ | сдвин\w+
    )(?!\w)""",
    _ALL,
)
_AND_BOOKS = re.compile(
    r"""(?<!\w)(?:
      (?:also|and|too)\s(?:also\s|please\s)?(?:book|make\san\sappointment|schedule|arrange)
      | book\s(?:\w+\s){0,3}(?:too|as\swell)
    | prenot\w+\s(?:\w+\s)?anche | (?:e|anche)\s(?:mi\s)?prenot\w+
    | anche\s(?:un\s|una\s)?(?:appuntamento|visita|per\s)
    | запи[шс]\w+\s(?:\w+\s)?(?:ещ[её]|тоже|также|и\s) | (?:и|ещ[её]|также)\sзапи[шс]\w+
    | тоже\sзапи[шс]\w+
    )""",
    _ALL,
)
_CANNOT = re.compile(
    r"""(?<!\w)(?:
      (?:can['’]?t|cannot|can\snot|couldn['’]?t|won['’]?t|unable)(?:\W*$|\W+(?:sorry|come|make|be|do|attend)\b)
    | hospitali[sz]ed | positive\stest
    | test(?:ed)?\s(?:is\s|was\s)?positive | quarantine
    | non\s(?:posso|riesco|potrò|potremo|possiamo|ce\sla\sfacci\w+)
      (?:\W*$|\W+(?:scus\w+|venir\w*|esser\w*|purtroppo))
    | ricoverat\w+ | tampone\s(?:è\s)?positiv\w+
    | positiv[oa]\sal\w*\s(?:covid|tampone) | quarantena
    | (?:не\s(?:смогу|смож\w+|могу|можем|получ\w+|приду|приед\w+))
      (?:\W*$|\W+(?:прийти|приехать|быть|извин\w+|простите))
    | (?:прийти|приехать|быть)\sне\s(?:смогу|сможем|могу|получ\w+)
    | положительн\w+\sтест | тест\s(?:\w+\s)?положительн\w+ | карантин\w*
    )""",
    _ALL,
)
#: Cannot come from there; unless it is where the practice is.
_IN_HOSPITAL = re.compile(
    r"(?<!\w)(?:(?:in|to|at)\s(?:the\s)?hospital|in\sospedale|в\sбольниц\w+)(?!\w)", re.IGNORECASE
)
_OPEN = re.compile(
    r"""(?<!\w)(?:
      not\s(?:yet\s)?sure | don['’]?t\sknow | let\syou\sknow | tell\syou\s(?:later|tonight|tomorrow)
      | maybe | perhaps | might
    | non\s(?:lo\s)?so | non\ssono\ssicur\w+ | faccio\ssapere | far[òo]\ssapere | forse | (?<!ci\s)vediamo
    | può\sdarsi
    | не\s(?:знаю|уверен\w*) | сообщу | скажу\s(?:позже|вечером|завтра) | напишу\s(?:позже|вечером)
    | может\sбыть | возможно
    | наверно\w* | посмотрим
    )(?!\w)""",
    _ALL,
)
_FOR_THE_REMINDER = re.compile(
    r"\b(for (the|your) reminder|(per il|del) promemoria|за напоминание)", re.IGNORECASE
)
_HOUR = re.compile(r"(?<!\d)([01]?\d|2[0-3])(?:[:.]([0-5]\d))?(?!\d)")
#: Somebody's name; who asks about a dentist is no stranger.
_TITLES = r"Dr|Drs|Doctor|Prof\w*|Dott\w*|Доктор\w*|Д-р|Врач\w*|Профессор\w*"
_WHO = rf"(?-i:(?!(?:{_TITLES})(?!\w))[A-ZÀ-ÖА-ЯЁ][\w'’-]+)"
_NOT_THEIRS = re.compile(
    rf"""(?<!\w)(?:
      {WRONG_NUMBER} | wrong\scontact | number\sis\smine | my\snumber\snow
    | (?:i['’]?m|i\sam|this\sis(?:\snot)?|isn['’]?t|it['’]?s)\s(?:not\s)?(?<=not\s){_WHO}
    | not\s{_WHO}['’]s\s(?:number|phone)
    | (?:who\sis|who['’]?s|whos)\s{_WHO} | don['’]?t\sknow\s(?:any\s|a\s|who\s)?{_WHO}
    | no\s{_WHO}\shere
    | (?:numero|persona)\sè\ssbagliat[oa]
    | non\ssono\s(?:io\s)?{_WHO} | chi\sè\s{_WHO}
    | non\s(?:conosco|so\schi\ssia)\s(?:nessun\w*\s)?{_WHO} | numero\s(?:adesso|ora)\sè\smio
    | (?:ошиб\w+|не\sтот|неверн\w+|неправильн\w+)\s(?:номер\w*) | номером\sошиб\w+
    | я\sне\s{_WHO} | это\sне\s{_WHO}
    | кто\sтак(?:ая|ой)\s{_WHO} | (?:какая|какой)\s(?:ещ[её]\s)?{_WHO} | не\sзнаю\s(?:никак\w+\s)?{_WHO}
    )""",
    _ALL,
)
_LATER = re.compile(
    r"""(?<!\w)(?:remind|write|text|message|ask|contact|ricord\w*|(?:ri)?(?:scriv|contatt|sent|chiam)\w+
    |напомн\w+|напиш\w+|спрос\w+)\b.{0,30}(?<!\w)(?:in\s|tra\s|fra\s|through\s|через\s|next\s|later|after\s|dopo\s|più\savanti
    |prossim\w+|(?:по)?позже|следующ\w+|осенью|весной|летом|зимой|в\sконце)""",
    _ALL,
)
_CAME = re.compile(
    r"""(?<!\w)(?:
      (?:i\swas|i['’]?ve\sbeen|i\scame|been)\s(?:just\s|already\s)?
        (?:with\syou|there|at\syour|to\syou|in\b|only|last)
    | (?:sono\s(?:già\s|appena\s)?(?:stat[oa]|venut[oa])|ci\ssono\s(?:già\s)?stat[oa]
        |ero\s(?:già\s)?(?:da\svoi|lì))
    | (?:я\s)?(?:уже\s|только\sчто\s|недавно\s)*была?\s(?:уже\s)?(?:у\sвас|на\sпри[её]ме|недавно|в\sпрошл\w+)
    )""",
    _ALL,
)


_TAKES_NOTE = re.compile(
    r"\W*(?:(?:ok|okay|oki|thanks|thank you|great|fine|perfect|va bene|grazie|perfetto|bene|ок|окей"
    r"|хорошо|ладно|спасибо|понятно|понял|поняла)\W*)+(?:mille|very much|большое)?\W*",
    re.IGNORECASE,
)
#: What a stranger's words may be taken for: who says "I'm not Italian" wants another language.
_STRANGERS = frozenset(
    {
        "",
        "faq/wrong_number",
        "deny",
        "who_are_you",
        "out_of_scope",
        "stop",
        "chitchat",
        "complaint",
        "my_appointments",
        "skip",
    }
)


def says_of_a_visit(text: str, *, hours: Collection[tuple[int, int]] = ()) -> Says | None:
    """`hours` and minutes at which the visits begin, on the wall. None: it says nothing of the kind."""
    said = _NO_TROUBLE.sub(" ", text)
    agrees = _YES.match(said) is not None
    comes = _COMING.search(said) is not None
    positive = agrees or comes
    if _LATE.search(said):
        return None
    if positive and _IF.search(said):
        return Says.AT_ANOTHER_TIME if _OTHER_TIME.search(said) else Says.COMES_IF
    if agrees and "?" in said and _OTHER_TIME.search(said):
        return Says.AT_ANOTHER_TIME
    if agrees and _FOR_THE_REMINDER.search(said) and "?" not in said:
        return Says.COMES
    if agrees and _AND_BOOKS.search(said):
        return Says.COMES_AND_BOOKS
    if _OPEN.search(said):
        return Says.OPEN
    if _CANNOT.search(said) or ((not comes or _NOT.search(said)) and _IN_HOSPITAL.search(said)):
        return Says.CANNOT
    if not comes or "?" in said or _NOT.search(said) or _OTHER_TIME.search(said):
        return None
    if len(said.split()) > _MOST:
        return None
    named = names_hours(said)
    return Says.COMES if not named or (hours and named <= set(hours)) else Says.AT_THAT_HOUR


def agrees_to_come(text: str) -> bool:
    """ "Yes?" asks what is meant."""
    said = _NO_TROUBLE.sub(" ", text)
    yes = _YES.match(said)
    return (yes is not None and not said[yes.end() :].lstrip().startswith("?")) or (
        _COMING.search(said) is not None and _NOT.search(said) is None
    )


def is_held_back(text: str, *, but: bool = False) -> bool:
    """Whether a no, a condition, a delay or a doubt stands beside a yes; `but`: a "but" alone is none."""
    said = _BUT.sub(" ", text) if but else text
    said = _NO_TROUBLE.sub(" ", said)
    return any(found.search(said) for found in (_NOT, _IF, _LATE, _OPEN, _CANNOT))


def speaks_of_another_time(text: str) -> bool:
    return _OTHER_TIME.search(text) is not None


def names_hours(text: str) -> set[tuple[int, int]]:
    return {(int(hour), int(minute or 0)) for hour, minute in _HOUR.findall(text)}


def is_for_somebody_else(understanding: Understanding) -> bool:
    """ "Wrong number", "I'm not Anna", in answer to a message of ours."""
    intent = understanding.intent.name if understanding.intent else ""
    if intent not in _STRANGERS or any(each.entity == "practitioner" for each in understanding.entities):
        return False
    return _NOT_THEIRS.search(understanding.heard) is not None


def asks_for_later(text: str) -> bool:
    """ "Remind me in three months", "I was with you last month", in answer to a recall."""
    return _LATER.search(text) is not None or _CAME.search(text) is not None


def takes_note(text: str) -> bool:
    """ "Ok", "thanks" and nothing else: a yes to what was written last, whatever that was."""
    return _TAKES_NOTE.fullmatch(text) is not None


def plain_intent(understanding: Understanding | None) -> str:
    """The intent, where hardly another is thinkable: nobody comes because of a dog's face."""
    if understanding is None or understanding.intent is None:
        return ""
    says = any(entity.entity == "yes_no" for entity in understanding.entities)
    return understanding.intent.name if says or understanding.intent.confidence >= _PLAIN else ""
