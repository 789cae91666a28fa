"""Slips of the finger are mended by what is often said, and by the words beside."""

from nlu.mending import Mender, both_pairs, pairs_of

SAID = [
    *(["va", "bene", "grazie"],) * 10_000,
    *(["vorrei", "spostare", "la", "visita"],) * 50,
    *(["questo", "lavoro", "mi", "serve"],) * 20,
    *(["lavo", "i", "denti"],) * 3,
    *(["sono", "la", "mamma"],) * 90,
    *(["un", "nono", "mese"],) * 3,
    *(["la", "prenotazione", "di", "oggi"],) * 200,
    *(["la", "martina", "di", "paolo"],) * 2,
    *(["di", "mattina"],) * 35,
]


def mender() -> Mender:
    counts: dict[str, int] = {}
    for words in SAID:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    return Mender(counts, pairs_of(SAID), known={"martina"})


def test_what_is_said_more_often_is_meant() -> None:
    assert mender().mend(("questo", "lavro", "mi", "serve")) == ("questo", "lavoro", "mi", "serve")


def test_a_letter_swapped_left_out_put_in_or_doubled() -> None:
    slips = ("vorrei", "spsotare", "la", "vsita"), ("vorreei", "spostare", "la", "visitta")

    assert [mender().mend(words) for words in slips] == [("vorrei", "spostare", "la", "visita")] * 2


def test_the_words_beside_tell_what_a_word_that_exists_should_have_been() -> None:
    assert mender().mend(("nono", "la", "mamma"))[0] == "sono"
    assert mender().mend(("un", "nono", "mese"))[1] == "nono"


def test_what_is_known_is_no_slip_however_seldom_it_is_said() -> None:
    assert mender().mend(("martina",)) == ("martina",)


def test_short_words_are_mended_beside_words_that_they_are_said_with() -> None:
    assert mender().mend(("denti", "al", "lavoro"))[1] == "al"
    assert mender().mend(("spostare", "al", "visita"))[1] == "la"


def test_a_word_alone_is_no_other_word() -> None:
    assert mender().mend(("visite",)) == ("visite",)
    assert mender().mend(("viista",)) == ("visita",)


def test_two_slips_in_a_long_word() -> None:
    assert mender().mend(("la", "prenotzzone")) == ("la", "prenotazione")


def test_what_is_like_nothing_stays_and_so_do_numbers_and_letters() -> None:
    words = ("wojciechowski", "14", "b", "😀", "x" * 5000)

    assert mender().mend(words) == words


def test_nothing_comes_of_nothing() -> None:
    assert mender().mend(()) == ()
    assert Mender({}, pairs_of([])).mend(("ciao", "a", "tutti")) == ("ciao", "a", "tutti")


def test_pairs_add_up_and_are_counted_to_255() -> None:
    one = pairs_of([["a", "b"]] * 200)

    assert max(both_pairs(one, one)) == 255
    assert both_pairs(one, pairs_of([])) == one
