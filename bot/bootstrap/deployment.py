"""Many practices in one process: one port, one database, a host name each.

`CHAIRSIDE_PRACTICE` names a folder with a file (`rossi.yml`) or a folder (`rossi/practice.yml`, with its own
flows beside it) for each; `CHAIRSIDE_DOMAIN=desk.example.net` gives practice `rossi` the host
rossi.desk.example.net, for its inbox and for its webhooks. Cookies, pages and webhooks of one never meet
those of another. Rows carry their practice, and their words keys of their own. Turns take places in turn
(bot.service.turns.turnstile).
"""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import IO

from aiohttp import web

from bot import __version__
from bot.bootstrap.books import only_one
from bot.bootstrap.content import Configuration
from bot.bootstrap.front_desk import FrontDesk
from bot.bootstrap.server import Server, touch
from bot.bootstrap.shared import Neighbours, Shared
from bot.domain.channels import accounts_of
from bot.errors import SetupError
from bot.service.upkeep.health import Health
from bot.storage.engine.database import Database
from bot.web.health import add_health
from bot.web.metrics import add_metrics
from bot.web.security import add_headers
from bot.web.webhooks import MAX_BODY


def practices_in(configuration: Configuration) -> tuple[Configuration, ...]:
    """One for each practice of the folder, by file name. Raises SetupError for none."""
    folder = configuration.practice_file
    files = sorted([*folder.glob("*.yml"), *folder.glob("*/practice.yml")])
    if not files:
        raise SetupError(f"{folder} has no practice in it: put NAME.yml or NAME/practice.yml there")
    return tuple(_of(configuration, file) for file in files)


def _of(configuration: Configuration, file: Path) -> Configuration:
    return replace(configuration, environment={**configuration.environment, "CHAIRSIDE_PRACTICE": str(file)})


class Deployment:
    """All of them behind one port. What Server is for one practice."""

    def __init__(self, configuration: Configuration, *, host: str, port: int) -> None:
        self._configuration = configuration
        self._host = host
        self._port = port
        self.url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
        self.sign_in_path = "/inbox"
        self.practices: dict[str, Server] = {}
        self._lock: IO[str] | None = None
        self._runner: web.AppRunner | None = None
        self._shared: Shared | None = None
        self._health: Health | None = None

    async def start(self) -> None:
        """Returns when every practice can be reached. Raises SetupError, ContentRefused, OSError."""
        configuration = self._configuration
        domain = configuration.environment.get("CHAIRSIDE_DOMAIN")
        if not domain:
            raise SetupError(
                "several practices need a host name each: CHAIRSIDE_DOMAIN=desk.example.net, and a DNS entry"
                " for *.desk.example.net"
            )
        configuration.data.mkdir(parents=True, exist_ok=True)
        if configuration.database_url.startswith("sqlite"):
            self._lock = only_one(configuration.data)
        shared = self._shared = Shared(Database(configuration.database_url), Neighbours())
        shared.instruments.build.labels(__version__).set(1)
        app = web.Application(client_max_size=MAX_BODY)
        add_headers(app)
        for each in practices_in(configuration):
            await self._open(each, shared, domain, app)
        self._check_accounts()
        database = shared.database
        self._health = Health(
            [desk.supervisor for desk in self._desks()],
            pressure=shared.pressure,
            touches=[lambda: touch(database)],
            commits=lambda: database.commits,
        )
        add_health(app, self._health, shared.pressure)
        token = configuration.environment.get("CHAIRSIDE_METRICS_TOKEN")
        add_metrics(app, shared.instruments.registry, token=token)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0, auto_decompress=False)
        await self._runner.setup()
        for server in self.practices.values():
            await server.begin()
        await web.TCPSite(self._runner, self._host, self._port).start()
        for server in self.practices.values():
            await server.be_reachable()
        self._health.is_ready = True

    async def stop(self) -> None:
        if self._health is not None:
            self._health.is_ready = False
        if self._runner is not None:
            await self._runner.cleanup()
        for server in self.practices.values():
            await server.stop()
        if self._shared is not None:
            self._shared.database.close()
        if self._lock is not None:
            self._lock.close()

    async def _open(self, each: Configuration, shared: Shared, domain: str, app: web.Application) -> None:
        server = Server(each, host=self._host, port=self._port, shared=shared)
        practice_app = await server.build(url=lambda practice: f"https://{practice.id}.{domain}")
        assert server.desk is not None
        practice = server.desk.practice
        if practice.id in self.practices:
            raise SetupError(f'two practices have the id "{practice.id}"; the second is {each.practice_file}')
        self.practices[practice.id] = server
        app.add_domain(f"{practice.id}.{domain}", practice_app)
        for channel, accounts in accounts_of(practice).items():
            for account in accounts:
                shared.neighbours.add(channel, account, server.desk)

    def _check_accounts(self) -> None:
        """A number that two practices name would be answered by both."""
        found = Counter(
            (channel, account)
            for desk in self._desks()
            for channel, accounts in accounts_of(desk.practice).items()
            for account in accounts
            if channel in _OUTSIDE
        )
        twice = sorted(f"{channel} {account}" for (channel, account), times in found.items() if times > 1)
        if twice:
            raise SetupError(f"more than one practice has {', '.join(twice)}")

    def _desks(self) -> list[FrontDesk]:
        return [server.desk for server in self.practices.values() if server.desk is not None]


#: Channels whose accounts are somebody else's names, and so unique among practices.
_OUTSIDE = frozenset({"whatsapp", "messenger", "instagram", "sms"})
