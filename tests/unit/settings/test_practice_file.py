from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.domain.practice import (
    ANSWER_TOPICS,
    ActionServer,
    AlertChannel,
    DeskRules,
    MessengerAccount,
    Practice,
    Practitioner,
    Shift,
    VisitType,
    WhatsAppAccount,
)
from bot.errors import ContentRefused
from bot.settings import load_practice
from bot.settings.entries import AnswersEntry

GOOD = """\
id: studio-prova
name: Studio Prova
phone: "+39 02 0000 0000"
address: Via Prova 1, Milano
privacy_link: https://example.org/privacy
emergency_number: "112"
time_zone: Europe/Rome
country: IT
languages: [it, en]
holidays: true
visit_types:
  - id: check_up
    names: {it: controllo, en: check-up}
    words: {en: [exam]}
    duration_minutes: 30
    buffer_after_minutes: 15
    lead_minutes: 60
practitioners:
  - id: rossi
    name: dott. Marco Rossi
    visit_types: [check_up]
    hours:
      monday: [09:00-13:00, 14:00-18:00]
      sunday: ["8:30 – 12:00"]
whatsapp:
  - phone_number_id: "100000000000001"
    app_secret: env:APP_SECRET
    verify_token: env:VERIFY_TOKEN
    access_token: file:token.txt
"""
ENVIRONMENT = {"APP_SECRET": "s3cret", "VERIFY_TOKEN": "hello"}

STUDIO = Practice(
    id="studio-prova",
    name="Studio Prova",
    time_zone="Europe/Rome",
    country="IT",
    languages=("it", "en"),
    phone="+39 02 0000 0000",
    address="Via Prova 1, Milano",
    privacy_url="https://example.org/privacy",
    emergency_number="112",
    practitioners=(
        Practitioner(
            id="rossi",
            name="dott. Marco Rossi",
            shifts=(
                Shift(weekday=0, start=time(9), end=time(13)),
                Shift(weekday=0, start=time(14), end=time(18)),
                Shift(weekday=6, start=time(8, 30), end=time(12)),
            ),
            visit_types=("check_up",),
        ),
    ),
    visit_types=(
        VisitType(
            id="check_up",
            names={"it": "controllo", "en": "check-up"},
            words={"en": ("exam",)},
            duration=timedelta(minutes=30),
            buffer_after=timedelta(minutes=15),
            lead=timedelta(minutes=60),
        ),
    ),
    holidays=True,
    whatsapp=(
        WhatsAppAccount(
            phone_number_id="100000000000001",
            app_secret="s3cret",
            verify_token="hello",
            access_token="t0ken",
        ),
    ),
)


class Folder:
    """A folder with a practice.yml and the file that holds one of its secrets."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "token.txt").write_text("t0ken\n")

    def load(self, text: str = GOOD, **environment: str) -> Practice:
        (self.path / "practice.yml").write_text(text, encoding="utf-8")
        return load_practice(self.path / "practice.yml", environment=ENVIRONMENT | environment)

    def mistakes(self, text: str, **environment: str) -> list[str]:
        with pytest.raises(ContentRefused) as refused:
            self.load(text, **environment)
        return [str(problem).removeprefix(f"{self.path}/practice.yml:") for problem in refused.value.problems]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def with_line(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def test_a_practice_is_what_its_file_says(folder: Folder) -> None:
    assert folder.load() == STUDIO


def test_everything_that_may_be_left_out_can_be_said(folder: Folder) -> None:
    more = """\
closed_days: [2027-08-16, 2027-12-24]
horizon_days: 30
hold_minutes: 5
holds_per_contact: 1
wants_birth_date: true
gather_seconds: 0.5
alerts: {webhook: "https://example.org/hook"}
"""

    assert folder.load(GOOD + more) == replace(
        STUDIO,
        closed_days=frozenset({date(2027, 8, 16), date(2027, 12, 24)}),
        horizon=timedelta(days=30),
        hold_for=timedelta(minutes=5),
        holds_per_contact=1,
        wants_birth_date=True,
        gather_seconds=0.5,
        alerts=(AlertChannel(webhook="https://example.org/hook"),),
    )


MESSENGER = """\
messenger:
  - page_id: 200000000000001
    app_secret: env:APP_SECRET
    verify_token: env:VERIFY_TOKEN
    access_token: file:token.txt
