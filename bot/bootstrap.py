"""The composition root: from settings to a running front desk. The only place that knows every class."""

import asyncio
import fcntl
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import IO

import aiohttp
import structlog
from aiohttp import web

from bot.actions.booking import booking_action_names, booking_actions
from bot.actions.executor import InProcessActions
from bot.actions.loading import RasaAction, load_actions
from bot.actions.remote import NearestActions, RemoteActions
from bot.actions.serving import actions_application
from bot.channels.alerts import alert_channels
from bot.channels.messenger import MessengerChannel
from bot.channels.whatsapp import WhatsAppChannel
from bot.dialogue import Assistant, load_assistant
from bot.diaries import Diaries, open_diaries, telling
from bot.domain.handoff import promise
from bot.domain.practice import Practice
from bot.errors import ContentRefused, SetupError
from bot.ports import Actions, Alert, Channel, Clock
from bot.service.alerts import AS_THEY_COME, Alerts, Grouping
from bot.service.changes import Changes
from bot.service.clock import StartedClock, SystemClock
from bot.service.delivery import Delivery
from bot.service.figures import Reports
from bot.service.following import Following
from bot.service.intake import Intake
from bot.service.pausing import Pauses
from bot.service.probe import Probe
from bot.service.promises import Promises
from bot.service.requests import RequestDesk
from bot.service.rounds import Rounds
from bot.service.tokens import TapTokens
from bot.service.turns import Turns
from bot.service.understanding import Reader
from bot.service.visits import VisitDesk
from bot.settings import is_loopback, load_practice
from bot.source import content
from bot.stand_in import GraphStandIn, PageAccount, StandInOptions
from bot.storage.answer_book import SqlAnswerBook
from bot.storage.audit import SqlAudit
from bot.storage.cards import SqlCards
from bot.storage.chat_facts import SqlChatFacts
from bot.storage.contents import ContentFolder
from bot.storage.database import Database, sqlite_url
from bot.storage.desk import SqlDesk
from bot.storage.desk_facts import SqlDeskFacts
from bot.storage.diary import SqlDiary
from bot.storage.diary_json import observed_rows
from bot.storage.instants import last_instant, remember_instant
from bot.storage.migrations import upgrade
from bot.storage.notes import SqlNotes
from bot.storage.notices import SqlNotices
from bot.storage.requests import SqlRequests
from bot.storage.seal import Keyring, derive, master_key_from
from bot.storage.staff import SqlStaffBook
from bot.storage.store import SqlStore
from bot.storage.suggestions import SqlSuggestions
from bot.storage.switches import SqlSwitches
from bot.web.inbox import InboxParts, add_inbox
from bot.web.inbox_requests import add_requests
from bot.web.office import OfficeParts, add_office
from bot.web.openid import OpenId
from bot.web.openid_door import OpenIdDoor
from bot.web.sandbox import add_sandbox
from bot.web.security import add_headers
from bot.web.session import SignIn
from bot.web.webhooks import MAX_BODY, add_webhooks
from nlu.interpreter import load_interpreter
from nlu.understanding import Interpreter

log = structlog.get_logger(__name__)

#: What `demo` runs with: known to everybody, good for nothing else.
DEMO_ENVIRONMENT = {
    "WHATSAPP_APP_SECRET": "demo-app-secret",
    "WHATSAPP_VERIFY_TOKEN": "demo-verify-token",
    "WHATSAPP_ACCESS_TOKEN": "demo-access-token",
    "MESSENGER_APP_SECRET": "demo-app-secret",
    "MESSENGER_VERIFY_TOKEN": "demo-verify-token",
    "MESSENGER_ACCESS_TOKEN": "demo-access-token",
}


