"""Instagram's Send API as a Channel (`bot.channels.page_channel`)."""

from collections.abc import Sequence

import aiohttp

from bot.channels.graph_channel import Platform
from bot.channels.graph_client import GRAPH_URL
from bot.channels.instagram.outbound import render
from bot.channels.page_channel import REFUSALS, Page, PageChannel, message_id
from bot.domain.channels import INSTAGRAM
from bot.domain.practice import InstagramAccount

PROFILE: Page[InstagramAccount] = Page(
    platform=Platform(
        name=INSTAGRAM,
        missing="Instagram has no account; add one under instagram in practice.yml",
        an_account="an Instagram account",
        id_name="account_id",
        id_of=lambda account: account.account_id,
        whose=lambda account: f"Instagram account {account.account_id}",
        refusals=REFUSALS,
        message_id=message_id,
    ),
    render=render,
)


class InstagramChannel(PageChannel[InstagramAccount]):
    """Professional accounts of one practice.

    An account subscribes to messages, messaging_postbacks, messaging_seen, messaging_referral,
    message_reactions and message_edit. Echoes come with `messages` and carry our outbox id back.
    """

    def __init__(
        self,
        accounts: Sequence[InstagramAccount],
        session: aiohttp.ClientSession,
        *,
        graph_url: str = GRAPH_URL,
        timeout: float = 15.0,
    ) -> None:
        super().__init__(PROFILE, accounts, session, graph_url=graph_url, timeout=timeout)
