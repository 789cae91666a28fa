"""Headers of every answer, and the question where a request comes from.

OWASP ASVS 5.0.0: V3.4.1 to V3.4.6 (headers), V3.5.1 (cross-site requests).
"""

import ipaddress
import re
from urllib.parse import urlsplit

from aiohttp import web

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "require-trusted-types-for 'script'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

#: What a patient sent is never a page: it loads nothing, runs nothing, and stands in no frame.
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
_IS_FILE = re.compile(r"/inbox/conversations/[^/]+/files/[^/]+")

#: On a request: which other sites may show this page within theirs. () lets them load it as a script only.
SHOWN_ON: web.RequestKey[tuple[str, ...]] = web.RequestKey("shown on", tuple)

_HEADED = web.AppKey("headed", bool)


def add_headers(app: web.Application) -> None:
    """Put the headers on every answer of `app`, streams and errors included. Twice is once."""
    if app.get(_HEADED):
        return
    app[_HEADED] = True
    app.on_response_prepare.append(_put)


async def _put(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
    if _IS_FILE.fullmatch(request.path):
        response.headers["Content-Security-Policy"] = FILE_POLICY
    if SHOWN_ON in request:
        _let_others_show(response, sites=request[SHOWN_ON])
    # Our own files hold nothing about anybody: the browser may keep them, and asks whether they changed.
    response.headers["Cache-Control"] = "no-cache" if request.path.startswith("/static/") else "no-store"
    if is_https(request):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"


def _let_others_show(response: web.StreamResponse, *, sites: tuple[str, ...]) -> None:
    """The chat stands in a frame of the practice's own site, whose script is loaded from here."""
    ancestors = " ".join(sites) or "'none'"
    policy = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {ancestors}")
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    del response.headers["Cross-Origin-Opener-Policy"]


def is_https(request: web.Request) -> bool:
    """Whether the browser speaks https, to us or to the proxy before us.

    The header can be forged, but only to make one's own cookie stricter.
    """
    return request.secure or request.headers.get("X-Forwarded-Proto", "") == "https"


def is_loopback(request: web.Request) -> bool:
    """Whether a browser on this machine asks. A proxy on this machine speaks for somebody elsewhere, so its
    requests are not loopback."""
    if request.remote is None or "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    return _is_loopback_address(request.remote)


def address_of(request: web.Request) -> str:
    """Where the browser is. Only a proxy on this machine is believed, and of its list only what it added
    itself: everything further left is what the browser claims."""
    remote = request.remote or ""
    forwarded = request.headers.getall("X-Forwarded-For", [])
    if forwarded and _is_loopback_address(remote):
        return forwarded[-1].rsplit(",", 1)[-1].strip() or remote
    return remote


def _is_loopback_address(given: str) -> bool:
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def is_same_origin(request: web.Request) -> bool:
    """Whether a page of ours sent this. Fails closed: a request that does not say whence it comes is foreign.

    Browsers send Sec-Fetch-Site only to https and loopback addresses, and `Origin: null` with some
    navigations of pages that send no referrer; a page of ours posts with `fetch`, which sends both properly.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("Origin")
    if origin is None or origin == "null":
        return site is not None
    return urlsplit(origin).netloc == request.host