_UNTIL_REACHABLE = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What the command line and the environment say. `environment` holds secrets: it has no repr."""

    data: Path
    environment: Mapping[str, str] = field(repr=False)
    demo: bool = False
    now: datetime | None = None  # where the demo's clock starts

    @property
    def practice_file(self) -> Path:
        named = self.environment.get("CHAIRSIDE_PRACTICE")
        return Path(named) if named else content("practice.yml")

    @property
    def flows(self) -> tuple[Path, ...]:
        own = self.practice_file.parent / "flows"
        return (own if own.is_dir() else content("flows"),)

    @property
    def database_url(self) -> str:
        return self.environment.get("CHAIRSIDE_DATABASE_URL") or sqlite_url(self.data / "chairside.db")

    @property
    def nlu_cache(self) -> Path:
        """Trained understanding is kept here: the next start reads it instead of training again."""
        named = self.environment.get("CHAIRSIDE_NLU_CACHE")
        if named:
            return Path(named)
        checkout = content("pyproject.toml").parent
        is_ours = (checkout / "pyproject.toml").is_file() and os.access(checkout, os.W_OK)
        return checkout / ".cache" / "nlu" if is_ours else self.data / "nlu"

    @property
    def own_actions(self) -> tuple[str, ...]:
        """Modules or files with actions that the practice brings along, to run in this process."""
        named = self.environment.get("CHAIRSIDE_ACTIONS", "").split(",")
        return tuple(name.strip() for name in named if name.strip())

    @property
    def graph_url(self) -> str | None:
        return self.environment.get("CHAIRSIDE_GRAPH_URL")

    def is_on(self, switch: str) -> bool:
        return self.environment.get(switch, "").lower() in ("1", "on", "true", "yes")

    def seconds(self, name: str, default: float) -> float:
        given = self.environment.get(name)
        try:
            return float(given) if given else default
        except ValueError as error:
            raise SetupError(f"{name} must be a number of seconds, such as {default:g}") from error


def read_practice(configuration: Configuration) -> Practice:
    """practice.yml of this configuration. Raises ContentRefused with every mistake in it."""
    environment = dict(configuration.environment)
    if configuration.demo:
        environment |= DEMO_ENVIRONMENT
    return load_practice(configuration.practice_file, environment=environment)


def read_own_actions(configuration: Configuration) -> tuple[RasaAction, ...]:
    """The actions that CHAIRSIDE_ACTIONS names. Raises SetupError, ContentRefused."""
    return tuple(action for named in configuration.own_actions for action in load_actions(named))


def read_assistant(
    configuration: Configuration, practice: Practice, *, own_actions: Sequence[RasaAction] | None = None
) -> Assistant:
    """The dialogue content. Raises ContentRefused. What an action server offers cannot be known here."""
    own = read_own_actions(configuration) if own_actions is None else own_actions
    offered = booking_action_names() | {action.name() for action in own}
    assistant = load_assistant(
        configuration.flows,
        languages=practice.languages,
        declared_actions=None if practice.action_server else offered,
    )
    unknown = sorted((practice.suggest or frozenset()) - assistant.flows.keys())
    if unknown:
        known = ", ".join(sorted(flow.id for flow in assistant.flows.values() if not flow.is_pattern))
        raise SetupError(
            f"practice.yml suggests {', '.join(unknown)}, which are no flows; there are: {known}"
        )
    return assistant


def kept_content(
    configuration: Configuration, practice: Practice, assistant: Assistant, *, at: datetime
) -> Callable[[str], Assistant | None]:
    """Keeps what runs now; what it returns finds earlier content by its version (17.5)."""
    contents = ContentFolder(configuration.data / "contents")
    contents.keep(assistant, configuration.flows, at=at)

    @cache
    def pinned(version: str) -> Assistant | None:
        folders = contents.folders(version)
        if folders is None:
            return None
        try:
            loaded = load_assistant(folders, languages=practice.languages)
        except ContentRefused:  # written for an earlier Chairside: the conversation is told so
            log.warning("content_no_longer_loads", version=version)
            return None
        return replace(loaded, version=version)

    return pinned


def remote_actions(
    practice: Practice, http: aiohttp.ClientSession, *, assistant: Assistant
) -> Actions | None:
    """The actions of the practice's action server, where it has one."""
    server = practice.action_server
    return RemoteActions(http, server, assistant=assistant) if server else None


