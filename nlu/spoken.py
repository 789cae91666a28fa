"""What of a message is said: links, keys held down and codes tell nothing, and are like many things."""

import re

#: A dot without a space behind it ("out.Help") makes no link; one of these endings and a path does.
_LINK = re.compile(
    r"(?:https?://|www\.)\S*"
    r"|(?<!\S)[\w-]{1,60}(?:\.[\w-]{1,60}){0,5}\.(?:com|net|org|it|ru|de|eu|uk|fr|es|io|me|gl|app|ly|be|co|рф)/\S*",
    re.IGNORECASE,
)
_LONG = re.compile(r"\S{20,}")
_FEW_SIGNS = 3  # "aaaa", "asdasdasd"


def spoken(text: str) -> str:
    """The text without them. A cry that is drawn out ("heeelp") is a word."""
    return _LONG.sub(lambda long: " " if _is_noise(long.group()) else long.group(), _LINK.sub(" ", text))


def _is_noise(piece: str) -> bool:
    signs = set(piece.casefold())
    is_code = piece.isascii() and any(map(str.isdigit, piece)) and any(map(str.isalpha, piece))
    return len(signs) <= _FEW_SIGNS or (is_code and piece.isalnum())
