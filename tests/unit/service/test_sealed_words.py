"""What patients write is nowhere to be read: not in the database's files, not in the log."""

from pathlib import Path

import pytest
import structlog

from bot.testing import Surgery
from nlu.understanding import Interpreter

CANARIES = ("Zebedea", "Quagliarini", "393477123456", "347 712 3456", "zebedea@example.org", "ascesso")


async def test_words_names_and_numbers_are_sealed_at_rest_and_never_logged(
    tmp_path: Path, interpreter: Interpreter, capsys: pytest.CaptureFixture[str]
) -> None:
    with structlog.testing.capture_logs() as logged:
        async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
            patient = surgery.patient("393477123456", name="Zebedea")
            await patient.says("Buonasera, vorrei prenotare una prima visita, forse ho un ascesso")
            await patient.says("Zebedea Quagliarini")
            await patient.taps("Prima possibile")
            await patient.brings(patient.sees.choices[0].payload)
            await patient.taps("Sì")
            await patient.says("il mio numero è 347 712 3456, la mail zebedea@example.org")
            await patient.brings("c1.forged")
            await patient.says("operatore")
            (waiting,) = await surgery.desk.staff.desk.handoffs()
            assert waiting.label == "Zebedea Quagliarini"
            assert [row["status"] for row in await surgery.diary()] == ["booked"]
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("chairside.db*"))
    printed = capsys.readouterr()
    written = f"{logged}{printed.out}{printed.err}"

    assert len(stored) > 50_000
    assert [canary for canary in CANARIES if canary.encode() in stored] == []
    assert [canary for canary in CANARIES if canary in written] == []
