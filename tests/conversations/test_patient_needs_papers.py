"""X-rays, records and certificates are no invoices: a colleague hears of them by their name."""

import pytest

from bot.testing import Surgery

RECORDS = {
    "it": (
        "posso avere le mie radiografie",
        "certificato per il lavoro",
        "vorrei una copia della cartella clinica",
    ),
    "en": ("can I have my x-rays", "I need a certificate for work", "copy of my records"),
    "ru": ("можно мои снимки?", "справка для налоговой", "нужна справка на работу"),
}
INVOICE = {"it": "mi serve la fattura", "en": "I need an invoice", "ru": "мне нужен чек"}
TOLD = {"it": "radiografie", "en": "X-rays", "ru": "Снимками"}


async def reasons(surgery: Surgery) -> list[str]:
    return [waiting.reason for waiting in await surgery.desk.staff.desk.handoffs()]


@pytest.mark.parametrize("number", range(3))
async def test_records_are_passed_on_as_records(surgery: Surgery, language: str, number: int) -> None:
    seen = await surgery.patient().says(RECORDS[language][number])

    assert TOLD[language] in " ".join(one.text for one in seen)
    assert await reasons(surgery) == ["records"]


async def test_an_invoice_stays_one(surgery: Surgery, language: str) -> None:
    await surgery.patient().says(INVOICE[language])

    assert await reasons(surgery) == ["invoices"]


@pytest.mark.parametrize("number", range(3))
async def test_a_booking_goes_on_behind_them(surgery: Surgery, language: str, number: int) -> None:
    patient = surgery.patient()
    begins = {"it": "vorrei prenotare", "en": "I'd like to book a visit", "ru": "хочу записаться"}
    await patient.says(begins[language])
    asked = patient.sees.text.splitlines()[-1]
    await patient.says(RECORDS[language][number])

    assert asked in patient.sees.text
    assert await reasons(surgery) == ["records"]
