"""Our actions for a Rasa deployment: booked once, before the answer, and for nobody without the token."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from rasa_sdk import Action
from rasa_sdk.events import SlotSet

from bot.actions.executor import InProcessActions
from bot.actions.serving import MAX_REQUEST, actions_application
from bot.actions.turn import current_call, stage
from bot.bootstrap import ActionServer, Books, Configuration
from bot.dialogue import Assistant, load_assistant
from bot.domain.diary import BookHeld, DiaryWrite, Hold, PatientDetails
from bot.errors import OpeningTaken, SetupError
from bot.ports import ActionCall
from bot.service.clock import FrozenClock
from tests.studio import opening

PLACE = "Studio Dentistico Demo, Via dell'Esempio 12, 20121 Milano"

TOKEN = "a-token-for-tests"
MONDAY = datetime(2026, 3, 2, 7, tzinfo=UTC)


class Rasa:
    """A Rasa deployment, as far as its action endpoint goes."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self.url = url

    async def runs(
        self, action: str, *, sender: str = "anna", key: str | None = None, events: int = 0, **slots: Any
    ) -> dict[str, Any]:
        """What the action sets."""
        call = {
            "next_action": action,
            "sender_id": sender,
            "tracker": {
                "sender_id": sender,
                "slots": slots,
                "latest_message": {},
                "events": [{"event": "user", "timestamp": n, "input_channel": "sms"} for n in range(events)],
            },
            "domain": {},
            "version": "3.21.1",
        }
        headers = {"Idempotency-Key": key} if key else {}
        async with self._http.post(self.url, json=call, headers=headers, params={"token": TOKEN}) as answer:
            body = await answer.json()
            assert answer.status == 200, body
        return {event["name"]: event["value"] for event in body["events"]}

    async def holds(self, *, sender: str = "anna") -> str:
        found = await self.runs("action_find_openings", sender=sender, visit_type="hygiene")
        chosen = str(found["openings_on_offer"][0])
        await self.runs("action_hold_opening", sender=sender, visit_type="hygiene", opening=chosen)
        return chosen


@asynccontextmanager
async def serving(data: Path) -> AsyncIterator[Rasa]:
    configuration = Configuration(data=data, environment={}, demo=True, now=MONDAY)
    server = ActionServer(configuration, host="127.0.0.1", port=0, token=TOKEN)
    await server.start()
    try:
        async with aiohttp.ClientSession() as http:
            yield Rasa(http, server.url)
    finally:
        await server.stop()


async def visits(data: Path) -> list[tuple[str, str]]:
    books = Books.open(Configuration(data=data, environment={}, demo=True))
    try:
        rows = await books.diary.appointments(start=None, end=None, at=MONDAY)
        return [(row.opening.ref, row.status.value) for row in rows]
    finally:
        books.database.close()


async def test_a_patient_of_a_rasa_deployment_books(tmp_path: Path) -> None:
    async with serving(tmp_path) as rasa:
        chosen = await rasa.holds()
        result = await rasa.runs(
            "action_book", opening=chosen, patient_name="Anna Verdi", phone="+390200000001", language="en"
        )

    assert result == {
        "booking_result": "booked",
        "visit_name": "dental hygiene",
        "opening_words": "Monday 2 March at 10:15",
        "practitioner_name": "dott.ssa Laura Bianchi",
        "visit_place": PLACE,
    }
    assert await visits(tmp_path) == [(chosen, "booked")]


@pytest.mark.parametrize("known_by", [{"key": "k1"}, {"events": 7}])
async def test_a_booking_that_is_asked_for_again_is_the_same(
    tmp_path: Path, known_by: dict[str, Any]
) -> None:
    book = {"patient_name": "Anna Verdi", "phone": "+390200000001", **known_by}
    async with serving(tmp_path) as rasa:
        chosen = await rasa.holds()
        results = await asyncio.gather(*(rasa.runs("action_book", opening=chosen, **book) for _ in range(3)))
    async with serving(tmp_path) as rasa:  # as after a crash between the commit and the answer
        results.append(await rasa.runs("action_book", opening=chosen, **book))

    assert [result["booking_result"] for result in results] == ["booked"] * 4
    assert results == [results[0]] * 4
    assert await visits(tmp_path) == [(chosen, "booked")]


