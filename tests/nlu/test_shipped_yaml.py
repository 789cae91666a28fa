"""What is shipped reads the same by the fast reader and by a strict one."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

import nlu
from nlu.shipped_yaml import shipped_yaml

_HERE = Path(nlu.__file__).parent
_SHIPPED = sorted(p for p in _HERE.rglob("*.yml") if "examples" not in p.relative_to(_HERE).parts)


def test_there_are_files() -> None:
    assert len(_SHIPPED) > 15


@pytest.mark.parametrize("path", _SHIPPED, ids=lambda path: str(path.relative_to(_HERE)))
def test_both_readers_agree(path: Path) -> None:
    assert shipped_yaml(path) == YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def test_plain_scalars_are_those_of_yaml_1_2(tmp_path: Path) -> None:
    written = (
        "no: yes\non: 10:30\nnumber: 12\nminus: -3\nshare: 0.5\nnone: ~\nempty:\nis: True\nday: 2026-03-02\n"
    )
    (tmp_path / "f.yml").write_text(written, encoding="utf-8")

    assert shipped_yaml(tmp_path / "f.yml") == {
        "no": "yes",
        "on": "10:30",
        "number": 12,
        "minus": -3,
        "share": 0.5,
        "none": None,
        "empty": None,
        "is": True,
        "day": "2026-03-02",
    }
