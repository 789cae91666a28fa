"""What patients sent beside words, as a browser gets it."""

import aiohttp

from bot.web.sign_in.session import SignIn
from tests.web.fakes import FakeDesk, MemoryStaffBook, conversation
from tests.web.serving import Receptionist, Serve, whole_inbox

FILES = "/inbox/conversations/c-anna/files"


async def headers_of(
    serve: Serve, http: aiohttp.ClientSession, sign_in: SignIn, staff: MemoryStaffBook, file: str
) -> tuple[int, dict[str, str]]:
    desk = FakeDesk(conversation("c-anna"), clock=sign_in.clock)
    url = await serve(whole_inbox(desk, sign_in, staff))
    marta = Receptionist(http, url)
    await marta.signs_in(sign_in.issue())
    async with http.get(f"{url}{FILES}/{file}") as response:
        kept = ("Content-Type", "Content-Disposition", "Content-Security-Policy", "Cache-Control")
        return response.status, {name: response.headers[name] for name in kept if name in response.headers}


POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


async def test_a_picture_is_shown_and_can_do_nothing(
    serve: Serve, http: aiohttp.ClientSession, sign_in: SignIn, staff: MemoryStaffBook
) -> None:
    assert await headers_of(serve, http, sign_in, staff, "photo") == (
        200,
        {
            "Content-Type": "image/jpeg",
            "Content-Disposition": "inline; filename*=UTF-8''file",
            "Content-Security-Policy": POLICY,
            "Cache-Control": "no-store",
        },
    )


async def test_a_document_is_only_downloaded_whatever_is_in_it(
    serve: Serve, http: aiohttp.ClientSession, sign_in: SignIn, staff: MemoryStaffBook
) -> None:
    assert await headers_of(serve, http, sign_in, staff, "letter") == (
        200,
        {
            "Content-Type": "application/octet-stream",
            "Content-Disposition": "attachment; filename*=UTF-8''referto%20%222%22.pdf",
            "Content-Security-Policy": POLICY,
            "Cache-Control": "no-store",
        },
    )


async def test_whoever_is_not_signed_in_sees_no_file(
    serve: Serve, http: aiohttp.ClientSession, desk: FakeDesk, sign_in: SignIn, staff: MemoryStaffBook
) -> None:
    url = await serve(whole_inbox(desk, sign_in, staff))
    async with http.get(f"{url}{FILES}/photo", allow_redirects=False) as response:
        assert response.status in (401, 303)