"""


def test_a_practice_on_messenger_is_what_its_file_says(folder: Folder) -> None:
    page = MessengerAccount(
        page_id="200000000000001", app_secret="s3cret", verify_token="hello", access_token="t0ken"
    )

    assert folder.load(GOOD + MESSENGER) == replace(STUDIO, messenger=(page,))
    assert "s3cret" not in repr(page)


def test_mistakes_about_messenger_are_told_like_any_other(folder: Folder) -> None:
    wrong = MESSENGER.replace("env:VERIFY_TOKEN", "hello").replace("access_token", "acces_token")
    twice = MESSENGER + MESSENGER.partition("\n")[2]

    assert [mistake.partition(";")[0] for mistake in folder.mistakes(GOOD + wrong)] == [
        '31:5: E-KEY "access_token" is missing',
        '33:5: E-SECRET "verify_token": secrets never stand in this file',
        '34:5: E-KEY unknown key "acces_token"',
    ]
    assert [mistake.split(" ", 2)[1:] for mistake in folder.mistakes(GOOD + twice)] == [
        ["E-DUP", 'page_id "200000000000001" stands already in line 31; keep one']
    ]


STANZAS = (Path(__file__).parent / "mistakes.txt").read_text(encoding="utf-8").strip().split("\n\n")[1:]


@pytest.mark.parametrize("stanza", STANZAS, ids=lambda stanza: stanza.splitlines()[1].strip())
def test_a_mistake_is_shown_with_its_place_and_its_remedy(folder: Folder, stanza: str) -> None:
    old, new, mistake = stanza.splitlines()

    assert folder.mistakes(with_line(old, new)) == [mistake]


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        (
            "answers: {parkng: {it: Sì., en: Yes.}}",
            '11:11: E-KEY unknown key "parkng"; did you mean "parking"?',
        ),
        (
            "answers: {parking: {it: Sì.}}",
            '11:11: E-LANG "parking" has no text in "en", a language of this practice; add it',
        ),
        (
            "currency: euro",
            '11:1: E-VALUE "currency": "euro" is not a currency code of three capital letters (ISO 4217);'
            ' did you mean "EUR"?',
        ),
    ],
)
def test_a_mistake_in_what_patients_ask_about_is_shown(folder: Folder, line: str, mistake: str) -> None:
    assert folder.mistakes(with_line("holidays: true\n", f"holidays: true\n{line}\n")) == [mistake]


def test_a_practice_answers_exactly_the_topics_that_texts_can_name() -> None:
    assert tuple(AnswersEntry.model_fields) == ANSWER_TOPICS


def test_two_practitioners_are_not_one(folder: Folder) -> None:
    twin = """\
  - id: rossi
    name: dott.ssa Carla Rossi
    visit_types: [check_up]
    hours: {}
