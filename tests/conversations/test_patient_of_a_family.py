"""Ten families of four ask for their visits, on shared phones and their own, on WhatsApp and on Messenger:
nobody ever reads a name, a date, an hour or a treatment of somebody else in the family."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from visit_words import text

from bot.actions.wording import in_words, opening_title, visit_title
from bot.domain.diary import KnownPatient, Opening, PatientDetails
from bot.service.clock import FrozenClock
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter

_LATIN = """Alba Bruno Carla Dario Elsa Fabio Gemma Ivo Lara Mirko Nora Oreste Piera Quinto Rita Sandro
    Alice Brian Cora Derek Edith Felix Grace Henry Isla Jack Kate Liam"""
_CYRILLIC = "Алла Борис Вера Глеб Дарья Егор Жанна Захар Инна Кирилл Лидия Максим"
NAMES = {"it": _LATIN.split()[:16], "en": _LATIN.split()[16:], "ru": _CYRILLIC.split()}
SURNAMES = {"it": "Prova", "en": "Sample", "ru": "Пробных"}
TREATMENTS = ("otturazione", "sbiancamento", "protesi", "estrazione")

WORDS = {
    "it": {
        "asks": [
            "Sono {me}, quando è il mio appuntamento?",
            "Sono {me}, vorrei spostare la visita",
            "Sono {me}, vorrei disdire il mio appuntamento",
            "Sono {me}, a che ora ho la visita?",
            "Sono {me}. Quali visite ha la mia famiglia?",
            "Sono {me}, mi ricorda quando devo venire? Anche {other}?",
            "Quando è l'appuntamento di {other}?",
            "Vorrei disdire l'appuntamento di {other}",
            "Chi altro viene da questo numero?",
            "Il mio numero è {phone}",
            '/my_appointments{{"visit": "other"}}',
            "Sono in ritardo",
        ],
        "whose": "Di chi è la visita",
        "born": "data di nascita",
        "no": "no",
        "drop": "lasci perdere",
    },
    "en": {
        "asks": [
            "My name is {me}, when is my appointment?",
            "My name is {me}, I'd like to move my appointment",
            "My name is {me}, I need to cancel my appointment",
            "My name is {me}, what time is my appointment?",
            "My name is {me}. Which appointments does my family have?",
            "My name is {me}, when do I have to come? And {other}?",
            "When is {other}'s appointment?",
            "I want to cancel {other}'s appointment",
            "Who else comes from this number?",
            "My number is {phone}",
            '/my_appointments{{"visit": "other"}}',
            "I'm running late",
        ],
        "whose": "Whose visit is it",
        "born": "date of birth",
        "no": "no",
        "drop": "forget it",
    },
    "ru": {
        "asks": [
            "Меня зовут {me}, когда у меня приём?",
            "Меня зовут {me}, хочу перенести визит",
            "Меня зовут {me}, хочу отменить запись",
            "Меня зовут {me}, на какое время я записан?",
            "Меня зовут {me}. Какие записи у моей семьи?",
            "Меня зовут {me}, когда мне приходить? А {other}?",
            "Когда приём у {other}?",
            "Хочу отменить запись {other}",
            "Кто ещё записан с этого номера?",
            "Мой номер {phone}",
            '/my_appointments{{"visit": "other"}}',
            "Я опаздываю",
        ],
        "whose": "Чей это визит",
        "born": "дату рождения",
        "no": "нет",
        "drop": "не надо, забудьте",
    },
}


@dataclass(frozen=True, kw_only=True)
class Member:
    name: str
    surname: str
    born: date
    start: datetime  # on the wall
    treatment: str
    wa_id: str
    channel: str
    language: str

    @property
    def traces(self) -> tuple[str, ...]:
        """What would give this member away."""
        days = [
            words
            for language in ("it", "en", "ru")
            for words in (
                in_words(self.start, language)[:-5].rstrip(" ,"),
                visit_title(self.start, language),
                opening_title(self.start, language),
            )
        ]
        return (self.name, self.treatment, f"{self.start:%Y-%m-%d}", *days)


@dataclass(frozen=True, kw_only=True)
class Family:
    members: tuple[Member, ...]
    booked_here: bool  # by themselves in the chat, rather than by staff


def families() -> list[Family]:
    """Two thirds share a phone; every visit has a day of its own, weeks after anything that is offered."""
    made, day = [], date(2026, 4, 1)
    names = {language: iter(some) for language, some in NAMES.items()}
    for number in range(10):
        language = ("it", "en", "ru")[number % 3]
        channel = "messenger" if number in (2, 9) else "whatsapp"
        shared = number not in (6, 7, 9)
        members = []
        for place in range(4):
            while day.weekday() not in (0, 1, 3) or day == date(2026, 4, 6):
                day += timedelta(days=1)
            members.append(
                Member(
                    name=next(names[language]),
                    surname=SURNAMES[language],
                    born=date(1960 + 10 * place, 1 + number, 3 + place),
                    start=datetime(day.year, day.month, day.day, 10),
                    treatment=TREATMENTS[place],
                    wa_id=f"39333000{number:02}{0 if shared else place}",
                    channel=channel,
                    language=language,
                )
            )
            day += timedelta(days=1)
        made.append(Family(members=tuple(members), booked_here=number in (0, 1, 2)))
    return made


def practice_file(folder: Path) -> Path:
    """The demo practice, where each member's treatment is one that strangers are never offered."""
    demo = (Path(__file__).parents[2] / "practice.yml").read_text()
    treatments = "".join(
        f"  - id: {one}\n    names: {{it: {one}, en: {one}, ru: {one}}}\n"
        f"    duration_minutes: 30\n    for_new_patients: false\n"
        for one in TREATMENTS
    )
    demo = demo.replace("visit_types:\n  - id: new", f"visit_types:\n{treatments}  - id: new", 1)
    doing = f"visit_types: [{', '.join(TREATMENTS)}, new_patient_consult, check_up]"
    demo = demo.replace("visit_types: [new_patient_consult, check_up]", doing, 1)
    (folder / "practice.yml").write_text(demo)
    return folder / "practice.yml"


