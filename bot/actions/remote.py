"""Runs actions on another server by Rasa's protocol: `bot.ports.Actions`. Never raises for what it does.

One POST a call. The key of the call goes with it (`Idempotency-Key`), the same when a turn runs again after a
crash: a server that remembers its keys does everything once. What a run comes to besides events and messages
(`ActionResult.failed`), besides the words of `bot.actions.executor`: "unreachable" (no connection, or one
that broke), "unauthorized" (401, 403).
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog
from rasa_sdk import version as rasa_version

from bot.actions.answers import NoAnswer, read_answer
from bot.actions.executor import TIME_LIMIT, InProcessActions
from bot.actions.rasa import rasa_domain, tracker_state, validated_slots
from bot.dialogue.model import ActionDeclaration, Assistant
from bot.domain.practice import ActionServer
from bot.ports import ActionCall, ActionResult, Actions

log = structlog.get_logger(__name__)

#: A body in which every character is escaped still holds the largest answer of `read_answer`.
MAX_BODY = 2 * 1024 * 1024

_BY_STATUS: Mapping[int, str] = {
    400: "rejected",  # ActionExecutionRejection
    401: "unauthorized",
    403: "unauthorized",
    404: "unknown",
    413: "too_large",
}
_WANTS_DOMAIN = 449
_REMEDIES: Mapping[str, str] = {
    "unreachable": "start the action server, or mend action_server.url in practice.yml",
    "unauthorized": "compare action_server.token in practice.yml with the server's own",
    "unknown": "add the action to the server, or take it out of the flows",
    "timeout": "make the action faster, or give it a longer timeout where content declares it",
    "malformed": "it must answer {events: [...], responses: [...]}",
    "exception": "look into the action server's log",
}


class RemoteActions:
    """The actions of one server. Only what content lets an action have is sent to it (`sends`)."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        server: ActionServer,
        *,
        assistant: Assistant,
        time_limit: float = TIME_LIMIT,
    ) -> None:
        self._http = http
        self._server = server
        self._declared = assistant.actions
        self._validated = validated_slots(assistant)
        self._domain = rasa_domain(assistant)
        # Enough for an action that does not look into it: rasa-sdk refuses a call without any domain.
        self._outline = {key: type(value)() for key, value in self._domain.items()}
        self._outline["forms"] = self._domain["forms"]
        self._time_limit = time_limit

    async def run(self, call: ActionCall) -> ActionResult:
        declared = self._declared.get(call.name)
        limit = declared.timeout if declared and declared.timeout is not None else self._time_limit
        try:
            async with asyncio.timeout(limit):
                return await self._answer(call, declared)
        except NoAnswer as failure:
            reason = failure.reason
        except TimeoutError:
            reason = "timeout"
        except (aiohttp.ClientError, OSError, ValueError):
            reason = "unreachable"
        log.warning("remote_action_failed", action=call.name, reason=reason, remedy=_REMEDIES.get(reason))
        return ActionResult(failed=reason)

    async def _answer(self, call: ActionCall, declared: ActionDeclaration | None) -> ActionResult:
        with_domain = declared is not None and declared.send_domain
        status, body = await self._post(call, declared, with_domain=with_domain)
        if status == _WANTS_DOMAIN and not with_domain:
            status, body = await self._post(call, declared, with_domain=True)
        if status != 200:
            raise NoAnswer(_BY_STATUS.get(status, "exception"))
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise NoAnswer("malformed") from error
        if not isinstance(answer, dict):
            raise NoAnswer("malformed")
        return read_answer(answer.get("events"), answer.get("responses"))

    async def _post(
        self, call: ActionCall, declared: ActionDeclaration | None, *, with_domain: bool
    ) -> tuple[int, bytes]:
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Idempotency-Key": call.key,
        }
        if self._server.token:
            headers["Authorization"] = f"Bearer {self._server.token}"
        request = {
            "next_action": call.name,
            "sender_id": call.contact,
            "tracker": self._tracker(call, declared),
            "domain": self._domain if with_domain else self._outline,
            "version": rasa_version.__version__,
        }
        async with self._http.post(
            self._server.url,
            data=json.dumps(request).encode(),
            headers=headers,
            allow_redirects=False,  # a token does not travel to where somebody else points
            timeout=aiohttp.ClientTimeout(total=None),  # `run` keeps the time
        ) as response:
            return response.status, await _read(response)

    def _tracker(self, call: ActionCall, declared: ActionDeclaration | None) -> dict[str, Any]:
        """The tracker with nothing in it that the action was not given."""
        tracker, validates = call.tracker, self._validated.get(call.name)
        slots = tracker.get("slots") or {}
        given = _slots_for(declared) | ({validates} if validates else set())
        hears = declared is not None and declared.sends_message
        reduced = {
            "slots": {name: slots.get(name) for name in sorted(given)},
            "latest_message": tracker.get("latest_message") if hears else _SILENCE,
            "events": tracker.get("events") if hears else [],
            "paused": tracker.get("paused", False),
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": tracker.get("latest_action_name"),
            "stack": [
                {key: frame.get(key) for key in ("frame_id", "flow_id", "step_id")}
                for frame in tracker.get("stack") or ()
            ],
        }
        reduced_call = ActionCall(
            name=call.name,
            tracker=reduced,
            key=call.key,
            contact=call.contact,
            channel=call.channel,
            phone=None,
            language=call.language,
            at=call.at,
        )
        return tracker_state(reduced_call, validates=validates)


class NearestActions:
    """What runs in this process, runs here; the rest runs on the action server."""

    def __init__(self, here: InProcessActions, there: Actions) -> None:
        self._here = here
        self._there = there

    async def run(self, call: ActionCall) -> ActionResult:
        nearest: Actions = self._here if call.name in self._here.names else self._there
        return await nearest.run(call)


_SILENCE: dict[str, Any] = {"text": "", "intent": {}, "intent_ranking": [], "entities": [], "metadata": {}}


def _slots_for(declared: ActionDeclaration | None) -> set[str]:
    """What `sends` lists; without it, the slots that the action may set anyway."""
    if declared is None:
        return set()
    if declared.sends is not None:
        return {*declared.sends}
    return {*(declared.sets or ())} | ({declared.outcome.slot} if declared.outcome else set())


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MAX_BODY:
            response.close()
            raise NoAnswer("too_large")
    return bytes(body)
