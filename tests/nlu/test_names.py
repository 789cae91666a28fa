"""What people call themselves, and what is no name."""

import pytest

from tests.nlu.conftest import Read, value

ASKED = [
    ("Anna Rossi", "Anna Rossi"),
    ("anna rossi", "Anna Rossi"),
    ("ROSSI ANNA", "Rossi Anna"),
    ("Rossi", "Rossi"),
    ("rossi", "Rossi"),
    ("Bianchi", "Bianchi"),
    ("Laura Bianchi", "Laura Bianchi"),
    ("mi chiamo anna rossi", "Anna Rossi"),
    ("sono Giulia", "Giulia"),
    ("ciao sono luca", "Luca"),
    ("Buongiorno, Anna Rossi", "Anna Rossi"),
    ("Anna Rossi grazie", "Anna Rossi"),
    ("ok Anna Rossi", "Anna Rossi"),
    ("sì, Anna Rossi", "Anna Rossi"),
    ("il mio nome è paolo gallo", "Paolo Gallo"),
    ("la signora Rossi", "Rossi"),
    ("Lo Russo Maria", "Lo Russo Maria"),
    ("mi chiamo Lo Russo Maria", "Lo Russo Maria"),
    ("de luca marco", "De Luca Marco"),
    ("Di Stefano", "Di Stefano"),
    ("d'angelo", "D'Angelo"),
    ("D’Angelo Giovanni", "D'Angelo Giovanni"),
    ("anna-maria bianchi", "Anna-Maria Bianchi"),
    ("mio figlio Luca Neri", "Luca Neri"),
    ("per mia figlia Sofia Conti", "Sofia Conti"),
    ("si chiama Luca Neri", "Luca Neri"),
    ("Vera", "Vera"),
    ("rosa", "Rosa"),
    ("Anna Rossi, 333 1234567", "Anna Rossi"),
    ("Anna Rossi 12/05/1980", "Anna Rossi"),
    ("Rossi, Anna", "Rossi Anna"),
    ("Marco Neri e vorrei una pulizia", "Marco Neri"),
    ("A. Rossi", "A. Rossi"),
    ("it's uh David Brown", "David Brown"),
    ("mmm Dario Fo", "Dario Fo"),
    ("это эм Ева Кот", "Ева Кот"),
    ("Will Tell", "Will Tell"),
    ("May Waite", "May Waite"),
    ("L'Abbate Maria", "L'Abbate Maria"),
    ("anna dell'acqua", "Anna Dell'Acqua"),
    ("it's John Smith", "John Smith"),
    ("My name is mary ann jones", "Mary Ann Jones"),
    ("I'm Priya Patel", "Priya Patel"),
    ("sean o'neill", "Sean O'Neill"),
    ("Jan van der Berg", "Jan van der Berg"),
    ("jan van der berg", "Jan van der Berg"),
    ("fiona mcdonald", "Fiona McDonald"),
    ("for my son Tom Baker", "Tom Baker"),
    ("Nguyễn Văn An", "Nguyễn Văn An"),
    ("María José García", "María José García"),
    ("Иванова Анна Сергеевна", "Иванова Анна Сергеевна"),
    ("анна сергеевна иванова", "Анна Сергеевна Иванова"),
    ("меня зовут Пётр", "Пётр"),
    ("это Ольга", "Ольга"),
    ("здравствуйте, ольга петрова", "Ольга Петрова"),
    ("моя дочь Соня Петрова", "Соня Петрова"),
    ("фамилия Сидоров", "Сидоров"),
]
NOT_NAMES_WHEN_ASKED = [
    "voglio un operatore",
    "ok l'ultimo",
    "L'ultimo",
    "operatore",
    "ma perché?",
    "e lei?",
    "non voglio dirlo",
    "martedì",
    "domani alle 10",
    "pulizia",
    "con il dottor Rossi",
    "boh",
    "grazie",
    "che orari fate",
    "mal di denti",
    "mi fa male un dente",
    "mio figlio",
    "non lo so",
    "😊",
    "...",
    "12345",
    "cancel",
    "stop",
    "I'd rather not say",
    "english please",
    "why do you need that?",
    "i want to talk to someone",
    "хочу оператора",
    "не скажу",
    "зачем вам?",
    "завтра",
    "болит зуб",
]
INTRODUCED = [
    ("sono Anna Rossi", "Anna Rossi"),
    ("sono anna rossi vorrei prenotare", "Anna Rossi"),
    ("Buongiorno, mi chiamo luigi", "Luigi"),
    ("Sono Marco, ho mal di denti", "Marco"),
    ("io sono Elena De Santis", "Elena De Santis"),
    ("vorrei prenotare per Anna Neri", "Anna Neri"),
    ("sono Mario Russo", "Mario Russo"),
    ("my name is john smith and i want a cleaning", "John Smith"),
    ("I'm John", "John"),
    ("this is Anna Brown, can I book?", "Anna Brown"),
    ("меня зовут Анна Белова, хочу записаться", "Анна Белова"),
    ("это Ольга Петрова", "Ольга Петрова"),
]
NOT_INTRODUCED = [
    "sono di Milano",
    "sono disponibile martedì",
    "sono nuova",
    "sono incinta",
    "sono Incinta",
    "sono io",
    "sono in ritardo",
    "sono il marito di Anna",
    "come si chiama il dottore?",
    "come ti chiami?",
    "con il dottor Rossi",
    "I'm free on Monday",
    "I'm in pain",
    "I am pregnant",
    "I'm Late",
    "It's urgent",
    "это срочно",
    "я записана на завтра",
    "я новый пациент",
    "vorrei prenotare per martedì",
    "vorrei prenotare per mio figlio",
]


