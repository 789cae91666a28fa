"""Whom a patient wishes for, and whom not: it is heeded, or said why not."""

from conversation_kit import Patient, to_the_confirmation, to_the_offer

from bot.domain.diary import Opening

Words = dict[str, str]

NOT_WITH_ROSSI = {"it": "sì ma non con Rossi", "en": "yes but not with Rossi", "ru": "да но не к Росси"}
ANYBODY_BUT = {"it": "chiunque tranne Rossi", "en": "anyone but Dr Rossi", "ru": "к кому угодно, кроме Росси"}
NOT_BIANCHI = {"it": "non con Bianchi però", "en": "but not with Bianchi", "ru": "только не к Бьянки"}
BIANCHI_NOT_ROSSI = {
    "it": "con Bianchi, non Rossi",
    "en": "with Bianchi, not Rossi",
    "ru": "к Бьянки, не к Росси",
}
WITH_BIANCHI = {"it": "con Bianchi per favore", "en": "with Bianchi please", "ru": "к Бьянки, пожалуйста"}
MONDAY_MORNING = {
    "it": "lunedì 9 mattina",
    "en": "Monday 9 March in the morning",
    "ru": "в понедельник 9 марта утром",
}
A_CLEANING = {
    "it": "una pulizia, sono Anna Verdi, non con Rossi",
    "en": "a cleaning, not with Rossi, my name is Anna Green",
    "ru": "чистка зубов, только не к Росси, меня зовут Анна Зелёная",
}
CHANGED = {"it": "ho corretto", "en": "I've changed that", "ru": "исправил"}
ONLY = {"it": "solo con dott. Marco Rossi", "en": "only with dott. Marco Rossi", "ru": "только у одного"}


def practitioners(anna: Patient) -> set[str]:
    return {Opening.parse_ref(ref).practitioner for ref in anna.slots["openings_on_offer"]}


async def test_not_with_rossi_at_the_confirmation_offers_everybody_else(
    anna: Patient, words: Words, language: str
) -> None:
    await to_the_confirmation(anna, words)
    assert "Rossi" in anna.text
    await anna.says(NOT_WITH_ROSSI[language])

    assert practitioners(anna) == {"bianchi"}
    assert CHANGED[language] not in anna.text
    assert "dott. Marco Rossi" in anna.text


async def test_anybody_but_rossi_stays_so_among_other_times(
    anna: Patient, words: Words, language: str
) -> None:
    await to_the_offer(anna, words)
    await anna.says(ANYBODY_BUT[language])
    first = set(anna.openings)
    await anna.taps(words["others"])

    assert practitioners(anna) == {"bianchi"}
    assert first.isdisjoint(anna.openings)


async def test_one_wished_for_outweighs_one_refused(anna: Patient, words: Words, language: str) -> None:
    await to_the_offer(anna, words)
    await anna.says(BIANCHI_NOT_ROSSI[language])

    assert anna.slots["practitioner"] == "bianchi"
    assert practitioners(anna) == {"bianchi"}


async def test_refusing_who_was_not_offered_keeps_the_time(
    anna: Patient, words: Words, language: str
) -> None:
    await to_the_confirmation(anna, words)
    chosen, question = anna.slots["opening"], anna.text
    await anna.says(NOT_BIANCHI[language])

    assert (anna.slots["opening"], anna.text) == (chosen, question)


async def test_where_nobody_else_does_it_that_is_said(anna: Patient, words: Words, language: str) -> None:
    await anna.says(A_CLEANING[language])
    await anna.taps(words["soon"])

    assert practitioners(anna) == {"rossi"}
    assert ONLY[language] in anna.text


async def test_a_wished_dentist_who_is_not_there_then_is_said(
    anna: Patient, words: Words, language: str
) -> None:
    await to_the_offer(anna, words)
    await anna.says(WITH_BIANCHI[language])
    await anna.says(MONDAY_MORNING[language])

    assert practitioners(anna) == {"bianchi"}
    assert "dott.ssa Livia Bianchi" in anna.text


async def test_other_times_are_no_change(anna: Patient, words: Words, language: str) -> None:
    await to_the_confirmation(anna, words)
    another = {"it": "va bene ma un altro giorno", "en": "okay I'd rather come another day"}
    await anna.says(another.get(language, "ладно, в другой день"))

    assert CHANGED[language] not in anna.text
    assert anna.openings