@dataclass(frozen=True, kw_only=True)
class Books:
    """The practice's stored side: what the diary's commands need, and beneath everything else."""

    practice: Practice
    database: Database
    keyring: Keyring
    master_key: bytes
    diary: SqlDiary

    @classmethod
    def open(cls, configuration: Configuration) -> "Books":
        practice = read_practice(configuration)
        configuration.data.mkdir(parents=True, exist_ok=True)
        url = configuration.database_url
        given = configuration.environment.get("CHAIRSIDE_MASTER_KEY")
        master_key = master_key_from(given, configuration.data if configuration.demo else None)
        database = Database(url)
        upgrade(database.engine)
        keyring = Keyring(master_key, practice.id)
        database.read_now(keyring.prove)
        diary = SqlDiary(database, practice.id, keyring)
        if not database.read_now(diary.patients.are_indexed):
            database.write_now(diary.patients.index)
        return cls(practice=practice, database=database, keyring=keyring, master_key=master_key, diary=diary)

    @property
    def staff(self) -> SqlStaffBook:
        """The people who sign in."""
        return SqlStaffBook(self.database, practice=self.practice.id, master_key=self.master_key)

    def clock(self, configuration: Configuration) -> Clock:
        """The machine's clock; the demo's starts where it is told, and never behind what is stored."""
        if not configuration.demo:
            return SystemClock()
        stored = self.database.read_now(last_instant)
        wished = configuration.now or SystemClock().now()
        start = max(wished, stored) if stored else wished
        # Commands beside the demo go by this moment, too: a hold that ran out meanwhile is gone for them.
        self.database.write_now(lambda connection: remember_instant(connection, start))
        return StartedClock(start)

    def now(self) -> datetime:
        """The present as a command beside a running demo sees it: the latest moment anything was stored."""
        return self.database.read_now(last_instant) or SystemClock().now()


def audit_of(books: Books, clock: Clock | None = None) -> SqlAudit:
    """The trail of who did what; without a clock, to be read."""
    key = derive(books.master_key, b"audit")
    return SqlAudit(books.database, practice=books.practice.id, key=key, clock=clock or SystemClock())


def switches_of(books: Books, clock: Clock | None = None) -> SqlSwitches:
    """Those of the assistant, for the command line."""
    clock = clock or SystemClock()
    return SqlSwitches(books.database, practice=books.practice, clock=clock, audit=audit_of(books, clock))


def desk_facts(books: Books) -> SqlDeskFacts:
    return SqlDeskFacts(books.database, practice=books.practice.id)


def reports(books: Books) -> Reports:
    """The practice's figures."""
    chats = SqlChatFacts(books.database, practice=books.practice.id, keyring=books.keyring)
    return Reports(books.practice, desk=desk_facts(books), chats=chats)