@pytest.mark.parametrize(("text", "name"), ASKED)
def test_whoever_is_asked_gives_a_name(read: Read, text: str, name: str) -> None:
    assert value(read(text, asking="name", language="it"), "person") == name


@pytest.mark.parametrize("text", NOT_NAMES_WHEN_ASKED)
def test_whoever_is_asked_says_something_else(read: Read, text: str) -> None:
    assert value(read(text, asking="name", language="it"), "person") is None


@pytest.mark.parametrize(("text", "name"), INTRODUCED)
def test_whoever_writes_introduces_themselves(read: Read, text: str, name: str) -> None:
    assert value(read(text), "person") == name


@pytest.mark.parametrize("text", NOT_INTRODUCED)
def test_whoever_writes_says_no_name(read: Read, text: str) -> None:
    assert value(read(text), "person") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("check up on tuesday please, Anna Rossi", "Anna Rossi"),
        ("can you fit me in for a checkup at half 3? Gareth Pugh", "Gareth Pugh"),
        ("id like a check up, jade simmons", "Jade Simmons"),
        ("hygienist appointment please, Kerry Walsh x", "Kerry Walsh"),
        ("an appointment tomorrow. Oluwaseun Adeyemi, thanks", "Oluwaseun Adeyemi"),
        ("booking for the wife, Claire Dunne, asap", "Claire Dunne"),
        ("a check up for my son, Leo Fenwick", "Leo Fenwick"),
        ("vorrei una visita di controllo, Paolo Gallo", "Paolo Gallo"),
        ("можно записаться на осмотр? Ольга Петрова", "Ольга Петрова"),
    ],
)
def test_a_message_may_be_signed(read: Read, text: str, name: str) -> None:
    assert value(read(text), "person") == name


@pytest.mark.parametrize(
    "text",
    [
        "I'd like a check up, Kind Regards",
        "a check up on Tuesday, Thursday or Friday",
        "can I see the doctor, Marco Rossi",
        "is it far from Piazza Esempio, Milano",
        "I NEED HELP, CALL ME NOW",
        "check up please, first thing",
    ],
)
def test_what_ends_a_message_is_not_always_a_name(read: Read, text: str) -> None:
    assert value(read(text), "person") is None


def test_a_signature_under_an_answer_changes_no_name(read: Read) -> None:
    assert value(read("the first one please, Anna Neri", asking="opening"), "person") is None


def test_an_asterisk_mends_a_name_at_any_time(read: Read) -> None:
    assert value(read("*Steven Marks", asking="opening"), "person") == "Steven Marks"


def test_a_name_is_taken_in_full_where_it_is_said_twice(read: Read) -> None:
    said = read("oops, it's Catherine with a C. Catherine Lawson", asking="opening")

    assert value(said, "person") == "Catherine Lawson"


def test_a_name_alone_is_an_answer_and_no_intent(read: Read) -> None:
    assert read("Anna Rossi", asking="name", language="it").intent is None


def test_a_patient_may_share_a_dentists_name(read: Read) -> None:
    understood = read("Marco Rossi", asking="name", language="it")

    assert (value(understood, "person"), value(understood, "practitioner")) == ("Marco Rossi", None)


def test_a_name_does_not_change_the_language(read: Read) -> None:
    assert read("Анна Иванова", asking="name", language="en").language == "en"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("controllo venerdì mattina, Dario Fo", "Dario Fo"),
        ("un controllo, Ivo Grigi, giovedì", "Ivo Grigi"),
        ("осмотр через две недели в пятницу, Ева Кот", "Ева Кот"),
        ("осмотр, Ева Кот, в четверг", "Ева Кот"),
        ("anything left this afternoon? check-up Dan Low", "Dan Low"),
    ],
)
def test_a_name_set_apart_is_one_though_its_words_are_everyday_ones(read: Read, text: str, name: str) -> None:
    assert value(read(text), "person") == name


@pytest.mark.parametrize(
    "text",
    [
        "check-up on friday, Kind Regards",
        "controllo venerdì, Buona Giornata",
        "осмотр в пятницу, Хорошего Дня",
        "check-up on friday, After Lunch",
        "Check-Up On Friday, After Work",
    ],
)
def test_a_greeting_with_capitals_is_no_name(read: Read, text: str) -> None:
    assert value(read(text), "person") is None
