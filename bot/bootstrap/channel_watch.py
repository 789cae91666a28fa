"""Who notices that a channel has fallen silent, wired."""

import aiohttp

from bot.bootstrap.front_desk import FrontDesk
from bot.channels.connecting import Connection, accounts_to_connect
from bot.service.upkeep.channel_watch import ChannelWatch, IsSubscribed
from bot.storage.sending.silence import SqlSilence


def channel_watch(desk: FrontDesk, http: aiohttp.ClientSession, *, graph_url: str) -> ChannelWatch:
    """Every channel that patients write on; Meta's are also asked whether they are still subscribed."""
    practice = desk.practice
    channels: dict[str, tuple[IsSubscribed, ...]] = {}
    for account in accounts_to_connect(practice):
        connection = Connection(account, http, graph_url=graph_url)
        channels[account.channel] = (*channels.get(account.channel, ()), connection.is_subscribed)
    return ChannelWatch(
        SqlSilence(desk.books.database, practice.id, desk.clock),
        channels=channels,
        clock=desk.clock,
        quiet_after=practice.quiet_after,
        ring=desk.alerts.ring,
    )
