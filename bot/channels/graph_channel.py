"""What WhatsApp, Messenger and Instagram are alike in as channels; a `Platform` says how they differ."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import aiohttp

from bot.channels.graph_client import GRAPH_URL, GraphAnswer, GraphClient, Refusals, outcome_of
from bot.channels.meta_webhook import answer_challenge, require
from bot.domain.conversation import Address, FateUnknown, Refused, Rendered, SendAction, SendOutcome
from bot.domain.providers import Provider
from bot.errors import SetupError


class Credentials(Protocol):
    """What every account has besides its id."""

    @property
    def app_secret(self) -> str: ...

    @property
    def verify_token(self) -> str: ...

    @property
    def access_token(self) -> str: ...


Account = TypeVar("Account", bound=Credentials)


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform(Generic[Account]):
    """One of Meta's. `missing` is said where practice.yml has no account; `message_id` finds the id in the
    body of a success."""

    name: str
    missing: str
    an_account: str  # "a Messenger Page"
    id_name: str  # as practice.yml has it
    id_of: Callable[[Account], str]
    whose: Callable[[Account], str]
    refusals: Refusals
    message_id: Callable[[Mapping[str, Any]], str | None]
    provider_of: Callable[[Account], Provider | None] = lambda account: None


class GraphChannel(Generic[Account]):
    """One or more accounts of one practice, each posted to with its own token."""

    def __init__(
        self,
        platform: Platform[Account],
        accounts: Sequence[Account],
        session: aiohttp.ClientSession,
        *,
        graph_url: str = GRAPH_URL,
        timeout: float = 15.0,
    ) -> None:
        """Raises SetupError when an account or one of its secrets is missing: nothing runs half secured."""
        if not accounts:
            raise SetupError(platform.missing)
        for account in accounts:
            require(platform.id_of(account), what=platform.id_name, whose=platform.an_account)
            whose = platform.whose(account)
            require(account.app_secret, what="app_secret", whose=whose)
            require(account.verify_token, what="verify_token", whose=whose)
            require(account.access_token, what="access_token", whose=whose)
        self._platform = platform
        self._accounts = {platform.id_of(account): account for account in accounts}
        self._graphs = {
            id: GraphClient(session, base=graph_url, timeout=timeout, provider=platform.provider_of(account))
            for id, account in self._accounts.items()
        }

    def challenge(self, query: Mapping[str, str]) -> str | None:
        return answer_challenge(query, tokens=[each.verify_token for each in self._accounts.values()])

    async def send(self, message: Rendered, to: Address) -> SendOutcome:
        answer = await self._post(message.body, to, leaves_before=message.leaves_before)
        if isinstance(answer, GraphAnswer):
            return outcome_of(answer, refusals=self._platform.refusals, message_id=self._platform.message_id)
        return answer

    async def _acts(self, action: Mapping[str, Any], to: Address) -> bool:
        """Whether the channel took something that is no message."""
        answer = await self._post(action, to)
        return isinstance(answer, GraphAnswer) and answer.status < 300

    async def _post(
        self, body: Mapping[str, Any], to: Address, *, leaves_before: float | None = None
    ) -> GraphAnswer | Refused | FateUnknown:
        account = self._accounts.get(to.account)
        if account is None:  # it was taken out of practice.yml with messages still to be sent
            return Refused(action=SendAction.STOP)
        return await self._graphs[to.account].post(
            to.account, "messages", body, token=account.access_token, leaves_before=leaves_before
        )
