"""What every practice system does alike when it keeps an opening."""

import hashlib


def hold_id(practice: str, contact: str, key: str) -> str:
    """The same for the same request, and the id of the visit that comes of it."""
    return "app_" + hashlib.sha256("\0".join((practice, contact, key)).encode()).hexdigest()[:32]
