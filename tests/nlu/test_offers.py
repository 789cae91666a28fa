"""Picking one of the times on the screen."""

from datetime import datetime

import pytest

from nlu.understanding import OfferedChoice
from tests.nlu.conftest import Read, value

TIMES = (
    OfferedChoice(
        title="mar 24 nov, 09:00", value="tue9", start=datetime(2026, 11, 24, 9), practitioner="rossi"
    ),
    OfferedChoice(
        title="mar 24 nov, 15:30", value="tue15", start=datetime(2026, 11, 24, 15, 30), practitioner="bianchi"
    ),
    OfferedChoice(
        title="gio 26 nov, 09:30", value="thu9", start=datetime(2026, 11, 26, 9, 30), practitioner="rossi"
    ),
)
MENU = (
    OfferedChoice(title="Prenotare una visita", value="/book"),
    OfferedChoice(title="Spostare una visita", value="/move"),
    OfferedChoice(title="Parlare con una persona", value="/human"),
)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("la seconda", "tue15"),
        ("il secondo", "tue15"),
        ("2", "tue15"),
        ("la 2", "tue15"),
        ("2a", "tue15"),
        ("la numero 3", "thu9"),
        ("l'ultima", "thu9"),
        ("la prima grazie", "tue9"),
        ("ok la prima", "tue9"),
        ("quella di giovedì", "thu9"),
        ("giovedì va bene", "thu9"),
        ("15:30", "tue15"),
        ("alle 15.30", "tue15"),
        ("alle 9", "tue9"),
        ("at 9", "tue9"),
        ("alle 9 e mezza", "thu9"),
        ("alle tre e mezza", "tue15"),
        ("martedì alle 9", "tue9"),
        ("martedì pomeriggio", "tue15"),
        ("con Bianchi", "tue15"),
        ("con la dottoressa bianchi", "tue15"),
        ("mar 24 nov, 09:00", "tue9"),
        ("the last one", "thu9"),
        ("the thursday one", "thu9"),
        ("the second one please", "tue15"),
        ("number 2", "tue15"),
        ("I'll take the first", "tue9"),
        ("thursday please", "thu9"),
        ("at 9:30", "thu9"),
        ("half past 3", "tue15"),
        ("второй вариант", "tue15"),
        ("давайте последний", "thu9"),
        ("в четверг", "thu9"),
        ("на 15:30", "tue15"),
    ],
)
def test_a_patient_picks_an_opening(read: Read, text: str, chosen: str) -> None:
    understood = read(text, asking="opening", choices=TIMES)

    assert value(understood, "choice") == chosen
    assert understood.first("wish") is None


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("the latest one", "thu9"),
        ("latest pls", "thu9"),
        ("the very last one", "thu9"),
        ("the latest on Tuesday", "tue15"),
        ("the erliest one", "tue9"),
        ("whatever is first", "tue9"),
        ("whichever's soonest", "tue9"),
        ("you choose", "tue9"),
        ("up to you really", "tue9"),
        ("any of them", "tue9"),
        ("I don't mind, any", "tue9"),
        ("il più tardi", "thu9"),
        ("quello più in là", "thu9"),
        ("scelga lei", "tue9"),
        ("uno qualsiasi", "tue9"),
        ("per me è lo stesso", "tue9"),
        ("fate voi grazie", "tue9"),
        ("самое позднее", "thu9"),
        ("самый поздний вариант", "thu9"),
        ("любое из них", "tue9"),
        ("выберите сами пожалуйста", "tue9"),
        ("мне без разницы", "tue9"),
        ("что раньше", "tue9"),
    ],
)
def test_who_wants_the_last_or_the_first_or_leaves_it_to_the_practice_picks_one(
    read: Read, text: str, chosen: str
) -> None:
    understood = read(text, asking="opening", choices=TIMES)

    assert value(understood, "choice") == chosen
    assert understood.first("wish") is None


@pytest.mark.parametrize(
    "text",
    [
        "il primo no",
        "later",
        "any other day",
        "do you have any?",
        "più tardi",
        "un altro qualsiasi, ma non questi",
        "попозже",
        "любой другой день",
        "не первое",
    ],
)
def test_who_asks_for_others_or_refuses_picks_none(read: Read, text: str) -> None:
    assert read(text, asking="opening", choices=TIMES).first("choice") is None


@pytest.mark.parametrize("text", ["any of them", "fate voi", "мне всё равно"])
def test_which_visit_is_cancelled_is_never_left_to_the_practice(read: Read, text: str) -> None:
    assert read(text, asking="visit", choices=TIMES).first("choice") is None


