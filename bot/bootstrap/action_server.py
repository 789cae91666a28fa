"""Our actions behind HTTP, for a Rasa deployment."""

import aiohttp
from aiohttp import web

from bot.actions.booking import booking_actions
from bot.actions.executor import InProcessActions
from bot.actions.serving import actions_application
from bot.bootstrap.books import Books
from bot.bootstrap.content import Configuration, read_assistant, read_own_actions
from bot.diaries import Diaries, open_diaries
from bot.errors import SetupError
from bot.settings import is_loopback
from bot.storage.diary.answer_book import SqlAnswerBook


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
