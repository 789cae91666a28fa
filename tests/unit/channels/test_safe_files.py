"""What a patient sends is what its bytes say, and a picture is nothing but a picture."""

import io
import struct
import zlib

import pytest
from PIL import Image

from bot.channels.media import made_safe
from bot.domain.media import FileRefused, NotKept


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **more)
    return out.getvalue()


def with_place() -> bytes:
    """A photo that tells where it was taken, and that the phone was held upright."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    exif[0x010F] = "Phone of Giulia"
    exif.get_ifd(0x8825)[2] = (45.0, 27.0, 51.0)
    return picture(exif=exif)


def refusal(content: bytes) -> NotKept:
    with pytest.raises(FileRefused) as refused:
        made_safe(content)
    return refused.value.why


def test_a_photo_says_no_more_where_it_was_taken_and_stands_upright() -> None:
    safe = made_safe(with_place(), name="IMG_1.jpg")
    drawn = Image.open(io.BytesIO(safe.content))

    assert (safe.kind, safe.mime_type, safe.name, drawn.size) == (
        "image",
        "image/jpeg",
        "IMG_1.jpg",
        (20, 40),
    )
    assert not drawn.getexif()
    assert b"Giulia" not in safe.content


@pytest.mark.parametrize(("kind", "mime_type"), [("PNG", "image/png"), ("WEBP", "image/jpeg")])
def test_other_pictures_are_drawn_anew(kind: str, mime_type: str) -> None:
    assert made_safe(picture(kind)).mime_type == mime_type


def test_nothing_hides_behind_a_picture() -> None:
    hidden = b"<script>alert(1)</script>PK\x03\x04"
    safe = made_safe(picture("PNG") + hidden)

    assert hidden not in safe.content


def test_a_comment_in_a_picture_is_gone() -> None:
    assert b"onload" not in made_safe(picture(comment=b"<svg onload=alert(1)>")).content


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(50_000, 50_000), (7_000, 7_000), (2**31 - 1, 2)])
def test_a_picture_of_too_many_pixels_is_not_unpacked(size: tuple[int, int]) -> None:
    assert refusal(bomb(*size)) in (NotKept.TOO_LARGE, NotKept.NOT_SAFE)


UNSAFE = {
    "an svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "an svg with a head": b'<?xml version="1.0"?><svg onload="alert(1)"/>',
    "a page": b"<!doctype html><script>alert(1)</script>",
    "an archive": b"PK\x03\x04" + bytes(30),
    "a program": b"\x7fELF" + bytes(60),
    "a gif that is a script": b"GIF89a/*" + b"*/=alert(1);",
    "a picture that breaks off": picture()[:60],
    "a picture in name only": b"\xff\xd8\xff" + b"<script>",
    "a tiff": b"II*\x00" + bytes(40),
    "a postscript": b"%!PS-Adobe-3.0",
    "nothing": b"",
}


@pytest.mark.parametrize("content", UNSAFE.values(), ids=UNSAFE)
def test_what_could_run_or_is_unknown_is_not_kept(content: bytes) -> None:
    assert refusal(content) is NotKept.NOT_SAFE


KEPT = {
    "a letter": (b"%PDF-1.7\n...", ("document", "application/pdf")),
    "a voice note": (b"OggS" + bytes(40), ("audio", "audio/ogg")),
    "a song": (b"ID3\x04" + bytes(40), ("audio", "audio/mpeg")),
    "an old phone's recording": (b"#!AMR\n" + bytes(40), ("audio", "audio/amr")),
    "an apple recording": (b"\x00\x00\x00\x18ftypM4A " + bytes(40), ("audio", "audio/mp4")),
    "a film": (b"\x00\x00\x00\x18ftypmp42" + bytes(40), ("video", "video/mp4")),
}


@pytest.mark.parametrize(("content", "what"), KEPT.values(), ids=KEPT)
def test_other_kinds_are_kept_as_they_are(content: bytes, what: tuple[str, str]) -> None:
    safe = made_safe(content)

    assert ((safe.kind, safe.mime_type), safe.content) == (what, content)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("referto.pdf.exe", "referto.pdf.exe.pdf"),
        ('a"b\r\nX: y.pdf', "abX y.pdf"),
        ("C:\\Users\\a\\x-ray.pdf", "x-ray.pdf"),
        ("\u202efdp.exe", "fdp.exe.pdf"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_name_is_harmless_and_ends_as_it_should(name: str | None, kept: str) -> None:
    assert made_safe(b"%PDF-1.7\n", name=name).name == kept
