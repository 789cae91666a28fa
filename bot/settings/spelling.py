"""The nearest spelling of what somebody probably meant."""

import difflib
from collections.abc import Collection


def did_you_mean(text: str, known: Collection[str]) -> str:
    """'; did you mean "…"?', or "" when nothing comes near."""
    folded = {word.casefold(): word for word in sorted(known, reverse=True)}
    near = difflib.get_close_matches(text.casefold(), sorted(folded), n=1, cutoff=0.6)
    return f'; did you mean "{folded[near[0]]}"?' if near else ""
