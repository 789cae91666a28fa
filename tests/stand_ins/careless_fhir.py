"""A FHIR R4 server that takes everything and protects nothing.

It ignores If-Match and If-None-Exist, every search parameter, `Prefer` and `_count`, pages by forty in
reverse order, answers with whole addresses for references, deletes nothing, and says after a write only where
the resource is. Written from the R4 specification, and what it lets a server leave out.
"""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from tests.stand_ins.trouble import Trouble

PAGE = {"Appointment": 40}
Json = dict[str, Any]


class CarelessFhir:
    def __init__(self) -> None:
        self.resources: dict[str, Json] = {}  # "Type/id" -> as it is
        self.trouble = Trouble()
        self._writes = 0

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self.trouble.middleware()], client_max_size=2**24)
        app.router.add_get("/fhir/metadata", self._metadata)
        app.router.add_get("/fhir/{type}", self._search)
        app.router.add_post("/fhir/{type}", self._create)
        app.router.add_get("/fhir/{type}/{id}", self._read)
        app.router.add_put("/fhir/{type}/{id}", self._update)
        return app

    def store(self, resource: Json) -> None:
        self._writes += 1
        ref = f"{resource['resourceType']}/{resource['id']}"
        version = int(self.resources.get(ref, {}).get("meta", {}).get("versionId", 0)) + 1
        at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(milliseconds=self._writes)
        meta = {"versionId": str(version), "lastUpdated": at.isoformat(timespec="milliseconds")}
        self.resources[ref] = {**resource, "meta": meta}

    def forget_what_is_over(self) -> None:
        """Appointments that take no time any more; it deletes nothing else by itself."""
        over = ("cancelled", "entered-in-error")
        self.resources = {ref: one for ref, one in self.resources.items() if one.get("status") not in over}

    async def _metadata(self, request: web.Request) -> web.Response:
        return self._json(
            request, {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": []}
        )

    async def _read(self, request: web.Request) -> web.Response:
        found = self.resources.get(f"{request.match_info['type']}/{request.match_info['id']}")
        return self._json(request, found) if found else web.Response(status=404)

    async def _search(self, request: web.Request) -> web.Response:
        """Filters are advice."""
        kind = request.match_info["type"]
        skip = int(request.query.get("skip", "0"))
        found = [one for ref, one in reversed(self.resources.items()) if ref.startswith(f"{kind}/")]
        size = PAGE.get(kind, 5000)
        links = [{"relation": "self", "url": f"{self._base(request)}/{kind}"}]
        if skip + size < len(found):
            links.append({"relation": "next", "url": f"{self._base(request)}/{kind}?skip={skip + size}"})
        entries = [{"resource": one, "search": {"mode": "match"}} for one in found[skip : skip + size]]
        return self._json(
            request, {"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries}
        )

    async def _create(self, request: web.Request) -> web.Response:
        resource = await request.json()
        resource["id"] = uuid.uuid4().hex
        self.store(resource)
        location = f"{self._base(request)}/{resource['resourceType']}/{resource['id']}/_history/1"
        if "X-Staff" in request.headers:
            return self._json(request, resource)
        return web.Response(status=201, headers={"Location": location})

    async def _update(self, request: web.Request) -> web.Response:
        resource = await request.json()
        self.store(resource)
        location = f"{self._base(request)}/{resource['resourceType']}/{resource['id']}/_history/1"
        return web.Response(status=200, headers={"Content-Location": location}, text=_for_staff(request))

    def _json(self, request: web.Request, content: Json) -> web.Response:
        """References become addresses, except for staff, whose own program wrote them."""
        text = json.dumps(content)
        if "X-Staff" not in request.headers:
            for kind in ("Practitioner", "Patient", "Slot", "Schedule"):
                text = text.replace(f'"reference": "{kind}/', f'"reference": "{self._base(request)}/{kind}/')
        return web.Response(text=text, content_type="application/fhir+json")

    def _base(self, request: web.Request) -> str:
        return f"http://{request.host}/fhir"


def _for_staff(request: web.Request) -> str:
    return "{}" if "X-Staff" in request.headers else ""
