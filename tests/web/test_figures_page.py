"""The figures of the practice, as the people who run it read them."""

import csv
import io
from datetime import datetime, timedelta

import aiohttp
import pytest

from bot.domain.chats import BookingFact, WroteFact
from bot.domain.figures import HandoffFact
from bot.domain.handoff import Outcome
from bot.service.inbox.figures import WaitingFact
from bot.web.sign_in.session import SignIn
from tests.web.backstage import FakeFacts, FakeTrail
from tests.web.fakes import NOW, FakeDesk, MemoryStaffBook
from tests.web.serving import Receptionist, Serve, whole_inbox


def before(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.fixture
def facts() -> FakeFacts:
    """NOW is a Monday at 10:20 in Milan."""
    return FakeFacts(
        begun=[
            HandoffFact(
                conversation="c-anna",
                reason="asked",
                opened_at=before(minutes=60),
                answered_at=before(minutes=54),
                answered_by="Giulia <b>",
                closed_at=before(minutes=40),
                outcome=Outcome.ANSWERED,
            ),
            HandoffFact(conversation="d00d-luca", reason="emergency", opened_at=before(minutes=30)),
            HandoffFact(conversation="c-old", reason="media", opened_at=before(days=9)),
        ],
        written=[
            WroteFact(conversation="c-anna", at=before(minutes=60)),
            WroteFact(conversation="c-james", at=before(minutes=58)),
            WroteFact(conversation="c-james", at=before(minutes=55)),
        ],
        booked=[BookingFact(conversation="c-james", at=before(minutes=54))],
        unanswered=(
            WaitingFact(conversation="c-james", since=before(minutes=30), due_at=before(minutes=-5)),
        ),
    )


@pytest.fixture
def trail() -> FakeTrail:
    return FakeTrail()


@pytest.fixture
async def marta(
    serve: Serve,
    http: aiohttp.ClientSession,
    desk: FakeDesk,
    sign_in: SignIn,
    staff: MemoryStaffBook,
    facts: FakeFacts,
    trail: FakeTrail,
) -> Receptionist:
    marta = Receptionist(http, await serve(whole_inbox(desk, sign_in, staff, facts=facts, trail=trail)))
    assert await marta.signs_in(sign_in.issue()) == 200
    return marta


async def test_the_page_tells_the_figures_of_the_days_that_were_chosen(marta: Receptionist) -> None:
    status, page = await marta.gets("/inbox/figures?period=today")

    assert status == 200
    tiles = [part.split("</dd>")[0].split("<dd>")[1] for part in page.split('<div class="tile">')[1:]]
    assert tiles == [
        *("2", "50%", "1", "2"),  # chats, without a person, booked, messages for it
        *("2", "6 min", "6 min", "20 min", "1"),  # handed over, first answer, settled, never answered
    ]
    assert "Giulia &lt;b&gt;" in page
    assert "Giulia <b>" not in page


async def test_who_waits_and_who_was_never_answered_lead_to_their_conversations(marta: Receptionist) -> None:
    _, page = await marta.gets("/inbox/figures?period=today")
    waiting, never = page.split('id="waiting"')[1], page.split('id="never"')[1].split("</ul>")[0]

    assert '<a href="/inbox?conversation=c-james"><bdi>James Smith</bdi>' in waiting.split("</section>")[0]
    assert '<a href="/inbox?conversation=d00d-luca"><bdi>Paziente D00D</bdi>' in never
    assert never.count("<li>") == 1


async def test_the_same_figures_come_as_a_file_and_the_trail_says_who_took_it(
    marta: Receptionist, trail: FakeTrail
) -> None:
    today = f"{NOW:%Y-%m-%d}"
    async with marta.http.get(f"{marta.url}/inbox/figures.csv?from={today}&to={today}") as response:
        kind, saved = response.content_type, response.headers["Content-Disposition"]
        text = (await response.read()).decode("utf-8-sig")
    rows = {(row["what"], row["which"]): row for row in csv.DictReader(io.StringIO(text, newline=""))}

    assert (kind, saved) == ("text/csv", f'attachment; filename="figures-{today}-{today}.csv"')
    assert [*rows["total", ""].values()] == [
        *("total", "", "2", "1", "1", "6.0", "6.0", "1", "20.0", "20.0"),
        *("2", "1", "3", "1", "2.0"),
    ]
    assert rows["person", "Giulia <b>"]["handoffs"] == "1"
    assert rows["hour", "Mon 09:00"]["messages of patients"] == "3"
    assert trail.told[-1] == ("Marta", "exported", f"figures {today} {today}")


@pytest.mark.parametrize(
    "query", ["", "?period=never", "?from=x&to=y", "?from=2026-02-31&to=2026-03-01", "?from=2026-01-01"]
)
async def test_days_that_make_no_sense_become_the_usual_month(marta: Receptionist, query: str) -> None:
    status, page = await marta.gets(f"/inbox/figures{query}")

    assert status == 200
    assert f'value="{before(days=29):%Y-%m-%d}"' in page
    assert f'value="{NOW:%Y-%m-%d}"' in page


async def test_a_period_of_many_years_is_cut_to_three(marta: Receptionist) -> None:
    status, page = await marta.gets("/inbox/figures?from=0001-01-01&to=9999-12-31")

    assert status == 200
    assert f'value="{before(days=1100):%Y-%m-%d}"' in page
    assert f'value="{NOW:%Y-%m-%d}"' in page


@pytest.mark.parametrize(("language", "title"), [("it", "Numeri"), ("ru", "Цифры"), ("en", "Figures")])
async def test_the_page_speaks_the_language_of_whoever_reads_it(
    marta: Receptionist, language: str, title: str
) -> None:
    await marta.posts("/inbox/language", {"language": language})
    status, page = await marta.gets("/inbox/figures")

    assert status == 200
    assert f"<h1>{title}</h1>" in page
