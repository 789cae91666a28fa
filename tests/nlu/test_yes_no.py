"""Yes, no, and what only looks like either."""

import pytest

from tests.nlu.conftest import Read, value

YES = {
    "it": "sì|si|Sì!|SI|si si|sì grazie|si grazie|certo|va bene|va benissimo|ok|ok va bene|okk|"
    "perfetto|perfetto grazie|confermo|sì confermo|d'accordo|esatto|giusto|👍|👍🏻|✅|👌|"
    "volentieri|direi di sì|assolutamente sì|certo che sì|per me va bene|benissimo|sii|"
    "ok grazie|va bene così|sì, tutto corretto|proceda pure|ottimo|sì per favore|"
    "siii|sisisi|ma sì|e sì|daje|vabbene|certoo|va benee|perfettoo grazie",
    "en": "yes|Yes!|yep|yup|yeah|sure|sure thing|ok|okay|k|of course|yes please|sounds good|"
    "that's right|correct|that works|works for me|perfect|great thanks|absolutely|go ahead|"
    "confirm|I confirm|👍|fine|that's fine|yes yes|yesss|y|alright|book it|yes, that's correct|"
    "yas|yeh|mhm|fine by me|yess|suree|okayy thanks",
    "ru": "да|Да!|ага|угу|конечно|да конечно|хорошо|ок|окей|ладно|подходит|мне подходит|согласна|"
    "верно|всё верно|подтверждаю|давайте|да, давайте|отлично|да пожалуйста|👍|записывайте|даа|"
    "+|da|дааа|дадада|агась|агаа|угуу|ага давайте|конешно|канешна|ладненько|хорошоо|давайтее|ок конечноо",
}
NO = {
    "it": "no|No!|no grazie|no, grazie|meglio di no|non va bene|non mi va bene|direi di no|"
    "non confermo|noo|no no|assolutamente no|👎|❌|non è corretto|no mi dispiace|purtroppo no|"
    "per ora no|per ora noo|no graziee",
    "en": "no|nope|nah|no thanks|no thank you|not really|no way|that's wrong|I don't think so|"
    "not yet|nooo|👎|unfortunately not|better not|no, sorry|nopee",
    "ru": "нет|не|неа|нет, спасибо|не надо|не нужно|нет не надо|не подходит|неверно|не согласна|"
    "ни в коем случае|к сожалению нет|👎|неет|нетт",
}
NEITHER = {
    "it": "si può prenotare?|si muove il dente|si paga subito?|come si arriva|non si preoccupi|"
    "quando si può|grazie|vorrei un appuntamento|si è rotto un dente|si trova parcheggio?|sì?|"
    "va bene il bancomat?|non lo so|boh|si accettano carte?|sì ma alle 11|ok però non martedì",
    "en": "can I book?|thanks|I don't know|right side tooth hurts|is it ok to eat before?|"
    "too|see|all|yes but at 11|no idea|ok, but can we do Tuesday|maybe|good morning",
    "ru": "можно записаться?|спасибо|не знаю|так болит зуб|да, но в 11|можно ли оплатить картой|"
    "не могу дышать|хорошо ли видно зуб?",
}


def _each(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(language, text) for language, texts in table.items() for text in texts.split("|")]


@pytest.mark.parametrize(("language", "text"), _each(YES))
def test_a_patient_agrees(read: Read, language: str, text: str) -> None:
    understood = read(text, asking="yes_no", language=language)

    assert value(understood, "yes_no") is True
    assert understood.intent is not None and understood.intent.name == "affirm"


@pytest.mark.parametrize(("language", "text"), _each(NO))
def test_a_patient_declines(read: Read, language: str, text: str) -> None:
    understood = read(text, asking="yes_no", language=language)

    assert value(understood, "yes_no") is False
    assert understood.intent is not None and understood.intent.name == "deny"


@pytest.mark.parametrize(("language", "text"), _each(NEITHER))
def test_a_patient_says_neither_yes_nor_no(read: Read, language: str, text: str) -> None:
    assert value(read(text, asking="yes_no", language=language), "yes_no") is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("no, meglio giovedì", False),
        ("no giovedì", False),
        ("sì, martedì alle 10 va bene", True),
        ("no, Thursday is better", False),
        ("yes, Tuesday at 10", True),
        ("нет, лучше в четверг", False),
        ("да, во вторник", True),
    ],
)
def test_an_answer_comes_with_a_time(read: Read, text: str, answer: bool) -> None:
    understood = read(text, asking="yes_no")

    assert value(understood, "yes_no") is answer
    assert understood.first("time") is not None


@pytest.mark.parametrize(
    ("text", "intent"), [("ok grazie", "thanks"), ("ok thanks", "thanks"), ("хорошо спасибо", "thanks")]
)
def test_ok_thanks_is_thanks_when_nothing_was_asked(read: Read, text: str, intent: str) -> None:
    understood = read(text)

    assert understood.intent is not None and understood.intent.name == intent


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("it", "sì cioè no"),
        ("it", "ok ho cambiato idea"),
        ("en", "ok wait no"),
        ("en", "yes I changed my mind"),
        ("ru", "да нет наверное"),
        ("ru", "да хотя нет не могу"),
    ],
)
def test_a_yes_that_is_taken_back_is_a_no(read: Read, language: str, text: str) -> None:
    assert value(read(text, asking="yes_no", language=language), "yes_no") is False


@pytest.mark.parametrize(
    ("language", "text", "why"),
    [
        ("it", "ok un attimo", "later"),
        ("it", "perfetto, aspetti", "later"),
        ("it", "sì se non si paga", "condition"),
        ("it", "va bene martedì, purché non si paghi", "condition"),
        ("it", "sì, se possibile con la dottoressa", "condition"),
        ("en", "ok wait", "later"),
        ("en", "sure, but let me check my diary first", "later"),
        ("en", "yes, only if it doesn't hurt", "condition"),
        ("en", "yes, Tuesday is fine as long as there is a lift", "condition"),
        ("ru", "ок минутку", "later"),
        ("ru", "ок если к женщине", "condition"),
        ("ru", "да, если можно с ребёнком", "condition"),
        ("de", "ja, wenn es nichts kostet", "condition"),
        ("de", "ok, einen Moment", "later"),
    ],
)
def test_a_yes_that_is_put_off_or_tied_is_none(read: Read, language: str, text: str, why: str) -> None:
    languages = ("it", "en", "ru", "de") if language == "de" else ("it", "en", "ru")
    understood = read(text, asking="yes_no", language=language, languages=languages)

    assert value(understood, "yes_no") is None
    assert understood.details["withheld"] == why


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("it", "sì anche se preferivo la mattina"),
        ("it", "sì mi dica se devo portare qualcosa"),
        ("it", "sì, se ritardo vi avviso"),
        ("it", "sì aspetto conferma"),
        ("en", "yes if possible"),
        ("en", "yes even if it's early"),
        ("en", "yes no problem"),
        ("en", "ok can't wait"),
        ("en", "yes. If I am late I'll call"),
        ("ru", "да, нет возражений"),
        ("ru", "да, если что позвоню"),
        ("ru", "да не вопрос"),
    ],
)
def test_a_yes_stands_beside_an_if_that_is_none(read: Read, language: str, text: str) -> None:
    understood = read(text, asking="yes_no", language=language)

    assert value(understood, "yes_no") is True
    assert "withheld" not in understood.details
