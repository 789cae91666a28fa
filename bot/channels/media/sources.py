"""Where a channel keeps a file: asked of Graph by the file's or the message's id, never of a patient's words.

The URL that a webhook carries is not used: Graph names a fresh one, and that one must lead to a host of the
list.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.channels.graph_client import GRAPH_URL, GRAPH_VERSION, authorization
from bot.channels.lenient import error_code, mapping, objects, read_object, words
from bot.channels.media.fetching import Fetcher
from bot.domain.channels import INSTAGRAM, MESSENGER, WHATSAPP
from bot.domain.conversation import Attachment
from bot.domain.media import FileRefused, FileUnavailable, NotKept
from bot.domain.practice import Practice
from bot.domain.providers import Provider

_ID = re.compile(r"[A-Za-z0-9_.:=+/-]{1,300}")
_LOOK_UP_TIMEOUT = aiohttp.ClientTimeout(total=15)


class MetaFiles:
    """Files of WhatsApp, Messenger and Instagram."""

    def __init__(
        self,
        practice: Practice,
        http: aiohttp.ClientSession,
        fetcher: Fetcher,
        *,
        graph_url: str = GRAPH_URL,
        version: str = GRAPH_VERSION,
    ) -> None:
        self._providers = {each.phone_number_id: each.provider for each in practice.whatsapp}
        self._tokens = {
            **{(WHATSAPP, each.phone_number_id): each.access_token for each in practice.whatsapp},
            **{(MESSENGER, each.page_id): each.access_token for each in practice.messenger},
            **{(INSTAGRAM, each.account_id): each.access_token for each in practice.instagram},
        }
        self._http = http
        self._fetcher = fetcher
        self._root = f"{graph_url.rstrip('/')}/{version}"

    async def fetch(
        self, *, channel: str, account: str, message: str | None, place: int, attachment: Attachment
    ) -> bytes:
        """`message` is the channel's id of the message that carried it, as its `place`-th file.
        Raises FileRefused, FileUnavailable."""
        token = self._tokens.get((channel, account))
        if token is None:
            raise FileRefused(NotKept.NOT_META)
        if channel == WHATSAPP:
            provider = self._providers[account]
            query = {} if provider else {"phone_number_id": account}
            answer = await self._ask(attachment.id, token, provider=provider, **query)
            address = _through(provider, _needed(words(answer.get("url"))))
            expected = words(answer.get("sha256"))
            content, _ = await self._fetcher.fetch(address, headers=authorization(token, provider))
            if expected and not _is_digest_of(expected, content):
                raise FileUnavailable("the file is not the one that was announced")
            return content
        answer = await self._ask(message, token, fields="attachments")
        url = _url_at(objects(mapping(answer.get("attachments")).get("data")), place)
        content, _ = await self._fetcher.fetch(_needed(url))
        return content

    async def _ask(
        self, id: str | None, token: str, *, provider: Provider | None = None, **query: str
    ) -> Mapping[str, Any]:
        """GET /{id} of Graph."""
        if not id or not _ID.fullmatch(id):
            raise FileRefused(NotKept.NOT_META)
        root = provider.api_url.rstrip("/") if provider else self._root
        url = URL(f"{root}/{quote(id, safe='')}", encoded=True).with_query(query)
        try:
            async with self._http.get(
                url,
                headers=authorization(token, provider),
                timeout=_LOOK_UP_TIMEOUT,
                allow_redirects=False,
            ) as response:
                body = read_object(await response.content.read(2**20))
                if response.status == 200:
                    return body
                error = mapping(body.get("error"))
                if error_code(error) == 100 or response.status == 404:
                    raise FileRefused(NotKept.GONE)
                raise FileUnavailable(f"look-up failed: HTTP {response.status}, code {error_code(error)}")
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise FileUnavailable(f"look-up failed: {type(error).__name__}") from None


def _url_at(attachments: Sequence[Mapping[str, Any]], place: int) -> str | None:
    if place >= len(attachments):
        return None
    found = attachments[place]
    for part in ("image_data", "video_data"):
        url = words(mapping(found.get(part)).get("url"))
        if url:
            return url
    return words(found.get("file_url"))


def _through(provider: Provider | None, url: str) -> str:
    """Some providers hand files on themselves: the same path, at their own host."""
    if provider is None or provider.media_host is None:
        return url
    return str(URL(url).with_host(provider.media_host))


def _needed(url: str | None) -> str:
    if not url:
        raise FileRefused(NotKept.GONE)
    return url


def _is_digest_of(digest: str, content: bytes) -> bool:
    """Meta writes SHA-256 in hex or in base64. What is neither says nothing."""
    found = hashlib.sha256(content).digest()
    if re.fullmatch(r"[0-9a-fA-F]{64}", digest):
        return digest.lower() == found.hex()
    if re.fullmatch(r"[A-Za-z0-9+/]{43}=", digest):
        return digest == base64.b64encode(found).decode()
    return True
