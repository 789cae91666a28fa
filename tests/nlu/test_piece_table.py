"""The table of pieces gives the same rows from a file as from memory."""

from pathlib import Path

import numpy as np

from nlu.piece_table import PieceTable

TABLE = np.arange(12_000, dtype=np.uint32).astype(np.uint8).reshape(100, 120)


def test_rows_come_in_the_order_they_are_asked_for_also_twice() -> None:
    table = PieceTable(TABLE)

    assert not table.in_memory
    assert table.rows([99, 0, 41, 0]).tolist() == TABLE[[99, 0, 41, 0]].tolist()
    assert table.rows([]).shape == (0, 120)


def test_where_no_file_can_be_written_the_table_stays_in_memory(tmp_path: Path) -> None:
    table = PieceTable(TABLE, folder=str(tmp_path / "missing"))

    assert table.in_memory
    assert table.rows([7, 3]).tolist() == TABLE[[7, 3]].tolist()
