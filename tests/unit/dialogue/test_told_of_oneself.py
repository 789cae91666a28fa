"""What people tell of themselves beside a yes leaves it one; what puts it off, or adds to it, does not."""

import pytest

from bot.dialogue.told_of_oneself import tells_of_oneself


@pytest.mark.parametrize(
    "said",
    [
        *("yes, I can't make it", "yes please, I'm ill", "ok I'll be there", "yes, I'll tell my boss"),
        *("yes sorry, something came up", "Yes I'm free then", "yes because we're away"),
        *("sì, sono malata", "sì purtroppo devo lavorare", "sì, me lo segno", "ok ci sarò", "si posso"),
        *("да, заболела", "да, я работаю", "да, не смогу прийти", "да, скажу начальнику", "хорошо, буду"),
    ],
)
def test_a_reason_or_a_comment_is_no_more_than_a_yes(said: str) -> None:
    assert tells_of_oneself(said, calls_off=True)


@pytest.mark.parametrize(
    "said",
    [
        *("yes, I'll call later", "ok I'll let you know", "yes I'll check my diary", "yes, I need two"),
        *("yes, I think", "yes but I have no car", "yes, I'd like another", "yes, I'm coming, is that ok?"),
        *(
            "sì, poi richiamo",
            "sì Le faccio sapere",
            "sì, ho bisogno anche di una pulizia",
            "sì, sono in due",
        ),
        *("да, я подумаю", "да, спрошу у мужа", "да, потом позвоню", "да, мне и сыну", "ок, я сообщу"),
        *("how do I get there", "I'm ill", "yes my son's too and his sister's"),
    ],
)
def test_what_puts_it_off_or_adds_to_it_is_none(said: str) -> None:
    assert not tells_of_oneself(said, calls_off=True)


@pytest.mark.parametrize(
    "said",
    [
        *("ok I can't make it then", "yes, I won't be there", "ok, I'm busy then", "ok we're away that day"),
        *("ok non posso", "va bene, non riesco", "sì, sono malata", "ok, lavoro quel giorno"),
        *("да, не могу", "хорошо, я занята", "ладно, я работаю", "да, заболела"),
    ],
)
def test_who_cannot_come_has_not_said_yes_to_a_time(said: str) -> None:
    assert not tells_of_oneself(said, calls_off=False)


@pytest.mark.parametrize(
    "said",
    [
        *(
            "yes I'm free then",
            "ok I'll be there",
            "yes, I'll tell my boss",
            "yes, I'll put it in my calendar",
        ),
        *("sì posso", "sì, me lo segno", "ok ci sarò", "да, я свободна", "да, приду", "да, скажу начальнику"),
    ],
)
def test_whom_it_suits_has_said_yes_to_it(said: str) -> None:
    assert tells_of_oneself(said, calls_off=False)
