"""X-rays, records and certificates: a colleague gives them out, and nobody who asks wants an invoice."""

from __future__ import annotations

import re

from bot.dialogue.in_passing import PAPERS
from bot.dialogue.message import Message

RECORDS = "records"
_RECORDS = re.compile(
    r"\b(?:x-? ?rays?|xrays?|radiographs?|scans?|(?:my|medical|dental|patient|the|of) (?:\w+ )?"
    r"(?:records?|notes|file|history)"
    r"|certificates?|sick ?notes?|fit notes?|doctor['’]?s note|note for (?:work|school)|referral(?: letter)?"
    r"|radiografi\w+|panoramic\w+|lastr[ae]|cartell[ae]|refert\w+|certificat\w+|giustificativ\w+|attestat\w+"
    r"|dichiarazion\w+ di presenza|impegnativ\w+"
    r"|справк\w+|снимк\w+|снимок|рентген\w*|выписк\w+|больничн\w+|медкарт\w*|карт[ауые] пациента"
    r"|копи\w+ (?:\w+ )?карт\w+|заключени\w+|направлени\w+)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"\b(?:invoices?|receipts?|bills?|paid|payment|fattur\w+|ricevut\w+|scontrin\w+|quietanz\w+|pagat\w+"
    r"|чек\w*|квитанц\w+|сч[её]т\w*|оплат\w+|договор\w*)\b",
    re.IGNORECASE,
)


def asks_for_records(message: Message) -> bool:
    """ "Can I have my x-rays", "certificato per il lavoro", "справка на работу"."""
    said = message.understanding.text
    return message.intent == PAPERS and _RECORDS.search(said) is not None and not _MONEY.search(said)