class FrontDesk:
    """Everything between a channel's events and its replies, wired together for one practice."""

    def __init__(
        self,
        books: Books,
        *,
        clock: Clock,
        assistant: Assistant,
        interpreter: Interpreter,
        channels: Mapping[str, Channel],
        alert_channels: Sequence[Alert] = (),
        inbox_url: str = "/inbox",
        grouping: Grouping = AS_THEY_COME,
        wait_for_status: float = 10.0,
        probe: Probe | None = None,
        keep_ledger: bool = True,
        resend_blindly: bool = False,
        look_again_at_owner: bool = True,
        own_actions: Sequence[RasaAction] = (),
        remote_actions: Actions | None = None,
        pinned: Callable[[str], Assistant | None] = lambda version: None,
        http: aiohttp.ClientSession | None = None,
    ) -> None:
        practice = books.practice
        self.practice = practice
        self.books = books
        self.clock = clock
        self.channels = channels
        self.assistant = assistant
        self.changes = Changes()
        self.worker = uuid.uuid4().hex
        self.tokens = TapTokens(derive(books.master_key, b"taps"))
        self.store = SqlStore(
            books.database,
            practice=practice.id,
            keyring=books.keyring,
            clock=clock,
            apply_write=books.diary.apply_write,
            worker=self.worker,
        )
        self.diaries = open_diaries(
            practice, database=books.database, store=books.diary, http=http, now=clock.now
        )
        self.diary = self.diaries.of_patients
        self.alerts = Alerts(
            handoffs=self.store.handoffs,
            practice=practice,
            channels=alert_channels,
            clock=clock,
            inbox_url=inbox_url,
            grouping=grouping,
        )
        probe = probe or Probe(None)
        self.audit = audit_of(books, clock)
        self.switches = SqlSwitches(
            books.database, practice=practice, clock=clock, audit=self.audit, changed=self.changes.ring
        )
        self.delivery = Delivery(
            store=self.store,
            channels=channels,
            clock=clock,
            changes=self.changes,
            probe=probe,
            switches=self.switches,
            held_back=lambda conversation: self.turns.wake(conversation),
            wait_for_status=wait_for_status,
            resend_blindly=resend_blindly,
            look_again_at_owner=look_again_at_owner,
        )
        self.reader = Reader(interpreter=interpreter, practice=practice)
        here = InProcessActions([*booking_actions(practice, self.diary), *own_actions], assistant=assistant)
        self.actions: Actions = NearestActions(here, remote_actions) if remote_actions else here
        self.turns = Turns(
            store=self.store,
            assistant=assistant,
            reader=self.reader,
            actions=self.actions,
            practice=practice,
            clock=clock,
            tokens=self.tokens,
            delivery=self.delivery,
            alerts=self.alerts,
            changes=self.changes,
            probe=probe,
            switches=self.switches,
            worker=self.worker,
            keep_ledger=keep_ledger,
            pinned=pinned,
        )
        self.intake = Intake(
            store=self.store,
            turns=self.turns,
            delivery=self.delivery,
            accounts=frozenset(
                [("whatsapp", number.phone_number_id) for number in practice.whatsapp]
                + [("messenger", page.page_id) for page in practice.messenger]
            ),
            changes=self.changes,
            probe=probe,
        )
        self.facts = desk_facts(books)
        self.notes = SqlNotes(
            books.database,
            practice=practice,
            keyring=books.keyring,
            clock=clock,
            owners=self.store.ownership,
            audit=self.audit,
            changes=self.changes,
        )
        self.desk = SqlDesk(
            books.database,
            practice=practice.id,
            keyring=books.keyring,
            clock=clock,
            store=self.store,
            changes=self.changes,
            wake_turns=self.turns.wake,
            wake_delivery=self.delivery.wake,
            diary=self._diary_rows,
            promise=lambda at: promise(practice, urgent=False, at=at),
            audit=self.audit,
            notes=self.notes,
            is_paused=lambda channel: self.switches.now.is_paused(channel),
        )
        self.promises = Promises(
            handoffs=self.store.handoffs, practice=practice, clock=clock, wake=self.turns.wake
        )
        self.suggestions = SqlSuggestions(
            books.database,
            practice=practice.id,
            clock=clock,
            store=self.store,
            switches=self.switches,
            audit=self.audit,
            changes=self.changes,
            wake_delivery=self.delivery.wake,
            ring_alerts=self.alerts.ring,
            flows=tuple(
                flow.id for flow in assistant.flows.values() if not flow.is_pattern and flow.triggers
            ),
        )
        self.cards = SqlCards(books.database, practice=practice.id, keyring=books.keyring)
        self.visits = VisitDesk(practice, self.diaries.of_staff, desk=self.desk, clock=clock)
        notices = SqlNotices(
            books.database,
            clock=clock,
            store=self.store,
            audit=self.audit,
            changes=self.changes,
            wake_delivery=self.delivery.wake,
        )
        self.requests = RequestDesk(
            practice,
            self.diary,
            store=books.diary,
            book=SqlRequests(books.database, practice.id, books.diary),
            notices=notices,
            languages=self,
            clock=clock,
        )
        self.following = (
            Following(self.diaries.outside, clock=clock, tell=telling(practice, notices, self))
            if self.diaries.outside
            else None
        )
        self.pauses = Pauses(switches=self.switches, handoffs=self.store.handoffs, wake=self.turns.wake)
        self.rounds = Rounds(
            self.store.claims,
            clock=clock,
            changes=self.changes,
            wait_for_status=self.delivery.status_deadline,
            wake_turns=self.turns.wake,
            wake_delivery=self.delivery.wake,
        )
        self._loops: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Take up what an earlier process left: messages to answer, replies to send, fates to learn."""
        # Nothing uncertain is decided before `be_reachable`: until then no status can come in.
        unfinished = await self.store.unfinished(decide_at=self.clock.now() + _UNTIL_REACHABLE)
        for conversation in unfinished.to_answer:
            self.turns.wake(conversation)
        for conversation in unfinished.to_send:
            self.delivery.wake(conversation)
        if self.books.database.is_shared:
            self._loops.append(asyncio.create_task(self.rounds.run(), name="rounds"))
        self._loops.append(asyncio.create_task(self.alerts.run(), name="alerts"))
        self._loops.append(asyncio.create_task(self.promises.run(), name="promises"))
        self._loops.append(asyncio.create_task(self.pauses.run(), name="pauses"))
        if self.following is not None:
            self._loops.append(asyncio.create_task(self.following.run(), name="following"))

    async def be_reachable(self) -> None:
        """The webhook listens: the wait for statuses begins."""
        await self.store.wait_anew(decide_at=self.clock.now() + self.delivery.status_deadline)
        self.delivery.look_again()

    async def stop(self) -> None:
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await self.turns.stop()
        await self.delivery.stop()
        await self.store.claims.leave()
        if self.diaries.outside is not None:
            await self.diaries.outside.close()
        self.books.database.close()

    async def language_of(self, conversation: str) -> str:
        return (await self.desk.conversation(conversation)).language

    async def _diary_rows(self) -> list[dict[str, str | None]]:
        rows = await self.books.diary.appointments(start=None, end=None, at=self.clock.now())
        names = await self.books.diary.names({row.patient for row in rows if row.patient})
        return observed_rows(rows, names, self.practice)


class Server:
    """The front desk behind HTTP: webhooks, inbox, and in a demo the sandbox with its stand-in of Meta."""

    def __init__(self, configuration: Configuration, *, host: str, port: int) -> None:
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
        self._stand_in: GraphStandIn | None = None

    async def start(self) -> None:
        """Returns when the page answers. Raises SetupError, ContentRefused, or OSError for a port in use."""
        configuration = self._configuration
        configuration.data.mkdir(parents=True, exist_ok=True)
        if configuration.database_url.startswith("sqlite"):
            self._lock = _only_one(configuration.data)
        app = web.Application(client_max_size=MAX_BODY)
        # Bodies stay as they were sent, whatever they say of their encoding: Meta signs the raw bytes.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0, auto_decompress=False)
        books = Books.open(configuration)
        clock = books.clock(configuration)
        own_actions = read_own_actions(configuration)
        assistant = read_assistant(configuration, books.practice, own_actions=own_actions)
        interpreter = load_interpreter(books.practice.languages, cache=configuration.nlu_cache)
        self._http = aiohttp.ClientSession()
        graph_url = await self._graph_url(books.practice, clock)
        channels = _channels(books.practice, self._http, graph_url)
        desk = FrontDesk(
            books,
            clock=clock,
            assistant=assistant,
            interpreter=interpreter,
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
        )
        self.desk = desk
        add_headers(app)
        add_webhooks(app, channels=channels, intake=desk.intake)
        app.router.add_get("/healthz", _healthy)
        app.router.add_get("/readyz", _healthy)
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
                desk=desk.desk,
                sign_in=sign_in,
                staff=staff,
                practice=books.practice,
                cards=desk.cards,
                visits=desk.visits,
                observer=desk.desk,
                notes=desk.notes,
                clock=clock,
                trail=desk.audit,
                flow_names=lambda language: {
                    f"flow_{flow.id}": flow.name_in(language)
                    for flow in assistant.flows.values()
                    if not flow.is_pattern
                },
                switches=desk.switches,
                suggestions=desk.suggestions,
                service=_sign_in_service(books.practice, self._http, sign_in, staff, desk.audit),
            ),
        )
        office = OfficeParts(
            desk=desk.desk,
            practice=books.practice,
            clock=clock,
            reports=reports(books),
            trail=desk.audit,
            staff=staff,
        )
        add_office(app, office)
        if desk.diaries.takes_requests:
            add_requests(app, desk.requests, desk=desk.desk, practice=books.practice)
        if configuration.demo and self.stand_in_url:
            add_sandbox(
                app,
                observer=desk.desk,
                practice=books.practice,
                assistant=assistant,
                stand_in_url=self.stand_in_url,
                clock=clock,
                http=self._http,
            )
        await runner.setup()
        self._runners.append(runner)
        await desk.start()
        await web.TCPSite(runner, self.host, self.port).start()
        await desk.be_reachable()

    async def stop(self) -> None:
        for runner in reversed(self._runners):
            await runner.cleanup()
        if self.desk is not None:
            await self.desk.stop()
        if self._http is not None:
            await self._http.close()
        if self._lock is not None:
            self._lock.close()

    def _page(self, practice: Practice) -> PageAccount | None:
        if not practice.messenger:
            return None
        page = practice.messenger[0]
        return PageAccount(
            page_id=page.page_id,
            app_secret=page.app_secret,
            access_token=page.access_token,
            webhook_url=f"{self.url}/webhooks/messenger",
        )

    async def _graph_url(self, practice: Practice, clock: Clock) -> str:
        """Where replies go: as configured; in a demo without that, a stand-in of our own on a free port."""
        configured = self._configuration.graph_url
        if configured:
            self.stand_in_url = configured  # the sandbox's phone works when a stand-in listens there
            return configured
        if not self._configuration.demo:
            return "https://graph.facebook.com"
        account = practice.whatsapp[0]
        self._stand_in = GraphStandIn(
            webhook_url=f"{self.url}/webhooks/whatsapp",
            app_secret=account.app_secret,
            access_token=account.access_token,
            phone_number_id=account.phone_number_id,
            display_number=practice.phone,
            now=clock.now,
            # Whoever tries it out taps faster than patients do: Meta's pause of six seconds a message would
            # make every third answer late. Delivery's own pacing is proved elsewhere.
            options=StandInOptions(pair_interval=0),
            page=self._page(practice),
        )
        runner = web.AppRunner(self._stand_in.application(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.stand_in_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return self.stand_in_url


class ActionServer:
    """Our actions behind HTTP, for a Rasa deployment: the practice's own diary, no dialogue, no channels."""

    def __init__(self, configuration: Configuration, *, host: str, port: int, token: str | None) -> None:
        if token is None and not is_loopback(host):
            raise SetupError(
                f"without a token actions are served to this machine only, not on {host}; name one with"
                " --token env:NAME, or leave out --host"
            )
        self._configuration = configuration
        self._host = host
        self._port = port
        self._token = token
        self._books: Books | None = None
        self._runner: web.AppRunner | None = None
        self._http: aiohttp.ClientSession | None = None
        self._diaries: Diaries | None = None
        self.url = ""
        self.names: tuple[str, ...] = ()

    async def start(self) -> None:
        """Returns when calls are answered. Raises SetupError, ContentRefused; OSError for a port in use."""
        configuration = self._configuration
        books = self._books = Books.open(configuration)
        own_actions = read_own_actions(configuration)
        assistant = read_assistant(configuration, books.practice, own_actions=own_actions)
        clock = books.clock(configuration)
        self._http = aiohttp.ClientSession()
        self._diaries = open_diaries(
            books.practice, database=books.database, store=books.diary, http=self._http, now=clock.now
        )
        diary = self._diaries.of_patients
        actions = InProcessActions(
            [*booking_actions(books.practice, diary), *own_actions], assistant=assistant
        )
        book = SqlAnswerBook(
            books.database,
            practice=books.practice.id,
            keyring=books.keyring,
            apply_write=books.diary.apply_write,
        )
        app = actions_application(
            actions,
            assistant=assistant,
            book=book,
            clock=clock,
            token=self._token,
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        host = f"[{self._host}]" if ":" in self._host else self._host
        self.url = f"http://{host}:{self._runner.addresses[0][1]}/webhook"
        self.names = tuple(sorted(actions.names))

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        if self._diaries is not None and self._diaries.outside is not None:
            await self._diaries.outside.close()
        if self._http is not None:
            await self._http.close()
        if self._books is not None:
            self._books.database.close()


def _sign_in_service(
    practice: Practice, http: aiohttp.ClientSession, sign_in: SignIn, staff: SqlStaffBook, audit: SqlAudit
) -> OpenIdDoor | None:
    service = practice.sign_in
    if service is None:
        return None
    openid = OpenId(service, http, sign_in.clock)
    return OpenIdDoor(service, openid, sign_in=sign_in, staff=staff, trail=audit)


def _channels(practice: Practice, http: aiohttp.ClientSession, graph_url: str) -> dict[str, Channel]:
    """A channel for each that practice.yml has accounts of."""
    channels: dict[str, Channel] = {}
    if practice.whatsapp:
        channels["whatsapp"] = WhatsAppChannel(practice.whatsapp, http, graph_url=graph_url)
    if practice.messenger:
        channels["messenger"] = MessengerChannel(practice.messenger, http, graph_url=graph_url)
    if not channels:
        raise SetupError("practice.yml names no WhatsApp number and no Page: patients have no way in")
    return channels


def _only_one(data: Path) -> IO[str]:
    """Two servers on one SQLite folder would answer every patient twice."""
    lock = (data / "server.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise SetupError(
            f"another Chairside is running on {data}; stop it, or choose another folder with --data"
        ) from error
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


async def _healthy(_: web.Request) -> web.Response:
    return web.Response(text="ok\n")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a sign-in link belongs on the terminal, never in a log
