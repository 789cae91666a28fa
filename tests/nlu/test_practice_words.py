"""Visit types and practitioners, inflected, misspelt, in any of the languages."""

import pytest

from tests.nlu.conftest import Read


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("vorrei una pulizia", ["hygiene"]),
        ("pulizzia dei denti", ["hygiene"]),
        ("l'igiene dentale", ["hygiene"]),
        ("è la mia prima visita", ["first"]),
        ("una visita di controllo", ["check"]),
        ("un controlo", ["check"]),
        ("a cleaning please", ["hygiene"]),
        ("check up", ["check"]),
        ("I need a checkup", ["check"]),
        ("i'm a new patient", ["first"]),
        ("чистку зубов", ["hygiene"]),
        ("на осмотр", ["check"]),
        ("первичную консультацию", ["first"]),
        ("controllo e pulizia", ["check", "hygiene"]),
        ("vorrei disdire", []),
        ("primavera", []),
    ],
)
def test_a_visit_type_is_named(read: Read, text: str, found: list[str]) -> None:
    assert [e.value for e in read(text).entities if e.entity == "visit_type"] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("con il dottor Rossi", ["rossi"]),
        ("con rossi", ["rossi"]),
        ("к доктору Росси", ["rossi"]),
        ("к Лауре Бьянки во вторник", ["bianchi"]),
        ("можно к доктору Бианки?", ["bianchi"]),
        ("я из России", []),
        ("dalla dott.ssa Bianchi", ["bianchi"]),
        ("con Laura Bianchi", ["bianchi"]),
        ("with dr rossi please", ["rossi"]),
        ("con il dottor Rosi", ["rossi"]),
        ("у доктора Ивановой", ["ivanova"]),
        ("к Ивановой", ["ivanova"]),
        ("con Rossi o Bianchi", ["rossi", "bianchi"]),
        ("con il dottor Verdi", []),
        ("vorrei denti più bianchi", ["bianchi"]),
    ],
)
def test_a_practitioner_is_named(read: Read, text: str, found: list[str]) -> None:
    assert [e.value for e in read(text).entities if e.entity == "practitioner"] == found


def test_words_that_two_visit_types_share_name_neither(read: Read) -> None:
    from nlu.understanding import Named

    twins = (Named(id="a", words=("controllo",)), Named(id="b", words=("controllo",)))

    assert read("un controllo", visit_types=twins).first("visit_type") is None