@pytest.mark.parametrize(
    "text",
    [
        "martedì",
        "con Rossi",
        "alle 9 di venerdì",
        "mercoledì",
        "la quinta",
        "alle 11",
        "sei un bot?",
        "altri orari",
        "7",
    ],
)
def test_what_fits_none_or_two_picks_nothing(read: Read, text: str) -> None:
    assert value(read(text, asking="opening", choices=TIMES), "choice") is None


def test_another_day_stays_a_wish(read: Read) -> None:
    understood = read("preferirei venerdì", asking="opening", choices=TIMES)

    assert value(understood, "choice") is None
    assert value(understood, "wish") is not None


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("Prenotare una visita", "/book"),
        ("prenotare visita", None),
        ("spostre una visita", "/move"),
        ("parlare con una persona", "/human"),
        ("3", "/human"),
        ("la prima", "/book"),
    ],
)
def test_a_patient_types_what_a_button_says(read: Read, text: str, chosen: str | None) -> None:
    assert value(read(text, asking="choice", choices=MENU), "choice") == chosen


def test_two_buttons_of_one_title_are_no_choice(read: Read) -> None:
    twins = (OfferedChoice(title="Anna", value="a"), OfferedChoice(title="Anna", value="b"))

    assert value(read("Anna", asking="choice", choices=twins), "choice") is None


def test_the_last_one_is_the_last_time_and_no_other_times(read: Read) -> None:
    others = OfferedChoice(title="Altri orari", value="other")

    assert value(read("the last one", asking="opening", choices=(*TIMES, others)), "choice") == "thu9"


@pytest.mark.parametrize("text", ["no the 3rd then", "meglio il 3", "нет, тогда третьего"])
def test_a_day_of_the_month_is_no_place_in_the_list(read: Read, text: str) -> None:
    understood = read(text, asking="opening", choices=TIMES)

    assert value(understood, "choice") is None
    assert value(understood, "wish") is not None


ONE_DAY = tuple(choice for choice in TIMES if choice.value != "thu9")


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("later", ["2026-11-24T15:31", "2026-11-24T23:59"]),
        ("un po' più tardi?", ["2026-11-24T15:31", "2026-11-24T23:59"]),
        ("а попозже можно?", ["2026-11-24T15:31", "2026-11-24T23:59"]),
        ("that's too early", ["2026-11-24T15:31", "2026-11-24T23:59"]),
        ("earlier please", ["2026-11-24T00:00", "2026-11-24T09:00"]),
        ("qualcosa prima?", ["2026-11-24T00:00", "2026-11-24T09:00"]),
        ("пораньше", ["2026-11-24T00:00", "2026-11-24T09:00"]),
    ],
)
def test_later_and_earlier_are_said_of_the_times_on_offer(read: Read, text: str, window: list[str]) -> None:
    wish = value(read(text, asking="opening", choices=ONE_DAY), "wish")

    assert wish == {"windows": [window], "part": None, "asap": False}


def test_later_than_much_the_same_hour_of_several_days_is_another_hour(read: Read) -> None:
    about_nine = tuple(choice for choice in TIMES if choice.value != "tue15")
    wish = value(read("a bit later", asking="opening", choices=about_nine), "wish")

    assert wish == {"windows": [], "part": ["09:31", "23:59"], "asap": False}


def test_later_than_hours_of_several_days_is_another_day(read: Read) -> None:
    wish = value(read("later", asking="opening", choices=TIMES), "wish")

    assert wish == {"windows": [["2026-11-26T09:31", "2026-12-10T00:00"]], "part": None, "asap": False}


@pytest.mark.parametrize(
    "text", ["maybe I'll do it later", "I'll tell you later", "la prima", "later, I have to go now"]
)
def test_what_is_put_off_is_no_later_time(read: Read, text: str) -> None:
    assert value(read(text, asking="opening", choices=ONE_DAY), "wish") is None


@pytest.mark.parametrize("text", ["4pm", "4 pm", "16h", "16 ч", "alle 16", "в 16"])
def test_an_hour_of_the_list_is_no_place_in_it(read: Read, text: str) -> None:
    hours = ((15, 0), (15, 30), (16, 0), (17, 0))
    afternoon = tuple(
        OfferedChoice(
            title=f"mer 4 mar, {hour}:{minute:02}",
            value=f"{hour}:{minute:02}",
            start=datetime(2026, 3, 4, hour, minute),
            practitioner="rossi",
        )
        for hour, minute in hours
    )

    assert value(read(text, asking="opening", choices=afternoon), "choice") == "16:00"
