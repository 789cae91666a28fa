"""What came to an end stays to be found, until it begins anew."""

from pathlib import Path

from bot.domain.handoff import Outcome
from bot.testing import Surgery


async def test_a_settled_conversation_is_listed_until_the_patient_asks_again(tmp_path: Path) -> None:
    async with Surgery.open(tmp_path, at="2026-03-02T09:00+01:00") as surgery:
        desk, anna = surgery.desk.staff.desk, surgery.patient("393331234567")
        await anna.says("Posso parlare con una persona?")
        (row,) = await desk.handoffs()
        before = (await desk.page("settled", who="", limit=50)).rows
        await desk.close(row.id, "Marta", outcome=Outcome.PHONED)
        settled = [one.id for one in (await desk.page("settled", who="", limit=50)).rows]
        await anna.says("Posso parlare con una persona?")
        again = (await desk.page("settled", who="", limit=50)).rows

        assert before == ()
        assert settled == [row.id]
        assert again == ()
