"""Hours, sites, rooms and another system in practice.yml: what is read, what is refused, with the remedy."""

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.domain.outside import SystemSettings
from bot.domain.practice import Exceptional, Practice, Room, Shift, Site, Weeks
from bot.errors import ContentRefused
from bot.settings import load_practice

HEAD = """\
id: studio-prova
name: Studio Prova
phone: "+39 02 0000 0000"
address: Via Prova 1, Milano
privacy_link: https://example.org/privacy
emergency_number: "112"
time_zone: Europe/Rome
country: IT
languages: [it]
holidays: true
"""
TYPES = """\
visit_types:
  - id: implant
    names: {it: impianto}
    duration_minutes: 60
    rooms: [surgery]
    per_day: 2
    urgent: true
"""
PEOPLE = """\
practitioners:
  - id: rossi
    name: dott. Marco Rossi
    visit_types: [implant]
    site: centro
    hours: {monday: [09:00-13:00]}
    odd_weeks: {saturday: [09:00-12:00]}
    also_at:
      - site: mare
        even_weeks: {monday: [15:00-18:00]}
    exceptions:
      - {from: 2027-08-02, to: 2027-08-20}
      - {on: 2027-06-02, hours: [10:00-12:00], site: mare}
    kept_free: {monday: [12:30-13:00]}
"""
PLACES = """\
sites:
  - {id: centro, name: Centro, address: Via Prova 1}
  - {id: mare, name: Al mare, address: Lungomare 2, closed_days: [2027-11-02]}
rooms:
  - {id: surgery, name: Sala 1, site: centro}
kept_free_until_hours: 12
"""


def load(tmp_path: Path, text: str, **environment: str) -> Practice:
    path = tmp_path / "practice.yml"
    path.write_text(text, encoding="utf-8")
    return load_practice(path, environment=environment)


def refusals(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ContentRefused) as refused:
        load(tmp_path, text)
    return [f"{p.code} {p.message}" for p in refused.value.problems]


def test_a_practice_says_where_and_in_which_weeks_who_works(tmp_path: Path) -> None:
    practice = load(tmp_path, HEAD + TYPES + PEOPLE + PLACES)
    [rossi], [implant] = practice.practitioners, practice.visit_types

    assert rossi.shifts == (
        Shift(weekday=0, start=time(9), end=time(13), site="centro"),
        Shift(weekday=5, start=time(9), end=time(12), site="centro", weeks=Weeks.ODD),
        Shift(weekday=0, start=time(15), end=time(18), site="mare", weeks=Weeks.EVEN),
    )
    assert rossi.exceptions == (
        Exceptional(first=date(2027, 8, 2), last=date(2027, 8, 20)),
        Exceptional(
            first=date(2027, 6, 2), last=date(2027, 6, 2), spans=((time(10), time(12)),), site="mare"
        ),
    )
    assert rossi.kept_free == (Shift(weekday=0, start=time(12, 30), end=time(13)),)
    assert (implant.rooms, implant.per_day, implant.urgent) == (("surgery",), 2, True)
    assert practice.rooms == (Room(id="surgery", name="Sala 1", site="centro"),)
    assert practice.sites[1] == Site(
        id="mare", name="Al mare", address="Lungomare 2", closed_days=frozenset({date(2027, 11, 2)})
    )
    assert practice.kept_free_until == timedelta(hours=12)


def test_the_diary_may_be_kept_in_another_system(tmp_path: Path) -> None:
    text = """\
practice_system:
  kind: dentally
  options: {url: https://api.example.org, per_page: 100, verified: false}
  secrets: {token: env:DENTALLY_TOKEN}
  practitioners: {rossi: 101}
"""
    practice = load(tmp_path, HEAD + TYPES + PEOPLE + PLACES + text, DENTALLY_TOKEN="s3cret")

    assert practice.system == SystemSettings(
        kind="dentally",
        options={"url": "https://api.example.org", "per_page": 100, "verified": False},
        secrets={"token": "s3cret"},
        practitioners={"rossi": "101"},
    )
    assert "s3cret" not in repr(practice)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("site: mare\n", "site: mar\n", 'E-REF site "mar" does not exist; did you mean "mare"?'),
        ("rooms: [surgery]", "rooms: [attic]", 'E-REF room "attic" does not exist; there are: surgery'),
        (
            "{from: 2027-08-02, to: 2027-08-20}",
            "{from: 2027-08-20, to: 2027-08-02}",
            'E-VALUE "to" lies before "from"; exchange them',
        ),
        (
            "{on: 2027-06-02, hours",
            "{hours",
            'E-KEY an exception is for one day ("on") or for several ("from" and "to"); write one of these',
        ),
        (
            "{on: 2027-06-02, hours",
            "{onn: 2027-06-02, on: 2027-06-02, hours",
            'E-KEY unknown key "onn"; did you mean "on"?',
        ),
        (
            "even_weeks: {monday: [15:00-18:00]}",
            "even_weeks: {monday: [12:00-18:00]}",
            "E-VALUE overlaps the hours before it on monday; begin at 13:00 or later",
        ),
        (
            "holidays: true\n",
            "holidays: true\nholidays_region: XX\n",
            'E-VALUE "XX" is no region of IT with holidays of its own',
        ),
        (
            "kept_free_until_hours: 12\n",
            "practice_system: {kind: caldav, practitioners: {rosi: a}}\n",
            'E-REF "rosi" is none of your practitioners; did you mean "rossi"?',
        ),
        (
            "kept_free_until_hours: 12\n",
            "practice_system: {kind: caldav, secrets: {password: hunter2}}\n",
            'E-SECRET "password": secrets never stand in this file',
        ),
    ],
)
def test_a_mistake_is_named_with_its_remedy(tmp_path: Path, before: str, after: str, said: str) -> None:
    text = HEAD + TYPES + PEOPLE + PLACES
    assert before in text

    assert any(one.startswith(said) for one in refusals(tmp_path, text.replace(before, after, 1))), refusals(
        tmp_path, text.replace(before, after, 1)
    )
