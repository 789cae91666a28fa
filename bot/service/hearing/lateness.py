"""Messages that reach us long after they were written: after days out of reach Meta delivers all of them.

Who wrote five times in those days gets one answer, which knows that it is late, and a person to look at what
is still to be done: answers to each, to words of another day ("tomorrow at ten"), would be worse than none.
What comes in later of the same days belongs to that answer. An emergency among them is answered as ever.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.conversation import Reply
from bot.domain.pipeline import OWN_KINDS, QUEUE, InboxMessage, Snapshot, is_person
from bot.service.waiting.truth import ways_on

#: So old, a message is late; younger ones are answered as if nothing had been.
LATE = timedelta(hours=6)

_SORRY = {
    "en": "I'm sorry: we could not receive messages for some time, and yours reached us only now. A"
    " colleague will read it and answer you here {staff_when}. If it can't wait, call"
    " {practice_phone}.{or_here}",
    "it": "Mi dispiace: per qualche tempo non abbiamo potuto ricevere messaggi e il Suo ci è arrivato solo"
    " ora. Un collega lo leggerà e Le risponderà qui {staff_when}. Se non può aspettare, chiami il"
    " {practice_phone}.{or_here}",
    "ru": "Извините: какое-то время мы не могли получать сообщения, и ваше пришло к нам только сейчас."
    " Сотрудник прочитает его и ответит вам здесь {staff_when}. Если это срочно, позвоните:"
    " {practice_phone}.{or_here}",
}
_OR_HERE = {
    "en": " Or go on here with me, the automated assistant.",
    "it": " Oppure continui qui con me, l'assistente automatico.",
    "ru": " Или продолжите здесь со мной, автоматическим помощником.",
}


def late_ones(snapshot: Snapshot, *, at: datetime, late: timedelta = LATE) -> tuple[InboxMessage, ...]:
    """What waits of long ago, if that comes first; () where a person has the conversation, or a turn has
    begun: then all goes its usual way. So does what somebody has tried again."""
    if is_person(snapshot.owner) or snapshot.begun or snapshot.draft:
        return ()
    taken: list[InboxMessage] = []
    for message in snapshot.pending:
        if message.kind in OWN_KINDS or message.replays or at - message.sent_at < late:
            break
        taken.append(message)
    if snapshot.owner == QUEUE and not is_answered(snapshot, taken):
        return ()
    return tuple(taken)


def is_answered(snapshot: Snapshot, messages: Sequence[InboxMessage]) -> bool:
    """Whether the one late answer went out after all of these had been written."""
    told = snapshot.told_late_at
    return told is not None and all(message.sent_at <= told for message in messages)


def sorry(language: str, facts: Mapping[str, str], *, alone: bool) -> Reply:
    """With three ways on, whose payloads become tokens before they leave the house. Where the assistant may
    not answer `alone` there is no going on with it."""
    or_here = _OR_HERE.get(language, _OR_HERE["en"]) if alone else ""
    text = _SORRY.get(language, _SORRY["en"]).format_map({**facts, "or_here": or_here})
    return Reply(text=text, choices=ways_on(language, alone=alone))
