"""Files over HTTP: upload, look-up and download, with everything that can go wrong with a download."""

import asyncio
from typing import TYPE_CHECKING

from aiohttp import BodyPartReader, web

from bot.stand_in.answers import Answer, after_fault
from bot.stand_in.faults import Fault, FaultKind, Strikes
from bot.stand_in.graph_api import (
    answered,
    bearer_token,
    check_number,
    check_token,
    check_version,
    no_such_object,
)
from bot.stand_in.media_shelf import PATH, StoredFile
from bot.stand_in.refusals import GraphRefused, malformed
from bot.stand_in.sends import asked_for

if TYPE_CHECKING:
    from bot.stand_in.graph import GraphStandIn


def file_routes(stand_in: "GraphStandIn") -> list[web.RouteDef]:
    async def upload(request: web.Request) -> web.StreamResponse:
        """multipart/form-data: messaging_product, type?, file."""
        check_version(request, stand_in)
        check_token(request, stand_in.access_token)
        check_number(request, stand_in)
        fault = _strike(stand_in, "media")
        content, mime_type, name = await _read_form(request)
        done = after_fault(
            fault,
            lambda: Answer(body={"id": stand_in.media.upload(content, mime_type=mime_type, name=name).id}),
        )
        return await answered(done, request, stand_in)

    async def delete(request: web.Request) -> web.StreamResponse:
        check_version(request, stand_in)
        check_token(request, stand_in.access_token)
        id = request.match_info["number"]
        if stand_in.media.find(id) is None:
            raise no_such_object(request, id)
        stand_in.media.forget(id)
        return web.json_response({"success": True})

    async def download(request: web.Request) -> web.StreamResponse:
        tokens = {stand_in.access_token}
        is_for_page = any(side.owns_file(request.query.get("mid", "")) for side in stand_in.pages)
        key = request.headers.get("D360-API-KEY") if stand_in.options.is_behind_provider else None
        if not is_for_page and (key or bearer_token(request)) not in tokens:
            raise GraphRefused(401, 190, "An access token is required to request this resource.")
        file = stand_in.media.fetch(request.query)
        return await _serve(file, _strike(stand_in, "download"), request, stand_in)

    return [
        web.post(r"/{version:v\d+\.0}/{number}/media", upload),
        web.delete(r"/{version:v\d+\.0}/{number}", delete),
        web.get(PATH, download),
    ]


def described(stand_in: "GraphStandIn", file: StoredFile, *, base: str) -> Answer:
    """What Graph tells of a file: where it is for the next five minutes. A fault may tell another place."""
    fault = _strike(stand_in, "media")
    url = stand_in.media.url(file, base=base)
    if fault is not None and fault.kind is FaultKind.REDIRECT:
        url = fault.location
    shown = {
        "messaging_product": "whatsapp",
        "url": url,
        "mime_type": file.mime_type,
        "sha256": file.sha256,
        "file_size": len(file.content),
        "id": file.id,
    }
    return after_fault(fault, lambda: Answer(body=shown))


def _strike(stand_in: "GraphStandIn", on: Strikes) -> Fault | None:
    fault = stand_in.strike(on)
    if fault is not None and fault.kind is FaultKind.REFUSE:
        raise asked_for(fault)
    return fault


async def _read_form(request: web.Request) -> tuple[bytes, str, str]:
    if request.content_type != "multipart/form-data":
        raise malformed("Content-Type must be multipart/form-data")
    fields: dict[str, str] = {}
    content, mime_type, name = b"", "", ""
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise malformed("A part within a part is not read")
        if part.name == "file":
            content, name = await _read_part(part), part.filename or ""
            mime_type = part.headers.get("Content-Type", "")
        else:
            fields[part.name or ""] = await part.text()
    if fields.get("messaging_product") != "whatsapp":
        raise malformed("Param messaging_product must be one of {WHATSAPP}")
    return content, fields.get("type") or mime_type, name


async def _read_part(part: BodyPartReader) -> bytes:
    """By and by: what a JSON body may have is not the measure of a file."""
    chunks = []
    while chunk := await part.read_chunk():
        chunks.append(bytes(chunk))
    return b"".join(chunks)


async def _serve(
    file: StoredFile, fault: Fault | None, request: web.Request, stand_in: "GraphStandIn"
) -> web.StreamResponse:
    headers = {"Content-Type": file.mime_type}
    if file.name:
        headers["Content-Disposition"] = f"attachment;filename={file.name}"
    kind = fault.kind if fault is not None else None
    if kind is FaultKind.REDIRECT and fault is not None:
        return web.Response(status=302, headers={"Location": fault.location})
    if kind not in (FaultKind.DRIP, FaultKind.ENDLESS, FaultKind.SHORT):
        done = after_fault(fault, lambda: Answer(body=""))
        if done.body == "" and not done.is_broken:
            await stand_in.pause(done.after_seconds)
            return web.Response(body=file.content, headers=headers)
        return await answered(done, request, stand_in)
    stream = web.StreamResponse(headers=headers)
    if kind is FaultKind.SHORT:
        stream.content_length = len(file.content) + 1000
    try:
        await stream.prepare(request)
        if kind is FaultKind.ENDLESS:
            while not stand_in.is_closing:
                await stream.write(bytes(2**16))
        elif kind is FaultKind.DRIP:
            for each in file.content:
                await stream.write(bytes([each]))
                await asyncio.sleep(0.05)  # on the wire, whatever the clock of a test says
        else:
            await stream.write(file.content)
            if request.transport is not None:
                request.transport.close()
    except (ConnectionError, OSError):
        pass  # whoever fetched it has had enough
    return stream