whatsapp:
"""

    assert folder.mistakes(with_line("whatsapp:\n", twin)) == [
        '25:9: E-DUP practitioner "rossi" stands already in line 19; keep one'
    ]


def test_all_mistakes_are_told_at_once_and_in_their_order(folder: Folder) -> None:
    wrong = (
        with_line("country: IT", "country: Italy")
        .replace("name: Studio Prova\n", "nome: Studio Prova\n")
        .replace("[09:00-13:00, 14:00-18:00]", "[09:00-13:00, 12:00-18:00, late]")
        .replace("visit_types: [check_up]", "visit_types: [check]")
        .replace("env:APP_SECRET", "EAAG-a-real-secret")
    )

    assert [mistake.split(": ")[0] + ": " + mistake.split()[1] for mistake in folder.mistakes(wrong)] == [
        "1:1: E-KEY",
        "2:1: E-KEY",
        "8:1: E-VALUE",
        "12:9: E-REF",
        "21:19: E-REF",
        "23:29: E-VALUE",
        "23:42: E-VALUE",
        "27:5: E-SECRET",
    ]


def test_a_secret_in_the_file_is_refused_and_not_repeated(folder: Folder) -> None:
    [mistake] = folder.mistakes(with_line("env:APP_SECRET", "EAAG-a-real-secret"))

    assert mistake == (
        '27:5: E-SECRET "app_secret": secrets never stand in this file; write env:NAME (an environment '
        "variable, in capital letters) or file:PATH, put the secret there, and replace it if this file was "
        "ever shared"
    )


def test_an_empty_secret_is_none(folder: Folder) -> None:
    (folder.path / "token.txt").write_text("\n")

    assert folder.mistakes(GOOD, APP_SECRET=" ") == [
        '27:5: E-SECRET "app_secret": the environment variable APP_SECRET is not set; '
        "set it, or use file:PATH",
        '29:5: E-SECRET "access_token": the file token.txt is empty; put the secret into it',
    ]


def test_nobody_sees_the_secrets_of_a_practice(folder: Folder) -> None:
    shown = repr(
        folder.load(GOOD + "alerts: {email: a@example.org, smtp: env:SMTP}\n", SMTP="smtp://u:pw@host")
    )

    assert not [secret for secret in ("s3cret", "hello", "t0ken", "pw@") if secret in shown]


def test_what_needs_no_secrets_loads_without_them(folder: Folder) -> None:
    (folder.path / "practice.yml").write_text(GOOD + "alerts: {webhook: env:HOOK}\n")
    loaded = load_practice(folder.path / "practice.yml", environment={}, with_secrets=False)

    assert loaded == replace(STUDIO, whatsapp=())


@pytest.mark.parametrize(
    ("alerts", "mistake"),
    [
        (
            "{webhook: env:HOOK, email: a@example.org, smtp: env:SMTP}",
            '30:1: E-VALUE an alert goes to exactly one place: "webhook", "slack", "teams", "telegram", '
            '"email"; write a list for several',
        ),
        (
            "{}",
            '30:1: E-VALUE an alert goes to exactly one place: "webhook", "slack", "teams", "telegram", '
            '"email"; write a list for several',
        ),
        ("{email: a@example.org}", '30:1: E-KEY "email" needs "smtp" beside it; add it'),
        (
            "{webhook: somewhere}",
            '30:10: E-VALUE "webhook": must be a web address, or env:NAME or file:PATH that hold one',
        ),
        (
            "{email: a@example.org, smtp: 'smtp://desk:pw@host'}",
            '30:32: E-SECRET "smtp": holds a password; write env:NAME or file:PATH instead',
        ),
        (
            "{email: somebody, smtp: env:SMTP}",
            '30:10: E-VALUE "email": "somebody" is not an e-mail address',
        ),
    ],
)
def test_alerts_go_to_exactly_one_place(folder: Folder, alerts: str, mistake: str) -> None:
    wrong = folder.mistakes(f"{GOOD}alerts: {alerts}\n", HOOK="https://h.example", SMTP="smtp://u:p@host")

    assert wrong == [mistake]


def test_alerts_by_mail_have_a_server(folder: Folder) -> None:
    loaded = folder.load(GOOD + "alerts: {email: a@example.org, smtp: env:SMTP}\n", SMTP="smtp://u:p@host:25")

    assert loaded.alerts == (AlertChannel(email="a@example.org", smtp="smtp://u:p@host:25"),)


def test_alerts_go_to_several_places_in_the_order_of_the_file(folder: Folder) -> None:
    alerts = """\
alerts:
  - slack: env:SLACK
  - {telegram: env:BOT, chat: -100123}
  - teams: https://teams.example/hook
  - {email: a@example.org, smtp: "smtp://host:25"}
"""
    loaded = folder.load(GOOD + alerts, SLACK="https://slack.example/hook", BOT="123:secret")

    assert loaded.alerts == (
        AlertChannel(slack="https://slack.example/hook"),
        AlertChannel(telegram="123:secret", chat="-100123"),
        AlertChannel(teams="https://teams.example/hook"),
        AlertChannel(email="a@example.org", smtp="smtp://host:25"),
    )


def test_a_mistake_in_one_of_several_alerts_has_its_place(folder: Folder) -> None:
    alerts = (
        "alerts:\n  - slack: https://slack.example/hook\n  - telegram: env:BOT\n  - {chat: 1, teams: x}\n"
    )

    assert folder.mistakes(GOOD + alerts, BOT="123:secret") == [
        '32:5: E-KEY "telegram" needs "chat" beside it; add it',
        '33:5: E-KEY "chat" needs "telegram" beside it; add it',
        '33:15: E-VALUE "teams": must be a web address, or env:NAME or file:PATH that hold one',
    ]


def test_what_waiting_patients_are_promised_is_the_practice_s_to_say(folder: Folder) -> None:
    desk = """\
desk:
  answer_minutes: 30
  hours: {monday: [08:00-12:00]}
  give_back_after_hours: 12
canned_answers:
  parking: {it: "Può parcheggiare in {practice_address}."}
