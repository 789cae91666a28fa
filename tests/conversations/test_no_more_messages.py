"""Who wants no messages that we begin, and who wants them again. Whoever writes is answered all the same."""

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.testing import Surgery
from nlu.understanding import Interpreter

STOP = {"it": "basta messaggi", "en": "stop texting me", "ru": "не пишите мне больше"}
AGAIN = {
    "it": "potete scrivermi di nuovo",
    "en": "you can write to me again",
    "ru": "можете снова мне писать",
}
WELCOME = {"it": "di nuovo scriverLe", "en": "write to you here again", "ru": "снова можем вам писать"}


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_an_opt_out_lasts_until_it_is_taken_back(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        anna = surgery.patient()

        def opted_out() -> bool:
            row = surgery.desk.books.database.read_now(
                lambda connection: connection.execute(text("SELECT opted_out_at FROM contact")).scalar()
            )
            return row is not None

        await anna.says(STOP[language])
        assert opted_out()
        await anna.says(AGAIN[language])

        assert not opted_out()
        assert WELCOME[language] in anna.sees.text
