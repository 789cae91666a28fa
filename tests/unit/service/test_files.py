"""What patients send beside words: fetched after the answer, kept sealed, and gone when its time is over."""

import io
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image
from sqlalchemy import select

from bot.bootstrap.files import FileRoom
from bot.domain.conversation import Attachment, InboundEvent, InboundKind
from bot.domain.media import SafeFile, Transcript, VoiceRules
from bot.domain.practice import Practice, WhatsAppAccount
from bot.service.clock import FrozenClock
from bot.service.inbox.desk import FileView
from bot.stand_in import Fault, FaultKind, GraphStandIn
from bot.storage.events.media_tables import MediaRow
from bot.testing import ACCOUNT, Patient, Surgery

VOICE = b"OggS" + bytes(60)


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), (200, 30, 30)).save(out, "JPEG", comment=b"Via Roma 1")
    return out.getvalue()


@dataclass
class Ear:
    """Hears what it is told to."""

    hears: Transcript | None = None

    async def transcribe(self, file: SafeFile, *, language: str | None) -> Transcript | None:
        return self.hears


@dataclass
class Studio:
    """A front desk that fetches its files from a stand-in of Meta."""

    surgery: Surgery
    meta: GraphStandIn
    room: FileRoom
    ear: Ear

    async def sends(self, patient: Patient, content: bytes, kind: str = "image", **more: Any) -> None:
        mime_type = "audio/ogg" if kind == "audio" else "image/jpeg"
        file = self.meta.media.put(content, mime_type=mime_type)
        attachment = Attachment(kind=kind, id=file.id, mime_type=mime_type, voice=kind == "audio", **more)
        await self.comes(replace(patient._event(InboundKind(kind)), attachments=(attachment,)))

    async def comes(self, event: InboundEvent) -> None:
        await self.surgery.desk.intake.accept([event])
        await self.surgery.settled()

    async def fetches(self) -> None:
        while await self.room.files.look():
            pass
        await self.surgery.settled()

    async def shown(self, patient: Patient) -> list[FileView]:
        view = await self.surgery.desk.staff.desk.conversation(self.surgery.contact(patient))
        return [file for message in view.messages for file in message.files]


def later(studio: Studio, **how_long: float) -> None:
    clock = studio.surgery.clock
    assert isinstance(clock, FrozenClock)
    clock.move(**how_long)


def listening(practice: Practice) -> Practice:
    number = WhatsAppAccount(
        phone_number_id=ACCOUNT, app_secret="secret", verify_token="verify", access_token="a token"
    )
    voice = VoiceRules(server="http://127.0.0.1:9", sure=0.8, wait=timedelta(seconds=60))
    return replace(practice, whatsapp=(number,), voice=voice)


@pytest.fixture
async def studio(
    tmp_path: Path,
    interpreter: Any,
    aiohttp_server: Callable[[web.Application], Awaitable[TestServer]],
) -> AsyncIterator[Studio]:
    async with (
        Surgery.open(tmp_path, interpreter=interpreter, change=listening) as surgery,
        aiohttp.ClientSession() as http,
    ):
        meta = GraphStandIn(
            webhook_url="http://127.0.0.1:9/",
            app_secret="secret",
            access_token="a token",
            phone_number_id=ACCOUNT,
            display_number="+390200000000",
            now=surgery.desk.clock.now,
        )
        server = await aiohttp_server(meta.application())
        ear = Ear()
        url = str(server.make_url("")).rstrip("/")
        room = FileRoom(surgery.desk, http=http, graph_url=url, is_demo=True, ear=ear)
        yield Studio(surgery, meta, room, ear)
        await room.close()


async def test_a_photo_is_answered_at_once_and_seen_by_staff_later(studio: Studio) -> None:
    anna = studio.surgery.patient()
    await studio.sends(anna, photo())
    answered = list(anna.screen)
    before = await studio.shown(anna)
    await studio.fetches()
    [file] = await studio.shown(anna)
    kept = await studio.room.shelf.content(studio.surgery.contact(anna), file.id)

    assert (len(answered), before) == (1, [])
    assert (file.state, file.kind, file.mime_type) == ("kept", "image", "image/jpeg")
    assert kept is not None and kept.content.startswith(b"\xff\xd8") and b"Via Roma" not in kept.content


async def test_of_a_file_nothing_is_readable_in_the_database(studio: Studio) -> None:
    anna = studio.surgery.patient()
    await studio.sends(anna, b"%PDF-1.7 the secret letter", kind="document", filename="referto.pdf")
    await studio.fetches()
    [row] = studio.surgery.desk.books.database.read_now(lambda c: c.execute(select(MediaRow.__table__)).all())

    assert (row.state, b"secret letter" in row.content, b"referto" in row.facts) == ("kept", False, False)


async def test_another_conversation_has_no_such_file(studio: Studio) -> None:
    anna, bruno = studio.surgery.patient(), studio.surgery.patient("393337654321", name="Bruno")
    await studio.sends(anna, photo())
    await bruno.says("Buongiorno")
    await studio.fetches()
    [file] = await studio.shown(anna)

    assert await studio.room.shelf.content(studio.surgery.contact(bruno), file.id) is None


async def test_what_fails_is_fetched_later_and_only_once(studio: Studio) -> None:
    anna = studio.surgery.patient()
    studio.meta.set_fault(Fault(kind=FaultKind.SERVER_ERROR, on="media", times=2))
    await studio.sends(anna, photo())
    states = []
    for _ in range(3):
        await studio.fetches()
        states += [file.state for file in await studio.shown(anna)]
        later(studio, seconds=30)

    assert states == ["waiting", "waiting", "kept"]
    assert not await studio.room.files.look()


