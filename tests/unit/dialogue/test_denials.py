"""What is denied is not so, in three languages; what is left of trouble lets no denial count."""

import pytest

from bot.dialogue.denials import denied_trouble, denied_visit


@pytest.mark.parametrize(
    "said",
    [
        "no pain at all",
        "I don't have any pain",
        "it doesn't hurt",
        "the bleeding has stopped, I just want a check-up",
        "nothing urgent, whenever you have an evening",
        "tooth out yesterday, no bleeding, no fever, just want a check tomorrow",
        "tolto ieri, niente sangue, niente febbre, vorrei solo un controllo",
        "удалили вчера, крови нет, температуры нет, просто осмотр",
        "non ho dolore",
        "dente devitalizzato? non mi fa male",
        "il sangue si è fermato",
        "niente di urgente, quando avete una sera",
        "ничего не болит",
        "боли нет",
        "кровь остановилась",
        "ничего срочного",
    ],
)
def test_no_pain_and_no_hurry_are_heard(said: str) -> None:
    assert denied_trouble(said)


@pytest.mark.parametrize(
    "said",
    [
        "no pain but it's bleeding",
        "no painkiller helps",
        "it hurts, no rush",
        "it doesn't hurt unless I bite",
        "tooth fell out, no pain",
        "the pain doesn't go away",
        "non mi fa male, solo quando mastico",
        "il dolore non passa",
        "non mi fa dormire",
        "не болит, но опухла щека",
        "не болит когда не трогаю",
        "боль не проходит",
    ],
)
def test_what_is_left_of_trouble_is_no_denial(said: str) -> None:
    assert not denied_trouble(said)


@pytest.mark.parametrize(
    "said",
    [
        "I don't have any appointment yet",
        "I have no appointment",
        "I never booked anything",
        "non ho ancora nessun appuntamento",
        "non ho nessuna visita",
        "non ho ancora prenotato niente",
        "у меня ещё нет записи",
        "я ещё не записан",
        "записи пока нет",
    ],
)
def test_who_has_no_visit_yet_is_heard(said: str) -> None:
    assert denied_visit(said)


@pytest.mark.parametrize(
    "said",
    [
        "I can't make my appointment",
        "I haven't received my appointment",
        "I don't want the appointment",
        "non ho più bisogno dell'appuntamento",
        "non ho ricevuto l'appuntamento",
        "у меня запись в среду",
        "не помню, когда у меня приём",
    ],
)
def test_a_visit_that_stands_is_not_denied(said: str) -> None:
    assert not denied_visit(said)
