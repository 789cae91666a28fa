"""Replies as SMS: words alone, choices as numbered lines, and no sign that doubles the price for nothing.

An SMS holds 160 characters of GSM 03.38, or 70 as soon as a single one is not of that alphabet. Quotation
marks, dashes and dots that our texts have for beauty are written plainly, where that is all that it takes.

https://www.twilio.com/docs/glossary/what-is-gsm-7-character-encoding
"""

from bot.channels.fitting import cleaned, fit
from bot.channels.sms.inbound import OUR_ID
from bot.domain.conversation import Address, Rendered, Reply

#: The provider refuses what is longer (21617).
MOST_CHARACTERS = 1600
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("\f^{}\\[~]|€")  # two characters each
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚ʼ′", "'"),
        **dict.fromkeys("“”„«»″", '"'),
        **dict.fromkeys("–—−‑", "-"),
        **dict.fromkeys("\u00a0\u202f\u2009", " "),
        "…": "...",
        "•": "-",
        "→": "->",
        "À": "A'",
        "È": "E'",
        "Ì": "I'",
        "Ò": "O'",
        "Ù": "U'",
    }
)


def render(reply: Reply, to: Address, *, outbox_id: str, report_to: str) -> Rendered:
    """The form of a POST to Messages.json; reports come to `report_to` with our id behind it."""
    content, fallback = fit(cleaned(reply), (), text=lambda words: {"Body": words}, limit=MOST_CHARACTERS)
    return Rendered(
        body={
            "To": to.phone or to.recipient,
            "From": to.account,
            "Body": plainly(content["Body"])[:MOST_CHARACTERS],
            "StatusCallback": f"{report_to}?{OUR_ID}={outbox_id}",
        },
        fallback=fallback,
    )


def plainly(text: str) -> str:
    """The same words within GSM 03.38 where that takes no more than plain quotes and dashes; else as they
    are: Russian is never in it."""
    plain = text.translate(_PLAIN)
    return plain if all(sign in _GSM or sign in _TWICE for sign in plain) else text


def segments(text: str) -> int:
    """How many SMS are billed for it."""
    if all(sign in _GSM or sign in _TWICE for sign in text):
        size = len(text) + sum(sign in _TWICE for sign in text)
        return 1 if size <= 160 else -(-size // 153)
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= 70 else -(-units // 67)
