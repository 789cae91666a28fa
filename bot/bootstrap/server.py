"""The front desk behind HTTP: webhooks, inbox, and in a demo the sandbox with its stand-in of Meta."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import IO, TYPE_CHECKING

import aiohttp
from aiohttp import web

from bot import __version__
from bot.bootstrap.books import Books, only_one, reports
from bot.bootstrap.channel_watch import channel_watch
from bot.bootstrap.channels import channels_of
from bot.bootstrap.codes import codes_of
from bot.bootstrap.content import (
    Configuration,
    kept_content,
    read_assistant,
    read_own_actions,
    remote_actions,
)
from bot.bootstrap.files import FileRoom
from bot.bootstrap.front_desk import FrontDesk
from bot.bootstrap.outreach import read_outreach
from bot.bootstrap.sending import pace_of
from bot.bootstrap.shared import Shared, understanding
from bot.channels.alerts import alert_channels
from bot.domain.channels import SITE
from bot.domain.practice import Practice
from bot.ports import Clock
from bot.service.hearing.pressure import Pressure
from bot.service.upkeep.channel_watch import ChannelWatch
from bot.service.upkeep.health import Health
from bot.service.upkeep.measures import Instruments, Measures
from bot.service.upkeep.probe import Probe
from bot.service.upkeep.tracing import spans_to
from bot.service.waiting.alerts import Grouping
from bot.storage.engine.database import Database
from bot.storage.engine.instants import write_something
from bot.storage.events.visitors import SqlVisitors
from bot.storage.inbox.audit import SqlAudit
from bot.storage.inbox.staff import SqlStaffBook
from bot.storage.sealing.seal import derive
from bot.web.health import add_health
from bot.web.inbox.calls import add_calls
from bot.web.inbox.page import InboxParts, add_inbox
from bot.web.inbox.requests import add_requests
from bot.web.metrics import add_metrics
from bot.web.office.page import OfficeParts, add_office
from bot.web.sandbox.page import add_sandbox
from bot.web.security import add_headers
from bot.web.sign_in.openid import OpenId
from bot.web.sign_in.openid_door import OpenIdDoor
from bot.web.sign_in.session import SignIn
from bot.web.system_webhooks import add_system_webhook
from bot.web.web_chat import WebChatParts, add_web_chat
from bot.web.webhooks import MAX_BODY, add_webhooks

if TYPE_CHECKING:
    from bot.stand_in import GraphStandIn

#: Seconds in which Graph may be slow, account by account.
_SLOW = 600.0


class Server:
    """The front desk behind HTTP: webhooks, inbox, and in a demo the sandbox with its stand-in of Meta."""

    def __init__(
        self, configuration: Configuration, *, host: str, port: int, shared: Shared | None = None
    ) -> None:
        self._shared = shared  # with the other practices of a Deployment, which listens for all
        self._configuration = configuration
        self.host = host
        self.port = port
        self.url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
        self.sign_in: SignIn | None = None
        self.sign_in_path = ""
        self.stand_in_url: str | None = None
        self._lock: IO[str] | None = None
        self._runners: list[web.AppRunner] = []
        self._http: aiohttp.ClientSession | None = None
        self.desk: FrontDesk | None = None
        self.health: Health | None = None
        self._stand_in: GraphStandIn | None = None
        self._files: FileRoom | None = None
        self._watch: ChannelWatch | None = None

    async def start(self) -> None:
        """Returns when the page answers. Raises SetupError, ContentRefused, or OSError for a port in use."""
        configuration = self._configuration
        configuration.data.mkdir(parents=True, exist_ok=True)
        if configuration.database_url.startswith("sqlite"):
            self._lock = only_one(configuration.data)
        app = await self.build()
        # Bodies stay as they were sent, whatever they say of their encoding: Meta signs the raw bytes.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0, auto_decompress=False)
        await runner.setup()
        self._runners.append(runner)
        await self.begin()
        await web.TCPSite(runner, self.host, self.port).start()
        await self.be_reachable()

    async def begin(self) -> None:
        """Takes up what waits."""
        assert self.desk is not None and self._files is not None
        await self.desk.start()
        self._files.start()
        if self._watch is not None:
            self.desk.supervisor.watch("channel watch", self._watch.run, silent_after=_SLOW)

    async def be_reachable(self) -> None:
        assert self.desk is not None
        await self.desk.be_reachable()
        if self.health is not None:
            self.health.is_ready = True

    async def build(self, *, url: Callable[[Practice], str] | None = None) -> web.Application:
        """Everything but listening. `url`: where the practice is reached, if not at the server's own port."""
        configuration, shared = self._configuration, self._shared
        app = web.Application(client_max_size=MAX_BODY)
        books = Books.open(configuration, database=shared.database if shared else None)
        if url is not None:
            self.url = url(books.practice)
        clock = books.clock(configuration)
        own_actions = read_own_actions(configuration)
        assistant = read_assistant(configuration, books.practice, own_actions=own_actions)
        self._http = aiohttp.ClientSession()
        graph_url = await self._graph_url(books.practice, clock)
        channels = channels_of(books.practice, self._http, graph_url)
        pressure = shared.pressure if shared else Pressure()
        instruments = shared.instruments if shared else Instruments()
        if not shared:
            instruments.build.labels(__version__).set(1)
        spans = spans_to(configuration.environment.get("OTEL_EXPORTER_OTLP_ENDPOINT"), version=__version__)
        measures = Measures(books.practice.id, instruments, spans)
        desk = FrontDesk(
            books,
            clock=clock,
            assistant=assistant,
            interpreter=shared.interpreter(books.practice.languages, configuration)
            if shared
            else asyncio.create_task(understanding(books.practice.languages, configuration)),
            channels=channels,
            alert_channels=alert_channels(books.practice, self._http),
            inbox_url=f"{self.url}/inbox",
            grouping=Grouping(gather=timedelta(seconds=2), quiet=timedelta(minutes=1)),
            wait_for_status=configuration.seconds("CHAIRSIDE_WAIT_FOR_STATUS", 10.0),
            probe=Probe(configuration.environment.get("CHAIRSIDE_STAGE_FILE")),
            keep_ledger=not configuration.is_on("CHAIRSIDE_TWIN_WITHOUT_LEDGER"),
            resend_blindly=configuration.is_on("CHAIRSIDE_TWIN_BLIND_RESEND"),
            own_actions=own_actions,
            remote_actions=remote_actions(books.practice, self._http, assistant=assistant),
            pinned=kept_content(configuration, books.practice, assistant, at=clock.now()),
            http=self._http,
            codes=codes_of(
                books.practice,
                channels,
                master_key=books.master_key,
                announce=_say if configuration.demo else None,
            ),
            worker_patience=timedelta(seconds=configuration.seconds("CHAIRSIDE_WORKER_PATIENCE", 10.0)),
            measures=measures,
            turnstile=shared.turnstile if shared else None,
            outreach=read_outreach(configuration, books.practice, assistant),
            # In a demo Meta is played, and nobody has to wait for it.
            a_second=None if configuration.demo else pace_of(books.practice),
        )
        self.desk = desk
        self._files = FileRoom(desk, http=self._http, graph_url=graph_url, is_demo=configuration.demo)
        if not configuration.demo:
            self._watch = channel_watch(desk, self._http, graph_url=graph_url)
        add_headers(app)
        add_webhooks(
            app,
            channels=channels,
            intake=desk.intake,
            pressure=pressure,
            measures=desk.measures,
            neighbours=shared.neighbours if shared else None,
        )
        if not shared:
            self.health = Health(
                [desk.supervisor],
                pressure=pressure,
                touches=[lambda: touch(books.database)],
                commits=lambda: books.database.commits,
            )
            self.health.notes["understanding loads"] = lambda: not desk.reader.is_ready
            add_health(app, self.health, pressure)
            token = configuration.environment.get("CHAIRSIDE_METRICS_TOKEN")
            add_metrics(app, instruments.registry, token=token)
        if books.practice.web_chat:
            add_web_chat(app, _web_chat_parts(books, desk))
        staff = books.staff
        sign_in = SignIn(
            clock,
            staff,
            practice=books.practice.name,
            announce=lambda path: _say(f"Inbox: {self.url}{path}"),
            opens_at_once=configuration.demo,
            trail=desk.audit,
        )
        self.sign_in = sign_in
        self.sign_in_path = sign_in.issue() if await sign_in.can_announce() else "/inbox"
        add_inbox(
            app,
            InboxParts(
                desk=desk.staff.desk,
                sign_in=sign_in,
                staff=staff,
                practice=books.practice,
                cards=desk.staff.cards,
                visits=desk.staff.visits,
                observer=desk.staff.desk,
                notes=desk.staff.notes,
                clock=clock,
                trail=desk.audit,
                flow_names=lambda language: {
                    f"flow_{flow.id}": flow.name_in(language)
                    for flow in assistant.flows.values()
                    if not flow.is_pattern
                },
                switches=desk.switches,
                suggestions=desk.staff.suggestions,
                present=desk.staff.present,
                finder=desk.staff.finder,
                files=self._files.shelf,
                set_aside=desk.staff.set_aside,
                templates=desk.staff.template_desk,
                service=_sign_in_service(books.practice, self._http, sign_in, staff, desk.audit),
            ),
        )
        office = OfficeParts(
            desk=desk.staff.desk,
            practice=books.practice,
            clock=clock,
            reports=reports(books),
            trail=desk.audit,
            staff=staff,
        )
        add_office(app, office)
        outside, system = desk.diaries.outside, books.practice.system
        if outside and desk.staff.following and system and (secret := system.secrets.get("webhook")):
            add_system_webhook(
                app, outside.system, secret=secret, heard=desk.staff.following.hear, clock=clock
            )
        if desk.outreach.content.rules:
            add_calls(app, desk.outreach.call_list, practice=books.practice, trail=desk.audit)
        if desk.diaries.takes_requests:
            add_requests(app, desk.staff.requests, desk=desk.staff.desk, practice=books.practice)
        if configuration.demo and self.stand_in_url:
            add_sandbox(
                app,
                observer=desk.staff.desk,
                practice=books.practice,
                assistant=assistant,
                stand_in_url=self.stand_in_url,
                clock=clock,
                http=self._http,
            )
        return app

    async def stop(self) -> None:
        if self.health is not None:
            self.health.is_ready = False
        for runner in reversed(self._runners):
            await runner.cleanup()
        if self.desk is not None:
            await self.desk.stop()
        if self._files is not None:
            await self._files.close()
        if self._http is not None:
            await self._http.close()
        if self._lock is not None:
            self._lock.close()

    async def _graph_url(self, practice: Practice, clock: Clock) -> str:
        """Where replies go: as configured; in a demo without that, a stand-in of our own on a free port."""
        configured = self._configuration.graph_url
        if configured:
            self.stand_in_url = configured  # the sandbox's phone works when a stand-in listens there
            return configured
        if not self._configuration.demo:
            return "https://graph.facebook.com"
        from bot.bootstrap.demo import demo_stand_in  # whoever serves patients has no use for it

        self._stand_in = demo_stand_in(practice, url=self.url, now=clock.now)
        runner = web.AppRunner(self._stand_in.application(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.stand_in_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._stand_in.media.public_url = self.stand_in_url
        return self.stand_in_url


def _web_chat_parts(books: Books, desk: FrontDesk) -> WebChatParts:
    return WebChatParts(
        practice=books.practice,
        visitors=SqlVisitors(books.database, practice=books.practice.id, keyring=books.keyring, account=SITE),
        intake=desk.intake,
        changes=desk.changes,
        clock=desk.clock,
        key=derive(books.master_key, b"web chat"),
    )


def _sign_in_service(
    practice: Practice, http: aiohttp.ClientSession, sign_in: SignIn, staff: SqlStaffBook, audit: SqlAudit
) -> OpenIdDoor | None:
    service = practice.sign_in
    if service is None:
        return None
    openid = OpenId(service, http, sign_in.clock)
    return OpenIdDoor(service, openid, sign_in=sign_in, staff=staff, trail=audit)


async def touch(database: Database) -> None:
    """The database answers, and keeps what is written."""
    await database.write_brief(write_something)
    await database.read(lambda connection: connection.exec_driver_sql("SELECT 1").scalar())


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a sign-in link belongs on the terminal, never in a log
