"""Who is this, do you take new patients, I work nearby: small questions, and not those of strangers."""

import pytest
from visit_words import anna_with_a_visit, words_of_visits

from bot.testing import Patient, Surgery

Words = dict[str, str]

WHO = {
    "it": ("salve, chi è?", "ma chi siete?"),
    "en": ("hello, who is this?", "sorry who's this"),
    "ru": ("здравствуйте, а кто это?", "вы кто?"),
}
ASSISTANT = {"it": "assistente automatico", "en": "automated assistant", "ru": "автоматический помощник"}
WRONG_NUMBER = {"it": "avete sbagliato numero", "en": "wrong number", "ru": "вы ошиблись номером"}
NEW_PATIENTS = {
    "it": ("prendete nuovi pazienti", "accettate nuovi pazienti?"),
    "en": ("are you taking new patients?", "do you accept NHS new patients"),
    "ru": ("принимаете новых пациентов", "берёте новых пациентов?"),
}
WELCOME = {
    "it": "nuovi pazienti sono benvenuti",
    "en": "ew patients are welcome",
    "ru": "овым пациентам мы рады",
}
NEARBY = {
    "it": ("lavoro in zona", "lavoro qui vicino"),
    "en": ("I work nearby", "I work round the corner from you"),
    "ru": ("работаю рядом", "я работаю недалеко от вас"),
}
NOT_FAR = {"it": "comodo per Lei", "en": "isn't far", "ru": "недалеко"}
JOB = {"it": "cercate personale?", "en": "do you have any job openings?", "ru": "есть у вас вакансии?"}
YES = {"it": "sì", "en": "yes", "ru": "да"}
NAME = {"en": "first and last name", "it": "nome e cognome", "ru": "имя и фамилию"}

words = words_of_visits
anna = anna_with_a_visit


@pytest.mark.parametrize("number", range(2))
async def test_who_is_this_behind_a_message_about_a_visit(
    anna: Patient, words: Words, language: str, number: int
) -> None:
    await anna.says(words["when is"])
    await anna.says(WHO[language][number])

    assert ASSISTANT[language] in anna.sees.text
    assert words["thursday at"] in anna.sees.text


@pytest.mark.parametrize("number", range(2))
async def test_who_is_this_at_first_names_the_practice_and_no_visit(
    surgery: Surgery, language: str, number: int
) -> None:
    patient = surgery.patient()
    await patient.says("ok" if language == "en" else YES[language])
    await patient.says(WHO[language][number])

    assert ASSISTANT[language] in patient.sees.text


async def test_a_wrong_number_stays_one(surgery: Surgery, language: str) -> None:
    patient = surgery.patient()
    await patient.says(WRONG_NUMBER[language])

    assert NOT_FAR[language] not in patient.sees.text
    assert not patient.sees.titles


@pytest.mark.parametrize("number", range(2))
async def test_new_patients_are_welcome_and_booked_by_a_yes(
    surgery: Surgery, language: str, number: int
) -> None:
    patient = surgery.patient()
    await patient.says(NEW_PATIENTS[language][number])
    told = patient.sees.text
    await patient.says(YES[language])

    assert WELCOME[language] in told
    assert NAME[language] in patient.sees.text


@pytest.mark.parametrize("number", range(2))
async def test_who_works_nearby_looks_for_no_work(surgery: Surgery, language: str, number: int) -> None:
    patient = surgery.patient()
    await patient.says(NEARBY[language][number])

    assert NOT_FAR[language] in patient.sees.text


async def test_who_looks_for_work_still_does(surgery: Surgery, language: str) -> None:
    patient = surgery.patient()
    await patient.says(JOB[language])

    assert "@" in patient.sees.text or "+39" in patient.sees.text
    assert NOT_FAR[language] not in patient.sees.text


WISHES = [
    ("en", "I'd like to register as a new patient"),
    ("it", "vorrei registrarmi come nuovo paziente"),
    ("ru", "запишите меня как нового пациента"),
    ("en", "do you take new patients? I need a check-up on Friday"),
]


@pytest.mark.parametrize(("tongue", "said"), WISHES)
async def test_a_new_patient_with_a_wish_is_booked(surgery: Surgery, tongue: str, said: str) -> None:
    seen = await surgery.patient().says(said)

    assert NAME[tongue] in seen[-1].text
