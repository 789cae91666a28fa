"""What a dentist has to look at, and no pain is told of: a broken retainer, a stain, gums that bleed.

Nobody is told to be in pain who is not, nor sent to a colleague with what any front desk books a visit for.
After a treatment, beside a medicine, or where advice is asked for it stays a question for the dentist.
"""

from __future__ import annotations

import re

from bot.dialogue.denials import without_denied_trouble
from bot.dialogue.gist import is_for_something_else
from bot.dialogue.message import Message
from nlu.turns_of_speech import IN_DISTRESS, OF_TEETH

NEEDS_A_LOOK = "needs_a_look"
_PAIN = "urgent_pain"
#: Intents that words about one's own teeth are mistaken for.
_MISTAKEN = frozenset(
    {"", "clinical_question", "out_of_scope", "chitchat", "greet", "faq/first_visit", "faq/children"}
)
_NEAR = r"\b.{0,40}\b"

_DISTRESS = re.compile(rf"\b{IN_DISTRESS}", re.IGNORECASE)
_TOOTH = rf"{OF_TEETH}"
#: What became of it.
_MISHAP = (
    r"(?:br[oe]ke\w*|broken|break|chip\w*|crack\w*|snapp\w*|split|fell|fallen|falling|came|come|coming|lost|lose"
    r"|losing|loose\w*|wobbl\w*|rock(?:s|ing)|moving|moves|missing|off|out|dropped|detached|unstuck"
    r"|rott[oaie]|romp\w+|rupp\w+|spezz\w+|scheggi\w+|crep\w+|cadut\w+|cade\w*|pers[oaie]|stacca\w*|scolla\w*"
    r"|saltat\w|venut[oaie] via|dondola\w*|ball(?:a|ano)|muov\w+|traball\w+|allenta\w+"
    r"|слома\w+|отлом\w+|откол\w+|скол\w*|трес\w+|раскол\w+|лопн\w+|вылет\w+|выпа\w+|отвал\w+|отлет\w+|слете\w+"
    r"|откле\w+|потеря\w+|шата\w+|кача\w+|разболта\w+)"
)
#: How it looks or feels, and what is wanted done about it.
_LOOKS = (
    r"(?:stain\w*|spots?|marks?|yellow\w*|brown\w*|black\w*|dark\w*|grey|gray|discolou?r\w*|colou?r|sensitiv\w+"
    r"|rough|sharp|crooked|crowded|gaps?|holes?|wonky|uneven|reced\w+|plaque|check\w*|look\w*|see|seen"
    r"|macchi\w+|giall\w+|marron\w*|ner[oiae]|scur\w+|ingiallit\w+|sensibil\w+|ruvid\w+|stort\w+"
    r"|affollat\w+|buc(?:o|hi|chin\w+)|ritira\w+|placca|controll\w+|guard\w+|occhiata|vedere|visto"
    r"|пятн\w+|желт\w+|жёлт\w+|коричнев\w+|черн\w+|чёрн\w+|почерн\w+|темн\w+|тёмн\w+|потемн\w+|пожелт\w+"
    r"|чувствительн\w+|реагиру\w+|шершав\w+|шерохов\w+|острый|острая|крив\w+|неровн\w+|дыр\w+|щел\w+|налет\w*"
    r"|налёт\w*|посмотр\w+|глян\w+|провер\w+)"
)
_THING = re.compile(
    rf"\b(?:{_MISHAP}|{_LOOKS}){_NEAR}{_TOOTH}|\b{_TOOTH}{_NEAR}(?:{_MISHAP}|{_LOOKS})\b", re.IGNORECASE
)
#: Named alone.
_ALONE = re.compile(rf"\W*(?:\w+\W+){{0,3}}?{_TOOTH}(?:\W+\w+){{0,3}}\W*", re.IGNORECASE)
_ONE_WORD = re.compile(rf"\W*{_TOOTH}\W*", re.IGNORECASE)
#: What it may be asked about, once something was said.
_ASKED_ABOUT = frozenset({"faq/prices", "faq/services"})
#: What needs no other word: nobody speaks of somebody else's tartar.
_COMPLAINT = re.compile(
    r"\b(?:cavit(?:y|ies)|caries|tooth decay|tartar|calculus|bad breath|halitosis|wisdom (?:tooth|teeth)"
    r"|grind\w* (?:my|his|her) teeth|(?:need|want|get|getting|have)\w* (?:\w+ ){0,3}braces"
    r"|cari[ea]|cariat[oaie]|tartaro|alito|alitosi|dent[ei] del giudizio|digrign\w+"
    r"|(?:serv\w+|bisogno|voglio|vuole|vorrei|mettere|mettermi) (?:\w+ |\w+'){0,4}apparecchi\w*"
    r"|кариес\w*|зубн\w+ кам\w+|камень на зуб\w+|зуб\w* мудрости|запах\w* изо рта|скриплю зубами|бруксизм\w*"
    r"|(?:нуж\w+|хо[тч]\w+|постав\w+|стави\w+) (?:\w+ ){0,3}брекет\w*)\b",
    re.IGNORECASE,
)
#: Gums that bleed over a brush are no wound.
_BLEEDS_A_LITTLE = re.compile(
    rf"\b(?:gums?|gengiv\w+|десн\w+|дёсн\w+){_NEAR}(?:bleed\w*|bled|blood|sanguin\w+|sangue|кров\w+)"
    rf"|\b(?:bleed\w*|bled|blood|sanguin\w+|sangue|кров\w+){_NEAR}(?:gums?|gengiv\w+|десн\w+|дёсн\w+)",
    re.IGNORECASE,
)
_BRUSHING = re.compile(
    r"\b(?:brush\w*|floss\w*|sometimes|occasional\w*|a (?:little|bit)|often|lav\w+|spazzol\w+|filo"
    r"|ogni tanto|a volte|spesso|un p[oò]'?|чищ\w+|чистк\w+|щетк\w+|щётк\w+|нить\w*"
    r"|иногда|часто|немного|чуть)\b",
    re.IGNORECASE,
)
_NOT_ENDING = re.compile(
    r"(?<!\w)(?:(?:does|do|did|wo|is|ca)n['’]?t (?:stop|stopping)|not stopping|will not stop"
    r"|non (?:si ferma|smette|passa)"
    r"|не (?:останав|прекращ|унима|проход)\w+)",
    re.IGNORECASE,
)
_TREATED = re.compile(
    r"\b(?:after|since|extract\w*|removal|removed|pulled|surgery|stitch\w*|antibiotic\w*|amoxicillin\w*|medic\w+"
    r"|tablets?|pills?|pregnan\w+|breastfeed\w+|x-?rays?|toothpaste\w*|mouthwash\w*|rinse|should i use"
    r"|what (?:can|do) i (?:take|use)|how (?:do|can) i (?:clean|brush|whiten|remove)"
    r"|why (?:do|does|is|are)|what causes|normal"
    r"|you (?:did|put|made|fitted|placed)|yesterday|last (?:week|visit)"
    r"|dopo|estra\w+|tolt[oaie]|levat[oaie]|interven\w+|punti|antibiotic\w*|amoxicillin\w*|farmac\w+|pastigli\w+"
    r"|compress\w+|incinta|gravidanza|allatt\w+|radiografi\w+|dentifrici\w+|collutori\w+|sciacqu\w+"
    r"|come (?:posso|si) (?:pulire|lavare|sbiancare|togliere)|perch[eéè]|normale|avete (?:fatto|messo)|ieri"
    r"|после|удал\w+|вырва\w+|операци\w+|швы|швов|антибиотик\w*|амоксициллин\w*|лекарств\w+|таблетк\w+|беременн\w+"
    r"|кормлю|снимок|снимк\w+|паст[ауыой]+|ополаскива\w+|полоска\w+|почему|отчего|нормально"
    r"|вы (?:сделали|ставили|лечили)"
    r"|вчера)\b",
    re.IGNORECASE,
)


def needs_a_look(message: Message) -> bool:
    if is_for_something_else(message):  # "I said a filling"
        return False
    if _names_one_thing(message):
        return True
    if message.intent != _PAIN and message.intent not in _MISTAKEN:
        return False
    said = without_denied_trouble(message.understanding.text)
    if message.intent != _PAIN and _TREATED.search(said):
        return False
    if _NOT_ENDING.search(said):
        return False
    if _BLEEDS_A_LITTLE.search(said):
        return _BRUSHING.search(said) is not None and message.intent != _PAIN
    if _DISTRESS.search(said):
        return False
    if _THING.search(said) or _COMPLAINT.search(said):
        return True
    return message.intent == _PAIN and _ALONE.fullmatch(said) is not None


def _names_one_thing(message: Message) -> bool:
    """ "Impianto", "crown": named and no more, before anything else was said or meant."""
    said = message.understanding.text
    if message.active or message.asked_slot or "?" in said or _ONE_WORD.fullmatch(said) is None:
        return False
    if message.intent in _ASKED_ABOUT:
        return not message.conversation.said
    return message.intent in ("", "chitchat", "out_of_scope")
