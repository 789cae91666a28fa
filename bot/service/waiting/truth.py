"""What a patient who waits for a person hears when nobody came by the moment that was promised.

Fixed texts, since nothing of a flow may stand in their way: an apology with three ways on, and the answers to
those. The choices are ours alone: no flow sees them.
"""

from collections.abc import Mapping

from bot.domain.conversation import Choice, Reply

KEEP_WAITING, CALL, GO_ON = "promise:wait", "promise:call", "promise:go_on"
CHOICES = (KEEP_WAITING, CALL, GO_ON)
#: "Yes, go on", to whether all is well after an alarm that was taken back (flow format, 17.4).
SAFE = "promise:safe"
WAYS_BACK = (GO_ON, SAFE)

_SORRY = {
    "en": "I'm sorry: nobody has been able to answer you yet. Your message is still with my colleagues. If"
    " you prefer, call {practice_phone}, or go on here with me, the automated assistant.",
    "it": "Mi dispiace: nessuno è ancora riuscito a risponderLe. La Sua richiesta resta ai miei colleghi. Se"
    " preferisce, chiami il {practice_phone}, oppure continui qui con me, l'assistente automatico.",
    "ru": "Извините: пока никто не смог вам ответить. Ваше сообщение остаётся у сотрудников. Если удобнее,"
    " позвоните по номеру {practice_phone} или продолжите здесь со мной, автоматическим помощником.",
}
_SORRY_ALL_THE_SAME = {
    "en": "I'm sorry: nobody has been able to answer you yet. Your message is still with my colleagues. If"
    " you prefer, call {practice_phone}.",
    "it": "Mi dispiace: nessuno è ancora riuscito a risponderLe. La Sua richiesta resta ai miei colleghi. Se"
    " preferisce, chiami il {practice_phone}.",
    "ru": "Извините: пока никто не смог вам ответить. Ваше сообщение остаётся у сотрудников. Если удобнее,"
    " позвоните по номеру {practice_phone}.",
}
_TITLES = {
    "en": ("I'll keep waiting", "I'd rather call", "Go on with you"),
    "it": ("Aspetto ancora", "Preferisco chiamare", "Continuo con Lei"),
    "ru": ("Подожду ещё", "Лучше позвоню", "Продолжить с вами"),
}
_THANKS = {
    "en": "Thank you for your patience. A colleague will answer you here {staff_when}.",
    "it": "Grazie della pazienza. Un collega Le risponderà qui {staff_when}.",
    "ru": "Спасибо за терпение. Сотрудник ответит вам здесь {staff_when}.",
}
_NUMBER = {
    "en": "Our number is {practice_phone} ({opening_hours}). Your message stays with my colleagues as well.",
    "it": "Il nostro numero è {practice_phone} ({opening_hours}). La Sua richiesta resta comunque ai miei"
    " colleghi.",
    "ru": "Наш номер: {practice_phone} ({opening_hours}). Ваше сообщение при этом остаётся у сотрудников.",
}


def apology(language: str, facts: Mapping[str, str], *, alone: bool = True) -> Reply:
    """Payloads are the words above: they become tokens before they leave the house. Where the assistant may
    not answer `alone` there is no going on with it."""
    texts = _SORRY if alone else _SORRY_ALL_THE_SAME
    text = texts.get(language, texts["en"]).format_map(facts)
    return Reply(text=text, choices=ways_on(language, alone=alone))


def ways_on(language: str, *, alone: bool = True) -> tuple[Choice, ...]:
    titles = _TITLES.get(language, _TITLES["en"])
    return tuple(
        Choice(title=title, payload=payload)
        for title, payload in zip(titles, CHOICES, strict=True)
        if alone or payload != GO_ON
    )


def named(text: str) -> str | None:
    """The choice whose title this is, typed instead of tapped. Words of one's own: see going_on."""
    said = text.strip().strip(".!").casefold()
    for titles in _TITLES.values():
        for title, choice in zip(titles, CHOICES, strict=True):
            if title.casefold() == said:
                return choice
    return None


def answer(choice: str, language: str, facts: Mapping[str, str]) -> Reply:
    """To who keeps waiting (`staff_when` among the facts), or would rather call."""
    texts = _THANKS if choice == KEEP_WAITING else _NUMBER
    return Reply(text=texts.get(language, texts["en"]).format_map(facts))