async def test_a_worker_that_died_leaves_the_file_to_the_next(studio: Studio) -> None:
    anna = studio.surgery.patient()
    await studio.sends(anna, photo())
    now = studio.surgery.desk.clock.now()
    taken = await studio.room.shelf.take_due(now, limit=4)
    again = await studio.room.shelf.take_due(now, limit=4)
    later = await studio.room.shelf.take_due(now + timedelta(minutes=6), limit=4)

    assert ([due.id for due in taken], again) == ([due.id for due in later], ())


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"<svg onload='alert(1)'/>", "not_safe"), (bytes(17 * 2**20), "too_large")],
    ids=["a drawing that runs", "too large"],
)
async def test_what_is_not_kept_says_why(studio: Studio, content: bytes, why: str) -> None:
    anna = studio.surgery.patient()
    await studio.sends(anna, content)
    await studio.fetches()
    [file] = await studio.shown(anna)

    assert (file.state, file.why) == ("refused", why)


@pytest.mark.parametrize("on", ["media", "download"])
async def test_nobody_is_led_inside(studio: Studio, on: Any) -> None:
    anna = studio.surgery.patient()
    inside = "http://169.254.169.254/latest/meta-data"
    studio.meta.set_fault(Fault(kind=FaultKind.REDIRECT, on=on, location=inside))
    await studio.sends(anna, photo())
    await studio.fetches()
    [file] = await studio.shown(anna)

    assert (file.state, file.why) == ("refused", "not_meta")


async def test_files_go_after_thirty_days(studio: Studio) -> None:
    anna = studio.surgery.patient()
    await studio.sends(anna, photo())
    await studio.fetches()
    await studio.room.files.sweep()
    [kept] = await studio.shown(anna)
    later(studio, days=30, minutes=1)
    await studio.room.files.sweep()
    [file] = await studio.shown(anna)

    assert (kept.state, file.state) == ("kept", "expired")
    assert await studio.room.shelf.content(studio.surgery.contact(anna), file.id) is None


async def test_a_file_goes_with_the_message_that_the_patient_deletes(studio: Studio) -> None:
    anna = studio.surgery.patient()
    await studio.sends(anna, photo())
    await studio.fetches()
    [kept] = await studio.shown(anna)
    gone = replace(anna._event(InboundKind.DELETION), about=f"wamid.{anna.wa_id}.1")
    await studio.comes(gone)
    await studio.fetches()

    assert (kept.state, await studio.shown(anna)) == ("kept", [])
    assert await studio.room.shelf.content(studio.surgery.contact(anna), kept.id) is None


# -- voice notes ------------------------------------------------------------------------------------------


async def test_what_was_surely_heard_is_answered_like_a_message(studio: Studio) -> None:
    anna = studio.surgery.patient()
    studio.ear.hears = Transcript(text="Quanto costa una pulizia dei denti?", confidence=0.93)
    await studio.sends(anna, VOICE, kind="audio")
    silent = list(anna.screen)
    await studio.fetches()
    [file] = await studio.shown(anna)

    assert (silent, file.heard, file.heard_surely) == ([], "Quanto costa una pulizia dei denti?", 0.93)
    assert len(anna.screen) == 1


async def test_what_may_be_misheard_is_read_back_and_counts_after_a_yes(studio: Studio) -> None:
    anna = studio.surgery.patient()
    studio.ear.hears = Transcript(text="Quanto costa una pulizia dei denti?", confidence=0.4)
    await studio.sends(anna, VOICE, kind="audio")
    await studio.fetches()
    asked = anna.sees
    await anna.taps("Sì" if "Sì" in asked.titles else "Yes")

    assert "Quanto costa una pulizia dei denti?" in asked.text
    assert len(anna.screen) > 1 and anna.sees != asked


async def test_after_a_no_the_patient_is_asked_to_write_as_without_a_machine(studio: Studio) -> None:
    anna, bruno = studio.surgery.patient(), studio.surgery.patient("393337654321", name="Bruno")
    studio.ear.hears = Transcript(text="mah", confidence=0.1)
    await studio.sends(anna, VOICE, kind="audio")
    await studio.fetches()
    await anna.taps("No")
    studio.ear.hears = None
    await studio.sends(bruno, VOICE, kind="audio")
    await studio.fetches()

    assert anna.sees.text == bruno.sees.text


async def test_an_emergency_is_not_asked_about(studio: Studio) -> None:
    anna = studio.surgery.patient()
    studio.ear.hears = Transcript(text="Aiuto, non riesco a respirare", confidence=0.2)
    await studio.sends(anna, VOICE, kind="audio")
    await studio.fetches()

    assert "112" in anna.screen[0].text


async def test_nobody_waits_for_a_machine_that_does_not_answer(studio: Studio) -> None:
    anna = studio.surgery.patient()
    await studio.sends(anna, VOICE, kind="audio")
    silent = list(anna.screen)
    later(studio, seconds=61)
    assert studio.room.voice is not None
    await studio.room.voice.let_go_of_the_late()
    await studio.surgery.settled()

    assert (silent, len(anna.screen)) == ([], 1)


async def test_other_messages_do_not_wait_for_the_machine(studio: Studio) -> None:
    anna = studio.surgery.patient()
    await studio.sends(anna, VOICE, kind="audio")
    await anna.says("Siete aperti domani?")

    assert len(anna.screen) >= 1
