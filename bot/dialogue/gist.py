"""What a message does, beside what it names: puts off, insists, asks why, corrects what was just fixed.

Each is told by its words and by where they were said. What it is taken for then: `bot.dialogue.taken_for`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.dialogue.asking import kind_of, was_just_fixed
from bot.dialogue.denials import denied_trouble, denied_visit
from bot.dialogue.message import Message
from bot.dialogue.standing import OF_STANDING_VISITS
from nlu.relatives import is_for
from nlu.turns_of_speech import SEE_YOU
from nlu.understanding import REFUSED, Entity, Intent

STRONG = 0.6  # from here on an intent counts beside an answer to the waiting question
UNSURE = 0.45  # below this, two flows that are nearly as likely are put to the patient
CLOSE = 0.1
_HINTED = 0.1  # from here on a no behind "You're booked" may call it off
PLAIN = 0.95  # from here on a question about something is that question, whatever it names beside

#: Intents: a visit is wished for; one that stands is moved; none of the kinds that can be booked is meant.
BOOK, MOVE, CANCEL, SOMETHING_ELSE = "book_visit", "reschedule_visit", "cancel_visit", "something_else"

TIMES = ("wish", "time", "part_of_day", "asap")
ASKED_ABOUT = ("visit_type", "practitioner", "site")
PARTING = frozenset({"thanks", "goodbye"})

#: What a visit type or a day with a time is mistaken for, and up to which confidence.
_MISTAKEN_FOR_A_VISIT: Mapping[str, float] = {
    "faq/first_visit": PLAIN,
    "faq/services": PLAIN,
    "reschedule_visit": STRONG,
}
_MISTAKEN_FOR_A_DAY: Mapping[str, float] = {
    "out_of_scope": PLAIN,
    "other_openings": PLAIN,
    "faq/hours": STRONG,
}
#: What a visit "not with Rossi" is mistaken for: the no is to him.
_MISTAKEN_FOR_A_REFUSAL = frozenset({"faq/wrong_number", "cancel_visit", "deny", MOVE})
#: Answers after which "and for my husband?" wants a visit, too.
_BOOKED = frozenset({"utter_booked", "utter_requested"})
#: Answers after which "cancel it" is about the visit that was just confirmed.
_CONFIRMED = frozenset({"utter_visit_confirmed"})
_THANKS_FOR_IT = re.compile(
    r"\b(thanks?|thank you|thx|grazie|спасибо)\W+(\w+\W+){0,3}?(remind\w*|promemoria|avviso|напомин\w*)",
    re.IGNORECASE,
)
_BEFORE_AN_OFFER = frozenset({"name", "phone", "birth_date", "visit_type"})  # no times to turn down yet
_PERSONAL = ("name", "phone", "birth_date")

_THINKS_IT_OVER = re.compile(
    r"\b(let me think|(need|have|want|like) to think|think (about it|it over)|pensarci|ci (penso|penserò)"
    r"|(devo|vorrei|fammi|mi lasci|lasciami) pensare|подумать|подумаю)\b",
    re.IGNORECASE,
)
_RATHER = re.compile(
    r"\b(anzi|invece|meglio|piuttosto|facciamo|veramente|actually|instead|rather|better|let'?s (say|make|do)|"
    r"make (it|that)|sorry|scus[ia]|ой|лучше|давай(те)?|вместо|извините)\b",
    re.IGNORECASE,
)
_SEE_YOU_THEN = re.compile(
    r"\W*(\w+\W+){0,2}?(grazie|thanks|thank you|спасибо)\b(\W+\w+){0,2}?\W+"
    rf"(a|{SEE_YOU}( on| во?)?|until|до)\s+(\w+\W*){{1,2}}",
    re.IGNORECASE,
)
_BITTEN = re.compile(
    r"\b(bit|bitten|bite)\b.{0,20}\btongue\b|\b(mors\w|mordo|morsic\w+)\b.{0,20}\blingua\b|\bприкус\w+.{0,20}\bязык",
    re.IGNORECASE,
)
_CANCEL = re.compile(
    r"\W*(cancel|annull\w+|cancell\w+|отмен\w+)( it| this| that| tutto| всё| все)?\W*", re.IGNORECASE
)
AS_I_SAID = re.compile(
    r"\b(i('ve)?( just| already)? (said|told|wrote)|(l'?)?ho( già| appena)? (detto|scritto)|"
    r"я( же| уже)* (сказал|говорил|писал|написал)а?|говорю же)\b",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"\W*((but|and|ma|e|а|но)\s+)?(why|what for|perch[eéè]|a che (vi )?serve|зачем|почему|для чего)\b.{0,60}",
    re.I | re.S,
)


_CIAO = re.compile(r"\W{0,9}ciao\W{0,9}(a tutti\W{0,9})?", re.IGNORECASE)
_RATHER_NOT = re.compile(
    r"\b((do(n'?t| not)|won'?t|rather not|prefer not|not going|not comfortable|refuse)\b.{0,25}"
    r"\b(give|giving|say|saying|tell|telling|share|sharing|disclose|provide)\b"
    r"|(non (voglio|vorrei|intendo|desidero|me la sento)|preferi\w+ (di )?non|evitare)\b.{0,15}"
    r"\b(dar\w*|dir\w*|fornir\w*|comunicar\w*|condivider\w*|scriver\w*)"
    r"|(не (хочу|буду|хотел\w*( бы)?|желаю|стану)|без)\b.{0,20}"
    r"\b(дав\w+|сообщ\w+|называ\w+|говор\w+|указ\w+|писать|дат[уы])"
    r"|(it'?s|that'?s) (private|personal|none of your)|è (privat|personal)\w+|это личн\w+|не ваше дело)",
    re.IGNORECASE,
)


#: Beside a yes, where nothing is under way: "va bene, prenoto".
_BOOKS_IT = re.compile(
    r"\b(book (it|one|that|me)|prenot(o|iamo|i|ate|a|ami|ala|alo)|запис(ывайте|ывай|ываюсь|ываемся))\b",
    re.IGNORECASE,
)
_WHY_NOT = re.compile(
    r"\W*((but|and|ma|e|а|но|и)\s+)?"
    r"(why( not)?( then)?|how come|come mai( no)?|perch[eéè]( no)?|(а )?почему( нет| нельзя| так| не)?)\W*",
    re.IGNORECASE,
)


def parting(message: Message) -> Intent | None:
    """ "Thanks, see you on Friday": the day is no wish, unless a time is what was asked."""
    asks_time = message.asked is not None and message.asked.kind in ("time", "opening")
    if asks_time or not message.names(*TIMES) or message.names("visit_type", "practitioner"):
        return None
    if message.intent not in PARTING and _SEE_YOU_THEN.fullmatch(message.understanding.text):
        return Intent(name="goodbye", confidence=1.0)
    likely = [i for i in message.understanding.intent_ranking if i.name in PARTING]
    if message.intent in PARTING or not likely:
        return message.understanding.intent if message.intent in PARTING else None
    together = sum(i.confidence for i in likely)
    unsure = message.intent in message.assistant.triggers and message.confidence < UNSURE
    return likely[0] if unsure and together > message.confidence - CLOSE else None


def thanks_for_a_reminder(message: Message) -> bool:
    """ "Thanks for the reminder" wants no more of them than there are."""
    said = message.understanding.text
    return message.intent == "opt_in" and _THANKS_FOR_IT.search(said) is not None


def calls_off_what_it_is_about(message: Message) -> bool:
    """ "Cancel it", to a message of ours about a visit: nothing else is under way."""
    if message.active or message.asked_slot or message.intent != "cancel_flow":
        return False
    confirmed = any(said.response in _CONFIRMED for said in message.conversation.said)
    return "cancel_visit" in message.assistant.triggers and (confirmed or _offers(message, "cancel_visit"))


def names_another_day(message: Message) -> bool:
    """ "No, Friday?", to a message of ours about a visit: that one is moved, and no other booked."""
    if message.active or message.asked_slot or MOVE not in message.assistant.triggers:
        return False
    if not _offers(message, MOVE) or not message.names("wish") or message.names("visit_type", "relative"):
        return False
    plainly_books = message.intent == BOOK and message.confidence >= PLAIN
    return message.intent in ("", "deny", "other_openings", BOOK, MOVE, "faq/hours") and not plainly_books


def _offers(message: Message, intent: str) -> bool:
    """Whether a button in view begins what this intent begins."""
    payloads = (button.payload for button in message.conversation.offered)
    return any(re.match(rf"/{intent}(?!\w)", payload) for payload in payloads)


def bit_their_tongue(message: Message) -> bool:
    """ "Mi sono morso la lingua" asks for no other language."""
    return message.intent == "change_language" and _BITTEN.search(message.understanding.text) is not None


def agrees_to_be_booked(message: Message) -> bool:
    """ "Ok, book me in then" wishes for a visit. So does a mere yes to "let's find you a time"."""
    asks_yes = message.asked is not None and message.asked.kind == "yes_no"
    if message.intent != "affirm" or asks_yes or BOOK not in message.assistant.triggers:
        return False
    if any(i.name == BOOK and i.confidence >= _HINTED for i in message.understanding.intent_ranking):
        return True
    if not message.active and not message.asked_slot and _BOOKS_IT.search(message.understanding.text):
        return True
    told = any(said.response == "utter_dentist_has_a_look" for said in message.conversation.said)
    return told and message.asked_kind == "name" and not message.names("person")


def asks_why_not_then(message: Message) -> bool:
    """ "Why not?", said to other times than those that were asked for."""
    on_offer = message.asked_kind == "opening" and "why_not_then" in message.assistant.answers
    return on_offer and _WHY_NOT.fullmatch(message.understanding.text) is not None


def asks_what_for(message: Message) -> bool:
    """ "Why?", said to the question for a name, a number or a date of birth."""
    return message.asked_kind in _PERSONAL and _WHY.fullmatch(message.understanding.text) is not None


def idle_mention(message: Message) -> tuple[Entity, ...]:
    """ "My wife says hi", once it is known who comes: whoever is named so, and nothing follows from it.

    "Yes, and for my son, too" changes nothing either about the one who was named first.
    """
    said = message.understanding
    relative = said.first("relative")
    if relative is None or not message.is_booking() or message.asked_kind in ("", "name"):
        return ()
    people = [e for e in said.entities if e.entity in ("person", "companion")]
    if not message.names("several_people") and is_for(said.text, relative, people):
        return ()
    theirs = [e for e in people if 0 <= e.start - relative.end <= len(", ")]
    return (relative, *theirs)


def is_just_a_name(message: Message) -> bool:
    """First and last name, and nothing else, where a name is asked for."""
    person = message.understanding.first("person")
    told = message.asked_kind == "name" and person is not None and " " in person.text
    return told and message.names_only("person")


def keeps_it_to_themselves(message: Message) -> bool:
    """ "No", "I don't want to give it", said to the question for a name, a number or a date of birth."""
    if message.asked_kind not in _PERSONAL:
        return False
    plain = message.intent == "deny" and message.names_only("yes_no")
    return plain or _RATHER_NOT.search(message.understanding.text) is not None


def corrects_what_was_just_fixed(message: Message) -> bool:
    """ "No sorry, I meant Thursday", right after "You're booked": the visit that now stands is moved."""
    if not _is_right_behind_it(message) or MOVE not in message.assistant.triggers:
        return False
    # "and one for my son on Friday"
    another = message.intent == BOOK and message.confidence >= STRONG
    if another or message.names("relative", "visit_type") or not message.names("wish"):
        return False
    said = message.understanding
    agrees = any(e.entity == "yes_no" and e.value is True for e in said.entities)
    rather = _RATHER.search(said.text) is not None and message.intent in ("affirm", "thanks", "chitchat")
    corrects = message.intent in ("", "deny", "skip", "other_openings", BOOK, MOVE) or (rather and not agrees)
    return corrects and "?" not in said.text


def calls_off_what_was_just_fixed(message: Message) -> bool:
    """ "Never mind, cancel it", right after "You're booked": nothing but that visit is there to call off."""
    if not _is_right_behind_it(message) or CANCEL not in message.assistant.triggers or message.names("wish"):
        return False
    if message.intent != "deny":
        return message.intent == "cancel_flow"
    said = message.understanding
    hinted = any(i.name in (CANCEL, "cancel_flow") and i.confidence >= _HINTED for i in said.intent_ranking)
    return hinted or _RATHER.search(said.text) is not None  # "no" alone wants nothing more


def is_of_its_own_day(message: Message) -> bool:
    """ "Could we make it 11?", right behind "You're booked": on the day of that visit."""
    if not _is_right_behind_it(message) or message.intent != MOVE:
        return False
    wish = message.understanding.first("wish")
    hours = wish is not None and isinstance(wish.value, Mapping) and bool(wish.value.get("part"))
    return hours and wish is not None and not wish.value.get("windows")


def _is_right_behind_it(message: Message) -> bool:
    return not (message.active or message.asked_slot) and was_just_fixed(message.conversation)


def wants_one_more(message: Message) -> bool:
    """ "And for my husband?", right after "You're booked": words that mean little elsewhere."""
    if message.active or message.asked_slot or not message.names("one_more"):
        return False
    return BOOK in message.assistant.triggers and any(
        said.response in _BOOKED for said in message.conversation.said
    )


def is_for_something_else(message: Message) -> bool:
    """ "None of those, a filling", "I said a filling": what the visit is for is not listed."""
    if message.asked_kind != "visit_type":
        return False
    slot = message.assistant.slots[message.asked_slot] if message.asked_slot else None
    takes_it = slot is not None and any(SOMETHING_ELSE in mapping.intents for mapping in slot.mappings)
    if not takes_it or message.names("visit_type"):
        return False
    flow = message.assistant.triggers.get(message.intent)
    says_again = message.confidence < PLAIN and AS_I_SAID.search(message.understanding.text) is not None
    told_else = message.names(*TIMES, *ASKED_ABOUT, "person")
    denies = denied_trouble(message.understanding.text) or denied_visit(message.understanding.text)
    asks_again = flow in message.active[:1] and not told_else and not denies
    return message.intent in ("other_openings", "deny", "skip") or says_again or asks_again


def insists(message: Message) -> bool:
    """ "Yes, move it", "but I booked by phone", where a visit cannot be looked up before it is answered."""
    if message.asked_kind != "birth_date":
        return False
    flow = message.assistant.triggers.get(message.intent)
    same = message.intent in OF_STANDING_VISITS and flow in message.active[:1]
    looks_up = any(message.assistant.triggers.get(i) in message.active[:1] for i in OF_STANDING_VISITS)
    return same or (looks_up and message.intent == "my_appointments")


def is_day_for_what_is_under_way(message: Message) -> bool:
    """ "Monday afternoon" and nothing else, where the active flow has a use for it, begins no other."""
    slots, triggers = message.assistant.slots, message.assistant.triggers
    if not message.active or message.intent not in triggers or not message.names_only(*TIMES):
        return False
    return any(kind_of(slots[name]) == "time" for name in message.assistant.fills[message.active[0]])


def drops_what_is_booked(message: Message) -> bool:
    """A bare "cancel" while a visit is being arranged: nothing stands yet."""
    said = message.understanding.text
    return message.intent == "cancel_visit" and message.is_booking() and bool(_CANCEL.fullmatch(said))


def turns_down_nothing(message: Message) -> bool:
    """ "Other times", before any were offered, or where it is told which."""
    early = message.asked_kind in _BEFORE_AN_OFFER or message.wishes_by_another_time()
    return message.intent == "other_openings" and early


def turns_down_what_is_offered(message: Message) -> bool:
    """ "No, not those"; "11:30 is too late" is said of what is on offer, and of no delay."""
    if message.asked_kind != "opening":
        return False
    late = message.intent == "running_late" and message.names(*TIMES) and not message.names("minutes")
    return late or message.intent == "deny"


def changes_what_is_offered(message: Message) -> bool:
    """ "Could we make it Thursday?", which names what it should be."""
    return _moves_what_is_offered(message) and message.names(*TIMES, *ASKED_ABOUT)


def wants_other_offers(message: Message) -> bool:
    """ "Can it be changed?" Said plainly, it is a visit that stands: "I'd like to move my appointment"."""
    return _moves_what_is_offered(message) and message.confidence < PLAIN


def _moves_what_is_offered(message: Message) -> bool:
    return message.intent == MOVE and message.is_on_offer()


def asks_for_somebody(message: Message) -> bool:
    """ "Do you have anything with Bianchi?" asks for no colleague, and not who works here."""
    if not message.names("practitioner"):
        return False
    if message.intent == "human":
        return message.confidence < STRONG
    return bool(message.active) and message.intent == "faq/practitioners" and message.confidence < PLAIN


def greets_first(message: Message) -> bool:
    """ "Ciao", before anything was said, takes no leave."""
    nothing_yet = not (message.active or message.conversation.said)
    return nothing_yet and message.intent == "goodbye" and bool(_CIAO.fullmatch(message.understanding.text))


def chooses_with_a_doubt(message: Message) -> bool:
    """ "The second, I think", "the first one I guess": a choice, and neither put off nor a question."""
    doubtful = message.intent in ("think_it_over", "faq/first_visit", "other_openings", "deny", "skip")
    listed = message.asked_kind in ("visit_type", "opening") and message.names("choice")
    said = message.understanding.text
    return listed and doubtful and "?" not in said and _THINKS_IT_OVER.search(said) is None


def thinks_it_over(message: Message) -> bool:
    said = message.understanding
    if not message.asked_slot or any(e.entity != "yes_no" for e in said.entities):
        return False
    if said.details.get("withheld") == "later" and message.asked is not None:  # "ok wait"
        return message.asked.kind == "yes_no" and "?" not in said.text
    return message.confidence < STRONG and _THINKS_IT_OVER.search(said.text) is not None


def means_a_visit(message: Message) -> bool:
    """ "First visit, not before four" asks for one, whatever else it resembles."""
    if (
        message.intent in _MISTAKEN_FOR_A_REFUSAL
        and message.names("visit_type")
        and _refuses_somebody(message)
    ):
        return message.visit_flow() is not None
    question = message.intent.startswith("faq/") and "?" in message.understanding.text
    if message.names("visit_type"):
        limit = _MISTAKEN_FOR_A_VISIT.get(message.intent, 0.0)
        mistaken = message.names(*TIMES) and message.confidence < (min(limit, STRONG) if question else limit)
    else:
        mistaken = message.confidence < _MISTAKEN_FOR_A_DAY.get(message.intent, 0.0)
    return mistaken and message.visit_flow() is not None


def _refuses_somebody(message: Message) -> bool:
    named = [e.value for e in message.understanding.entities if e.entity == "practitioner"]
    return any(isinstance(value, str) and value.startswith(REFUSED) for value in named)
