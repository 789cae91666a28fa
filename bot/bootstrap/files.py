"""Files that patients send, wired: who fetches them, who keeps them, who listens to them."""

from dataclasses import replace
from datetime import datetime

import aiohttp
from yarl import URL

from bot.bootstrap.front_desk import FrontDesk
from bot.channels.media import Fetcher, MetaFiles, made_safe
from bot.channels.voice import TranscriptionServer
from bot.dialogue import Conversation
from bot.domain.conversation import Reply
from bot.domain.media import SafeFile, VoiceRules
from bot.service.hearing.files import Files
from bot.service.hearing.voice import Confirmed, Ear, VoiceNotes
from bot.service.inbox.desk import UnknownConversation
from bot.service.sending.wording import with_tokens
from bot.storage.events.media import SqlMedia
from bot.storage.events.voice import SqlVoice

#: A slow download may take a minute, and four are under way at once.
_SILENT_AFTER = 300.0


class FileRoom:
    """One practice's. `graph_url` on loopback is a stand-in's, whose files are fetched from there, too."""

    def __init__(
        self,
        desk: FrontDesk,
        *,
        http: aiohttp.ClientSession,
        graph_url: str,
        is_demo: bool,
        ear: Ear | None = None,
    ) -> None:
        practice, books = desk.practice, desk.books
        self.shelf = SqlMedia(books.database, practice=practice.id, keyring=books.keyring)
        loopback = graph_url if URL(graph_url).host in ("127.0.0.1", "::1", "localhost") else None
        providers = [each.provider for each in practice.whatsapp if each.provider]
        hosts = tuple(each.media_host for each in providers if each.media_host)
        rules = replace(practice.media, hosts=(*practice.media.hosts, *hosts))
        self._fetcher = Fetcher(rules, loopback=loopback if is_demo else None)
        self._desk = desk
        self.voice: VoiceNotes | None = None
        voice = practice.voice
        if voice is not None:
            self.voice = _voice(desk, ear or TranscriptionServer(voice, http), voice)
        self.files = Files(
            self.shelf,
            MetaFiles(practice, http, self._fetcher, graph_url=graph_url),
            make_safe=_made_safe,
            clock=desk.clock,
            keep=practice.media.keep,
            changed=desk.changes.ring,
            listener=self.voice,
        )

    def start(self) -> None:
        self._desk.supervisor.watch("files", self.files.run, silent_after=_SILENT_AFTER)
        if self.voice is not None:
            self._desk.supervisor.watch("voice notes", self.voice.run)

    async def close(self) -> None:
        await self._fetcher.close()


def _voice(desk: FrontDesk, ear: Ear, rules: VoiceRules) -> VoiceNotes:
    """From now on voice notes wait until somebody has listened."""
    books = desk.books
    book = SqlVoice(
        books.database,
        practice=desk.practice.id,
        keyring=books.keyring,
        clock=desk.clock,
        add_outbox=desk.store.add_outbox,
    )
    desk.store.intake.listens = True
    desk.turns.listening.confirmed = Confirmed(book)
    return VoiceNotes(ear, book, _Around(desk), rules=rules, clock=desk.clock)


class _Around:
    """What listening has to know of the rest of the house."""

    def __init__(self, desk: FrontDesk) -> None:
        self._desk = desk

    async def language_of(self, conversation: str) -> str:
        try:
            return await self._desk.staff.language_of(conversation)
        except UnknownConversation:
            return ""

    async def is_alarming(self, conversation: str, text: str) -> bool:
        desk = self._desk
        language = await self.language_of(conversation) or desk.practice.languages[0]
        alone = Conversation.new(conversation, language=language)
        heard = await desk.reader.understand(text, desk.assistant, alone, at=desk.clock.now(), known=False)
        return heard.red_flag is not None

    def wake_turns(self, conversation: str) -> None:
        self._desk.turns.wake(conversation)

    def wake_delivery(self, conversation: str) -> None:
        self._desk.delivery.wake(conversation)

    def with_tokens(self, conversation: str, reply: Reply, *, at: datetime) -> Reply:
        return with_tokens(reply, conversation, self._desk.tokens, at=at)


def _made_safe(content: bytes, name: str | None) -> SafeFile:
    return made_safe(content, name=name)
