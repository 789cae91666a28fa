"""What patients are shown of their visits before they chose one, and what a proof of identity is worth."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.actions.identity import Proof
from bot.actions.wording import visit_title


@pytest.mark.parametrize("language", ["it", "en", "ru"])
def test_a_visit_in_a_list_fits_a_button_on_every_day_of_the_year_and_tells_no_hour(language: str) -> None:
    days = [datetime(2026, 1, 1, hour) + timedelta(days=n) for n in range(365) for hour in (9, 15)]
    titles = [visit_title(day, language) for day in days]

    assert [title for title in titles if len(title) > 20 or ":" in title] == []
    assert len(set(titles)) == len(titles)


def test_a_proof_keeps_through_storage() -> None:
    proof = Proof(
        patients=("pat_1", "pat_2"),
        phone="+390200000001",
        shared=True,
        answers=("Ada", "1988-04-25"),
        at=datetime(2027, 3, 1, 7, tzinfo=UTC),
    )

    assert Proof.from_slot(proof.to_slot()) == proof
    assert Proof.from_slot(None) is None
