"""Which place of the practice a patient means."""

import pytest

from nlu.understanding import Named
from tests.nlu.conftest import Read

LENIN = Named(id="lenin", words=("Филиал на Ленина", "ул. Ленина, 5"))
PEACE = Named(id="peace", words=("Центральный", "проспект Мира, 12"))
CAMDEN = Named(id="camden", words=("Camden", "12 Camden High Street, London"))
SOHO = Named(id="soho", words=("Soho", "3 Frith Street, London"))
ROMA = Named(id="roma", words=("Centro", "Via Roma 12"))
MARE = Named(id="mare", words=("Al mare", "Lungomare Colombo 2"))


@pytest.mark.parametrize(
    ("text", "sites", "meant"),
    [
        ("vorrei prenotare allo studio di Via Roma", (ROMA, MARE), "roma"),
        ("una visita in via roma giovedì", (ROMA, MARE), "roma"),
        ("nella vostra sede al mare, grazie", (ROMA, MARE), "mare"),
        ("quello sul lungomare", (ROMA, MARE), "mare"),
        ("sono al mare fino a venerdì", (ROMA, MARE), None),
        ("the Camden one please", (CAMDEN, SOHO), "camden"),
        ("can I book a check-up at your Frith Street branch?", (CAMDEN, SOHO), "soho"),
        ("I live in London", (CAMDEN, SOHO), None),
        ("хочу записаться в филиале на Ленина", (LENIN, PEACE), "lenin"),
        ("лучше на проспекте Мира", (LENIN, PEACE), "peace"),
        ("the Camden one please", (CAMDEN,), None),
        ("Camden or Soho, whichever is sooner", (CAMDEN, SOHO), None),
    ],
)
def test_a_place_is_known_by_name_and_street(
    text: str, sites: tuple[Named, ...], meant: str | None, read: Read
) -> None:
    understood = read(text, sites=sites)

    assert next((one.value for one in understood.entities if one.entity == "site"), None) == meant
