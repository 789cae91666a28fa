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
    with pytest.raises(ChairsideError, match=r'accounts.csv:2: birth_date "12.5.80" is no day'):
        outreach.open_amounts(amounts, data=tmp_path)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("phone,birth_date\n", "the first line has to name the columns .* missing: amount"),
        ("+393331234567,1980-05-12,€120,\n", "the first line has to name the columns"),
        ("phone;birth_date;amount\n+393331234567;1980-05-12;abc\n", 'accounts.csv:2: "abc" is no amount'),
        ("phone,birth_date,amount\n+393331234567,1980-05-12,-50\n", 'accounts.csv:2: "-50" is no amount'),
    ],
)
def test_of_a_list_with_a_mistake_nothing_is_noted(tmp_path: Path, rows: str, told: str) -> None:
    (tmp_path / "accounts.csv").write_text(rows, encoding="utf-8")

    with pytest.raises(ChairsideError, match=told):
        outreach.open_amounts(tmp_path / "accounts.csv", data=tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_a_list_in_a_spreadsheets_own_letters_is_refused_with_the_remedy(
    tmp_path: Path,
) -> None:
    (tmp_path / "accounts.csv").write_bytes("phone,birth_date,amount\n,,120 €\n".encode("cp1252"))

    with pytest.raises(ChairsideError, match="CSV UTF-8"):
        outreach.open_amounts(tmp_path / "accounts.csv", data=tmp_path)
