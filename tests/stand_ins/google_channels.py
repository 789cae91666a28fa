"""Push channels as Google describes them (developers.google.com/workspace/calendar/api/guides/push).

Hostile where it leaves room: a channel lives for an hour whatever was asked for, says so in milliseconds as a
string, is announced ("sync") before the request that opens it is answered, notifies twice, and keeps a body
empty. An id that was used before is refused. `refuses` answers every watch so; `loses` drops notifications.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

_ID = re.compile(r"[A-Za-z0-9\-_+/=]{1,64}")
_ASKED = {"id", "type", "address", "token", "expiration", "params", "payload"}
LIFE = timedelta(hours=1)


@dataclass
class _Channel:
    calendar: str
    address: str
    token: str
    ends: datetime
    said: int = 0
    resource: str = "o3hgv1538sdjfh"


class Channels:
    def __init__(self, *, at: datetime) -> None:
        self.at = at
        self.open: dict[str, _Channel] = {}
        self.opened: list[str] = []  # calendars, in order
        self.stopped: list[str] = []
        self.refuses = 0  # the status of every watch
        self.loses = False
        self._used: set[str] = set()
        self._waiting: list[str] = []

    async def watch(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        parts = urlsplit(str(body.get("address")))
        is_safe = parts.scheme == "https" or parts.hostname == "127.0.0.1"
        if self.refuses:
            return _refusal(self.refuses, "webhookUrlUnauthorized")
        if set(body) - _ASKED or body.get("type") != "web_hook" or not is_safe:
            return _refusal(400, "invalid")
        if not _ID.fullmatch(str(body.get("id"))) or len(str(body.get("token", ""))) > 256:
            return _refusal(400, "invalid")
        if body["id"] in self._used:
            return _refusal(400, "channelIdNotUnique")
        calendar = request.match_info["calendar"]
        channel = _Channel(calendar, body["address"], body.get("token", ""), self.at + LIFE)
        self._used.add(body["id"])
        self.open[body["id"]] = channel
        self.opened.append(calendar)
        await self._notify(body["id"], "sync")
        return web.json_response(
            {
                "kind": "api#channel",
                "id": body["id"],
                "resourceId": channel.resource,
                "resourceUri": f"https://www.googleapis.com/calendar/v3/calendars/{calendar}/events?alt=json",
                "token": channel.token,
                "expiration": str(int(channel.ends.timestamp() * 1000)),
            }
        )

    async def stop(self, request: web.Request) -> web.Response:
        body = await request.json()
        channel = self.open.get(body["id"])
        if channel is None or channel.resource != body["resourceId"]:
            return _refusal(404, "notFound")
        del self.open[body["id"]]
        self.stopped.append(channel.calendar)
        return web.Response(status=204)

    def changed(self, calendar: str) -> None:
        live = [i for i, one in self.open.items() if one.calendar == calendar and one.ends > self.at]
        self._waiting += [] if self.loses else live * 2

    async def deliver(self) -> list[int]:
        """What is waiting goes out; how each was answered."""
        waiting, self._waiting = self._waiting, []
        return [await self._notify(id_, "exists") for id_ in waiting if id_ in self.open]

    async def _notify(self, id_: str, state: str, **more: str) -> int:
        channel = self.open[id_]
        channel.said += 1
        headers = {
            "X-Goog-Channel-ID": id_,
            "X-Goog-Channel-Token": channel.token,
            "X-Goog-Channel-Expiration": f"{channel.ends:%a, %d %b %Y %H:%M:%S} GMT",
            "X-Goog-Resource-ID": channel.resource,
            "X-Goog-Resource-URI": f"https://www.googleapis.com/calendar/v3/calendars/{channel.calendar}/events",
            "X-Goog-Resource-State": state,
            "X-Goog-Message-Number": str(channel.said),
            **more,
        }
        async with (
            aiohttp.ClientSession() as http,
            http.post(channel.address, data=b"", headers=headers) as answer,
        ):
            return answer.status


def _refusal(status: int, reason: str) -> web.Response:
    errors = [{"domain": "push", "reason": reason, "message": reason}]
    return web.json_response({"error": {"code": status, "message": reason, "errors": errors}}, status=status)
