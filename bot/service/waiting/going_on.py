""" "Never mind, 9:30": a patient who waits for a person takes that back, and what they say instead.

Only what stands at the head of a message is looked at, clause by clause: the person is no longer needed, or
it shall go on here. What is left over is for the assistant; whether it can go on with that, others decide.
"""

import re
import unicodedata
from dataclasses import dataclass

from nlu.understanding import HEARD

#: Said around it. "It's fine" alone takes nothing back: whoever says so is content to wait.
_AROUND = (
    r"(ok|okay|oh|ah|no|yes|yeah|actually|sorry|well|wait|hm+|hey|hi|hello|please|pls|thanks"
    r"|thank you|then|so|and"
    r"|but|anyway|you know what|on second thought|it's (ok|okay|fine|all right|alright"
    r"|nothing)( now)?|all good"
    r"|va bene|anzi|scusi|scusa|scusate|allora|grazie|guardi|senta|ma|pero|beh|e|si|tutto (bene|ok)"
    r"|tutto a posto"
    r"|ладно|ок|окей|хорошо|нет|все|всё|тогда|извините|простите|ой|ну|да|а|и|но|слушайте|знаете|спасибо|лучше"
    r"|пожалуйста)"
)
_SOMEBODY_EN = (
    r"(the |a |an |any |your )?(human|person|colleague|operator|agent|somebody|anybody|anyone|one)s?"
)
_SOMEBODY_IT = (
    r"(del |di |con |per |al |il |un |lo |dell'|un'|l')*(collega|operatore|operatrice|persona|umano|nessuno)"
)
_SOMEBODY_RU = r"(оператор\w*|сотрудник\w*|человек\w*|коллег\w*|администратор\w*|никто|никого)"
_NO_MORE = r"( any ?more| any longer| now)?"
_TAKES_BACK = (
    rf"never ?mind( (that|it|{_SOMEBODY_EN}))?|nvm|forget (about )?(it|that|{_SOMEBODY_EN})"
    rf"|(there's |there is )?no need( (for|of) (that|it|{_SOMEBODY_EN})| to wait)?{_NO_MORE}"
    rf"|(i |we )?(don't|do not) (need|want) (that|it|you|{_SOMEBODY_EN}){_NO_MORE}"
    rf"|(it's )?not needed{_NO_MORE}"
    rf"|(please )?don't bother|(it )?(doesn't|does not) matter{_NO_MORE}|(i've |i )?changed my mind"
    rf"|(cancel|scrap|skip) (that|my request|the request|{_SOMEBODY_EN})|leave it"
    rf"|i (can't|cannot|won't|don't want to) wait{_NO_MORE}( (that|so) long)?"
    rf"|(lasci|lascia|lasciate|lasciamo) (perdere|stare)( {_SOMEBODY_IT})?"
    rf"|non (mi )?(serve|servono|occorre|importa|fa niente|e necessario"
    rf"|e piu necessario)( piu)?( {_SOMEBODY_IT})?"
    rf"|non (c'e|ce|ho) (piu )?bisogno( piu)?( {_SOMEBODY_IT})?|fa niente|niente( piu)?|come non detto"
    r"|(ci ho|ho) ripensato|ho cambiato idea|annulli (la richiesta|il collega|l'operatore)"
    r"|non (posso|voglio) aspettare( piu| oltre| cosi tanto| tanto)?"
    rf"|({_SOMEBODY_RU} )?(уже |больше |мне )*не (надо|нужно|нужен|нужна|требуется|важно|беспокойтесь)"
    rf"( уже| больше| мне)*( {_SOMEBODY_RU}| звать| ждать)*|неважно|ничего не надо|проехали|отбой"
    rf"|(забудьте|отмените)( об этом| про это| про {_SOMEBODY_RU}| запрос| вызов| {_SOMEBODY_RU})"
    rf"|(я )?(передумала?|раздумала?)|(я )?не (буду|хочу|могу) (больше |так долго )?ждать"
    rf"|не (зовите|ищите) {_SOMEBODY_RU}|(я )?обойдусь( без {_SOMEBODY_RU}| без него)?"
)
_GOES_ON = (
    r"((let's|let us|i'll|i will|we can|can i|can we|could i|could we|shall we|i can|i want to"
    r"|i'd like to|i'd rather"
    r"|i prefer to|let me) )?(just )?(carry on|go on|continue|keep going|proceed|go back)"
    r"( (here|myself|by myself|online|where we (were|left off)|(with|to) (you|the (bot|robot"
    r"|assistant|machine|ai|chat))"
    rf"|without (them|him|her|{_SOMEBODY_EN})))*"
    r"|(the (bot|robot|assistant) is|you're) (fine|ok|okay)|you(('ll)? do| can do it)"
    r"|(posso |possiamo |vorrei |preferisco |voglio |dai |su )?(mi )?(continuiamo|continuo"
    r"|continuare|proseguiamo"
    r"|proseguo|proseguire|andiamo avanti|vado avanti|andare avanti|vada avanti|prosegua|continui"
    r"|riprendiamo)"
    r"( pure| io| tutto| qui| noi| da sol[oa]| da me| cosi| in chat| con (lei|te|voi|l'assistente"
    r"|il bot|il robot)"
    rf"| senza( di)? (lui|lei|loro|{_SOMEBODY_IT}))*|torniamo (a noi|alla visita|alla prenotazione|qui)"
    r"|((давайте|давай|можно|хочу|я|мы|лучше) )*(продолжим|продолжу|продолжить|продолжайте"
    r"|продолжаем|вернемся|вернуться"
    r"|идем дальше|пойдем дальше|дальше)( здесь| тут| с вами| с ботом| с роботом| сама?| сами"
    r"| к записи| запись"
    rf"| без (него|нее|них|{_SOMEBODY_RU}))*|(я )?сама? (запишусь|справлюсь|продолжу)"
)
#: "I'll book here myself": whole clauses only, as "book here on friday" says more.
_MYSELF = (
    r"((can i|could i|i'll|i will|i can|let me|i'd rather|i'd like to) )?(just )?(book|do|make)"
    r"( (it|this|an appointment|a visit))?( (here|myself|by myself|with you|online)){1,3}"
    r"( (please|then|instead|thanks)){0,2}$"
    r"|(posso )?(mi )?(faccio|fare|prenoto|prenotare)( (tutto|io|pure)){0,2}"
    r"( (da sol[oa]|da me|qui|con (lei|te|voi))){1,3}( grazie)?$"
    r"|((я|давайте|можно|лучше) ){0,3}(запишусь|записаться)( (сама?|здесь|тут|с вами)){1,3}( спасибо)?$"
)
_GOES_ON = rf"{_GOES_ON}|{_MYSELF}"
_HEAD = re.compile(rf"({_AROUND} )*({_TAKES_BACK}|{_GOES_ON})(?= |$)")
_ONLY_AROUND = re.compile(rf"({_AROUND} ?)+")
_CLAUSE = re.compile(r"[^,.;:!?…\n—–]+[,.;:!?…\n—–]*|[,.;:!?…\n—–]+")
_WORD = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True)
class GoingOn:
    """`rest`: what is said beside it, "" for nothing; `apart` where a comma or a stop stands between."""

    rest: str
    apart: bool = True


