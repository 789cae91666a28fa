"""The commands beside the messages that go out by themselves."""

from pathlib import Path

import pytest

from bot.commands import outreach
from bot.errors import ChairsideError


def test_it_is_told_which_rules_are_about_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    outreach.rules()

    lines = capsys.readouterr().out.splitlines()
    assert "visit_tomorrow\ton\tservice\tvisit_tomorrow\tupcoming_visit" in lines
    assert "therapy_day\ton\tservice\ttherapy_day\tabout nobody: no visit type aligner, splint" in lines


def test_somebody_is_never_written_to_and_then_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outreach.never("+393331234567", because="deceased", data=tmp_path)
    outreach.never("+393331234567", undo=True, data=tmp_path)
    outreach.never("+393331234567", undo=True, data=tmp_path)
    outreach.due(data=tmp_path)

    assert capsys.readouterr().out.splitlines() == ["done", "done", "this phone was not on the list"]
    with pytest.raises(ChairsideError, match="country's code"):
        outreach.never("333", data=tmp_path)


def test_a_list_of_open_amounts_tells_its_mistakes_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    amounts = tmp_path / "accounts.csv"
    amounts.write_text("phone,birth_date,amount,link\n+393331234567,1980-05-12,€120,\n", encoding="utf-8")
    outreach.open_amounts(amounts, data=tmp_path)

    assert capsys.readouterr().out == "nobody, or several, of this phone and date of birth: 1\n"
    amounts.write_text("phone,birth_date,amount,link\n+393331234567,12.5.80,€120,\n", encoding="utf-8")
    with pytest.raises(ChairsideError, match=r"accounts.csv:2: needs the columns"):
        outreach.open_amounts(amounts, data=tmp_path)