"""
    loaded = folder.load(GOOD + desk)

    assert loaded == replace(
        STUDIO,
        desk=DeskRules(
            answer_within=timedelta(minutes=30),
            shifts=(Shift(weekday=0, start=time(8), end=time(12)),),
            give_back_after=timedelta(hours=12),
        ),
        canned_answers={"parking": {"it": "Può parcheggiare in {practice_address}."}},
    )


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://actions.example.org/hook", "https://actions.example.org/hook"),
        ("https://actions.example.org", "https://actions.example.org/webhook"),
        ("http://127.0.0.1:5055/webhook", "http://127.0.0.1:5055/webhook"),
        ("http://[::1]:5055/", "http://[::1]:5055/webhook"),
        ("http://localhost:5055/webhook", "http://localhost:5055/webhook"),
    ],
)
def test_actions_may_run_elsewhere_over_tls_or_on_this_machine(folder: Folder, url: str, kept: str) -> None:
    loaded = folder.load(f"{GOOD}action_server: {{url: '{url}', token: env:ACTIONS}}\n", ACTIONS="t0p")

    assert loaded.action_server == ActionServer(url=kept, token="t0p")
    assert "t0p" not in repr(loaded)


@pytest.mark.parametrize(
    ("entry", "mistake"),
    [
        (
            "{url: 'http://actions.example.org/webhook'}",
            '30:17: E-VALUE "url": must begin with "https://", since what patients say goes there; without'
            " TLS only this machine (http://127.0.0.1:5055/webhook) will do; write e.g."
            ' "https://actions.example.org/webhook"',
        ),
        (
            "{url: 'http://127.0.0.1.example.org/'}",
            '30:17: E-VALUE "url": must begin with "https://", since what patients say goes there; without'
            " TLS only this machine (http://127.0.0.1:5055/webhook) will do; write e.g."
            ' "https://actions.example.org/webhook"',
        ),
        (
            "{url: actions.example.org}",
            '30:17: E-VALUE "url": must be a web address; write e.g. "https://actions.example.org/webhook"',
        ),
        (
            "{url: 'https://me:secret@example.org/'}",
            '30:17: E-SECRET "url": holds a user or a query; give the secret as "token", with env:NAME',
        ),
        ("{token: env:ACTIONS}", '30:1: E-KEY "url" is missing; add it'),
        (
            "{url: 'https://example.org/', password: x}",
            '30:46: E-KEY unknown key "password"; known here: url, token',
        ),
    ],
)
def test_an_action_server_that_anybody_could_read_along_with_is_refused(
    folder: Folder, entry: str, mistake: str
) -> None:
    assert folder.mistakes(f"{GOOD}action_server: {entry}\n", ACTIONS="t0p") == [mistake]


def test_the_environment_can_shorten_the_wait_for_the_next_message(folder: Folder) -> None:
    assert folder.load(CHAIRSIDE_GATHER_SECONDS="0").gather_seconds == 0
    assert folder.load(CHAIRSIDE_GATHER_SECONDS="").gather_seconds == 2


@pytest.mark.parametrize("seconds", ["soon", "-1", "nan"])
def test_a_wait_that_is_no_time_is_refused(folder: Folder, seconds: str) -> None:
    assert folder.mistakes(GOOD, CHAIRSIDE_GATHER_SECONDS=seconds) == [
        "1:1: E-VALUE the environment variable CHAIRSIDE_GATHER_SECONDS must be a number of seconds, 0 or "
        "more"
    ]


def test_a_practice_speaks_only_languages_that_there_are_texts_in(folder: Folder) -> None:
    (folder.path / "practice.yml").write_text(GOOD)
    with pytest.raises(ContentRefused) as refused:
        load_practice(folder.path / "practice.yml", environment=ENVIRONMENT, languages_available=("it", "ru"))

    assert [problem.message for problem in refused.value.problems] == [
        'there are no texts in "en"; there are: it, ru'
    ]


@pytest.mark.parametrize(
    "shape",
    ["- a list", "just text", "practitioners: {a: b}", "whatsapp: [text]", "alerts: 3", "visit_types: [[1]]",
     "languages: it", "practitioners: [{hours: [monday]}]", "id: [1, {a: b}]"],
)  # fmt: skip
def test_any_other_shape_is_refused_with_a_place(folder: Folder, shape: str) -> None:
    assert all(mistake[0].isdigit() for mistake in folder.mistakes(shape))


def test_a_file_that_is_not_there_is_a_mistake_too(tmp_path: Path) -> None:
    with pytest.raises(ContentRefused, match="cannot be read: No such file or directory"):
        load_practice(tmp_path / "practice.yml", environment={})
