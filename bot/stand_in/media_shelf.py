"""Files: those that patients send, for seven days, and those that the business uploads, for thirty.

Source: business-phone-numbers/media of the Cloud API documentation. A file is fetched in two steps: its id
gives a URL that lives five minutes, and the URL gives the bytes to whoever has the token.
"""

import base64
import hashlib
import hmac
import itertools
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from bot.stand_in.messages import Bounded
from bot.stand_in.refusals import GraphRefused, malformed

URL_LIVES = timedelta(minutes=5)
INBOUND_LIVES, UPLOAD_LIVES = timedelta(days=7), timedelta(days=30)
PATH = "/lookaside/whatsapp_business/attachments/"

MB = 2**20
_LARGEST: Mapping[str, int] = {
    **dict.fromkeys(("image/jpeg", "image/png"), 5 * MB),
    **dict.fromkeys(("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), 16 * MB),
    **dict.fromkeys(("video/mp4", "video/3gp", "video/3gpp"), 16 * MB),
    **dict.fromkeys(
        (
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
        100 * MB,
    ),
    "image/webp": 500 * 1024,
}

#: What a patient sends who was not given a file: one white pixel, a silent second's header, an empty page.
_SAMPLES: Mapping[str, bytes] = {
    "image": base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg=="
    ),
    "audio": b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead\x01\x01\x38\x01\x80\xbb" + bytes(5),
    "video": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
    "document": b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n",
    "sticker": base64.b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """`name` is the file name, "" where there is none."""

    id: str
    content: bytes
    mime_type: str
    name: str
    until: datetime

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def sample(kind: str) -> bytes:
    return _SAMPLES["document" if kind == "file" else kind]


class MediaShelf:
    """`public_url` is where this stand-in can be reached; as long as it is "", URLs name Meta's own host."""

    def __init__(self, *, now: Callable[[], datetime], keep: int) -> None:
        self._now = now
        self._files: Bounded[StoredFile] = Bounded(keep)
        self._ids = itertools.count(secrets.randbelow(10**14) + 10**15)
        self._key = secrets.token_bytes(16)
        self.public_url = ""

    def put(self, content: bytes, *, mime_type: str, name: str = "", is_upload: bool = False) -> StoredFile:
        until = self._now() + (UPLOAD_LIVES if is_upload else INBOUND_LIVES)
        id = str(next(self._ids))
        return self._files.put(
            id, StoredFile(id=id, content=content, mime_type=mime_type, name=name, until=until)
        )

    def upload(self, content: bytes, *, mime_type: str, name: str) -> StoredFile:
        """Raises Refused."""
        largest = _LARGEST.get(mime_type.split(";")[0].strip())
        if largest is None:
            raise malformed(
                f"Param file must be a file with one of the following types: {', '.join(_LARGEST)}"
            )
        if not content or len(content) > largest:
            raise malformed(f"Param file must have 1 to {largest} bytes")
        return self.put(content, mime_type=mime_type, name=name, is_upload=True)

    def find(self, id: str) -> StoredFile | None:
        """None when there is none of this id, or not any more."""
        found = self._files.get(id)
        return found if found is not None and self._now() < found.until else None

    def forget(self, id: str) -> None:
        found = self._files.get(id)
        if found is not None:
            gone = StoredFile(id=id, content=b"", mime_type="", name="", until=self._now())
            self._files.put(id, gone)

    def url(self, file: StoredFile, *, base: str = "") -> str:
        until = int((self._now() + URL_LIVES).timestamp())
        query = urlencode({"mid": file.id, "ext": until, "hash": self._hash(file.id, until)})
        return f"{base or self.public_url or 'https://lookaside.fbsbx.com'}{PATH}?{query}"

    def fetch(self, query: Mapping[str, str]) -> StoredFile:
        """The file that a URL names, while it lives. Raises GraphRefused."""
        id, until = query.get("mid", ""), query.get("ext", "")
        right = until.isdigit() and hmac.compare_digest(query.get("hash", ""), self._hash(id, int(until)))
        if not right or self._now().timestamp() > int(until):
            raise GraphRefused(404, 100, "URL signature expired")
        found = self.find(id)
        if found is None:
            raise GraphRefused(404, 100, "The file does not exist")
        return found

    def _hash(self, id: str, until: int) -> str:
        return hmac.new(self._key, f"{id} {until}".encode(), hashlib.sha256).hexdigest()[:32]
