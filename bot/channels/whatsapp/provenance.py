"""Whose webhook this is: Meta's own signature, or that of the provider behind which a number stands."""

from collections.abc import Mapping, Sequence

from bot.channels.meta_webhook import SIGNATURE_HEADER, verify_shared_secret, verify_signature
from bot.domain.practice import WhatsAppAccount
from bot.errors import SignatureMismatch


def verify(headers: Mapping[str, str], body: bytes, accounts: Sequence[WhatsAppAccount]) -> None:
    """Raises SignatureMismatch unless one of these numbers' schemes accepts exactly these bytes. Every scheme
    is tried, so that the time tells nothing; without a provider there is one, Meta's."""
    schemes: dict[tuple[str, str], list[WhatsAppAccount]] = {}
    for account in accounts:
        provider = account.provider
        scheme = (provider.signature, provider.signature_header) if provider else _META
        schemes.setdefault(scheme, []).append(account)
    mismatches = []
    for (kind, header), theirs in schemes.items():
        secrets = [account.app_secret for account in theirs]
        named = " or ".join(map(whose, theirs))
        try:
            if kind == "header":
                verify_shared_secret(headers, header=header, secrets=secrets, whose=named)
            else:
                verify_signature(headers, body, secrets=secrets, whose=named, header=header)
        except SignatureMismatch as mismatch:
            mismatches.append(mismatch)
    if len(mismatches) == len(schemes):
        raise mismatches[-1]


def whose(account: WhatsAppAccount) -> str:
    return f"WhatsApp number {account.phone_number_id}"


_META = ("hmac-sha256", SIGNATURE_HEADER)
