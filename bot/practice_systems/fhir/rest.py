"""FHIR's REST interface (hl7.org/fhir/R4/http.html): resources in and out, conditions, all pages of a search.

A resource is the JSON that the server has, so that what we do not know survives our writes. No bundle is ever
sent: what some servers undo as a whole, others leave half done.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.errors import AuthFailed, BookingError, OutcomeUnknown, PolicyRefused, ProtocolDrift
from bot.practice_systems.fhir.signing_in import SigningIn
from bot.practice_systems.outside_http import Answer, OutsideHttp

Json = dict[str, Any]
PAGE = 200
MOST_PAGES = 100


class Invalid(ProtocolDrift):
    """The server does not take the content of a resource."""


class Changed(Exception):
    """The resource has a newer version, or the condition of a creation fits another: nothing was written."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as the server has it."""

    content: Json

    @property
    def type(self) -> str:
        return str(self.content.get("resourceType"))

    @property
    def id(self) -> str:
        return str(self.content.get("id"))

    @property
    def ref(self) -> str:
        return f"{self.type}/{self.id}"

    @property
    def version(self) -> str | None:
        version = (self.content.get("meta") or {}).get("versionId")
        return None if version is None else str(version)

    def identifier(self, system: str) -> str | None:
        for one in self.content.get("identifier") or ():
            if isinstance(one, dict) and one.get("system") == system:
                return str(one.get("value"))
        return None


class FhirRest:
    """One server, one account."""

    def __init__(self, http: OutsideHttp, signing_in: SigningIn) -> None:
        self._http = http
        self._signing_in = signing_in

    async def capabilities(self) -> Json:
        answer = await self._request("GET", "metadata", writes=False)
        return _object(answer)

    async def read(self, ref: str) -> Resource | None:
        answer = await self._request("GET", ref, writes=False)
        return None if answer.status in (404, 410) else Resource(_object(answer))

    async def search(self, type_: str, query: Sequence[tuple[str, str]]) -> tuple[Resource, ...]:
        """All pages, each resource of this type once. The server may return more than was asked for."""
        found: dict[str, Resource] = {}
        path, params = type_, [*query, ("_count", str(PAGE))]
        for _ in range(MOST_PAGES):
            answer = await self._request("GET", path, writes=False, query=params or None)
            bundle = _object(answer)
            for entry in bundle.get("entry") or ():
                resource = Resource(entry.get("resource") or {})
                if resource.type == type_ and "id" in resource.content:
                    found[resource.id] = resource
            following = [
                link.get("url") for link in bundle.get("link") or () if link.get("relation") == "next"
            ]
            if not following:
                return tuple(found.values())
            path, params = str(following[0]), []
        raise ProtocolDrift(f"a search for {type_} never ends; does the server page in a circle?")

    async def create(self, content: Json, *, unless: tuple[str, str] | None) -> Resource:
        """`unless`: an identifier; a resource that has it already is returned instead. Raises Changed when
        several have."""
        headers = {"Prefer": "return=representation"}
        if unless is not None:
            headers["If-None-Exist"] = f"identifier={quote('|'.join(unless), safe='')}"
        answer = await self._request(
            "POST", str(content["resourceType"]), writes=True, headers=headers, body=content
        )
        if answer.status in (409, 412):
            raise Changed
        return await self._written(answer, str(content["resourceType"]))

    async def update(self, resource: Resource, content: Json) -> Resource:
        """Raises Changed unless it is still that version."""
        headers = {"Prefer": "return=representation"}
        if resource.version is not None:
            headers["If-Match"] = f'W/"{resource.version}"'
        answer = await self._request("PUT", resource.ref, writes=True, headers=headers, body=content)
        if answer.status in (404, 409, 410, 412):
            raise Changed
        return await self._written(answer, resource.type)

    async def delete(self, ref: str) -> bool:
        """False where the server deletes nothing."""
        answer = await self._request("DELETE", ref, writes=True)
        return answer.is_success or answer.status in (404, 410)

    async def operate(self, path: str, parameters: Json) -> Answer:
        return await self._request("POST", path, writes=True, body=parameters)

    async def ask(self, path: str, parameters: Json) -> Answer:
        """An operation that changes nothing."""
        answer = await self._request("POST", path, writes=False, body=parameters)
        _refuse(answer)
        return answer

    async def _written(self, answer: Answer, type_: str) -> Resource:
        """A server need not send back what it has; then it says where. That it was written is certain."""
        _refuse(answer)
        try:
            content = answer.json() if answer.body.strip() else None
            if isinstance(content, dict) and content.get("resourceType") == type_:
                return Resource(content)
            location = answer.headers.get("location") or answer.headers.get("content-location") or ""
            parts = location.split("/_history/")[0].rstrip("/").split("/")
            found = await self.read("/".join(parts[-2:])) if parts[-2:-1] == [type_] else None
        except BookingError as error:
            raise OutcomeUnknown(f"a {type_} was written, and cannot be read back") from error
        if found is None:
            raise OutcomeUnknown(f"a {type_} was written, and the server does not say which")
        return found

    async def _request(
        self,
        method: str,
        path: str,
        *,
        writes: bool,
        headers: Mapping[str, str] | None = None,
        query: Iterable[tuple[str, str]] | None = None,
        body: Json | None = None,
    ) -> Answer:
        sent = {"Accept": "application/fhir+json", **(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/fhir+json"
        for may_renew in (True, False):
            signed = await self._signing_in.header()
            signature = {"Authorization": signed} if signed else {}
            try:
                return await self._http.request(
                    method,
                    path,
                    writes=writes,
                    headers=sent | signature,
                    query=list(query) if query is not None else None,
                    json_body=body,
                )
            except AuthFailed:
                if not (may_renew and self._signing_in.refused()):
                    raise
        raise AssertionError("the second try returns or raises")


def _object(answer: Answer) -> Json:
    _refuse(answer)
    content = answer.json()
    if not isinstance(content, dict) or "resourceType" not in content:
        raise ProtocolDrift("an answer is no FHIR resource; is the address in practice.yml the FHIR base?")
    return content


def _refuse(answer: Answer) -> None:
    """Raises for what is no success. The server's own words may quote a patient: only its codes are told."""
    if answer.is_success:
        return
    codes = ", ".join(issue_codes(answer)) or "no code"
    if answer.status in (400, 422) and "business-rule" in codes:
        raise PolicyRefused(f"the server's rules forbid it ({codes})")
    if answer.status in (400, 422):
        raise Invalid(f"the server does not take what we sent ({codes})")
    raise ProtocolDrift(f"the server answers with status {answer.status} ({codes})")


def issue_codes(answer: Answer) -> tuple[str, ...]:
    """Of an OperationOutcome; () for anything else."""
    try:
        content = answer.json()
    except ProtocolDrift:
        return ()
    issues = content.get("issue") if isinstance(content, dict) else None
    return tuple(str(issue.get("code")) for issue in issues or () if isinstance(issue, dict))
