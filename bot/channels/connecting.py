"""Connects a practice's accounts: looks whether they are, subscribes them, sets what patients see of them."""

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from bot.channels.graph_client import GRAPH_URL
from bot.channels.graph_desk import GraphDesk, GraphRefusal, GraphUnreachable
from bot.channels.lenient import objects
from bot.channels.profiles import number_prompts, page_profile
from bot.channels.setting_up import (
    BUSINESS_APP_FIELDS,
    INSTAGRAM_FIELDS,
    PAGE_FIELDS,
    WHATSAPP_FIELDS,
    Finding,
    account_of,
    app_fields,
    app_id,
    broken,
    field_findings,
    number_findings,
    ok,
    token_facts,
    warning,
)
from bot.domain.channels import INSTAGRAM, MESSENGER, WHATSAPP
from bot.domain.menus import MenuItem
from bot.domain.practice import Practice
from bot.domain.providers import Provider
from bot.errors import ChairsideError

_NUMBER_FIELDS = (
    "quality_rating,name_status,status,is_on_biz_app,messaging_limit_tier,throughput,health_status"
)
_OBJECTS = {WHATSAPP: "whatsapp_business_account", MESSENGER: "page", INSTAGRAM: "instagram"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account on one channel, as practice.yml has it."""

    channel: str
    id: str
    app_secret: str
    verify_token: str
    access_token: str
    business_app: bool = False
    provider: Provider | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        more = BUSINESS_APP_FIELDS if self.business_app else ()
        return {
            WHATSAPP: (*WHATSAPP_FIELDS, *more),
            MESSENGER: PAGE_FIELDS,
            INSTAGRAM: INSTAGRAM_FIELDS,
        }[self.channel]


def accounts_to_connect(practice: Practice) -> tuple[Account, ...]:
    numbers = [
        Account(
            channel=WHATSAPP,
            id=each.phone_number_id,
            app_secret=each.app_secret,
            verify_token=each.verify_token,
            access_token=each.access_token,
            business_app=each.business_app,
            provider=each.provider,
        )
        for each in practice.whatsapp
    ]
    pages = [
        _page(MESSENGER, page.page_id, page.app_secret, page.verify_token, page.access_token)
        for page in practice.messenger
    ]
    profiles = [
        _page(INSTAGRAM, each.account_id, each.app_secret, each.verify_token, each.access_token)
        for each in practice.instagram
    ]
    return (*numbers, *pages, *profiles)


def _page(channel: str, id: str, app_secret: str, verify_token: str, access_token: str) -> Account:
    return Account(
        channel=channel,
        id=id,
        app_secret=app_secret,
        verify_token=verify_token,
        access_token=access_token,
    )


class Connection:
    """One account's. Raises GraphRefusal, GraphUnreachable where it does not say otherwise."""

    def __init__(self, account: Account, http: aiohttp.ClientSession, *, graph_url: str = GRAPH_URL) -> None:
        self.account = account
        self._http = http
        self._graph_url = graph_url
        self._mine = GraphDesk(http, account.access_token, base=graph_url, provider=account.provider)
        self._owner: str | None = None

    # -- looking ------------------------------------------------------------------------------------------

    async def check(self, *, at: datetime, url: str | None) -> AsyncIterator[Finding]:
        """Everything that can be known from here; what cannot be asked is a finding, too."""
        for look in (self._look_at_token, self._look_at_account, self._look_at_subscription):
            try:
                for finding in await look(at):
                    yield finding
            except (GraphRefusal, GraphUnreachable) as problem:
                yield broken(str(problem))
            if self.account.provider is not None:
                break
        yield await self.look_at_webhook(url)

    async def is_subscribed(self) -> bool:
        """Whether patients' messages come: to the account, and to the app of it."""
        if self.account.provider is not None:
            return True  # nobody can be asked
        owner = await self._owner_of()
        answer = await self._mine.get(owner, "subscribed_apps")
        apps = objects(answer.get("data"))
        if self.account.channel == WHATSAPP:
            return bool(apps)
        return any("messages" in (each.get("subscribed_fields") or ()) for each in apps)

    async def look_at_webhook(self, url: str | None) -> Finding:
        """Asks it as Meta does."""
        if url is None:
            return warning("the webhook was not asked; give its address with --url https://...")
        challenge = secrets.token_hex(8)
        query = {
            "hub.mode": "subscribe",
            "hub.verify_token": self.account.verify_token,
            "hub.challenge": challenge,
        }
        address = self.webhook(url)
        try:
            async with self._http.get(
                address, params=query, allow_redirects=False, timeout=aiohttp.ClientTimeout(total=15)
            ) as response:
                said = (await response.content.read(200)).decode("utf-8", "replace")
                if (response.status, said) == (200, challenge):
                    return ok("the webhook answers")
                return broken(
                    f"{address} answers {response.status} and no challenge: is it this server, with this"
                    " verify token?"
                )
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            return broken(
                f"{address} cannot be reached ({type(error).__name__}): DNS, port 443, certificate?"
            )

    def webhook(self, url: str) -> str:
        return f"{url.rstrip('/')}/webhooks/{self.account.channel}"

    # -- doing --------------------------------------------------------------------------------------------

    async def subscribe(self, url: str) -> str:
        """The app to the fields, with our webhook, and the account to the app. What was done."""
        account = self.account
        if account.provider is not None:
            raise ChairsideError(
                f"{account.provider.name} keeps the webhook; set {self.webhook(url)} there (docs/connect.md)"
            )
        if not url.startswith("https://") and "127.0.0.1" not in url and "localhost" not in url:
            raise ChairsideError("Meta posts to https addresses alone; give --url https://...")
        id, app = await self._app()
        await app.post(
            id,
            "subscriptions",
            body={
                "object": _OBJECTS[account.channel],
                "callback_url": self.webhook(url),
                "fields": ",".join(account.fields),
                "verify_token": account.verify_token,
            },
        )
        owner = await self._owner_of()
        wish = None if account.channel == WHATSAPP else {"subscribed_fields": ",".join(account.fields)}
        await self._mine.post(owner, "subscribed_apps", body=wish)
        return f"{len(account.fields)} fields, to {self.webhook(url)}"

    async def show_profile(self, items: Sequence[MenuItem], languages: Sequence[str]) -> str:
        """What patients see before they write. What was set."""
        account = self.account
        if account.channel == WHATSAPP:
            await self._mine.post(
                account.id, "conversational_automation", body=number_prompts(items, languages[0])
            )
            return f"{min(len(items), 4)} prompts in {languages[0]}"
        body = page_profile(items, languages, is_instagram=account.channel == INSTAGRAM)
        await self._mine.post(account.id, "messenger_profile", body=body)
        return f"a menu of {len(items)} and {min(len(items), 4)} questions, in {', '.join(languages)}"

    async def templates(self) -> AsyncIterator[Mapping[str, Any]]:
        """Meta's list of them, page by page."""
        after: dict[str, str] = {}
        owner = await self._owner_of()
        while True:
            page = await self._mine.get(owner, "message_templates", limit="100", **after)
            for each in objects(page.get("data")):
                yield each
            paging = page.get("paging") if isinstance(page.get("paging"), dict) else None
            cursors = paging.get("cursors") if paging and paging.get("next") else None
            if not isinstance(cursors, dict) or not isinstance(cursors.get("after"), str):
                return
            after = {"after": cursors["after"]}

    async def submit(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        return await self._mine.post(await self._owner_of(), "message_templates", body=body)

    # -- asking -------------------------------------------------------------------------------------------

    async def _look_at_token(self, at: datetime) -> Sequence[Finding]:
        account = self.account
        if account.provider is not None:
            await self._mine.get(*_provider_path(account), "whatsapp_business_profile", fields="about")
            return [ok(f"{account.provider.name} takes the key; what Meta knows is to be seen there")]
        _, app = await self._app()
        facts = await token_facts(self._mine, app, account.access_token, channel=account.channel, at=at)
        return facts.findings

    async def _look_at_account(self, at: datetime) -> Sequence[Finding]:
        if self.account.channel != WHATSAPP:
            page = await self._mine.get(self.account.id, fields="id,name")
            return [ok(f"the account is {page.get('name') or page.get('id')}")]
        number = await self._mine.get(self.account.id, fields=_NUMBER_FIELDS)
        return list(number_findings(number, business_app=self.account.business_app))

    async def _look_at_subscription(self, at: datetime) -> Sequence[Finding]:
        account = self.account
        if not await self.is_subscribed():
            return [broken("the app is not subscribed to the account; run channels subscribe")]
        id, app = await self._app()
        names, callback = await app_fields(app, id, _OBJECTS[account.channel])
        found = list(field_findings(names, account.fields))
        if callback:
            found.append(ok(f"webhooks go to {callback}"))
        return found

    async def _app(self) -> tuple[str, GraphDesk]:
        id = await app_id(self._mine)
        return id, GraphDesk(self._http, f"{id}|{self.account.app_secret}", base=self._graph_url)

    async def _owner_of(self) -> str:
        """The page itself, or the business account that has the number: whichever the token may manage."""
        account = self.account
        if account.channel != WHATSAPP:
            return account.id
        if self._owner is None:
            _, app = await self._app()
            about = await app.get("debug_token", input_token=account.access_token)
            data = about.get("data")
            scopes = objects(data.get("granular_scopes")) if isinstance(data, dict) else []
            candidates = dict.fromkeys(
                str(target)
                for scope in scopes
                if str(scope.get("scope", "")).startswith("whatsapp")
                for target in scope.get("target_ids") or ()
            )
            self._owner = await account_of(self._mine, account.id, list(candidates))
        if self._owner is None:
            raise ChairsideError(
                f"the token manages no business account that has the number {account.id}; give its system"
                " user the account, with whatsapp_business_management"
            )
        return self._owner


def _provider_path(account: Account) -> tuple[str, ...]:
    return (account.id,) if account.provider and "{number}" in account.provider.path else ()