async def test_without_key_and_events_the_same_call_would_be_another_booking(tmp_path: Path) -> None:
    """What the keys are for: the second call finds its own time taken."""
    async with serving(tmp_path) as rasa:
        chosen = await rasa.holds()
        results = [
            await rasa.runs("action_book", opening=chosen, patient_name="Anna Verdi", phone="+390200000001")
            for _ in range(2)
        ]

    assert [result["booking_result"] for result in results] == ["booked", "taken"]


async def test_a_later_booking_is_another_one(tmp_path: Path) -> None:
    async with serving(tmp_path) as rasa:
        first = await rasa.holds()
        await rasa.runs("action_book", opening=first, patient_name="Anna Verdi", events=7)
        second = await rasa.holds()
        await rasa.runs("action_book", opening=second, patient_name="Anna Verdi", events=20)

    assert sorted(await visits(tmp_path)) == sorted([(first, "booked"), (second, "booked")])


async def test_two_patients_do_not_get_the_same_time(tmp_path: Path) -> None:
    async with serving(tmp_path) as rasa:
        found = await rasa.runs("action_find_openings", visit_type="hygiene")
        wanted = found["openings_on_offer"][0]
        results = await asyncio.gather(
            *(
                rasa.runs("action_hold_opening", sender=sender, visit_type="hygiene", opening=wanted)
                for sender in ("anna", "bruno", "carla")
            )
        )

    assert sorted(result["hold_result"] for result in results) == ["held", "taken", "taken"]


async def test_a_number_that_rasa_calls_a_patient_by_is_not_kept(tmp_path: Path) -> None:
    async with serving(tmp_path) as rasa:
        chosen = await rasa.holds(sender="whatsapp:+393331234567")
        await rasa.runs(
            "action_book", sender="whatsapp:+393331234567", opening=chosen, patient_name="Zeno Prova", key="k"
        )

    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert b"393331234567" not in stored
    assert b"Zeno" not in stored


def test_without_a_token_actions_stay_on_this_machine(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"to this machine only, not on 0\.0\.0\.0"):
        ActionServer(
            Configuration(data=tmp_path, environment={}, demo=True), host="0.0.0.0", port=0, token=None
        )


# Without a diary


class BooksWhatIsTaken(Action):  # type: ignore[misc]
    """Stages a booking that the diary will refuse."""

    def name(self) -> str:
        return "action_book"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        hold = Hold(id="h", opening=opening("2027-03-02 10:00"), contact=current_call().contact, until=MONDAY)
        stage(BookHeld(hold=hold, patient=PatientDetails(name="Anna Verdi"), key="k", at=MONDAY))
        dispatcher.utter_message(text="booked!")
        return [SlotSet("booking_result", "booked")]


class FullBook:
    """An AnswerBook whose diary is full."""

    def __init__(self) -> None:
        self.answers: dict[str, Mapping[str, Any]] = {}

    def contact(self, sender: str) -> str:
        return f"contact of {sender}"

    async def known(self, contact: str, key: str) -> Mapping[str, Any] | None:
        return self.answers.get(key)

    async def keep(self, call: ActionCall, answer: Mapping[str, Any], writes: Sequence[DiaryWrite]) -> None:
        if writes:
            raise OpeningTaken("taken")
        self.answers[call.key] = answer


@pytest.fixture
def content(tmp_path: Path) -> Assistant:
    (tmp_path / "flows.yml").write_text(
        "actions:\n"
        "  - action_book: {outcome: {slot: booking_result, values: [booked, taken, error]}}\n"
        "slots:\n"
        "  booking_result:\n"
        "    {type: categorical, values: [booked, taken, error], mappings: [{type: controlled}]}\n"
    )
    return load_assistant([tmp_path], languages=("en",))


@asynccontextmanager
async def application(content: Assistant, *, token: str | None = TOKEN) -> AsyncIterator[TestServer]:
    app = actions_application(
        InProcessActions([BooksWhatIsTaken()], assistant=content),
        assistant=content,
        book=FullBook(),
        clock=FrozenClock(MONDAY),
        token=token,
    )
    async with TestServer(app) as server:
        yield server