async def enter(surgery: Surgery, family: Family) -> None:
    for member in family.members:
        if not family.booked_here:
            await surgery.staff_book(
                f"{member.start:%Y-%m-%dT%H:%M}",
                name=f"{member.name} {member.surname}",
                phone=f"+{member.wa_id}",
                birth_date=member.born.isoformat(),
                visit_type=member.treatment,
            )
            continue
        patient = surgery.patient(member.wa_id, channel=member.channel)
        if not patient.screen:
            await patient.says("ok")
        start = member.start.replace(tzinfo=UTC) - timedelta(hours=2)  # summer time in Rome
        opening = Opening(
            start=start, end=start + timedelta(minutes=30), practitioner="rossi", visit_type=member.treatment
        )
        at, diary = surgery.clock.now(), surgery.desk.diary
        hold = await diary.hold(opening, contact=surgery.contact(patient), key=member.name, at=at)
        who = PatientDetails(name=f"{member.name} {member.surname}", phone=f"+{member.wa_id}")
        booking = await diary.book(hold, who, key=f"book {member.name}", at=at)
        assert booking.write is not None
        await surgery.desk.store.write_diary([booking.write])


async def asks(surgery: Surgery, patient: Patient, member: Member, words: str) -> str:
    """Asks, and answers for itself whatever is asked back: truly its own name and date of birth."""
    known = WORDS[member.language]
    seen = text(await patient.says(words))
    for _ in range(4):
        last = patient.sees.text
        if known["whose"] in last:
            seen += text(await patient.says(member.name))
        elif str(known["born"]) in last:
            seen += text(await patient.says(f"{member.born:%d/%m/%Y}"))
        else:
            break
    seen += " ".join(patient.sees.titles)
    contact = surgery.contact(patient)
    if any(waiting.id == contact for waiting in await surgery.desk.staff.desk.handoffs()):
        assert isinstance(surgery.clock, FrozenClock)
        surgery.clock.move(seconds=1)
        await surgery.desk.staff.desk.take(contact, "Giulia")
        await surgery.desk.staff.desk.give_back(contact, "Giulia")
        await surgery.settled()
    seen += text(await patient.says(str(known["drop"])))
    return seen


async def twelve_asks(surgery: Surgery, family: Family) -> tuple[list[str], set[str]]:
    """What leaked, and who was shown their own visit."""
    leaks, shown = [], set[str]()
    for place, member in enumerate(family.members):
        patient = surgery.patient(member.wa_id, channel=member.channel)
        others = [other for other in family.members if other is not member]
        other = others[place % 3]
        for number, ask in enumerate(WORDS[member.language]["asks"]):
            words = ask.format(me=member.name, other=other.name, phone=f"+{other.wa_id}")
            seen = await asks(surgery, patient, member, words)
            leaks += [
                f"{member.name} reads {trace!r} after ask {number}: {words}"
                for one in others
                for trace in one.traces
                if re.search(rf"(?<!\w){re.escape(trace)}(?!\w)", seen, re.IGNORECASE)
            ]
            if in_words(member.start, member.language) in seen:
                shown.add(member.name)
    return leaks, shown


@asynccontextmanager
async def practice(folder: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    environment = {"CHAIRSIDE_PRACTICE": str(practice_file(folder))}
    async with Surgery.open(folder / "data", interpreter=interpreter, environment=environment) as surgery:
        yield surgery


async def told(surgery: Surgery, some: Sequence[Family]) -> tuple[list[str], set[str]]:
    for family in some:
        await enter(surgery, family)
    results = await asyncio.gather(*[twelve_asks(surgery, family) for family in some])
    return [leak for leaks, _ in results for leak in leaks], {name for _, shown in results for name in shown}


async def test_nobody_reads_what_is_another_members(tmp_path: Path, interpreter: Interpreter) -> None:
    async with practice(tmp_path, interpreter) as surgery:
        leaks, shown = await told(surgery, families())
    provable = {
        member.name
        for family in families()
        for member in family.members
        if family.booked_here or member.channel == "whatsapp"
    }

    assert leaks == []
    assert shown == provable


async def test_a_diary_that_asks_for_no_name_and_date_gives_families_away(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with practice(tmp_path, interpreter) as surgery:
        diary = surgery.desk.diary
        real = diary.find_patients

        async def careless(*, phone: str | None = None, contact: str | None = None, **_: Any) -> Any:
            people = await real(phone=phone, contact=contact)
            everybody = tuple(reference for person in people for reference in person.references)
            return (KnownPatient(references=everybody),) if everybody else ()

        diary.find_patients = careless  # type: ignore[method-assign]
        leaks, _ = await told(surgery, families()[3:4])

    assert leaks
