"""What takes an alarm back: "no no I'm fine, wrong chat", "respiro benissimo", "автозамена, дышу нормально".

Whoever is well says so in the words of what was feared, and a likeness that was learnt hears the fear alone.
So what is said to be well is looked for by itself; what else stands in the message is read without it.
"""

import re

from nlu.turns_of_speech import BY_MISTAKE, WRONG_NUMBER

_DOUBTS = re.compile(
    r"(?:n['’´`]t|\b(?:not|never|cannot|cant|cnt|wont|dont|didnt|isnt|doesnt"
    r"|if|when|until|unless|before|whether|hope|wish|as\sif|almost"
    r"|non|nn|né|se|quando|finché|fino|prima|spero|speriamo|magari|appena"
    r"|не|ни|если|когда|пока|чтобы|чтоб|надеюсь|едва|лишь|будто))\W+(?:[\w'’]+\W+){0,2}$",
    re.IGNORECASE,
)
_GETS_WORSE = re.compile(
    r"\b(?:worse|worsening|help\s(?:me|us|him|her|please)|please\shelp|need\shelp"
    r"|peggi\w+|aiuto|aiutatemi|mi\saiut\w+|хуже|ухудш\w+|помогите|на\sпомощь)\b",
    re.IGNORECASE,
)
#: Behind "I can breathe" these make it little.
_HARDLY = (
    r"(?!\W+(?:only|hardly|barely|just\sabout|a\slittle|a\sbit|with|through|if|when|but\sonly"
    r"|solo|soltanto|appena|poco|male|a\sfatica|a\sstento|con\sdifficolt\w+|dal\snaso|se|quando"
    r"|только|еле|едва|плохо|с\sтрудом|тяжело|через|если|когда|ртом)\b)"
)
#: "I'm better", and not "better off dead".
_AND_NO_MORE = (
    r"(?=(?:\s(?:now|today|already|again|ora|adesso|oggi|già|сейчас|теперь|сегодня|уже)){0,2}"
    r"\W{0,6}(?:$|(?<=[.,!?…;:)\n])"
    r"|(?:and|but|so|thanks?|e|ed|ma|però|quindi|grazie|и|а|но|спасибо)\b))"
)
_WELL = re.compile(
    rf"""(?<![\w'’])(?:
    # English
      (?:i|he|she|we|they)\s(?:can|do|am\sable\sto|is\sable\sto)\s(?:still\s|actually\s|really\s)?breathe?
        (?:\s(?:just\s)?(?:fine|ok|okay|normally|well|again|perfectly|easily|properly|alright|now))
        {{0,6}}{_HARDLY}
    | (?:my\s|his\s|her\s|the\s)?breathing(?:['’]s|\sis)?\s(?:all\s|just\s|perfectly\s|back\sto\s){{0,6}}
        (?:ok|okay|fine|normal|normally|well|good|alright|better{_AND_NO_MORE})(?:\snow|\sagain)?
    | (?:i\s?['’]?m|i\sam|im|he\sis|she\sis|we\sare|he['’]s|she['’]s|we['’]re)\s
        (?:all\s|really\s|totally\s|perfectly\s|completely\s|absolutely\s|doing\s|feeling\s|just\s
        |honestly\s){{0,6}}
        (?:fine|ok|okay|alright|all\sright|good|safe|well|better{_AND_NO_MORE})
        (?:\snow|\sagain){{0,6}}(?!\s(?:with|for|at|on)\b)
    | (?:i|he|she)\sfeels?\s(?:much\s|a\slot\s)?(?:fine|ok|okay|good|better{_AND_NO_MORE}|well)
    | (?:(?:it|everything|all)(?:['’]s|\sis)?\s)?all\s(?:good|fine|ok|okay|well|clear|right)
        (?:\snow|\sagain){{0,6}}
    | everything(?:['’]s|\sis)?\s(?:fine|ok|okay|good|alright|under\scontrol)
    | (?:just\s|was\s|it\swas\s){{0,6}}(?:a\s)?false\salarm | nothing(?:['’]s|\sis)?\s(?:wrong|the\smatter)
    | (?:don['’]?t\sworry\W+)it\s(?:passed|stopped)
    | (?:not|isn['’]?t|wasn['’]?t|no|never)\s(?:really\s|actually\s|having\s)?(?:an?\s)?(?:real\s
        |medical\s)?emergency
    | (?:the\s)?(?:bleeding|swelling)(?:['’]s|\shas|\sis)?\s(?:now\s)?(?:stopped|gone(?:\sdown)?|went\sdown
        |over)
    | it(?:['’]s|\shas)?\s(?:all\s|now\s)?(?:stopped|passed)(?:\snow)?
    | no\s(?:need\sfor\s(?:an?\s|the\s)?)?ambulance(?:\sneeded)?
    # Italian
    | (?:respir[oa]|respiriamo)\s(?:di\snuovo\s|ora\s|adesso\s|già\s|molto\s|più\s){{0,6}}
        (?:bene|benissimo|normale|normalmente|regolarmente|tranquillamente|perfettamente|meglio{_AND_NO_MORE}
        |liberamente
        |senza\sproblemi)
    | respirando\s(?:di\snuovo\s|molto\s)?(?:bene|benissimo|normalmente|regolarmente)
    | nessun['’a]?\s?(?:emergenza|urgenza|pericolo)
    | (?:riesco|riesce)\sa\srespirare(?:\s(?:bene|benissimo|normalmente|di\snuovo)){{0,6}}{_HARDLY}
    | (?:ho\s(?:già\s)?(?:detto|scritto)|dico|dicevo)\sche\s(?:io\s)?respiro{_HARDLY}
    | (?:la\s|il\s|il\smio\s)?(?:respirazione|respiro)\s(?:è|e['’])\s(?:ok|normale|regolare|buon[oa]|a\sposto)
    | (?:(?:ora|adesso|io|già)\s){{0,6}}st(?:o|a|iamo)\s(?:tutti\s|molto\s|già\s|davvero\s){{0,6}}
        (?:bene|benissimo|meglio{_AND_NO_MORE}|ok|tranquill\w|alla\sgrande)
    | (?:è\s|e['’]\s)?tutto\s(?:bene|ok|okay|a\sposto|apposto|sotto\scontrollo|risolto|passato|in\sordine)
    | (?:mi\s|ci\s)?(?:è|e['’])\s(?:già\s)?passat[oa](?:\stutto)? | (?:sono|siamo)\s(?:al\ssicuro|salv[oaie])
    | (?:un\s|era\sun\s)?falso\sallarme
    | non\s(?:è|e['’]|era|sono\sin|ho)\s(?:affatto\s|mica\s|davvero\s|un['’]?\s?|una\s|in\s){{0,6}}
        (?:emergenza|pericolo|urgenza|urgente|grave) | (?:niente|nulla)\sdi\sgrave
    | (?:il\s)?(?:sangue|sanguinamento)\ssi\s(?:è|e['’])\sfermat[oa] | non\ssanguina\spiù
    | (?:il\s)?gonfiore\s(?:è|e['’])\s(?:sceso|passato|sparito|andato\svia)
    | non\s(?:serve|mi\sserve|c['’]è\sbisogno\sd[ei]l*)\s?(?:più\s)?(?:l['’]|un['’]|nessuna\s)?ambulanza
    # Russian
    | (?:я\s)?(?:дышу|дышит|дышится|дышать)\s(?:уже\s|теперь\s|сейчас\s|мне\s){{0,6}}
        (?:нормально|хорошо|отлично|свободно|спокойно|легко|ровно|лучше{_AND_NO_MORE}|прекрасно)
    | (?:нормально|хорошо|отлично|свободно|спокойно|легко)\s(?:я\s)?(?:дышу|дышит|дышится)
    | (?:я\s)?(?:могу|может)\s(?:нормально\s|спокойно\s|свободно\s)?дышать(?:\s(?:нормально|спокойно
        |свободно)){{0,6}}{_HARDLY}
    | (?:я\s)?(?:же\s|уже\s){{0,6}}(?:говорю|сказала?|пишу
        |написала?)\W+(?:что\s)?(?:я\s)?(?:нормально\s)?дышу{_HARDLY}
    | (?:с\sдыханием\s)?(?:вс[её]|со\sмной|у\sменя|с\sним|с\sней)\s
        (?:(?:вс[её]|уже|теперь|сейчас|же)\s){{0,6}}
        (?:в\sпорядке|в\sнорме|нормально|хорошо|ок|окей|отлично|прошло|обошлось|норм)
    | (?:да\s|всё\s|все\s|уже\s)дышу(?:\sя)?{_HARDLY} | дышу\W+вс[её]\s(?:норм|ок|хорошо|нормально|в\sпорядке)
    | (?:нормально|хорошо|лучше|отлично)\sсебя\sчувству\w+ | чувству\w+\sсебя\s(?:уже\s)?(?:нормально
        |хорошо|лучше{_AND_NO_MORE})
    | никакой\s(?:экстренности|опасности|срочности) | тревога\sотменяется | отбой\sтревоги
    | не\s(?:волнуйтесь|переживайте|беспокойтесь)\W+(?:вс[её]\s|уже\s){{0,6}}прошло
    | дыхание\s(?:уже\s)?(?:в\sнорме|нормальное|восстановилось)
    | я\s(?:уже\s)?в\s(?:порядке|норме|безопасности)
    | мне\s(?:(?:уже|теперь|сейчас|гораздо|намного)\s){{0,6}}
        (?:лучше{_AND_NO_MORE}|хорошо|нормально|легче)(?!\sбы)
    | (?:это\s)?не\s(?:экстренн\w+|неотложн\w+|скорая|опасно|срочно|серь[её]зно)(?:\s(?:случай|ситуация))?
    | ничего\s(?:страшного|серь[её]зного|опасного)
    | (?:кровь|кровотечение)\s(?:уже\s|больше\s)?(?:остановил\w+|не\sид[её]т)
    | от[её]к\s(?:уже\s)?(?:спал|сош[её]л|прош[её]л) | (?:меня\s)?(?:уже\s)?отпустило | уже\sпрошло
    | скорая\sне\sнужна | не\s(?:нужна|надо)\sскор\w+
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
#: Somebody or something else was meant; what the message tells of may be so all the same.
_MISTAKE = re.compile(
    rf"""(?<![\w'’])(?:
    # English
      (?:sorry\s)?(?:{WRONG_NUMBER}|wrong\s(?:chat|window|group|message|conversation|thread))
    | (?:not|wasn['’]?t)\s(?:meant\s)?(?:for|to)\syou | (?:it['’]?s|it\swas|was|my)\s(?:a\s)?mistake
        (?!\s(?:to|not|that)\b)
    | (?:please\s)?ignore\s(?:that|this|it|me|my|the)(?:\s(?:last|previous|other))?(?:\s(?:message|text|one))?
    | (?:meant|was)\s(?:texting|writing\sto|messaging)\s(?:my|a|someone|somebody) | voice\s(?:typing
        |error)
    | (?:it\swas\s|was\s|just\s|only\s|an?\s|the\s|my\s){{0,6}}(?:autocorrect\w*|auto\scorrect|typo|a\sjoke)
    | (?:i\s?['’]?m\s|i\swas\s|was\s)?(?:just\s|only\s)?(?:joking|kidding)
    | (?:sent|wrote|typed|posted)\s(?:that\s|it\s|this\s)?{BY_MISTAKE}
    | (?:i\s)?(?:didn['’]?t|did\snot)\smean\s(?:it|that)(?:\s(?:literally|seriously))?
    # Italian
    | (?:chat|gruppo|conversazione|finestra|messaggio)\ssbagliat[oa]
    | non\sera\sper\s(?:voi|lei|te) | (?:ignor\w+|lasci\sperdere)\s(?:il|quel|quello|tutto
        |pure)(?:\smessaggio)?
    | mi\ssono\ssbagliat[oa]
    | (?:ho\s)?(?:{WRONG_NUMBER}|sbagliato\s(?:chat|gruppo|conversazione|finestra|messaggio|destinatario))
    | (?:era\s|è\sstato\s|colpa\sdel(?:la)?\s|è\s)?(?:il\s|l['’])?(?:correttore
        |correzione)(?:\sautomatic[oa])?
    | (?:era\s)?(?:un\s)?(?:errore\sdi\sbattitura|refuso) | era\s(?:solo\s)?(?:uno?\s|una\s)(?:errore
        |scherzo|battuta)
    | (?:stavo\s|sto\s)?scherz(?:o|avo|ando)
    | (?:mandato|inviato|scritto|partito)\s(?:il\smessaggio\s)?{BY_MISTAKE}
    | non\s(?:lo\s)?(?:dicevo|pensavo|intendevo)\s(?:sul\sserio|davvero|così)
    # Russian
    | (?:это\s)?(?:была\s)?ложная\sтревога | (?:я\s)?не\sтуда(?:\s(?:написал|отправил)\w*)?
    | (?:я\s)?(?:ошибл(?:ась|ся)|перепутал\w*)\s(?:чат|номер|окн|адрес|диалог)\w* | не\s(?:тот
        |в\sтот)\sчат
    | (?:это\s)?(?:было\s)?не\sвам | не\sобращайте\sвнимания | (?:про)?игнорируйте
    | (?:подруге|другу|маме|мужу|жене|сестре|брату)\s(?:писал|хотел)\w*
    | (?:писал|хотел)\w*\s(?:подруге|другу|маме|мужу|жене|сестре|брату)
    | (?:это\s)?(?:был[аио]?\s)?(?:автозамен\w*|автокоррект\w*|т9|т-9|опечатк\w*|опечатал\w*)
    | (?:я\s)?(?:просто\s)?(?:пошутил\w*|шучу) | это\s(?:была\s)?(?:просто\s)?шутка
    | {BY_MISTAKE}\s(?:отправил|написал|нажал)\w* | (?:отправил|написал)\w*\s(?:{BY_MISTAKE}|не\sтуда)
    | (?:я\s)?(?:это\s)?не\sвсерь[её]з
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_ENDS = re.compile(r"[.!?…\n;]")
_AROUND = 200  # characters on either side that are looked at: a clause is hardly longer
#: These are said by who does as they were told, too: "all right, calling them now".
_LITTLE = re.compile(
    r"(?:(?:it|everything|all)(?:['’]s|\sis)?\s)?all\s(?:good|fine|ok|okay|well|clear|right)"
    r"(?:\snow|\sagain){0,6}|everything(?:['’]s|\sis)?\s(?:fine|ok|okay|good|alright)"
    r"|(?:it['’]?s|it\swas|was|my)\s(?:a\s)?mistake|(?:please\s)?ignore\sme"
    r"|(?:è\s|e['’]\s)?tutto\s(?:bene|ok|okay|a\sposto|apposto)"
    r"|вс[её]\s(?:(?:вс[её]|уже|теперь|сейчас|же)\s){0,6}"
    r"(?:в\sпорядке|в\sнорме|нормально|хорошо|ок|окей|отлично|норм)|мне\sхорошо",
    re.IGNORECASE,
)
_OBEYS = re.compile(
    r"(?<!not\s)(?<!n['’]t\s)\b(?:calling|(?:i|we|i['’]ll|we['’]ll|will|i['’]ve|have|to)\s(?:call|called"
    r"|phone|ring|dial)(?!\w)|dialling|dialing|phoning|ringing|(?:i['’]?m|we['’]?re|am|are)\s(?:going|driving"
    r"|heading)|going\s(?:to|there|now)|on\s(?:my|our|the)\sway"
    r"|chiam(?:o|iamo|erò|eremo|ando)|telefon(?:o|iamo|erò|ando)|vado|andiamo|corro|stiamo\sandando"
    r"|(?:по)?звон(?:ю|им|ит)|наберу|набираю|вызыва(?:ю|ем|ет)|вызов(?:у|ем)|еду|едем|поехал\w*)\b",
    re.IGNORECASE,
)


def beside_what_is_well(text: str) -> str | None:
    """The rest of a message in which somebody says that nothing is the matter; None where nobody does.

    "If I can breathe", "am I ok?" say no such thing, nor does anything beside "it's getting worse".
    """
    said = [match.span() for match in _WELL.finditer(text) if _is_meant(match)]
    if not said or gets_worse(text):
        return None
    rest, at = [], 0
    for start, end in said:
        rest.append(text[at:start])
        at = end
    return " . ".join((*rest, text[at:])).strip(" .,!\n")


def gets_worse(text: str) -> bool:
    """ "It's getting worse", "please help"."""
    return _GETS_WORSE.search(text) is not None


def is_of_mistake(text: str) -> bool:
    """ "Wrong chat", "autocorrect", "I was joking": what was written before was not meant."""
    return any(_is_meant(match) for match in _MISTAKE.finditer(text))


def _is_meant(match: re.Match[str]) -> bool:
    text, (start, end) = match.string, match.span()
    clause = re.split(r"[.,!?…\n;]", text[max(0, start - _AROUND) : start])[-1]
    ending = _ENDS.search(text, end, end + _AROUND)
    asked = ending is not None and ending.group() == "?"
    if asked or _DOUBTS.search(clause) is not None:
        return False
    return _LITTLE.fullmatch(match.group()) is None or _OBEYS.search(text, end, end + _AROUND) is None