def goes_on(text: str) -> GoingOn | None:
    """None: the person is still wanted, for all that can be told. Letters are for a person."""
    if len(text) > HEARD:
        return None
    clauses = _CLAUSE.findall(text.strip())
    taken_back = False
    for number, clause in enumerate(clauses):
        plain = _plain(clause)
        if not plain or _ONLY_AROUND.fullmatch(f"{plain} "):
            continue
        head = None if "?" in clause and not _GOES_ON_ALONE.fullmatch(plain) else _HEAD.match(plain)
        if head is None:
            return GoingOn(rest="".join(clauses[number:]).strip()) if taken_back else None
        taken_back = True
        if head.end() < len(plain):
            words = len(_WORD.findall(head.group()))
            left = [match.start() for match in _WORD.finditer(clause)][words:]
            rest = clause[left[0] :] + "".join(clauses[number + 1 :]) if left else ""
            return GoingOn(rest=rest.strip(), apart=False)
    return GoingOn(rest="") if taken_back else None


_GOES_ON_ALONE = re.compile(rf"({_AROUND} )*({_GOES_ON})( {_AROUND})*")


def _plain(clause: str) -> str:
    """Words in small letters without accents; Russian й stays what it is."""
    folded = clause.casefold().replace("’", "'").replace("ё", "е")
    bare = "".join(
        unicodedata.normalize("NFD", letter)[0] if letter in "àáèéìíòóùú" else letter for letter in folded
    )
    return " ".join(_WORD.findall(bare))
