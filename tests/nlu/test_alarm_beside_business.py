"""An emergency beside ordinary business, in a sentence of its own or in the same one."""

from datetime import datetime

import pytest

from nlu.interpreter import OfflineInterpreter
from nlu.understanding import Context

CONTEXT = Context(now=datetime(2026, 3, 2, 8), languages=("en", "it", "ru"))


@pytest.mark.parametrize(
    "text",
    [
        "what are your opening hours? I have chest pain",
        "how much is a whitening and do you take cards? my husband is unconscious",
        "our daughter is booked at four and has passed out",
        "quanto costa lo sbiancamento e accettate carte? voglio uccidermi",
        "che orari fate? ho preso 30 tachipirine",
        "non posso venire alle tre, mio figlio è svenuto",
        "we are booked at nine and my husband passed out",
        "running late, my wife passed out in the car",
        "annullate la visita di domani, mia madre è svenuta",
        "у бабушки инфаркт, отмените визит",
        "мы не придём, у ребёнка судороги",
        "сколько стоит отбеливание и принимаете ли карты? хочу покончить с собой",
    ],
)
def test_an_emergency_is_heard_beside_ordinary_business(interpreter: OfflineInterpreter, text: str) -> None:
    flag = interpreter.understand_many([(text, CONTEXT)])[0].red_flag

    assert flag is not None
    assert flag.level == "A"
