"""What staff do in the practice's own software reaches the patient, and an outage is said once."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.domain.diary import Appointment, AppointmentStatus
from bot.domain.outside import Deed, DeedState, Linked
from bot.errors import Unavailable
from bot.service.following import Following
from bot.service.visit_news import visit_news
from tests.studio import NOW, STUDIO, opening

TEN = opening("2027-03-02 10:00")
VISIT = Appointment(id="a", opening=TEN, status=AppointmentStatus.BOOKED, patient=None)
OURS = Linked(appointment=VISIT, ref="x1", contact="ada")
MOVED = replace(VISIT, opening=opening("2027-03-03 11:00"))
CANCELLED = replace(VISIT, status=AppointmentStatus.CANCELLED)


@dataclass
class Elsewhere:
    name: str = "elsewhere"
    news: tuple[tuple[Linked, Appointment], ...] = ()
    is_down: bool = False
    checks: int = 0
    hinted: tuple[tuple[Linked, Appointment], ...] = ()
    asked: list[list[str]] = field(default_factory=list)

    async def settle(self, *, at: datetime) -> tuple[tuple[Deed, DeedState], ...]:
        return ()

    async def catch_up(self, *, at: datetime) -> tuple[tuple[Linked, Appointment], ...]:
        if self.is_down:
            raise Unavailable("no answer")
        news, self.news = self.news, ()
        return news

    async def reread(self, refs: Collection[str], *, at: datetime) -> tuple[tuple[Linked, Appointment], ...]:
        self.asked.append(sorted(refs))
        news, self.hinted = self.hinted, ()
        return news

    async def check(self) -> None:
        self.checks += 1


@dataclass
class Desk:
    at: datetime = NOW
    told: list[tuple[str, Appointment]] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    async def tell(self, contact: str, before: Appointment, now: Appointment) -> None:
        self.told.append((contact, now))


def following(elsewhere: Elsewhere, desk: Desk) -> Following:
    return Following(elsewhere, clock=desk, tell=desk.tell)


@pytest.mark.parametrize("now", [MOVED, CANCELLED])
async def test_a_patient_hears_what_staff_did_with_the_visit(now: Appointment) -> None:
    desk = Desk()
    await following(Elsewhere(news=((OURS, now),)), desk).look()

    assert desk.told == [("ada", now)]


@pytest.mark.parametrize(
    ("ours", "now"),
    [
        (OURS, replace(VISIT, status=AppointmentStatus.ARRIVED)),
        (replace(OURS, contact=None), CANCELLED),
        (replace(OURS, appointment=replace(VISIT, opening=opening("2027-02-26 10:00"))), CANCELLED),
    ],
    ids=["came", "nobody's contact", "long over"],
)
async def test_what_is_no_news_for_the_patient_is_not_told(ours: Linked, now: Appointment) -> None:
    desk = Desk()
    await following(Elsewhere(news=((ours, now),)), desk).look()

    assert desk.told == []


async def test_an_outage_ends_nothing_and_what_happened_meanwhile_is_told_afterwards() -> None:
    desk, elsewhere = Desk(), Elsewhere(news=((OURS, CANCELLED),), is_down=True)
    loop = following(elsewhere, desk)
    await loop.look()
    assert (loop.is_well, desk.told) == (False, [])
    elsewhere.is_down = False
    await loop.look()

    assert (loop.is_well, desk.told) == (True, [("ada", CANCELLED)])


async def test_credentials_are_used_often_enough_to_stay_alive() -> None:
    desk, elsewhere = Desk(), Elsewhere()
    loop = following(elsewhere, desk)
    for _ in range(5):
        await loop.look()
        desk.at += timedelta(hours=5)

    assert elsewhere.checks == 2


def test_the_news_in_three_languages() -> None:
    said = [visit_news(STUDIO, VISIT, MOVED, language=language) for language in ("en", "it", "ru")]

    assert [text.partition(", ")[0] for text in said] == [
        "The practice has moved your visit (Tuesday 2 March at 10:00). The new time: Wednesday 3 March at"
        " 11:00",
        "Lo studio ha spostato la Sua visita (martedì 2 marzo alle 10:00). Il nuovo orario: mercoledì 3 marzo"
        " alle 11:00",
        "Клиника перенесла ваш визит (вторник",
    ]


async def test_what_the_system_calls_about_is_asked_for_once_and_told_once() -> None:
    desk, elsewhere = Desk(), Elsewhere(hinted=((OURS, MOVED),))
    follower = following(elsewhere, desk)
    for _ in range(3):
        follower.hear(["x1", "x2"])
    await follower.look()
    await follower.look()

    assert elsewhere.asked == [["x1", "x2"]]
    assert desk.told == [("ada", MOVED)]
