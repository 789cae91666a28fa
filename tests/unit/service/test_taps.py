"""A tap counts only as a token that we issued to this contact and that has not expired."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.diary import Opening
from bot.service.sending.tokens import VALID_FOR, NotOurToken, TapTokens

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)
TOKENS = TapTokens(bytes(range(32)))


def test_a_token_brings_its_payload_back() -> None:
    token = TOKENS.issue("anna", "/SetSlots(confirm_booking=true)", at=NOW)

    assert TOKENS.read("anna", token, at=NOW + timedelta(hours=23)) == "/SetSlots(confirm_booking=true)"


def test_the_same_turn_makes_the_same_token() -> None:
    assert TOKENS.issue("anna", "x", at=NOW) == TOKENS.issue("anna", "x", at=NOW)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "sì",
        "/SetSlots(confirm_booking=true)",
        "c1.",
        "c1.AAAA",
        "c1.é",
        "c1." + "A" * 5000,
        TOKENS.issue("anna", "x", at=NOW)[:-2],
        TOKENS.issue("anna", "x", at=NOW) + "AA",
        TOKENS.issue("marco", "x", at=NOW),
        TapTokens(bytes(32)).issue("anna", "x", at=NOW),
        TOKENS.issue("anna", "x", at=NOW - VALID_FOR),
    ],
)
def test_forged_foreign_and_expired_tokens_say_nothing(token: str) -> None:
    with pytest.raises(NotOurToken):
        TOKENS.read("anna", token, at=NOW)


def test_a_confirmation_fits_a_list_row_of_200_characters() -> None:
    opening = Opening(start=NOW, end=NOW + timedelta(minutes=30), practitioner="p" * 24, visit_type="v" * 30)
    token = TOKENS.issue("anna", f"/SetSlots(confirm_booking=true, opening={opening.ref})", at=NOW)

    assert len(token) <= 256
    assert len(TOKENS.issue("anna", f"/SetSlots(opening={opening.ref})", at=NOW)) <= 200
