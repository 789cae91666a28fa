"""Google calls when a calendar changes; where it does not, it is asked."""

from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.errors import SetupError, Unsupported
from bot.practice_systems.google import open_google
from bot.practice_systems.google.system import GoogleSystem
from bot.practice_systems.google.watching import TRIED_AGAIN
from bot.web.system_webhooks import PATH, add_system_webhook
from tests.contracts.google_world import GoogleWorld
from tests.stand_ins.google_channels import LIFE
from tests.studio import NOW, STUDIO
from tests.web.fakes import FakeClock
from tests.web.serving import serving

SECRET = "0123456789abcdef0123456789abcdef"
TEN = datetime(2027, 3, 2, 9, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


class Called:
    """A calendar at Google, and this house at a public address; `heard` is what Google called about."""

    def __init__(self, world: GoogleWorld, url: str) -> None:
        self.world, self.url = world, url
        self.channels = world.google.channels
        self.heard: list[list[str]] = []
        self.at = NOW
        settings = replace(
            world.settings,
            options={**world.settings.options, "watch": url},
            secrets={**world.settings.secrets, "webhook": SECRET},
        )
        self.system: GoogleSystem = open_google(
            settings, practice=STUDIO, http=world.http, now=lambda: self.at
        )

    def hear(self, refs: Collection[str]) -> None:
        self.heard.append(list(refs))

    def passes(self, time: timedelta) -> None:
        self.at += time
        self.channels.at += time


@pytest.fixture
async def called() -> AsyncIterator[Called]:
    world = GoogleWorld()
    await world.open()
    app = web.Application()
    async with serving() as serve:
        there: list[Called] = []

        class Later:
            """The adapter, which wants to know the address first."""

            name = "google"

            def read_webhook(self, headers: object, body: bytes) -> tuple[str, ...]:
                return there[0].system.read_webhook(headers, body)  # type: ignore[arg-type]

        add_system_webhook(
            app, Later(), secret=SECRET, heard=lambda refs: there[0].hear(refs), clock=FakeClock()
        )
        called = Called(world, await serve(app))
        there.append(called)
        yield called
    await called.system.close()
    await world.close()


async def test_what_staff_change_is_heard_at_once_and_asked_for_by_sync_token(called: Called) -> None:
    cursor = (await called.system.changes(None)).cursor
    before = list(called.heard)
    ref = await called.world.staff_enters(TEN, TEN + HALF_AN_HOUR)
    answers = await called.channels.deliver()
    told = await called.system.changes(cursor)

    assert before == []  # that a channel is open is no change
    assert answers == [200, 200]
    assert called.heard == [["*"], ["*"]]
    assert [visit.ref for visit in told.visits] == [ref]
    assert called.system.capabilities.webhooks


async def test_a_channel_is_renewed_before_it_ends_and_the_old_one_stopped_afterwards(called: Called) -> None:
    """Google gives an hour, whatever was asked for."""
    calendars = sorted(called.world.calendars.values())
    cursor = (await called.system.changes(None)).cursor
    first = set(called.channels.open)
    await called.system.changes(cursor)
    called.passes(LIFE / 2 + timedelta(minutes=1))
    await called.system.changes(cursor)

    assert sorted(called.channels.opened) == sorted(calendars * 2)
    assert sorted(called.channels.stopped) == calendars
    assert not first & set(called.channels.open) and len(called.channels.open) == 2
    await called.system.close()
    assert called.channels.open == {}


async def test_where_google_refuses_to_call_it_is_asked_and_tried_again_later(called: Called) -> None:
    called.channels.refuses = 401
    cursor = (await called.system.changes(None)).cursor
    ref = await called.world.staff_enters(TEN, TEN + HALF_AN_HOUR)
    told = await called.system.changes(cursor)
    asked = called.world.google.requests.count("POST watch")
    called.channels.refuses = 0
    called.passes(TRIED_AGAIN)
    await called.system.changes(told.cursor)

    assert [visit.ref for visit in told.visits] == [ref]
    assert asked <= 4  # two calendars, each once more with a new token
    assert len(called.channels.open) == 2


async def test_a_lost_notification_is_made_up_for_by_asking(called: Called) -> None:
    cursor = (await called.system.changes(None)).cursor
    called.channels.loses = True
    ref = await called.world.staff_enters(TEN, TEN + HALF_AN_HOUR)

    assert await called.channels.deliver() == []
    assert [visit.ref for visit in (await called.system.changes(cursor)).visits] == [ref]


async def test_a_forgotten_sync_token_after_a_call_has_everything_looked_at(called: Called) -> None:
    cursor = (await called.system.changes(None)).cursor
    await called.world.staff_enters(TEN, TEN + HALF_AN_HOUR)
    called.world.google.forget_sync_tokens()
    await called.channels.deliver()
    told = await called.system.changes(cursor)

    assert (told.everything, len(told.visits), called.heard[-1]) == (True, 1, ["*"])


@pytest.mark.parametrize("token", ["", "0" * 64, SECRET, "\u00e9"])
async def test_whoever_does_not_bring_our_token_is_not_heard(token: str, called: Called) -> None:
    await called.system.changes(None)
    headers = {"X-Goog-Channel-Token": token, "X-Goog-Resource-State": "exists", "X-Goog-Channel-ID": "x"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{called.url}{PATH}/{SECRET}", headers=headers) as answer,
    ):
        status = answer.status

    assert (status, called.heard) == (401, [])


async def test_a_watch_without_a_secret_does_not_start_and_without_a_watch_google_is_only_asked(
    called: Called,
) -> None:
    world = called.world
    settings = replace(
        world.settings, options={**world.settings.options, "watch": "https://desk.example.org"}
    )

    with pytest.raises(SetupError, match="openssl rand"):
        open_google(settings, practice=STUDIO, http=world.http, now=lambda: NOW)
    with pytest.raises(Unsupported, match="watch"):
        world.system.read_webhook({}, b"")
    assert not world.system.capabilities.webhooks
