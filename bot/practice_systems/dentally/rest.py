"""Dentally's REST interface v1 (developer.dentally.co): records in and out, all pages of a list.

What the documentation leaves open is tried and read back, never assumed: by which verb records are updated,
how a list counts itself, how a search is asked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import AuthFailed, ProtocolDrift
from bot.practice_systems.outside_http import Answer, OutsideHttp

Json = dict[str, Any]
PAGE = 100  # what Dentally allows
MOST_PAGES = 100  # beyond, Dentally asks for narrower questions
_VERBS = ("PATCH", "PUT")
#: Names of fields that a refusal may be about; its words may quote a patient, so only these are told.
_FIELDS = {
    *("start_time", "finish_time", "practitioner_id", "room_id", "patient_id", "reason", "state"),
    *("first_name", "last_name", "date_of_birth", "mobile_phone", "email_address", "site_id", "title"),
    *("payment_plan_id", "metadata", "notes", "base"),
}


@dataclass
class Refusal(Exception):
    """Dentally does not take what we sent: nothing was written."""

    status: int
    fields: tuple[str, ...]


class DentallyRest:
    """One key."""

    def __init__(self, http: OutsideHttp) -> None:
        """`http` leaves 403 to be explained here."""
        self._http = http
        self._verb: str | None = None

    async def ask(self, path: str) -> Json:
        return _object(await self._request("GET", path, writes=False))

    async def list(
        self,
        path: str,
        query: Sequence[tuple[str, str]] = (),
        *,
        most_pages: int = MOST_PAGES,
        is_enough: Callable[[Sequence[Json]], bool] = lambda page: False,
    ) -> tuple[Json, ...]:
        """All pages, up to the first that is enough. A page may be shorter than was asked for."""
        found: dict[str, Json] = {}
        for number in range(1, most_pages + 1):
            page = [("page", str(number)), ("per_page", str(PAGE))]
            told = _object(await self._request("GET", path, writes=False, query=[*query, *page]))
            records = told.get(path.rsplit("/", 1)[-1])
            if not isinstance(records, list):
                raise ProtocolDrift(f"Dentally's list of {path} is none")
            found |= {str(one.get("id")): one for one in records}
            total = _total(told)
            is_last = not records or (total is not None and len(found) >= total)
            if is_last or is_enough(records):
                return tuple(found.values())
        raise ProtocolDrift(f"Dentally's list of {path} does not end; was the question understood?")

    async def availability(self, query: Sequence[tuple[str, str]]) -> tuple[Json, ...]:
        told = _object(await self._request("GET", "appointments/availability", writes=False, query=query))
        blocks = told.get("availability")
        if not isinstance(blocks, list):
            raise ProtocolDrift("Dentally's availability is none")
        return tuple(blocks)

    async def get(self, kind: str, id_: str) -> Json | None:
        answer = await self._request("GET", f"{kind}s/{id_}", writes=False)
        return None if answer.status in (404, 410) else _record(answer, kind)

    async def create(self, kind: str, record: Json) -> Json:
        """Raises Refusal."""
        answer = await self._request("POST", f"{kind}s", writes=True, body={kind: record})
        return _record(answer, kind)

    async def update(self, kind: str, id_: str, record: Json) -> Json | None:
        """Only what is given; None when there is no such record. Raises Refusal."""
        for verb in [self._verb] if self._verb else _VERBS:
            answer = await self._request(verb, f"{kind}s/{id_}", writes=True, body={kind: record})
            if answer.status in (404, 405) and not self._verb:
                continue  # the record's, or the verb's
            self._verb = verb if answer.status not in (404, 405) else self._verb
            return None if answer.status in (404, 410) else _record(answer, kind)
        return None

    async def _request(
        self,
        method: str,
        path: str,
        *,
        writes: bool,
        query: Sequence[tuple[str, str]] = (),
        body: Json | None = None,
    ) -> Answer:
        answer = await self._http.request(
            method, f"v1/{path}", writes=writes, query=list(query) or None, json_body=body
        )
        if answer.status == 403:
            raise AuthFailed(
                "Dentally refuses us (403): its key lacks a scope (patient:read, patient:create,"
                " appointment:read, appointment:create, appointment:update), or it is another practice's"
            )
        if not writes and answer.status in (400, 409, 422):
            fields = ", ".join(_fields(answer)) or "it does not say why"
            raise ProtocolDrift(f"Dentally does not take a question ({answer.status}: {fields})")
        return answer


def _total(told: Json) -> int | None:
    meta = told.get("meta") if isinstance(told.get("meta"), dict) else {}
    totals = [meta.get(name) for name in ("total", "total_count")] if meta else []
    return next((int(one) for one in totals if isinstance(one, int)), None)


def _record(answer: Answer, kind: str) -> Json:
    record = _object(answer).get(kind)
    if not isinstance(record, dict) or "id" not in record:
        raise ProtocolDrift(f"Dentally answers without the {kind}")
    return record


def _object(answer: Answer) -> Json:
    if answer.status in (400, 409, 422):
        raise Refusal(answer.status, _fields(answer))
    if not answer.is_success:
        raise ProtocolDrift(f"Dentally answers with status {answer.status}")
    content = answer.json()
    if not isinstance(content, dict):
        raise ProtocolDrift("an answer of Dentally's is no object")
    return content


def _fields(answer: Answer) -> tuple[str, ...]:
    """Which of the known fields a refusal names, in whatever shape it does."""
    try:
        content = answer.json()
    except ProtocolDrift:
        return ()
    return tuple(sorted(_FIELDS & set(_names(content))))


def _names(content: Any) -> list[str]:
    if isinstance(content, dict):
        return [*content, *(name for inner in content.values() for name in _names(inner))]
    if isinstance(content, list):
        return [name for inner in content for name in _names(inner)]
    return [content] if isinstance(content, str) else []
