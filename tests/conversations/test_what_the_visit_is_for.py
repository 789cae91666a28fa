"""A patient who is asked what the visit is for answers in their own words."""

from conversation_kit import House, Patient

NO_KIND = {
    "en": [
        "just check it",
        "a quick look",
        "not sure, what do you suggest?",
        "as usual",
        "The denture, as I said.",
    ],
    "it": ["una controllatina", "solo un'occhiata", "non so, cosa mi consiglia?", "la corona"],
    "ru": ["просто посмотреть", "не знаю, что посоветуете?", "как обычно", "коронка"],
}
HAVE_A_LOOK = {"en": "has a look", "it": "Il dentista guarda", "ru": "Врач посмотрит"}
INSURANCE = {"en": "insurance", "it": "assicura", "ru": "страхов"}
FIRST = {"en": "the first one I guess", "it": "la prima direi", "ru": "наверное первое"}
ONE_NOT_THE_OTHER = {
    "en": ["cleaning, not check-up", "actually not a check-up, cleaning"],
    "it": ["pulizia, non controllo", "non mi serve il controllo, la pulizia", "anzi pulizia non controllo"],
    "ru": ["чистка зубов, не осмотр", "не на осмотр, а на гигиену"],
}
CHECK_UP_ONLY = {"en": "check-up, not cleaning", "it": "controllo, non pulizia", "ru": "осмотр, не гигиена"}
TWO = {
    "en": "cleaning and check-up together",
    "it": "pulizia e controllo insieme",
    "ru": "гигиена и осмотр вместе",
}
INSURED = {
    "en": "do you take insurance? and I'd like a check-up on Friday",
    "it": "avete posto venerdì per un controllo? e accettate assicurazioni?",
    "ru": "вы работаете со страховкой? и хочу осмотр в пятницу",
}


async def to_the_kind(anna: Patient, words: dict[str, str]) -> None:
    await anna.says(words["book"])
    await anna.says(words["name"])


async def test_who_names_no_kind_is_put_down_for_a_look_and_told_so(
    house: House, words: dict[str, str], language: str
) -> None:
    for number, said in enumerate(NO_KIND[language]):
        patient = house.patient(f"patient {number}")
        await to_the_kind(patient, words)
        await patient.says(said)

        assert patient.slots["visit_type"] == "first_visit", said
        assert HAVE_A_LOOK[language] in patient.text, said
        assert not patient.handed_over


async def test_the_first_of_the_list_may_be_chosen_with_a_doubt(
    anna: Patient, words: dict[str, str], language: str
) -> None:
    await to_the_kind(anna, words)
    await anna.says(FIRST[language])

    assert anna.slots["visit_type"] == "first_visit"
    assert len(anna.sees) == 1


async def test_what_stands_behind_a_not_drops_out(house: House, words: dict[str, str], language: str) -> None:
    cases = [(said, "cleaning") for said in ONE_NOT_THE_OTHER[language]]
    for number, (said, kind) in enumerate([*cases, (CHECK_UP_ONLY[language], "first_visit")]):
        patient = house.patient(f"patient {number}")
        await to_the_kind(patient, words)
        await patient.says(said)

        assert patient.slots["visit_type"] == kind, said


async def test_of_two_kinds_neither_is_lost(anna: Patient, words: dict[str, str], language: str) -> None:
    await to_the_kind(anna, words)
    await anna.says(TWO[language])

    assert {anna.slots["visit_type"], anna.slots["next_visit"]} == {"first_visit", "cleaning"}


async def test_a_question_beside_the_wish_is_answered_and_the_booking_goes_on(
    anna: Patient, language: str
) -> None:
    await anna.says(INSURED[language])

    assert INSURANCE[language] in anna.text
    assert anna.conversation.stack[0].flow_id == "new_patient_consult"
    assert anna.slots["visit_type"] == "first_visit"
