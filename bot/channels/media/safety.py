"""What a file is by its own bytes, whatever it is called; and a picture drawn anew, with nothing else in it.

Kept are JPEG, PNG and WebP pictures, PDF, and the sound and film formats of phones. Anything else is not: SVG
and HTML can run, archives can hold anything, and nobody has to open what a stranger sent.
"""

import io
import struct
import warnings
from collections.abc import Mapping

from PIL import Image, ImageOps

from bot.domain.media import FileRefused, NotKept, SafeFile

#: Pixels of a picture as it says of itself, before anything of it is unpacked.
_MOST_PIXELS = 40_000_000
_LONGEST_SIDE = 4096
_PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def made_safe(content: bytes, *, name: str | None = None) -> SafeFile:
    """Blocking: a large picture takes a second. Raises FileRefused."""
    kind, mime_type = _sniffed(content)
    if kind == "image":
        content, mime_type = _drawn_anew(content)
    return SafeFile(kind=kind, mime_type=mime_type, content=content, name=_harmless_name(name, mime_type))


def _sniffed(content: bytes) -> tuple[str, str]:
    for begins, found in _SIGNATURES.items():
        if content.startswith(begins):
            return found
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image", "image/webp"
    if content[4:8] == b"ftyp":
        return _ISO.get(content[8:12], ("video", "video/mp4"))
    if len(content) > 4 and content[0] == 0xFF and content[1] & 0xF6 == 0xF0:
        return "audio", "audio/aac"
    if len(content) > 4 and content[0] == 0xFF and content[1] & 0xE0 == 0xE0 and content[1] & 0x06:
        return "audio", "audio/mpeg"
    raise FileRefused(NotKept.NOT_SAFE)


def _drawn_anew(content: bytes) -> tuple[bytes, str]:
    """Pixels only: no EXIF (where it was taken, by which phone), no profile, no thumbnail, no second file
    behind the first. Turned as the camera was held, and no larger than a screen needs."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=tuple(_PICTURES)) as opened:
                if opened.width * opened.height > _MOST_PIXELS:
                    raise FileRefused(NotKept.TOO_LARGE)
                opened.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))  # JPEG alone: unpack no more than needed
                opened.load()
                kind = opened.format or "PNG"
                turned = ImageOps.exif_transpose(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileRefused(NotKept.TOO_LARGE) from None
    except (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, struct.error):
        raise FileRefused(NotKept.NOT_SAFE) from None  # Pillow's many ways of saying that it is broken
    turned.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    has_holes = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
    plain = turned.convert("RGBA" if has_holes else "RGB")
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    out = io.BytesIO()
    if kind == "JPEG" or (kind == "WEBP" and not has_holes):
        bare.convert("RGB").save(out, "JPEG", quality=88)
        return out.getvalue(), "image/jpeg"
    bare.save(out, "PNG")
    return out.getvalue(), "image/png"


def _harmless_name(name: str | None, mime_type: str) -> str:
    """What a patient called it, without paths and controls, and with the ending of what it is."""
    ending = _ENDINGS[mime_type]
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    stem = "".join(each for each in last if each.isalnum() or each in " -_.()")[:80].strip(" .")
    stem = stem.removesuffix(ending).rstrip(" .") if stem else ""
    return f"{stem}{ending}" if stem else ""


_SIGNATURES: Mapping[bytes, tuple[str, str]] = {
    b"\xff\xd8\xff": ("image", "image/jpeg"),
    b"\x89PNG\r\n\x1a\n": ("image", "image/png"),
    b"%PDF-": ("document", "application/pdf"),
    b"OggS": ("audio", "audio/ogg"),
    b"ID3": ("audio", "audio/mpeg"),
    b"#!AMR": ("audio", "audio/amr"),
}
_ISO: Mapping[bytes, tuple[str, str]] = {
    b"M4A ": ("audio", "audio/mp4"),
    b"M4B ": ("audio", "audio/mp4"),
    b"3gp4": ("video", "video/3gpp"),
    b"3gp5": ("video", "video/3gpp"),
}
_ENDINGS: Mapping[str, str] = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "application/pdf": ".pdf",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/amr": ".amr",
    "audio/aac": ".aac",
    "audio/mp4": ".m4a",
    "video/mp4": ".mp4",
    "video/3gpp": ".3gp",
}
