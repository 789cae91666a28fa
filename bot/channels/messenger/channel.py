"""Messenger's Send API as a Channel (`bot.channels.page_channel`)."""

from collections.abc import Sequence

import aiohttp

from bot.channels.graph_channel import Platform
from bot.channels.graph_client import GRAPH_URL
from bot.channels.messenger.outbound import render
from bot.channels.page_channel import REFUSALS, Page, PageChannel, message_id
from bot.domain.channels import MESSENGER
from bot.domain.practice import MessengerAccount

PAGE: Page[MessengerAccount] = Page(
    platform=Platform(
        name=MESSENGER,
        missing="Messenger has no Page; add one under messenger in practice.yml",
        an_account="a Messenger Page",
        id_name="page_id",
        id_of=lambda account: account.page_id,
        whose=lambda account: f"Messenger Page {account.page_id}",
        refusals=REFUSALS,
        message_id=message_id,
    ),
    render=render,
)


class MessengerChannel(PageChannel[MessengerAccount]):
    """One or more Pages of one practice.

    A Page subscribes to messages, messaging_postbacks, message_deliveries and message_echoes: an echo carries
    our outbox id back, and proves that a message whose request got no answer was sent all the same.
    """

    def __init__(
        self,
        accounts: Sequence[MessengerAccount],
        session: aiohttp.ClientSession,
        *,
        graph_url: str = GRAPH_URL,
        timeout: float = 15.0,
    ) -> None:
        super().__init__(PAGE, accounts, session, graph_url=graph_url, timeout=timeout)