async def asked(
    server: TestServer, path: str = "/webhook", *, body: bytes | None = None, **headers: str
) -> tuple[int, Any]:
    """Status and JSON."""
    async with (
        aiohttp.ClientSession() as http,
        http.request(
            "GET" if body is None else "POST", server.make_url(path), data=body, headers=headers
        ) as answer,
    ):
        return answer.status, await answer.json() if "json" in answer.content_type else None


BOOK = b'{"next_action": "action_book", "sender_id": "anna", "tracker": {"slots": {}, "events": []}}'
JSON = {"Content-Type": "application/json"}
OURS = JSON | {"Authorization": f"Bearer {TOKEN}"}


async def test_a_refusal_of_the_diary_is_what_the_action_came_to(content: Assistant) -> None:
    async with application(content) as server:
        twice = [await asked(server, body=BOOK, **OURS, **{"Idempotency-Key": "k"}) for _ in range(2)]

    taken = {"event": "slot", "timestamp": None, "name": "booking_result", "value": "taken"}
    assert twice == [(200, {"events": [taken], "responses": []})] * 2


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/webhook", JSON, 401),
        ("/webhook", JSON | {"Authorization": "Bearer not-ours"}, 401),
        ("/webhook", JSON | {"Authorization": f"Basic {TOKEN}"}, 401),
        ("/webhook?token=", JSON, 401),
        ("/webhook?token=%D0%BF", JSON, 401),
        (f"/webhook?token={TOKEN}x", JSON, 401),
        (f"/webhook?token={TOKEN}", JSON, 200),
        ("/webhook", OURS, 200),
    ],
)
async def test_nobody_books_without_the_token(
    content: Assistant, path: str, headers: dict[str, str], status: int
) -> None:
    async with application(content) as server:
        answered, _ = await asked(server, path, body=BOOK, **headers)

    assert answered == status


async def test_names_need_the_token_and_health_does_not(content: Assistant) -> None:
    async with application(content) as server:
        answers = [
            await asked(server, path)
            for path in ("/actions", f"/actions?token={TOKEN}", "/health", "/nowhere")
        ]

    refused = (401, {"error": "the token is missing or is not ours"})
    assert answers == [refused, (200, [{"name": "action_book"}]), (200, {"status": "ok"}), refused]


@pytest.mark.parametrize(
    ("headers", "status"),
    [(JSON, 200), (JSON | {"Host": "evil.example"}, 403), ({"Content-Type": "text/plain"}, 415)],
)
async def test_without_a_token_no_page_in_a_browser_gets_through(
    content: Assistant, headers: dict[str, str], status: int
) -> None:
    async with application(content, token=None) as server:
        answered, _ = await asked(server, body=BOOK, **headers)

    assert answered == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b"[]", 400),
        (b"[" * 100_000, 400),
        (b"null", 400),
        (b"{}", 200),
        (b'{"next_action": null}', 200),
        (b'{"next_action": 3}', 400),
        (b'{"next_action": "action_nobody_has"}', 404),
        (b'{"next_action": "action_book"}', 400),
        (b'{"next_action": "action_book", "tracker": {}}', 400),
        (b'{"next_action": "action_book", "sender_id": 3, "tracker": {}}', 400),
        (b'{"next_action": "action_book", "sender_id": "a", "tracker": {"slots": [1]}}', 400),
        (b'{"next_action": "action_book", "sender_id": "a", "tracker": {"slots": {"language": []}}}', 200),
        (b'{"next_action": "action_book", "sender_id": "a", "tracker": {"events": [3, null]}}', 200),
        (b'{"next_action": "action_book", "sender_id": "a", "tracker": {"events": {}}}', 200),
        (b" " * (MAX_REQUEST + 1), 413),
    ],
)
async def test_whatever_is_asked_has_an_answer(content: Assistant, body: bytes, status: int) -> None:
    async with application(content) as server:
        answered, _ = await asked(server, body=body, **OURS)

    assert answered == status
